// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/law.hpp"
#include "tempsweep/math/plain_law.hpp"

/// THE table of metrics. A metric is one formula here and one line in `metric_table`: the command line, the
/// backends, the file and the plots take name, unit and formula from it.
///
/// Formulas: ln Z, H = ln g + log1p(Z′/g) + βp′Y, Var(l) = p₀p′Y² + p′V″ and what follows from them; every
/// sum has terms of one sign. β multiplies factor by factor: neither β² nor T³ is ever formed, they overflow
/// first.
namespace tempsweep {

inline constexpr double ln_2 = 0.693147180559945309417;

namespace metric {

/// p₀(kY)² + (k√V″)², of which variance (k = 1) and heat capacity (k = β) are p′ times.
template <class L>
TEMPSWEEP_HD double spread(const L& law, double k) {
  const double between = k * law.depth;
  const double within = k * law.deviation;
  return law.ties / law.total() * between * between + within * within;
}

/// ln Z = ln(g + Z′) + βm. At T = 0: +inf, −inf or ln g for m > 0, < 0, = 0.
template <class L>
TEMPSWEEP_HD double log_partition(const L& law) {
  if (law.zero_limit && law.maximum != 0) {
    return std::copysign(ieee::infinity, law.maximum);
  }
  return law.shifted_log_partition + law.beta * law.maximum;
}

template <class L>
TEMPSWEEP_HD double entropy(const L& law) {
  return law.entropy_nat / ln_2;
}

template <class L>
TEMPSWEEP_HD double perplexity(const L& law) {
  return law.effective_tokens();
}

/// One token's probability, not the group's.
template <class L>
TEMPSWEEP_HD double top_probability(const L& law) {
  return 1 / law.total();
}

template <class L>
TEMPSWEEP_HD double mean_logit(const L& law) {
  return law.maximum - law.rest_probability.times(law.depth);
}

template <class L>
TEMPSWEEP_HD double logit_variance(const L& law) {
  return law.rest_probability.times(spread(law, 1));
}

/// C = Var(x), x = βl.
template <class L>
TEMPSWEEP_HD double heat_capacity(const L& law) {
  return law.rest_probability.times(spread(law, law.beta));
}

/// dH/dT = βC/ln 2.
template <class L>
TEMPSWEEP_HD double entropy_slope(const L& law) {
  return (law.rest_probability * spread(law, law.beta)).times(law.beta / ln_2);
}

/// d ln P(top)/dT = β²(⟨l⟩ − m).
template <class L>
TEMPSWEEP_HD double top_probability_log_slope(const L& law) {
  return -(law.rest_probability * (law.beta * law.depth)).times(law.beta);
}

/// Σp².
template <class L>
TEMPSWEEP_HD double collision_probability(const L& law) {
  const double total = law.total();
  return (law.ties + law.squares) / total / total;
}

/// KL(p_T ‖ p_1) = ln Z(1) − ln Z(β) + (1 − β)(m − ⟨l⟩), partitions shifted by their maxima; absolute error
/// about 1e-15·(1 + ln V), clamped at 0.
template <class L>
TEMPSWEEP_HD double kl_from_unit_temperature(const L& law) {
  const double mean_depth = law.rest_probability.times(law.depth);
  const double divergence =
      (law.unit_log_partition - law.shifted_log_partition) + (1 - law.beta) * mean_depth;
  return divergence < 0 ? 0 : divergence;
}

/// −ln p(label). NaN when the label is outside the vocabulary, +inf when it is masked or, at T = 0, not on
/// top.
template <class L>
TEMPSWEEP_HD double cross_entropy(const L& law) {
  if (law.label_depth > 0 && (law.zero_limit || std::isinf(law.label_depth))) {
    return ieee::infinity;
  }
  return law.shifted_log_partition + law.beta * law.label_depth;
}

}  // namespace metric

/// Rényi entropy of order a ≥ 0 in bit, from Z at β and Z at aβ.
/// \param rest_at_order  Z′(aβ), in units of one top token; unused for a = 1 and a = ∞.
/// \param unmasked       tokens of the support, for a = 0.
template <class L>
TEMPSWEEP_HD double renyi_entropy(const L& law, double order, double rest_at_order, double unmasked) {
  if (order == 1) {
    return metric::entropy(law);
  }
  if (std::abs(order - 1) < 1e-5) {
    // The difference below would cancel: two terms of the series, whose third is of the order (a - 1)^2.
    return (law.entropy_nat - (order - 1) / 2 * metric::heat_capacity(law)) / ln_2;
  }
  if (std::isinf(order)) {
    return (law.log_ties + law.log_rest()) / ln_2;
  }
  if (order == 0) {
    return std::log2(law.zero_limit ? law.ties : unmasked);
  }
  const double above = std::log1p(rest_at_order / law.ties) - order * law.log_rest();
  return (law.log_ties + above / (1 - order)) / ln_2;
}

/// What a metric needs beyond the row itself.
enum class MetricNeeds : std::uint8_t { nothing, squares, unit_temperature, labels };

struct Metric {
  const char* name;       ///< the command line's and the file's
  const char* long_name;  ///< axis label
  const char* units;
  double (*value)(const Law&);
  double (*plain_value)(const PlainLaw&);  ///< the same formula
  MetricNeeds needs;
  bool by_default;  ///< part of `--metrics default`
};

inline constexpr std::array<Metric, 12> metric_table = {{
    {"entropy", "entropy", "bit", metric::entropy<Law>, metric::entropy<PlainLaw>, MetricNeeds::nothing,
     true},
    {"log_partition", "log partition function", "nat", metric::log_partition<Law>,
     metric::log_partition<PlainLaw>, MetricNeeds::nothing, true},
    {"perplexity", "perplexity", "1", metric::perplexity<Law>, metric::perplexity<PlainLaw>,
     MetricNeeds::nothing, true},
    {"top_probability", "probability of the top token", "1", metric::top_probability<Law>,
     metric::top_probability<PlainLaw>, MetricNeeds::nothing, true},
    {"mean_logit", "mean logit", "logit", metric::mean_logit<Law>, metric::mean_logit<PlainLaw>,
     MetricNeeds::nothing, true},
    {"logit_variance", "variance of the logit", "logit^2", metric::logit_variance<Law>,
     metric::logit_variance<PlainLaw>, MetricNeeds::nothing, true},
    {"heat_capacity", "heat capacity", "nat^2", metric::heat_capacity<Law>, metric::heat_capacity<PlainLaw>,
     MetricNeeds::nothing, true},
    {"entropy_slope", "slope of the entropy in temperature", "bit logit-1", metric::entropy_slope<Law>,
     metric::entropy_slope<PlainLaw>, MetricNeeds::nothing, true},
    {"top_probability_log_slope", "slope of the log top probability in temperature", "logit-1",
     metric::top_probability_log_slope<Law>, metric::top_probability_log_slope<PlainLaw>,
     MetricNeeds::nothing, false},
    {"collision_probability", "collision probability", "1", metric::collision_probability<Law>,
     metric::collision_probability<PlainLaw>, MetricNeeds::squares, false},
    {"kl_from_unit_temperature", "Kullback-Leibler divergence from temperature 1", "nat",
     metric::kl_from_unit_temperature<Law>, metric::kl_from_unit_temperature<PlainLaw>,
     MetricNeeds::unit_temperature, false},
    {"cross_entropy", "cross entropy with the label", "nat", metric::cross_entropy<Law>,
     metric::cross_entropy<PlainLaw>, MetricNeeds::labels, false},
}};

/// A metric is known by its place in the table.
using MetricId = std::size_t;
inline constexpr std::size_t metric_count = metric_table.size();

namespace metric_detail {

/// The table's entry as a constant: device code cannot read an array of the host, but may call what it names.
template <MetricId id>
inline constexpr auto function = metric_table[id].value;

template <double (*value)(const Law&)>
TEMPSWEEP_HD double call(const Law& law) {
  return value(law);
}

template <MetricId... ids>
TEMPSWEEP_HD double choose(MetricId id, const Law& law, std::index_sequence<ids...>) {
  double value = 0;
  ((ids == id ? static_cast<void>(value = call<function<ids>>(law)) : static_cast<void>(0)), ...);
  return value;
}

}  // namespace metric_detail

/// metric_table[id].value(law), for device code too.
TEMPSWEEP_HD inline double evaluate_metric(MetricId id, const Law& law) {
  return metric_detail::choose(id, law, std::make_index_sequence<metric_count>{});
}

}  // namespace tempsweep
