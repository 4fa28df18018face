// SPDX-License-Identifier: Apache-2.0
// Sums over a row whose bits do not depend on who adds: term i of a sum goes to lane i mod judge_lanes, each
// lane adds its terms in turn and keeps what rounding loses (Neumaier 1974), lanes meet in a fixed tree. A
// block of threads has a lane a thread; on the host the lanes are an array that the compiler vectorises.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/double_double.hpp"
#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

inline constexpr int judge_lanes = 128;
/// Lanes of a group: they meet in pairs, those half a group apart first; then the groups meet one after
/// another.
inline constexpr int lane_group = 32;

/// A sum and what it lost. Lanes that added nothing change no bit.
struct LaneSum {
  double sum = 0;
  double lost = 0;

  TEMPSWEEP_HD void add(double term) {
    const DoubleDouble next = two_sum(sum, term);
    sum = next.high;
    lost += next.low;
  }
  /// The same whichever of the two is asked.
  [[nodiscard]] TEMPSWEEP_HD LaneSum with(const LaneSum& other) const {
    const DoubleDouble both = two_sum(sum, other.sum);
    return {both.high, (lost + other.lost) + both.low};
  }
  /// An overflow stays infinite.
  [[nodiscard]] TEMPSWEEP_HD double value() const { return lost == lost ? sum + lost : sum; }
};

/// What a token adds to several sums at once, and those sums.
template <std::size_t count>
struct Terms {
  double term[count];
};

/// A value and where it was found; of equals the first place counts.
struct Ranked {
  double value = -1;  ///< below all that are ranked
  std::int64_t place = -1;
  [[nodiscard]] TEMPSWEEP_HD bool before(const Ranked& other) const {
    return value > other.value || (value == other.value && place < other.place);
  }
};

/// A count as a double, rounded as a cast does, in operations that every vector unit has.
TEMPSWEEP_HD inline double count_value(std::uint64_t count) {
  const double high = double_of(0x4530000000000000U | count >> 32U);
  const double low = double_of(0x4330000000000000U | (count & 0xFFFFFFFFU));
  return (high - 0x1.00000001p84) + low;
}

}  // namespace tempsweep
