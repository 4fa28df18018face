// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/memory.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace tempsweep {
namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// First number of a file such as memory.max; "max", a missing file or junk mean no limit.
std::uint64_t number_in(const char* path, std::uint64_t otherwise) {
  std::ifstream file(path);
  std::uint64_t value = 0;
  return file >> value ? value : otherwise;
}

std::uint64_t kernel_estimate() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  std::uint64_t kibibytes = 0;
  std::string unit;
  while (file >> key >> kibibytes) {
    std::getline(file, unit);
    if (key == "MemAvailable:") {
      return kibibytes * 1024;
    }
  }
  return std::uint64_t{1} << 30;
}

std::uint64_t left_in_group(const char* limit_path, const char* usage_path) {
  const std::uint64_t limit = number_in(limit_path, unlimited);
  return limit == unlimited ? unlimited : limit - std::min(limit, number_in(usage_path, 0));
}

}  // namespace

std::uint64_t available_memory() {
  const std::uint64_t second = left_in_group("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current");
  const std::uint64_t first = left_in_group("/sys/fs/cgroup/memory/memory.limit_in_bytes",
                                            "/sys/fs/cgroup/memory/memory.usage_in_bytes");
  return std::min({kernel_estimate(), first, second});
}

}  // namespace tempsweep
