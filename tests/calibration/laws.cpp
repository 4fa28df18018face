// SPDX-License-Identifier: Apache-2.0
#include "calibration/laws.hpp"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

#include <boost/math/distributions/normal.hpp>
#include <fmt/format.h>

#include "tempsweep/source.hpp"

namespace tempsweep::testing {
namespace {

constexpr double peak = 0.933;

/// The same logits in an order that does not follow them: a fixed stride through the vocabulary.
std::vector<double> strewn(const std::vector<double>& logits) {
  std::size_t stride = logits.size() * 618 / 1000 + 1;
  while (std::gcd(stride, logits.size()) != 1) {
    ++stride;
  }
  std::vector<double> row(logits.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i * stride % row.size()] = logits[i];
  }
  return row;
}

std::vector<double> normal_quantiles(double sigma, std::size_t tokens) {
  const boost::math::normal law(0, sigma);
  std::vector<double> logits(tokens);
  for (std::size_t i = 0; i < tokens; ++i) {
    const double u = (static_cast<double>(i) + 0.5) / static_cast<double>(tokens);
    logits[i] = boost::math::quantile(boost::math::complement(law, u));
  }
  return logits;
}

}  // namespace

NamedRow flat_row(std::size_t tokens) {
  return {"flat", std::vector<double>(tokens, 0.0)};
}

NamedRow zipf_row(std::size_t tokens) {
  std::vector<double> logits(tokens);
  for (std::size_t i = 0; i < tokens; ++i) {
    logits[i] = -1.07 * std::log(static_cast<double>(i + 1));
  }
  return {"Zipf 1.07", strewn(logits)};
}

NamedRow normal_row(double sigma, std::size_t tokens) {
  return {fmt::format("normal σ={}", sigma), strewn(normal_quantiles(sigma, tokens))};
}

NamedRow peaked_row(std::size_t tokens) {
  std::vector<double> logits = normal_quantiles(2, tokens - 1);
  double rest = 0;
  for (const double l : logits) {
    rest += std::exp(l);
  }
  logits.push_back(std::log(rest * peak / (1 - peak)));
  return {"peaked", strewn(logits)};
}

NamedRow heavy_tail(double gap, std::size_t tokens) {
  std::vector<double> logits(tokens + 1, -gap);
  logits.back() = 0;
  return {fmt::format("tail {} nats down", gap), std::move(logits)};
}

NamedRow file_row(const std::string& path, std::size_t row) {
  const auto source = open_source(path);
  NamedRow named{fmt::format("model, row {}", row), {}};
  named.logits.resize(static_cast<std::size_t>(source->width()));
  source->read(static_cast<std::int64_t>(row), 1, source->width(), named.logits.data());
  return named;
}

std::string excerpt_path() {
  return std::string(TEMPSWEEP_DATA_DIR) + "/wikitext2_excerpt/logits.npy";
}

}  // namespace tempsweep::testing
