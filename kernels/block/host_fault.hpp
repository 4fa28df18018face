// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace tempsweep::kernels {

/// A place in the source of a kernel.
struct Site {
  const char* file = "";
  int line = 0;
};

[[nodiscard]] bool same_site(const Site& a, const Site& b);
[[nodiscard]] std::string to_string(const Site& site);  ///< file:line

/// What a kernel can do wrong; host_block.hpp says what each one covers.
enum class FaultKind {
  divergent_barrier,
  divergent_warp,
  bad_shuffle,
  shared_overrun,
  shared_uninitialised,
  shared_race,
  shared_mismatch,
};

[[nodiscard]] const char* name_of(FaultKind kind);

/// A kernel that breaks the rules of its block. `what()` is one line: block, thread, kind, what and where.
class BlockFault : public std::logic_error {
 public:
  static constexpr int no_thread = -1;  ///< when nobody can tell whose fault it is

  BlockFault(FaultKind kind, std::int64_t block, int thread, const std::string& text);
  [[nodiscard]] FaultKind kind() const noexcept { return kind_; }
  [[nodiscard]] std::int64_t block() const noexcept { return block_; }
  [[nodiscard]] int thread() const noexcept { return thread_; }

 private:
  FaultKind kind_;
  std::int64_t block_;
  int thread_;
};

}  // namespace tempsweep::kernels
