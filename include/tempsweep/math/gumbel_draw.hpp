// SPDX-License-Identifier: Apache-2.0
// Draws by an exponential race, which is the Gumbel trick without its outer logarithm: token i arrives at the
// time E_i / w_i, E_i exponential, and the first one is drawn (Yellott, J. Math. Psychology 15, 1977). No
// table: the law is that of the weights themselves, to about 1e-15.
//
// Each (draw, token) has a 64-bit word of its own, and early arrivals keep all of its bits: E = −ln(1 − v)
// with v = (word + ½)/2^64, from log1p where v is small. So the chance that a token of probability p is drawn
// is out by (2^-64/p)²/24 of itself: 1e-9 at p = 2^-51, 2e-4 at 2^-60; below 2^-66 tokens starve. No word
// gives 0, so none lets a hopeless token win, and a token of weight 0 never arrives.
//
// A draw costs a random word a token, and logarithms of the few tokens that could still be first.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/logarithm.hpp"
#include "tempsweep/math/word_batch.hpp"

namespace tempsweep {

/// First block of draw n among V tokens: token i takes word i of the blocks from here on (of the stream:
/// 2·⌈V/2⌉·n + i). Blocks are numbered in 64 bits, which race_fits() holds n and V to.
TEMPSWEEP_HD constexpr std::uint64_t race_block(std::uint64_t draw, std::uint64_t tokens) {
  return draw * ((tokens + 1) / 2);
}

/// Whether all words of `samples` draws have an address; and a point with more would take months.
constexpr bool race_fits(std::uint64_t samples, std::uint64_t tokens) {
  return samples <= (std::uint64_t{1} << 53U) / ((tokens + 1) / 2);
}

/// −ln(1 − v), v = (word + ½)/2^64: from 2^-65 to 45.1.
TEMPSWEEP_HD inline double exponential_of(std::uint64_t word) {
  if (word >> 63U == 0) {
    return -log1p_reproducible(-((static_cast<double>(static_cast<std::int64_t>(word)) + 0.5) * 0x1p-64));
  }
  return -log_reproducible((static_cast<double>(static_cast<std::int64_t>(~word)) + 0.5) * 0x1p-64);
}

/// Who is first so far; ties go to the lower index.
struct RaceLeader {
  double time;
  std::uint32_t token;
  double limit;  ///< nobody whose time is known to be at least this can be first

  [[nodiscard]] static TEMPSWEEP_HD RaceLeader none() {
    return {ieee::infinity, ~std::uint32_t{0}, ieee::infinity};
  }

  /// \param inverse  1/w of the token, inf where it is out of the race
  TEMPSWEEP_HD void enter(std::uint32_t candidate, double inverse, std::uint64_t word) {
    // E ≥ v, so most need no logarithm; 0·inf is NaN, and such a token has no chance either.
    if (static_cast<double>(static_cast<std::uint32_t>(word >> 32U)) * 0x1p-32 * inverse < limit) {
      meet({exponential_of(word) * inverse, candidate, 0});
    }
  }

  TEMPSWEEP_HD void meet(const RaceLeader& other) {
    if (other.time < time || (other.time == time && other.token < token)) {
      time = other.time;
      token = other.token;
      limit = time * (1 + 0x1p-40);  // beyond what rounding may be out by
    }
  }
};

/// The race of one law; the memory is kept from one law to the next.
struct Race {
  std::vector<double> inverse;  ///< [V] 1/w
  std::uint32_t favourite = 0;  ///< first of the heaviest tokens: entered first, it spares the others
};

/// \param weights  [V] ≥ 0, the largest 1
inline void build_race(std::span<const double> weights, Race& race) {
  race.inverse.resize(weights.size());
  race.favourite = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    race.inverse[i] = 1 / weights[i];
    race.favourite = weights[i] > weights[race.favourite] ? static_cast<std::uint32_t>(i) : race.favourite;
  }
}

/// The token of one draw. \param fill  see count_words
template <class Fill = PlainWords>
std::uint32_t draw_token(const PointStream& stream, std::uint64_t draw, const Race& race,
                         const Fill& fill = {}) {
  const auto tokens = static_cast<std::uint64_t>(race.inverse.size());
  const std::uint64_t first = race_block(draw, tokens);
  RaceLeader leader = RaceLeader::none();
  leader.enter(race.favourite, race.inverse[race.favourite], stream.word(2 * first + race.favourite));
  std::uint64_t words[batch_words];
  for (std::uint64_t begin = 0; begin < tokens; begin += batch_words) {
    const std::uint64_t count = tokens - begin < batch_words ? tokens - begin : batch_words;
    fill(stream, first + begin / 2, (count + 1) / 2, words);
    for (std::uint64_t k = 0; k < count; ++k) {
      leader.enter(static_cast<std::uint32_t>(begin + k), race.inverse[begin + k], words[k]);
    }
  }
  return leader.token;
}

/// Adds to counts[V] the draws first ... first + n - 1 of the stream (Purpose::gumbel): parts in any order,
/// on any thread, add up to the counts of the whole.
template <class Fill = PlainWords>
void draw_counts(const PointStream& stream, std::uint64_t first, std::uint64_t n, const Race& race,
                 std::uint64_t* counts, const Fill& fill = {}) {
  for (std::uint64_t draw = first; draw < first + n; ++draw) {
    const std::uint32_t token = draw_token(stream, draw, race, fill);
    counts[token] += 1;
  }
}

}  // namespace tempsweep
