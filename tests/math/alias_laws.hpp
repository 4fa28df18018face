// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace tempsweep::test {

struct WeightLaw {
  std::string name;
  std::vector<double> weights;
};

inline std::vector<double> normal_weights(std::size_t size, double sigma, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, sigma);
  std::vector<double> weights(size);
  std::generate(weights.begin(), weights.end(), [&] { return normal(random); });
  const double top = *std::max_element(weights.begin(), weights.end());
  for (double& w : weights) {
    w = std::exp(w - top);
  }
  return weights;
}

inline std::vector<double> zipf_weights(std::size_t size, double exponent) {
  std::vector<double> weights(size);
  for (std::size_t i = 0; i < size; ++i) {
    weights[i] = std::pow(static_cast<double>(i + 1), -exponent);
  }
  return weights;
}

inline std::vector<double> one_hot(std::size_t size, std::size_t hot) {
  std::vector<double> weights(size, 0.0);
  weights[hot] = 1;
  return weights;
}

inline std::vector<double> zeros_around(std::size_t zeros, std::vector<double> middle) {
  middle.insert(middle.begin(), zeros, 0.0);
  middle.insert(middle.end(), zeros, 0.0);
  return middle;
}

inline std::vector<double> scaled(std::vector<double> weights, double factor) {
  for (double& w : weights) {
    w *= factor;
  }
  return weights;
}

/// Every weight ten times, as rounding to a short format does: remainders tie in groups.
inline std::vector<double> tenfold(const std::vector<double>& once) {
  std::vector<double> weights;
  for (int i = 0; i < 10; ++i) {
    weights.insert(weights.end(), once.begin(), once.end());
  }
  return weights;
}

/// Laws that broke samplers before: powers of two and their neighbours, ties, zeros at the ends, both ends of
/// double.
inline std::vector<WeightLaw> awkward_laws() {
  std::vector<WeightLaw> laws{
      {"single", {1}},
      {"pair", {1, 1}},
      {"three", {1, 1, 1}},
      {"flat 2^10", std::vector<double>(1024, 1.0)},
      {"flat 1000", std::vector<double>(1000, 1.0)},
      {"flat 4097", std::vector<double>(4097, 0.3)},
      {"tied top", {1, 1e-3, 1, 1e-3, 1, 0, 1e-9}},
      {"half and dust", {1, 1e-30, 1e-18, 1e-10}},
      {"Zipf 1.07", zipf_weights(5000, 1.07)},
      {"Zipf rising", zipf_weights(777, 1.07)},
      {"normal 3", normal_weights(32000, 3, 1)},
      {"normal 30", normal_weights(10000, 30, 2)},
      {"one-hot first", one_hot(151936, 0)},
      {"one-hot middle", one_hot(151936, 77777)},
      {"one-hot last", one_hot(151936, 151935)},
      {"zeros at both ends", zeros_around(100, normal_weights(1000, 1, 3))},
      {"1e-300", scaled(normal_weights(999, 2, 4), 1e-300)},
      {"subnormal", scaled(normal_weights(500, 0.5, 5), 1e-318)},
      {"groups of ties", tenfold(normal_weights(6000, 1, 7))},
      {"more groups of ties", tenfold(normal_weights(7000, 2, 8))},
      {"1e300", scaled(normal_weights(500, 2, 6), 1e300)},
  };
  std::reverse(laws[9].weights.begin(), laws[9].weights.end());
  return laws;
}

}  // namespace tempsweep::test
