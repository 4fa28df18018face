// SPDX-License-Identifier: Apache-2.0
// Rows of logits that the samplers and the referee are tried on.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tempsweep::testing {

/// A row by token, and what it is called in the tables.
struct NamedRow {
  std::string name;
  std::vector<double> logits;
};

[[nodiscard]] NamedRow flat_row(std::size_t tokens);
/// Logit -1.07 ln(rank).
[[nodiscard]] NamedRow zipf_row(std::size_t tokens);
/// The quantiles of a normal law.
[[nodiscard]] NamedRow normal_row(double sigma, std::size_t tokens);
/// Quantiles of a normal law with sigma 2 below a top token of probability 0.933 at T = 1.
[[nodiscard]] NamedRow peaked_row(std::size_t tokens);
/// One top token, the last; `tokens` others `gap` nats below it.
[[nodiscard]] NamedRow heavy_tail(double gap, std::size_t tokens);
/// Row `row` of a file.
[[nodiscard]] NamedRow file_row(const std::string& path, std::size_t row);

/// The file's rows that everything here uses: the excerpt that is in this repository.
[[nodiscard]] std::string excerpt_path();

}  // namespace tempsweep::testing
