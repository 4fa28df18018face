// SPDX-License-Identifier: Apache-2.0
// The one door between the host layer and the kernels, in plain C++: memory, copies, streams and launches.
// Two runtimes stand behind it: the card's (card_runtime, where a CUDA compiler built it) and the host's
// (HostRuntime), which runs the same kernel bodies thread by thread. Nothing here throws: calls return a
// Status, and the host layer decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "kernels/arguments/draws.hpp"
#include "kernels/arguments/judge.hpp"
#include "kernels/arguments/methods.hpp"
#include "kernels/arguments/ordering.hpp"
#include "kernels/arguments/points.hpp"
#include "kernels/arguments/rows.hpp"
#include "kernels/arguments/sums.hpp"

namespace tempsweep::kernels {

enum class Outcome : std::uint8_t { done, out_of_memory, no_device, failed };

/// What a call came to; `text` is the driver's own and lives forever.
struct [[nodiscard]] Status {
  Outcome outcome = Outcome::done;
  const char* text = "";
  [[nodiscard]] bool ok() const { return outcome == Outcome::done; }
};

struct DeviceFacts {
  std::string name;
  std::uint64_t memory_bytes = 0;
  std::uint64_t free_bytes = 0;
  double clock_hz = 0;  ///< highest of the multiprocessors
  int multiprocessors = 0;
  int compute_capability = 0;     ///< 90 for 9.0
  std::int64_t shared_bytes = 0;  ///< that a block of threads may ask for
};

/// Handles of the runtime; null is none.
using Stream = void*;
using Event = void*;

/// Calls are ordered within a stream and by events between them; copies and launches return before they are
/// done, and a failure of one may show at a later call. A runtime is used by one thread at a time.
class Runtime {
 public:
  Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  virtual ~Runtime() = default;

  [[nodiscard]] virtual int device_count() = 0;
  /// Without waking the device.
  virtual Status name(int device, std::string& name) = 0;
  /// Makes it the current device, too.
  virtual Status facts(int device, DeviceFacts& facts) = 0;
  /// The device that everything below is about; to be called by every thread that uses the runtime.
  virtual Status use(int device) = 0;

  /// 256-byte aligned, uninitialised.
  virtual Status allocate(void** address, std::size_t bytes) = 0;
  virtual void release(void* address) = 0;
  /// Host memory that copies reach without a detour.
  virtual Status allocate_pinned(void** address, std::size_t bytes) = 0;
  virtual void release_pinned(void* address) = 0;
  /// Whether the address lies in such memory, of any thread.
  [[nodiscard]] virtual bool is_pinned(const void* address) = 0;

  virtual Status create_stream(Stream* stream) = 0;
  virtual void destroy_stream(Stream stream) = 0;
  virtual Status create_event(Event* event) = 0;
  virtual void destroy_event(Event event) = 0;
  virtual Status record(Event event, Stream stream) = 0;
  virtual Status wait(Event event) = 0;           ///< blocks the host
  virtual Status synchronise(Stream stream) = 0;  ///< blocks the host
  virtual Status seconds_between(Event first, Event second, double* seconds) = 0;

  virtual Status copy_in(void* device, const void* pinned, std::size_t bytes, Stream stream) = 0;
  /// Rows of `bytes` each, from one distance to another, both below 2³¹.
  virtual Status copy_rows_in(void* device, std::size_t device_pitch, const void* pinned, std::size_t pitch,
                              std::size_t bytes, std::size_t rows, Stream stream) = 0;
  virtual Status copy_out(void* pinned, const void* device, std::size_t bytes, Stream stream) = 0;
  virtual Status clear(void* device, std::size_t bytes, Stream stream) = 0;  ///< to zero bytes

  /// Sorts each row, highest first. With temporary == null only sets *temporary_bytes.
  virtual Status sort_rows(const double* in, double* out, std::int64_t rows, std::int64_t columns,
                           std::int64_t stride, void* temporary, std::size_t* temporary_bytes,
                           Stream stream) = 0;

  /// Sorts the keys of each row, highest first, and their values along with them; equal keys keep their
  /// order.
  virtual Status sort_pairs(const SortPairs& arguments, void* temporary, std::size_t* temporary_bytes,
                            Stream stream) = 0;

  virtual Status launch(const ScanRows& arguments, Stream stream) = 0;
  virtual Status launch(const MergeScans& arguments, Stream stream) = 0;
  virtual Status launch(const RankCuts& arguments, Stream stream) = 0;
  virtual Status launch(const CountKept& arguments, Stream stream) = 0;
  virtual Status launch(const CollectKept& arguments, Stream stream) = 0;
  virtual Status launch(const DirectF64& arguments, Stream stream) = 0;
  virtual Status launch(const MergeF64& arguments, Stream stream) = 0;
  virtual Status launch(const DirectF32& arguments, Stream stream) = 0;
  virtual Status launch(const DirectF32Mixed& arguments, Stream stream) = 0;
  virtual Status launch(const MergeF32& arguments, Stream stream) = 0;
  virtual Status launch(const BuildLeaves& arguments, Stream stream) = 0;
  virtual Status launch(const MergeLeaves& arguments, Stream stream) = 0;
  virtual Status launch(const ClimbLadder& arguments, Stream stream) = 0;
  virtual Status launch(const EvaluateLadder& arguments, Stream stream) = 0;
  virtual Status launch(const MakeSeries& arguments, Stream stream) = 0;
  virtual Status launch(const InterpolateSums& arguments, Stream stream) = 0;
  virtual Status launch(const ListGroups& arguments, Stream stream) = 0;
  virtual Status launch(const DirectListed& arguments, Stream stream) = 0;
  virtual Status launch(const TakeSquares& arguments, Stream stream) = 0;
  virtual Status launch(const LargestErrors& arguments, Stream stream) = 0;
  virtual Status launch(const MakeLaws& arguments, Stream stream) = 0;
  virtual Status launch(const UnitReferences& arguments, Stream stream) = 0;
  virtual Status launch(const EvaluateMetrics& arguments, Stream stream) = 0;
  virtual Status launch(const EvaluateRenyi& arguments, Stream stream) = 0;
  virtual Status launch(const OrderRows& arguments, Stream stream) = 0;
  virtual Status launch(const EvaluateOrdering& arguments, Stream stream) = 0;
  virtual Status launch(const Probabilities& arguments, Stream stream) = 0;
  virtual Status launch(const FloatProbabilities& arguments, Stream stream) = 0;
  virtual Status launch(const Fill<float>& arguments, Stream stream) = 0;
  virtual Status launch(const Fill<std::uint16_t>& arguments, Stream stream) = 0;
  virtual Status launch(const BuildAlias& arguments, Stream stream) = 0;
  virtual Status launch(const DrawTokens& arguments, Stream stream) = 0;
  virtual Status launch(const BuildInverse& arguments, Stream stream) = 0;
  virtual Status launch(const CutLaws& arguments, Stream stream) = 0;
  virtual Status launch(const MakeRaces& arguments, Stream stream) = 0;
  virtual Status launch(const DrawRaces& arguments, Stream stream) = 0;
  virtual Status launch(const DrawMultinomial& arguments, Stream stream) = 0;
  virtual Status launch(const NumberTokens& arguments, Stream stream) = 0;
  virtual Status launch(const JudgePoints& arguments, Stream stream) = 0;
};

/// The runtime of this machine's cards; null where the program was built without a CUDA compiler.
[[nodiscard]] Runtime* card_runtime();

}  // namespace tempsweep::kernels
