// SPDX-License-Identifier: Apache-2.0
// The three methods over a random, adversarial corpus against 113-bit direct sums:
//   accuracy_corpus [--rows N] [--seed S] [--largest V] [--model LOGITS.npy] [--row NUMBER]
// Markdown tables on stdout; every broken promise on stderr, and exit status 1. --row looks at one row alone.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "tempsweep/core/number.hpp"
#include "tempsweep/source.hpp"

#include "accuracy/judge.hpp"
#include "accuracy/tables.hpp"
#include "backend/cpu/cpu_backend.hpp"

namespace tempsweep::testing {
namespace {

struct Options {
  CorpusSettings corpus;
  std::uint64_t rows = 10000;
  std::int64_t only = -1;
};

/// Rows of a model that are kept in memory.
constexpr std::int64_t most_model_rows = 64;

void read_model(const std::string& path, CorpusSettings& settings) {
  const auto source = open_source(path);
  const std::int64_t rows = std::min(source->rows(), most_model_rows);
  settings.model_width = source->width();
  settings.model_logits.resize(static_cast<std::size_t>(rows * settings.model_width));
  source->read(0, rows, settings.model_width, settings.model_logits.data());
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string word = argv[i];
    const std::string value = argv[i + 1];
    if (word == "--rows") {
      options.rows = parse_count(value, word);
    } else if (word == "--seed") {
      options.corpus.seed = parse_count(value, word);
    } else if (word == "--largest") {
      options.corpus.largest = static_cast<std::int64_t>(parse_count(value, word));
    } else if (word == "--row") {
      options.only = static_cast<std::int64_t>(parse_count(value, word));
    } else if (word == "--model") {
      read_model(value, options.corpus);
    } else {
      throw std::invalid_argument(word + " is no option");
    }
  }
  return options;
}

/// By tolerance, and within it each method after the one that it steps down to.
std::vector<Tally> make_tallies() {
  std::vector<Tally> tallies;
  for (const double tolerance : {1e-12, 1e-9, 1e-6}) {
    for (const Method method : {Method::direct, Method::expansion, Method::interpolation}) {
      tallies.emplace_back(Way{method, tolerance});
    }
  }
  return tallies;
}

void judge_row(const CorpusRow& row, bool verbose, std::vector<Tally>& tallies) {
  const ReferenceRow reference(row.logits);
  std::vector<Reference> exact;
  for (const double temperature : row.temperatures) {
    exact.push_back(reference.at(temperature));
  }
  const Reference unit = reference.at(1);
  BackendRun below;
  for (Tally& tally : tallies) {
    const Wanted wanted = want_judged(tally.way());
    Wanted complete = wanted_at_width(wanted, row.logits.size());
    complete.grid = row.temperatures;
    BackendRun run =
        run_backend(cpu::backend_entry().create(complete, {1, 0}), wanted, row.logits, row.temperatures, {});
    tally.add(row, run, tally.way().method == Method::direct ? nullptr : &below, reference.maximum(), exact,
              unit, verbose);
    below = std::move(run);
  }
}

int run(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  auto tallies = make_tallies();
  const auto first = options.only < 0 ? 0 : static_cast<std::uint64_t>(options.only);
  const std::uint64_t end = options.only < 0 ? options.rows : first + 1;
  for (std::uint64_t number = first; number < end; ++number) {
    judge_row(make_corpus_row(options.corpus, number), options.only >= 0, tallies);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("%s", markdown_tables(tallies, end - first, options.corpus, seconds).c_str());
  std::int64_t violations = 0;
  for (const Tally& tally : tallies) {
    violations += tally.violations();
  }
  return violations == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tempsweep::testing

int main(int argc, char** argv) {
  try {
    return tempsweep::testing::run(tempsweep::testing::parse(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "accuracy_corpus: %s\n", error.what());
    return 2;
  }
}
