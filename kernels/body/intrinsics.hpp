// SPDX-License-Identifier: Apache-2.0
// Small operations that the card has an instruction for and a plain compiler a function.
#pragma once

#include <cstdint>
#include <cstring>

#include "tempsweep/math/host_device.hpp"

namespace tempsweep::kernels {

TEMPSWEEP_HD inline int count_bits(unsigned mask) {
#if defined(__CUDA_ARCH__)
  return __popc(mask);
#else
  return __builtin_popcount(mask);
#endif
}

/// Number of the lowest set bit; the mask is not 0.
TEMPSWEEP_HD inline int lowest_bit(unsigned mask) {
#if defined(__CUDA_ARCH__)
  return __ffs(static_cast<int>(mask)) - 1;
#else
  return __builtin_ctz(mask);
#endif
}

/// Several numbers that one 16-byte access moves.
template <class T>
struct alignas(16) Vector {
  static constexpr int size = 16 / sizeof(T);
  T lane[16 / sizeof(T)];
};

/// \param from  16-byte aligned, and not written while the kernel runs
template <class T>
TEMPSWEEP_DEVICE inline Vector<T> load_vector(const T* from) {
#if defined(__CUDA_ARCH__)
  const int4 bits = __ldg(reinterpret_cast<const int4*>(from));
  return __builtin_bit_cast(Vector<T>, bits);
#else
  Vector<T> vector{};
  std::memcpy(&vector, from, sizeof vector);
  return vector;
#endif
}

/// \param to  16-byte aligned; the data is not read again soon
template <class T>
TEMPSWEEP_DEVICE inline void store_vector(T* to, const Vector<T>& vector) {
#if defined(__CUDA_ARCH__)
  __stcs(reinterpret_cast<int4*>(to), __builtin_bit_cast(int4, vector));
#else
  std::memcpy(to, &vector, sizeof vector);
#endif
}

/// \param from  16-byte aligned; may have been written by this block
template <class T>
TEMPSWEEP_DEVICE inline Vector<T> read_vector(const T* from) {
#if defined(__CUDA_ARCH__)
  return __builtin_bit_cast(Vector<T>, *reinterpret_cast<const int4*>(from));
#else
  Vector<T> vector{};
  std::memcpy(&vector, from, sizeof vector);
  return vector;
#endif
}

/// \param to  16-byte aligned; may be read again soon
template <class T>
TEMPSWEEP_DEVICE inline void write_vector(T* to, const Vector<T>& vector) {
#if defined(__CUDA_ARCH__)
  *reinterpret_cast<int4*>(to) = __builtin_bit_cast(int4, vector);
#else
  std::memcpy(to, &vector, sizeof vector);
#endif
}

template <class T>
TEMPSWEEP_HD constexpr T least(T a, T b) {
  return b < a ? b : a;
}

template <class T>
TEMPSWEEP_HD constexpr T most(T a, T b) {
  return a < b ? b : a;
}

}  // namespace tempsweep::kernels
