// SPDX-License-Identifier: Apache-2.0
// The stages of a run, and what happens to the others when one of them stops.
#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tempsweep/core/errors.hpp"

#include "backend/cpu/cpu_backend.hpp"
#include "engine/pipeline/scheduler.hpp"
#include "engine/sweep_support.hpp"
#include "support/backend_run.hpp"

namespace tempsweep::testing {
namespace {

constexpr std::int64_t tile = 10;

std::unique_ptr<Block> block_at(std::int64_t row) {
  auto block = std::make_unique<Block>();
  block->number = row;
  block->first_row = row;
  block->rows.rows = 1;
  return block;
}

/// Six tiles of ten temperatures a block, for two workers.
struct TwoWorkers {
  Scheduler scheduler{60, tile, 1, 2, 2};
  std::vector<ErrorBounds> bounds{{1e-3, 1e-4}};
  TaskOutcome finish(int worker, const Task& task, double seconds, double load_seconds = 0) {
    return scheduler.finished(worker, task, {bounds, load_seconds, seconds});
  }
};

TEST(Scheduler, GivesABlockToOneWorkerInOrder) {
  TwoWorkers two;
  two.scheduler.add(block_at(0));
  two.scheduler.add(block_at(1));
  for (std::int64_t t = 0; t < 3; ++t) {
    const Task first = two.scheduler.next(0).value();
    const Task second = two.scheduler.next(1).value();
    EXPECT_EQ(first.place.first_row, 0);
    EXPECT_EQ(second.place.first_row, 1);
    EXPECT_EQ(first.place.first_temperature, t * tile);
    EXPECT_EQ(second.place.first_temperature, t * tile);
    two.finish(0, first, 1);
    two.finish(1, second, 1);
  }
}

TEST(Scheduler, LetsTheIdleHelpFromTheFarEnd) {
  TwoWorkers two;
  two.scheduler.add(block_at(0));
  two.scheduler.close();
  const Task first = two.scheduler.next(0).value();
  const Task help = two.scheduler.next(1).value();
  EXPECT_EQ(first.place.first_temperature, 0);
  EXPECT_EQ(help.place.first_temperature, 50);
}

/// A tile takes the slow one 100 s, the owner 1 s: with five left it would only keep the run waiting.
TEST(Scheduler, DoesNotWaitForTheSlow) {
  TwoWorkers two;
  two.scheduler.add(block_at(0));
  two.scheduler.add(block_at(1));
  two.scheduler.close();
  for (int t = 0; t < 5; ++t) {
    two.finish(0, two.scheduler.next(0).value(), 1);
  }
  for (int t = 0; t < 6; ++t) {
    two.finish(1, two.scheduler.next(1).value(), 100);
  }
  two.finish(0, two.scheduler.next(0).value(), 1);
  EXPECT_FALSE(two.scheduler.next(1).has_value());

  TwoWorkers again;
  again.scheduler.add(block_at(0));
  again.scheduler.add(block_at(1));
  again.scheduler.close();
  again.finish(1, again.scheduler.next(1).value(), 100);
  for (int t = 0; t < 5; ++t) {  // the other block, whole but for its last tile
    again.finish(0, again.scheduler.next(0).value(), 1);
  }
  const Task last = again.scheduler.next(0).value();
  again.finish(0, last, 1);
  const Task help = again.scheduler.next(0).value();  // the quick one helps the slow one
  EXPECT_EQ(help.place.first_row, 0);
  EXPECT_EQ(help.place.first_temperature, 50);
}

TEST(Scheduler, DealsAgainWhatIsGivenBack) {
  TwoWorkers two;
  two.scheduler.add(block_at(0));
  two.scheduler.close();
  const Task lost = two.scheduler.next(0).value();
  two.scheduler.give_back(lost);
  EXPECT_TRUE(two.scheduler.leave(0, true));
  EXPECT_FALSE(two.scheduler.leave(1, true)) << "the last one stays";
  for (std::int64_t t = 0; t < 6; ++t) {
    const Task task = two.scheduler.next(1).value();
    EXPECT_EQ(task.place.first_temperature, t * tile);
    const TaskOutcome outcome = two.finish(1, task, 1);
    EXPECT_EQ(outcome.scans_due, t == 0);
    EXPECT_EQ(outcome.bounds.empty(), t < 5);
  }
  EXPECT_FALSE(two.scheduler.unfinished());
  EXPECT_FALSE(two.scheduler.next(1).has_value());
}

TEST(Scheduler, KeepsTheLargestBounds) {
  TwoWorkers two;
  two.scheduler.add(block_at(0));
  std::vector<ErrorBounds> last;
  for (int t = 0; t < 6; ++t) {
    two.bounds = {{t == 3 ? 1.0 : 0.5, t == 4 ? 1.0 : 0.25}};
    last = two.finish(0, two.scheduler.next(0).value(), 1).bounds;
  }
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0].entropy, 1);
  EXPECT_EQ(last[0].log_partition, 1);
}

/// The first bad row is the one that is named, however the workers run.
TEST(Pipeline, NamesTheFirstBadRow) {
  constexpr std::int64_t rows = 40;
  constexpr std::size_t width = 500;
  auto logits = normal_logits(rows * width, 3, 70);
  for (const std::size_t bad : {11U, 12U, 30U, 39U}) {
    logits[bad * width + 7] = std::nan("");
  }
  BackendEntry entry = cpu::backend_entry();
  entry.lanes = 4;
  for (int round = 0; round < 25; ++round) {
    VectorSource source(logits, rows);
    SweepPlan plan = plan_for(source, {0.5, 1.0, 2.0});
    plan.vocabulary_sizes = {5, 100, 500};
    PreparedSweep prepared = prepare_sweep(plan, source, entry);
    prepared.tiling.rows = 1;
    MemorySink sink(prepared.schema);
    try {
      run_sweep(prepared, source, entry, sink, {});
      FAIL() << "a NaN went through";
    } catch (const InputError& error) {
      EXPECT_EQ(std::string(error.what()).substr(0, 31), "memory: row 11: column 7 is NaN");
    }
    EXPECT_FALSE(sink.finished());
    EXPECT_FALSE(sink.suspended());
  }
}

/// Row 30 is bad at every size, row 5 only at the largest: it comes first all the same, whatever the blocks.
TEST(Pipeline, NamesTheRowThatIsBadAtAnySize) {
  auto logits = normal_logits(40 * 30, 3, 70);
  logits[5 * 30 + 25] = std::nan("");
  logits[30 * 30 + 3] = HUGE_VAL;
  for (const std::int64_t rows : {1, 8, 40}) {
    VectorSource source(logits, 40);
    SweepPlan plan = plan_for(source, {0.5, 1.0});
    plan.vocabulary_sizes = {10, 30};
    PreparedSweep prepared = prepare_sweep(plan, source, choose_backend("cpu"));
    prepared.tiling.rows = rows;
    MemorySink sink(prepared.schema);
    try {
      run_sweep(prepared, source, choose_backend("cpu"), sink, {});
      FAIL() << "a NaN went through";
    } catch (const InputError& error) {
      EXPECT_EQ(std::string(error.what()).substr(0, 31), "memory: row 5: column 25 is NaN") << rows;
    }
  }
}

/// A source whose rows end before they should.
class CutSource final : public Source {
 public:
  explicit CutSource(std::int64_t good) : good_(good) {}
  [[nodiscard]] std::string name() const override { return "cut"; }
  [[nodiscard]] std::int64_t rows() const override { return 50; }
  [[nodiscard]] std::int64_t width() const override { return 20; }
  [[nodiscard]] std::string dtype() const override { return "f64"; }
  [[nodiscard]] const std::vector<std::string>& token_names() const override { return names_; }
  [[nodiscard]] std::vector<std::string> files() const override { return {}; }
  [[nodiscard]] std::uint64_t scratch_bytes(std::int64_t) const override { return 0; }
  void read(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination) override {
    if (first + count > good_) {
      throw FileError("cut: gone");
    }
    for (std::int64_t i = 0; i < count * columns; ++i) {
      destination[i] = static_cast<double>(i % 7);
    }
  }

 private:
  std::int64_t good_;
  std::vector<std::string> names_;
};

/// A sink whose disk is full after some writes.
class FullSink final : public Sink {
 public:
  explicit FullSink(int writes) : left_(writes) {}
  void write(std::size_t, const Slab&, std::span<const std::byte>) override {
    if (--left_ < 0) {
      throw FileError("disk full");
    }
  }
  void flush() override {}
  void finish(const Attributes&) override { finished = true; }
  std::string suspend(const Attributes&) override { return "nowhere"; }
  bool finished = false;

 private:
  int left_;
};

std::string end_of_run(Source& source, Sink& sink, int lanes, int buffers) {
  BackendEntry entry = cpu::backend_entry();
  entry.lanes = lanes;
  PreparedSweep prepared = prepare_sweep(plan_for(source, {0.5, 1.0}), source, entry);
  prepared.tiling.rows = 3;
  prepared.tiling.temperatures = 1;
  prepared.tiling.blocks = buffers;
  prepared.tiling.tiles = buffers;
  try {
    run_sweep(prepared, source, entry, sink, {});
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

TEST(Pipeline, EndsWithTheReader) {
  for (const int lanes : {1, 3}) {
    for (const int buffers : {1, 4}) {
      for (const std::int64_t good : {0, 10, 49}) {
        CutSource source(good);
        FullSink sink(1 << 20);
        EXPECT_EQ(end_of_run(source, sink, lanes, buffers), "cut: gone");
        EXPECT_FALSE(sink.finished);
      }
    }
  }
}

TEST(Pipeline, EndsWithTheWriter) {
  for (const int lanes : {1, 3}) {
    for (const int buffers : {1, 4}) {
      for (const int writes : {0, 5, 40, 300}) {
        CutSource source(50);
        FullSink sink(writes);
        EXPECT_EQ(end_of_run(source, sink, lanes, buffers), "disk full");
        EXPECT_FALSE(sink.finished);
      }
    }
  }
  CutSource source(50);
  FullSink sink(1 << 20);
  EXPECT_EQ(end_of_run(source, sink, 3, 2), "");
  EXPECT_TRUE(sink.finished);
}

TEST(Pipeline, AccountsForItsTime) {
  CutSource source(50);
  const SweepPlan plan = plan_for(source, {0.5, 1.0});
  const Sweep done = sweep(plan, source);
  const StageSeconds& stages = done.summary.stages;
  EXPECT_GT(stages.reading, 0);
  EXPECT_GT(stages.computing, 0);
  EXPECT_GT(stages.writing, 0);
  EXPECT_EQ(stages.judging, 0);
  EXPECT_LE(stages.computing, done.summary.elapsed_seconds);
  ASSERT_EQ(done.summary.devices.size(), 1U);
  EXPECT_EQ(done.summary.devices[0].points, 100);
  EXPECT_EQ(done.summary.devices[0].lost, "");
}

}  // namespace
}  // namespace tempsweep::testing
