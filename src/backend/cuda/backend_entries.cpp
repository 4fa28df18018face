// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "tempsweep/wanted_sums.hpp"

#include "backend/cuda/cuda_backend.hpp"
#include "backend/cuda/dense_results.hpp"
#include "backend/cuda/device.hpp"
#include "backend/cuda/expansions.hpp"
#include "backend/cuda/method_costs.hpp"
#include "backend/cuda/pinned_memory.hpp"
#include "backend/cuda/point_results.hpp"
#include "backend/cuda/staging.hpp"
#include "kernels/host/host_runtime.hpp"

namespace tempsweep::cuda {
namespace {

using kernels::Runtime;

/// What the driver keeps in the host's memory for a context, about.
constexpr std::uint64_t context_bytes = std::uint64_t{256} << 20U;

/// Several, so that what is for several cards can be seen without one.
constexpr int host_devices = 2;

Runtime& host_runtime() {
  constexpr std::uint64_t memory = std::uint64_t{1} << 31U;
  static const auto runtime = kernels::make_host_runtime({memory, {}, 0, 0, 0, host_devices});
  return *runtime;
}

/// For the life of the process, as the runtimes.
std::pmr::memory_resource* host_memory(Runtime& runtime, int device) {
  static std::mutex mutex;
  static std::map<std::pair<Runtime*, int>, PinnedMemory> all;
  const std::lock_guard lock(mutex);
  return &all.try_emplace({&runtime, device}, runtime, device).first->second;
}

std::string card_missing() {
  Runtime* const runtime = kernels::card_runtime();
  if (runtime == nullptr) {
    return "this program was built without CUDA";
  }
  return runtime->device_count() > 0 ? "" : "no CUDA device answers (no card, or no driver)";
}

std::vector<std::string> names(Runtime& runtime) {
  std::vector<std::string> list;
  for (int device = 0; device < runtime.device_count(); ++device) {
    std::string name;
    list.push_back(runtime.name(device, name).ok() ? name : "device that does not answer");
  }
  return list;
}

/// Bytes a second to the device and back, each byte counted on both ways.
double copy_rate(const Device& device) {
  constexpr std::size_t elements = std::size_t{8} << 20U;
  const DeviceStream stream(device);
  Staging staging(device);
  DeviceArray<double> there(device);
  std::vector<double> here(elements, 1.0);
  there.reserve(static_cast<std::int64_t>(elements));
  const auto start = std::chrono::steady_clock::now();
  staging.upload(there.get(), std::span<const double>(here), stream.get());
  staging.download(std::span(here), there.get(), stream.get());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return 2.0 * static_cast<double>(elements * sizeof(double)) / seconds;
}

DeviceReport measure(Runtime& runtime, int number) try {
  const Device device(runtime, number);
  kernels::DeviceFacts facts;
  device.check(runtime.facts(number, facts), "device query");
  DeviceReport report;
  report.name = facts.name;
  report.memory_bytes = facts.memory_bytes;
  report.free_bytes = facts.free_bytes;
  report.clock_hz = facts.clock_hz;
  report.units = facts.multiprocessors;
  report.unit_name = "multiprocessors";
  report.copy_bytes_per_second = copy_rate(device);
  return report;
} catch (const OutOfDeviceMemory& shortage) {
  throw no_memory_to_begin(shortage);
}

/// What the host holds besides the block and its results.
BackendNeeds needs(const Wanted& wanted, std::int64_t largest_vocabulary) {
  BackendNeeds need;
  need.fixed_bytes = Staging::total_bytes;
  need.bytes_per_loaded_row = sizeof(RowScan) + sizeof(double);
  if (wanted.vocabulary_by == VocabularyBy::rank) {
    need.bytes_per_loaded_row +=
        static_cast<std::uint64_t>(largest_vocabulary + kernels::row_alignment) * sizeof(std::uint32_t);
  }
  const MethodChoice methods =
      choose_method(requests_of(wanted), wanted.method,
                    method_costs(PointResults::tries_float(wanted, largest_vocabulary)), largest_vocabulary);
  const bool every_token =
      !methods.expands || wanted.probabilities != ProbabilityFormat::none || wanted.samples > 0;
  need.work_per_point =
      every_token ? largest_vocabulary : std::min(largest_vocabulary, Expansions::work_per_point);
  return need;
}

BackendNeeds card_needs(const Wanted& wanted, std::int64_t largest_vocabulary) {
  BackendNeeds need = needs(wanted, largest_vocabulary);
  need.device_bytes = context_bytes;
  need.work_per_tile = std::int64_t{1} << 39U;
  return need;
}

BackendNeeds host_needs(const Wanted& wanted, std::int64_t largest_vocabulary) {
  BackendNeeds need = needs(wanted, largest_vocabulary);
  need.work_per_tile = std::int64_t{1} << 24U;
  return need;
}

}  // namespace

BackendEntry backend_entry() {
  return {"cuda",
          card_missing,
          [](const Wanted& wanted, const BackendOptions& options) {
            return make_backend(*kernels::card_runtime(), wanted, options.device, options.lanes);
          },
          card_needs,
          [] { return names(*kernels::card_runtime()); },
          [](int device) { return measure(*kernels::card_runtime(), device); },
          true,
          [](int device) { return host_memory(*kernels::card_runtime(), device); },
          2,
          DenseResults::has_sampler,
          true};
}

BackendEntry host_backend_entry() {
  return {"cuda-host",
          [] { return std::string(); },
          [](const Wanted& wanted, const BackendOptions& options) {
            return make_backend(host_runtime(), wanted, options.device, options.lanes);
          },
          host_needs,
          [] { return names(host_runtime()); },
          [](int device) { return measure(host_runtime(), device); },
          false,
          [](int device) { return host_memory(host_runtime(), device); },
          1,
          DenseResults::has_sampler,
          true};
}

}  // namespace tempsweep::cuda
