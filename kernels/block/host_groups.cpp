// SPDX-License-Identifier: Apache-2.0
#include "kernels/block/host_groups.hpp"

#include <algorithm>
#include <utility>

namespace tempsweep::kernels {
namespace {

std::string name_threads(const std::vector<int>& threads) {
  std::string text = threads.size() == 1 ? "thread " : "threads ";
  for (std::size_t i = 0; i < threads.size(); ++i) {
    const std::size_t first = i;
    while (i + 1 < threads.size() && threads[i + 1] == threads[i] + 1) {
      ++i;
    }
    text += (first == 0 ? "" : ", ") + std::to_string(threads[first]);
    text += i == first ? "" : "-" + std::to_string(threads[i]);
  }
  return text;
}

}  // namespace

std::string ThreadGroups::text() const {
  std::string text;
  for (const auto& [what, threads] : groups_) {
    text += (text.empty() ? "" : "; ") + name_threads(threads) + " " + what;
  }
  return text;
}

int ThreadGroups::odd_one() const {
  const auto rank = [](const auto& group) { return std::pair(group.second.size(), group.second.front()); };
  return std::min_element(groups_.begin(), groups_.end(),
                          [&](const auto& a, const auto& b) { return rank(a) < rank(b); })
      ->second.front();
}

}  // namespace tempsweep::kernels
