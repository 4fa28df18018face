// SPDX-License-Identifier: Apache-2.0
// The pooling rule of Pearson's test, which looks at expectations alone: tokens of least_expected draws are
// cells; from the rare end neighbours join until they reach it; what is left over between the two joins the
// last cell made so, or the rarest single token where none was made.
#pragma once

#include <cstdint>

#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

inline constexpr double least_expected = 5;

/// Tokens that are counted together: how many draws are expected of them, and what else is added up.
struct Cell {
  double expected = 0;
  double other = 0;
  TEMPSWEEP_HD void add(const Cell& token) {
    expected += token.expected;
    other += token.other;
  }
};

/// Takes tokens, the rarest first, and makes cells of those that are too rare to be one.
class PoolFold {
 public:
  /// \param put  called with a cell that is complete  \return false, and nothing taken, at the first token
  /// that is a cell by itself, as all that follow are
  template <class Put>
  TEMPSWEEP_HD bool add(const Cell& token, const Put& put) {
    if (!(token.expected < least_expected)) {
      return false;
    }
    open_.add(token);
    if (open_.expected >= least_expected) {
      if (any_) {
        put(last_);
      }
      last_ = open_;
      any_ = true;
      open_ = {};
    }
    return true;
  }

  /// \param single  the token that add() refused, or null  \return whether it went into the last cell
  template <class Put>
  TEMPSWEEP_HD bool finish(const Cell* single, const Put& put) {
    const bool taken = !any_ && single != nullptr;
    if (taken) {
      last_ = *single;
      any_ = true;
    }
    last_.add(open_);
    if (any_) {
      put(last_);
    }
    return taken;
  }

 private:
  Cell open_;
  Cell last_;  ///< of the cells made so far; it may still take what is left over
  bool any_ = false;
};

/// All cells, in the order of the tokens.
/// \param token  token(i): the i-th, the rarest first  \param take  called with every cell
template <class Token, class Take>
void pool_tokens(std::int64_t tokens, const Token& token, const Take& take) {
  PoolFold fold;
  std::int64_t next = 0;
  while (next < tokens && fold.add(token(next), take)) {
    ++next;
  }
  const Cell single = next < tokens ? token(next) : Cell{};
  next += fold.finish(next < tokens ? &single : nullptr, take) ? 1 : 0;
  for (; next < tokens; ++next) {
    take(token(next));
  }
}

}  // namespace tempsweep
