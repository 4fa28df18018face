// SPDX-License-Identifier: Apache-2.0
#include "stats/exact_law.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/math/law.hpp"
#include "tempsweep/stats/table_audit.hpp"

namespace tempsweep {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw InputError(fmt::format("{}: {}", name, why));
}

bool is_finite(DoubleDouble value) {
  return std::isfinite(value.high) && std::isfinite(value.low);
}

DoubleDouble sum_of(std::span<const DoubleDouble> values) {
  DoubleDouble sum;
  for (const DoubleDouble& value : values) sum = sum + value;
  return sum;
}

void check_length(std::size_t entries, std::size_t tokens, const std::string& name, std::string_view what) {
  if (entries != tokens) {
    refuse(name, fmt::format("holds {} {}, the vocabulary has {} tokens", entries, what, tokens));
  }
}

/// The weight e^(-beta (m - l)) where the difference of the logits is no double.
DoubleDouble softmax_weight(double logit, double maximum, double beta) {
  if (std::isinf(logit)) return {};
  if (beta == 0) return {1, 0};
  const DoubleDouble depth = two_sum(maximum, -logit);
  if (!std::isfinite(depth.high)) return {};
  const DoubleDouble weight = exact_weight_value(depth.high, beta);
  return weight * DoubleDouble{1, -(beta * depth.low)};
}

}  // namespace

namespace stats {

DoubleDouble divide(DoubleDouble a, DoubleDouble b) {
  const double first = a.high / b.high;
  const DoubleDouble rest = a + -(b * DoubleDouble{first, 0});
  return quick_two_sum(first, rest.high / b.high);
}

}  // namespace stats

ExactLaw exact_softmax(std::span<const double> logits, double temperature,
                       std::span<const std::uint8_t> kept) {
  const auto is_kept = [&](std::size_t i) { return kept.empty() || kept[i] != 0; };
  double maximum = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (is_kept(i)) maximum = std::max(maximum, logits[i]);
  }
  const bool zero_limit = is_zero_limit(temperature);
  const double beta = zero_limit ? 0 : inverse_temperature(temperature);
  ExactLaw law(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (!is_kept(i) || (zero_limit && logits[i] < maximum)) continue;
    law[i] = softmax_weight(logits[i], maximum, beta);
  }
  const DoubleDouble total = sum_of(law);
  for (DoubleDouble& value : law) value = stats::divide(value, total);
  return law;
}

ExactLaw law_of_cdf(std::span<const DoubleDouble> table, std::size_t tokens, const std::string& name) {
  if (table.size() == tokens + 1) {
    if (table[0].high != 0) {
      refuse(name,
             fmt::format("has an entry more than tokens, and the first is {}; F_0 is 0", table[0].high));
    }
    table = table.subspan(1);
  }
  check_length(table.size(), tokens, name, "entries of a CDF");
  const DoubleDouble total = table.back();
  if (!is_finite(total) || !(total.high > 0)) refuse(name, fmt::format("the last entry is {}", total.high));
  ExactLaw law(tokens);
  DoubleDouble before;
  for (std::size_t i = 0; i < tokens; ++i) {
    if (!is_finite(table[i]) || table[i] < before) {
      refuse(name, fmt::format("entry {}: {} follows {}; a CDF ascends", i, table[i].high, before.high));
    }
    law[i] = stats::divide(table[i] + -before, total);
    before = table[i];
  }
  return law;
}

ExactLaw law_of_weights(std::span<const DoubleDouble> table, std::size_t tokens, const std::string& name) {
  check_length(table.size(), tokens, name, "weights");
  for (std::size_t i = 0; i < tokens; ++i) {
    if (!is_finite(table[i]) || table[i].high < 0) {
      refuse(name, fmt::format("entry {}: {} is no weight; weights are 0 or more", i, table[i].high));
    }
  }
  const DoubleDouble total = sum_of(table);
  if (!is_finite(total) || !(total.high > 0)) refuse(name, fmt::format("the weights sum to {}", total.high));
  ExactLaw law(tokens);
  std::transform(table.begin(), table.end(), law.begin(),
                 [&](DoubleDouble value) { return stats::divide(value, total); });
  return law;
}

ExactLaw law_of_alias(std::span<const DoubleDouble> keep, std::span<const std::int64_t> alias,
                      std::size_t tokens, const std::string& name) {
  const std::size_t columns = keep.size();
  if (alias.size() != columns) {
    refuse(name, fmt::format("has {} thresholds and {} aliases", columns, alias.size()));
  }
  if (columns < tokens) check_length(columns, tokens, name, "columns");
  ExactLaw shares(columns);
  for (std::size_t j = 0; j < columns; ++j) {
    if (!is_finite(keep[j]) || keep[j].high < 0 || DoubleDouble{1, 0} < keep[j]) {
      refuse(name, fmt::format("column {}: the threshold {} lies outside 0 ... 1", j, keep[j].high));
    }
    const DoubleDouble rest = DoubleDouble{1, 0} + -keep[j];
    shares[j] = shares[j] + keep[j];
    if (!(rest.high > 0)) continue;  // a full column needs no alias
    if (alias[j] < 0 || static_cast<std::size_t>(alias[j]) >= columns) {
      refuse(name, fmt::format("column {}: the alias {} is no column 0 ... {}", j, alias[j], columns - 1));
    }
    shares[static_cast<std::size_t>(alias[j])] = shares[static_cast<std::size_t>(alias[j])] + rest;
  }
  for (std::size_t i = tokens; i < columns; ++i) {
    if (shares[i].high > 0) {
      refuse(name, fmt::format("draws token {} with probability {:.3g}, the vocabulary has {}", i,
                               shares[i].high / static_cast<double>(columns), tokens));
    }
  }
  shares.resize(tokens);
  for (DoubleDouble& share : shares) share = share / static_cast<double>(columns);
  return shares;
}

}  // namespace tempsweep
