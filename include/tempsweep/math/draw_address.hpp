// SPDX-License-Identifier: Apache-2.0
// Random numbers are addressed, not stored: a point's words depend on seed, temperature, vocabulary size,
// purpose and row, on nothing around it. Three Philox calls:
//   A       = philox(key = seed {lo, hi}; counter = {T bits lo, T bits hi, vocabulary size, purpose})
//   B       = philox(key = A.xy;          counter = {row lo, row hi, A.z, A.w})
//   block j = philox(key = B.xy;          counter = {j lo, j hi, B.z, B.w})
// Block j is what cuRAND gives for seed B.y:B.x, subsequence B.w:B.z, offset 4j.
// Draws that are the nodes of a tree have j hi = number of the node, j lo = number of the block within it.
#pragma once

#include <cstdint>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/philox.hpp"

namespace tempsweep {

/// Which use of randomness: different purposes at one point draw independent words. The numbers are part of
/// the address: never renumber.
enum class Purpose : std::uint32_t {
  alias = 0,
  inverse = 1,
  gumbel = 2,
  multinomial_node = 3,
  resimulation = 4,
  randomised_p = 5,
  synthetic_input = 6,
};

TEMPSWEEP_HD constexpr std::uint32_t low_word(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}
TEMPSWEEP_HD constexpr std::uint32_t high_word(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32U);
}
TEMPSWEEP_HD constexpr std::uint64_t join_words(std::uint32_t low, std::uint32_t high) {
  return (std::uint64_t{high} << 32U) | low;
}

/// Block `block` of node `node`, as a block of the point's stream.
TEMPSWEEP_HD constexpr std::uint64_t node_block(std::uint32_t node, std::uint32_t block) {
  return join_words(block, node);
}

/// The endless words of one (row, temperature) point; a plain value, free to copy to a device.
struct PointStream {
  PhiloxKey key;              ///< B.xy
  std::uint32_t stream_low;   ///< B.z
  std::uint32_t stream_high;  ///< B.w

  /// 128 random bits: words 2j and 2j + 1 of the stream.
  [[nodiscard]] TEMPSWEEP_HD constexpr PhiloxBlock block(std::uint64_t j) const {
    return philox4x32_10({low_word(j), high_word(j), stream_low, stream_high}, key);
  }

  /// The 64-bit word i: of block i/2 the words y:x (x low) for even i, w:z for odd i.
  [[nodiscard]] TEMPSWEEP_HD constexpr std::uint64_t word(std::uint64_t i) const {
    const PhiloxBlock both = block(i >> 1U);
    return (i & 1U) == 0 ? join_words(both.x, both.y) : join_words(both.z, both.w);
  }
};

/// Call A, shared by every row at this temperature. `temperature` is the stored double; -0 addresses as +0.
TEMPSWEEP_HD constexpr PhiloxBlock temperature_address(std::uint64_t seed, double temperature,
                                                       std::uint32_t vocabulary_size, Purpose purpose) {
  const std::uint64_t bits = bits_of(temperature == 0.0 ? 0.0 : temperature);
  return philox4x32_10(
      {low_word(bits), high_word(bits), vocabulary_size, static_cast<std::uint32_t>(purpose)},
      {low_word(seed), high_word(seed)});
}

/// Call B. `row` counts in the whole concatenated input, before any selection of rows.
TEMPSWEEP_HD constexpr PointStream row_stream(PhiloxBlock temperature_block, std::uint64_t row) {
  const PhiloxBlock b =
      philox4x32_10({low_word(row), high_word(row), temperature_block.z, temperature_block.w},
                    {temperature_block.x, temperature_block.y});
  return {{b.x, b.y}, b.z, b.w};
}

/// Calls A and B.
TEMPSWEEP_HD constexpr PointStream point_stream(std::uint64_t seed, double temperature,
                                                std::uint32_t vocabulary_size, Purpose purpose,
                                                std::uint64_t row) {
  return row_stream(temperature_address(seed, temperature, vocabulary_size, purpose), row);
}

}  // namespace tempsweep
