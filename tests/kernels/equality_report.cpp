// SPDX-License-Identifier: Apache-2.0
#include "kernels/equality_report.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tempsweep/math/bits.hpp"

namespace tempsweep::testing {
namespace {

constexpr double promise = 1e-12;

template <class T>
void compare_values(const std::vector<T>& a, const std::vector<T>& b, Worst& worst) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst.add(static_cast<double>(a[i]), static_cast<double>(b.at(i)));
  }
}

/// What an error of the last place counts for in a metric that is a small difference of large numbers.
double scale_of(std::string_view metric, double temperature, const RowScan& scan) {
  if (metric == "kl_from_unit_temperature") {
    return 1 + std::abs(std::min(temperature, 1e6) - 1);
  }
  return metric == "mean_logit" && scan.status == RowStatus::ok ? std::max(1.0, std::abs(scan.maximum)) : 1;
}

std::vector<double> scaled(std::vector<double> values, std::string_view metric, const BackendRun& run,
                           const std::vector<double>& temperatures) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] /= scale_of(metric, temperatures[i % temperatures.size()], run.scans[i / temperatures.size()]);
  }
  return values;
}

bool same(const RowScan& a, const RowScan& b) {
  return a.status == b.status && a.bad_column == b.bad_column && a.ties == b.ties &&
         a.top_token == b.top_token && a.unmasked == b.unmasked;
}

bool is_dense(const std::string& metric) {
  return metric == "probability" || metric == "log_probability";
}

}  // namespace

void Worst::add(double a, double b) {
  ++points;
  if (bits_of(a) == bits_of(b) || (std::isnan(a) && std::isnan(b))) {
    ++equal;
    return;
  }
  // An infinity or NaN on one side alone is the worst there is.
  const double far = std::isfinite(a - b) ? std::abs(a - b) : HUGE_VAL;
  const double part = std::isfinite(far) ? far / std::abs(b) : HUGE_VAL;
  absolute = std::max(absolute, far);
  relative = std::max(relative, part);
  either = std::max(either, std::min(far, part));
}

void EqualityReport::compare(const BackendRun& a, const BackendRun& b,
                             const std::vector<double>& temperatures) {
  for (std::size_t m = 0; m < a.metrics.size(); ++m) {
    const char* const name = metric_table[a.ids[m]].name;
    compare_values(scaled(a.metrics[m], name, a, temperatures), scaled(b.metrics[m], name, b, temperatures),
                   metrics[name]);
  }
  compare_values(a.renyi, b.renyi, metrics["renyi_entropy"]);
  compare_values(a.top_k_mass, b.top_k_mass, metrics["top_k_mass"]);
  compare_values(a.nucleus_size, b.nucleus_size, metrics["nucleus_size"]);
  compare_values(a.min_p_survivors, b.min_p_survivors, metrics["min_p_survivors"]);
  compare_values(a.tokens_above, b.tokens_above, metrics["tokens_above"]);
  compare_values(a.probability, b.probability, metrics["probability"]);
  compare_values(a.log_probability, b.log_probability, metrics["log_probability"]);
  counts += std::ssize(a.count);
  for (std::size_t i = 0; i < a.count.size(); ++i) {
    counts_unequal += a.count[i] != b.count.at(i) ? 1 : 0;
  }
  for (std::size_t r = 0; r < a.scans.size(); ++r) {
    scans_unequal += same(a.scans[r], b.scans.at(r)) ? 0 : 1;
  }
}

std::int64_t EqualityReport::probabilities_unequal() const {
  std::int64_t unequal = 0;
  for (const auto& [name, worst] : metrics) {
    unequal += is_dense(name) ? worst.points - worst.equal : 0;
  }
  return unequal;
}

bool EqualityReport::good() const {
  const auto kept = [](const auto& metric) {
    return is_dense(metric.first) || metric.second.either <= promise;
  };
  return cases > 0 && counts_unequal == 0 && scans_unequal == 0 && probabilities_unequal() == 0 &&
         std::all_of(metrics.begin(), metrics.end(), kept);
}

nlohmann::ordered_json as_json(const EqualityReport& report) {
  nlohmann::ordered_json json = {{"cases", report.cases},
                                 {"cases_wanted", report.cases_wanted},
                                 {"rows", report.rows},
                                 {"good", report.good()},
                                 {"counts_compared", report.counts},
                                 {"counts_unequal", report.counts_unequal},
                                 {"probabilities_unequal", report.probabilities_unequal()},
                                 {"scans_unequal", report.scans_unequal}};
  json["metrics"] = nlohmann::ordered_json::object();
  for (const auto& [name, worst] : report.metrics) {
    if (worst.points > 0) {
      json["metrics"][name] = {{"worst", worst.either},
                               {"absolute", worst.absolute},
                               {"relative", worst.relative},
                               {"points", worst.points},
                               {"equal_bits", worst.equal}};
    }
  }
  return json;
}

void print(const std::string& title, const EqualityReport& report) {
  fmt::print("{:<48} {:>12} {:>12} {:>12} {:>22}\n", title, "absolute", "relative", "either",
             "equal to the bit");
  for (const auto& [name, worst] : report.metrics) {
    if (worst.points > 0) {
      fmt::print("{:<48} {:>12.1e} {:>12.1e} {:>12.1e} {:>11} of {:>7}\n", name, worst.absolute,
                 worst.relative, worst.either, worst.equal, worst.points);
    }
  }
  fmt::print("{} of {} counts, {} probabilities, {} row scans differ; {} of {} cases\n\n",
             report.counts_unequal, report.counts, report.probabilities_unequal(), report.scans_unequal,
             report.cases, report.cases_wanted);
}

}  // namespace tempsweep::testing
