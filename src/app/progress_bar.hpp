// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tempsweep::app {

/// Whether talk on stderr may use a terminal's abilities.
struct TerminalStyle {
  bool bar = false;
  bool color = false;
};

/// \param when  auto, always or never; auto asks for a terminal, NO_COLOR unset and TERM other than dumb.
[[nodiscard]] TerminalStyle terminal_style(const std::string& when);

/// Done/total, rate and time left on stderr: a line that rewrites itself at most ten times a second on a
/// terminal, else a plain line every 30 seconds.
class ProgressBar {
 public:
  ProgressBar(std::int64_t total, bool silent, TerminalStyle style);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();  ///< clears the line

  void update(std::int64_t done);

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] std::string text(std::int64_t done, int width) const;

  std::int64_t total_;
  bool silent_;
  TerminalStyle style_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point shown_ = start_;
  bool drawn_ = false;
};

/// `3 s`, `4 min 10 s`, `2 h 5 min`.
[[nodiscard]] std::string format_seconds(double seconds);
/// `950`, `1.2 k`, `3.4 M`.
[[nodiscard]] std::string format_quantity(double value);

}  // namespace tempsweep::app
