// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/method_sums.hpp"

namespace tempsweep::cuda {

using kernels::DirectF64;
using kernels::EvaluateLadder;
using kernels::pieces;

MethodSums::MethodSums(const Device& device)
    : device_(device),
      errors_(device),
      origin_(device),
      expand_(device),
      direct_(device),
      groups_(device),
      listed_(device) {}

void MethodSums::drop() {
  errors_.drop();
  origin_.drop();
  expand_.drop();
  direct_.drop();
  groups_.drop();
  listed_.drop();
}

kernels::GroupList MethodSums::list(const std::uint8_t* marks, std::int64_t rows, std::int64_t count,
                                    std::int64_t size, kernels::Stream stream) {
  device_.check(device_.runtime().clear(listed_.reserve(1), sizeof(std::uint64_t), stream), "clearing");
  device_.launch(kernels::ListGroups{marks, rows, count, size, groups_.get(), listed_.get()}, stream);
  return {groups_.get(), listed_.get()};
}

void MethodSums::compute(const RowView& rows, const BetaView& betas, const kernels::Promise& promise,
                         bool squares, RestSums* sums, kernels::Stream stream) {
  const std::int64_t points = rows.rows * betas.count;
  const kernels::BetaList at{betas.betas, betas.count};
  const kernels::PointChoice choice{sums, errors_.reserve(points), origin_.reserve(points),
                                    expand_.reserve(points), direct_.reserve(points)};
  const ExpansionView& from = rows.expansion;
  device_.launch(kernels::InterpolateSums{from.series, from.octaves, from.octave_total, betas.which,
                                          rows.scans, rows.rows, at, promise, choice},
                 stream);

  groups_.reserve(rows.rows * pieces(betas.count, DirectF64::betas_at_once));  // the smaller groups
  const auto expand = list(choice.expand, rows.rows, betas.count, EvaluateLadder::betas_at_once, stream);
  device_.launch(EvaluateLadder{from.moments, from.ladders, rows.scans, rows.rows, from.levels, at, expand,
                                true, promise, choice},
                 stream);

  kernels::DirectListed direct{};
  direct.direct.depths = rows.depths;
  direct.direct.rows = rows.rows;
  direct.direct.columns = rows.columns;
  direct.direct.stride = rows.depth_stride;
  direct.direct.scans = rows.scans;
  direct.direct.betas = betas.betas;
  direct.direct.temperatures = betas.count;
  direct.direct.squares = squares;
  direct.direct.wanted = choice.direct;
  direct.list = list(choice.direct, rows.rows, betas.count, DirectF64::betas_at_once, stream);
  direct.sums = sums;
  device_.launch(direct, stream);
}

}  // namespace tempsweep::cuda
