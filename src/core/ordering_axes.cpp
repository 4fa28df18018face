// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/ordering_axes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace tempsweep {
namespace {

/// Decimals of at most so many digits are told apart by doubles.
constexpr int sure_digits = 15;
/// Powers of ten that a double holds exactly.
constexpr int largest_power = 22;

std::vector<DoubleDouble> decimal_levels(const std::vector<double>& levels) {
  std::vector<DoubleDouble> decimals(levels.size());
  std::transform(levels.begin(), levels.end(), decimals.begin(), decimal_level);
  return decimals;
}

}  // namespace

DoubleDouble decimal_level(double level) {
  std::array<char, 32> text{};
  const auto written =
      std::to_chars(text.data(), text.data() + text.size(), level, std::chars_format::scientific);
  const std::string_view word(text.data(), static_cast<std::size_t>(written.ptr - text.data()));
  const std::size_t e = word.find('e');  // d.ddde-XX
  if (e == std::string_view::npos) {
    return {level, 0};
  }
  double digits = 0;
  int count = 0;
  for (const char c : word.substr(0, e)) {
    if (c != '.') {
      digits = digits * 10 + (c - '0');
      ++count;
    }
  }
  int exponent = 0;
  const std::string_view power = word.substr(e + 2);
  (void)std::from_chars(power.data(), power.data() + power.size(), exponent);
  const int places = (word[e + 1] == '-' ? exponent : -exponent) + count - 1;
  if (count > sure_digits || places <= 0 || places > largest_power) {
    return {level, 0};
  }
  double ten = 1;
  for (int i = 0; i < places; ++i) {
    ten *= 10;
  }
  return {level, std::fma(-level, ten, digits) / ten};
}

OrderingLists::OrderingLists(const OrderingAxes& axes)
    : nucleus_masses_(decimal_levels(axes.nucleus_masses)),
      top_k_(axes.top_k),
      min_p_(decimal_levels(axes.min_p_levels)),
      thresholds_(decimal_levels(axes.thresholds)) {}

OrderingLevels OrderingLists::view() const {
  return {nucleus_masses_.data(),
          top_k_.data(),
          min_p_.data(),
          thresholds_.data(),
          static_cast<std::int64_t>(nucleus_masses_.size()),
          static_cast<std::int64_t>(top_k_.size()),
          static_cast<std::int64_t>(min_p_.size()),
          static_cast<std::int64_t>(thresholds_.size())};
}

}  // namespace tempsweep
