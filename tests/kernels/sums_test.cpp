// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/kernels.hpp"
#include "kernels/device_memory.hpp"
#include "support/backend_run.hpp"

/// The sums of the kernels against those of the CPU's vector loops: the same bits.
namespace tempsweep::testing {
namespace {

/// l₂ − l of a row's rest, and what the scan of such a row says.
struct Rest {
  std::vector<double> depths;
  RowScan scan;
};

Rest make_rest(std::size_t count, double deviation, unsigned seed) {
  Rest rest;
  rest.depths = normal_logits(count, deviation, seed);
  for (double& depth : rest.depths) {
    depth = std::abs(depth);
  }
  rest.depths[0] = 0;
  const double deepest = *std::max_element(rest.depths.begin(), rest.depths.end());
  rest.scan.ties = 1;
  rest.scan.unmasked = static_cast<std::int64_t>(count) + 1;
  rest.scan.maximum = 1;
  rest.scan.deepest = -deepest;
  return rest;
}

std::vector<RestSums> on_device(const Rest& rest, const std::vector<double>& betas, bool squares,
                                const kernels::HostSchedule& schedule) {
  const auto runtime = kernels::make_host_runtime({std::uint64_t{1} << 28U, schedule, 0});
  DeviceMemory memory(*runtime);
  auto padded = rest.depths;
  padded.resize((padded.size() + 7) / 8 * 8, std::nan(""));
  kernels::DirectF64 direct{};
  direct.depths = memory.put(padded);
  direct.rows = 1;
  direct.columns = std::ssize(rest.depths);
  direct.stride = std::ssize(padded);
  direct.scans = memory.put(std::vector<RowScan>{rest.scan});
  direct.betas = memory.put(betas);
  direct.temperatures = std::ssize(betas);
  direct.squares = squares;
  direct.parts = memory.make<PartialSums>(static_cast<std::size_t>(direct.slices()) * betas.size());
  auto* const sums = memory.make<RestSums>(betas.size());
  auto* const again = memory.make<std::uint8_t>(betas.size());
  const auto merge = [&](std::uint8_t* next) {
    must(runtime->launch(direct, nullptr));
    must(runtime->launch(kernels::MergeF64{direct.parts, 1, direct.temperatures, direct.scans, direct.betas,
                                           direct.centres != nullptr, direct.wanted, sums, next},
                         nullptr));
  };
  merge(again);
  direct.wanted = again;
  direct.centres = sums;
  merge(nullptr);
  return memory.get(sums, betas.size());
}

std::vector<RestSums> on_cpu(const Rest& rest, const std::vector<double>& betas, bool squares) {
  auto padded = rest.depths;
  padded.resize(padded.size() + 16);
  std::vector<RestSums> sums(betas.size());
  cpu::rest_sums(padded.data(), std::ssize(rest.depths), -rest.scan.deepest, betas, squares, sums);
  return sums;
}

bool same(const std::vector<RestSums>& a, const std::vector<RestSums>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(RestSums)) == 0;
}

const std::vector<double> betas = {0.0, 1e-3, 0.7, 1.0, 20.0, 1500.0, 1e300};

TEST(DirectF64, HasTheBitsOfTheVectorLoopsAtEveryLength) {
  for (const std::size_t count :
       {1U, 2U, 3U, 7U, 8U, 9U, 511U, 512U, 513U, 1024U, 4095U, 4096U, 4097U, 9000U, 40001U}) {
    for (const double deviation : {0.5, 40.0}) {
      const Rest rest = make_rest(count, deviation, static_cast<unsigned>(count));
      for (const bool squares : {false, true}) {
        EXPECT_TRUE(same(on_device(rest, betas, squares, {}), on_cpu(rest, betas, squares)))
            << count << " tokens, deviation " << deviation;
      }
    }
  }
}

TEST(DirectF64, HasThemAboutACentreToo) {
  Rest rest = make_rest(6000, 1e-7, 3);
  for (std::size_t i = 1; i < rest.depths.size(); ++i) {
    rest.depths[i] += 1000;
  }
  rest.scan.deepest -= 1000;
  EXPECT_TRUE(same(on_device(rest, betas, true, {}), on_cpu(rest, betas, true)));
}

/// Equal terms show every token that is dropped or counted twice, at any length.
TEST(DirectF64, CountsEveryTokenOnce) {
  for (std::size_t count = 1; count < 1100; count += 7) {
    Rest rest = make_rest(count, 0, 1);
    EXPECT_EQ(on_device(rest, {2.5}, true, {})[0].weight, static_cast<double>(count));
  }
}

TEST(DirectF64, DoesNotHangOnTheOrderOfThreads) {
  const Rest rest = make_rest(5000, 3, 4);
  for (const auto& schedule : all_orders()) {
    EXPECT_TRUE(same(on_device(rest, betas, true, schedule), on_cpu(rest, betas, true)));
  }
}

}  // namespace
}  // namespace tempsweep::testing
