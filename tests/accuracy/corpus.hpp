// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tempsweep::testing {

/// A row of the corpus and where it is looked at.
struct CorpusRow {
  std::uint64_t number = 0;
  std::string law;
  std::vector<double> logits;        ///< at least one of them no −inf
  std::vector<double> temperatures;  ///< strictly increasing, within 1e-6 … 1e6
};

struct CorpusSettings {
  std::uint64_t seed = 1;
  std::int64_t largest = 128256;  ///< vocabulary; larger rows are cut down to it
  /// Rows of a model, [rows, width], that stand among the others; empty: none.
  std::vector<double> model_logits;
  std::int64_t model_width = 0;
};

/// Names of the laws that rows are drawn from, in the order of their tables.
[[nodiscard]] const std::vector<std::string>& corpus_laws();

/// Row `number` of the corpus: the same for the same settings, whatever was made before. Law, vocabulary
/// (1 … 128 256), scale and temperatures are random.
[[nodiscard]] CorpusRow make_corpus_row(const CorpusSettings& settings, std::uint64_t number);

}  // namespace tempsweep::testing
