// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tempsweep/sink.hpp"

#include "io/hdf5/types.hpp"

namespace tempsweep::io {

/// How a variable is cut: extents by dimension, in elements.
struct ChunkGrid {
  std::vector<std::uint64_t> shape;
  std::vector<std::uint64_t> chunk;
  std::size_t element_bytes = 0;
};

/// Writes compressed chunks: packed by several threads outside HDF5, whose filters know one thread only, and
/// handed to it as its own shuffle and deflate filters would have left them. Bytes of the file do not depend
/// on the number of threads. Holds four chunks a thread; long chunks are packed by fewer threads, so that
/// they take `most_bytes` or little more.
class ChunkPacker {
 public:
  static constexpr std::size_t most_bytes = std::size_t{16} << 20U;

  /// \param level  of deflate, 1 to 12
  ChunkPacker(int level, int threads);
  ~ChunkPacker();
  ChunkPacker(const ChunkPacker&) = delete;
  ChunkPacker& operator=(const ChunkPacker&) = delete;

  /// Whether the slab is made of whole chunks, up to the ends of the axes; only such slabs can be written
  /// here.
  [[nodiscard]] static bool takes(const ChunkGrid& grid, const Slab& slab);
  /// Not ended by an interrupt: a tile is in the file or it is not. \pre takes(grid, slab). \throws
  /// Hdf5Failure, std::bad_alloc
  void write(hid_t dataset, const ChunkGrid& grid, const Slab& slab, std::span<const std::byte> data);

 private:
  struct Workspace;  ///< of one thread
  struct Packed;
  struct Job;  ///< one call of write

  static void pack(std::uint64_t n, const Job& job, Workspace& space, Packed& packed);

  int threads_;
  std::vector<std::unique_ptr<Workspace>> workspaces_;
  std::vector<std::unique_ptr<Packed>> batch_;
};

}  // namespace tempsweep::io
