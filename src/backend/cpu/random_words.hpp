// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/math/alias_table.hpp"
#include "tempsweep/math/draw_address.hpp"

namespace tempsweep::cpu {

/// Words 2·first … 2·(first + blocks) − 1 of the stream, several blocks at a time in vectors.
void fill_words(const PointStream& stream, std::uint64_t first, std::uint64_t blocks, std::uint64_t* words);

/// Puts the token that each word draws from the table in the word's place.
void alias_tokens(const AliasTable& table, std::uint64_t count, std::uint64_t* words);

}  // namespace tempsweep::cpu
