// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/multinomial_draw.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/cpu/multinomial_draw.cpp"
#include <hwy/foreach_target.h>
// foreach_target comes first
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

/// Flattened, so that the functions of the header are compiled for this target.
[[gnu::flatten]] void MultinomialCounts(const MultinomialLaw& law, const PointStream& stream, std::uint64_t n,
                                        std::uint64_t* counts) {
  multinomial_counts(law, stream, multinomial_root(law.tokens, n), counts);
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tempsweep::cpu {
namespace {

HWY_EXPORT(MultinomialCounts);

}  // namespace

void add_multinomial_counts(const MultinomialLaw& law, const PointStream& stream, std::uint64_t n,
                            std::span<std::uint64_t> counts) {
  HWY_DYNAMIC_DISPATCH(MultinomialCounts)(law, stream, n, counts.data());
}

}  // namespace tempsweep::cpu
#endif
