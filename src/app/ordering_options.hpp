// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "tempsweep/ordering_table.hpp"

#include "app/command_line.hpp"

namespace tempsweep::app {

/// One flag a line of ordering_table.
using OrderingFlags = std::array<bool, ordering_table.size()>;

/// The levels that the options of the metrics of the order give, strictly increasing; empty where one is
/// absent. \throws InputError naming the option
[[nodiscard]] OrderingAxes parse_ordering(const CommandLine& line);

/// Which metrics have levels.
[[nodiscard]] OrderingFlags given_levels(const OrderingAxes& axes);

/// Forgets the levels of metrics that were not chosen.
void keep_chosen(const OrderingFlags& chosen, OrderingAxes& axes);

}  // namespace tempsweep::app
