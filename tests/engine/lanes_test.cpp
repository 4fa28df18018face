// SPDX-License-Identifier: Apache-2.0
// Several workers at once, on a backend that threads may share: whoever computes what, and whatever runs
// short.
#include <atomic>
#include <new>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/cpu_backend.hpp"
#include "engine/small_sweeps.hpp"

namespace tempsweep::testing {
namespace {

using namespace small;  // NOLINT(google-build-using-namespace): they are what it is about

/// Lanes share a device; here, the CPU plays one.
TEST(Lanes, GiveTheSameBits) {
  VectorSource source = make_source();
  BackendEntry entry = cpu::backend_entry();
  const SweepPlan plan = small_plan(source, {0});
  const Result one(prepare_sweep(plan, source, entry), source, entry);
  ASSERT_TRUE(one.sink.complete());
  for (const int lanes : {2, 5}) {
    entry.lanes = lanes;
    for (const std::int64_t tile : {1, 2, 5}) {
      PreparedSweep prepared = prepare_sweep(plan, source, entry);
      prepared.tiling.rows = tile == 5 ? 6 : 1;
      prepared.tiling.temperatures = tile;
      const Result many(prepared, source, entry);
      EXPECT_TRUE(many.sink.complete());
      EXPECT_EQ(differing(one.sink, many.sink), std::vector<std::string>{}) << lanes << " lanes";
      EXPECT_EQ(many.summary.verdict->smallest.log10_p, one.summary.verdict->smallest.log10_p);
    }
  }
}

/// Two lanes of a device whose memory does for one.
TEST(Lanes, LeaveTheDeviceToOneWhereMemoryIsShort) {
  VectorSource source = make_source();
  BackendEntry entry = cpu::backend_entry();
  const SweepPlan plan = small_plan(source, {0});
  const Result one(prepare_sweep(plan, source, entry), source, entry);
  entry.lanes = 2;
  entry.create = [](const Wanted& wanted, const BackendOptions& options) {
    if (options.lanes > 1) {
      throw MemoryError("half a device is too small");
    }
    return cpu::backend_entry().create(wanted, options);
  };
  const Result alone(prepare_sweep(plan, source, entry), source, entry);
  EXPECT_EQ(alone.error, "");
  EXPECT_EQ(differing(one.sink, alone.sink), std::vector<std::string>{});
  EXPECT_TRUE(alone.lost.empty()) << "the device is still there";
  EXPECT_EQ(alone.summary.devices[0].lost, "");
}

/// Each of two devices keeps its last lane.
TEST(Lanes, LeaveEveryDeviceToOneWhereMemoryIsShort) {
  static std::atomic<int> alone_on[2];
  alone_on[0] = alone_on[1] = 0;
  VectorSource source = make_source();
  BackendEntry entry = cpu::backend_entry();
  entry.lanes = 2;
  entry.create = [](const Wanted& wanted, const BackendOptions& options) {
    if (options.lanes > 1) {
      throw MemoryError("half a device is too small");
    }
    ++alone_on[options.device];
    return cpu::backend_entry().create(wanted, options);
  };
  const Result result(prepare_sweep(small_plan(source, {0, 1}), source, entry), source, entry);
  EXPECT_EQ(result.error, "");
  EXPECT_TRUE(result.sink.complete());
  EXPECT_EQ(alone_on[0], 1);
  EXPECT_EQ(alone_on[1], 1);
}

/// Memory of the host that is short is an end like any other: what was done is kept.
TEST(LackOfMemory, KeepsWhatWasDone) {
  static std::atomic<int> tiles;
  tiles = 0;
  class Short final : public Backend {
   public:
    explicit Short(std::unique_ptr<Backend> inner) : inner_(std::move(inner)) {}
    void load(const RowBlock& block, std::int64_t size) override { inner_->load(block, size); }
    void grow(std::int64_t size) override { inner_->grow(size); }
    [[nodiscard]] std::span<const RowScan> scans() const override { return inner_->scans(); }
    [[nodiscard]] ErrorBounds error_bounds(std::int64_t row) const override {
      return inner_->error_bounds(row);
    }
    [[nodiscard]] std::span<const std::uint32_t> vocabulary(std::int64_t row) const override {
      return inner_->vocabulary(row);
    }
    void evaluate(std::span<const double> temperatures, const TileOutput& output) override {
      if (++tiles > 3) {
        throw std::bad_alloc();
      }
      inner_->evaluate(temperatures, output);
    }

   private:
    std::unique_ptr<Backend> inner_;
  };
  VectorSource source = make_source();
  BackendEntry entry = cpu::backend_entry();
  entry.create = [](const Wanted& wanted, const BackendOptions& options) -> std::unique_ptr<Backend> {
    return std::make_unique<Short>(cpu::backend_entry().create(wanted, options));
  };
  PreparedSweep prepared = prepare_sweep(small_plan(source, {0}), source, entry);
  prepared.tiling.rows = 1;
  const Result result(prepared, source, entry);
  EXPECT_EQ(result.status, ExitStatus::memory);
  EXPECT_TRUE(result.sink.suspended());
  EXPECT_NE(result.error.find("out of memory"), std::string::npos) << result.error;
}

}  // namespace
}  // namespace tempsweep::testing
