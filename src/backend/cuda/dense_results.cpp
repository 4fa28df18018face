// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/dense_results.hpp"

#include <algorithm>
#include <cmath>

#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/math/float_density.hpp"
#include "tempsweep/math/log16.hpp"

namespace tempsweep::cuda {

DenseResults::Lane::Lane(const Device& device)
    : stream(device),
      probability(device),
      log16(device),
      counts(device),
      weights(device),
      shares(device),
      amounts(device),
      members(device),
      entries(device),
      sure(device),
      inverse(device),
      cuts(device),
      cells(device),
      judged(device) {}

DenseResults::DenseResults(const Device& device, const Wanted& wanted) : device_(device), wanted_(wanted) {
  for (auto& lane : lanes_) {
    lane = std::make_unique<Lane>(device);
  }
}

void DenseResults::drop() {
  for (const auto& lane : lanes_) {
    lane->points = 0;
    lane->probability.drop();
    lane->log16.drop();
    lane->counts.drop();
    lane->shares.drop();
    lane->amounts.drop();
    lane->weights.drop();
    lane->members.drop();
    lane->entries.drop();
    lane->sure.drop();
    lane->inverse.drop();
    lane->cuts.drop();
    lane->cells.drop();
    lane->judged.drop();
  }
}

std::int64_t DenseResults::points_at_once(std::int64_t columns) const {
  constexpr std::int64_t most_points = 1 << 16;
  std::int64_t bytes = 0;
  if (wanted_.probabilities != ProbabilityFormat::none) {
    bytes += wanted_.tokens * 4;
  }
  if (wanted_.samples > 0) {
    bytes += wanted_.tokens * 8 + std::int64_t{sizeof(kernels::LawCut)} +
             find_sampler(wanted_.sampler)->bytes(columns);
  }
  if (wanted_.judged) {
    bytes += std::int64_t{sizeof(JudgedSums)} +
             kernels::JudgePoints::cell_room(columns) * std::int64_t{sizeof(CellCount)};
  }
  const auto budget =
      static_cast<std::int64_t>(std::min<std::uint64_t>(budget_ / 2, std::uint64_t{1} << 40U));
  return std::clamp<std::int64_t>(budget / std::max<std::int64_t>(bytes, 1), 1, most_points);
}

bool DenseResults::shrink(std::int64_t columns) {
  if (!wanted() || points_at_once(columns) == 1) {
    return false;
  }
  budget_ /= 2;
  return true;
}

void DenseResults::compute(const RowView& rows, const PointResults& results, const TilePart& part,
                           std::int64_t first_row_number, const TileOutput& output, Staging& staging) {
  if (!wanted()) {
    return;
  }
  // Points of a row lie next to one another in the output; those of all rows do where the part has all
  // temperatures.
  const bool whole = part.temperatures == part.all_temperatures;
  const std::int64_t run = whole ? part.rows * part.temperatures : part.temperatures;
  for (std::int64_t first = 0; first < part.rows * part.temperatures; first += run) {
    run_points(rows, results, part, first_row_number, first, run, output, staging);
  }
}

void DenseResults::run_points(const RowView& rows, const PointResults& results, const TilePart& part,
                              std::int64_t first_row_number, std::int64_t first, std::int64_t count,
                              const TileOutput& output, Staging& staging) {
  const std::int64_t step = points_at_once(rows.columns);
  std::size_t turn = 0;
  for (std::int64_t done = 0; done < count; done += step) {
    throw_if_interrupted();
    Lane& lane = *lanes_.at(turn);
    const std::int64_t point = first + done;
    queue({rows, results, part, first_row_number, point, std::min(step, count - done)}, lane);
    lane.points = std::min(step, count - done);
    lane.place = part.place(point / part.temperatures, point % part.temperatures);
    turn = 1 - turn;
    collect(*lanes_.at(turn), output, staging);
  }
  collect(*lanes_.at(1 - turn), output, staging);
}

void DenseResults::queue(const Group& group, Lane& lane) const {
  if (wanted_.probabilities != ProbabilityFormat::none) {
    queue_probabilities(group, lane);
  }
  if (wanted_.samples > 0) {
    (this->*find_sampler(wanted_.sampler)->queue)(group, lane);
    if (wanted_.judged) {
      queue_judging(group, lane);
    }
  }
}

kernels::RowPoints DenseResults::points_of(const Group& group) {
  return {group.rows.logits,       group.rows.columns, group.rows.stride, group.rows.scans,
          group.part.temperatures, group.first,        group.count};
}

void DenseResults::queue_probabilities(const Group& group, Lane& lane) const {
  const std::int64_t elements = group.count * wanted_.tokens;
  kernels::Probabilities job{};
  static_cast<kernels::RowPoints&>(job) = points_of(group);
  job.laws = group.results.laws();
  job.token = group.rows.token;
  job.tokens = wanted_.tokens;
  if (wanted_.probabilities == ProbabilityFormat::f32) {
    job.probability = lane.probability.reserve(elements);
    if (job.token != nullptr) {
      device_.launch(kernels::Fill<float>{job.probability, elements, std::nanf("")}, lane.stream.get());
    }
    const int degree = float_density_degree(wanted_.tolerance);
    if (degree != 0 && job.token == nullptr) {
      device_.launch(kernels::FloatProbabilities{job, degree}, lane.stream.get());
      return;
    }
  } else {
    job.log16 = lane.log16.reserve(elements);
    if (job.token != nullptr) {
      device_.launch(kernels::Fill<std::uint16_t>{job.log16, elements, log16_fill}, lane.stream.get());
    }
  }
  device_.launch(job, lane.stream.get());
}

void DenseResults::collect(Lane& lane, const TileOutput& output, Staging& staging) const {
  if (lane.points == 0) {
    return;
  }
  const auto tokens = static_cast<std::size_t>(wanted_.tokens);
  const std::size_t place = lane.place * tokens;
  const auto points = static_cast<std::size_t>(lane.points);
  const std::size_t elements = points * tokens;
  lane.points = 0;
  if (!output.probability.empty()) {
    staging.download(output.probability.subspan(place, elements), lane.probability.get(), lane.stream.get());
  }
  if (!output.log_probability.empty()) {
    staging.download(output.log_probability.subspan(place, elements), lane.log16.get(), lane.stream.get());
  }
  if (wanted_.judged) {
    staging.download(output.judged.subspan(lane.place, points), lane.judged.get(), lane.stream.get());
  }
  if (wants_counts(wanted_)) {
    staging.download(output.count.subspan(place, elements), lane.counts.get(), lane.stream.get());
  }
}

}  // namespace tempsweep::cuda
