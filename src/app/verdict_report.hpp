// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "tempsweep/stats/grid_verdict.hpp"

#include "engine/grid_judge.hpp"

namespace tempsweep::app {

/// A point of the grid in words: "row 3, T = 0.7".
using PointNames = std::function<std::string(std::uint64_t point)>;

[[nodiscard]] PointNames point_names(const JudgedGrid& grid);

/// The verdict as JSON. Logarithms of impossible p-values are -1e308: JSON has no infinity.
[[nodiscard]] nlohmann::ordered_json verdict_json(const GridVerdict& verdict, const PointNames& names);

/// One line: the verdict, what it rests on, the level.
[[nodiscard]] std::string verdict_line(const GridVerdict& verdict, const PointNames& names);

/// \throws InputError where nothing could be tested: no draws are accepted by that. \param name  of the draws
void require_verdict(const GridVerdict& verdict, const std::string& name);

/// Says on stderr that a finding is being re-simulated (ConfirmListener).
void tell_confirming(const Finding& finding, std::uint64_t most);

/// The reasons and the rates at which tests rejected, for a person, on stdout.
void print_verdict(const GridVerdict& verdict, const PointNames& names);

/// 10^log10_p as it is read: "0.043", "10^-1799.2", "0" for what cannot happen.
[[nodiscard]] std::string p_in_words(double log10_p);

}  // namespace tempsweep::app
