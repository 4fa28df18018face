// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/core/sampling.hpp"

#include "app/command_line.hpp"

namespace tempsweep::app {

/// `--sampler`. \throws InputError with the names there are
[[nodiscard]] Sampler parse_sampler(const CommandLine& line);

/// `--top-k`, `--top-p`, `--min-p`. \throws InputError naming the option; also when there are no draws
[[nodiscard]] Truncation parse_truncation(const CommandLine& line, std::uint64_t samples);

}  // namespace tempsweep::app
