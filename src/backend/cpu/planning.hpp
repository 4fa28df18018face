// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/backend.hpp"
#include "tempsweep/core/beta_requests.hpp"
#include "tempsweep/core/method_choice.hpp"

namespace tempsweep::cpu {

/// The methods for rows of one vocabulary size, by this backend's costs.
[[nodiscard]] MethodChoice choose(const BetaRequests& requests, const Wanted& wanted,
                                  std::int64_t vocabulary_size);

/// Whether a row's ladder keeps what a larger vocabulary's begins with: prefixes of a row begin with one
/// another; by rank a smaller vocabulary is scattered over the larger one.
[[nodiscard]] bool keeps_parts(const Wanted& wanted);

/// Memory and work of a plan (BackendEntry::needs).
[[nodiscard]] BackendNeeds needs(const Wanted& wanted, std::int64_t largest_vocabulary);

}  // namespace tempsweep::cpu
