// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/alias_table.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/multinomial.hpp"

#include "support/backend_run.hpp"

/// The backend's multinomial counts are those of the header at the point's address.
namespace tempsweep::testing {
namespace {

constexpr std::uint64_t seed = 7;

std::vector<std::uint64_t> direct_call(const std::vector<double>& logits, double temperature,
                                       std::uint64_t row, std::uint64_t n) {
  const double maximum = *std::max_element(logits.begin(), logits.end());
  std::vector<double> weights;
  for (const double logit : logits) {
    weights.push_back(table_weight(maximum - logit, inverse_temperature(temperature)));
  }
  AliasScratch scratch;
  AliasTable table;
  build_alias_table(weights, scratch, table);
  std::partial_sum(table.weights.begin(), table.weights.end(), table.weights.begin());
  std::vector<std::uint64_t> counts(logits.size(), 0);
  multinomial_counts({table.weights.data(), logits.size()},
                     point_stream(seed, temperature, static_cast<std::uint32_t>(logits.size()),
                                  Purpose::multinomial_node, row),
                     multinomial_root(logits.size(), n), counts.data());
  return counts;
}

Wanted want_multinomial(std::uint64_t n) {
  Wanted wanted;
  wanted.samples = n;
  wanted.seed = seed;
  wanted.sampler = Sampler::multinomial;
  return wanted;
}

const std::vector<double> temperatures = {0.0, 0.02, 0.3, 1.0, 40.0, HUGE_VAL};

TEST(MultinomialCounts, AreThoseOfTheAddress) {
  for (const std::size_t width : {1U, 2U, 257U, 1000U}) {
    auto logits = normal_logits(2 * width, 3, 61);
    if (width > 2) {
      logits[1] = logits[width - 1] = -HUGE_VAL;
      logits[2] = logits[3] = 20;
    }
    for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{5000}, std::uint64_t{1} << 53U}) {
      const BackendRun run = run_backend(want_multinomial(n), logits, temperatures, {2, 1000, 0, {}, 2});
      for (std::size_t point = 0; point < 2 * temperatures.size(); ++point) {
        const std::size_t r = point / temperatures.size();
        const double temperature = temperatures[point % temperatures.size()];
        const auto first = logits.begin() + static_cast<std::ptrdiff_t>(r * width);
        const auto stored = run.count.begin() + static_cast<std::ptrdiff_t>(point * width);
        ASSERT_EQ(std::vector<std::uint64_t>(stored, stored + static_cast<std::ptrdiff_t>(width)),
                  direct_call({first, first + static_cast<std::ptrdiff_t>(width)}, temperature, 1000 + r, n))
            << width << " tokens, row " << r << " T " << temperature << ' ' << n;
      }
    }
  }
}

TEST(MultinomialCounts, OfTheHighestLogitsStandAtTheirTokens) {
  const auto logits = normal_logits(400, 2, 62);
  Wanted wanted = want_multinomial(1000000);
  wanted.vocabulary_by = VocabularyBy::rank;
  const BackendRun run = run_backend(wanted, logits, {1.0}, {1, 0, 100, {}, 1});
  std::uint64_t drawn = 0;
  std::vector<double> sorted = logits;
  std::sort(sorted.rbegin(), sorted.rend());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    drawn += run.count[i];
    EXPECT_TRUE(logits[i] >= sorted[99] || run.count[i] == 0) << i;
  }
  EXPECT_EQ(drawn, 1000000U);
}

}  // namespace
}  // namespace tempsweep::testing
