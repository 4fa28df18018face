// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/ordering.hpp"

#include <cmath>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/prepared_row.hpp"
#include "kernels/device_memory.hpp"
#include "support/backend_run.hpp"

/// The order of rows, and the tree over it, against those of the CPU: the same bits in any order of threads.
namespace tempsweep::testing {
namespace {

constexpr std::int64_t columns = 70001;
constexpr std::int64_t rows = 3;
constexpr std::int64_t stride = columns + 7;

/// Ties, masked tokens, and a row that is no law.
std::vector<double> rows_of_logits() {
  auto logits = normal_logits(rows * stride, 3, 80);
  for (std::size_t i = 0; i < 1000; ++i) {
    logits[7 * i] = std::nearbyint(logits[7 * i]);
    logits[2 * stride + 11 * i] = -HUGE_VAL;
  }
  logits[stride + 5] = std::nan("");
  return logits;
}

std::span<const double> row_of(const std::vector<double>& logits, std::int64_t row) {
  return std::span(logits).subspan(static_cast<std::size_t>(row * stride), columns);
}

TEST(OrderRows, HasTheBitsOfTheCpu) {
  const auto logits = rows_of_logits();
  std::vector<RowScan> scans;
  for (std::int64_t row = 0; row < rows; ++row) {
    scans.push_back(cpu::scan_row(row_of(logits, row)));
  }
  for (const auto& schedule : all_orders()) {
    const auto runtime = kernels::make_host_runtime({std::uint64_t{1} << 28U, schedule, 0});
    DeviceMemory memory(*runtime);
    auto* const sorted = memory.make<double>(logits.size());
    std::size_t space = 0;
    must(runtime->sort_rows(nullptr, nullptr, rows, columns, stride, nullptr, &space, nullptr));
    must(runtime->sort_rows(memory.put(logits), sorted, rows, columns, stride, memory.make<char>(space),
                            &space, nullptr));
    const std::int64_t node_stride = order_nodes(columns) + 1;
    auto* const nodes = memory.make<OrderedNode>(static_cast<std::size_t>(rows * node_stride));
    must(runtime->launch(
        kernels::OrderRows{sorted, memory.put(scans), rows, stride, node_stride, nodes, sorted}, nullptr));
    const auto all_nodes = memory.get(nodes, static_cast<std::size_t>(rows * node_stride));
    const auto all_depths = memory.get(sorted, logits.size());
    for (const std::int64_t row : {0, 2}) {
      cpu::OrderedTokens reference;
      std::vector<double> spare;
      cpu::order_tokens(row_of(logits, row), scans[static_cast<std::size_t>(row)], spare, reference);
      EXPECT_EQ(std::memcmp(all_depths.data() + row * stride, reference.depths.data(),
                            reference.depths.size() * sizeof(double)),
                0);
      EXPECT_EQ(std::memcmp(all_nodes.data() + row * node_stride, reference.nodes.data(),
                            reference.nodes.size() * sizeof(OrderedNode)),
                0);
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
