// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/ordering_results.hpp"

#include <span>
#include <vector>

namespace tempsweep::cuda {
namespace {

template <class T>
const T* put(DeviceArray<T>& array, const std::vector<T>& values, Staging& staging, kernels::Stream stream) {
  if (values.empty()) {
    return nullptr;
  }
  T* const device = array.reserve(std::ssize(values));
  staging.upload(device, std::span<const T>(values), stream);
  return device;
}

}  // namespace

OrderingResults::OrderingResults(const Device& device, const Wanted& wanted)
    : device_(device),
      lists_(wanted.ordering),
      masses_(device),
      min_p_(device),
      thresholds_(device),
      top_k_(device),
      nucleus_size_(device),
      min_p_survivors_(device),
      tokens_above_(device),
      top_k_mass_(device) {}

std::uint64_t OrderingResults::bytes_per_point() const {
  const OrderingLevels levels = lists_.view();
  return 8 * static_cast<std::uint64_t>(levels.mass_count + levels.k_count + levels.min_p_count +
                                        levels.threshold_count);
}

void OrderingResults::drop() {
  nucleus_size_.drop();
  top_k_mass_.drop();
  min_p_survivors_.drop();
  tokens_above_.drop();
}

void OrderingResults::upload_levels(Staging& staging, kernels::Stream stream) {
  levels_ = lists_.view();
  levels_.nucleus_masses = put(masses_, lists_.nucleus_masses(), staging, stream);
  levels_.top_k = put(top_k_, lists_.top_k(), staging, stream);
  levels_.min_p = put(min_p_, lists_.min_p(), staging, stream);
  levels_.thresholds = put(thresholds_, lists_.thresholds(), staging, stream);
}

void OrderingResults::compute(const RowView& rows, const double* temperatures, const TilePart& part,
                              const TileOutput& output, Staging& staging, kernels::Stream stream) {
  if (bytes_per_point() == 0) {
    return;
  }
  upload_levels(staging, stream);
  const std::int64_t points = rows.rows * part.temperatures;
  const OrderingPoint out{nucleus_size_.reserve(points * levels_.mass_count),
                          top_k_mass_.reserve(points * levels_.k_count),
                          min_p_survivors_.reserve(points * levels_.min_p_count),
                          tokens_above_.reserve(points * levels_.threshold_count)};
  device_.launch(
      kernels::EvaluateOrdering{rows.ordered, rows.nodes, rows.scans, temperatures, rows.rows,
                                part.temperatures, rows.ordered_stride, rows.node_stride, levels_, out},
      stream);
  download_part(output.nucleus_size, out.nucleus_size, levels_.mass_count, part, staging, stream);
  download_part(output.top_k_mass, out.top_k_mass, levels_.k_count, part, staging, stream);
  download_part(output.min_p_survivors, out.min_p_survivors, levels_.min_p_count, part, staging, stream);
  download_part(output.tokens_above, out.tokens_above, levels_.threshold_count, part, staging, stream);
}

}  // namespace tempsweep::cuda
