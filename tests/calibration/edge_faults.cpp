// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "calibration/faults.hpp"

namespace tempsweep::testing {
namespace {

constexpr double masked = -std::numeric_limits<double>::infinity();

NamedRow row_of(std::vector<double> law) {
  std::transform(law.begin(), law.end(), law.begin(), [](double p) { return std::log(p); });
  return {"four tokens", std::move(law)};
}

Truncation nucleus(double mass) {
  Truncation truncation;
  truncation.top_p = mass;
  return truncation;
}

Fault of_weights(const char* name, Claim claim, std::vector<double> weights, int threads) {
  const std::uint64_t samples = claim.samples;
  return {name, std::move(claim), draw_of_weights(std::move(weights), samples, threads)};
}

/// The last token is masked; the fault gives it, or the first one, `share`.
Fault endpoint(const char* name, bool last, double share, int threads) {
  Claim claim{normal_row(3, 1000), 1, std::uint64_t{1} << 29U, {}};
  auto& logits = claim.row.logits;
  (last ? logits.back() : logits.front()) = masked;
  std::vector<double> law = claimed_law(claim);
  (last ? law.back() : law.front()) = share;
  return of_weights(name, claim, std::move(law), threads);
}

Fault zero_probability(int threads) {
  NamedRow row{"one-hot", std::vector<double>(151936, masked)};
  row.logits[70000] = 0;
  std::vector<double> law(row.logits.size(), 0x1p-24);
  law[70000] = 1;
  return of_weights("exponential of 0 beats a weight of 0", {row, 1, 100000, {}}, std::move(law), threads);
}

}  // namespace

std::vector<Fault> edge_faults(int threads) {
  const NamedRow row = row_of({0.5, 0.3, 0.1, 0.1});
  std::vector<Fault> faults;
  faults.push_back(endpoint("uniform of 1 gives the last token", true, 0x1p-25, threads));
  faults.push_back(endpoint("uniform of 0 gives the first token", false, 0x1p-24, threads));
  faults.push_back(zero_probability(threads));
  faults.push_back(of_weights("T = 0 as inverse temperature 0", {zipf_row(1000), 0, 100, {}},
                              std::vector<double>(1000, 1.0), threads));
  faults.push_back(
      of_weights("top-p keeps one too many", {row, 1, 200, nucleus(0.8)}, {0.5, 0.3, 0.1, 0}, threads));
  faults.push_back(of_weights("top-p keeps all ties at its edge",
                              {row_of({0.4, 0.2, 0.2, 0.2}), 1, 200, nucleus(0.6)}, {0.4, 0.2, 0.2, 0.2},
                              threads));
  faults.push_back(
      of_weights("top-p keeps one too few", {row, 1, 500, nucleus(0.85)}, {0.5, 0.3, 0, 0}, threads));
  faults.push_back(of_weights("truncated, but not at this temperature", {row, 2, 2000, nucleus(0.8)},
                              {0.5, 0.3, 0, 0}, threads));
  return faults;
}

}  // namespace tempsweep::testing
