// SPDX-License-Identifier: Apache-2.0
#include "calibration/power.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/parallel.hpp"
#include "tempsweep/stats/grid_verdict.hpp"

#include "calibration/faults.hpp"

namespace tempsweep::testing {
namespace {

struct Outcome {
  std::uint64_t tried = 0, rejected = 0;
  std::map<std::string, std::uint64_t> by;
};

/// The verdict on a grid of this one point. Before re-simulation: a fault's p is far below what that could
/// settle, and a right sampler has no need of it.
Outcome judge_alone(const std::vector<PointStatistics>& points) {
  Outcome outcome;
  for (const PointStatistics& point : points) {
    GridReferee referee(verdict_alpha);
    referee.add(0, tests_of(point));
    const GridVerdict verdict = referee.verdict();
    ++outcome.tried;
    if (verdict.rejected()) {
      ++outcome.rejected;
      ++outcome.by[verdict.by_impossible()
                       ? "a token of probability 0"
                       : test_table[static_cast<std::size_t>(verdict.smallest.test)].long_name];
    }
  }
  return outcome;
}

std::string most_frequent(const Outcome& outcome) {
  const auto most = std::max_element(outcome.by.begin(), outcome.by.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == outcome.by.end() ? "–" : most->first;
}

bool affordable(const Claim& claim, Sampler sampler, const Extent& extent) {
  const double dear = extent.complete ? 5e6 : 1.5e6;  // draws, or for gumbel words, that a seed may take
  const auto n = static_cast<double>(claim.samples);
  switch (sampler) {
    case Sampler::multinomial:
      return true;
    case Sampler::gumbel:
      return n * static_cast<double>(claim.row.logits.size()) <= dear;
    default:
      return n <= dear;
  }
}

std::string judge_engine(const Fault& fault, std::uint64_t seeds, const Extent& extent, Checks& checks) {
  std::string out;
  for (const Sampler sampler : {Sampler::alias, Sampler::inverse, Sampler::gumbel, Sampler::multinomial}) {
    if (!affordable(fault.claim, sampler, extent)) {
      continue;
    }
    const Outcome right = judge_alone(judge_seeds(
        fault.claim, engine_draw(fault.claim, sampler, extent.threads), 0, seeds, extent.threads));
    const char* name = sampler_facts(sampler).name;
    checks.add(fmt::format("{} where '{}' is planted: {} of {} rejected", name, fault.name, right.rejected,
                           right.tried),
               above_nominal(right.rejected, right.tried, verdict_alpha));
    out += fmt::format("{}{} {}/{}", out.empty() ? "" : ", ", name, right.rejected, right.tried);
  }
  return out;
}

/// The race needs a word for every token of every draw, so the far tail is seen over few tokens.
std::string judge_race(const Extent& extent, Checks& checks) {
  const Claim claim{heavy_tail(18, extent.complete ? 1000 : 100), 1, 1000000, {}};
  const std::uint64_t seeds = extent.complete ? 8 : 2;
  const Draw draw = engine_draw(claim, Sampler::gumbel, extent.threads);
  std::vector<std::vector<std::uint64_t>> counts(seeds);
  parallel_for(static_cast<std::int64_t>(seeds), extent.threads, [&](std::int64_t seed, int worker) {
    auto& own = counts[static_cast<std::size_t>(seed)];
    own.assign(claim.row.logits.size(), 0);
    draw(static_cast<std::uint64_t>(seed), worker, own);
  });
  const std::uint64_t all = seeds * claim.samples;
  std::uint64_t tail = all;
  for (const auto& own : counts) {
    tail -= own.back();
  }
  const double share = 1 - claimed_law(claim).back();
  const double p = off_nominal(tail, all, share);
  checks.add("the engine's gumbel in the far tail", p);
  return fmt::format(
      "\nThe engine's gumbel over {} tokens 18 nats down, {:.0e} draws: {} of them on the tail, {:.1f} "
      "expected (exact binomial p {:.2g}).\n",
      claim.row.logits.size() - 1, static_cast<double>(all), tail, share * static_cast<double>(all), p);
}

}  // namespace

std::string power_table(const Extent& extent, Checks& checks) {
  const std::uint64_t seeds = extent.complete ? 200 : 100;
  std::vector<Fault> faults = table_faults(extent.threads);
  for (Fault& fault : race_faults(extent.complete ? 200000 : 2000, extent.threads)) {
    faults.push_back(std::move(fault));
  }
  for (Fault& fault : edge_faults(extent.threads)) {
    faults.push_back(std::move(fault));
  }
  std::map<std::string, std::string> engine;  // faults of one kind share a point
  std::string out =
      "| fault | law | V | T | n | caught | mostly by | the engine's samplers there, rejected |\n"
      "|---|---|---|---|---|---|---|---|\n";
  for (const Fault& fault : faults) {
    const Outcome wrong = judge_alone(judge_seeds(fault.claim, fault.draw, 0, seeds, extent.threads));
    checks.require(fmt::format("'{}' ({}) is caught {} times of {}", fault.name, fault.claim.row.name,
                               wrong.rejected, wrong.tried),
                   wrong.rejected * 100 >= wrong.tried * 99);
    const std::string point =
        fmt::format("{} | {} | {} | {:.1e}", fault.claim.row.name, fault.claim.row.logits.size(),
                    fault.claim.temperature, static_cast<double>(fault.claim.samples));
    const std::string key = point + sampling_law(fault.claim.truncation);
    if (!engine.contains(key)) {
      engine[key] = judge_engine(fault, seeds, extent, checks);
    }
    out += fmt::format("| {} | {} | {}/{} | {} | {} |\n", fault.name, point, wrong.rejected, wrong.tried,
                       most_frequent(wrong), engine[key]);
    std::fprintf(stderr, "%s\n", fault.name.c_str());
  }
  return out + judge_race(extent, checks);
}

}  // namespace tempsweep::testing
