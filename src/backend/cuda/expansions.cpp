// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/expansions.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "tempsweep/math/chebyshev_table.hpp"

namespace tempsweep::cuda {
namespace {

using kernels::BuildLeaves;
using kernels::pieces;

constexpr ChebyshevTable chebyshev = make_chebyshev_table();

/// Logits that rows are taken to span when memory is planned: a ladder has a level more for each doubling.
constexpr double widest_spread = 1e4;

constexpr std::int64_t leaves_of(std::int64_t levels) {
  return ladder_octave * (levels + 1);
}

}  // namespace

Expansions::Expansions(const Device& device)
    : device_(device),
      leaves_(device),
      moments_(device),
      node_betas_(device),
      additions_(device),
      ladders_(device),
      table_(device),
      octaves_(device),
      node_sums_(device),
      node_errors_(device),
      series_(device) {}

std::uint64_t Expansions::bytes_per_row(const MethodChoice& methods, std::int64_t vocabulary_size) {
  if (!methods.expands) {
    return 0;
  }
  const std::int64_t levels = make_ladder_shape(widest_spread, methods.steepest).levels;
  const auto moments =
      static_cast<std::uint64_t>(kernels::bin_place(levels, 0) + pieces(vocabulary_size, BuildLeaves::slice) *
                                                                     leaves_of(levels) * ladder_moments);
  constexpr std::uint64_t node = sizeof(RestSums) + sizeof(SumErrors);
  return moments * sizeof(double) + sizeof(kernels::LadderRow) +
         methods.octaves.size() * (octave_evaluations * node + sizeof(OctaveSeries));
}

void Expansions::drop() {
  view_ = {};
  leaves_.drop();
  moments_.drop();
  node_betas_.drop();
  additions_.drop();
  ladders_.drop();
  table_.drop();
  octaves_.drop();
  node_sums_.drop();
  node_errors_.drop();
  series_.drop();
}

void Expansions::build(const RowView& rows, std::span<const RowScan> scans, const MethodChoice& methods,
                       Staging& staging, kernels::Stream stream) {
  view_ = {};
  std::int64_t levels = 1;
  for (const RowScan& scan : scans) {
    levels = std::max(levels, kernels::ladder_shape_of(scan, methods.steepest).levels);
  }
  build_ladders(rows, levels, methods.steepest, stream);
  if (!methods.octaves.empty()) {
    make_series(rows, methods, staging, stream);
  }
}

void Expansions::build_ladders(const RowView& rows, std::int64_t levels, double steepest,
                               kernels::Stream stream) {
  BuildLeaves build{};
  build.depths = rows.depths;
  build.rows = rows.rows;
  build.columns = rows.columns;
  build.stride = rows.depth_stride;
  build.scans = rows.scans;
  build.steepest = steepest;
  build.most_leaves = leaves_of(levels);
  build.leaves = leaves_.reserve(rows.rows * build.slices() * build.most_leaves * ladder_moments);
  build.additions = additions_.reserve(rows.rows * build.slices());
  device_.launch(build, stream);
  view_.levels = levels;
  view_.moments = moments_.reserve(rows.rows * kernels::bin_place(levels, 0));
  view_.ladders = ladders_.reserve(rows.rows);
  device_.launch(kernels::MergeLeaves{build.leaves, rows.rows, build.slices(), build.most_leaves, rows.scans,
                                      steepest, levels, moments_.get()},
                 stream);
  device_.launch(kernels::ClimbLadder{build.additions, rows.rows, build.slices(), rows.scans, steepest,
                                      levels, moments_.get(), ladders_.get()},
                 stream);
}

void Expansions::make_series(const RowView& rows, const MethodChoice& methods, Staging& staging,
                             kernels::Stream stream) {
  std::vector<double> betas;
  for (const int octave : methods.octaves) {
    for (int i = 0; i < octave_evaluations; ++i) {
      betas.push_back(octave_beta(octave, i, chebyshev.cosine));
    }
  }
  const std::vector<std::int32_t> octaves(methods.octaves.begin(), methods.octaves.end());
  const std::int64_t nodes = std::ssize(betas);
  const std::int64_t total = std::ssize(octaves);
  staging.upload(node_betas_.reserve(nodes), std::span<const double>(betas), stream);
  staging.upload(octaves_.reserve(total), std::span<const std::int32_t>(octaves), stream);
  staging.upload(table_.reserve(1), std::span<const ChebyshevTable>(&chebyshev, 1), stream);
  kernels::EvaluateLadder evaluate{};
  evaluate.moments = view_.moments;
  evaluate.ladders = view_.ladders;
  evaluate.scans = rows.scans;
  evaluate.rows = rows.rows;
  evaluate.most_levels = view_.levels;
  evaluate.at = {node_betas_.get(), nodes};
  evaluate.choice.sums = node_sums_.reserve(rows.rows * nodes);
  evaluate.choice.errors = node_errors_.reserve(rows.rows * nodes);
  device_.launch(evaluate, stream);
  view_.octaves = octaves_.get();
  view_.octave_total = total;
  view_.series = series_.reserve(rows.rows * total);
  device_.launch(kernels::MakeSeries{node_sums_.get(), node_errors_.get(), table_.get(), view_.ladders,
                                     octaves_.get(), rows.rows, total, series_.get()},
                 stream);
}

}  // namespace tempsweep::cuda
