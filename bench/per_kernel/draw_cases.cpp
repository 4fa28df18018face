// SPDX-License-Identifier: Apache-2.0
#include "per_kernel/draw_cases.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "kernels/arguments/draw_plan.hpp"
#include "per_kernel/judge_cases.hpp"

namespace tempsweep::bench {
namespace {

using namespace kernels;  // NOLINT(google-build-using-namespace): this file is about little else

/// The points of one temperature, and the memory that every sampler shares.
class DrawBench {
 public:
  DrawBench(Harness& harness, const DrawRows& rows, const Sizes& sizes)
      : harness_(harness),
        rows_(rows),
        draws_(sizes.draws),
        temperatures_(sizes.draw_points / rows.rows),
        points_(rows.rows * temperatures_),
        judge_(harness, rows, points_) {
    const std::int64_t all = points_ << alias_column_bits(static_cast<std::uint64_t>(rows.columns));
    space_ = {harness.make<std::uint64_t>(points_ * rows.columns),
              harness.make<std::uint64_t>(points_ * rows.columns), harness.make<std::uint32_t>(all),
              harness.make<std::uint64_t>(all), harness.make<AliasEntry>(all)};
    sure_ = harness.make<std::int64_t>(points_);
    inverse_ = harness.make<double>(points_ * rows.columns);
    counts_ = harness.make<std::uint64_t>(points_ * rows.columns);
  }

  void at(double temperature, std::string note) {
    note_ = std::move(note);
    temperature_ = harness_.put(std::vector<double>(static_cast<std::size_t>(temperatures_), temperature));
    tables();
    races();
  }

  [[nodiscard]] std::vector<Figure> figures() const { return figures_; }

 private:
  void tables() {
    BuildAlias build{};
    static_cast<LawPoints&>(build) = laws();
    build.space = space_;
    build.sure = sure_;
    measure("build_alias", tokens(), [&] { harness_.launch(build); });
    auto draw = drawn<DrawTokens>();
    draw.sure = sure_;
    draw.shares = space_.shares;
    draw.entries = space_.entries;
    draw.n = draws_;
    in_every_place(draw);
    judge(draw.n);

    const BuildInverse inverse{build};
    measure("build_inverse", tokens(), [&] { harness_.launch(inverse); });
    draw.entries = nullptr;
    draw.through = space_.amounts;
    draw.guide = space_.members;
    draw.plan = plan_draws(draw, room());
    measure(
        "draw_tokens", draws(draw.n), [&] { harness_.launch(draw); }, ", inverse");

    auto tree = drawn<DrawMultinomial>();
    tree.through = space_.amounts;
    tree.nodes = space_.weights;
    tree.n = std::uint64_t{1} << 40U;
    measure("draw_multinomial", tokens(), [&] { harness_.launch(tree); });
  }

  /// Counts of just n draws a point: what was measured before has added up several times as many.
  void judge(std::uint64_t n) {
    auto draw = drawn<DrawTokens>();
    draw.sure = sure_;
    draw.shares = space_.shares;
    draw.entries = space_.entries;
    draw.n = n;
    draw.plan = plan_draws(draw, room());
    harness_.launch(draw);
    const auto found = judge_.at({temperature_, temperatures_, points_, counts_, n}, note_);
    figures_.insert(figures_.end(), found.begin(), found.end());
  }

  /// As planned, and in the places that the plan could have taken instead: is it right?
  void in_every_place(DrawTokens draw) {
    draw.plan = plan_draws(draw, room());
    measure("draw_tokens", draws(draw.n), [&] { harness_.launch(draw); });
    if (draw.plan.staged) {
      draw.plan.staged = false;
      measure(
          "draw_tokens", draws(draw.n), [&] { harness_.launch(draw); }, ", table in L2");
    }
    if (const std::int64_t bins = tagged_bins(draw.plan.bins * 4); bins > 0) {
      draw.plan.bins = bins;
      measure(
          "draw_tokens", draws(draw.n), [&] { harness_.launch(draw); },
          ", " + std::to_string(bins) + " bins");
    }
    draw.plan.bins = 0;
    measure(
        "draw_tokens", draws(draw.n), [&] { harness_.launch(draw); }, ", no bins");
  }

  [[nodiscard]] DrawRoom room() const {
    DeviceFacts facts;
    must(harness_.runtime().facts(0, facts));
    return {facts.shared_bytes, facts.multiprocessors};
  }

  /// A race looks at every token: few draws are many words.
  void races() {
    MakeRaces make{};
    static_cast<LawPoints&>(make) = laws();
    make.inverse = inverse_;
    measure("make_races", tokens(), [&] { harness_.launch(make); });
    auto draw = drawn<DrawRaces>();
    draw.inverse = inverse_;
    draw.n = std::max<std::uint64_t>(1, draws_ / static_cast<std::uint64_t>(rows_.columns));
    measure("draw_races", draws(draw.n * static_cast<std::uint64_t>(rows_.columns)),
            [&] { harness_.launch(draw); });
  }

  [[nodiscard]] LawPoints laws() const {
    return {{rows_.logits, rows_.columns, rows_.stride, rows_.scans, temperatures_, 0, points_},
            temperature_};
  }

  template <class Draw>
  [[nodiscard]] Draw drawn() const {
    Draw draw{};
    draw.columns = draw.tokens = rows_.columns;
    draw.scans = rows_.scans;
    draw.temperature = temperature_;
    draw.temperatures = temperatures_;
    draw.points = points_;
    draw.counts = counts_;
    must(harness_.runtime().clear(counts_,
                                  static_cast<std::size_t>(points_ * rows_.columns) * sizeof(std::uint64_t),
                                  harness_.stream()));
    return draw;
  }

  [[nodiscard]] std::pair<std::string, double> tokens() const {
    return {std::to_string(points_) + " laws of " + std::to_string(rows_.columns),
            static_cast<double>(points_ * rows_.columns)};
  }
  [[nodiscard]] std::pair<std::string, double> draws(std::uint64_t each) const {
    return {std::to_string(points_) + " points x " + std::to_string(each),
            static_cast<double>(points_) * static_cast<double>(each)};
  }

  template <class Job>
  void measure(const char* kernel, const std::pair<std::string, double>& work, const Job& job,
               const std::string& how = "") {
    Figure figure{kernel, work.first};
    figure.note = note_ + how;
    figure.seconds = harness_.seconds(job);
    figure.points_per_second = work.second / figure.seconds;
    figures_.push_back(figure);
  }

  Harness& harness_;
  const DrawRows& rows_;
  std::uint64_t draws_;
  std::int64_t temperatures_, points_;
  JudgeBench judge_;
  AliasSpace space_{};
  std::int64_t* sure_ = nullptr;
  double* inverse_ = nullptr;
  std::uint64_t* counts_ = nullptr;
  const double* temperature_ = nullptr;
  std::string note_;
  std::vector<Figure> figures_;
};

}  // namespace

std::vector<Figure> draw_figures(Harness& harness, const DrawRows& rows, const Sizes& sizes) {
  DrawBench bench(harness, rows, sizes);
  bench.at(1.0, "T = 1");
  bench.at(0.05, "T = 0.05");
  return bench.figures();
}

}  // namespace tempsweep::bench
