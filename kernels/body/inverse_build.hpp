// SPDX-License-Identifier: Apache-2.0
// Inverse tables of many points at once, a block of threads each: the integers of math/integer_law.hpp and
// their running sums and guide as in math/inverse_table.hpp, equal to the last bit. Bound as alias_build.hpp
// is, by the latency of the block scans, one a 512 columns.
// Distance: not run yet (docs/gpu-status.md).
#pragma once

#include "tempsweep/math/inverse_table.hpp"

#include "kernels/body/alias_build.hpp"

namespace tempsweep::kernels {

/// Adds the missing units, and leaves the running sums in `amounts`.
template <class Block, class Shared>
TEMPSWEEP_DEVICE void add_up(Block& block, Shared scratch, const AliasPoint& at, RemainderCut cut) {
  std::uint64_t ties = 0;
  std::uint64_t sum = 0;
  for (std::int64_t first = 0; first < at.columns; first += block.threads()) {
    const std::int64_t i = first + block.thread();
    const bool token = i < at.columns;
    const std::uint64_t remainder = token ? at.weights[i] : 0;
    const bool tied = token && remainder == cut.value;
    const Prefix<std::uint64_t> tie = scan_block(block, scratch, static_cast<std::uint64_t>(tied ? 1 : 0));
    const bool extra = (token && remainder > cut.value) || (tied && ties + tie.before < cut.ties);
    const std::uint64_t weight = token ? at.shares[i] + (extra ? 1U : 0U) : 0;
    const Prefix<std::uint64_t> place = scan_block(block, scratch, weight);
    if (token) {
      at.shares[i] = weight;
      at.amounts[i] = sum + place.before + weight;
    }
    ties += tie.total;
    sum += place.total;
  }
  block.sync();
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const BuildInverse& a) {
  return shared_bytes(a.table);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const BuildInverse& a) {
  return a.table.points;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const BuildInverse& job) {
  const BuildAlias& a = job.table;
  auto total = block.template shared<double>(2);
  auto sums = block.template shared<std::uint64_t>(BuildAlias::threads / warp_threads);
  auto histogram = block.template shared<std::uint32_t>(256);
  for (std::int64_t place = block.index(); place < a.points; place += block.count()) {
    if (a.scans[(a.first + place) / a.temperatures].status != RowStatus::ok) {
      continue;
    }
    const AliasPoint at(a, place);
    const double z = make_weights(block, total, at, cut_row(a, place));
    const std::uint64_t missing = divide_weights(block, sums, at, z);
    add_up(block, sums, at, cut_remainders(block, histogram, at, missing));
    const auto last = static_cast<std::uint32_t>(at.columns - 1);
    for (std::int64_t g = block.thread(); g < at.all; g += block.threads()) {
      at.members[g] = first_beyond(at.amounts, 0, last, static_cast<std::uint64_t>(g) << alias_capacity_bits);
    }
    const std::int64_t sure = sure_token(block, sums, at);
    if (block.thread() == 0) {
      a.sure[place] = sure;
    }
    block.sync();
  }
}

}  // namespace tempsweep::kernels
