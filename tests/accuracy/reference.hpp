// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "support/quad_law.hpp"

namespace tempsweep::testing {

/// What a law is in 113 bits.
struct Reference {
  Quad entropy = 0;      ///< nat
  Quad total = 0;        ///< Z, where one top token weighs 1
  Quad shifted_log = 0;  ///< ln of it
  Quad mean_depth = 0;   ///< m − ⟨l⟩
  Quad variance = 0;     ///< logit²
  Quad collision = 0;    ///< Σp²
  Quad half_sum = 0;     ///< Σp^½
  Quad beta = 0;         ///< fl(1/T)
};

/// Direct sums from the definitions, as QuadLaw, made for many temperatures of a row: tokens of one value are
/// summed as one term times their number, and what lies so far below the top of the rest that no sum has
/// digits there (240 nat and more; half of it at order ½) is left out.
class ReferenceRow {
 public:
  explicit ReferenceRow(const std::vector<double>& logits);
  [[nodiscard]] Reference at(double temperature) const;
  [[nodiscard]] double maximum() const { return maximum_; }

 private:
  double maximum_ = 0;
  Quad ties_ = 0;
  std::vector<Quad> depths_;  ///< below the maximum, ascending, distinct
  std::vector<Quad> counts_;  ///< of tokens there
};

}  // namespace tempsweep::testing
