// SPDX-License-Identifier: Apache-2.0
#include "calibration/point.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "tempsweep/core/parallel.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/law.hpp"

#include "engine/row_judge.hpp"

namespace tempsweep::testing {
namespace {

/// The weights and what each thread needs to draw from them.
struct Drawer {
  std::vector<double> weights;
  std::vector<cpu::SamplerScratch> scratch;
};

Draw draw_by(Sampler sampler, std::vector<double> weights, double temperature, std::uint64_t samples,
             int threads) {
  const auto drawer = std::make_shared<Drawer>();
  drawer->weights = std::move(weights);
  drawer->scratch.resize(static_cast<std::size_t>(threads));
  return [=](std::uint64_t seed, int worker, std::span<std::uint64_t> counts) {
    const auto tokens = static_cast<std::uint32_t>(drawer->weights.size());
    const PointStream stream = point_stream(seed, temperature, tokens, sampler_facts(sampler).purpose, 0);
    cpu::find_sampler(sampler)->draw({drawer->weights, stream, samples, counts},
                                     drawer->scratch[static_cast<std::size_t>(worker)]);
  };
}

}  // namespace

std::vector<double> claimed_weights(const Claim& claim) {
  RowJudge judge(Sampler::alias, claim.truncation);
  judge.load(claim.row.logits, {}, std::ssize(claim.row.logits));
  const auto depth = judge.law_at({claim.temperature, 0, 0}, 1).depth;
  std::vector<double> weights(claim.row.logits.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[judge.order()[i]] = table_weight(depth[i], inverse_temperature(claim.temperature));
  }
  return weights;
}

std::vector<double> claimed_law(const Claim& claim) {
  std::vector<double> law = claimed_weights(claim);
  const double total = std::accumulate(law.begin(), law.end(), 0.0);
  std::transform(law.begin(), law.end(), law.begin(), [total](double w) { return w / total; });
  return law;
}

Draw engine_draw(const Claim& claim, Sampler sampler, int threads) {
  return draw_by(sampler, claimed_weights(claim), claim.temperature, claim.samples, threads);
}

Draw draw_of_weights(std::vector<double> weights, std::uint64_t samples, int threads) {
  return draw_by(Sampler::multinomial, std::move(weights), 1, samples, threads);
}

std::vector<PointStatistics> judge_seeds(const Claim& claim, const Draw& draw, std::uint64_t first,
                                         std::uint64_t seeds, int threads) {
  std::vector<RowJudge> judges(static_cast<std::size_t>(threads), RowJudge(Sampler::alias, claim.truncation));
  for (RowJudge& judge : judges) {
    judge.load(claim.row.logits, {}, std::ssize(claim.row.logits));
  }
  std::vector<PointStatistics> out(seeds);
  std::vector<std::vector<std::uint64_t>> counts(static_cast<std::size_t>(threads));
  parallel_for(static_cast<std::int64_t>(seeds), threads, [&](std::int64_t item, int worker) {
    const auto place = static_cast<std::size_t>(worker);
    counts[place].assign(claim.row.logits.size(), 0);
    const std::uint64_t seed = first + static_cast<std::uint64_t>(item);
    draw(seed, worker, counts[place]);
    out[static_cast<std::size_t>(item)] =
        judges[place].judge({claim.temperature, seed, 0}, counts[place], claim.samples);
  });
  return out;
}

}  // namespace tempsweep::testing
