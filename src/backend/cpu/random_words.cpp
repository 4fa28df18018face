// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/random_words.hpp"

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/word_batch.hpp"

// As in kernels.cpp.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/cpu/random_words.cpp"
#include <hwy/foreach_target.h>
// foreach_target comes first
#include <hwy/highway.h>

#include "backend/cpu/random_words-inl.hpp"
// after the vector types
#include "backend/cpu/alias_tokens-inl.hpp"

#if HWY_ONCE
namespace tempsweep::cpu {
namespace {

HWY_EXPORT(FillWords);
HWY_EXPORT(AliasTokens);

}  // namespace

void fill_words(const PointStream& stream, std::uint64_t first, std::uint64_t blocks, std::uint64_t* words) {
  HWY_DYNAMIC_DISPATCH(FillWords)(stream, first, blocks, words);
}

void alias_tokens(const AliasTable& table, std::uint64_t count, std::uint64_t* words) {
  HWY_DYNAMIC_DISPATCH(AliasTokens)(table.entries.data(), table.column_bits, count, words);
}

}  // namespace tempsweep::cpu
#endif  // HWY_ONCE
