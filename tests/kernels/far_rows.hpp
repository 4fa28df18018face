// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <nlohmann/json.hpp>

#include "tempsweep/backend.hpp"

namespace tempsweep::testing {

/// Eight rows, again and again, as one block of `rows` through a backend: with 40 000 rows of 131 072 logits
/// more than 2³² of them. Equal rows must have equal metrics to the bit, by two methods; the last eight rows'
/// probabilities and counts must be those that they have alone. `good` says whether they do.
/// \param rows  a multiple of 8  \param columns  a multiple of 512
[[nodiscard]] nlohmann::ordered_json compare_far_rows(const BackendEntry& device, std::int64_t rows,
                                                      std::int64_t columns);

}  // namespace tempsweep::testing
