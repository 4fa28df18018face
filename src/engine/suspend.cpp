// SPDX-License-Identifier: Apache-2.0
#include "engine/suspend.hpp"

#include <new>
#include <string>

#include <fmt/format.h>

#include "tempsweep/core/clock.hpp"

namespace tempsweep {
namespace {

/// Where the result is kept, or an empty name: what stopped the run matters more than that this fails, too.
std::string keep(Sink& sink, std::int64_t done) {
  try {
    return sink.suspend({{"end_time", utc_now()}, {"points_done", done}, {"complete", std::int64_t{0}}});
  } catch (const Error&) {
    return {};
  } catch (const std::bad_alloc&) {
    return {};
  }
}

}  // namespace

void suspend(Sink& sink, const Error& error, std::int64_t done, std::int64_t all) {
  const ExitStatus status = error.status();
  if (done == 0 || status == ExitStatus::input || status == ExitStatus::file) {
    return;
  }
  const std::string place = keep(sink, done);
  if (place.empty()) {
    return;
  }
  const std::string kept = fmt::format("{} of {} grid points are in {}", done, all, place);
  switch (status) {
    case ExitStatus::device:
      throw DeviceError(fmt::format("{}; {}", error.what(), kept));
    case ExitStatus::memory:
      throw MemoryError(fmt::format("{}; {}", error.what(), kept));
    case ExitStatus::terminated:
      throw Interrupted(status, fmt::format("terminated by a signal; {}", kept));
    default:
      throw Interrupted(status, fmt::format("interrupted; {}", kept));
  }
}

}  // namespace tempsweep
