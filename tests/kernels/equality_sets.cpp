// SPDX-License-Identifier: Apache-2.0
#include "kernels/equality_sets.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <stdexcept>

#include "tempsweep/source.hpp"

#include "accuracy/corpus.hpp"
#include "support/backend_run.hpp"
#include "support/oracle.hpp"

namespace tempsweep::testing {
namespace {

using Cases = std::vector<EqualityCase>;

constexpr std::int64_t real_rows = 16;
constexpr std::int64_t adversarial_rows = 300;
constexpr std::int64_t rows_at_once = 16;  ///< of the real set: dense results are held for all of them

std::vector<double> wide_grid() {
  return {0.0, 1e-6, 0.01, 0.05, 0.1, 0.3, 0.7, 1.0, 1.5, 3.0, 10.0, 1e3, 1e6, HUGE_VAL};
}

std::int64_t at_most(std::int64_t width, const SetSize& size) {
  return size.largest > 0 ? std::min(width, size.largest) : width;
}

Cases oracle(const SetSize& size) {
  Cases all;
  for (const OracleCase& one : read_oracle()) {
    if (std::ssize(one.logits) == at_most(std::ssize(one.logits), size)) {
      all.push_back({one.logits, one.temperatures(), 1});
    }
  }
  return all;
}

Cases seeded(const SetSize& size) {
  Cases all;
  for (unsigned seed = 0; seed < 12; ++seed) {
    const auto width = static_cast<std::size_t>(at_most(50 + 531 * static_cast<std::int64_t>(seed), size));
    auto logits = normal_logits(4 * width, 0.25 * (1U << (seed % 6)), seed);
    if (seed % 3 == 1) {
      for (double& logit : logits) {
        logit = std::nearbyint(4 * logit) / 4;  // ties
      }
    }
    if (seed % 3 == 2) {
      for (std::size_t i = 0; i < logits.size(); i += 7) {
        logits[i] = -HUGE_VAL;
      }
    }
    all.push_back({logits, wide_grid(), 4});
  }
  all.push_back({{1.5}, wide_grid(), 1});
  all.push_back({{1, std::nan(""), 2, 3, HUGE_VAL, 0, -HUGE_VAL, -HUGE_VAL, 0}, wide_grid(), 3});
  const auto wide = static_cast<std::size_t>(at_most(20000, size));
  all.push_back({normal_logits(wide, 3, 99), {0.2, 1.0, 2.0}, 1});
  return all;
}

std::string excerpt() {
  const char* const moved = std::getenv("TEMPSWEEP_DATA_DIR");
  return std::string(moved != nullptr ? moved : TEMPSWEEP_DATA_DIR) + "/wikitext2_excerpt/logits.npy";
}

Cases real(const SetSize& size) {
  const auto source = open_source(size.logits.empty() ? excerpt() : size.logits);
  const std::int64_t rows = std::min(source->rows(), size.rows > 0 ? size.rows : real_rows);
  const std::int64_t width = at_most(source->width(), size);
  Cases all;
  for (std::int64_t first = 0; first < rows; first += rows_at_once) {
    const std::int64_t count = std::min(rows_at_once, rows - first);
    EqualityCase one{std::vector<double>(static_cast<std::size_t>(count * width)),
                     {0.0, 0.05, 0.3, 0.7, 1.0, 2.0, 5.0, HUGE_VAL},
                     count};
    source->read(first, count, width, one.logits.data());
    all.push_back(std::move(one));
  }
  return all;
}

Cases adversarial(const SetSize& size) {
  CorpusSettings settings;
  settings.largest = at_most(settings.largest, size);
  const auto rows = static_cast<std::uint64_t>(size.rows > 0 ? size.rows : adversarial_rows);
  Cases all;
  for (std::uint64_t number = 0; number < rows; ++number) {
    CorpusRow row = make_corpus_row(settings, number);
    all.push_back({std::move(row.logits), std::move(row.temperatures), 1});
  }
  return all;
}

}  // namespace

const std::vector<std::string>& equality_sets() {
  static const std::vector<std::string> names = {"oracle", "seeded", "real", "adversarial"};
  return names;
}

std::vector<EqualityCase> make_equality_set(const std::string& set, const SetSize& size) {
  using Maker = Cases (*)(const SetSize&);
  const std::map<std::string, Maker> makers = {
      {"oracle", oracle}, {"seeded", seeded}, {"real", real}, {"adversarial", adversarial}};
  const auto maker = makers.find(set);
  if (maker == makers.end()) {
    throw std::invalid_argument("no set '" + set + "'");
  }
  return maker->second(size);
}

}  // namespace tempsweep::testing
