// SPDX-License-Identifier: Apache-2.0
// Which method a point takes, decided on the card: marks say who is still waiting, lists say where marks
// are, so that a pass that nobody needs costs one look at a counter. Bound by memory, a byte or a few a
// point. Distance: not run yet (docs/gpu-status.md).
#pragma once

#include "kernels/arguments/methods.hpp"
#include "kernels/body/collectives.hpp"
#include "kernels/body/intrinsics.hpp"
#include "kernels/body/merge_f32.hpp"

namespace tempsweep::kernels {

/// Whether sums that err by `errors` may be taken.
TEMPSWEEP_HD inline bool keeps(const Promise& promise, const RowScan& scan, double beta, const RestSums& sums,
                               const SumErrors& errors) {
  if (!(errors.log_weight <= promise.weight_tolerance)) {
    return false;
  }
  return !promise.laws || errors_within(scan, beta, sums, errors, promise.tolerance - law_rounding(scan));
}

/// Blocks that share a list: enough to fill a card, and few where the list may be empty.
inline constexpr std::int64_t most_list_blocks = 2048;

[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t list_blocks(const GroupList& list, std::int64_t all) {
  return list.groups == nullptr ? all : least(all, most_list_blocks);
}
/// Groups that there are to do.
TEMPSWEEP_DEVICE inline std::int64_t list_length(const GroupList& list, std::int64_t all) {
  return list.groups == nullptr ? all : static_cast<std::int64_t>(*list.listed);
}
TEMPSWEEP_DEVICE inline std::int64_t list_entry(const GroupList& list, std::int64_t item) {
  return list.groups == nullptr ? item : static_cast<std::int64_t>(list.groups[item]);
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const ListGroups&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const ListGroups& a) {
  return pieces(a.rows * pieces(a.count, a.size), ListGroups::threads);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const ListGroups& a) {
  const std::int64_t groups = pieces(a.count, a.size);
  for (std::int64_t item = block.index() * block.threads() + block.thread(); item < a.rows * groups;
       item += block.count() * block.threads()) {
    const std::int64_t first = item % groups * a.size;
    const std::uint8_t* const marks = a.marks + item / groups * a.count;
    bool any = false;
    for (std::int64_t i = first; i < least(first + a.size, a.count); ++i) {
      any = any || marks[i] != 0;
    }
    if (any) {
      a.groups[block.atomic_add(a.listed, std::uint64_t{1})] = static_cast<std::uint64_t>(item);
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const TakeSquares&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const TakeSquares& a) {
  return pieces(a.rows * a.temperatures, TakeSquares::threads);
}

/// Z″(2β), whose unit is e^(−2β·shift) of its own, in the unit of the sums at β squared.
template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const TakeSquares& a) {
  for (std::int64_t point = block.index() * block.threads() + block.thread(); point < a.rows * a.temperatures;
       point += block.count() * block.threads()) {
    if (a.origin[point] <= Origin::direct) {
      continue;
    }
    const double beta = a.betas[point % a.temperatures];
    const double apart = a.doubled[point].shift - a.sums[point].shift;
    const double decay = exp_minus_product(beta, apart < 0 ? -apart : apart).value();
    a.sums[point].squares = a.doubled[point].weight * (apart < 0 ? 1 / decay : decay);
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const LargestErrors&) {
  return sizeof(RowErrors) * (LargestErrors::threads / warp_threads);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const LargestErrors& a) {
  return a.rows;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const LargestErrors& a) {
  auto scratch = block.template shared<RowErrors>(LargestErrors::threads / warp_threads);
  for (std::int64_t row = block.index(); row < a.rows; row += block.count()) {
    const RowScan& scan = a.scans[row];
    RowErrors worst;
    for (std::int64_t t = block.thread(); t < a.at.count && scan.status == RowStatus::ok;
         t += block.threads()) {
      const std::int64_t point = row * a.at.count + t;
      const bool from_tokens = a.origin != nullptr ? a.origin[point] <= Origin::direct
                                                   : a.float_failed[point] != 0 || scan.rest() == 0 ||
                                                         !(a.at.betas[t] < ieee::infinity);
      if (from_tokens) {
        worst.direct = 1;
        continue;
      }
      const double beta = a.at.betas[t];
      const SumErrors errors = a.origin != nullptr ? a.errors[point] : float_errors(beta, a.sums[point]);
      const LawErrors law = law_errors(scan, beta, a.sums[point], errors);
      const double rounding = law_rounding(scan);
      worst.entropy = most(worst.entropy, law.entropy + rounding);
      worst.log_partition = most(worst.log_partition, law.log_partition + rounding);
    }
    worst = reduce_block(block, scratch, worst, [](const RowErrors& x, const RowErrors& y) {
      return RowErrors{most(x.entropy, y.entropy), most(x.log_partition, y.log_partition),
                       most(x.direct, y.direct)};
    });
    if (block.thread() == 0) {
      a.largest[row] = worst;
    }
  }
}

}  // namespace tempsweep::kernels
