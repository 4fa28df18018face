// SPDX-License-Identifier: Apache-2.0
#include "app/near_miss.hpp"

#include <algorithm>
#include <numeric>

namespace tempsweep::app {
namespace {

/// Levenshtein distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char letter : a) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (letter == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string near_miss(std::string_view word, const std::vector<std::string>& candidates) {
  std::size_t least = 3;
  std::string nearest;
  for (const auto& candidate : candidates) {
    const bool abbreviated = word.size() >= 3 && candidate.starts_with(word);
    const std::size_t edits = abbreviated ? 1 : distance(word, candidate);
    if (edits < least && edits < candidate.size()) {
      least = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string near_miss_hint(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string nearest = near_miss(word, candidates);
  return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

}  // namespace tempsweep::app
