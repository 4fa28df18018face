// SPDX-License-Identifier: Apache-2.0
// The parts of the methods, whose costs the automatic choice is made by. Times are of one thread; `ns` is per
// token, or per (row, temperature).
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "backend/cpu/expansion.hpp"
#include "backend/cpu/kernels.hpp"
#include "backend/cpu/point_sums.hpp"

namespace tempsweep::bench {
namespace {

constexpr std::int64_t large_vocabulary = 128256;

/// Float32 values, as a model gives them: normal, deviation 3.
std::vector<double> normal_logits(std::int64_t count) {
  std::mt19937_64 engine(1);
  std::normal_distribution<float> normal(0.0F, 3.0F);
  std::vector<double> logits(static_cast<std::size_t>(count));
  for (double& logit : logits) {
    logit = static_cast<double>(normal(engine));
  }
  return logits;
}

std::vector<double> log_grid(double first, double last, std::int64_t count) {
  std::vector<double> grid;
  for (std::int64_t t = 0; t < count; ++t) {
    grid.push_back(
        first *
        std::pow(last / first, count == 1 ? 0.0 : static_cast<double>(t) / static_cast<double>(count - 1)));
  }
  return grid;
}

void per(benchmark::State& state, std::int64_t items) {
  state.counters["ns"] =
      benchmark::Counter(static_cast<double>(items) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

cpu::PreparedRow prepared(const std::vector<double>& logits) {
  cpu::PreparedRow row;
  cpu::prepare_row({logits, std::ssize(logits)}, row);
  return row;
}

MethodChoice interpolating() {
  MethodChoice choice;
  choice.expands = true;
  choice.steepest = 64;
  choice.octaves = {-3, -2, -1, 0, 1, 2, 3, 4};
  return choice;
}

void read_row(benchmark::State& state) {
  const auto logits = normal_logits(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(cpu::scan_extremes(logits.data(), std::ssize(logits)));
  }
  per(state, state.range(0));
}

void collect_rest(benchmark::State& state) {
  const auto logits = normal_logits(state.range(0));
  const auto row = prepared(logits);
  cpu::Rest rest;
  for (auto _ : state) {
    rest.row = nullptr;
    cpu::collect_rest(row, rest);
  }
  per(state, state.range(0));
}

void build_ladder(benchmark::State& state) {
  const auto logits = normal_logits(state.range(0));
  const auto row = prepared(logits);
  cpu::MomentLadder ladder;
  cpu::InsertScratch leaves;
  for (auto _ : state) {
    ladder.build(row.scan, cpu::inserted(row), 55, leaves);
  }
  per(state, state.range(0));
}

void ladder_point(benchmark::State& state) {
  const auto logits = normal_logits(large_vocabulary);
  const auto row = prepared(logits);
  cpu::MomentLadder ladder;
  cpu::InsertScratch leaves;
  ladder.build(row.scan, cpu::inserted(row), 20, leaves);
  auto betas = log_grid(0.2, 20, 64);
  std::vector<RestSums> sums(betas.size());
  std::vector<SumErrors> errors(betas.size());
  for (auto _ : state) {
    ladder.sums(betas, sums, errors);
  }
  per(state, std::ssize(betas));
}

void build_expansion(benchmark::State& state) {
  const auto logits = normal_logits(1000);
  const auto row = prepared(logits);
  cpu::Expansion expansion;
  cpu::InsertScratch leaves;
  for (auto _ : state) {
    expansion.build(row.scan, cpu::inserted(row), interpolating(), leaves);
  }
  per(state, 8);
}

struct Points {
  std::vector<double> logits = normal_logits(20000);
  cpu::PreparedRow row = prepared(logits);
  cpu::PointScratch scratch;

  Points() {
    cpu::InsertScratch leaves;
    row.expansion.build(row.scan, cpu::inserted(row), interpolating(), leaves);
    const auto grid = log_grid(0.2, 1, cpu::block_points);
    std::transform(grid.begin(), grid.end(), scratch.sums.beta, [](double t) { return 1 / t; });
  }
};

void series_point(benchmark::State& state) {
  Points points;
  for (auto _ : state) {
    points.row.expansion.interpolate(points.scratch.sums, cpu::block_points);
  }
  per(state, cpu::block_points);
}

void laws_point(benchmark::State& state) {
  Points points;
  points.row.expansion.interpolate(points.scratch.sums, cpu::block_points);
  const auto facts = cpu::facts_of(points.row);
  for (auto _ : state) {
    cpu::make_laws(facts, points.scratch.sums, cpu::block_points, points.scratch.laws);
  }
  per(state, cpu::block_points);
}

void accepted_point(benchmark::State& state) {
  Points points;
  for (auto _ : state) {
    cpu::make_points({points.row, 1e-12, 1e-12, 0, false}, cpu::block_points, points.scratch);
  }
  per(state, cpu::block_points);
}

void metrics_point(benchmark::State& state) {
  Points points;
  cpu::make_points({points.row, 1e-12, 1e-12, 0, false}, cpu::block_points, points.scratch);
  const auto facts = cpu::facts_of(points.row);
  std::vector<double> out(cpu::block_points);
  for (auto _ : state) {
    for (MetricId id = 0; id < 8; ++id) {
      cpu::evaluate_metric(id, facts, points.scratch.sums, points.scratch.laws, cpu::block_points,
                           out.data());
    }
  }
  per(state, cpu::block_points);
}

BENCHMARK(read_row)->Arg(large_vocabulary);
BENCHMARK(collect_rest)->Arg(large_vocabulary);
BENCHMARK(build_ladder)->Arg(large_vocabulary)->Arg(1000);
BENCHMARK(ladder_point);
BENCHMARK(build_expansion);
BENCHMARK(series_point);
BENCHMARK(laws_point);
BENCHMARK(accepted_point);
BENCHMARK(metrics_point);

}  // namespace
}  // namespace tempsweep::bench
