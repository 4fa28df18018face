// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "accuracy/judge.hpp"

namespace tempsweep::testing {
namespace {

constexpr Quad unit_roundoff = 0x1p-53;
constexpr std::size_t orders = 2;

struct Judged {
  Quad value = 0;
  Quad exact = 0;
};

Quad ln2() {
  static const Quad value = logq(2);
  return value;
}

/// Value and reference in the units that the errors have.
Judged judged(const BackendRun& run, std::size_t t, MeasureId id, const Reference& exact) {
  const auto at = [&](const char* name) { return Quad(run.metric(name)[t]); };
  switch (id) {
    case entropy:
      return {at("entropy") * ln2(), exact.entropy};
    case shifted_z:
      return {1 / at("top_probability"), exact.total};
    case variance:
      return {at("logit_variance"), exact.variance};
    case heat_capacity:
      return {at("heat_capacity"), exact.beta * exact.beta * exact.variance};
    case entropy_slope:
      return {at("entropy_slope"), exact.beta * exact.beta * exact.beta * exact.variance / ln2()};
    case perplexity:
      return {at("perplexity"), expq(exact.entropy)};
    case top_log_slope:
      return {-at("top_probability_log_slope"), exact.beta * exact.beta * exact.mean_depth};
    case collision:
      return {at("collision_probability"), exact.collision};
    case renyi_half:
      return {run.renyi[orders * t] * ln2(), 2 * logq(exact.half_sum)};
    case renyi_two:
      return {run.renyi[orders * t + 1] * ln2(), -logq(exact.collision)};
    default:
      return {};
  }
}

/// Those that need the row's place, or its law at T = 1.
Judged judged(const BackendRun& run, std::size_t t, MeasureId id, double maximum, const Reference& exact,
              const Reference& unit) {
  if (id == log_partition) {
    return {run.metric("log_partition")[t], exact.shifted_log + exact.beta * maximum};
  }
  if (id == mean_logit) {
    return {run.metric("mean_logit")[t] * exact.beta, exact.beta * (maximum - exact.mean_depth)};
  }
  if (id == divergence) {
    const Quad kl = unit.shifted_log - exact.shifted_log + (1 - exact.beta) * exact.mean_depth;
    const Quad scale = 1 + fabsq(1 - exact.beta) / exact.beta;
    return {run.metric("kl_from_unit_temperature")[t] / scale, kl / scale};
  }
  return judged(run, t, id, exact);
}

/// Below 1e-300 a value may read 0 (docs/numerics.md).
double relative(const Judged& pair) {
  const Quad least = 1e-300;
  if (pair.exact < least) {
    return pair.value < 2 * least ? 0 : HUGE_VAL;
  }
  return static_cast<double>(fabsq(pair.value / pair.exact - 1));
}

double absolute(const Judged& pair, Quad rounding) {
  const Quad error = fabsq(pair.value - pair.exact) - rounding;
  return error > 0 ? static_cast<double>(error) : 0;
}

/// What the last operations of a metric round by, which no tolerance speaks of.
Quad own_rounding(MeasureId id, const Judged& pair, double maximum, const Reference& exact) {
  if (id == log_partition) {
    return unit_roundoff * (fabsq(exact.beta * maximum) + fabsq(pair.exact));
  }
  return id == mean_logit ? 2 * unit_roundoff * fabsq(pair.exact) : 0;
}

}  // namespace

/// Small differences of sums ask for exact ones everywhere (sum_paths.hpp): wanted at the default tolerance
/// alone, so that the cheaper sums are judged at the looser ones.
Wanted want_judged(const Way& way) {
  const bool differences = way.tolerance <= Wanted{}.tolerance;
  Wanted wanted;
  for (MetricId id = 0; id < metric_table.size(); ++id) {
    const MetricNeeds needs = metric_table[id].needs;
    if (needs != MetricNeeds::labels && (needs != MetricNeeds::unit_temperature || differences)) {
      wanted.metrics.push_back(id);
    }
  }
  if (differences) {
    wanted.renyi_orders = {0.5, 2};
  }
  wanted.tolerance = way.tolerance;
  wanted.method = way.method;
  return wanted;
}

Errors errors_at(const BackendRun& run, std::size_t t, double maximum, const Reference& exact,
                 const Reference& unit) {
  Errors errors{};
  for (std::size_t m = 0; m < measure_count; ++m) {
    const auto id = static_cast<MeasureId>(m);
    if (run.renyi.empty() && (id == renyi_half || id == renyi_two || id == divergence)) {
      continue;  // see want_judged()
    }
    const Judged pair = judged(run, t, id, maximum, exact, unit);
    const bool is_relative = std::string_view(measures.at(m).unit) == "relative";
    errors.at(m) = is_relative ? relative(pair) : absolute(pair, own_rounding(id, pair, maximum, exact));
    if (isnanq(pair.value) != 0) {
      errors.at(m) = HUGE_VAL;
    }
  }
  return errors;
}

Pair judged_pair(const BackendRun& run, std::size_t t, MeasureId id, const Reference& exact) {
  const Judged pair = judged(run, t, id, exact);
  return {static_cast<double>(pair.value), static_cast<double>(pair.exact)};
}

}  // namespace tempsweep::testing
