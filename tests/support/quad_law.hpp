// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <quadmath.h>

namespace tempsweep::testing {

__extension__ using Quad = __float128;

/// A law by brute force in 113 bits, from the definitions: nothing here is clever, nothing shared with the
/// code under test. β is taken as fl(1/T), the stored coordinate.
class QuadLaw {
 public:
  QuadLaw(const std::vector<double>& logits, double temperature)
      : logits_(logits), beta_(1.0 / temperature), maximum_(*std::max_element(logits.begin(), logits.end())) {
    total_ = 0;
    for (const double logit : logits_) {
      weights_.push_back(std::isinf(logit) ? Quad(0) : expq(beta_ * (Quad(logit) - maximum_)));
      total_ += weights_.back();
    }
  }

  [[nodiscard]] Quad probability(std::size_t token) const { return weights_[token] / total_; }
  [[nodiscard]] double log_partition() const { return static_cast<double>(shifted_log() + beta_ * maximum_); }
  [[nodiscard]] double entropy_bits() const { return static_cast<double>(entropy_nat() / logq(2)); }
  [[nodiscard]] double perplexity() const { return static_cast<double>(expq(entropy_nat())); }
  [[nodiscard]] double top_probability() const { return static_cast<double>(1 / total_); }
  [[nodiscard]] double mean() const { return static_cast<double>(maximum_ - mean_depth()); }
  [[nodiscard]] double variance() const { return static_cast<double>(quad_variance()); }
  [[nodiscard]] double heat_capacity() const { return static_cast<double>(beta_ * beta_ * quad_variance()); }
  [[nodiscard]] double entropy_slope() const {
    return static_cast<double>(beta_ * beta_ * beta_ * quad_variance() / logq(2));
  }
  [[nodiscard]] double top_log_slope() const { return static_cast<double>(-beta_ * beta_ * mean_depth()); }

  /// Σp^a
  [[nodiscard]] Quad power_sum(double order) const {
    Quad sum = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      sum += weights_[i] > 0 ? powq(probability(i), order) : 0;
    }
    return sum;
  }
  [[nodiscard]] double collision() const { return static_cast<double>(power_sum(2)); }
  /// Renyi entropy in bit, order neither 1 nor infinite. Σp^a − 1 is formed from the rest: at low T it is
  /// tiny.
  [[nodiscard]] double renyi_bits(double order) const {
    return static_cast<double>(logq(power_sum(order)) / (1 - Quad(order)) / logq(2));
  }
  [[nodiscard]] double min_entropy_bits() const { return static_cast<double>(logq(total_) / logq(2)); }
  /// Σ p ln(p/q)
  [[nodiscard]] double divergence_from(const QuadLaw& other) const {
    Quad sum = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      if (weights_[i] > 0) {
        sum += probability(i) *
               ((other.beta_ - beta_) * (maximum_ - Quad(logits_[i])) + other.shifted_log() - shifted_log());
      }
    }
    return static_cast<double>(sum);
  }
  [[nodiscard]] double cross_entropy(std::size_t label) const {
    return static_cast<double>(shifted_log() + beta_ * (maximum_ - Quad(logits_[label])));
  }

 private:
  /// ln Z − βm without losing what is far below 1.
  [[nodiscard]] Quad shifted_log() const {
    Quad ties = 0;
    Quad rest = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      (logits_[i] == maximum_ ? ties : rest) += weights_[i];
    }
    return logq(ties) + log1pq(rest / ties);
  }
  [[nodiscard]] Quad entropy_nat() const { return shifted_log() + beta_ * mean_depth(); }
  [[nodiscard]] Quad mean_depth() const {
    Quad sum = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      sum += weights_[i] > 0 ? probability(i) * (maximum_ - Quad(logits_[i])) : 0;
    }
    return sum;
  }
  [[nodiscard]] Quad quad_variance() const {
    const Quad mean = mean_depth();
    Quad sum = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const Quad offset = weights_[i] > 0 ? maximum_ - Quad(logits_[i]) - mean : 0;
      sum += probability(i) * offset * offset;
    }
    return sum;
  }

  std::vector<double> logits_;
  Quad beta_;
  Quad maximum_;
  Quad total_;
  std::vector<Quad> weights_;
};

}  // namespace tempsweep::testing
