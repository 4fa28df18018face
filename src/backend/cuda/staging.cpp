// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/staging.hpp"

#include <algorithm>
#include <cstring>

namespace tempsweep::cuda {

Staging::Piece::Piece(const Device& on) : device(on) {
  device.check(device.runtime().create_event(&done), "event creation");
  const kernels::Status status = device.runtime().allocate_pinned(&memory, piece_bytes);
  if (!status.ok()) {
    device.runtime().destroy_event(done);
    device.check(status, "pinned memory", piece_bytes);
  }
}

Staging::Piece::~Piece() {
  device.runtime().destroy_event(done);
  device.runtime().release_pinned(memory);
}

void Staging::wait_for(Piece& piece) const {
  if (piece.busy) {
    device_.check(device_.runtime().wait(piece.done), "waiting for a copy");
    piece.busy = false;
  }
}

Staging::Piece& Staging::next() {
  Piece& piece = pieces_.at(turn_);
  turn_ = 1 - turn_;
  wait_for(piece);
  return piece;
}

void Staging::send(Piece& piece, void* device, std::size_t bytes, kernels::Stream stream) const {
  device_.check(device_.runtime().copy_in(device, piece.memory, bytes, stream), "copy to the device");
  device_.check(device_.runtime().record(piece.done, stream), "event record");
  piece.busy = true;
}

void Staging::upload_bytes(void* device, const void* host, std::size_t bytes, kernels::Stream stream) {
  for (std::size_t done = 0; done < bytes; done += piece_bytes) {
    const std::size_t now = std::min(piece_bytes, bytes - done);
    Piece& piece = next();
    std::memcpy(piece.memory, static_cast<const std::byte*>(host) + done, now);
    send(piece, static_cast<std::byte*>(device) + done, now, stream);
  }
}

void Staging::upload_pinned_rows(double* device, std::int64_t stride, const double* host,
                                 std::int64_t host_stride, std::int64_t rows, std::int64_t columns,
                                 kernels::Stream stream) const {
  constexpr std::int64_t longest_pitch = (std::int64_t{1} << 31U) / std::int64_t{sizeof(double)} - 1;
  const auto bytes = [](std::int64_t doubles) { return static_cast<std::size_t>(doubles) * sizeof(double); };
  if (stride > columns) {
    device_.check(device_.runtime().clear(device, bytes(rows * stride), stream), "clearing");
  }
  if (std::max(stride, host_stride) <= longest_pitch) {
    device_.check(device_.runtime().copy_rows_in(device, bytes(stride), host, bytes(host_stride),
                                                 bytes(columns), static_cast<std::size_t>(rows), stream),
                  "copy to the device");
    return;
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    device_.check(
        device_.runtime().copy_in(device + row * stride, host + row * host_stride, bytes(columns), stream),
        "copy to the device");
  }
}

void Staging::upload_rows(double* device, std::int64_t stride, const double* host, std::int64_t host_stride,
                          std::int64_t rows, std::int64_t columns, kernels::Stream stream) {
  uploads_.begin(stream);
  if (device_.runtime().is_pinned(host)) {
    upload_pinned_rows(device, stride, host, host_stride, rows, columns, stream);
  } else {
    upload_staged_rows(device, stride, host, host_stride, rows, columns, stream);
  }
  uploads_.end(stream);
}

void Staging::upload_staged_rows(double* device, std::int64_t stride, const double* host,
                                 std::int64_t host_stride, std::int64_t rows, std::int64_t columns,
                                 kernels::Stream stream) {
  constexpr auto most = static_cast<std::int64_t>(piece_bytes / sizeof(double));
  if (stride > most) {  // long rows travel in several pieces each
    for (std::int64_t row = 0; row < rows; ++row) {
      upload_bytes(device + row * stride, host + row * host_stride,
                   static_cast<std::size_t>(columns) * sizeof(double), stream);
      const auto rest = static_cast<std::size_t>(stride - columns) * sizeof(double);
      if (rest > 0) {
        device_.check(device_.runtime().clear(device + row * stride + columns, rest, stream), "clearing");
      }
    }
    return;
  }
  const std::int64_t at_once = most / stride;
  for (std::int64_t first = 0; first < rows; first += at_once) {
    const std::int64_t count = std::min(at_once, rows - first);
    Piece& piece = next();
    auto* to = static_cast<double*>(piece.memory);
    for (std::int64_t row = first; row < first + count; ++row) {
      double* const end = std::copy_n(host + row * host_stride, columns, to);
      std::fill(end, to + stride, 0.0);
      to += stride;
    }
    send(piece, device + first * stride, static_cast<std::size_t>(count * stride) * sizeof(double), stream);
  }
}

/// One piece is on its way while the one before it is emptied.
void Staging::download_bytes(void* host, const void* device, std::size_t bytes, kernels::Stream stream) {
  if (bytes > piece_bytes && device_.runtime().is_pinned(host)) {
    device_.check(device_.runtime().copy_out(host, device, bytes, stream), "copy from the device");
    device_.check(device_.runtime().synchronise(stream), "waiting for a copy");
    return;
  }
  Piece* last = nullptr;
  std::size_t last_at = 0;
  std::size_t last_bytes = 0;
  const auto empty = [&] {
    if (last != nullptr) {
      wait_for(*last);
      std::memcpy(static_cast<std::byte*>(host) + last_at, last->memory, last_bytes);
    }
  };
  for (std::size_t done = 0; done < bytes; done += piece_bytes) {
    const std::size_t now = std::min(piece_bytes, bytes - done);
    Piece& piece = next();
    device_.check(
        device_.runtime().copy_out(piece.memory, static_cast<const std::byte*>(device) + done, now, stream),
        "copy from the device");
    device_.check(device_.runtime().record(piece.done, stream), "event record");
    piece.busy = true;
    empty();
    last = &piece;
    last_at = done;
    last_bytes = now;
  }
  empty();
}

}  // namespace tempsweep::cuda
