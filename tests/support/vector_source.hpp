// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tempsweep/source.hpp"

namespace tempsweep::testing {

/// A matrix in memory as a Source; remembers the longest block that was asked for.
class VectorSource final : public Source {
 public:
  VectorSource(std::vector<double> values, std::int64_t rows, std::string name = "memory")
      : values_(std::move(values)), rows_(rows), name_(std::move(name)) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::int64_t rows() const override { return rows_; }
  [[nodiscard]] std::int64_t width() const override { return std::ssize(values_) / rows_; }
  [[nodiscard]] std::string dtype() const override { return "f64"; }
  [[nodiscard]] const std::vector<std::string>& token_names() const override { return no_names_; }
  [[nodiscard]] std::vector<std::string> files() const override { return {}; }
  [[nodiscard]] std::uint64_t scratch_bytes(std::int64_t) const override { return 0; }

  void read(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination) override {
    longest_block_ = std::max(longest_block_, count);
    for (std::int64_t row = first; row < first + count; ++row) {
      destination = std::copy_n(values_.begin() + row * width(), columns, destination);
    }
  }

  [[nodiscard]] std::int64_t longest_block() const { return longest_block_; }

 private:
  std::vector<double> values_;
  std::int64_t rows_;
  std::string name_;
  std::vector<std::string> no_names_;
  std::int64_t longest_block_ = 0;
};

/// Only a shape: for memory plans of grids that nobody could hold.
class ShapeSource final : public Source {
 public:
  ShapeSource(std::int64_t rows, std::int64_t width) : rows_(rows), width_(width) {}
  [[nodiscard]] std::string name() const override { return "shape"; }
  [[nodiscard]] std::int64_t rows() const override { return rows_; }
  [[nodiscard]] std::int64_t width() const override { return width_; }
  [[nodiscard]] std::string dtype() const override { return "f32"; }
  [[nodiscard]] const std::vector<std::string>& token_names() const override { return no_names_; }
  [[nodiscard]] std::vector<std::string> files() const override { return {}; }
  [[nodiscard]] std::uint64_t scratch_bytes(std::int64_t rows) const override {
    return static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(width_) * sizeof(float);
  }
  void read(std::int64_t, std::int64_t, std::int64_t, double*) override {}

 private:
  std::int64_t rows_;
  std::int64_t width_;
  std::vector<std::string> no_names_;
};

}  // namespace tempsweep::testing
