// SPDX-License-Identifier: Apache-2.0
#include "accuracy/corpus.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <utility>

namespace tempsweep::testing {
namespace {

using Logits = std::vector<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();

class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t row) : engine_(seed * 0x9E3779B97F4A7C15U + row) {}
  double uniform(double a, double b) { return std::uniform_real_distribution<double>(a, b)(engine_); }
  double normal() { return normal_(engine_); }
  /// 10^u, u uniform.
  double decades(double a, double b) { return std::pow(10.0, uniform(a, b)); }
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  void shuffle(Logits& values) { std::shuffle(values.begin(), values.end(), engine_); }

 private:
  std::mt19937_64 engine_;
  std::normal_distribution<double> normal_;
};

Logits filled(std::size_t size, const std::function<double()>& next) {
  Logits logits(size);
  std::generate(logits.begin(), logits.end(), next);
  return logits;
}

Logits normal(std::size_t size, double deviation, Random& random) {
  return filled(size, [&] { return deviation * random.normal(); });
}

Logits any_normal(std::size_t size, Random& random) {
  return normal(size, random.decades(-2, 1.5), random);
}

Logits gumbel(std::size_t size, Random& random) {
  const double scale = random.decades(-1, 1);
  return filled(size, [&] { return -scale * std::log(-std::log(random.uniform(1e-12, 1 - 1e-12))); });
}

Logits zipf(std::size_t size, Random& random) {
  const double exponent = random.uniform(0.5, 3);
  double rank = 0;
  Logits logits = filled(size, [&] { return -exponent * std::log(rank += 1); });
  random.shuffle(logits);
  return logits;
}

Logits uniform(std::size_t size, Random& random) {
  const double width = random.decades(-3, 4);
  return filled(size, [&] { return random.uniform(0, width); });
}

/// One token far above the rest.
Logits lone_top(std::size_t size, Random& random) {
  Logits logits = normal(size, random.decades(-2, 1), random);
  const double top = *std::max_element(logits.begin(), logits.end());
  logits[random.below(size)] = top + random.decades(0, 4);
  return logits;
}

Logits tied_tops(std::size_t size, Random& random) {
  Logits logits = any_normal(size, random);
  const double top = *std::max_element(logits.begin(), logits.end());
  const std::size_t ties = 1 + random.below(random.one_in(2) ? size : std::min<std::size_t>(size, 4));
  for (std::size_t i = 0; i < ties; ++i) {
    logits[random.below(size)] = top;
  }
  return logits;
}

/// Several just below the top, by 1e-15 to 1e-6 of it.
Logits near_ties(std::size_t size, Random& random) {
  Logits logits = any_normal(size, random);
  const double top = *std::max_element(logits.begin(), logits.end()) + 1;
  const std::size_t near = 1 + random.below(std::min<std::size_t>(size, 20));
  for (std::size_t i = 0; i < near; ++i) {
    logits[random.below(size)] = top * (1 - random.decades(-15, -6));
  }
  return logits;
}

/// Two or three clusters far apart, narrow or wide, of any sizes.
Logits clusters(std::size_t size, Random& random) {
  const std::size_t count = 2 + random.below(2);
  std::array<double, 3> centre = {0, -random.decades(-1, 4), -random.decades(-1, 4)};
  std::array<double, 3> width = {random.decades(-9, 0), random.decades(-9, 0), random.decades(-6, 1)};
  const double share = random.decades(-4, 0);
  return filled(size, [&] {
    const std::size_t which = random.uniform(0, 1) < share ? 0 : 1 + random.below(count - 1);
    return centre.at(which) + width.at(which) * random.normal();
  });
}

/// Rounded to so many bits of mantissa: 11 as float16 has, 8 as bfloat16.
Logits rounded(Logits logits, int bits) {
  for (double& logit : logits) {
    int exponent = 0;
    const double fraction = std::frexp(logit, &exponent);
    logit = std::ldexp(std::nearbyint(std::ldexp(fraction, bits)), exponent - bits);
  }
  return logits;
}

/// All within 1e-9 about any place.
Logits hardly_spread(std::size_t size, Random& random) {
  const double place = random.uniform(-30, 30);
  return filled(size, [&] { return place + random.uniform(0, 1e-9); });
}

Logits masked(std::size_t size, Random& random) {
  Logits logits = any_normal(size, random);
  const double share = random.uniform(0.3, 1);
  for (double& logit : logits) {
    logit = random.uniform(0, 1) < share ? -infinity : logit;
  }
  logits[random.below(size)] = random.normal();
  return logits;
}

/// Far from 0, where logits are coarse.
Logits offset(std::size_t size, Random& random) {
  const double far = random.decades(2, 12) * (random.one_in(2) ? 1 : -1);
  const double deviation = random.decades(0, 1.5) * (1 + std::abs(far) * 1e-13);
  return filled(size, [&] { return far + deviation * random.normal(); });
}

/// Depths of every order of magnitude.
Logits all_scales(std::size_t size, Random& random) {
  const double least = random.uniform(-14, 0);
  Logits logits = filled(size, [&] { return -random.decades(least, 4); });
  logits[random.below(size)] = 0;
  return logits;
}

/// On, or a unit beside, multiples of a power of two: the edges of bins.
Logits on_edges(std::size_t size, Random& random) {
  const double step = std::ldexp(1.0, static_cast<int>(random.below(16)) - 10);
  return filled(size, [&] {
    const double edge = -step * static_cast<double>(random.below(300));
    return random.one_in(3) ? std::nextafter(edge, random.one_in(2) ? -infinity : infinity) : edge;
  });
}

using Maker = std::function<Logits(std::size_t, Random&)>;

const std::vector<std::pair<std::string, Maker>>& makers() {
  static const std::vector<std::pair<std::string, Maker>> all = {
      {"normal", any_normal},
      {"Gumbel", gumbel},
      {"Zipf", zipf},
      {"uniform", uniform},
      {"one far above", lone_top},
      {"ties at the top", tied_tops},
      {"near ties", near_ties},
      {"clusters", clusters},
      {"float16", [](std::size_t n, Random& r) { return rounded(normal(n, r.decades(-1, 1), r), 11); }},
      {"bfloat16", [](std::size_t n, Random& r) { return rounded(normal(n, r.decades(-1, 1), r), 8); }},
      {"spread 1e-9", hardly_spread},
      {"masked", masked},
      {"offset", offset},
      {"all scales", all_scales},
      {"edges of bins", on_edges}};
  return all;
}

constexpr const char* model_law = "model";

/// Vocabularies and how many of 1000 rows have them.
std::size_t vocabulary(Random& random, std::int64_t largest) {
  constexpr std::array<std::pair<std::size_t, double>, 8> sizes = {
      {{1, 10}, {2, 60}, {3, 80}, {10, 240}, {100, 300}, {1000, 275}, {20000, 32}, {128256, 3}}};
  double left = random.uniform(0, 1000);
  for (const auto& [size, share] : sizes) {
    left -= share;
    if (left < 0) {
      return std::min(size, static_cast<std::size_t>(largest));
    }
  }
  return 1;
}

/// Two of any order of magnitude, and three where some depth of the row weighs something.
std::vector<double> temperatures(const Logits& logits, Random& random) {
  std::vector<double> all = {random.decades(-6, 6), random.decades(-6, 6)};
  const double top = *std::max_element(logits.begin(), logits.end());
  for (int k = 0; k < 3; ++k) {
    const double depth = top - logits[random.below(logits.size())];
    const double scale = std::isfinite(depth) && depth > 0 ? depth : 1;
    all.push_back(std::clamp(scale * random.decades(-2.5, 1.5), 1e-6, 1e6));
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Logits model_row(const CorpusSettings& settings, Random& random) {
  const auto width = static_cast<std::size_t>(settings.model_width);
  const std::size_t row = random.below(settings.model_logits.size() / width);
  const auto* const begin = settings.model_logits.data() + row * width;
  return {begin, begin + std::min(width, static_cast<std::size_t>(settings.largest))};
}

}  // namespace

const std::vector<std::string>& corpus_laws() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& maker : makers()) {
      all.push_back(maker.first);
    }
    all.emplace_back(model_law);
    return all;
  }();
  return names;
}

CorpusRow make_corpus_row(const CorpusSettings& settings, std::uint64_t number) {
  Random random(settings.seed, number);
  CorpusRow row{number, {}, {}, {}};
  if (!settings.model_logits.empty() && random.one_in(100)) {
    row.law = model_law;
    row.logits = model_row(settings, random);
  } else {
    const auto& [name, make] = makers()[random.below(makers().size())];
    row.law = name;
    row.logits = make(vocabulary(random, settings.largest), random);
    if (random.one_in(3)) {  // as an input of float32 would have them
      std::transform(row.logits.begin(), row.logits.end(), row.logits.begin(),
                     [](double logit) { return static_cast<double>(static_cast<float>(logit)); });
    }
  }
  row.temperatures = temperatures(row.logits, random);
  return row;
}

}  // namespace tempsweep::testing
