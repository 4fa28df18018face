// SPDX-License-Identifier: Apache-2.0
// Sums from moments: a level's matrix of 128 bins by 16 moments, times the terms u^k/k! of every β that
// takes the level, times the bins' decay. Bound by the FP64 pipe: 52 operations a bin and β, 6700 a (row,
// β); 16 bytes of shared memory feed five of them. Distance: not run yet (docs/gpu-status.md).
//
// A block takes 16 neighbouring β of a row, level by level. Eight lanes share a β: lane g has the bins g, g +
// 8, …, deep bins of one lane next to those of the others, so that eight rows of moments lie in one stroke of
// shared memory (144 bytes apart). The decay e^(−u(2b + 1)) is one factor of the lane and one of the step. A
// first look with two terms finds the mean well enough that the spread about it loses nothing.
#pragma once

#include "kernels/body/ladder_climb.hpp"
#include "kernels/body/point_choice.hpp"

namespace tempsweep::kernels {

namespace ladder_lanes {
inline constexpr int each = 8;                    ///< lanes a β
inline constexpr int steps = ladder_bins / each;  ///< bins a lane
inline constexpr int vectors = ladder_moments / Vector<double>::size;
inline constexpr int row = vectors + 1;  ///< one vector stays empty
inline constexpr int table = steps + 1;
}  // namespace ladder_lanes

static_assert(EvaluateLadder::threads == EvaluateLadder::betas_at_once * ladder_lanes::each);

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const EvaluateLadder&) {
  constexpr std::size_t level = sizeof(Vector<double>) * ladder_bins * ladder_lanes::row;
  constexpr std::size_t decays = sizeof(double) * EvaluateLadder::betas_at_once * ladder_lanes::table;
  return level + decays + sizeof(std::int32_t) * EvaluateLadder::betas_at_once;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const EvaluateLadder& a) {
  return list_blocks(a.list, a.rows * a.groups());
}

/// Σ(about c) of some bins of one β.
struct LadderSums {
  double weight = 0;
  double first = 0;   ///< Σ(o − t)w, o the bin's centre below c, in half-widths
  double second = 0;  ///< Σ(o − t)²w
  friend TEMPSWEEP_DEVICE LadderSums operator+(const LadderSums& a, const LadderSums& b) {
    return {a.weight + b.weight, a.first + b.first, a.second + b.second};
  }
};

/// Adds up the eight lanes of a β; each gets the result.
template <class Block>
TEMPSWEEP_DEVICE LadderSums fold_lanes(Block& block, LadderSums sums) {
  for (int distance = 1; distance < ladder_lanes::each; distance *= 2) {
    sums = sums + block.shuffle_xor(sums, distance);
  }
  return sums;
}

/// The mean by two terms of the series, in half-widths below the anchor.
template <class Block, class Level, class Decays>
TEMPSWEEP_DEVICE double rough_mean(Block& block, Level level, Decays decays, double own_decay, double u) {
  const int lane = block.lane() % ladder_lanes::each;
  LadderSums sums;
#pragma unroll 4
  for (int i = 0; i < ladder_lanes::steps; ++i) {
    const int bin = lane + ladder_lanes::each * i;
    const Vector<double> low = level[bin * ladder_lanes::row];
    const Vector<double> next = level[bin * ladder_lanes::row + 1];
    const double decay = own_decay * decays[i];
    const double zeroth = std::fma(u, low.lane[1], low.lane[0]);
    const double first = std::fma(u, next.lane[0], low.lane[1]);
    sums.weight = std::fma(decay, zeroth, sums.weight);
    sums.first = std::fma(decay, std::fma(2.0 * bin + 1, zeroth, -first), sums.first);
  }
  sums = fold_lanes(block, sums);
  return sums.first / sums.weight;
}

/// Adds bins of one β, about `centre`: all terms of the series.
template <class Level, class Decays>
TEMPSWEEP_DEVICE LadderSums sum_bins(Level level, Decays decays, double own_decay,
                                     const double (&term)[ladder_terms], double centre, int lane, int first) {
  LadderSums sums;
#pragma unroll 1
  for (int i = first; i < first + ladder_lanes::steps / 2; ++i) {
    const int bin = lane + ladder_lanes::each * i;
    double m[ladder_moments];
#pragma unroll
    for (int k = 0; k < ladder_moments; k += 2) {
      const Vector<double> pair = level[bin * ladder_lanes::row + k / 2];
      m[k] = pair.lane[0];
      m[k + 1] = pair.lane[1];
    }
    constexpr int last = ladder_terms - 1;
    double part[3];  // Σ t^r e^(ut), the small terms first
#pragma unroll
    for (int r = 0; r < 3; ++r) {
      part[r] = term[last] * m[last + r];
#pragma unroll
      for (int k = last - 1; k > 0; --k) {
        part[r] = std::fma(term[k], m[k + r], part[r]);
      }
      part[r] += m[r];
    }
    const double decay = own_decay * decays[i];
    const double offset = 2.0 * bin + 1 - centre;
    const double next = std::fma(offset, part[0], -part[1]);
    const double second = std::fma(offset, next - part[1], part[2]);
    sums.weight = std::fma(decay, part[0], sums.weight);
    sums.first = std::fma(decay, next, sums.first);
    sums.second = std::fma(decay, second, sums.second);
  }
  return sums;
}

/// All bins, in two halves: no part passes more than eleven additions.
template <class Block, class Level, class Decays>
TEMPSWEEP_DEVICE LadderSums sum_halves(Block& block, Level level, Decays decays, double own_decay, double u,
                                       double centre) {
  const int lane = block.lane() % ladder_lanes::each;
  double term[ladder_terms];
  term[0] = 1;
#pragma unroll
  for (int k = 1; k < ladder_terms; ++k) {
    term[k] = term[k - 1] * u * (1.0 / k);
  }
  LadderSums sums;
#pragma unroll 1
  for (int first = 0; first < ladder_lanes::steps; first += ladder_lanes::steps / 2) {
    sums = sums + sum_bins(level, decays, own_decay, term, centre, lane, first);
  }
  return fold_lanes(block, sums);
}

/// A level into shared memory, 16 bytes a load.
template <class Block, class Level>
TEMPSWEEP_DEVICE void load_level(Block& block, const double* moments, Level level) {
  for (int i = block.thread(); i < ladder_bins * ladder_lanes::vectors; i += block.threads()) {
    level[i / ladder_lanes::vectors * ladder_lanes::row + i % ladder_lanes::vectors] =
        load_vector(moments + std::int64_t{i} * Vector<double>::size);
  }
}

/// The sums of the thread's β at a level that is loaded; all lanes of the warp come.
template <class Block, class Level, class Decays>
TEMPSWEEP_DEVICE RestSums sum_level(Block& block, Level level, Decays decays, double beta,
                                    double half_width) {
  const double u = beta * half_width;
  const int lane = block.lane() % ladder_lanes::each;
  for (int i = lane; i < ladder_lanes::steps; i += ladder_lanes::each) {
    decays[i] = exp_minus_product(u, 2 * ladder_lanes::each * i).value();
  }
  block.sync_warp();
  const double own_decay = exp_minus_product(u, 2 * lane + 1).value();
  const double centre = rough_mean(block, level, decays, own_decay, u);
  const LadderSums sums = sum_halves(block, level, decays, own_decay, u, centre);
  block.sync_warp();  // the next level may overwrite the decays
  const double offset = sums.first / sums.weight;
  const double spread = sums.second / sums.weight - offset * offset;
  const double deviation = half_width * std::sqrt(spread > 0 ? spread : 0);
  const double depth = half_width * (centre + offset);
  return {sums.weight, depth > 0 ? depth : 0, deviation * deviation, 0, 0};
}

/// One point's sums; where no level serves it, a weight of 0 and infinite errors.
struct LadderPoint {
  RestSums sums{};
  SumErrors errors{ieee::infinity, ieee::infinity, ieee::infinity};
};

/// The points of a group, one level after another.
/// \param levels  shared, [betas_at_once]: what each β takes, or −1
template <class Block, class Level, class Decays, class Levels>
TEMPSWEEP_DEVICE LadderPoint sum_group(Block& block, const EvaluateLadder& a, std::int64_t row, Level level,
                                       Decays decays, Levels levels, double beta, int mine) {
  LadderPoint point;
  const LadderRow ladder = a.ladders[row];
  int loaded = -1;
#pragma unroll 1
  for (int s = 0; s < EvaluateLadder::betas_at_once; ++s) {
    const int next = levels[s];
    if (next < 0 || next == loaded) {
      continue;
    }
    block.sync();
    load_level(block, a.moments + row * bin_place(a.most_levels, 0) + bin_place(next, 0), level);
    block.sync();
    loaded = next;
    const bool now = mine == next;
    if (block.ballot(now) == 0) {
      continue;
    }
    const double half_width = ladder.shape.half_width(next);
    const RestSums sums = sum_level(block, level, decays, now ? beta : 0.0, half_width);
    if (now) {
      point.sums = sums;
      point.errors = ladder_errors(ladder.relative_error, beta, sums, half_width,
                                   static_cast<double>(a.scans[row].rest()));
    }
  }
  return point;
}

/// Writes a point, and whether it may stay.
TEMPSWEEP_DEVICE inline void settle(const EvaluateLadder& a, std::int64_t row, std::int64_t point,
                                    double beta, const LadderPoint& found) {
  a.choice.sums[point] = found.sums;
  a.choice.errors[point] = found.errors;
  if (a.decide) {
    const bool good = found.sums.weight > 0 && keeps(a.promise, a.scans[row], beta, found.sums, found.errors);
    a.choice.origin[point] = good ? Origin::expansion : Origin::direct;
    a.choice.direct[point] = good ? 0 : 1;
  }
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const EvaluateLadder& a) {
  auto level = block.template shared<Vector<double>>(ladder_bins * ladder_lanes::row);
  auto tables = block.template shared<double>(EvaluateLadder::betas_at_once * ladder_lanes::table);
  auto levels = block.template shared<std::int32_t>(EvaluateLadder::betas_at_once);
  const std::int64_t length = list_length(a.list, a.rows * a.groups());
  const int place = block.thread() / ladder_lanes::each;
  const bool first_lane = block.thread() % ladder_lanes::each == 0;
  for (std::int64_t item = block.index(); item < length; item += block.count()) {
    const std::int64_t group = list_entry(a.list, item);
    const std::int64_t row = group / a.groups();
    const std::int64_t t = group % a.groups() * EvaluateLadder::betas_at_once + place;
    const std::int64_t point = row * a.at.count + t;
    const bool wanted = t < a.at.count && (!a.decide || a.choice.expand[point] != 0);
    const double beta = wanted ? a.at.betas[t] : 0.0;
    const auto mine = static_cast<int>(a.ladders[row].shape.level_of(beta));
    if (first_lane) {
      levels[place] = mine;
    }
    block.sync();
    const LadderPoint found =
        sum_group(block, a, row, level, tables + place * ladder_lanes::table, levels, beta, mine);
    if (wanted && first_lane) {
      settle(a, row, point, beta, found);
    }
    block.sync();
  }
}

}  // namespace tempsweep::kernels
