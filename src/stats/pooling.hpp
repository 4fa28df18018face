// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tempsweep::stats {

inline constexpr double least_expected = 5;

/// Tokens that are counted together: how many draws are expected of them, and what else is added up.
struct Cell {
  double expected = 0;
  double other = 0;
  void add(const Cell& token) {
    expected += token.expected;
    other += token.other;
  }
};

/// The pooling rule of Pearson's test, which looks at expectations alone: tokens of least_expected draws are
/// cells; from the rare end neighbours join until they reach it; what is left over between the two joins the
/// last cell made so, or the rarest single token where none was made.
/// \param token  token(i): the i-th, the rarest first  \param take  called with every cell, in that order
template <class Token, class Take>
void pool_tokens(std::size_t tokens, const Token& token, const Take& take) {
  Cell open;
  Cell last;  // of the cells made so far; it may still take what is left over
  bool any = false;
  const auto close = [&](const Cell& cell) {
    if (any) {
      take(last);
    }
    last = cell;
    any = true;
  };
  std::size_t i = 0;
  for (; i < tokens; ++i) {
    const Cell next = token(i);
    if (!(next.expected < least_expected)) {
      break;
    }
    open.add(next);
    if (open.expected >= least_expected) {
      close(open);
      open = {};
    }
  }
  if (!any && i < tokens) {
    close(token(i++));
  }
  last.add(open);
  for (; i < tokens; ++i) {
    close(token(i));
  }
  if (any) {
    take(last);
  }
}

}  // namespace tempsweep::stats
