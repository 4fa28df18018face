// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "accuracy/judge.hpp"

namespace tempsweep::testing {

/// What was seen, as Markdown.
[[nodiscard]] std::string markdown_tables(const std::vector<Tally>& tallies, std::uint64_t rows,
                                          const CorpusSettings& settings, double seconds);

}  // namespace tempsweep::testing
