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

  [[nodiscard]] static bool has_sampler(Sampler sampler) {
    return sampler == Sampler::alias || sampler == Sampler::multinomial;
  }

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
  /// Alias tables of the group, or their integer weights alone; what was launched.
  kernels::BuildAlias queue_tables(const Group& group, Lane& lane, bool entries) const;
  /// With counts that are cleared.
  kernels::DrawnPoints drawn_points(const Group& group, Lane& lane) const;
  void queue_draws(const Group& group, Lane& lane) const;
  void collect(Lane& lane, const TileOutput& output, Staging& staging) const;

  const Device& device_;
  const Wanted& wanted_;
  std::uint64_t budget_ = 0;
  std::array<std::unique_ptr<Lane>, 2> lanes_;
};

}  // namespace tempsweep::cuda
