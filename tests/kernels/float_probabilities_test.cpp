// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/float_density.hpp"
#include "tempsweep/math/law.hpp"

#include "backend/cpu/probabilities.hpp"
#include "kernels/device_memory.hpp"
#include "kernels/runtime.hpp"
#include "support/backend_run.hpp"

/// Probabilities by float exponentials: the bits of the CPU's.
namespace tempsweep::testing {
namespace {

/// Eleven temperatures, so that a group of eight points spans two rows; the limit and some that float does
/// not serve.
const double temperatures[] = {0.0, 1e-7, 0.003, 0.05, 0.3, 0.7, 1.0, 2.0, 50.0, 1e13, HUGE_VAL};
constexpr std::size_t points_a_row = std::size(temperatures);
constexpr std::size_t rows = 3;  ///< the last is no law

struct Case {
  std::vector<double> logits;  ///< [rows, stride]
  std::vector<RowScan> scans;
  std::vector<Law> laws;  ///< [rows, temperatures]
  std::int64_t columns = 0, stride = 0, tokens = 0;
};

Case make_case(std::int64_t columns, std::int64_t tokens) {
  Case made;
  made.columns = columns;
  made.tokens = tokens;
  made.stride = kernels::round_up(columns, kernels::row_alignment);
  made.logits.resize(rows * static_cast<std::size_t>(made.stride), 0);
  for (std::size_t row = 0; row < rows; ++row) {
    auto logits = normal_logits(static_cast<std::size_t>(columns), 4, static_cast<unsigned>(row + 1));
    logits[static_cast<std::size_t>(columns) / 2] = row == 2 ? std::nan("") : -HUGE_VAL;
    logits.back() = row == 0 ? -1e300 : 1.5;
    std::copy(logits.begin(), logits.end(), made.logits.data() + row * static_cast<std::size_t>(made.stride));
    ScanPart part;
    for (std::int64_t i = 0; i < columns; ++i) {
      part.add(logits[static_cast<std::size_t>(i)], i);
    }
    made.scans.push_back(part.finish());
    for (const double temperature : temperatures) {
      Law law;
      law.beta = inverse_temperature(temperature);
      law.zero_limit = !(law.beta < HUGE_VAL);
      law.maximum = made.scans.back().maximum;
      law.ties = static_cast<double>(made.scans.back().ties);
      law.rest = Scaled{3.25 + temperature / (1 + temperature), 0};
      law.rest = temperature < HUGE_VAL ? law.rest : Scaled{100.0, 0};
      made.laws.push_back(law);
    }
  }
  return made;
}

std::vector<float> on_host(const Case& made, int degree, std::size_t first, std::size_t points,
                           const kernels::HostSchedule& schedule) {
  const auto runtime = kernels::make_host_runtime({std::uint64_t{1} << 28U, schedule, 0});
  DeviceMemory memory(*runtime);
  kernels::Probabilities job{};
  job.logits = memory.put(made.logits);
  job.columns = made.columns;
  job.stride = made.stride;
  job.scans = memory.put(made.scans);
  job.temperatures = points_a_row;
  job.first = static_cast<std::int64_t>(first);
  job.points = static_cast<std::int64_t>(points);
  job.laws = memory.put(made.laws);
  job.tokens = made.tokens;
  const auto elements = points * static_cast<std::size_t>(made.tokens);
  job.probability = memory.put(std::vector<float>(elements + 4, -7));
  must(runtime->launch(kernels::FloatProbabilities{job, degree}, nullptr));
  auto all = memory.get(job.probability, elements + 4);
  EXPECT_TRUE(std::all_of(all.end() - 4, all.end(), [](float p) { return p == -7; }))
      << "written past the end";
  all.resize(elements);
  return all;
}

/// What the CPU backend writes for a point; NaN outside the vocabulary, and where the row is no law.
std::vector<float> expected(const Case& made, int degree, std::size_t point) {
  const std::size_t row = point / points_a_row;
  const Law& law = made.laws[point];
  const RowScan& scan = made.scans[row];
  std::vector<float> all(static_cast<std::size_t>(made.tokens), std::nanf(""));
  if (scan.status != RowStatus::ok) {
    return all;
  }
  const double* const logits = made.logits.data() + row * static_cast<std::size_t>(made.stride);
  if (law.zero_limit) {
    std::transform(logits, logits + made.columns, all.begin(), [&](double logit) {
      return logit == scan.maximum ? static_cast<float>(1 / law.ties) : 0.0F;
    });
    return all;
  }
  const cpu::ProbabilityRow view{logits, made.columns, scan.maximum, scan.maximum - scan.deepest, true};
  const cpu::ProbabilityPoint at{law.beta, law.total(), all.data()};
  cpu::float_probabilities(view, std::span(&at, 1),
                           degree == 5 ? cpu::FloatDegree::five : cpu::FloatDegree::four,
                           cpu::Stores::cached);
  return all;
}

bool same(const std::vector<float>& a, const float* b) {
  return std::equal(a.begin(), a.end(), b, [](float x, float y) {
    return __builtin_bit_cast(std::uint32_t, x) == __builtin_bit_cast(std::uint32_t, y) ||
           (std::isnan(x) && std::isnan(y));
  });
}

void expect_probabilities(const Case& made, int degree, std::size_t first, std::size_t points,
                          const kernels::HostSchedule& schedule = {}) {
  const auto got = on_host(made, degree, first, points, schedule);
  for (std::size_t p = 0; p < points; ++p) {
    EXPECT_TRUE(
        same(expected(made, degree, first + p), got.data() + p * static_cast<std::size_t>(made.tokens)))
        << made.columns << " of " << made.tokens << " tokens, point " << first + p << ", degree " << degree;
  }
}

TEST(FloatProbabilities, HaveTheBitsOfTheCpu) {
  for (const auto& [columns, tokens] : {std::pair<std::int64_t, std::int64_t>{1, 1},
                                        {3, 3},
                                        {37, 40},
                                        {4097, 4097},
                                        {5000, 9000},
                                        {8192, 8192}}) {
    const Case made = make_case(columns, tokens);
    for (const int degree : {4, 5}) {
      expect_probabilities(made, degree, 0, rows * points_a_row);
      expect_probabilities(made, degree, 5, 13);
    }
  }
}

TEST(FloatProbabilities, DoNotHangOnTheOrderOfThreads) {
  const Case made = make_case(1500, 1500);
  for (const auto& schedule : all_orders()) {
    expect_probabilities(made, 5, 2, 20, schedule);
  }
}

TEST(FloatProbabilities, AreTakenWhereTheToleranceAllowsIt) {
  EXPECT_EQ(float_density_degree(1e-12), 0);
  EXPECT_EQ(float_density_degree(3.9e-7), 0);
  EXPECT_EQ(float_density_degree(4e-7), 5);
  EXPECT_EQ(float_density_degree(5e-6), 4);
  const auto logits = normal_logits(3000, 3, 8);
  Wanted wanted;
  wanted.probabilities = ProbabilityFormat::f32;
  const auto at = [&](double tolerance) {
    wanted.tolerance = tolerance;
    return run_backend(wanted, logits, {0.5, 1.0}).probability;
  };
  const auto exact = at(1e-12);
  for (const auto& [tolerance, error] : {std::pair{1e-6, 3e-7 + 1e-6}, {1e-5, 3.1e-6 + 1e-5}}) {
    const auto loose = at(tolerance);
    EXPECT_NE(loose, exact);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      EXPECT_NEAR(loose[i], exact[i], error * static_cast<double>(exact[i]));
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
