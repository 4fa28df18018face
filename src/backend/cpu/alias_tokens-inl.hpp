// SPDX-License-Identifier: Apache-2.0
// draw_token of an alias table (math/alias_draw.hpp), a word a lane. Compiled once per instruction set by
// random_words.cpp, after random_words-inl.hpp; the guard below is toggled on purpose.
#if defined(TEMPSWEEP_CPU_ALIAS_TOKENS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_ALIAS_TOKENS_INL
#undef TEMPSWEEP_CPU_ALIAS_TOKENS_INL
#else
#define TEMPSWEEP_CPU_ALIAS_TOKENS_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

/// In place: tokens instead of the words.
inline void AliasTokens(const AliasEntry* entries, int column_bits, std::uint64_t count,
                        std::uint64_t* HWY_RESTRICT words) {
  std::uint64_t i = 0;
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  const Wide d;
  const hn::RebindToSigned<Wide> index;
  constexpr std::size_t lanes = hn::MaxLanes(Wide());
  const auto low_half = hn::Set(d, std::uint64_t{0xffffffffU});
  const auto* const table = reinterpret_cast<const std::uint64_t*>(entries);  // threshold low, alias high
  for (; i + lanes <= count; i += lanes) {
    const auto word = hn::LoadU(d, words + i);
    const auto column = hn::ShiftRightSame(hn::ShiftRight<1>(word), 63 - column_bits);
    const auto unit = hn::ShiftRight<32>(hn::ShiftLeftSame(word, column_bits));
    const auto entry = hn::GatherIndex(d, table, hn::BitCast(index, column));
    const auto own = hn::Lt(hn::BitCast(index, unit), hn::BitCast(index, hn::And(entry, low_half)));
    hn::StoreU(hn::IfThenElse(hn::RebindMask(d, own), column, hn::ShiftRight<32>(entry)), d, words + i);
  }
#endif
  for (; i < count; ++i) {
    words[i] = draw_token(entries, column_bits, words[i]);
  }
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
