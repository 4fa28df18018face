// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <sched.h>

#include "tempsweep/core/interrupt.hpp"

namespace tempsweep {

int available_threads() noexcept {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) {
    return std::max(1, CPU_COUNT(&mask));
  }
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallel_for(std::int64_t items, int threads,
                  const std::function<void(std::int64_t item, int worker)>& body, Interrupts interrupts) {
  std::atomic<std::int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;

  const auto work = [&](int worker) {
    try {
      for (std::int64_t item = next.fetch_add(1); item < items; item = next.fetch_add(1)) {
        if (interrupts == Interrupts::obeyed) {
          throw_if_interrupted();
        }
        body(item, worker);
      }
    } catch (...) {
      next.store(items);
      const std::lock_guard lock(failure_mutex);
      if (!failure) {
        failure = std::current_exception();
      }
    }
  };

  {
    std::vector<std::jthread> crew;
    const auto helpers = static_cast<int>(std::min<std::int64_t>(threads, items)) - 1;
    try {
      for (int worker = 1; worker <= helpers; ++worker) {
        crew.emplace_back(work, worker);
      }
    } catch (...) {
      next.store(items);  // those that did start go home
      throw;
    }
    work(0);
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace tempsweep
