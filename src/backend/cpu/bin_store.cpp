// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/bin_store.hpp"

#include <algorithm>
#include <new>

namespace tempsweep::cpu {

void BinStore::reset(std::size_t leaves, bool fine) {
  run_.assign(leaves * 16, 0.0);
  sum_.assign(leaves * 16, 0.0);
  total_.assign(leaves * 16, 0.0);
  count_.assign(leaves, 0);
  longest_run_ = 0;
  longest_sum_ = 0;
  const std::size_t size = fine ? leaves * fine_leaves * 2 * fine_moments : 0;
  if (size > fine_size_) {
    fine_ = hwy::AllocateAligned<double>(size);
    fine_size_ = 0;
    if (!fine_) {
      throw std::bad_alloc();
    }
    std::fill_n(fine_.get(), size, 0.0);
    fine_size_ = size;
  }
}

void BinStore::add(std::size_t leaf, const double* moments) {
  double* const to = run(leaf);
  for (std::size_t k = 0; k < 16; ++k) {
    to[k] += moments[k];
  }
  added(leaf);
}

void BinStore::close(std::size_t leaf) {
  const auto move = [&](std::vector<double>& from, std::vector<double>& to) {
    for (std::size_t k = leaf * 16; k < (leaf + 1) * 16; ++k) {
      to[k] += from[k];
      from[k] = 0;
    }
  };
  move(run_, sum_);
  if (count_[leaf] % 256 == 0) {
    move(sum_, total_);
  }
}

const std::vector<double>& BinStore::totals() {
  for (std::size_t k = 0; k < run_.size(); ++k) {
    total_[k] += sum_[k] + run_[k];
  }
  return total_;
}

double BinStore::additions() const {
  const std::uint32_t fullest = count_.empty() ? 0 : *std::max_element(count_.begin(), count_.end());
  const double parts =
      longest_run_ > 0 ? static_cast<double>(fine_leaves) : 0;  // of a leaf, added up at last
  const std::uint32_t to_leaf = std::min(fullest, 16U) + std::min(fullest / 16, 16U) + fullest / 256;
  return longest_run_ + longest_sum_ + parts + to_leaf + 2;
}

}  // namespace tempsweep::cpu
