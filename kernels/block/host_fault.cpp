// SPDX-License-Identifier: Apache-2.0
#include "kernels/block/host_fault.hpp"

#include <cstring>

namespace tempsweep::kernels {
namespace {

std::string line_of(FaultKind kind, std::int64_t block, int thread, const std::string& text) {
  std::string line = "block " + std::to_string(block);
  if (thread != BlockFault::no_thread) {
    line += ", thread " + std::to_string(thread);
  }
  return line + ": " + name_of(kind) + ": " + text;
}

}  // namespace

bool same_site(const Site& a, const Site& b) {
  return a.line == b.line && (a.file == b.file || std::strcmp(a.file, b.file) == 0);
}

std::string to_string(const Site& site) {
  return site.file + (":" + std::to_string(site.line));
}

const char* name_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::divergent_barrier:
      return "divergent_barrier";
    case FaultKind::divergent_warp:
      return "divergent_warp";
    case FaultKind::bad_shuffle:
      return "bad_shuffle";
    case FaultKind::shared_overrun:
      return "shared_overrun";
    case FaultKind::shared_uninitialised:
      return "shared_uninitialised";
    case FaultKind::shared_race:
      return "shared_race";
    case FaultKind::shared_mismatch:
      return "shared_mismatch";
  }
  return "?";
}

BlockFault::BlockFault(FaultKind kind, std::int64_t block, int thread, const std::string& text)
    : std::logic_error(line_of(kind, block, thread, text)), kind_(kind), block_(block), thread_(thread) {}

}  // namespace tempsweep::kernels
