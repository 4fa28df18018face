// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tempsweep::testing {

/// One temperature of data/oracle/oracle.json, its 20 digits rounded to double; what lies below 2.3e-308
/// reads as 0 or as a subnormal.
struct OraclePoint {
  double temperature;
  std::map<std::string, double> value;  ///< by the oracle's own names
  std::vector<double> probability;
  std::map<std::string, std::int64_t> nucleus_size;  ///< by mass
};

struct OracleCase {
  std::string name;
  std::vector<double> logits;
  std::vector<OraclePoint> points;

  [[nodiscard]] std::vector<double> temperatures() const {
    std::vector<double> all;
    for (const auto& point : points) {
      all.push_back(point.temperature);
    }
    return all;
  }
};

/// strtod, not stod: an underflow is a value here.
inline double to_double(const nlohmann::json& text) {
  return text.is_string() ? std::strtod(text.get<std::string>().c_str(), nullptr) : text.get<double>();
}

inline std::vector<OracleCase> read_oracle() {
  const char* const moved = std::getenv("TEMPSWEEP_DATA_DIR");  // of a program that left its build folder
  std::ifstream file(std::string(moved != nullptr ? moved : TEMPSWEEP_DATA_DIR) + "/oracle/oracle.json");
  std::vector<OracleCase> cases;
  const auto document = nlohmann::json::parse(file);
  for (const auto& item : document.at("cases")) {
    OracleCase one;
    one.name = item.at("name");
    for (const auto& logit : item.at("logits")) {
      one.logits.push_back(to_double(logit));
    }
    for (const auto& point : item.at("points")) {
      OraclePoint next{to_double(point.at("temperature")), {}, {}, {}};
      for (const auto& [key, value] : point.items()) {
        if (key == "probability") {
          for (const auto& p : value) {
            next.probability.push_back(to_double(p));
          }
        } else if (key == "nucleus_size") {
          next.nucleus_size = value.get<std::map<std::string, std::int64_t>>();
        } else if (key != "temperature") {
          next.value[key] = to_double(value);
        }
      }
      one.points.push_back(std::move(next));
    }
    EXPECT_EQ(one.points.size(), 13U) << one.name;
    cases.push_back(std::move(one));
  }
  EXPECT_EQ(cases.size(), 12U);
  return cases;
}

/// Holds results against references and remembers the worst difference of each metric, in units of 1 (not of
/// the tolerance).
class Comparison {
 public:
  /// |result − reference| ≤ absolute + relative·|reference|; below the normal numbers only the sign and the
  /// size are asked for.
  void check(const std::string& metric, double result, double reference, double absolute, double relative,
             const std::string& where) {
    if (std::abs(reference) < 2.3e-308) {
      EXPECT_GE(result, 0) << metric << ' ' << where;
      EXPECT_LT(result, std::max(2.3e-308, absolute)) << metric << ' ' << where;
      return;
    }
    const double error = std::abs(result - reference);
    EXPECT_LE(error, absolute + relative * std::abs(reference))
        << metric << ' ' << where << ": " << result << " against " << reference;
    auto& worst = worst_[metric];
    worst.first = std::max(worst.first, error);
    worst.second = std::max(worst.second, error / std::abs(reference));
  }

  /// One line a metric, on stdout and in the test's XML.
  void report(const std::string& title) const {
    for (const auto& [metric, worst] : worst_) {
      const auto text = fmt::format("absolute {:.1e} relative {:.1e}", worst.first, worst.second);
      fmt::print("{:<14} {:<26} worst {}\n", title, metric, text);
      ::testing::Test::RecordProperty(title + "_" + metric, text);
    }
  }

 private:
  std::map<std::string, std::pair<double, double>> worst_;
};

/// The metrics that the oracle speaks of, under the oracle's names, with the accuracy that is promised.
struct OracleMetric {
  const char* metric;
  const char* reference;
  double absolute;
  double relative;
};
inline constexpr OracleMetric oracle_metrics[] = {
    {"entropy", "entropy_bits", 1e-12, 1e-12},
    {"entropy", "entropy_bits", 0, 1e-10},
    {"log_partition", "log_partition", 1e-12, 1e-12},
    {"mean_logit", "mean_logit", 1e-12, 1e-12},
    {"perplexity", "perplexity", 0, 1e-11},
    {"logit_variance", "logit_variance", 0, 1e-11},
    {"heat_capacity", "heat_capacity", 0, 1e-11},
    {"entropy_slope", "entropy_slope_bits", 0, 1e-11},
    {"top_probability", "top_probability", 0, 1e-11},
    {"collision_probability", "collision_probability", 0, 1e-11},
};

/// \param value  (metric name, temperature index) → result
template <class Value>
void compare_with_oracle(const OracleCase& one, const Value& value, Comparison& comparison) {
  for (std::size_t t = 0; t < one.points.size(); ++t) {
    const auto where = one.name + " at T = " + std::to_string(one.points[t].temperature);
    for (const OracleMetric& m : oracle_metrics) {
      comparison.check(m.metric, value(m.metric, t), one.points[t].value.at(m.reference), m.absolute,
                       m.relative, where);
    }
  }
}

/// \param probability  [temperatures, tokens]; the oracle lists references for the short rows only
inline void compare_probabilities(const OracleCase& one, const std::vector<float>& probability,
                                  Comparison& comparison) {
  const std::size_t width = one.logits.size();
  for (std::size_t t = 0; t < one.points.size(); ++t) {
    for (std::size_t i = 0; i < one.points[t].probability.size(); ++i) {
      const double reference = one.points[t].probability[i];
      const auto p = static_cast<double>(probability[t * width + i]);
      if (reference >= 1e-30) {
        comparison.check("probability", p, reference, 0, 2e-7, one.name);
      } else {
        EXPECT_NEAR(p, reference, 1e-36) << one.name;
      }
    }
  }
}

}  // namespace tempsweep::testing
