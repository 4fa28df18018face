// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/planning.hpp"

#include "tempsweep/wanted_sums.hpp"

#include "backend/cpu/evaluate_row.hpp"
#include "backend/cpu/method_costs.hpp"
#include "backend/cpu/samplers.hpp"

namespace tempsweep::cpu {
namespace {

/// Logits that rows are taken to span when memory is planned: a ladder has a level more for each doubling.
constexpr double widest_spread = 1e4;

}  // namespace

MethodChoice choose(const BetaRequests& requests, const Wanted& wanted, std::int64_t vocabulary_size) {
  MethodChoice choice = choose_method(requests, wanted.method,
                                      method_costs(wanted.tolerance, vocabulary_size), vocabulary_size);
  choice.most_levels = MomentLadder::levels_for(widest_spread, choice.steepest, vocabulary_size);
  return choice;
}

bool keeps_parts(const Wanted& wanted) {
  return wanted.nested && wanted.vocabulary_by == VocabularyBy::prefix;
}

BackendNeeds needs(const Wanted& wanted, std::int64_t largest_vocabulary) {
  const auto tokens = static_cast<std::uint64_t>(largest_vocabulary);
  BackendNeeds need;
  need.bytes_per_loaded_row = sizeof(PreparedRow) + sizeof(RowScan);
  if (wanted.vocabulary_by == VocabularyBy::rank) {
    need.bytes_per_loaded_row +=
        static_cast<std::uint64_t>(wanted.tokens) * sizeof(double) + tokens * (sizeof(double) + 4);
  }
  const MethodChoice choice = choose(requests_of(wanted), wanted, largest_vocabulary);
  const std::uint64_t expansion = Expansion::bytes(choice, keeps_parts(wanted));
  need.bytes_per_loaded_row += expansion;
  const bool every_token =
      !choice.expands || wanted.probabilities != ProbabilityFormat::none || wanted.samples > 0;
  need.work_per_point = every_token ? largest_vocabulary : 256;
  need.bytes_per_thread =
      sizeof(Scratch) + 64 * (2 * sizeof(RestSums) + std::uint64_t{2} * 1400) +
      (choice.expands ? MomentLadder::scratch_bytes(choice.most_levels, largest_vocabulary) : 0) +
      tokens * (sizeof(float) + sizeof(double));
  if (wants_order(wanted)) {
    need.bytes_per_loaded_row += ordered_bytes(largest_vocabulary);
    need.bytes_per_thread += tokens * sizeof(double);
  }
  if (wanted.samples > 0) {
    const CpuSampler* const sampler = find_sampler(wanted.sampler);
    need.bytes_per_thread +=
        tokens * (sizeof(double) + sizeof(std::uint64_t)) + (sampler == nullptr ? 0 : sampler->bytes(tokens));
    need.bytes_per_thread += wanted.truncation.any() ? tokens * sizeof(std::uint32_t) : 0;
  }
  return need;
}

}  // namespace tempsweep::cpu
