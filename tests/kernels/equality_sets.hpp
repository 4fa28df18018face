// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tempsweep::testing {

/// Rows of one width, and the temperatures at which both backends look at them.
struct EqualityCase {
  std::vector<double> logits;
  std::vector<double> temperatures;
  std::int64_t rows = 1;
};

struct SetSize {
  std::int64_t rows = 0;     ///< of the real and the adversarial set; 0: 16 and 300
  std::int64_t largest = 0;  ///< wider rows are cut down to it, or left out by the oracle; 0: as they are
  std::string logits;        ///< file of the real set; empty: the excerpt among the data
};

/// `oracle`, `seeded` (laws, ties, masks and bad rows), `real` (a model's), `adversarial` (the corpus of
/// tests/accuracy).
[[nodiscard]] const std::vector<std::string>& equality_sets();

/// The same cases at every call. \throws std::invalid_argument when there is no such set
[[nodiscard]] std::vector<EqualityCase> make_equality_set(const std::string& set, const SetSize& size);

}  // namespace tempsweep::testing
