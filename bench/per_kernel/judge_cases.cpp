// SPDX-License-Identifier: Apache-2.0
#include "per_kernel/judge_cases.hpp"

namespace tempsweep::bench {

using namespace kernels;  // NOLINT(google-build-using-namespace): this file is about little else

JudgeBench::JudgeBench(Harness& harness, const DrawRows& rows, std::int64_t points)
    : harness_(harness),
      rows_(rows),
      stride_(round_up(rows.columns, row_alignment)),
      keys_(harness.make<double>(rows.rows * stride_)),
      sorted_(harness.make<double>(rows.rows * stride_)),
      places_(harness.make<std::uint32_t>(rows.rows * stride_)),
      order_(harness.make<std::uint32_t>(rows.rows * stride_)),
      nodes_(harness.make<OrderedNode>(rows.rows * order_nodes(rows.columns))),
      cells_(harness.make<CellCount>(points * JudgePoints::cell_room(rows.columns))),
      sums_(harness.make<JudgedSums>(points)) {}

void JudgeBench::order(std::vector<Figure>& figures, const std::string& note) {
  const auto tokens = static_cast<double>(rows_.rows * rows_.columns);
  const auto measure = [&](const char* kernel, const auto& job) {
    Figure figure{kernel, std::to_string(rows_.rows) + " rows of " + std::to_string(rows_.columns)};
    figure.note = note;
    figure.seconds = harness_.seconds(job);
    figure.points_per_second = tokens / figure.seconds;
    figures.push_back(figure);
  };
  const NumberTokens number{rows_.logits, rows_.rows, rows_.columns, rows_.stride, stride_, keys_, places_};
  measure("number_tokens", [&] { harness_.launch(number); });
  const SortPairs pairs{keys_, sorted_, places_, order_, rows_.rows, rows_.columns, stride_};
  std::size_t bytes = 0;
  must(harness_.runtime().sort_pairs(pairs, nullptr, &bytes, harness_.stream()));
  auto* const space = harness_.make<std::uint8_t>(static_cast<std::int64_t>(bytes));
  measure("sort_pairs",
          [&] { must(harness_.runtime().sort_pairs(pairs, space, &bytes, harness_.stream())); });
  harness_.launch(
      OrderRows{sorted_, rows_.scans, rows_.rows, stride_, order_nodes(rows_.columns), nodes_, keys_});
}

std::vector<Figure> JudgeBench::at(const DrawnCounts& drawn, const std::string& note) {
  std::vector<Figure> figures;
  order(figures, note);
  JudgePoints job{};
  job.scans = rows_.scans;
  job.temperature = drawn.temperature;
  job.temperatures = drawn.temperatures;
  job.points = drawn.points;
  job.columns = job.tokens = rows_.columns;
  job.ordered_stride = stride_;
  job.depths = keys_;
  job.order = order_;
  job.counts = drawn.counts;
  job.n = drawn.n;
  job.cells = cells_;
  job.sums = sums_;
  Figure figure{"judge_points", std::to_string(drawn.points) + " points of " + std::to_string(rows_.columns) +
                                    " x " + std::to_string(drawn.n)};
  figure.note = note;
  figure.seconds = harness_.seconds([&] { harness_.launch(job); });
  figure.points_per_second = static_cast<double>(drawn.points * rows_.columns) / figure.seconds;
  figures.push_back(figure);
  return figures;
}

}  // namespace tempsweep::bench
