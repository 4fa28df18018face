// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tempsweep::kernels {

/// Threads sorted by what they do, for messages about threads that do not agree.
class ThreadGroups {
 public:
  /// Threads come in ascending order.
  void add(int thread, const std::string& what) { groups_[what].push_back(thread); }
  [[nodiscard]] std::size_t size() const { return groups_.size(); }
  /// "thread 3 ended; threads 0-2, 4-31 in sync at ..."
  [[nodiscard]] std::string text() const;
  /// First thread of the smallest group: the few are more likely to be wrong than the many.
  [[nodiscard]] int odd_one() const;

 private:
  std::map<std::string, std::vector<int>> groups_;
};

}  // namespace tempsweep::kernels
