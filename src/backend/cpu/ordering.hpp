// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/backend.hpp"
#include "tempsweep/math/ordered_row.hpp"
#include "tempsweep/math/row_scan.hpp"
#include "tempsweep/math/truncation.hpp"

namespace tempsweep::cpu {

/// The tokens of a loaded row by depth, and the tree over them: 8 bytes a token and the nodes'.
struct OrderedTokens {
  std::vector<double> depths;
  std::vector<OrderedNode> nodes;
};

/// Sorts non-negative numbers, ascending. \param spare  scratch, resized to their number
void sort_depths(std::vector<double>& depths, std::vector<double>& spare);

/// Sorts the unmasked tokens of a row that is a law.
/// \param spare  scratch, resized to the row
void order_tokens(std::span<const double> logits, const RowScan& scan, std::vector<double>& spare,
                  OrderedTokens& ordered);

/// Bytes that order_tokens keeps of a row of `tokens`.
[[nodiscard]] std::uint64_t ordered_bytes(std::int64_t tokens);

/// The metrics of the order of one row at a run of temperatures; missing where the row is no law.
/// \param offset  place of the first temperature in [rows, temperatures]
void write_ordering(const OrderedTokens& ordered, const RowScan& scan, std::span<const double> temperatures,
                    std::int64_t offset, const OrderingAxes& axes, const TileOutput& output);

/// Survivors of a truncation at each temperature.
void count_survivors(const OrderedTokens& ordered, const RowScan& scan, std::span<const double> temperatures,
                     const SurvivorLevels& levels, std::span<std::int64_t> out);

/// Sets the weights of all but the first `survivors` ≥ 1 tokens of the order to 0.
/// \param logits  of the vocabulary, as `weights`
/// \param edge  scratch
void keep_survivors(std::span<const double> logits, const OrderedTokens& ordered, const RowScan& scan,
                    std::int64_t survivors, std::vector<std::uint32_t>& edge, std::span<double> weights);

}  // namespace tempsweep::cpu
