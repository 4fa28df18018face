// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/vocabulary.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"

#include "core/quote.hpp"
#include "core/split.hpp"

namespace tempsweep {
namespace {

[[noreturn]] void refuse(std::string_view item, std::string_view why) {
  throw InputError(fmt::format("--vocab: {} {}", quote(item), why));
}

std::int64_t parse_size(std::string_view text, std::string_view item, std::int64_t width) {
  const std::uint64_t size = parse_count(text, fmt::format("--vocab, item {}", quote(item)));
  if (size == 0) refuse(item, "has a vocabulary of no token; sizes begin at 1");
  if (width > 0 && size > static_cast<std::uint64_t>(width)) {
    refuse(item, fmt::format("is more than the input holds: its rows are {} tokens wide", width));
  }
  if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    refuse(item, "is too large");
  return static_cast<std::int64_t>(size);
}

void append_powers(std::vector<std::int64_t>& sizes, std::string_view item, std::int64_t width) {
  const auto fields = split(item, ':');
  if (fields.size() != 3 || fields[0] != "log2") refuse(item, "is not a range: write log2:from:to");
  const std::int64_t from = parse_size(fields[1], item, width);
  const std::int64_t to = parse_size(fields[2], item, width);
  if (!std::has_single_bit(static_cast<std::uint64_t>(from)) ||
      !std::has_single_bit(static_cast<std::uint64_t>(to))) {
    refuse(item, "must begin and end at powers of two");
  }
  if (from > to) refuse(item, "is descending; log2:from:to needs from <= to");
  sizes.push_back(from);
  while (sizes.back() < to) sizes.push_back(sizes.back() * 2);
}

void append_item(std::vector<std::int64_t>& sizes, std::string_view item, std::int64_t width) {
  if (item.empty()) throw InputError("--vocab: an item is empty; separate sizes with single commas");
  if (item == "all") {
    if (width == 0) refuse(item, "needs an input with a width; give the sizes of synthetic rows as numbers");
    sizes.push_back(width);
  } else if (item.find(':') != std::string_view::npos) {
    append_powers(sizes, item, width);
  } else {
    sizes.push_back(parse_size(item, item, width));
  }
}

}  // namespace

std::vector<std::int64_t> parse_vocabulary_sizes(std::string_view specification, std::int64_t width) {
  std::vector<std::int64_t> sizes;
  for (const std::string_view item : split(specification, ',')) append_item(sizes, item, width);
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

}  // namespace tempsweep
