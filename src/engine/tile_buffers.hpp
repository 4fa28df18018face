// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "tempsweep/backend.hpp"
#include "tempsweep/engine.hpp"
#include "tempsweep/sink.hpp"

#include "engine/tile_statistics.hpp"

namespace tempsweep {

/// Where a tile lies in the grid.
struct TilePlace {
  std::int64_t vocabulary = 0;  ///< index on the vocabulary axis
  std::int64_t first_row = 0;   ///< of the result
  std::int64_t rows = 0;
  std::int64_t first_temperature = 0;
  std::int64_t temperatures = 0;
};

/// The memory of one tile's results; the backend fills it, the sink takes it. Allocated once for the largest
/// tile.
class TileBuffers {
 public:
  /// \param host  where the results are to lie; outlives them
  TileBuffers(const PreparedSweep& prepared, std::pmr::memory_resource* host);

  /// Views for a tile of this shape.
  [[nodiscard]] TileOutput output(std::int64_t rows, std::int64_t temperatures);
  [[nodiscard]] std::vector<std::span<double>> statistics(std::int64_t rows, std::int64_t temperatures);

  /// Writes everything the schema has a variable for.
  void write(const TilePlace& place, Sink& sink) const;

 private:
  const PreparedSweep& prepared_;
  std::int64_t count_tokens_ = 0;
  std::vector<std::pmr::vector<double>> metrics_;
  std::pmr::vector<double> renyi_;
  std::pmr::vector<std::int64_t> nucleus_size_;
  std::pmr::vector<double> top_k_mass_;
  std::pmr::vector<std::int64_t> min_p_survivors_;
  std::pmr::vector<std::int64_t> tokens_above_;
  std::pmr::vector<float> probability_;
  std::pmr::vector<std::uint16_t> log_probability_;
  std::pmr::vector<std::uint64_t> count_;
  std::pmr::vector<JudgedSums> judged_;
  std::vector<std::pmr::vector<double>> statistics_;
};

}  // namespace tempsweep
