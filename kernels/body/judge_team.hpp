// SPDX-License-Identifier: Apache-2.0
// The threads of a block as those who add (math/judge_sums.hpp): a lane a thread, the fixed tree of
// math/lane_sums.hpp by shuffles and then by warps. Every thread calls everything and gets every result.
#pragma once

#include <utility>

#include "tempsweep/math/judge_sums.hpp"

#include "kernels/body/collectives.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

/// Cells that were pooled, and the tokens that are cells by themselves.
template <class Token>
struct PooledCells {
  const CellCount* pooled;
  std::int64_t made, next, tokens;
  Token token;

  [[nodiscard]] TEMPSWEEP_DEVICE std::int64_t count() const { return made + (tokens - next); }
  [[nodiscard]] TEMPSWEEP_DEVICE CellCount operator()(std::int64_t i) const {
    if (i < made) {
      return pooled[i];
    }
    const Cell single = token(next + (i - made));
    return {single.expected, single.other};
  }
};

inline constexpr int judge_warps = judge_lanes / lane_group;
inline constexpr int judge_terms = 5;  ///< that are summed at once, at most
inline constexpr std::size_t judge_shared_bytes = sizeof(LaneSum) * judge_warps * judge_terms +
                                                  sizeof(Ranked) * judge_warps + sizeof(Cell) * judge_lanes +
                                                  sizeof(std::int64_t) * (4 + judge_warps);

template <class Block>
class BlockTeam {
 public:
  static constexpr int warps = judge_warps;
  static constexpr int most_terms = judge_terms;

  TEMPSWEEP_DEVICE explicit BlockTeam(Block& block)
      : block_(block),
        sums_(block.template shared<LaneSum>(warps * most_terms)),
        ranked_(block.template shared<Ranked>(warps)),
        staged_(block.template shared<Cell>(judge_lanes)),
        pooled_(block.template shared<std::int64_t>(4)),
        places_(block.template shared<std::int64_t>(warps)) {}

  /// \param cells  memory for those that are pooled
  TEMPSWEEP_DEVICE void set_cells(CellCount* cells) { cells_ = cells; }

  template <std::size_t count, class Term>
  TEMPSWEEP_DEVICE Terms<count> sums(std::int64_t begin, std::int64_t end, const Term& terms) {
    static_assert(count <= most_terms);
    LaneSum mine[count];
    for (std::int64_t i = begin + block_.thread(); i < end; i += judge_lanes) {
      const Terms<count> here = terms(i);
      for (std::size_t p = 0; p < count; ++p) {
        mine[p].add(here.term[p]);
      }
    }
    for (std::size_t p = 0; p < count; ++p) {
      for (int distance = lane_group / 2; distance > 0; distance /= 2) {
        mine[p] = mine[p].with(block_.shuffle_xor(mine[p], distance));
      }
      if (block_.lane() == 0) {
        sums_[block_.warp() * most_terms + static_cast<int>(p)] = mine[p];
      }
    }
    block_.sync();
    Terms<count> all{};
    for (std::size_t p = 0; p < count; ++p) {
      LaneSum total;
      for (int warp = 0; warp < warps; ++warp) {
        total = total.with(sums_[warp * most_terms + static_cast<int>(p)]);
      }
      all.term[p] = total.value();
    }
    block_.sync();
    return all;
  }

  template <class Test>
  TEMPSWEEP_DEVICE std::int64_t last_where(std::int64_t begin, std::int64_t end, const Test& test) {
    std::int64_t last = begin - 1;
    for (std::int64_t i = begin + block_.thread(); i < end; i += judge_lanes) {
      last = test(i) ? i : last;
    }
    return reduce_block(block_, places_, last, [](std::int64_t a, std::int64_t b) { return a > b ? a : b; });
  }

  /// All threads work expectations out, one folds them: which tokens share a cell hangs on every sum before.
  template <class Token>
  TEMPSWEEP_DEVICE PooledCells<Token> pool(std::int64_t tokens, const Token& token) {
    PoolFold fold;
    std::int64_t made = 0;
    const auto put = [this, &made](const Cell& cell) { cells_[made++] = {cell.expected, cell.other}; };
    std::int64_t next = 0;
    for (std::int64_t first = 0; next == first && first < tokens; first += judge_lanes) {
      const std::int64_t here = least(std::int64_t{judge_lanes}, tokens - first);
      if (block_.thread() < here) {
        staged_[block_.thread()] = token(first + block_.thread());
      }
      block_.sync();
      if (block_.thread() == 0) {
        int taken = 0;
        while (taken < here && fold.add(staged_[taken], put)) {
          ++taken;
        }
        pooled_[0] = first + taken;
      }
      block_.sync();
      next = pooled_[0];
    }
    if (block_.thread() == 0) {
      const Cell single = next < tokens ? token(next) : Cell{};
      pooled_[1] = next + (fold.finish(next < tokens ? &single : nullptr, put) ? 1 : 0);
      pooled_[2] = made;
    }
    block_.sync();
    const PooledCells<Token> cells{cells_, pooled_[2], pooled_[1], tokens, token};
    block_.sync();
    return cells;
  }

  template <class Value>
  TEMPSWEEP_DEVICE std::int64_t largest(std::int64_t end, const Value& value) {
    Ranked best;
    for (std::int64_t i = block_.thread(); i < end; i += judge_lanes) {
      const double here = value(i);
      best = here > best.value ? Ranked{here, i} : best;
    }
    return first_of(best).place;
  }

  template <class Bound, class Value>
  TEMPSWEEP_DEVICE CellRanking rank(std::int64_t end, const Bound& bound, const Value& value) {
    CellRanking mine;
    for (std::int64_t i = block_.thread(); i < end; i += judge_lanes) {
      if (bound(i) > mine.least()) {
        mine.add(value(i), i);
      }
    }
    CellRanking all;
    for (Ranked& one : all.best) {
      one = first_of(mine.best[0]);
      if (one.place >= 0 && one.place == mine.best[0].place) {
        mine.pop();
      }
    }
    return all;
  }

 private:
  TEMPSWEEP_DEVICE Ranked first_of(const Ranked& mine) {
    return reduce_block(block_, ranked_, mine,
                        [](const Ranked& a, const Ranked& b) { return a.before(b) ? a : b; });
  }

  template <class T>
  using Shared = decltype(std::declval<Block&>().template shared<T>(1));

  Block& block_;
  Shared<LaneSum> sums_;
  Shared<Ranked> ranked_;
  Shared<Cell> staged_;
  Shared<std::int64_t> pooled_;
  Shared<std::int64_t> places_;
  CellCount* cells_ = nullptr;
};

}  // namespace tempsweep::kernels
