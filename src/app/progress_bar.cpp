// SPDX-License-Identifier: Apache-2.0
#include "app/progress_bar.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/talk.hpp"

namespace tempsweep::app {
namespace {

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no other thread yet
  return value != nullptr && *value != '\0';
}

}  // namespace

TerminalStyle terminal_style(const std::string& when) {
  const char* term = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): no other thread yet
  const bool capable = isatty(STDERR_FILENO) == 1 && term != nullptr && std::string(term) != "dumb";
  TerminalStyle style{capable, capable && !is_set("NO_COLOR")};
  if (when == "always") {
    style.color = true;
  } else if (when == "never") {
    style.color = false;
  }
  return style;
}

std::string format_seconds(double seconds) {
  if (seconds < 10) {
    return fmt::format("{:.2g} s", seconds);
  }
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 60) {
    return fmt::format("{} s", whole);
  }
  if (whole < 3600) {
    return fmt::format("{} min {} s", whole / 60, whole % 60);
  }
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string format_quantity(double value) {
  constexpr std::array<const char*, 5> prefixes = {"", " k", " M", " G", " T"};
  std::size_t i = 0;
  while (value >= 1000 && i + 1 < prefixes.size()) {
    value /= 1000;
    ++i;
  }
  return i == 0 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}{}", value, prefixes[i]);
}

ProgressBar::ProgressBar(std::int64_t total, bool silent, TerminalStyle style)
    : total_(total), silent_(silent), style_(style) {}

ProgressBar::~ProgressBar() {
  if (drawn_) {
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
  }
}

std::string ProgressBar::text(std::int64_t done, int width) const {
  const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
  const double rate = static_cast<double>(done) / std::max(elapsed, 1e-9);
  const double share = static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(1, total_));
  const std::string numbers =
      fmt::format("{}/{} grid points, {}/s, {} left", done, total_, format_quantity(rate),
                  format_seconds(static_cast<double>(total_ - done) / std::max(rate, 1e-9)));
  const int cells = std::clamp(width - static_cast<int>(numbers.size()) - 4, 0, 40);
  const int full = static_cast<int>(share * cells);
  const std::string bar = std::string(static_cast<std::size_t>(full), '#') +
                          std::string(static_cast<std::size_t>(cells - full), '.');
  const char* on = style_.color ? "\033[32m" : "";
  const char* off = style_.color ? "\033[0m" : "";
  return cells < 8 ? numbers.substr(0, static_cast<std::size_t>(std::max(1, width - 1)))
                   : fmt::format("[{}{}{}] {}", on, bar, off, numbers);
}

void ProgressBar::update(std::int64_t done) {
  const auto now = Clock::now();
  const auto pause = style_.bar ? std::chrono::milliseconds(100) : std::chrono::milliseconds(30000);
  if (silent_ || now - shown_ < pause) {
    return;
  }
  shown_ = now;
  if (style_.bar) {
    talk(fmt::format("\r\033[K{}", text(done, terminal_width())));
    std::fflush(stderr);
    drawn_ = true;
  } else {
    talk(fmt::format("tempsweep: {}\n", text(done, 120)));
  }
}

}  // namespace tempsweep::app
