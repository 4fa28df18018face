// SPDX-License-Identifier: Apache-2.0
// What each kernel takes: pointers into the device's memory, extents and shapes. Plain values, copied at the
// launch. Offsets are 64-bit; matrices are row-major; `stride` is in elements. One file a subject, as in
// body/.
#pragma once

#include <cstdint>

#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/row_scan.hpp"

namespace tempsweep::kernels {

inline constexpr int warp_threads = 32;

/// Rows of doubles start at multiples of this many elements, so that 16-byte loads are aligned and the last
/// of them stays inside its row.
inline constexpr std::int64_t row_alignment = 8;
/// Rows of float depths, which are read by whole blocks.
inline constexpr std::int64_t narrow_alignment = 512;

[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t pieces(std::int64_t extent, std::int64_t size) {
  return (extent + size - 1) / size;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t round_up(std::int64_t extent, std::int64_t size) {
  return pieces(extent, size) * size;
}

/// Points first … first + points − 1 of [rows, temperatures], and the logits of their rows.
struct RowPoints {
  const double* logits;  ///< [rows, stride]: the vocabulary's, in ascending token order
  std::int64_t columns, stride;
  const RowScan* scans;  ///< [rows]
  std::int64_t temperatures, first, points;
};

}  // namespace tempsweep::kernels
