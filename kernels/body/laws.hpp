// SPDX-License-Identifier: Apache-2.0
// From sums to results, a thread a point: laws, metrics, Rényi entropies. Bound by nothing that matters: a
// few hundred operations a point, where the sums took thousands. Distance: not run yet (docs/gpu-status.md).
#pragma once

#include "kernels/arguments/points.hpp"

namespace tempsweep::kernels {

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const MakeLaws&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const MakeLaws& a) {
  return pieces(a.rows * a.temperatures, MakeLaws::threads);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const MakeLaws& a) {
  for (std::int64_t point = block.index() * block.threads() + block.thread(); point < a.rows * a.temperatures;
       point += block.count() * block.threads()) {
    const std::int64_t row = point / a.temperatures;
    Law law = make_law(a.scans[row], a.temperature[point % a.temperatures], a.sums[point]);
    law.unit_log_partition = a.unit != nullptr ? a.unit[row] : ieee::nan;
    law.label_depth = a.label_depths != nullptr ? a.label_depths[row] : ieee::nan;
    a.laws[point] = law;
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const UnitReferences&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const UnitReferences& a) {
  return pieces(a.rows, UnitReferences::threads);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const UnitReferences& a) {
  for (std::int64_t row = block.index() * block.threads() + block.thread(); row < a.rows;
       row += block.count() * block.threads()) {
    a.unit[row] = a.scans[row].status == RowStatus::ok ? a.laws[row].shifted_log_partition : ieee::nan;
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const EvaluateMetrics&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const EvaluateMetrics& a) {
  return pieces(a.rows * a.temperatures, EvaluateMetrics::threads);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const EvaluateMetrics& a) {
  const std::int64_t points = a.rows * a.temperatures;
  for (std::int64_t point = block.index() * block.threads() + block.thread(); point < points;
       point += block.count() * block.threads()) {
    const bool sound = a.scans[point / a.temperatures].status == RowStatus::ok;
    for (std::int64_t m = 0; m < a.metric_total; ++m) {
      a.values[m * points + point] = sound ? evaluate_metric(a.metrics[m], a.laws[point]) : ieee::nan;
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const EvaluateRenyi&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const EvaluateRenyi& a) {
  return pieces(a.rows * a.temperatures, EvaluateRenyi::threads);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const EvaluateRenyi& a) {
  for (std::int64_t point = block.index() * block.threads() + block.thread(); point < a.rows * a.temperatures;
       point += block.count() * block.threads()) {
    const RowScan& scan = a.scans[point / a.temperatures];
    const Law& law = a.laws[point];
    double rest = 0;
    if (a.sums_at_order != nullptr && !law.zero_limit) {
      const RestSums& sums = a.sums_at_order[point];
      rest = exp_minus_product(a.order * law.beta, top_gap(scan) + sums.shift).times(sums.weight);
    }
    a.values[point * a.orders + a.place] =
        scan.status == RowStatus::ok ? renyi_entropy(law, a.order, rest, static_cast<double>(scan.unmasked))
                                     : ieee::nan;
  }
}

}  // namespace tempsweep::kernels
