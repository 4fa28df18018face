// SPDX-License-Identifier: Apache-2.0
#include "per_kernel/method_cases.hpp"

#include <cmath>

#include "tempsweep/math/chebyshev_table.hpp"

namespace tempsweep::bench {
namespace {

using namespace kernels;  // NOLINT(google-build-using-namespace): this file is about little else

constexpr ChebyshevTable chebyshev = make_chebyshev_table();
constexpr int first_octave = -3;
constexpr int last_octave = 4;
constexpr std::int64_t octave_total = last_octave - first_octave + 1;
constexpr double spread = 40;  ///< logits below the anchor that the benchmark's rows reach at most

class MethodBench {
 public:
  MethodBench(Harness& harness, const BenchRows& rows, const Sizes& sizes)
      : harness_(harness),
        rows_(rows),
        sizes_(sizes),
        steepest_(octave_beta(last_octave, octave_evaluations - 1, chebyshev.cosine)),
        levels_(make_ladder_shape(spread, steepest_).levels) {}

  std::vector<Figure> run() {
    build();
    evaluate();
    interpolate();
    return figures_;
  }

 private:
  template <class Job>
  void measure(const char* kernel, std::int64_t temperatures, double points, double bytes, double fp64,
               const Job& job) {
    Figure figure{kernel, "[" + std::to_string(rows_.rows) + ", " + std::to_string(rows_.columns) + "] x " +
                              std::to_string(temperatures)};
    figure.seconds = harness_.seconds(job);
    figure.points_per_second = points / figure.seconds;
    figure.bytes_per_second = bytes / figure.seconds;
    figure.fp64_per_point = fp64;
    figures_.push_back(figure);
  }

  void build() {
    BuildLeaves leaves{rows_.depths,
                       rows_.rows,
                       rows_.columns,
                       rows_.stride,
                       rows_.scans,
                       steepest_,
                       ladder_octave * (levels_ + 1),
                       nullptr,
                       nullptr};
    const std::int64_t slices = rows_.rows * leaves.slices();
    leaves.leaves = harness_.make<double>(slices * leaves.most_leaves * ladder_moments);
    leaves.additions = harness_.make<std::uint32_t>(slices);
    const auto elements = static_cast<double>(rows_.rows * rows_.columns);
    measure("build_leaves", 0, elements, 8 * elements, 25, [&] { harness_.launch(leaves); });

    moments_ = harness_.make<double>(rows_.rows * bin_place(levels_, 0));
    const MergeLeaves merge{leaves.leaves, rows_.rows, leaves.slices(), leaves.most_leaves,
                            rows_.scans,   steepest_,  levels_,         moments_};
    const auto merged = static_cast<double>(slices * leaves.most_leaves);
    measure("merge_leaves", 0, merged, 128 * merged, 0, [&] { harness_.launch(merge); });

    ladders_ = harness_.make<LadderRow>(rows_.rows);
    const ClimbLadder climb{leaves.additions, rows_.rows, leaves.slices(), rows_.scans,
                            steepest_,        levels_,    moments_,        ladders_};
    measure("climb_ladder", 0, static_cast<double>(rows_.rows * levels_), 0, 0,
            [&] { harness_.launch(climb); });
  }

  [[nodiscard]] EvaluateLadder sums_at(const std::vector<double>& betas) {
    EvaluateLadder job{};
    job.moments = moments_;
    job.ladders = ladders_;
    job.scans = rows_.scans;
    job.rows = rows_.rows;
    job.most_levels = levels_;
    job.at = {harness_.put(betas), std::ssize(betas)};
    job.choice.sums = harness_.make<RestSums>(rows_.rows * job.at.count);
    job.choice.errors = harness_.make<SumErrors>(rows_.rows * job.at.count);
    return job;
  }

  static std::vector<double> betas(std::int64_t count) {
    std::vector<double> all;
    for (std::int64_t t = 0; t < count; ++t) {
      all.push_back(1 / (0.05 * std::pow(100.0, static_cast<double>(t) / static_cast<double>(count))));
    }
    return all;
  }

  void evaluate() {
    const EvaluateLadder job = sums_at(betas(sizes_.float_temperatures));
    measure("evaluate_ladder", job.at.count, static_cast<double>(rows_.rows * job.at.count), 0, 6700,
            [&] { harness_.launch(job); });
  }

  void interpolate() {
    std::vector<double> nodes;
    std::vector<std::int32_t> numbers;
    for (int octave = first_octave; octave <= last_octave; ++octave) {
      numbers.push_back(octave);
      for (int i = 0; i < octave_evaluations; ++i) {
        nodes.push_back(octave_beta(octave, i, chebyshev.cosine));
      }
    }
    const EvaluateLadder sums = sums_at(nodes);
    harness_.launch(sums);
    auto* const series = harness_.make<OctaveSeries>(rows_.rows * octave_total);
    const auto* const table = harness_.put(std::vector<ChebyshevTable>{chebyshev});
    const MakeSeries make{sums.choice.sums,      sums.choice.errors, table,        ladders_,
                          harness_.put(numbers), rows_.rows,         octave_total, series};
    measure("make_series", octave_total, static_cast<double>(rows_.rows * octave_total), 0, 0,
            [&] { harness_.launch(make); });

    const auto many = betas(64 * sizes_.float_temperatures);
    std::vector<std::int32_t> which;
    for (const double beta : many) {
      which.push_back(octave_of(beta) - first_octave);
    }
    InterpolateSums job{};
    job.series = series;
    job.octaves = make.octaves;
    job.octave_total = octave_total;
    job.which = harness_.put(which);
    job.scans = rows_.scans;
    job.rows = rows_.rows;
    job.at = {harness_.put(many), std::ssize(many)};
    job.promise = {1e-7, 1e-7, true};
    const std::int64_t points = rows_.rows * job.at.count;
    job.choice = {harness_.make<RestSums>(points), harness_.make<SumErrors>(points),
                  harness_.make<Origin>(points), harness_.make<std::uint8_t>(points),
                  harness_.make<std::uint8_t>(points)};
    constexpr double bytes = sizeof(RestSums) + sizeof(SumErrors) + 3;
    measure("interpolate_sums", job.at.count, static_cast<double>(points),
            bytes * static_cast<double>(points), 6 * octave_nodes + 80, [&] { harness_.launch(job); });
    leftovers(job);
  }

  /// What a pass costs that nobody needs: a list of nothing, and the tokens of nothing.
  void leftovers(const InterpolateSums& job) {
    const std::int64_t points = rows_.rows * job.at.count;
    auto* const marks = harness_.make<std::uint8_t>(points);
    must(harness_.runtime().clear(marks, static_cast<std::size_t>(points), harness_.stream()));
    const std::int64_t size = DirectF64::betas_at_once;
    auto* const listed = harness_.put(std::vector<std::uint64_t>{0});
    const ListGroups list{marks,
                          rows_.rows,
                          job.at.count,
                          size,
                          harness_.make<std::uint64_t>(rows_.rows * pieces(job.at.count, size)),
                          listed};
    measure("list_groups", job.at.count, static_cast<double>(points), static_cast<double>(points), 0,
            [&] { harness_.launch(list); });
    DirectListed direct{};
    direct.direct = {rows_.depths, rows_.rows, rows_.columns, rows_.stride, rows_.scans, job.at.betas,
                     job.at.count, false,      nullptr,       marks,        nullptr};
    direct.list = {list.groups, listed};
    direct.sums = job.choice.sums;
    measure("direct_listed", job.at.count, static_cast<double>(points), 0, 0,
            [&] { harness_.launch(direct); });
    figures_.back().note = "none";
  }

  Harness& harness_;
  const BenchRows& rows_;
  const Sizes& sizes_;
  double steepest_;
  std::int64_t levels_;
  double* moments_ = nullptr;
  LadderRow* ladders_ = nullptr;
  std::vector<Figure> figures_;
};

}  // namespace

std::vector<Figure> method_figures(Harness& harness, const BenchRows& rows, const Sizes& sizes) {
  return MethodBench(harness, rows, sizes).run();
}

}  // namespace tempsweep::bench
