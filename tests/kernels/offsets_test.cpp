// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/device_memory.hpp"
#include "kernels/far_memory.hpp"
#include "support/backend_run.hpp"

/// Rows so far apart that offsets pass 2³².
namespace tempsweep::testing {
namespace {

constexpr std::int64_t far_apart = (std::int64_t{1} << 32U) + 8;
constexpr std::int64_t columns = 701;

/// Two rows, the second `far_apart` elements behind the first.
template <class T>
class FarRows {
 public:
  FarRows() : data_(static_cast<T*>(far_memory().take(bytes))) {}
  explicit FarRows(const std::vector<T>& rows) : FarRows() {
    const auto length = static_cast<std::ptrdiff_t>(rows.size() / 2);
    put(0, {rows.begin(), rows.begin() + length});
    put(1, {rows.begin() + length, rows.end()});
  }
  FarRows(const FarRows&) = delete;
  FarRows& operator=(const FarRows&) = delete;
  ~FarRows() { far_memory().give_back(data_, bytes); }
  [[nodiscard]] T* get() const { return data_; }
  void put(std::int64_t row, const std::vector<T>& values) const {
    auto& runtime = far_memory().runtime();
    must(runtime.copy_in(data_ + row * far_apart, values.data(), values.size() * sizeof(T), nullptr));
    must(runtime.synchronise(nullptr));
  }
  [[nodiscard]] std::vector<T> row(std::int64_t row) const {
    std::vector<T> values(columns);
    auto& runtime = far_memory().runtime();
    must(runtime.copy_out(values.data(), data_ + row * far_apart, columns * sizeof(T), nullptr));
    must(runtime.synchronise(nullptr));
    return values;
  }

 private:
  static constexpr std::size_t last_row = 4096;
  static constexpr std::size_t bytes = sizeof(T) * (static_cast<std::size_t>(far_apart) + last_row);
  T* data_ = nullptr;
};

class Offsets : public ::testing::Test {
 protected:
  Offsets() : memory_(far_memory().runtime()) {}

  void SetUp() override {
    if (!far_memory().enough()) {
      GTEST_SKIP() << "100 GiB of the card's memory are not free";
    }
    logits_ = std::make_unique<FarRows<double>>(rows_);
  }

  template <class Args>
  void launch(const Args& arguments) {
    must(far_memory().runtime().launch(arguments, nullptr));
  }

  std::vector<RowScan> scan(const double* logits) {
    kernels::ScanRows scan{logits, 2, columns, far_apart, memory_.make<ScanPart>(2)};
    auto* const scans = memory_.make<RowScan>(2);
    launch(scan);
    launch(kernels::MergeScans{scan.parts, 2, scan.slices(), nullptr, scans});
    return memory_.get(scans, 2);
  }

  DeviceMemory memory_;
  std::vector<double> rows_ = normal_logits(2 * columns, 3, 80);
  std::unique_ptr<FarRows<double>> logits_;
};

TEST_F(Offsets, OfScans) {
  const auto scans = scan(logits_->get());
  for (std::size_t row = 0; row < 2; ++row) {
    const auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(row * columns);
    const auto top = std::max_element(begin, begin + columns);
    EXPECT_EQ(scans[row].maximum, *top);
    EXPECT_EQ(scans[row].unmasked, columns);
    EXPECT_EQ(scans[row].top_token, top - begin);
  }
}

TEST_F(Offsets, OfCollectedRowsAndTheirSums) {
  const auto scans = scan(logits_->get());
  const auto* const device_scans = memory_.put(scans);
  const FarRows<double> depths;
  const FarRows<float> narrow;
  kernels::CountKept count{
      logits_->get(), 2, columns, far_apart, device_scans, nullptr, memory_.make<kernels::KeptCount>(2)};
  kernels::CollectKept collect{};
  collect.logits = logits_->get();
  collect.rows = 2;
  collect.columns = columns;
  collect.stride = collect.out_stride = far_apart;
  collect.scans = device_scans;
  collect.counts = count.counts;
  collect.values = depths.get();
  launch(count);
  launch(collect);
  for (std::int64_t row = 0; row < 2; ++row) {
    const double top = scans[static_cast<std::size_t>(row)].maximum;
    const auto collected = depths.row(row);
    std::size_t place = 0;
    for (std::int64_t i = 0; i < columns; ++i) {
      const double logit = rows_[static_cast<std::size_t>(row * columns + i)];
      if (logit < top) {
        ASSERT_EQ(collected.at(place++), scans[static_cast<std::size_t>(row)].second - logit);
      }
    }
  }

  const double* const beta = memory_.put(std::vector<double>{0.0});
  auto* const parts = memory_.make<PartialSums>(2);
  launch(kernels::DirectF64{depths.get(), 2, columns, far_apart, device_scans, beta, 1, false, nullptr,
                            nullptr, parts});
  for (const PartialSums& sums : memory_.get(parts, 2)) {
    EXPECT_EQ(sums.weight, columns - 1);
  }
  narrow.put(0, std::vector<float>(1024, -1.0F));
  narrow.put(1, std::vector<float>(1024, -2.0F));
  const float* const scale = memory_.put(std::vector<float>{1.0F});
  launch(kernels::DirectF32{narrow.get(), 2, columns, far_apart, device_scans, scale, 1, parts});
  EXPECT_EQ(memory_.get(parts, 2)[1].weight, 1024 * 0.25);
}

/// Equal depths: all tokens of a row are in its first leaf, and the listed points weigh as many.
TEST_F(Offsets, OfLaddersAndListedSums) {
  std::vector<double> near(2 * columns, 0.0);
  near[0] = near[static_cast<std::size_t>(columns)] = 64;  // the deepest, elsewhere
  const FarRows<double> depths(near);
  RowScan scan;
  scan.unmasked = columns + 1;
  scan.ties = 1;
  scan.deepest = -64;
  const auto* const scans = memory_.put(std::vector<RowScan>{scan, scan});
  kernels::BuildLeaves build{};
  build.depths = depths.get();
  build.rows = 2;
  build.columns = columns;
  build.stride = far_apart;
  build.scans = scans;
  build.steepest = 0.5;
  build.most_leaves = make_ladder_shape(64, build.steepest).leaves();
  const auto moments = static_cast<std::size_t>(2 * build.most_leaves * ladder_moments);
  build.leaves = memory_.make<double>(moments);
  build.additions = memory_.make<std::uint32_t>(2);
  launch(build);
  EXPECT_EQ(memory_.get(build.leaves, moments)[moments / 2], columns - 1);

  kernels::DirectListed listed{};
  listed.direct = {
      depths.get(), 2,       columns, far_apart, scans, memory_.put(std::vector<double>{100.0}), 1,
      false,        nullptr, nullptr, nullptr};
  listed.sums = memory_.make<RestSums>(2);
  launch(listed);
  EXPECT_EQ(memory_.get(listed.sums, 2)[1].weight, columns - 1);
}

TEST_F(Offsets, OfTheOrder) {
  auto sorted_rows = rows_;
  std::sort(sorted_rows.begin(), sorted_rows.begin() + columns, std::greater<>());
  std::sort(sorted_rows.begin() + columns, sorted_rows.end(), std::greater<>());
  const FarRows<double> sorted(sorted_rows);
  const auto* const scans = memory_.put(scan(logits_->get()));
  const std::int64_t node_stride = order_nodes(columns);
  auto* const nodes = memory_.make<OrderedNode>(static_cast<std::size_t>(2 * node_stride));
  launch(kernels::OrderRows{sorted.get(), scans, 2, far_apart, node_stride, nodes, sorted.get()});
  kernels::EvaluateOrdering evaluate{};
  evaluate.depths = sorted.get();
  evaluate.nodes = nodes;
  evaluate.scans = scans;
  evaluate.temperature = memory_.put(std::vector<double>{1.0});
  evaluate.rows = 2;
  evaluate.temperatures = 1;
  evaluate.stride = far_apart;
  evaluate.node_stride = node_stride;
  constexpr std::int64_t k = 5;
  evaluate.levels.top_k = memory_.put(std::vector<std::int64_t>{k});
  evaluate.levels.k_count = 1;
  evaluate.out.top_k_mass = memory_.make<double>(2);
  launch(evaluate);
  const auto masses = memory_.get(evaluate.out.top_k_mass, 2);
  for (std::size_t row = 0; row < 2; ++row) {
    const auto begin = sorted_rows.begin() + static_cast<std::ptrdiff_t>(row * columns);
    const auto add = [](double sum, double logit) { return sum + std::exp(logit); };
    EXPECT_NEAR(
        masses[row],
        std::accumulate(begin, begin + k, 0.0, add) / std::accumulate(begin, begin + columns, 0.0, add),
        1e-12);
  }
}

/// A hundred draws of each of two rows into counts far apart, the tokens' names far apart, too.
template <class Draw>
Draw far_draws(DeviceMemory& memory, const std::vector<RowScan>& scans, const FarRows<std::uint32_t>& token,
               const FarRows<std::uint64_t>& counts, double temperature) {
  Draw draw{};
  draw.columns = columns;
  draw.stride = far_apart;
  draw.scans = memory.put(scans);
  draw.temperature = memory.put(std::vector<double>{temperature});
  draw.temperatures = 1;
  draw.points = 2;
  draw.n = 100;
  draw.token = token.get();
  draw.tokens = far_apart;
  draw.counts = counts.get();
  return draw;
}

TEST_F(Offsets, OfCountsAndNames) {
  std::vector<std::uint32_t> names(2 * columns);
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = static_cast<std::uint32_t>(i % columns + 5);
  }
  const FarRows<std::uint32_t> token(names);
  const FarRows<std::uint64_t> counts;
  auto draw = far_draws<kernels::DrawTokens>(memory_, scan(logits_->get()), token, counts, 0.0);
  draw.sure = memory_.put(std::vector<std::int64_t>{3, 4});
  launch(draw);
  EXPECT_EQ(counts.row(0)[8], 100U);
  EXPECT_EQ(counts.row(1)[9], 100U);
}

TEST_F(Offsets, OfMultinomialCounts) {
  const FarRows<std::uint32_t> token(std::vector<std::uint32_t>(2 * columns, 6));
  const FarRows<std::uint64_t> counts;
  auto draw = far_draws<kernels::DrawMultinomial>(memory_, scan(logits_->get()), token, counts, 1.0);
  std::vector<std::uint64_t> through(2048, 1);  // token 5 has all the weight
  std::fill_n(through.begin(), 5, 0);
  std::fill_n(through.begin() + 1024, 5, 0);
  draw.through = memory_.put(through);
  draw.nodes = memory_.make<std::uint64_t>(2 * columns);
  launch(draw);
  EXPECT_EQ(counts.row(0)[6], 100U);
  EXPECT_EQ(counts.row(1)[6], 100U);
}

/// Far apart and close together the sums are the same.
TEST_F(Offsets, OfJudgedRows) {
  std::vector<double> depths;
  std::vector<std::uint32_t> order;
  std::vector<std::uint64_t> counts;
  for (std::int64_t i = 0; i < 2 * columns; ++i) {
    depths.push_back(0.01 * static_cast<double>(i % columns) * static_cast<double>(1 + i / columns));
    order.push_back(static_cast<std::uint32_t>((i * 3) % columns));
    counts.push_back(i % columns == 0 ? 100 : static_cast<std::uint64_t>(i / columns));
  }
  kernels::JudgePoints job{};
  RowScan row;
  row.unmasked = columns;
  row.ties = 1;
  job.scans = memory_.put(std::vector<RowScan>{row, row});
  job.temperature = memory_.put(std::vector<double>{1.0});
  job.temperatures = 1;
  job.points = 2;
  job.columns = columns;
  job.n = 100 + columns;
  job.cells = memory_.make<CellCount>(2 * static_cast<std::size_t>(kernels::JudgePoints::cell_room(columns)));
  job.sums = memory_.make<JudgedSums>(2);
  const auto judge = [&](const double* depth, const std::uint32_t* ranks, const std::uint64_t* drawn,
                         std::int64_t stride) {
    job.depths = depth;
    job.order = ranks;
    job.counts = drawn;
    job.ordered_stride = job.tokens = stride;
    launch(job);
    return memory_.get(job.sums, 2)[1].chi_square;
  };
  const FarRows<double> far_depths(depths);
  const FarRows<std::uint32_t> far_order(order);
  const FarRows<std::uint64_t> far_counts(counts);
  EXPECT_EQ(judge(far_depths.get(), far_order.get(), far_counts.get(), far_apart),
            judge(memory_.put(depths), memory_.put(order), memory_.put(counts), columns));
}

}  // namespace
}  // namespace tempsweep::testing
