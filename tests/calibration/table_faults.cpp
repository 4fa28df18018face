// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <utility>

#include "tempsweep/math/alias_draw.hpp"

#include "calibration/faults.hpp"

namespace tempsweep::testing {
namespace {

/// Inverse of the distribution function from u = k/2^24.
std::vector<double> law_of_24_bits(const std::vector<double>& law) {
  std::vector<double> bent(law.size());
  double sum = 0;
  double before = 0;
  for (std::size_t i = 0; i < law.size(); ++i) {
    sum += law[i];
    const double now = i + 1 == law.size() ? 0x1p24 : std::min(0x1p24, std::ceil(sum * 0x1p24));
    bent[i] = now - before;
    before = now;
  }
  return bent;
}

/// A running sum that is rounded to `bits` significant bits at each step: float's has 24, half's 11.
std::vector<double> law_of_rounded_sum(const std::vector<double>& weights, int bits) {
  const auto rounded = [bits](double x) {
    int exponent = 0;
    const double fraction = std::frexp(x, &exponent);
    return std::ldexp(std::nearbyint(std::ldexp(fraction, bits)), exponent - bits);
  };
  std::vector<double> bent(weights.size());
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double next = rounded(sum + rounded(weights[i]));
    bent[i] = next - sum;
    sum = next;
  }
  return bent;
}

/// The token of this rank, 0 the most probable one.
std::size_t ranked(const std::vector<double>& law, std::size_t rank) {
  std::vector<std::size_t> order(law.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return law[a] > law[b]; });
  return order[rank];
}

/// An alias table after `damage`, drawn from directly.
Draw damaged_alias(const Claim& claim, const std::function<void(AliasTable&)>& damage) {
  const auto table = std::make_shared<AliasTable>();
  AliasScratch scratch;
  build_alias_table(claimed_weights(claim), scratch, *table);
  damage(*table);
  const auto tokens = static_cast<std::uint32_t>(claim.row.logits.size());
  return [=, samples = claim.samples](std::uint64_t seed, int, std::span<std::uint64_t> counts) {
    draw_counts(point_stream(seed, 1, tokens, Purpose::alias, 0), samples, *table, counts.data());
  };
}

Fault biased(const NamedRow& row, std::size_t rank, std::uint64_t samples, const char* name, int threads) {
  Claim claim{row, 1, samples, {}};
  std::vector<double> law = claimed_law(claim);
  law[ranked(law, rank)] *= 1.01;
  return {name, claim, draw_of_weights(std::move(law), samples, threads)};
}

Fault warmer(const NamedRow& row, std::uint64_t samples, int threads) {
  return {"temperature 0.5 % too high",
          {row, 1, samples, {}},
          draw_of_weights(claimed_law({row, 1.005, samples, {}}), samples, threads)};
}

Fault bent(const char* name, Claim claim, std::vector<double> law, int threads) {
  const std::uint64_t samples = claim.samples;
  return {name, std::move(claim), draw_of_weights(std::move(law), samples, threads)};
}

}  // namespace

std::vector<Fault> table_faults(int threads) {
  const NamedRow real = file_row(excerpt_path(), 0);
  const NamedRow wide = normal_row(3, 32000);
  const Claim fine{real, 1, 1000000000, {}};
  const Claim coarse{wide, 1, 200000000, {}};
  const Claim flat{flat_row(4096), 1, 100000, {}};
  const Claim small{zipf_row(1000), 1, 20000, {}};
  std::vector<Fault> faults;
  faults.push_back(bent("uniforms of 24 bits", fine, law_of_24_bits(claimed_law(fine)), threads));
  faults.push_back(
      bent("running sum in float", coarse, law_of_rounded_sum(claimed_weights(coarse), 24), threads));
  faults.push_back(
      bent("running sum in half precision", flat, law_of_rounded_sum(claimed_weights(flat), 11), threads));
  faults.push_back({"alias index off by one", small, damaged_alias(small, [](AliasTable& table) {
                      for (AliasEntry& entry : table.entries) {
                        entry.alias = (entry.alias + 1) % 1000;
                      }
                    })});
  faults.push_back({"alias comparison turned", small, damaged_alias(small, [](AliasTable& table) {
                      for (std::size_t i = 0; i < 1000; ++i) {
                        table.entries[i].threshold = ~table.entries[i].threshold;
                      }
                    })});
  faults.push_back(biased(zipf_row(200), 0, 4000000, "1 % on the top token", threads));
  faults.push_back(biased(zipf_row(200), 9, 60000000, "1 % on the tenth token", threads));
  faults.push_back(warmer(normal_row(3, 1000), 1000000, threads));
  faults.push_back(warmer(real, 1000000, threads));
  faults.push_back(bent("the row before", {real, 1, 1000, {}},
                        claimed_law({file_row(excerpt_path(), 1), 1, 1000, {}}), threads));
  return faults;
}

}  // namespace tempsweep::testing
