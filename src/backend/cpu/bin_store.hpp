// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <hwy/aligned_allocator.h>

namespace tempsweep::cpu {

inline constexpr std::size_t fine_leaves = 4;   ///< equal parts of a leaf, in long rows
inline constexpr std::size_t fine_moments = 8;  ///< that those keep

/// Moments of a ladder's leaves while tokens are inserted. Sixteen moments that follow one another are added
/// up, sixteen such sums again, and those into totals, so that nothing passes more than 32 additions and what
/// its totals take.
///
/// Long rows have parts of leaves, a quarter as wide, where eight moments say enough: half the memory traffic
/// a token. In a part 32 tokens make a run, 32 runs a sum, and sums go into the leaf.
class BinStore {
 public:
  /// Empties it for this many leaves. \param fine  whether there are parts of leaves
  void reset(std::size_t leaves, bool fine);

  /// Adds sixteen moments to a leaf.
  void add(std::size_t leaf, const double* moments);
  /// The sums of a leaf that moments may be added to in place, each time followed by added().
  [[nodiscard]] double* run(std::size_t leaf) { return run_.data() + 16 * leaf; }
  void added(std::size_t leaf) {
    if (++count_[leaf] % 16 == 0) {
      close(leaf);
    }
  }

  /// [parts, run or sum, 8], zero between uses, 64-byte aligned.
  [[nodiscard]] double* fine() { return fine_.get(); }
  /// Tokens that were added up one after another in a part.
  void note_run(double tokens) { longest_run_ = tokens > longest_run_ ? tokens : longest_run_; }
  /// Runs that were added up one after another.
  void note_sum(double runs) { longest_sum_ = runs > longest_sum_ ? runs : longest_sum_; }

  /// Closes everything: moments of the leaves, [leaves, 16].
  const std::vector<double>& totals();
  /// Additions that a token passed at most.
  [[nodiscard]] double additions() const;

 private:
  void close(std::size_t leaf);

  std::vector<double> run_, sum_, total_;
  std::vector<std::uint32_t> count_;  ///< additions to each leaf
  hwy::AlignedFreeUniquePtr<double[]> fine_;
  std::size_t fine_size_ = 0;
  double longest_run_ = 0;
  double longest_sum_ = 0;
};

}  // namespace tempsweep::cpu
