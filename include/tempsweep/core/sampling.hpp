// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tempsweep/math/alias_integers.hpp"
#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/gumbel_draw.hpp"
#include "tempsweep/math/truncation.hpp"

namespace tempsweep {

/// How draws are made: ways to one law. A number is a place in sampler_table.
enum class Sampler : std::uint8_t { alias, inverse, gumbel, multinomial };

/// A sampler, whatever computes it. How it draws stands in each backend's own table.
struct SamplerFacts {
  const char* name;  ///< the command line's and the file's
  Sampler id;
  Purpose purpose;                   ///< of its random words
  double (*floor)(int column_bits);  ///< tokens below this probability are never drawn, about
  bool by_table;                     ///< draws from the integer law of a table, to the last unit
  /// Whether so many draws of so many tokens have random words enough, and an end.
  bool (*feasible)(std::uint64_t samples, std::uint64_t tokens);
  double (*seconds)(double samples, double tokens);  ///< of one core for a point, about; for estimates
};

constexpr bool always_feasible(std::uint64_t /*samples*/, std::uint64_t /*tokens*/) {
  return true;
}

inline constexpr std::array<SamplerFacts, 4> sampler_table = {{
    {"alias", Sampler::alias, Purpose::alias, sampler_floor, true, always_feasible,
     [](double samples, double tokens) { return samples * 4e-9 + tokens * 3e-8; }},
    {"inverse", Sampler::inverse, Purpose::inverse, sampler_floor, true, always_feasible,
     [](double samples, double tokens) { return samples * 8e-9 + tokens * 3e-8; }},
    {"gumbel", Sampler::gumbel, Purpose::gumbel, [](int) { return 0x1p-66; }, false, race_fits,
     [](double samples, double tokens) { return samples * tokens * 2e-9; }},
    {"multinomial", Sampler::multinomial, Purpose::multinomial_node, sampler_floor, true, always_feasible,
     [](double, double tokens) { return tokens * 3e-7; }},
}};

[[nodiscard]] constexpr const SamplerFacts& sampler_facts(Sampler sampler) {
  return sampler_table[static_cast<std::size_t>(sampler)];
}

/// Whether so many draws are judged by the integer law of the sampler's table: from here on its rounding
/// could show.
[[nodiscard]] constexpr bool judged_by_table(Sampler sampler, std::uint64_t samples) {
  return samples >> 32U != 0 && sampler_facts(sampler).by_table;
}

/// Which part of the law is drawn from, the rest being renormalised. Applied in this order, after the
/// temperature: the top_k most probable tokens; of the law renormalised on them the fewest whose mass is at
/// least top_p; of these the ones at least min_p times as probable as the top token. Ties go to the lower
/// index.
struct Truncation {
  static constexpr std::int64_t all = INT64_MAX;

  std::int64_t top_k = all;  ///< ≥ 1
  double top_p = 1;          ///< in (0, 1]
  double min_p = 0;          ///< in [0, 1]

  [[nodiscard]] bool any() const { return top_k != all || top_p < 1 || min_p > 0; }
  friend bool operator==(const Truncation&, const Truncation&) = default;
};

/// The levels as the mathematics takes them: the decimal numbers that were written.
[[nodiscard]] SurvivorLevels survivor_levels(const Truncation& truncation);

/// `full law`, or what it is cut by: "top-k 50, then top-p 0.9, renormalised".
[[nodiscard]] std::string sampling_law(const Truncation& truncation);

}  // namespace tempsweep
