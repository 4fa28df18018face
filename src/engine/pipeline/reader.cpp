// SPDX-License-Identifier: Apache-2.0
#include "engine/pipeline/reader.hpp"

#include <algorithm>

#include "engine/stage_clock.hpp"

namespace tempsweep {

double Reader::join() {
  thread_.join();
  return seconds_;
}

void Reader::run() {
  try {
    std::int64_t number = 0;
    for (std::int64_t row = 0; row < pipeline_.prepared.plan.rows; row += pipeline_.prepared.tiling.rows) {
      const auto memory = pipeline_.free_memory.pop();
      if (!memory || !read_block(number++, row, *memory)) {
        break;
      }
    }
  } catch (...) {
    pipeline_.fail(std::current_exception());
  }
  pipeline_.scheduler.close();
}

bool Reader::read_block(std::int64_t number, std::int64_t row, double* memory) {
  const SweepPlan& plan = pipeline_.prepared.plan;
  const Tiling& tiling = pipeline_.prepared.tiling;
  auto block = std::make_unique<Block>();
  block->number = number;
  block->first_row = row;
  block->memory = memory;
  const std::int64_t rows = std::min(tiling.rows, plan.rows - row);
  seconds_ += seconds_of([&] { pipeline_.source.read(plan.first_row + row, rows, tiling.columns, memory); });
  block->rows = {std::span(memory, static_cast<std::size_t>(rows * tiling.columns)),
                 rows,
                 tiling.columns,
                 plan.first_row + row,
                 {}};
  if (!plan.labels.empty()) {
    block->rows.labels =
        std::span(plan.labels)
            .subspan(static_cast<std::size_t>(plan.first_row + row), static_cast<std::size_t>(rows));
  }
  return pipeline_.scheduler.add(std::move(block));
}

}  // namespace tempsweep
