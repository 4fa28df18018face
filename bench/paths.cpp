// SPDX-License-Identifier: Apache-2.0
// The loops of the direct method, each against the multiply-adds that its instruction set does in the same
// seconds, and probabilities against what streaming stores reach.
//
// What the multiply-add pipes have to do for a vector (additions, which have pipes of their own on AMD's Zen,
// integer operations, conversions and loads run beside it):
//   sums_exact          12 for the exponential (2 argument, 10 polynomial), 2 for Σyw and Σy²w   14 a double
//   sums_exact_squares  one more for Σw²                                                         15 a double
//   sums_brief          9 and 2                                                                  11 a double
//   sums_mixed          a vector of floats: 4 and 6; twice 2 in double                           14 for two
//   sums_single         a vector of floats: 2 and 5, and 2                                        9 for two
//   probabilities       12, and the factor                                                       13 a double
//   probabilities_float a vector of floats: 4 and 5                                               9 for two
//   probabilities_coarse                    4 and 4                                               8 for two
#include "paths.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "backend/cpu/aligned_vector.hpp"
#include "backend/cpu/kernels.hpp"
#include "backend/cpu/probabilities.hpp"
#include "backend/cpu/sum_paths.hpp"

namespace tempsweep::bench {
namespace {

constexpr std::int64_t vocabulary = 32000;
constexpr int temperatures = 64;

/// One row of normal logits, σ = 3.
struct Row {
  std::vector<double> logits = std::vector<double>(vocabulary);
  cpu::AlignedVector<double> depths;  ///< below the maximum, the top included: the loops do not mind
  double maximum = 0;
  double deepest = 0;
  std::vector<double> betas;
};

const Row& row() {
  static const Row made = [] {
    Row row;
    std::mt19937_64 engine(3);
    std::normal_distribution<float> normal(0.0F, 3.0F);
    std::generate(row.logits.begin(), row.logits.end(), [&] { return static_cast<double>(normal(engine)); });
    row.maximum = *std::max_element(row.logits.begin(), row.logits.end());
    for (const double logit : row.logits) {
      row.depths.push_back(row.maximum - logit);
    }
    row.deepest = *std::max_element(row.depths.begin(), row.depths.end());
    for (int t = 0; t < temperatures; ++t) {
      row.betas.push_back(1 / (0.25 * std::pow(20.0, static_cast<double>(t) / (temperatures - 1))));
    }
    return row;
  }();
  return made;
}

/// Runs `work` on an instruction set, and tells how far it is from the pipes' bound.
/// \param operations  of the multiply-add pipes for a double's room of a vector and element
void measure(benchmark::State& state, const std::string& set, double operations,
             const std::function<void()>& work) {
  using benchmark::Counter;
  cpu::use_instruction_set(set);
  double multiply_adds = cpu::multiply_add_rate();
  for ([[maybe_unused]] auto _ : state) {
    work();
  }
  multiply_adds = std::max(multiply_adds, cpu::multiply_add_rate());
  const auto elements = static_cast<double>(vocabulary) * temperatures;
  state.counters["element_temperatures_per_s"] = Counter(elements, Counter::kIsIterationInvariantRate);
  state.counters["share_of_bound"] =
      Counter(elements * operations / multiply_adds, Counter::kIsIterationInvariantRate);
  state.counters["multiply_adds_per_s"] = multiply_adds;
  cpu::use_instruction_set({});
}

void sums(benchmark::State& state, const std::string& set, cpu::SumPath path, bool squares,
          double operations) {
  const Row& r = row();
  std::vector<RestSums> out(r.betas.size());
  measure(state, set, operations, [&] {
    cpu::sums_by_path(path, {r.depths.data(), vocabulary, r.deepest}, r.betas, squares, out);
    benchmark::DoNotOptimize(out.data());
  });
}

/// More than the caches hold.
std::vector<float>& output() {
  static std::vector<float> floats(static_cast<std::size_t>(vocabulary) * temperatures * 8);
  return floats;
}

/// Bytes a second that streaming stores write; the best of a few tries.
double write_rate() {
  double best = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto start = std::chrono::steady_clock::now();
    cpu::streaming_fill(output(), 1.0F);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(output().size() * sizeof(float)) / taken.count());
  }
  return best;
}

/// \param degree  of the float exponential; 0: in double
void distributions(benchmark::State& state, const std::string& set, int degree, double operations) {
  const Row& r = row();
  std::vector<RestSums> sums(r.betas.size());
  cpu::rest_sums(r.depths.data(), vocabulary, r.deepest, r.betas, false, sums);
  const cpu::ProbabilityRow logits{r.logits.data(), vocabulary, r.maximum, r.deepest, false};
  std::vector<cpu::ProbabilityPoint> points(r.betas.size());
  double rate = write_rate();
  std::size_t turn = 0;
  measure(state, set, operations, [&] {
    for (std::size_t t = 0; t < points.size(); ++t) {
      points[t] = {r.betas[t], sums[t].weight, output().data() + (turn * points.size() + t) * vocabulary};
    }
    turn = (turn + 1) % 8;
    if (degree > 0) {
      cpu::float_probabilities(logits, points, degree == 4 ? cpu::FloatDegree::four : cpu::FloatDegree::five,
                               cpu::Stores::streaming);
    } else {
      cpu::probabilities(logits, points, cpu::Stores::streaming);
    }
    benchmark::DoNotOptimize(output().data());
  });
  rate = std::max(rate, write_rate());
  const double bytes = static_cast<double>(vocabulary) * temperatures * sizeof(float);
  state.counters["write_bytes_per_s"] = rate;
  state.counters["share_of_write_rate"] =
      benchmark::Counter(bytes / rate, benchmark::Counter::kIsIterationInvariantRate);
}

void add(const std::string& name, const std::string& set, std::function<void(benchmark::State&)> run) {
  // By processor time: what else runs on the machine should not count.
  benchmark::RegisterBenchmark((name + '.' + set).c_str(), std::move(run))->Unit(benchmark::kMillisecond);
}

}  // namespace

void register_paths() {
  const std::vector<std::string> all = cpu::instruction_sets();
  std::vector<std::string> sets = {all.front()};
  if (all.front() != "AVX2" && std::find(all.begin(), all.end(), "AVX2") != all.end()) {
    sets.emplace_back("AVX2");
  }
  struct Sums {
    const char* name;
    cpu::SumPath path;
    bool squares;
    double operations;
  };
  for (const std::string& set : sets) {
    for (const Sums& s : {Sums{"sums_exact", cpu::SumPath::exact, false, 14},
                          Sums{"sums_exact_squares", cpu::SumPath::exact, true, 15},
                          Sums{"sums_brief", cpu::SumPath::brief, false, 11},
                          Sums{"sums_mixed", cpu::SumPath::mixed, false, 7},
                          Sums{"sums_single", cpu::SumPath::single, false, 4.5}}) {
      add(s.name, set, [=](benchmark::State& state) { sums(state, set, s.path, s.squares, s.operations); });
    }
    add("probabilities", set, [=](benchmark::State& state) { distributions(state, set, 0, 13); });
    add("probabilities_float", set, [=](benchmark::State& state) { distributions(state, set, 5, 4.5); });
    add("probabilities_coarse", set, [=](benchmark::State& state) { distributions(state, set, 4, 4); });
  }
}

}  // namespace tempsweep::bench
