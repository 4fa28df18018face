// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/write_probabilities.hpp"

#include <algorithm>
#include <cmath>

#include "backend/cpu/probabilities.hpp"

namespace tempsweep::cpu {
namespace {

/// Outputs from this size on leave the caches before anybody reads them.
constexpr std::size_t streaming_bytes = std::size_t{4} << 20U;

/// The limit T → 0: the tied tops share everything.
void zero_limit_probabilities(const PreparedRow& row, std::span<float> out) {
  const auto share = static_cast<float>(1.0 / static_cast<double>(row.scan.ties));
  std::transform(row.logits.begin(), row.logits.end(), out.begin(),
                 [&](double logit) { return logit == row.scan.maximum ? share : 0.0F; });
}

/// Points with a positive temperature; `out` gives the place of each.
template <class Out>
void probabilities_at(const RowRun& run, const Wanted& wanted, std::span<const Law> laws, Stores stores,
                      const Out& out) {
  const RowScan& scan = run.row.scan;
  const ProbabilityRow row{run.row.logits.data(), std::ssize(run.row.logits), scan.maximum,
                           scan.maximum - scan.deepest, scan.unmasked < std::ssize(run.row.logits)};
  std::vector<ProbabilityPoint> points;
  for (std::size_t t = 0; t < laws.size(); ++t) {
    if (laws[t].zero_limit) {
      zero_limit_probabilities(run.row, out(t));
    } else {
      points.push_back({laws[t].beta, laws[t].total(), out(t).data()});
    }
  }
  if (wanted.tolerance >= degree_five_tolerance) {
    const auto degree = wanted.tolerance >= degree_four_tolerance ? FloatDegree::four : FloatDegree::five;
    float_probabilities(row, points, degree, stores);
  } else {
    probabilities(row, points, stores);
  }
}

}  // namespace

void write_probabilities(const RowRun& run, const Wanted& wanted, const TileOutput& output,
                         Scratch& scratch) {
  const std::size_t size = run.row.logits.size();
  const auto width = static_cast<std::size_t>(wanted.tokens);
  const auto target = [&](std::size_t t) {
    return output.probability.subspan((static_cast<std::size_t>(run.offset) + t) * width, width);
  };
  const std::span<const Law> laws = scratch.laws;
  if (run.row.tokens.empty()) {
    const bool large = output.probability.size_bytes() >= streaming_bytes;
    probabilities_at(run, wanted, laws, large ? Stores::streaming : Stores::cached,
                     [&](std::size_t t) { return target(t).first(size); });
    for (std::size_t t = 0; t < laws.size(); ++t) {
      const auto outside = target(t).subspan(size);
      std::fill(outside.begin(), outside.end(), std::nanf(""));
    }
    return;
  }
  scratch.probability.resize(size);
  for (std::size_t t = 0; t < laws.size(); ++t) {
    probabilities_at(run, wanted, laws.subspan(t, 1), Stores::cached,
                     [&](std::size_t) { return std::span(scratch.probability); });
    const auto out = target(t);
    std::fill(out.begin(), out.end(), std::nanf(""));
    for (std::size_t i = 0; i < size; ++i) {
      out[run.row.tokens[i]] = scratch.probability[i];
    }
  }
}

}  // namespace tempsweep::cpu
