// SPDX-License-Identifier: Apache-2.0
#include "app/foreign_job.hpp"

#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/core/parallel.hpp"
#include "tempsweep/core/utf8.hpp"
#include "tempsweep/core/vocabulary.hpp"
#include "tempsweep/math/alias_integers.hpp"
#include "tempsweep/math/row_scan.hpp"

#include "app/sampling_options.hpp"
#include "app/sweep_grammar.hpp"
#include "app/validate_grammar.hpp"
#include "core/quote.hpp"
#include "engine/row_reason.hpp"

namespace tempsweep::app {
namespace {

double temperature_of(const CommandLine& line) {
  if (!line.has("temperature")) {
    throw InputError("validate: which temperature was claimed? give --temperature T");
  }
  const std::string word = line.value("temperature");
  const double temperature = parse_real(word, "--temperature");
  if (!(temperature >= 0)) {
    throw InputError(fmt::format("--temperature {}: must be 0 or more; 0 and inf are limits", quote(word)));
  }
  return temperature + 0.0;
}

/// `I`, or `A:B` as in sweep.
void settle_rows(const CommandLine& line, ForeignJob& job) {
  const std::int64_t rows = job.source->rows();
  job.rows = rows;
  if (!line.has("rows")) return;
  const std::string word = line.value("rows");
  if (word.find(':') != std::string::npos) {
    std::tie(job.first_row, job.rows) = parse_rows(word, rows);
    return;
  }
  const std::uint64_t row = parse_count(word, "--rows");
  if (row >= static_cast<std::uint64_t>(rows)) {
    throw InputError(fmt::format("--rows {}: the input has the rows 0 ... {}", quote(word), rows - 1));
  }
  job.first_row = static_cast<std::int64_t>(row);
  job.rows = 1;
}

void settle_vocabulary(const CommandLine& line, ForeignJob& job) {
  job.vocabulary = job.source->width();
  if (line.has("vocab")) {
    const auto sizes = parse_vocabulary_sizes(line.value("vocab"), job.source->width());
    if (sizes.size() != 1) throw InputError("--vocab: one size is judged at a time");
    job.vocabulary = sizes.front();
  }
  if (job.vocabulary > std::int64_t{1} << alias_most_column_bits) {
    throw InputError(fmt::format("--vocab {}: more than 2^31 tokens are not judged", job.vocabulary));
  }
}

DrawCounts read_draws(const CommandLine& line, ForeignJob& job) {
  const bool counts = line.has("counts");
  if (counts && line.has("draws")) throw InputError("validate: give --counts or --draws, not both");
  job.draws_name = line.value(counts ? "counts" : "draws");
  const std::span<const std::string> names = job.token_names;
  const auto width = static_cast<std::size_t>(job.vocabulary);
  const DrawShape shape{job.rows, job.vocabulary, names.empty() ? names : names.first(width)};
  const bool hdf5 = is_hdf5_place(job.draws_name);
  if (counts) {
    return hdf5 ? read_counts(*open_hdf5_numbers(job.draws_name), shape) : read_counts(job.draws_name, shape);
  }
  if (job.draws_name == "-") job.draws_name = "standard input";
  return hdf5 ? count_draws(*open_hdf5_numbers(job.draws_name), shape)
              : count_draws(line.value("draws"), shape);
}

}  // namespace

ForeignJob make_foreign_job(const CommandLine& line) {
  ForeignJob job;
  job.alpha = level_of(line);
  job.threads = parse_threads(line);
  job.temperature = temperature_of(line);
  job.truncation = parse_truncation(line, 1);
  job.source = open_source(line.value("logits"));
  settle_rows(line, job);
  settle_vocabulary(line, job);
  job.token_names = line.has("tokens") ? read_token_names(line.value("tokens"), job.source->width())
                                       : job.source->token_names();
  if (line.has("counts") || line.has("draws")) job.draws = read_draws(line, job);
  if (line.has("audit-table")) {
    if (job.rows != 1) {
      throw InputError(
          fmt::format("--audit-table: a table is one row's law, {} rows are chosen; say which with "
                      "--rows I",
                      job.rows));
    }
    job.table = read_table(line.value("audit-table"), job.vocabulary);
  }
  return job;
}

std::vector<double> read_logits(const ForeignJob& job, std::int64_t row) {
  std::vector<double> logits(static_cast<std::size_t>(job.vocabulary));
  job.source->read(row, 1, job.vocabulary, logits.data());
  ScanPart part;
  for (std::size_t i = 0; i < logits.size(); ++i) part.add(logits[i], static_cast<std::int64_t>(i));
  const RowScan scan = part.finish();
  if (scan.status == RowStatus::ok) return logits;
  throw InputError(fmt::format("{}: {}; such a row is no law, choose others with --rows",
                               job.source->place_of(row), why_no_law(scan, job.vocabulary)));
}

std::string token_text(const ForeignJob& job, std::int64_t token) {
  if (job.token_names.empty()) return std::to_string(token);
  return fmt::format("{} {}", token, quote(valid_utf8(job.token_names[static_cast<std::size_t>(token)])));
}

}  // namespace tempsweep::app
