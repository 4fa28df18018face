// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "tempsweep/backend.hpp"

#include "backend/cuda/beta_arrays.hpp"
#include "backend/cuda/method_sums.hpp"
#include "backend/cuda/point_sums.hpp"
#include "backend/cuda/row_batch.hpp"
#include "backend/cuda/staging.hpp"

namespace tempsweep::cuda {

/// Where a piece of a tile lies: rows of the loaded block and temperatures of the call.
struct TilePart {
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
  std::int64_t first_temperature = 0;
  std::int64_t temperatures = 0;
  std::int64_t all_temperatures = 0;  ///< of the call: the row length of its outputs

  /// Place of a point in [rows, all_temperatures].
  [[nodiscard]] std::size_t place(std::int64_t row, std::int64_t temperature) const {
    return static_cast<std::size_t>((first_row + row) * all_temperatures + first_temperature + temperature);
  }
};

/// Copies results of a part, [rows, temperatures, width], to their places in those of the call: rows of the
/// part are runs of the output's rows.
template <class T>
void download_part(std::span<T> to, const T* from, std::int64_t width, const TilePart& part, Staging& staging,
                   kernels::Stream stream) {
  const bool whole = part.temperatures == part.all_temperatures;
  const std::int64_t runs = width == 0 ? 0 : whole ? 1 : part.rows;
  const auto length = static_cast<std::size_t>((whole ? part.rows : 1) * part.temperatures * width);
  for (std::int64_t run = 0; run < runs; ++run) {
    const std::size_t place = part.place(run, 0) * static_cast<std::size_t>(width);
    staging.download(to.subspan(place, length), from + run * static_cast<std::int64_t>(length), stream);
  }
}

/// Laws, metrics and Rényi entropies of a part of a tile.
class PointResults {
 public:
  PointResults(const Device& device, const Wanted& wanted);

  /// How the rows of the next calls are summed.
  void set_methods(MethodChoice methods) { methods_ = std::move(methods); }

  /// Bytes of the device that a point takes, its sums included.
  [[nodiscard]] std::uint64_t bytes_per_point(std::int64_t vocabulary_size) const;

  /// References of the loaded rows: their labels' depths ([rows] or empty), and T = 1 where it is asked for.
  void set_rows(const RowView& rows, std::span<const double> label_depths, Staging& staging,
                kernels::Stream stream);

  /// Computes and copies metrics and Rényi entropies; the laws stay on the device.
  void compute(const RowView& rows, std::span<const double> temperatures, const TilePart& part,
               const TileOutput& output, Staging& staging, kernels::Stream stream);

  /// What is stated for the points of the last call, [rows].
  [[nodiscard]] std::span<const kernels::RowErrors> stated() const { return stated_; }
  [[nodiscard]] const Law* laws() const { return laws_.get(); }  ///< [rows, temperatures]
  [[nodiscard]] const double* temperatures() const { return temperatures_.get(); }
  /// Whether the float sums are tried: the tolerance is loose enough, and nothing needs more than they give.
  [[nodiscard]] static bool tries_float(const Wanted& wanted, std::int64_t vocabulary_size);
  void drop();

 private:
  /// Sums at β·order into sums_. \param squares  whether Σw² is wanted, too
  void sum_at(const RowView& rows, const BetaView& betas, const kernels::Promise& promise, bool squares,
              kernels::Stream stream);
  void add_squares(const RowView& rows, std::span<const double> temperatures, Staging& staging,
                   kernels::Stream stream);
  void make_laws(const RowView& rows, std::span<const double> temperatures, const kernels::Promise& promise,
                 bool squares, Staging& staging, kernels::Stream stream);
  void state_errors(const RowView& rows, const BetaView& betas, Staging& staging, kernels::Stream stream);
  void metrics(const RowView& rows, const TilePart& part, const TileOutput& output, Staging& staging,
               kernels::Stream stream);
  void renyi(const RowView& rows, std::span<const double> temperatures, const TilePart& part,
             const TileOutput& output, Staging& staging, kernels::Stream stream);

  const Device& device_;
  const Wanted& wanted_;
  MethodChoice methods_;
  PointSums point_sums_;
  MethodSums method_sums_, doubled_method_sums_;
  BetaArrays betas_, other_betas_;
  DeviceArray<double> temperatures_, values_, unit_, label_depths_;
  DeviceArray<RestSums> sums_, doubled_sums_;
  DeviceArray<kernels::RowErrors> largest_;
  std::vector<kernels::RowErrors> stated_;
  DeviceArray<Law> laws_;
  DeviceArray<std::uint8_t> metric_ids_;
  bool in_float_ = false;  ///< whether sums_ were tried in float
  bool labelled_ = false;
  bool referenced_ = false;
};

}  // namespace tempsweep::cuda
