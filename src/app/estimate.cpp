// SPDX-License-Identifier: Apache-2.0
#include "app/estimate.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <vector>

#include "tempsweep/core/parallel.hpp"

namespace tempsweep::app {
namespace {

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Work that is timed: some hundredths of a second, so that cheap points are many enough to be measured.
constexpr double timed_work = 0x1p23;

/// Some of the plan's temperatures, over its whole range.
std::vector<double> some_temperatures(const SweepPlan& plan, double work_per_point) {
  const std::size_t all = plan.temperatures.size();
  const auto enough = static_cast<std::size_t>(timed_work / work_per_point);
  const std::size_t count = std::min(all, std::max<std::size_t>(16, enough));
  std::vector<double> some;
  for (std::size_t t = 0; t < count; ++t) {
    some.push_back(plan.temperatures[t * all / count]);
  }
  return some;
}

Wanted wanted_metrics(const SweepPlan& plan, std::int64_t width) {
  Wanted wanted;
  wanted.metrics = plan.metrics;
  wanted.renyi_orders = plan.renyi_orders;
  wanted.tokens = width;
  wanted.tolerance = plan.tolerance;
  wanted.method = plan.method;
  wanted.grid = plan.temperatures;
  return wanted;
}

/// Of metrics, from a slice: what a row takes grows with its tokens, what a point takes as the backend says.
double seconds_of_metrics(const SweepJob& job) {
  const SweepPlan& plan = job.plan;
  const std::int64_t width = std::min<std::int64_t>(plan.vocabulary_sizes.back(), 32768);
  const Wanted wanted = wanted_metrics(plan, width);
  const auto backend = job.backend->create(wanted, {plan.threads, plan.devices.front(), 1});
  std::vector<double> logits(static_cast<std::size_t>(width * plan.threads));
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logits[i] = 3 * std::sin(static_cast<double>(i));
  }
  const auto work_per_point = [&](std::int64_t size) {
    return static_cast<double>(job.backend->needs(wanted, size).work_per_point);
  };
  const std::vector<double> temperatures = some_temperatures(plan, work_per_point(width));
  const std::size_t points = temperatures.size() * static_cast<std::size_t>(plan.threads);
  std::vector<std::vector<double>> values(plan.metrics.size(), std::vector<double>(points));
  std::vector<double> renyi(points * plan.renyi_orders.size());
  TileOutput output;
  for (auto& value : values) {
    output.metrics.emplace_back(value);
  }
  output.renyi_entropy = renyi;
  const double load = seconds_of([&] { backend->load({logits, plan.threads, width, 0, {}}, width); });
  const double evaluate = seconds_of([&] { backend->evaluate(temperatures, output); });

  double rows = 0;
  double grid = 0;
  for (const std::int64_t size : plan.vocabulary_sizes) {
    rows += static_cast<double>(size) / static_cast<double>(width);
    grid += work_per_point(size) / work_per_point(width);
  }
  const double per_row = load * rows + evaluate * grid * static_cast<double>(plan.temperatures.size()) /
                                           static_cast<double>(temperatures.size());
  return per_row * static_cast<double>(plan.rows) / plan.threads / static_cast<double>(plan.devices.size());
}

/// One thread writes, half a nanosecond a byte into the page cache; all of them shuffle and deflate, 6 a
/// byte.
double seconds_of_writing(const Schema& schema, Compression compression, int threads) {
  double seconds = 0;
  for (const Variable& variable : schema.variables) {
    const bool packed = variable.storage == Storage::compressible && compression != Compression::none;
    seconds += static_cast<double>(variable_bytes(schema, variable)) * (packed ? 6e-9 / threads : 0.5e-9);
  }
  return seconds;
}

}  // namespace

double work_of(const SweepPlan& plan) {
  const double tokens = std::accumulate(plan.vocabulary_sizes.begin(), plan.vocabulary_sizes.end(), 0.0);
  return tokens * static_cast<double>(plan.rows) * static_cast<double>(plan.temperatures.size());
}

double estimated_seconds(const SweepJob& job, const Schema& schema) {
  const SweepPlan& plan = job.plan;
  const auto points = static_cast<double>(grid_points(plan));
  // Nanoseconds of one core: a probability 0.6; a token of a row to be sorted 40, and 10 000 to search it at
  // one point.
  double others = plan.probabilities != ProbabilityFormat::none ? work_of(plan) * 0.6e-9 : 0;
  if (plan.samples > 0) {
    others += points *
              sampler_facts(plan.sampler).seconds(static_cast<double>(plan.samples), work_of(plan) / points);
  }
  if (plan.ordering.any()) {
    others += work_of(plan) / static_cast<double>(plan.temperatures.size()) * 4e-8 + points * 1e-5;
  }
  const int cores = std::min(plan.threads, available_threads());
  return seconds_of_metrics(job) + others / cores + seconds_of_writing(schema, job.compression, cores);
}

}  // namespace tempsweep::app
