// SPDX-License-Identifier: Apache-2.0
#include "accuracy/judge.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace tempsweep::testing {
namespace {

constexpr std::int64_t most_messages = 12;

void report(const Way& way, const CorpusRow& row, double temperature, const char* what, const Pair& pair,
            double error, double allowed) {
  std::fprintf(
      stderr,
      "row %llu (%s, %zu tokens) T %.17g, %s at %g: %s %.17g, reference %.17g, error %.3g, %.3g allowed\n",
      static_cast<unsigned long long>(row.number), row.law.c_str(), row.logits.size(), temperature,
      method_names.at(static_cast<std::size_t>(way.method)), way.tolerance, what, pair.value, pair.exact,
      error, allowed);
}

bool same_point(const BackendRun& a, const BackendRun& b, std::size_t t) {
  return std::all_of(a.metrics.begin(), a.metrics.end(), [&](const auto& values) {
    const auto m = static_cast<std::size_t>(&values - a.metrics.data());
    return values[t] == b.metrics[m][t];
  });
}

}  // namespace

double Tally::typical_ratio(std::size_t k, std::size_t least, std::size_t most) const {
  std::vector<double> values;
  for (const auto& [vocabulary, ratio] : ratios_.at(k)) {
    if (vocabulary >= least && vocabulary <= most) {
      values.push_back(ratio);
    }
  }
  if (values.empty()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void Tally::raise(Worst& worst, double share, const CorpusRow& row, std::size_t t) const {
  if (share > worst.share) {
    worst = {share, row.number, row.temperatures[t]};
  }
}

double Tally::worst_of_law(const std::string& law) const {
  const auto found =
      std::find_if(laws_.begin(), laws_.end(), [&](const auto& entry) { return entry.first == law; });
  return found == laws_.end() ? 0 : found->second;
}

void Tally::judge_bound(const CorpusRow& row, const BackendRun& run, const std::vector<Errors>& errors,
                        const std::vector<Reference>& exact) {
  const std::array<double, 2> stated = {run.bounds[0].entropy, run.bounds[0].log_partition};
  for (std::size_t k = 0; k < 2; ++k) {
    double largest = 0;
    for (std::size_t t = 0; t < errors.size(); ++t) {
      const double error = errors[t].at(k);
      raise(of_bound_.at(k), error == 0 ? 0 : error / stated.at(k), row, t);
      largest = std::max(largest, error);
      if (error > stated.at(k)) {
        ++violations_;
        report(way_, row, row.temperatures[t],
               k == 0 ? "entropy by its stated bound" : "Z by its stated bound",
               judged_pair(run, t, k == 0 ? entropy : shifted_z, exact[t]), error, stated.at(k));
      }
    }
    if (largest > 0) {
      ratios_.at(k).emplace_back(row.logits.size(), stated.at(k) / largest);
    }
    largest_bound_ = std::max(largest_bound_, stated.at(k) / way_.tolerance);
  }
}

void Tally::add(const CorpusRow& row, const BackendRun& run, const BackendRun* below, double maximum,
                const std::vector<Reference>& exact, const Reference& unit, bool verbose) {
  std::vector<Errors> errors;
  double worst = 0;
  for (std::size_t t = 0; t < row.temperatures.size(); ++t) {
    errors.push_back(errors_at(run, t, maximum, exact[t], unit));
    for (std::size_t m = 0; m < measure_count; ++m) {
      const auto id = static_cast<MeasureId>(m);
      const double allowed = measures.at(m).factor * way_.tolerance;
      const double error = errors.back().at(m);
      raise(worst_.at(m), error / allowed, row, t);
      worst = measures.at(m).promised ? std::max(worst, error / allowed) : worst;
      const bool broken = measures.at(m).promised && !(error <= allowed);
      violations_ += broken ? 1 : 0;
      if (verbose || (broken && violations_ <= most_messages)) {
        report(way_, row, row.temperatures[t], measures.at(m).name, judged_pair(run, t, id, exact[t]), error,
               allowed);
      }
    }
    ++points_;
    own_points_ += below == nullptr || !same_point(run, *below, t) ? 1 : 0;
  }
  judge_bound(row, run, errors, exact);
  const auto found =
      std::find_if(laws_.begin(), laws_.end(), [&](const auto& entry) { return entry.first == row.law; });
  if (found == laws_.end()) {
    laws_.emplace_back(row.law, worst);
  } else {
    found->second = std::max(found->second, worst);
  }
}

}  // namespace tempsweep::testing
