// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/prepared_row.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <functional>

#include "backend/cpu/kernels.hpp"

namespace tempsweep::cpu {
namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

/// The V highest logits, ties at rank V to the lower index, in ascending token order. row.ranked holds the
/// row's logits, the `known` highest of them first.
void select_by_rank(const RowToPrepare& input, std::int64_t known, PreparedRow& row) {
  const std::int64_t size = input.vocabulary_size;
  auto& ranked = row.ranked;
  if (known < size && size < std::ssize(ranked)) {
    std::nth_element(ranked.begin() + known, ranked.begin() + size - 1, ranked.end(), std::greater<>());
  }
  const auto highest = std::span(ranked).first(static_cast<std::size_t>(size));
  double least = minus_infinity;
  if (size < std::ssize(ranked)) {
    least = highest.back();
  }
  auto equal = std::count(highest.begin(), highest.end(), least);
  row.tokens.clear();
  row.selected.clear();
  for (std::size_t token = 0; token < input.logits.size(); ++token) {
    const double logit = input.logits[token];
    if (logit > least || (logit == least && equal-- > 0)) {
      row.tokens.push_back(static_cast<std::uint32_t>(token));
      row.selected.push_back(logit);
    }
  }
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

/// What a scanned row's tokens are in the input: the label's depth and the top's index.
void find_tokens(std::int64_t label, PreparedRow& row) {
  row.label_depth = std::numeric_limits<double>::quiet_NaN();
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

void prepare_row(const RowToPrepare& input, PreparedRow& row) {
  row.tokens.clear();
  const bool by_rank = input.by == VocabularyBy::rank;
  const auto is_bad = [](double l) { return !(l < HUGE_VAL); };
  if (by_rank && std::none_of(input.logits.begin(), input.logits.end(), is_bad)) {
    row.ranked.assign(input.logits.begin(), input.logits.end());
    select_by_rank(input, 0, row);
  } else {  // by rank a bad row is kept whole, so that the scan finds its first bad column
    row.logits = by_rank ? input.logits : input.logits.first(static_cast<std::size_t>(input.vocabulary_size));
  }
  row.scan = scan_row(row.logits);
  find_tokens(input.label, row);
}

void grow_row(const RowToPrepare& input, PreparedRow& row) {
  const auto known = row.logits.size();
  if (input.by == VocabularyBy::rank) {
    if (row.scan.bad_column >= 0) {
      return;
    }
    select_by_rank(input, static_cast<std::int64_t>(known), row);
    row.scan = scan_row(row.logits);
  } else {
    row.logits = input.logits.first(static_cast<std::size_t>(input.vocabulary_size));
    ScanPart whole = part_of(row.scan, 0);
    whole.add(part_of(scan_row(row.logits.subspan(known)), static_cast<std::int64_t>(known)));
    row.scan = whole.finish();
  }
  find_tokens(input.label, row);
}

}  // namespace tempsweep::cpu
