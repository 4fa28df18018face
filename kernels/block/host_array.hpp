// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "kernels/block/host_fault.hpp"
#include "kernels/block/host_shared.hpp"

namespace tempsweep::kernels {

template <class T>
class SharedReference;

/// An index that remembers where it was written; made where an integer stands in brackets.
struct SharedIndex {
  template <class I, std::enable_if_t<std::is_integral_v<I>, int> = 0>
  SharedIndex(I i, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : value(static_cast<std::int64_t>(i)), site{file, line} {}
  /// `array[other[i]]`
  template <class I>
  SharedIndex(SharedReference<I>&& i, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : SharedIndex(static_cast<I>(std::move(i)), file, line) {}

  std::int64_t value = 0;
  Site site;
};

/// What `array[i]` gives: reads and writes are checked. It lives within its expression: `auto x = array[i];`
/// gives an x that cannot be used: on the card it would be a copy.
template <class T>
class SharedReference {
 public:
  SharedReference(Piece& piece, std::int64_t i, Site site) : piece_(piece), i_(i), site_(site) {}
  SharedReference(const SharedReference&) = delete;
  ~SharedReference() = default;

  operator T() && { return read(); }
  // Assignments give a value, not a reference that could outlive the expression.
  // NOLINTNEXTLINE(misc-unconventional-assign-operator)
  T operator=(const T& value) && { return write(value); }
  // NOLINTNEXTLINE(misc-unconventional-assign-operator)
  T operator=(const SharedReference& other) && { return write(other.read()); }
  T operator+=(const T& value) && { return write(static_cast<T>(read() + value)); }
  T operator-=(const T& value) && { return write(static_cast<T>(read() - value)); }
  T operator*=(const T& value) && { return write(static_cast<T>(read() * value)); }
  T operator/=(const T& value) && { return write(static_cast<T>(read() / value)); }
  T operator|=(const T& value) && { return write(static_cast<T>(read() | value)); }
  T operator&=(const T& value) && { return write(static_cast<T>(read() & value)); }
  T operator^=(const T& value) && { return write(static_cast<T>(read() ^ value)); }
  T operator++() && { return write(static_cast<T>(read() + T{1})); }
  T operator--() && { return write(static_cast<T>(read() - T{1})); }
  T operator++(int) && {  // NOLINT(cert-dcl21-cpp): of type T, as for a pointer
    const T old = read();
    write(static_cast<T>(old + T{1}));
    return old;
  }
  T operator--(int) && {  // NOLINT(cert-dcl21-cpp): of type T, as for a pointer
    const T old = read();
    write(static_cast<T>(old - T{1}));
    return old;
  }

  /// The raw address: what happens there is not seen.
  T* operator&() && {
    piece_.raw = true;
    return address();
  }

 private:
  [[nodiscard]] T* address() const { return reinterpret_cast<T*>(piece_.data) + i_; }
  [[nodiscard]] T read() const {
    piece_.memory->note_read(piece_, i_, site_);
    return *address();
  }
  T write(const T& value) {
    piece_.memory->note_write(piece_, i_, site_);
    return *address() = value;
  }

  Piece& piece_;
  std::int64_t i_;
  Site site_;
};

/// A piece of shared memory, from some element on; on the card a T*. Copies name the same memory.
template <class T>
class SharedArray {
 public:
  SharedArray() = default;
  explicit SharedArray(Piece& piece) : piece_(&piece) {}

  SharedReference<T> operator[](SharedIndex i) const { return {*piece_, checked(i.value, i.site), i.site}; }
  SharedReference<T> operator*() const { return (*this)[0]; }

  SharedArray& operator+=(std::int64_t k) {
    first_ += k;
    return *this;
  }
  SharedArray& operator-=(std::int64_t k) { return *this += -k; }
  friend SharedArray operator+(SharedArray array, std::int64_t k) { return array += k; }
  friend SharedArray operator-(SharedArray array, std::int64_t k) { return array -= k; }

  /// For the atomics of the block: the element, noted as touched by one.
  [[nodiscard]] T& touch_atomically(std::int64_t i, Site site) const {
    const std::int64_t at = checked(i, site);
    piece_->memory->note_atomic(*piece_, at, site);
    return reinterpret_cast<T*>(piece_->data)[at];
  }

 private:
  [[nodiscard]] std::int64_t checked(std::int64_t i, Site site) const {
    const std::int64_t at = first_ + i;
    if (at < 0 || at >= piece_->shape.count) {
      piece_->memory->refuse_index(*piece_, at, site);
    }
    return at;
  }

  Piece* piece_ = nullptr;
  std::int64_t first_ = 0;
};

}  // namespace tempsweep::kernels
