// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "tempsweep/backend.hpp"

#include "backend/cuda/point_results.hpp"
#include "backend/cuda/row_batch.hpp"
#include "backend/cuda/staging.hpp"

namespace tempsweep::cuda {

/// What has a token axis: probabilities and draws. Points go in small groups through two lanes, each with its
/// stream and its memory: while one group travels to the host, the next is computed.
class DenseResults {
 public:
  DenseResults(const Device& device, const Wanted& wanted);

  /// A sampler is a line of a table in the source file.
  [[nodiscard]] static bool has_sampler(Sampler sampler);

  /// \param bytes  of the device that may be taken; one point a lane is always tried.
  void set_budget(std::uint64_t bytes) { budget_ = bytes; }
  /// Halves the budget, unless a lane holds one point of `columns` tokens already: then false.
  [[nodiscard]] bool shrink(std::int64_t columns);

  /// \param results  holds laws and temperatures of the part.
  /// \param first_row_number  of the part's first row, in the whole input.
  void compute(const RowView& rows, const PointResults& results, const TilePart& part,
               std::int64_t first_row_number, const TileOutput& output, Staging& staging);

  void drop();

 private:
  struct Lane {
    explicit Lane(const Device& device);
    DeviceStream stream;
    DeviceArray<float> probability;
    DeviceArray<std::uint16_t> log16;
    DeviceArray<std::uint64_t> counts, weights, shares, amounts;
    DeviceArray<std::uint32_t> members;
    DeviceArray<AliasEntry> entries;
    DeviceArray<std::int64_t> sure;
    DeviceArray<double> inverse;
    DeviceArray<kernels::LawCut> cuts;
    DeviceArray<CellCount> cells;
    DeviceArray<JudgedSums> judged;
    std::int64_t points = 0;  ///< computed and not yet copied
    std::size_t place = 0;    ///< of the first of them, in the output
  };

  /// Points first … first + count − 1 of a part.
  struct Group {
    const RowView& rows;
    const PointResults& results;
    const TilePart& part;
    std::int64_t first_row_number;
    std::int64_t first, count;
  };

  [[nodiscard]] bool wanted() const {
    return wanted_.probabilities != ProbabilityFormat::none || wanted_.samples > 0;
  }
  [[nodiscard]] std::int64_t points_at_once(std::int64_t columns) const;
  void run_points(const RowView& rows, const PointResults& results, const TilePart& part,
                  std::int64_t first_row_number, std::int64_t first, std::int64_t count,
                  const TileOutput& output, Staging& staging);
  void queue(const Group& group, Lane& lane) const;
  void queue_probabilities(const Group& group, Lane& lane) const;
  /// A job on the points of a group, which still lacks what is its own.
  [[nodiscard]] static kernels::RowPoints points_of(const Group& group);
  /// The same with the temperatures.
  [[nodiscard]] static kernels::LawPoints laws_of(const Group& group);
  /// Where the truncation cuts the laws of the group; null where there is none.
  const kernels::LawCut* queue_cuts(const Group& group, Lane& lane) const;
  /// What the tables of the group are made from, and in.
  kernels::BuildAlias table_job(const Group& group, Lane& lane) const;
  /// Draws of the group, of which fields common to all samplers are set.
  template <class Draw>
  Draw draw_job(const Group& group, Lane& lane) const;
  /// Launches all draws, so many of all points at once that an interrupt is soon seen.
  template <class Draw>
  void queue_in_parts(Draw draw, std::uint64_t at_once, Lane& lane) const;
  void queue_alias(const Group& group, Lane& lane) const;
  void queue_inverse(const Group& group, Lane& lane) const;
  void queue_gumbel(const Group& group, Lane& lane) const;
  void queue_multinomial(const Group& group, Lane& lane) const;
  /// What the counts of the group come to; they, the cuts and the shares are as its sampler left them.
  void queue_judging(const Group& group, Lane& lane) const;
  void collect(Lane& lane, const TileOutput& output, Staging& staging) const;

  /// A sampler of this backend.
  struct DeviceSampler {
    Sampler id;
    void (DenseResults::*queue)(const Group&, Lane&) const;
    std::int64_t (*bytes)(std::int64_t columns);  ///< of a point, besides its counts
  };
  static const DeviceSampler* find_sampler(Sampler sampler);

  const Device& device_;
  const Wanted& wanted_;
  std::uint64_t budget_ = 0;
  std::array<std::unique_ptr<Lane>, 2> lanes_;
};

}  // namespace tempsweep::cuda
