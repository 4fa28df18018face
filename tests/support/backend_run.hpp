// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "tempsweep/backend.hpp"

#include "support/backend_under_test.hpp"

namespace tempsweep::testing {

inline MetricId metric_id(std::string_view name) {
  for (MetricId id = 0; id < metric_table.size(); ++id) {
    if (metric_table[id].name == name) {
      return id;
    }
  }
  throw std::logic_error("no such metric");
}

inline std::vector<MetricId> all_metrics() {
  std::vector<MetricId> ids;
  for (MetricId id = 0; id < metric_table.size(); ++id) {
    ids.push_back(id);
  }
  return ids;
}

/// Everything a backend says about a block, [rows, temperatures, …].
struct BackendRun {
  std::vector<MetricId> ids;
  std::vector<std::vector<double>> metrics;
  std::vector<double> renyi;
  std::vector<std::int64_t> nucleus_size;
  std::vector<double> top_k_mass;
  std::vector<std::int64_t> min_p_survivors;
  std::vector<std::int64_t> tokens_above;
  std::vector<float> probability;
  std::vector<std::uint16_t> log_probability;
  std::vector<std::uint64_t> count;
  std::vector<JudgedSums> judged;
  std::vector<RowScan> scans;
  std::vector<ErrorBounds> bounds;
  std::vector<std::vector<std::uint32_t>> vocabulary;  ///< by rank: input index of each token

  [[nodiscard]] const std::vector<double>& metric(std::string_view name) const {
    for (std::size_t m = 0; m < ids.size(); ++m) {
      if (metric_table[ids[m]].name == name) {
        return metrics[m];
      }
    }
    throw std::logic_error("metric not wanted");
  }
};

struct RunSetup {
  std::int64_t rows = 1;
  std::int64_t first_row = 0;
  std::int64_t vocabulary = 0;  ///< 0: the whole width
  std::vector<std::int64_t> labels{};
  int threads = 1;
  std::vector<double> grid{};           ///< of the whole plan; empty: the temperatures of the run
  std::vector<std::int64_t> smaller{};  ///< vocabularies that grow into it
};

/// What a backend for rows of `width` tokens is made with.
inline Wanted wanted_at_width(Wanted wanted, std::size_t width) {
  wanted.tokens = static_cast<std::int64_t>(width);
  return wanted;
}

/// One load and one evaluation on a backend made for `wanted`.
inline BackendRun run_backend(const std::unique_ptr<Backend>& backend, const Wanted& wanted,
                              const std::vector<double>& logits, const std::vector<double>& temperatures,
                              const RunSetup& setup) {
  const std::int64_t width = std::ssize(logits) / setup.rows;
  const auto points = static_cast<std::size_t>(setup.rows) * temperatures.size();
  const std::size_t dense = points * static_cast<std::size_t>(width);
  BackendRun run;
  run.ids = wanted.metrics;
  run.metrics.assign(wanted.metrics.size(), std::vector<double>(points, -1));
  run.renyi.assign(points * wanted.renyi_orders.size(), -1);
  run.nucleus_size.assign(points * wanted.ordering.nucleus_masses.size(), -9);
  run.top_k_mass.assign(points * wanted.ordering.top_k.size(), -9);
  run.min_p_survivors.assign(points * wanted.ordering.min_p_levels.size(), -9);
  run.tokens_above.assign(points * wanted.ordering.thresholds.size(), -9);
  run.probability.assign(wanted.probabilities == ProbabilityFormat::f32 ? dense : 0, -1);
  run.log_probability.assign(wanted.probabilities == ProbabilityFormat::log16 ? dense : 0, 1);
  run.count.assign(wants_counts(wanted) ? dense : 0, 99);
  run.judged.resize(wanted.judged ? points : 0);
  std::vector<std::int64_t> sizes = setup.smaller;
  sizes.push_back(setup.vocabulary > 0 ? setup.vocabulary : width);
  backend->load({logits, setup.rows, width, setup.first_row, setup.labels}, sizes.front());
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    backend->grow(sizes[i]);
  }
  TileOutput out;
  for (auto& values : run.metrics) {
    out.metrics.emplace_back(values);
  }
  out.renyi_entropy = run.renyi;
  out.nucleus_size = run.nucleus_size;
  out.top_k_mass = run.top_k_mass;
  out.min_p_survivors = run.min_p_survivors;
  out.tokens_above = run.tokens_above;
  out.probability = run.probability;
  out.log_probability = run.log_probability;
  out.count = run.count;
  out.judged = run.judged;
  backend->evaluate(temperatures, out);
  run.scans.assign(backend->scans().begin(), backend->scans().end());
  for (std::int64_t row = 0; row < setup.rows; ++row) {
    run.bounds.push_back(backend->error_bounds(row));
    const auto tokens = backend->vocabulary(row);
    run.vocabulary.emplace_back(tokens.begin(), tokens.end());
  }
  return run;
}

/// The same on the backend that the program was linked for.
inline BackendRun run_backend(const Wanted& wanted, const std::vector<double>& logits,
                              const std::vector<double>& temperatures, const RunSetup& setup = {}) {
  const std::size_t width = logits.size() / static_cast<std::size_t>(setup.rows);
  Wanted complete = wanted_at_width(wanted, width);
  complete.grid = setup.grid.empty() ? temperatures : setup.grid;
  return run_backend(make_backend_under_test(complete, setup.threads), wanted, logits, temperatures, setup);
}

/// Levels of every metric of the order.
inline OrderingAxes some_ordering() {
  return {{0.1, 0.5, 0.9, 0.99, 0.999999, 1},
          {1, 5, 40, 1000, 200000},
          {0, 0.001, 0.1, 1},
          {0, 1e-5, 0.01, 0.1, 1}};
}

inline Wanted want_metrics() {
  Wanted wanted;
  wanted.metrics = all_metrics();
  return wanted;
}

/// Equal to the last bit, NaN included.
template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

inline bool same_ordering(const BackendRun& a, const BackendRun& b) {
  return same_bits(a.nucleus_size, b.nucleus_size) && same_bits(a.top_k_mass, b.top_k_mass) &&
         same_bits(a.min_p_survivors, b.min_p_survivors) && same_bits(a.tokens_above, b.tokens_above);
}

inline bool same_bits(const BackendRun& a, const BackendRun& b) {
  for (std::size_t m = 0; m < a.metrics.size(); ++m) {
    if (!same_bits(a.metrics[m], b.metrics.at(m))) {
      return false;
    }
  }
  return a.metrics.size() == b.metrics.size() && same_bits(a.renyi, b.renyi) && same_ordering(a, b) &&
         same_bits(a.probability, b.probability) && same_bits(a.log_probability, b.log_probability) &&
         same_bits(a.count, b.count);
}

/// Seeded normal logits, exact in float32.
inline std::vector<double> normal_logits(std::size_t count, double deviation, unsigned seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<float> normal(0.0F, static_cast<float>(deviation));
  std::vector<double> logits(count);
  for (double& logit : logits) {
    logit = static_cast<double>(normal(engine));
  }
  return logits;
}

}  // namespace tempsweep::testing
