// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "kernels/block/host_array.hpp"
#include "kernels/block/host_fault.hpp"
#include "kernels/block/host_warp.hpp"

/// A CUDA thread block on the host: every thread is a fibre; blocks run one after another on the calling
/// thread.
///
/// Checked; each throws BlockFault out of run_on_host, naming block, thread and file:line:
///   divergent_barrier     threads wait at different sync(), or some have ended
///   divergent_warp        lanes of a mask have ended, wait at a sync(), or are in another warp operation
///   bad_shuffle           a source lane outside the mask or the block; a caller outside its own mask
///   shared_overrun        an index outside its piece; bytes beside a piece overwritten through a raw address
///                         (seen at the next sync() or at the end of the block); more than the declared bytes
///   shared_uninitialised  an element is read before any thread of this block has written it
///   shared_race           two threads touch an element, one of them writing, in no order; atomics do not
///                         race with one another. A sync() orders all threads of the block, a sync_warp() the
///                         lanes that took part in it; shuffles and votes order nothing, as on the card
///   shared_mismatch       threads ask for different pieces; one that ends early may ask for none at all
///
/// Not checked:
///   - real concurrency, bank conflicts, registers, whatever takes the timing of a card to show. A thread
///     runs until it waits or ends: one that spins on memory until another writes it spins for ever;
///   - that writes may be seen late: here they are seen at once;
///   - global memory: neither bounds (AddressSanitizer sees those) nor races, within a block or between
///     blocks;
///   - shared memory through raw addresses (`&array[i]`), and from then on uninitialised reads of that piece;
///   - races: of several lanes of one warp that read an element or change it atomically, those before a warp
///     operation of part of the warp are forgotten once another lane has done so after it; parts of one
///     element are not told apart;
///   - two calls on one line of source count as one site.
namespace tempsweep::kernels {

inline constexpr unsigned all_lanes = 0xffffffffU;

class BlockRun;

/// What one thread sees of its block. The block of the card has the same members, less `file` and `line`,
/// which nobody passes by hand. Lanes that do not exist are outside every mask. A body must not wait inside a
/// catch block, nor in a destructor.
class HostBlock {
 public:
  HostBlock(BlockRun& run, std::int64_t index, std::int64_t count, int thread, int threads)
      : run_(run), index_(index), count_(count), thread_(thread), threads_(threads) {}
  HostBlock(const HostBlock&) = delete;
  HostBlock& operator=(const HostBlock&) = delete;
  HostBlock(HostBlock&&) = delete;
  HostBlock& operator=(HostBlock&&) = delete;
  ~HostBlock() = default;

  [[nodiscard]] std::int64_t index() const { return index_; }  ///< of this block in the grid
  [[nodiscard]] std::int64_t count() const { return count_; }  ///< blocks of the grid
  [[nodiscard]] int thread() const { return thread_; }
  [[nodiscard]] int threads() const { return threads_; }
  [[nodiscard]] int lane() const { return thread_ % 32; }
  [[nodiscard]] int warp() const { return thread_ / 32; }

  void sync(const char* file = __builtin_FILE(), int line = __builtin_LINE());
  void sync_warp(unsigned mask = all_lanes, const char* file = __builtin_FILE(), int line = __builtin_LINE());

  /// The value of another lane. T: trivially copyable, up to 128 bytes.
  template <class T>
  T shuffle(T value, int source_lane, unsigned mask = all_lanes, const char* file = __builtin_FILE(),
            int line = __builtin_LINE()) {
    return exchange(value, WarpOp::shuffle, source_lane, mask, {file, line});
  }
  template <class T>
  T shuffle_xor(T value, int lane_mask, unsigned mask = all_lanes, const char* file = __builtin_FILE(),
                int line = __builtin_LINE()) {
    return exchange(value, WarpOp::shuffle_xor, lane() ^ lane_mask, mask, {file, line});
  }
  /// The value of lane + delta; the caller's own where that is past 31. delta >= 0.
  template <class T>
  T shuffle_down(T value, int delta, unsigned mask = all_lanes, const char* file = __builtin_FILE(),
                 int line = __builtin_LINE()) {
    const int source = delta < 0 ? delta : (delta > 31 - lane() ? lane() : lane() + delta);
    return exchange(value, WarpOp::shuffle_down, source, mask, {file, line});
  }
  /// The value of lane - delta; the caller's own where that is below 0. delta >= 0.
  template <class T>
  T shuffle_up(T value, int delta, unsigned mask = all_lanes, const char* file = __builtin_FILE(),
               int line = __builtin_LINE()) {
    const int source = delta < 0 ? delta : (delta > lane() ? lane() : lane() - delta);
    return exchange(value, WarpOp::shuffle_up, source, mask, {file, line});
  }

  /// The lanes of the mask whose predicate holds.
  unsigned ballot(bool predicate, unsigned mask = all_lanes, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE());
  /// The lanes of the mask with an equal value.
  unsigned match_any(std::uint32_t value, unsigned mask = all_lanes, const char* file = __builtin_FILE(),
                     int line = __builtin_LINE());

  /// The next piece of the block's shared memory, 16-byte aligned, nothing written in it (all bytes are 0xff:
  /// a NaN). Every thread asks for the same pieces in the same order. n >= 0.
  template <class T>
  SharedArray<T> shared(int n, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T> && alignof(T) <= 16);
    return SharedArray<T>(next_piece({&typeid(T), sizeof(T), n}, {file, line}));
  }

  /// Each returns the old value. Global memory: any address; shared memory: an element that has been written.
  template <class T>
  T atomic_add(T* address, T value) {
    return std::exchange(*address, sum(*address, value));
  }
  template <class T>
  T atomic_add(SharedArray<T> array, int i, T value, const char* file = __builtin_FILE(),
               int line = __builtin_LINE()) {
    T& element = array.touch_atomically(i, {file, line});
    return std::exchange(element, sum(element, value));
  }
  template <class T>
  T atomic_max(T* address, T value) {
    static_assert(is_one_of<T, std::uint32_t, std::uint64_t, std::int64_t>);
    return std::exchange(*address, *address < value ? value : *address);
  }
  template <class T>
  T atomic_min(T* address, T value) {
    static_assert(is_one_of<T, std::uint32_t, std::uint64_t, std::int64_t>);
    return std::exchange(*address, value < *address ? value : *address);
  }

  /// 2^t as ex2.approx.ftz.f32 has it: subnormal arguments and results count as 0. Rounded better than there.
  // NOLINTNEXTLINE(readability-convert-member-functions-to-static): called as on the card
  float exp2_approx(float t) {
    const float value = std::exp2(flush(t));
    return flush(value);
  }

 private:
  template <class T, class... U>
  static constexpr bool is_one_of = (std::same_as<T, U> || ...);

  static float flush(float x) {
    return std::abs(x) < std::numeric_limits<float>::min() ? std::copysign(0.0F, x) : x;
  }

  template <class T>
  static T sum(T a, T b) {
    static_assert(is_one_of<T, std::uint32_t, std::uint64_t, std::int32_t>);
    using Bits = std::make_unsigned_t<T>;  // the card wraps round
    return static_cast<T>(static_cast<Bits>(static_cast<Bits>(a) + static_cast<Bits>(b)));
  }

  template <class T>
  T exchange(const T& value, WarpOp op, int source, unsigned mask, Site site) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 128);
    T result = value;
    WarpCall call{op, mask, site, std::addressof(value), std::addressof(result), sizeof(T), source, 0};
    warp_call(call);
    return result;
  }

  void warp_call(WarpCall& call);
  Piece& next_piece(const PieceShape& shape, Site site);

  BlockRun& run_;
  std::int64_t index_;
  std::int64_t count_;
  int thread_;
  int threads_;
};

struct HostLaunch {
  std::int64_t blocks = 1;       ///< >= 1
  int threads = 32;              ///< 1 to 1024
  std::size_t shared_bytes = 0;  ///< what the launcher declares to the card
};

/// Order of the warps, of the lanes of a warp wherever several may run, and of the blocks. Forward and
/// reverse run a warp up to its barrier before the next one; random goes from warp to warp.
enum class ThreadOrder { forward, reverse, random };

struct HostSchedule {
  ThreadOrder order = ThreadOrder::forward;
  std::uint64_t seed = 0;
};

/// A body without its type. The body outlives it.
struct BodyReference {
  void* body;
  void (*call)(void* body, HostBlock& block);
};

void run_blocks(const HostLaunch& launch, const HostSchedule& schedule, BodyReference body);

/// Calls body(HostBlock&) once for every thread of every block. Throws BlockFault, what the body throws, and
/// std::invalid_argument for a launch that no card takes. Several OS threads may run launches at once.
template <class Body>
void run_on_host(const HostLaunch& launch, const HostSchedule& schedule, Body&& body) {
  using Plain = std::remove_reference_t<Body>;
  const auto call = [](void* plain, HostBlock& block) { (*static_cast<Plain*>(plain))(block); };
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): a const body comes back as Plain, const and all
  void* const erased = const_cast<void*>(static_cast<const void*>(std::addressof(body)));
  run_blocks(launch, schedule, {erased, call});
}

}  // namespace tempsweep::kernels
