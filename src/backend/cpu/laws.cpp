// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "backend/cpu/point_block.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/cpu/laws.cpp"
#include <hwy/foreach_target.h>
// foreach_target comes first
#include <hwy/highway.h>
// then what needs its types
#include <hwy/contrib/math/math-inl.h>

#include "backend/cpu/laws-inl.hpp"

#if HWY_ONCE
namespace tempsweep::cpu {
namespace {

HWY_EXPORT(MakeLaws);
HWY_EXPORT(MakeSquares);

inline PlainLaw gather_law(const RowFacts& row, const SumBlock& sums, const LawBlock& laws, std::size_t i) {
  PlainLaw law;
  law.beta = sums.beta[i];
  law.maximum = row.maximum;
  law.ties = row.ties;
  law.log_ties = row.log_ties;
  law.weight_total = laws.total[i];
  law.log_rest_value = laws.log_rest[i];
  law.squares = laws.squares[i];
  law.depth = laws.depth[i];
  law.deviation = laws.deviation[i];
  law.rest_probability = {laws.rest_probability[i]};
  law.shifted_log_partition = laws.shifted_log_partition[i];
  law.entropy_nat = laws.entropy_nat[i];
  law.exp_entropy = laws.exp_entropy[i];
  law.unit_log_partition = row.unit_log_partition;
  law.label_depth = row.label_depth;
  return law;
}

/// The loop of one metric, its formula inlined: the members that it does not read are never loaded.
template <MetricId id>
void evaluate_all(const RowFacts& row, const SumBlock& sums, const LawBlock& laws, std::size_t count,
                  double* out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = metric_table[id].plain_value(gather_law(row, sums, laws, i));
  }
}

template <MetricId... ids>
void choose(MetricId id, const RowFacts& row, const SumBlock& sums, const LawBlock& laws, std::size_t count,
            double* out, std::index_sequence<ids...>) {
  ((ids == id ? evaluate_all<ids>(row, sums, laws, count, out) : static_cast<void>(0)), ...);
}

}  // namespace

PlainLaw law_at(const RowFacts& row, const SumBlock& sums, const LawBlock& laws, std::size_t i) {
  return gather_law(row, sums, laws, i);
}

void make_laws(const RowFacts& row, const SumBlock& sums, std::size_t count, LawBlock& laws) {
  HWY_DYNAMIC_DISPATCH(MakeLaws)(row, sums, count, laws);
}

void take_squares(const RowFacts& row, SumBlock& doubled, std::size_t count, const SumBlock& sums,
                  LawBlock& laws) {
  HWY_DYNAMIC_DISPATCH(MakeSquares)(row.gap, count, doubled);
  for (std::size_t i = 0; i < count; ++i) {
    const bool summed = sums.origin[i] <= Origin::direct;
    laws.squares[i] = summed ? laws.squares[i] : doubled.squares[i];
  }
}

void evaluate_metric(MetricId id, const RowFacts& row, const SumBlock& sums, const LawBlock& laws,
                     std::size_t count, double* out) {
  choose(id, row, sums, laws, count, out, std::make_index_sequence<metric_count>{});
}

}  // namespace tempsweep::cpu
#endif  // HWY_ONCE
