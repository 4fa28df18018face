// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "tempsweep/math/ordered_row.hpp"

namespace tempsweep {

/// Places 0 … size − 1, the highest logit(place) first, ties by lower place.
template <class Logit>
void order_by_logit(std::size_t size, const Logit& logit, std::vector<std::uint32_t>& order) {
  order.resize(size);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return logit(a) > logit(b) || (logit(a) == logit(b) && a < b);
  });
}

/// What survivors() takes, from depths in order, +inf for masked tokens. Both must outlive the view.
[[nodiscard]] OrderedRow ordered_view(std::span<const double> depth, std::vector<OrderedNode>& nodes);

/// The number in (0, 1) that the randomised p-value of a point takes.
[[nodiscard]] double randomising(std::uint64_t seed, double temperature, std::size_t vocabulary,
                                 std::int64_t row);

}  // namespace tempsweep
