// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tempsweep {

/// How a vocabulary of V tokens is taken out of a row of logits.
enum class VocabularyBy : std::uint8_t {
  prefix,  ///< the first V tokens of the input
  rank,    ///< the V highest logits of the row, ties at rank V to the lower index
};

/// The vocabulary axis: `10,1000,32000`, `log2:64:131072` (the powers of two from 64 to 131072), `all`;
/// mixed. \param width  number of tokens of the input; `all` means this; 0 when it is not known yet
/// (synthetic input),
///               where `all` is an error.
/// \returns strictly increasing sizes in 1 … width.
/// \throws InputError naming the item: zero, malformed, larger than the input, ends of log2 not powers of
/// two.
[[nodiscard]] std::vector<std::int64_t> parse_vocabulary_sizes(std::string_view specification,
                                                               std::int64_t width);

}  // namespace tempsweep
