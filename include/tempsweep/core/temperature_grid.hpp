// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace tempsweep {

/// The temperature axis of a sweep.
///
/// Grammar, mixed freely, separated by commas:
///   `0.7`            one temperature; `0` and `inf` are allowed
///   `lin:a:b:n`      n points a + (b − a)·i/(n − 1)
///   `log:a:b:n`      n points a·(b/a)^(i/(n − 1)), a, b > 0
///   `invlin:a:b:n`   n points uniform in 1/T, a, b > 0
///   `@file`          one temperature a line; blank lines and lines that begin with # are skipped
/// Ranges hold both ends exactly; n = 1 needs a = b; n takes k/M/G and exponents.
///
/// \param memory  bytes that the grid and its inverses may take.
/// \returns strictly increasing temperatures (−0 becomes +0), at least one.
/// \throws InputError naming the item: T < 0, NaN, malformed item, empty list, more than 2³¹ − 1 points.
/// \throws MemoryError when a range does not fit.
/// \throws InputError when `@file` cannot be read.
[[nodiscard]] std::vector<double> parse_temperatures(
    std::string_view specification, std::uint64_t memory = std::numeric_limits<std::uint64_t>::max());

}  // namespace tempsweep
