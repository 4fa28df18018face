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

void collect_rest(PreparedRow& row) {
  const double top = row.scan.maximum;
  const double anchor = row.scan.second;
  constexpr auto lanes = static_cast<std::size_t>(virtual_lanes);
  const auto rest = static_cast<std::size_t>(row.scan.unmasked - row.scan.ties);
  row.depths.resize(rest + lanes + 1);
  std::size_t kept = 0;
  for (const double logit : row.logits) {
    row.depths[kept] = std::min(anchor - logit, DBL_MAX);
    kept += static_cast<std::size_t>(logit > minus_infinity && logit != top);
  }
  std::fill(row.depths.begin() + static_cast<std::ptrdiff_t>(kept), row.depths.end(), 0.0);
  row.rest = static_cast<std::int64_t>(kept);
  row.deepest = std::min(anchor - row.scan.deepest, DBL_MAX);
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

RowScan scan_row(std::span<const double> logits) {
  RowScan scan;
  scan.maximum = scan.second = minus_infinity;
  scan.deepest = HUGE_VAL;
  for (std::int64_t i = 0; i < std::ssize(logits); ++i) {
    const double logit = logits[static_cast<std::size_t>(i)];
    if (!(logit < HUGE_VAL)) {
      scan.status = std::isnan(logit) ? RowStatus::not_a_number : RowStatus::positive_infinity;
      scan.bad_column = i;
      return scan;
    }
    scan.unmasked += static_cast<std::int64_t>(logit > minus_infinity);
    scan.deepest = std::min(scan.deepest, logit > minus_infinity ? logit : HUGE_VAL);
    if (logit > scan.second) {
      if (logit > scan.maximum) {
        scan.second = scan.maximum;
        scan.maximum = logit;
        scan.top_token = i;
        scan.ties = 1;
      } else if (logit == scan.maximum) {
        ++scan.ties;
      } else {
        scan.second = logit;
      }
    }
  }
  if (scan.unmasked == 0) {
    scan.status = RowStatus::all_masked;
  }
  if (scan.second == minus_infinity) {
    scan.second = scan.maximum;
  }
  return scan;
}

void prepare_row(std::span<const double> logits, std::int64_t vocabulary_size, VocabularyBy by,
                 std::int64_t label, PreparedRow& row) {
  row.tokens.clear();
  row.rest = 0;
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
  collect_rest(row);
  if (label >= 0) {
    row.label_depth = depth_of_label(row, label);
  }
  if (!row.tokens.empty()) {
    row.scan.top_token = row.tokens[static_cast<std::size_t>(row.scan.top_token)];
  }
}

}  // namespace tempsweep::cpu
