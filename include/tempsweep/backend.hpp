// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

#include "tempsweep/core/method_choice.hpp"
#include "tempsweep/core/ordering_axes.hpp"
#include "tempsweep/core/sampling.hpp"
#include "tempsweep/core/vocabulary.hpp"
#include "tempsweep/math/error_bounds.hpp"
#include "tempsweep/math/judged_sums.hpp"
#include "tempsweep/math/metrics.hpp"
#include "tempsweep/math/row_scan.hpp"

namespace tempsweep {

enum class ProbabilityFormat : std::uint8_t { none, f32, log16 };

/// What a sweep wants at every grid point. Fixed for the life of a backend object.
struct Wanted {
  std::vector<MetricId> metrics;
  std::vector<double> renyi_orders;
  OrderingAxes ordering;
  ProbabilityFormat probabilities = ProbabilityFormat::none;
  std::uint64_t samples = 0;  ///< draws a grid point; 0: none
  std::uint64_t seed = 0;
  Sampler sampler = Sampler::alias;
  Truncation truncation;  ///< of the draws alone
  VocabularyBy vocabulary_by = VocabularyBy::prefix;
  std::int64_t tokens = 0;  ///< length of the token axis of probabilities and counts
  /// Whether TileOutput::judged is wanted: of a backend whose entry says that it judges.
  bool judged = false;
  bool keep_counts = true;  ///< whether counts are wanted on the host
  /// What the sums may err by: nat on entropy, relative on the shifted Z; ten times that, relative, on
  /// variance and what follows from it. From 1e-12 to 1e-5; a backend may be more exact.
  double tolerance = 1e-12;
  Method method = Method::automatic;
  bool nested = false;  ///< whether grow() is going to be called: what it uses again is kept
  /// The plan's whole grid, ascending: the choice of methods follows from it, so that results do not hang on
  /// tiles. Only read while the backend is created.
  std::span<const double> grid{};
};

/// Whether one of the wanted metrics needs it.
[[nodiscard]] inline bool wants(const Wanted& wanted, MetricNeeds needs) {
  return std::any_of(wanted.metrics.begin(), wanted.metrics.end(),
                     [&](MetricId id) { return metric_table[id].needs == needs; });
}

/// Whether counts leave the backend.
[[nodiscard]] inline bool wants_counts(const Wanted& wanted) {
  return wanted.samples > 0 && wanted.keep_counts;
}

/// Whether rows have to be sorted, judging apart.
[[nodiscard]] inline bool wants_order(const Wanted& wanted) {
  return wanted.ordering.any() || (wanted.samples > 0 && wanted.truncation.any());
}

/// A block of rows in memory, [rows, width] row-major doubles.
struct RowBlock {
  std::span<const double> logits;
  std::int64_t rows = 0;
  std::int64_t width = 0;
  std::int64_t first_row = 0;            ///< number of the first row in the whole concatenated input
  std::span<const std::int64_t> labels;  ///< [rows], or empty
};

/// Where a tile's results go, row-major [rows, temperatures, …]; spans of what was not wanted are empty.
/// Rows that are no law get NaN metrics, missing_count where a metric is an integer, NaN or fill
/// probabilities and zero counts.
struct TileOutput {
  std::vector<std::span<double>> metrics;    ///< one [rows, temperatures] a wanted metric
  std::span<double> renyi_entropy;           ///< [rows, temperatures, renyi_orders]
  std::span<std::int64_t> nucleus_size;      ///< [rows, temperatures, nucleus_masses]
  std::span<double> top_k_mass;              ///< [rows, temperatures, top_k]
  std::span<std::int64_t> min_p_survivors;   ///< [rows, temperatures, min_p_levels]
  std::span<std::int64_t> tokens_above;      ///< [rows, temperatures, thresholds]
  std::span<float> probability;              ///< [rows, temperatures, tokens]; NaN outside the vocabulary
  std::span<std::uint16_t> log_probability;  ///< likewise, log16 codes (math/log16.hpp)
  std::span<std::uint64_t> count;            ///< [rows, temperatures, tokens]; 0 outside the vocabulary
  std::span<JudgedSums>
      judged;  ///< [rows, temperatures]: the draws against their laws; 0 where there is none
};

/// How long copies took so far, where results are not computed in the host's memory.
struct CopySeconds {
  double to_device = 0;
  double from_device = 0;
};

/// The computation. One object serves one sweep; calls come from one thread, the object may use several.
/// Results do not depend on threads, on the blocks rows come in, or on which temperatures are asked together.
class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  /// Takes rows at one vocabulary size V ≤ width and scans them. The block must outlive the evaluations.
  virtual void load(const RowBlock& block, std::int64_t vocabulary_size) = 0;
  /// The loaded block at a larger vocabulary, as load() would take it: what the smaller one, its prefix or
  /// the top of its order, has shown of the rows may be used again. Results are those of load().
  virtual void grow(std::int64_t vocabulary_size) = 0;
  /// What load() found, one entry a row.
  [[nodiscard]] virtual std::span<const RowScan> scans() const = 0;
  /// Largest errors that are stated for what was evaluated of a row since load().
  [[nodiscard]] virtual ErrorBounds error_bounds(std::int64_t row) const = 0;
  /// Evaluates the loaded rows at these temperatures (≥ 0, strictly increasing, +inf allowed).
  virtual void evaluate(std::span<const double> temperatures, const TileOutput& output) = 0;
  /// Input indices of the tokens of a loaded row's vocabulary, ascending; empty means 0 … V − 1.
  [[nodiscard]] virtual std::span<const std::uint32_t> vocabulary(std::int64_t row) const = 0;
  /// Since the object was made; part of the time that load() and evaluate() take.
  [[nodiscard]] virtual CopySeconds copy_seconds() { return {}; }
};

/// What a backend is going to hold, and to be given, for the plan.
struct BackendNeeds {
  std::uint64_t device_bytes = 0;          ///< once a device
  std::uint64_t fixed_bytes = 0;           ///< once an object, whatever is loaded
  std::uint64_t bytes_per_loaded_row = 0;  ///< at the largest vocabulary
  std::uint64_t bytes_per_thread = 0;      ///< scratch
  /// Exponentials that a tile should hold at most: about a second of work, for progress and interrupts.
  std::int64_t work_per_tile = std::int64_t{1} << 31U;
  /// Exponentials that a point of the largest vocabulary is worth, draws apart.
  std::int64_t work_per_point = 1;
};

struct BackendOptions {
  int threads = 1;
  int device = 0;
  int lanes = 1;  ///< objects that share the device
};

/// A device as it is now; rates are measured by the call that makes this. 0 stands for what is not known.
struct DeviceReport {
  std::string name;
  std::uint64_t memory_bytes = 0;
  std::uint64_t free_bytes = 0;
  double clock_hz = 0;
  int units = 0;  ///< threads or multiprocessors
  const char* unit_name = "";
  double multiply_adds_per_second = 0;  ///< of one thread: the rate that its loops are compared to
  double copy_bytes_per_second = 0;     ///< within memory, or from the host to a card and back
};

/// One line of the list of backends (engine/backends.hpp).
struct BackendEntry {
  const char* name;
  /// Why it cannot be used now, or empty.
  std::string (*unavailable)();
  std::unique_ptr<Backend> (*create)(const Wanted&, const BackendOptions&);
  BackendNeeds (*needs)(const Wanted&, std::int64_t largest_vocabulary);
  /// What it would run on here, for people and provenance: a processor's or the cards' names, by number.
  std::vector<std::string> (*devices)();
  DeviceReport (*measure)(int device);
  bool automatic;  ///< whether `auto` may take it
  /// Where blocks of rows and results best lie for this device; outlives them.
  std::pmr::memory_resource* (*host_memory)(int device);
  int lanes;  ///< objects that a device is given at once: while one computes, another copies
  bool (*has_sampler)(Sampler);
  bool judges;  ///< whether it adds up the draws against their laws itself (Wanted::judged)
};

}  // namespace tempsweep
