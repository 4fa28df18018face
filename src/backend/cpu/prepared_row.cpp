// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/prepared_row.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <numeric>

#include "backend/cpu/kernels.hpp"

namespace tempsweep::cpu {
namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

/// The V highest logits, ties at rank V to the lower index, back in ascending token order. A bad row is kept
/// whole, so that the scan finds its first bad column.
void select_by_rank(std::span<const double> logits, std::int64_t size, PreparedRow& row) {
  const auto first_bad = std::find_if(logits.begin(), logits.end(), [](double l) { return !(l < HUGE_VAL); });
  if (first_bad != logits.end()) {
    row.logits = logits;
    return;
  }
  row.tokens.resize(logits.size());
  std::iota(row.tokens.begin(), row.tokens.end(), 0U);
  const auto higher = [&](std::uint32_t a, std::uint32_t b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
  };
  if (size < std::ssize(logits)) {
    std::nth_element(row.tokens.begin(), row.tokens.begin() + size, row.tokens.end(), higher);
    row.tokens.resize(static_cast<std::size_t>(size));
    std::sort(row.tokens.begin(), row.tokens.end());
  }
  row.selected.resize(row.tokens.size());
  std::transform(row.tokens.begin(), row.tokens.end(), row.selected.begin(),
                 [&](std::uint32_t token) { return logits[token]; });
  row.logits = row.selected;
}

double depth_of_label(const PreparedRow& row, std::int64_t label) {
  auto place = label;
  if (!row.tokens.empty()) {
    const auto found = std::lower_bound(row.tokens.begin(), row.tokens.end(), label);
    const bool present = found != row.tokens.end() && *found == label;
    place = present ? found - row.tokens.begin() : -1;
  }
  if (place < 0 || place >= std::ssize(row.logits)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return row.scan.maximum - row.logits[static_cast<std::size_t>(place)];
}

}  // namespace

void collect_rest(const PreparedRow& row, Rest& rest) {
  if (rest.row == &row) {
    return;
  }
  constexpr auto slack = static_cast<std::size_t>(sum_lanes);
  const auto count = static_cast<std::size_t>(row.scan.unmasked - row.scan.ties);
  rest.depths.resize(count + slack);
  rest.count = collect_depths(row.logits.data(), std::ssize(row.logits), row.scan.maximum, row.scan.second,
                              rest.depths.data());
  std::fill(rest.depths.begin() + rest.count, rest.depths.end(), 0.0);
  rest.deepest = std::min(row.scan.second - row.scan.deepest, DBL_MAX);
  rest.row = &row;
}

RowScan scan_row(std::span<const double> logits) {
  RowScan scan;
  const Extremes found = scan_extremes(logits.data(), std::ssize(logits));
  if (!found.sound) {
    const auto bad = std::find_if(logits.begin(), logits.end(), [](double l) { return !(l < HUGE_VAL); });
    scan.status = std::isnan(*bad) ? RowStatus::not_a_number : RowStatus::positive_infinity;
    scan.bad_column = bad - logits.begin();
    return scan;
  }
  scan.unmasked = found.unmasked;
  if (scan.unmasked == 0) {
    scan.status = RowStatus::all_masked;
    return scan;
  }
  scan.ties = found.ties;
  scan.maximum = found.maximum;
  scan.second = found.second == minus_infinity ? found.maximum : found.second;
  scan.deepest = found.deepest;
  scan.top_token = std::find(logits.begin() + found.top_piece, logits.end(), found.maximum) - logits.begin();
  return scan;
}

void prepare_row(std::span<const double> logits, std::int64_t vocabulary_size, VocabularyBy by,
                 std::int64_t label, PreparedRow& row) {
  row.tokens.clear();
  row.label_depth = std::numeric_limits<double>::quiet_NaN();
  if (by == VocabularyBy::rank) {
    select_by_rank(logits, vocabulary_size, row);
  } else {
    row.logits = logits.first(static_cast<std::size_t>(vocabulary_size));
  }
  row.scan = scan_row(row.logits);
  if (row.scan.status != RowStatus::ok) {
    return;
  }
  if (label >= 0) {
    row.label_depth = depth_of_label(row, label);
  }
  if (!row.tokens.empty()) {
    row.scan.top_token = row.tokens[static_cast<std::size_t>(row.scan.top_token)];
  }
}

}  // namespace tempsweep::cpu
