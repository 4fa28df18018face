// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "tempsweep/sink.hpp"

namespace tempsweep::testing {

/// A sink that keeps every array of a result in memory, by name: what a test compares.
/// A slab that leaves its array, or an element written twice, is a std::logic_error: both would spoil a file.
class MemorySink final : public Sink {
 public:
  explicit MemorySink(const Schema& schema) {
    std::map<std::string, std::int64_t> sizes;
    for (const Dimension& dimension : schema.dimensions) {
      sizes[dimension.name] = dimension.size;
    }
    for (const Variable& variable : schema.variables) {
      Array array{variable.name, variable.type, {}, {}, {}};
      std::size_t elements = 1;
      for (const auto& name : variable.dimensions) {
        array.shape.push_back(sizes.at(name));
        elements *= static_cast<std::size_t>(sizes.at(name));
      }
      array.bytes.resize(elements * size_of(variable.type),
                         std::byte{variable.unwritten_is_minus_one ? std::uint8_t{0xff} : std::uint8_t{0}});
      array.written.resize(elements);
      arrays_.push_back(std::move(array));
    }
  }

  void write(std::size_t variable, const Slab& slab, std::span<const std::byte> data) override {
    Array& array = arrays_.at(variable);
    const std::size_t width = size_of(array.type);
    std::size_t elements = 1;
    for (std::size_t d = 0; d < array.shape.size(); ++d) {
      if (slab.start.at(d) < 0 || slab.start[d] + slab.count.at(d) > array.shape[d]) {
        throw std::logic_error(array.name + ": slab outside the array");
      }
      elements *= static_cast<std::size_t>(slab.count[d]);
    }
    if (data.size() != elements * width || slab.start.size() != array.shape.size()) {
      throw std::logic_error(array.name + ": slab and data disagree");
    }
    for (std::size_t i = 0; i < elements; ++i) {
      const std::size_t place = place_of(array.shape, slab, i);
      if (array.written[place]) {
        throw std::logic_error(array.name + ": written twice");
      }
      array.written[place] = true;
      std::memcpy(array.bytes.data() + place * width, data.data() + i * width, width);
    }
  }

  void flush() override {}
  void finish(const Attributes& closing) override {
    closing_ = closing;
    finished_ = true;
  }
  std::string suspend(const Attributes& closing) override {
    closing_ = closing;
    suspended_ = true;
    return "memory";
  }

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] bool suspended() const { return suspended_; }
  [[nodiscard]] const Attributes& closing() const { return closing_; }
  [[nodiscard]] bool has(const std::string& name) const {
    return std::any_of(arrays_.begin(), arrays_.end(), [&](const Array& a) { return a.name == name; });
  }
  /// Whether every element of every variable was written.
  [[nodiscard]] bool complete() const {
    return std::all_of(arrays_.begin(), arrays_.end(), [](const Array& a) {
      return std::all_of(a.written.begin(), a.written.end(), [](bool w) { return w; });
    });
  }
  [[nodiscard]] const std::vector<std::byte>& bytes(const std::string& name) const {
    return array(name).bytes;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Array& a : arrays_) {
      all.push_back(a.name);
    }
    return all;
  }

  /// The elements of a variable whose type is `T`.
  template <class T>
  [[nodiscard]] std::vector<T> get(const std::string& name) const {
    const Array& found = array(name);
    if (size_of(found.type) != sizeof(T)) {
      throw std::logic_error(name + ": asked for as another type");
    }
    std::vector<T> values(found.bytes.size() / sizeof(T));
    std::memcpy(values.data(), found.bytes.data(), found.bytes.size());
    return values;
  }

 private:
  struct Array {
    std::string name;
    ElementType type;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;
    std::vector<bool> written;
  };

  /// Place in the array of element `i` of the slab.
  static std::size_t place_of(const std::vector<std::int64_t>& shape, const Slab& slab, std::size_t i) {
    std::size_t place = 0;
    std::size_t stride = 1;
    for (std::size_t d = shape.size(); d-- > 0;) {
      const auto count = static_cast<std::size_t>(slab.count[d]);
      place += (static_cast<std::size_t>(slab.start[d]) + i % count) * stride;
      i /= count;
      stride *= static_cast<std::size_t>(shape[d]);
    }
    return place;
  }

  [[nodiscard]] const Array& array(const std::string& name) const {
    const auto found =
        std::find_if(arrays_.begin(), arrays_.end(), [&](const Array& a) { return a.name == name; });
    if (found == arrays_.end()) {
      throw std::logic_error("no variable " + name);
    }
    return *found;
  }

  std::vector<Array> arrays_;
  Attributes closing_;
  bool finished_ = false;
  bool suspended_ = false;
};

}  // namespace tempsweep::testing
