// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tempsweep {

/// Numbers as users write them. Each function takes the whole word or throws InputError; `what` names the
/// place for the message ("--samples", "row 3, column 2 of logits.csv").
/// No locale, no hexadecimal, no surrounding blanks.

/// A real number: `0.5`, `1e-3`, `inf`, `-inf`, `nan` (any case). An overflow to infinity is an error.
[[nodiscard]] double parse_real(std::string_view text, std::string_view what);

/// A count: digits, or a number with an exponent that is whole (`1e6`), with an optional k, M or G
/// (10³, 10⁶, 10⁹). Range 0 … 2⁶⁴ − 1, exact.
[[nodiscard]] std::uint64_t parse_count(std::string_view text, std::string_view what);

/// A size in bytes: like a count, but K (or k), M, G, T mean 2¹⁰, 2²⁰, 2³⁰, 2⁴⁰, an optional `iB` or `B`
/// after; a fraction of a byte is dropped.
[[nodiscard]] std::uint64_t parse_bytes(std::string_view text, std::string_view what);

/// `1.5 GiB`, `640 B`: for messages.
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

}  // namespace tempsweep
