// SPDX-License-Identifier: Apache-2.0
#include "io/chunk_packer.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include <libdeflate.h>

#include "tempsweep/core/parallel.hpp"

#include "io/hdf5/library.hpp"

namespace tempsweep::io {
namespace {

constexpr int chunks_a_thread = 2;  ///< packed before they are written
/// Bit of the second filter in HDF5's mask of filters that a chunk went without.
constexpr std::uint32_t without_deflate = 2;

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

/// HDF5's shuffle: the first bytes of all elements, then the second ones, …
void shuffle(const std::byte* elements, std::size_t count, std::size_t bytes, std::byte* out) {
  for (std::size_t b = 0; b < bytes; ++b) {
    for (std::size_t i = 0; i < count; ++i) {
      out[b * count + i] = elements[i * bytes + b];
    }
  }
}

/// The n-th chunk of a slab: where it begins, in chunks from the slab's start.
std::vector<std::uint64_t> place_of(std::uint64_t n, const ChunkGrid& grid, const Slab& slab) {
  std::vector<std::uint64_t> place(grid.chunk.size());
  for (std::size_t d = place.size(); d-- > 0;) {
    const std::uint64_t chunks =
        (static_cast<std::uint64_t>(slab.count[d]) + grid.chunk[d] - 1) / grid.chunk[d];
    place[d] = n % chunks;
    n /= chunks;
  }
  return place;
}

std::uint64_t chunks_in(const ChunkGrid& grid, const Slab& slab) {
  std::uint64_t chunks = 1;
  for (std::size_t d = 0; d < grid.chunk.size(); ++d) {
    chunks *= (static_cast<std::uint64_t>(slab.count[d]) + grid.chunk[d] - 1) / grid.chunk[d];
  }
  return chunks;
}

/// Copies dimension d and those below it of one chunk; what lies beyond the slab stays as it is.
void gather(const ChunkGrid& grid, const Slab& slab, const std::vector<std::uint64_t>& place, std::size_t d,
            std::uint64_t from, std::uint64_t to, std::span<const std::byte> data, std::byte* out) {
  const auto length = static_cast<std::uint64_t>(slab.count[d]);
  const std::uint64_t first = place[d] * grid.chunk[d];
  const std::uint64_t count = std::min(grid.chunk[d], length - first);
  if (d + 1 == grid.chunk.size()) {
    std::memcpy(out + to * grid.chunk[d] * grid.element_bytes,
                data.data() + (from * length + first) * grid.element_bytes, count * grid.element_bytes);
    return;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    gather(grid, slab, place, d + 1, from * length + first + i, to * grid.chunk[d] + i, data, out);
  }
}

}  // namespace

struct ChunkPacker::Workspace {
  std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor;
  std::vector<std::byte> elements;
  std::vector<std::byte> shuffled;
};

struct ChunkPacker::Packed {
  std::vector<std::byte> bytes;
  std::size_t deflated = 0;  ///< bytes; 0: no smaller than it was, and only shuffled
  std::vector<hsize_t> offset;
};

struct ChunkPacker::Job {
  const ChunkGrid& grid;
  const Slab& slab;
  std::span<const std::byte> data;
  std::size_t elements;  ///< of a chunk
};

ChunkPacker::ChunkPacker(int level, int threads) : threads_(threads) {
  for (int t = 0; t < threads; ++t) {
    auto space = std::make_unique<Workspace>();
    space->compressor.reset(libdeflate_alloc_compressor(level));
    if (space->compressor == nullptr) {
      throw std::bad_alloc();
    }
    workspaces_.push_back(std::move(space));
  }
  for (int i = 0; i < threads * chunks_a_thread; ++i) {
    batch_.push_back(std::make_unique<Packed>());
  }
}

ChunkPacker::~ChunkPacker() = default;

bool ChunkPacker::takes(const ChunkGrid& grid, const Slab& slab) {
  for (std::size_t d = 0; d < grid.chunk.size(); ++d) {
    const auto start = static_cast<std::uint64_t>(slab.start[d]);
    const std::uint64_t end = start + static_cast<std::uint64_t>(slab.count[d]);
    if (start % grid.chunk[d] != 0 || (end % grid.chunk[d] != 0 && end != grid.shape[d])) {
      return false;
    }
  }
  return !grid.chunk.empty();
}

void ChunkPacker::pack(std::uint64_t n, const Job& job, Workspace& space, Packed& packed) {
  const auto place = place_of(n, job.grid, job.slab);
  packed.offset.resize(place.size());
  for (std::size_t d = 0; d < place.size(); ++d) {
    packed.offset[d] = static_cast<std::uint64_t>(job.slab.start[d]) + place[d] * job.grid.chunk[d];
  }
  const std::size_t bytes = job.elements * job.grid.element_bytes;
  space.elements.assign(bytes, std::byte{0});
  gather(job.grid, job.slab, place, 0, 0, 0, job.data, space.elements.data());
  space.shuffled.resize(bytes);
  packed.bytes.resize(bytes);
  shuffle(space.elements.data(), job.elements, job.grid.element_bytes, space.shuffled.data());
  packed.deflated = libdeflate_zlib_compress(space.compressor.get(), space.shuffled.data(), bytes,
                                             packed.bytes.data(), bytes - 1);
  if (packed.deflated == 0) {
    packed.bytes.swap(space.shuffled);
  }
}

void ChunkPacker::write(hid_t dataset, const ChunkGrid& grid, const Slab& slab,
                        std::span<const std::byte> data) {
  const std::uint64_t chunks = chunks_in(grid, slab);
  std::size_t elements = 1;
  for (const std::uint64_t length : grid.chunk) {
    elements *= static_cast<std::size_t>(length);
  }
  const std::size_t bytes = elements * grid.element_bytes;
  const Job job{grid, slab, data, elements};
  constexpr std::size_t chunks_held = 2 + chunks_a_thread;
  const auto threads = static_cast<int>(
      std::clamp<std::size_t>(most_bytes / (chunks_held * bytes), 1, static_cast<std::size_t>(threads_)));
  const auto batch = static_cast<std::uint64_t>(threads) * chunks_a_thread;
  for (std::uint64_t first = 0; first < chunks; first += batch) {
    const std::uint64_t count = std::min(batch, chunks - first);
    parallel_for(
        static_cast<std::int64_t>(count), threads,
        [&](std::int64_t i, int worker) {
          pack(first + static_cast<std::uint64_t>(i), job, *workspaces_[static_cast<std::size_t>(worker)],
               *batch_[static_cast<std::size_t>(i)]);
        },
        Interrupts::left_for_later);
    for (std::uint64_t i = 0; i < count; ++i) {
      const Packed& packed = *batch_[i];
      const bool smaller = packed.deflated > 0;
      check(H5Dwrite_chunk(dataset, H5P_DEFAULT, smaller ? 0 : without_deflate, packed.offset.data(),
                           smaller ? packed.deflated : bytes, packed.bytes.data()),
            "writing a chunk");
    }
  }
}

}  // namespace tempsweep::io
