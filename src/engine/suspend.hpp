// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/sink.hpp"

namespace tempsweep {

/// Ends a run that `error` has stopped. Where a signal, a device or the lack of memory did it, the points
/// that are written stay in a valid partial result. \throws an error of the same type, whose message says
/// what is kept; returns where nothing is.
void suspend(Sink& sink, const Error& error, std::int64_t done, std::int64_t all);

}  // namespace tempsweep
