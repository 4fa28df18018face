// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "tempsweep/backend.hpp"

#include "backend/cuda/copy_clock.hpp"
#include "backend/cuda/device.hpp"

namespace tempsweep::cuda {

/// Copies between the host and the device: straight where the host's memory is pinned, else through two
/// pieces of pinned memory, of which one travels while the other is filled or emptied.
class Staging {
 public:
  static constexpr std::size_t piece_bytes = std::size_t{8} << 20U;
  static constexpr std::size_t total_bytes = 2 * piece_bytes;

  explicit Staging(const Device& device)
      : device_(device), pieces_{Piece(device), Piece(device)}, uploads_(device), downloads_(device) {}

  /// Of rows to the device and of results back. \throws DeviceError
  [[nodiscard]] CopySeconds copy_seconds() { return {uploads_.seconds(), downloads_.seconds()}; }

  /// Queues the copy; `host` may change when this returns.
  template <class T>
  void upload(T* device, std::span<const T> host, kernels::Stream stream) {
    static_assert(std::is_trivially_copyable_v<T>);
    upload_bytes(device, host.data(), host.size_bytes(), stream);
  }
  /// [rows, columns] of doubles into rows of `stride` ≥ columns; what lies between is cleared. Pinned memory
  /// has to stay as it is until the stream has come past the copy.
  void upload_rows(double* device, std::int64_t stride, const double* host, std::int64_t host_stride,
                   std::int64_t rows, std::int64_t columns, kernels::Stream stream);

  /// Waits for the stream and the copy.
  template <class T>
  void download(std::span<T> host, const T* device, kernels::Stream stream) {
    static_assert(std::is_trivially_copyable_v<T>);
    downloads_.begin(stream);
    download_bytes(host.data(), device, host.size_bytes(), stream);
    downloads_.end(stream);
  }

 private:
  struct Piece {
    explicit Piece(const Device& on);
    Piece(const Piece&) = delete;
    Piece& operator=(const Piece&) = delete;
    ~Piece();
    const Device& device;
    void* memory = nullptr;
    kernels::Event done = nullptr;
    bool busy = false;
  };

  /// The next piece, its last journey over.
  Piece& next();
  void wait_for(Piece& piece) const;
  void send(Piece& piece, void* device, std::size_t bytes, kernels::Stream stream) const;
  void upload_staged_rows(double* device, std::int64_t stride, const double* host, std::int64_t host_stride,
                          std::int64_t rows, std::int64_t columns, kernels::Stream stream);
  void upload_pinned_rows(double* device, std::int64_t stride, const double* host, std::int64_t host_stride,
                          std::int64_t rows, std::int64_t columns, kernels::Stream stream) const;
  void upload_bytes(void* device, const void* host, std::size_t bytes, kernels::Stream stream);
  void download_bytes(void* host, const void* device, std::size_t bytes, kernels::Stream stream);

  const Device& device_;
  std::array<Piece, 2> pieces_;
  std::size_t turn_ = 0;
  CopyClock uploads_;
  CopyClock downloads_;
};

}  // namespace tempsweep::cuda
