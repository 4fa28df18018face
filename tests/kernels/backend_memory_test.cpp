// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/math/error_bounds.hpp"

#include "backend/cuda/cuda_backend.hpp"
#include "kernels/device_memory.hpp"
#include "support/backend_run.hpp"

/// The host layer on devices that are small, slow to agree, or fail.
namespace tempsweep::testing {
namespace {

constexpr std::int64_t rows = 6;
constexpr std::size_t width = 700;
const std::vector<double> temperatures = {0.0, 0.05, 0.4, 1.0, 3.0, HUGE_VAL};

std::vector<double> block_of_rows() {
  auto logits = normal_logits(rows * width, 3, 70);
  logits[2 * width + 3] = std::nan("");
  return logits;
}

Wanted by_method(Wanted wanted, Method method) {
  wanted.method = method;
  return wanted;
}

Wanted want_everything(VocabularyBy by, ProbabilityFormat format) {
  Wanted wanted = by_method(want_metrics(), Method::direct);
  wanted.renyi_orders = {0.5, 2};
  wanted.ordering = some_ordering();
  wanted.probabilities = format;
  wanted.samples = 700;
  wanted.vocabulary_by = by;
  return wanted;
}

BackendRun run_on(const kernels::HostDevice& device, const Wanted& wanted, std::int64_t vocabulary = width) {
  const auto runtime = kernels::make_host_runtime(device);
  RunSetup setup{rows, 10, vocabulary, {1, 2, 3, 4, 5, 6}, 1};
  Wanted complete = wanted_at_width(wanted, width);
  complete.grid = temperatures;
  return run_backend(cuda::make_backend(*runtime, complete, 0), wanted, block_of_rows(), temperatures, setup);
}

TEST(SmallDevice, GivesTheSameBits) {
  for (const auto by : {VocabularyBy::prefix, VocabularyBy::rank}) {
    for (const auto format : {ProbabilityFormat::f32, ProbabilityFormat::log16}) {
      const Wanted wanted = want_everything(by, format);
      const BackendRun roomy = run_on({}, wanted, 600);
      for (const std::uint64_t kibibytes : {4000U, 1000U, 400U, 250U, 180U}) {
        EXPECT_TRUE(same_bits(run_on({kibibytes * 1024, {}, 0}, wanted, 600), roomy)) << kibibytes << " KiB";
      }
    }
  }
}

/// Ladders and series share the device with the rows; whatever is cut smaller, the choice of methods stays.
TEST(SmallDevice, GivesTheSameBitsByEveryMethod) {
  for (const auto method : {Method::expansion, Method::interpolation}) {
    Wanted wanted = by_method(want_metrics(), method);
    wanted.renyi_orders = {0.5, 2};
    const BackendRun roomy = run_on({}, wanted);
    for (const std::uint64_t kibibytes : {6000U, 2000U, 1000U}) {
      const BackendRun small = run_on({kibibytes * 1024, {}, 0}, wanted);
      EXPECT_TRUE(same_bits(small, roomy)) << kibibytes << " KiB";
      for (std::size_t row = 0; row < roomy.bounds.size(); ++row) {
        EXPECT_EQ(small.bounds[row].entropy, roomy.bounds[row].entropy);
        EXPECT_EQ(small.bounds[row].log_partition, roomy.bounds[row].log_partition);
      }
    }
  }
}

TEST(ErrorBounds, AreThoseOfWhatWasEvaluated) {
  Wanted wanted = want_metrics();
  const BackendRun direct = run_on({}, by_method(wanted, Method::direct));
  wanted.tolerance = 1e-6;
  const BackendRun other = run_on({}, by_method(wanted, Method::interpolation));
  for (std::size_t row = 0; row < direct.bounds.size(); ++row) {
    if (direct.scans[row].status != RowStatus::ok) {
      EXPECT_EQ(direct.bounds[row].entropy, 0);
      EXPECT_EQ(other.bounds[row].entropy, 0);
      continue;
    }
    EXPECT_EQ(direct.bounds[row].entropy, direct_error_bounds(direct.scans[row].unmasked).entropy);
    EXPECT_GE(other.bounds[row].entropy, direct.bounds[row].entropy);  // the limit T → 0 states that much
    EXPECT_LE(other.bounds[row].entropy, wanted.tolerance);
  }
}

TEST(SmallDevice, SaysWhatItLacks) {
  try {
    (void)run_on({20000, {}, 0}, want_everything(VocabularyBy::prefix, ProbabilityFormat::f32));
    FAIL() << "a row was squeezed into 20 kB";
  } catch (const MemoryError& error) {
    EXPECT_NE(std::string(error.what()).find("one row of 700 tokens"), std::string::npos) << error.what();
  }
}

TEST(AnyOrder, GivesTheSameBits) {
  for (const auto by : {VocabularyBy::prefix, VocabularyBy::rank}) {
    const Wanted wanted = want_everything(by, ProbabilityFormat::f32);
    const BackendRun forward = run_on({}, wanted, 333);
    for (const auto& schedule : all_orders()) {
      EXPECT_TRUE(same_bits(run_on({std::uint64_t{1} << 30U, schedule, 0}, wanted, 333), forward));
    }
  }
}

TEST(AnyOrder, GivesTheSameBitsByEveryMethod) {
  const Wanted wanted = by_method(want_metrics(), Method::interpolation);
  const BackendRun forward = run_on({}, wanted);
  for (const auto& schedule : all_orders()) {
    EXPECT_TRUE(same_bits(run_on({std::uint64_t{1} << 30U, schedule, 0}, wanted), forward));
  }
}

/// Every call in turn fails once: the error names it, the place and the device, and nothing hangs or leaks.
void expect_reports(const Wanted& wanted, const char* kernel) {
  std::int64_t call = 1;
  int kernels_named = 0;
  for (;; ++call) {
    try {
      (void)run_on({std::uint64_t{1} << 30U, {}, call}, wanted, 300);
      break;  // fewer calls than that
    } catch (const DeviceError& error) {
      const std::string text = error.what();
      EXPECT_EQ(error.status(), ExitStatus::device);
      EXPECT_NE(text.find("CUDA device 0 ("), std::string::npos) << text;
      EXPECT_NE(text.find("planted failure"), std::string::npos) << text;
      EXPECT_NE(text.find("rows 10 to 15"), std::string::npos) << text;
      kernels_named += text.find(kernel) != std::string::npos ? 1 : 0;
    }
  }
  EXPECT_GT(call, 60);
  EXPECT_GE(kernels_named, 2);
}

TEST(FailingDevice, IsReportedAtEveryCall) {
  expect_reports(want_everything(VocabularyBy::rank, ProbabilityFormat::f32), "direct_f64");
}

TEST(FailingDevice, IsReportedAtEveryCallOfOtherMethods) {
  expect_reports(by_method(want_metrics(), Method::interpolation), "evaluate_ladder");
}

TEST(Device, OfAnotherNumberIsRefused) {
  const auto runtime = kernels::make_host_runtime();
  EXPECT_THROW((void)cuda::make_backend(*runtime, Wanted{}, 1), DeviceError);
}

}  // namespace
}  // namespace tempsweep::testing
