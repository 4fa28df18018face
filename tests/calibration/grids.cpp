// SPDX-License-Identifier: Apache-2.0
// The verdict over a grid: points of several laws and temperatures, with the re-simulation that a rejection
// needs, over many grids of right draws.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "tempsweep/stats/grid_verdict.hpp"
#include "tempsweep/stats/resimulation.hpp"

#include "calibration/size.hpp"
#include "engine/row_judge.hpp"

namespace tempsweep::testing {
namespace {

/// 30 points.
std::vector<Claim> grid_points() {
  std::vector<Claim> points;
  for (const NamedRow& row : {peaked_row(200), zipf_row(300), normal_row(3, 250)}) {
    for (const double t : {0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0}) {
      points.push_back({row, t, 3000, {}});
    }
  }
  return points;
}

/// Draws the finding's point again and again by the sampler that did not draw it.
Resimulation simulate_again(const Claim& claim, Sampler drawn, const Finding& finding, std::uint64_t grid,
                            int threads) {
  const Sampler other = drawn == Sampler::alias ? Sampler::multinomial : Sampler::alias;
  const Draw draw = engine_draw(claim, other, threads);
  RowJudge judge(Sampler::alias, claim.truncation);
  judge.load(claim.row.logits, {}, std::ssize(claim.row.logits));
  const PointCase law = judge.law_at({claim.temperature, 0, 0}, claim.samples);
  std::vector<std::vector<std::uint64_t>> counts(static_cast<std::size_t>(threads));
  return resimulate(
      finding.test, finding.log10_p, law,
      [&](std::uint64_t replicate, int worker, std::span<std::uint64_t> out) {
        std::vector<std::uint64_t>& own = counts[static_cast<std::size_t>(worker)];
        own.assign(out.size(), 0);
        draw((grid << 32U) + (std::uint64_t{1} << 31U) + replicate, worker, own);
        std::transform(judge.order().begin(), judge.order().end(), out.begin(),
                       [&](std::uint32_t place) { return own[place]; });
      },
      threads);
}

struct Tally {
  std::uint64_t rejected = 0, by_point = 0, by_uniformity = 0, resimulated = 0;
};

/// One grid: the points' statistics stand in `drawn` by point and grid.
void judge_grid(const std::vector<Claim>& points, const std::vector<std::vector<PointStatistics>>& drawn,
                std::uint64_t grid, double alpha, Sampler sampler, int threads, Tally& tally) {
  GridReferee referee(alpha);
  for (std::size_t i = 0; i < points.size(); ++i) {
    referee.add(i, tests_of(drawn[i][grid]));
  }
  while (const std::optional<Finding> finding = referee.doubtful()) {
    ++tally.resimulated;
    referee.settle(*finding, simulate_again(points[finding->point], sampler, *finding, grid + 1, threads));
  }
  const GridVerdict verdict = referee.verdict();
  tally.rejected += verdict.rejected() ? 1U : 0U;
  tally.by_point += verdict.by_point() ? 1U : 0U;
  tally.by_uniformity += verdict.by_uniformity() ? 1U : 0U;
}

}  // namespace

std::string grid_table(const Extent& extent, Checks& checks) {
  const std::uint64_t grids = extent.complete ? 2000 : 100;
  const std::vector<Claim> points = grid_points();
  std::string out =
      "| sampler | grids | points each | alpha | rejected | % | by a point | by uniformity | re-simulated |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (const Sampler sampler : {Sampler::alias, Sampler::multinomial}) {
    std::vector<std::vector<PointStatistics>> drawn;
    for (const Claim& point : points) {
      drawn.push_back(
          judge_seeds(point, engine_draw(point, sampler, extent.threads), 0, grids, extent.threads));
    }
    for (const double alpha : {0.05, 0.01, 0.001}) {
      Tally tally;
      for (std::uint64_t grid = 0; grid < grids; ++grid) {
        judge_grid(points, drawn, grid, alpha, sampler, extent.threads, tally);
      }
      const char* name = sampler_facts(sampler).name;
      checks.add(fmt::format("grids by {} at {}: {} of {} rejected", name, alpha, tally.rejected, grids),
                 above_nominal(tally.rejected, grids, alpha));
      out += fmt::format("| {} | {} | {} | {} | {} | {:.2f} | {} | {} | {} |\n", name, grids, points.size(),
                         alpha, tally.rejected,
                         100 * static_cast<double>(tally.rejected) / static_cast<double>(grids),
                         tally.by_point, tally.by_uniformity, tally.resimulated);
    }
  }
  return out;
}

}  // namespace tempsweep::testing
