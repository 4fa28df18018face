// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/point_results.hpp"

#include <algorithm>
#include <cmath>

namespace tempsweep::cuda {
namespace {

/// Below it a float sum never passes the test that it is put to (kernels/body/merge_f32.hpp).
constexpr double least_float_tolerance = 3e-6;
/// Shorter rows are not worth a second copy.
constexpr std::int64_t least_float_vocabulary = 1024;

}  // namespace

PointResults::PointResults(const Device& device, const Wanted& wanted)
    : device_(device),
      wanted_(wanted),
      point_sums_(device),
      temperatures_(device),
      betas_(device),
      values_(device),
      unit_(device),
      label_depths_(device),
      scales_(device),
      sums_(device),
      laws_(device),
      metric_ids_(device) {}

bool PointResults::tries_float(const Wanted& wanted, std::int64_t vocabulary_size) {
  return wanted.tolerance >= least_float_tolerance && vocabulary_size >= least_float_vocabulary &&
         wanted.probabilities == ProbabilityFormat::none && wanted.renyi_orders.empty() &&
         !wants(wanted, MetricNeeds::squares);
}

std::uint64_t PointResults::bytes_per_point(std::int64_t vocabulary_size) const {
  const std::size_t values = std::max(wanted_.metrics.size(), wanted_.renyi_orders.size());
  return PointSums::bytes_per_point(vocabulary_size, tries_float(wanted_, vocabulary_size)) + sizeof(Law) +
         sizeof(double) * (3 + values);
}

void PointResults::drop() {
  point_sums_.drop();
  temperatures_.drop();
  betas_.drop();
  values_.drop();
  scales_.drop();
  sums_.drop();
  laws_.drop();
}

BetaView PointResults::upload_betas(std::span<const double> temperatures, double order, Staging& staging,
                                    kernels::Stream stream) {
  const std::int64_t count = std::ssize(temperatures);
  std::vector<double> betas(temperatures.size());
  std::vector<float> scales(temperatures.size());
  for (std::size_t t = 0; t < betas.size(); ++t) {
    betas[t] = order * inverse_temperature(temperatures[t]);
    scales[t] = static_cast<float>(
        sum_scale(std::clamp(betas[t], kernels::least_float_beta, kernels::most_float_beta)));
  }
  staging.upload(betas_.reserve(count), std::span<const double>(betas), stream);
  staging.upload(scales_.reserve(count), std::span<const float>(scales), stream);
  return {betas_.get(), scales_.get(), count};
}

void PointResults::make_laws(const RowView& rows, std::span<const double> temperatures, PointSums::How how,
                             Staging& staging, kernels::Stream stream) {
  const std::int64_t count = std::ssize(temperatures);
  staging.upload(temperatures_.reserve(count), temperatures, stream);
  const BetaView betas = upload_betas(temperatures, 1.0, staging, stream);
  RestSums* const sums = sums_.reserve(rows.rows * count);
  point_sums_.compute(rows, betas, how, sums, stream);
  device_.launch(kernels::MakeLaws{rows.scans, sums, temperatures_.get(), referenced_ ? unit_.get() : nullptr,
                                   labelled_ ? label_depths_.get() : nullptr, rows.rows, count,
                                   laws_.reserve(rows.rows * count)},
                 stream);
}

void PointResults::set_rows(const RowView& rows, std::span<const double> label_depths, Staging& staging,
                            kernels::Stream stream) {
  labelled_ = !label_depths.empty();
  referenced_ = false;
  if (labelled_) {
    staging.upload(label_depths_.reserve(rows.rows), label_depths, stream);
  }
  if (wants(wanted_, MetricNeeds::unit_temperature)) {
    const double one = 1;
    make_laws(rows, std::span(&one, 1), {}, staging, stream);
    device_.launch(kernels::UnitReferences{rows.scans, laws_.get(), rows.rows, unit_.reserve(rows.rows)},
                   stream);
    referenced_ = true;
  }
}

void PointResults::compute(const RowView& rows, std::span<const double> temperatures, const TilePart& part,
                           const TileOutput& output, Staging& staging, kernels::Stream stream) {
  const PointSums::How how{wants(wanted_, MetricNeeds::squares),
                           tries_float(wanted_, rows.columns) ? wanted_.tolerance : 0};
  make_laws(rows, temperatures, how, staging, stream);
  metrics(rows, part, output, staging, stream);
  renyi(rows, temperatures, part, output, staging, stream);
}

void PointResults::metrics(const RowView& rows, const TilePart& part, const TileOutput& output,
                           Staging& staging, kernels::Stream stream) {
  const auto total = std::ssize(wanted_.metrics);
  if (total == 0) {
    return;
  }
  const std::vector<std::uint8_t> ids(wanted_.metrics.begin(), wanted_.metrics.end());
  staging.upload(metric_ids_.reserve(total), std::span<const std::uint8_t>(ids), stream);
  const std::int64_t points = rows.rows * part.temperatures;
  double* const values = values_.reserve(total * points);
  device_.launch(kernels::EvaluateMetrics{rows.scans, laws_.get(), rows.rows, part.temperatures,
                                          metric_ids_.get(), total, values},
                 stream);
  for (std::int64_t m = 0; m < total; ++m) {
    download_part(output.metrics[static_cast<std::size_t>(m)], values + m * points, 1, part, staging, stream);
  }
}

void PointResults::renyi(const RowView& rows, std::span<const double> temperatures, const TilePart& part,
                         const TileOutput& output, Staging& staging, kernels::Stream stream) {
  const auto orders = std::ssize(wanted_.renyi_orders);
  if (orders == 0) {
    return;
  }
  double* const values = values_.reserve(orders * rows.rows * part.temperatures);
  for (std::int64_t k = 0; k < orders; ++k) {
    const double order = wanted_.renyi_orders[static_cast<std::size_t>(k)];
    const bool needs_sums = order != 0 && order != 1 && !std::isinf(order);
    if (needs_sums) {
      point_sums_.compute(rows, upload_betas(temperatures, order, staging, stream), {}, sums_.get(), stream);
    }
    device_.launch(kernels::EvaluateRenyi{rows.scans, laws_.get(), needs_sums ? sums_.get() : nullptr,
                                          rows.rows, part.temperatures, order, orders, k, values},
                   stream);
  }
  download_part(output.renyi_entropy, values, orders, part, staging, stream);
}

}  // namespace tempsweep::cuda
