// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/point_sums.hpp"

#include <type_traits>

#include "backend/cuda/method_costs.hpp"

namespace tempsweep::cuda {

using kernels::DirectF64;
using kernels::pieces;

PointSums::PointSums(const Device& device)
    : device_(device), parts_(device), failed_(device), cancelled_(device) {}

std::uint64_t PointSums::bytes_per_point(std::int64_t vocabulary_size, bool narrow) {
  const std::int64_t slices = pieces(vocabulary_size, DirectF64::slice);
  return static_cast<std::uint64_t>(slices) * sizeof(PartialSums) + sizeof(RestSums) + (narrow ? 2 : 1);
}

void PointSums::drop() {
  parts_.drop();
  failed_.drop();
  cancelled_.drop();
}

/// The parts of the double sums are the larger: both kinds use one array, one after the other.
void PointSums::in_float(const RowView& rows, const BetaView& betas, double tolerance, RestSums* sums,
                         kernels::Stream stream) {
  using Direct = std::conditional_t<mixed_float_sums, kernels::DirectF32Mixed, kernels::DirectF32>;
  Direct direct{};
  direct.depths = rows.narrow;
  direct.rows = rows.rows;
  direct.columns = rows.columns;
  direct.stride = rows.narrow_stride;
  direct.scans = rows.scans;
  direct.scales = betas.scales;
  direct.temperatures = betas.count;
  direct.parts = parts_.get();
  device_.launch(direct, stream);
  device_.launch(kernels::MergeF32{direct.parts, rows.rows, betas.count, rows.scans, betas.betas,
                                   betas.scales, tolerance, sums, failed_.get()},
                 stream);
}

void PointSums::compute(const RowView& rows, const BetaView& betas, How how, RestSums* sums,
                        kernels::Stream stream) {
  const std::int64_t points = rows.rows * betas.count;
  DirectF64 direct{};
  direct.depths = rows.depths;
  direct.rows = rows.rows;
  direct.columns = rows.columns;
  direct.stride = rows.depth_stride;
  direct.scans = rows.scans;
  direct.betas = betas.betas;
  direct.temperatures = betas.count;
  direct.squares = how.squares;
  direct.parts = parts_.reserve(direct.slices() * points);
  std::uint8_t* const cancelled = cancelled_.reserve(points);
  if (how.float_tolerance > 0 && rows.narrow != nullptr) {
    direct.wanted = failed_.reserve(points);
    in_float(rows, betas, how.float_tolerance, sums, stream);
  }
  const auto pass = [&](std::uint8_t* next) {
    device_.launch(direct, stream);
    device_.launch(kernels::MergeF64{direct.parts, rows.rows, betas.count, rows.scans, betas.betas,
                                     direct.centres != nullptr, direct.wanted, sums, next},
                   stream);
  };
  pass(cancelled);
  direct.wanted = cancelled;
  direct.centres = sums;
  pass(nullptr);
}

}  // namespace tempsweep::cuda
