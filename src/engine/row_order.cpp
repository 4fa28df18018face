// SPDX-License-Identifier: Apache-2.0
#include "engine/row_order.hpp"

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/draw_address.hpp"

namespace tempsweep {

OrderedRow ordered_view(std::span<const double> depth, std::vector<OrderedNode>& nodes) {
  const auto unmasked = std::lower_bound(depth.begin(), depth.end(), ieee::infinity) - depth.begin();
  const auto ties = std::upper_bound(depth.begin(), depth.end(), 0.0) - depth.begin();
  nodes.resize(static_cast<std::size_t>(order_nodes(unmasked)));
  build_order_nodes(depth.data(), unmasked, nodes.data());
  return {depth.data(), nodes.data(), unmasked, ties};
}

double randomising(std::uint64_t seed, double temperature, std::size_t vocabulary, std::int64_t row) {
  const auto stream = point_stream(seed, temperature, static_cast<std::uint32_t>(vocabulary),
                                   Purpose::randomised_p, static_cast<std::uint64_t>(row));
  return (static_cast<double>(stream.word(0) >> 11U) + 0.5) * 0x1p-53;
}

}  // namespace tempsweep
