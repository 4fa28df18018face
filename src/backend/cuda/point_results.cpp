// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/point_results.hpp"

#include <algorithm>
#include <cmath>

#include "tempsweep/wanted_sums.hpp"

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
      method_sums_(device),
      doubled_method_sums_(device),
      betas_(device),
      other_betas_(device),
      temperatures_(device),
      values_(device),
      unit_(device),
      label_depths_(device),
      sums_(device),
      doubled_sums_(device),
      largest_(device),
      laws_(device),
      metric_ids_(device) {}

bool PointResults::tries_float(const Wanted& wanted, std::int64_t vocabulary_size) {
  return wanted.tolerance >= least_float_tolerance && vocabulary_size >= least_float_vocabulary &&
         wanted.probabilities == ProbabilityFormat::none && wanted.renyi_orders.empty() &&
         !wants(wanted, MetricNeeds::squares) && !wants(wanted, MetricNeeds::unit_temperature);
}

std::uint64_t PointResults::bytes_per_point(std::int64_t vocabulary_size) const {
  const std::size_t values = std::max(wanted_.metrics.size(), wanted_.renyi_orders.size());
  std::uint64_t sums = PointSums::bytes_per_point(vocabulary_size, tries_float(wanted_, vocabulary_size));
  if (methods_.expands) {
    sums = sizeof(RestSums) + MethodSums::bytes_per_point();
    sums *= std::uint64_t{wants(wanted_, MetricNeeds::squares) ? 2U : 1U};
  }
  return sums + sizeof(Law) + sizeof(double) * (3 + values);
}

void PointResults::drop() {
  point_sums_.drop();
  method_sums_.drop();
  doubled_method_sums_.drop();
  betas_.drop();
  other_betas_.drop();
  temperatures_.drop();
  values_.drop();
  sums_.drop();
  doubled_sums_.drop();
  laws_.drop();
  largest_.drop();
}

void PointResults::sum_at(const RowView& rows, const BetaView& betas, const kernels::Promise& promise,
                          bool squares, kernels::Stream stream) {
  RestSums* const sums = sums_.reserve(rows.rows * betas.count);
  if (methods_.expands) {
    method_sums_.compute(rows, betas, promise, squares, sums, stream);
    return;
  }
  in_float_ = promise.laws && rows.narrow != nullptr;
  point_sums_.compute(rows, betas, {squares, in_float_ ? promise.tolerance : 0}, sums, stream);
}

/// Σw² of points without tokens is Z″ at twice their β.
void PointResults::add_squares(const RowView& rows, std::span<const double> temperatures, Staging& staging,
                               kernels::Stream stream) {
  const BetaView doubled = other_betas_.upload(temperatures, 2.0, methods_, staging, stream);
  RestSums* const sums = doubled_sums_.reserve(rows.rows * doubled.count);
  doubled_method_sums_.compute(rows, doubled, {wanted_.tolerance, wanted_.tolerance, false}, false, sums,
                               stream);
  device_.launch(
      kernels::TakeSquares{sums, doubled.betas, method_sums_.origin(), rows.rows, doubled.count, sums_.get()},
      stream);
}

void PointResults::make_laws(const RowView& rows, std::span<const double> temperatures,
                             const kernels::Promise& promise, bool squares, Staging& staging,
                             kernels::Stream stream) {
  const std::int64_t count = std::ssize(temperatures);
  staging.upload(temperatures_.reserve(count), temperatures, stream);
  const BetaView betas = betas_.upload(temperatures, 1.0, methods_, staging, stream);
  sum_at(rows, betas, promise, squares, stream);
  if (methods_.expands && squares) {
    add_squares(rows, temperatures, staging, stream);
  }
  device_.launch(
      kernels::MakeLaws{rows.scans, sums_.get(), temperatures_.get(), referenced_ ? unit_.get() : nullptr,
                        labelled_ ? label_depths_.get() : nullptr, rows.rows, count,
                        laws_.reserve(rows.rows * count)},
      stream);
  state_errors(rows, betas, staging, stream);
}

void PointResults::state_errors(const RowView& rows, const BetaView& betas, Staging& staging,
                                kernels::Stream stream) {
  stated_.assign(static_cast<std::size_t>(rows.rows), {0, 0, 1});
  if (!methods_.expands && !in_float_) {
    return;
  }
  kernels::LargestErrors job{};
  job.scans = rows.scans;
  job.sums = sums_.get();
  if (methods_.expands) {
    job.errors = method_sums_.errors();
    job.origin = method_sums_.origin();
  } else {
    job.float_failed = point_sums_.float_failed();
  }
  job.rows = rows.rows;
  job.at = {betas.betas, betas.count};
  job.largest = largest_.reserve(rows.rows);
  device_.launch(job, stream);
  staging.download(std::span(stated_), job.largest, stream);
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
    RowView exact = rows;
    exact.narrow = nullptr;
    make_laws(exact, std::span(&one, 1), {wanted_.tolerance, weight_tolerance(wanted_), true}, false, staging,
              stream);
    device_.launch(kernels::UnitReferences{rows.scans, laws_.get(), rows.rows, unit_.reserve(rows.rows)},
                   stream);
    referenced_ = true;
  }
}

void PointResults::compute(const RowView& rows, std::span<const double> temperatures, const TilePart& part,
                           const TileOutput& output, Staging& staging, kernels::Stream stream) {
  make_laws(rows, temperatures, {wanted_.tolerance, weight_tolerance(wanted_), true},
            wants(wanted_, MetricNeeds::squares), staging, stream);
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
    if (needs_sums(order)) {
      sum_at(rows, other_betas_.upload(temperatures, order, methods_, staging, stream),
             {wanted_.tolerance, weight_tolerance(wanted_), false}, false, stream);
    }
    device_.launch(kernels::EvaluateRenyi{rows.scans, laws_.get(), needs_sums(order) ? sums_.get() : nullptr,
                                          rows.rows, part.temperatures, order, orders, k, values},
                   stream);
  }
  download_part(output.renyi_entropy, values, orders, part, staging, stream);
}

}  // namespace tempsweep::cuda
