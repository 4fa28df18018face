// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/interpolant.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "backend/cpu/ladder_points.hpp"

namespace tempsweep::cpu {
namespace {

constexpr std::size_t nodes = Interpolant::nodes;
/// Leftmost points of the ellipses tried, as shares of the half-octave's begin: near it the sums are small,
/// far from it the ellipse is wide.
constexpr std::array<double, 4> ends = {0.15, 0.25, 0.4, 0.6};

/// cos(πk(i + ½)/n)
double chebyshev(std::size_t k, std::size_t i) {
  static const auto table = [] {
    std::array<double, 4 * nodes> all{};
    for (std::size_t j = 0; j < all.size(); ++j) {
      all[j] = std::cos(std::numbers::pi * static_cast<double>(j) / (2.0 * nodes));
    }
    return all;
  }();
  return table[k * (2 * i + 1) % (4 * nodes)];
}

}  // namespace

int half_octave(double beta) {
  int exponent = 0;
  const double fraction = std::frexp(beta, &exponent);  // beta = fraction·2^exponent, fraction in [1/2, 1)
  return 2 * (exponent - 1) + (fraction >= std::numbers::sqrt2 / 2 ? 1 : 0);
}

double half_octave_begin(int number) {
  const int octave = number >= 0 ? number / 2 : -((1 - number) / 2);
  return std::ldexp(number - 2 * octave == 1 ? std::numbers::sqrt2 : 1.0, octave);
}

void Interpolant::build(const MomentLadder& ladder, int number) {
  number_ = number;
  begin_ = half_octave_begin(number);
  end_ = half_octave_begin(number + 1);
  const double middle = (begin_ + end_) / 2;
  const double half = (end_ - begin_) / 2;
  std::vector<double> betas;
  for (std::size_t i = 0; i < nodes; ++i) {
    betas.push_back(middle + half * chebyshev(1, i));
  }
  betas.push_back(middle);
  for (const double end : ends) {
    betas.push_back(end * begin_);
  }
  std::vector<RestSums> sums(betas.size());
  ladder.sums(betas, sums);
  centre_ = sums[nodes].depth;
  for (std::size_t k = 0; k < nodes; ++k) {
    std::array<double, 3> sum{};
    for (std::size_t i = 0; i < nodes; ++i) {
      const double offset = sums[i].depth - centre_;
      const double weight = sums[i].weight * chebyshev(k, i);
      sum[0] += weight;
      sum[1] += weight * offset;
      sum[2] += weight * (sums[i].variance + offset * offset);
    }
    for (std::size_t f = 0; f < 3; ++f) {
      coefficients_[f][k] = sum[f] * (k == 0 ? 1.0 : 2.0) / static_cast<double>(nodes);
    }
  }
  bound(ladder, sums, betas);
}

/// Σ|y − c|w ≤ √(Σw·Σ(y − c)²w) at the ellipse's end; the other two sums have terms of one sign.
void Interpolant::bound(const MomentLadder& ladder, std::span<const RestSums> sums,
                        std::span<const double> betas) {
  truncation_ = {HUGE_VAL, HUGE_VAL, HUGE_VAL};
  const double middle = (begin_ + end_) / 2;
  const double half = (end_ - begin_) / 2;
  for (std::size_t i = nodes + 1; i < sums.size(); ++i) {
    const double axis = (middle - betas[i]) / half;  // (ρ + 1/ρ)/2
    const double rho = axis + std::sqrt(axis * axis - 1);
    const double factor = 4 * std::pow(rho, 1.0 - static_cast<double>(nodes)) / (rho - 1);
    const double offset = sums[i].depth - centre_;
    constexpr double slack = 1.001;  // for the ladder's own errors in weight and mean
    const double spread = sums[i].variance + ladder.variance_error(betas[i], sums[i]);
    const double weight = slack * sums[i].weight;
    const double second = weight * (spread + slack * offset * offset);
    truncation_[0] = std::min(truncation_[0], factor * weight);
    truncation_[1] = std::min(truncation_[1], factor * std::sqrt(weight * second));
    truncation_[2] = std::min(truncation_[2], factor * second);
  }
  // Values at nodes err by the ladder's share; interpolation enlarges errors by Lebesgue's constant, below 3
  // for 22 Chebyshev nodes, and a coefficient's sum and the recurrence round twice a node.
  rounding_ = {};
  for (std::size_t i = 0; i < nodes; ++i) {
    const SumErrors at = ladder.errors(betas[i], sums[i]);
    const double offset = std::abs(sums[i].depth - centre_);
    const double deviation = std::sqrt(sums[i].variance);
    const double mean = at.mean / betas[i];
    rounding_[0] = std::max(rounding_[0], sums[i].weight * at.log_weight);
    rounding_[1] = std::max(rounding_[1], sums[i].weight * (at.log_weight * offset + mean));
    rounding_[2] = std::max(rounding_[2],
                            sums[i].weight * (at.log_weight * (offset * offset + deviation * deviation) +
                                              2 * mean * offset + ladder.variance_error(betas[i], sums[i])));
  }
  for (std::size_t f = 0; f < 3; ++f) {
    double size = 0;
    for (const double c : coefficients_[f]) {
      size += std::abs(c);
    }
    rounding_[f] = 3 * rounding_[f] + 0x1p-53 * 2 * nodes * size;
  }
}

void Interpolant::sums(std::span<const double> betas, std::span<RestSums> out) const {
  for (std::size_t first = 0; first < betas.size(); first += 8) {
    const std::size_t count = std::min<std::size_t>(8, betas.size() - first);
    double x[8] = {};
    double f[24];
    for (std::size_t i = 0; i < count; ++i) {
      x[i] = ((betas[first + i] - begin_) - (end_ - betas[first + i])) / (end_ - begin_);
    }
    evaluate_series(coefficients_.front().data(), nodes, x, f);
    for (std::size_t i = 0; i < count; ++i) {
      const double offset = f[8 + i] / f[i];
      out[first + i] = {f[i], centre_ + offset, std::max(0.0, f[16 + i] / f[i] - offset * offset), 0};
    }
  }
}

SumErrors Interpolant::errors(double beta, const RestSums& at) const {
  std::array<double, 3> error{};
  for (std::size_t f = 0; f < 3; ++f) {
    error[f] = (truncation_[f] + rounding_[f]) / at.weight;
  }
  const double offset = std::abs(at.depth - centre_);
  const double mean = error[1] + offset * error[0];  // of F₁/F₀
  const double second = at.variance + offset * offset;
  const double variance = error[2] + second * error[0] + 2 * offset * mean;
  return {error[0], beta * mean, at.variance > 0 ? variance / at.variance : HUGE_VAL};
}

}  // namespace tempsweep::cpu
