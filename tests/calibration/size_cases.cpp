// SPDX-License-Identifier: Apache-2.0
#include <initializer_list>
#include <utility>

#include "calibration/size.hpp"

namespace tempsweep::testing {
namespace {

constexpr std::uint64_t many = 20000;  ///< seeds that a rate of 0.1 % needs
constexpr std::uint64_t some = 2000;

class Cases {
 public:
  void add(const NamedRow& row, double temperature, std::uint64_t samples,
           std::initializer_list<Sampler> samplers, std::uint64_t seeds) {
    for (const Sampler sampler : samplers) {
      cases_.push_back({{row, temperature, samples, {}}, sampler, seeds});
    }
  }
  std::vector<SizeCase> take() { return std::move(cases_); }

 private:
  std::vector<SizeCase> cases_;
};

void add_small(Cases& cases, std::uint64_t seeds) {
  const auto both = {Sampler::alias, Sampler::multinomial};
  // Few cells and many seeds: here a degree of freedom too many would show.
  cases.add(zipf_row(40), 1, 2000, {Sampler::alias, Sampler::multinomial, Sampler::inverse}, many);
  cases.add(peaked_row(1000), 1, 10000, both, seeds);
  cases.add(flat_row(1000), 1, 10000, both, seeds);
  cases.add(zipf_row(1000), 1, 2000, both, seeds);
  cases.add(normal_row(3, 1000), 1, 10000, both, seeds);
  cases.add(normal_row(3, 1000), 2, 1000, {Sampler::alias, Sampler::inverse}, seeds);
  cases.add(normal_row(3, 1000), 0.5, 100000, {Sampler::multinomial, Sampler::inverse}, seeds);
  cases.add(normal_row(3, 100), 1, 1000, {Sampler::gumbel}, seeds);
  cases.add(zipf_row(100), 0.7, 1000, {Sampler::gumbel, Sampler::inverse}, seeds);
}

void add_tails(Cases& cases, std::size_t tokens) {
  // 300 draws of the tail or so, where there are 200 000 tokens: 60 cells.
  const double share = 200000 / static_cast<double>(tokens);
  for (const auto& [gap, samples] : {std::pair{18.0, 1e5}, {20.5, 1.2e6}, {25.0, 1.1e8}}) {
    const auto n = static_cast<std::uint64_t>(samples * share);
    cases.add(heavy_tail(gap, tokens), 1, n, {Sampler::multinomial}, some);
  }
  cases.add(heavy_tail(18, tokens), 1, 100000, {Sampler::alias}, some);
}

void add_large(Cases& cases) {
  cases.add(peaked_row(32000), 1, 100000, {Sampler::alias, Sampler::multinomial}, some);
  cases.add(flat_row(32000), 1, 100000, {Sampler::multinomial}, some);
  cases.add(zipf_row(32000), 1, 1000000, {Sampler::multinomial}, some);
  cases.add(zipf_row(32000), 2, 100000, {Sampler::alias}, some);
  cases.add(normal_row(3, 32000), 1, 100000, {Sampler::alias, Sampler::inverse}, some);
  cases.add(normal_row(3, 32000), 0.5, 1000000000, {Sampler::multinomial}, some);
  cases.add(normal_row(3, 32000), 1, std::uint64_t{1} << 45U, {Sampler::multinomial}, some);
  cases.add(normal_row(1, 128256), 1, 1000000, {Sampler::multinomial}, some);
}

void add_model(Cases& cases, const std::string& path, std::initializer_list<std::size_t> rows,
               std::uint64_t seeds) {
  for (const std::size_t row : rows) {
    cases.add(file_row(path, row), 0.7, 10000, {Sampler::alias}, seeds);
    cases.add(file_row(path, row), 1, 1000000, {Sampler::multinomial}, seeds);
  }
}

}  // namespace

std::vector<SizeCase> size_cases(const Extent& extent) {
  Cases cases;
  add_small(cases, extent.complete ? many : some);
  add_tails(cases, extent.complete ? 200000 : 2000);
  if (extent.complete) {
    add_large(cases);
    add_model(cases, excerpt_path(), {0, 7}, some);
  }
  if (!extent.model.empty()) {
    add_model(cases, extent.model, {100, 300}, some);
  }
  return cases.take();
}

}  // namespace tempsweep::testing
