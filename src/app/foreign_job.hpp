// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tempsweep/core/sampling.hpp"
#include "tempsweep/foreign_draws.hpp"
#include "tempsweep/source.hpp"

#include "app/audit_table.hpp"
#include "app/command_line.hpp"

namespace tempsweep::app {

/// Somebody else's sampler, and the law that it claims.
struct ForeignJob {
  std::unique_ptr<Source> source;
  std::int64_t first_row = 0;
  std::int64_t rows = 1;
  std::int64_t vocabulary = 0;
  double temperature = 1;
  Truncation truncation;
  std::vector<std::string> token_names;  ///< as bytes, or empty
  double alpha = 1e-3;
  int threads = 1;
  std::string draws_name;  ///< the file of the draws; empty when a table alone is audited
  DrawCounts draws;
  std::optional<SamplerTable> table;
};

/// Reads everything but the logits. \throws InputError, FileError, MemoryError
[[nodiscard]] ForeignJob make_foreign_job(const CommandLine& line);

/// The vocabulary of one row. \throws InputError for a row that is no law: NaN, +inf, everything masked
[[nodiscard]] std::vector<double> read_logits(const ForeignJob& job, std::int64_t row);

/// `17`, or `17 'name'` where there are names: for people.
[[nodiscard]] std::string token_text(const ForeignJob& job, std::int64_t token);

}  // namespace tempsweep::app
