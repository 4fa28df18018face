// SPDX-License-Identifier: Apache-2.0
// The way to the host: copies from and to pinned memory, one direction at a time.
#include <cstring>

#include "probes.cuh"

namespace tempsweep::roofs {

std::vector<Roof> measure_host_copies(const Lab& lab) {
  constexpr int repeats = 9;
  constexpr std::size_t bytes = std::size_t{256} << 20;
  const Buffer<char> host(bytes, Place::pinned_host);
  const Buffer<char> device(bytes);
  std::memset(host.get(), 1, bytes);
  const auto copy = [&](void* to, const void* from, cudaMemcpyKind kind) {
    return median_seconds(lab.stream, repeats, [&] {
      check(cudaMemcpyAsync(to, from, bytes, kind, lab.stream.get()), "cudaMemcpyAsync");
    });
  };
  const double there = copy(device.get(), host.get(), cudaMemcpyHostToDevice);
  const double back = copy(host.get(), device.get(), cudaMemcpyDeviceToHost);
  return {lab.roof("copy_host_to_device", "bytes", static_cast<double>(bytes), there, repeats, 0),
          lab.roof("copy_device_to_host", "bytes", static_cast<double>(bytes), back, repeats, 0)};
}

}  // namespace tempsweep::roofs
