// SPDX-License-Identifier: Apache-2.0
// philox4x32_10 (math/philox.hpp), a block of the stream a lane. Compiled once per instruction set by
// random_words.cpp; the guard below is toggled on purpose.
#if defined(TEMPSWEEP_CPU_RANDOM_WORDS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_RANDOM_WORDS_INL
#undef TEMPSWEEP_CPU_RANDOM_WORDS_INL
#else
#define TEMPSWEEP_CPU_RANDOM_WORDS_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR
inline void FillWords(const PointStream& stream, std::uint64_t first, std::uint64_t blocks,
                      std::uint64_t* words) {
  PlainWords()(stream, first, blocks, words);
}
#else
namespace hn = hwy::HWY_NAMESPACE;

using Wide = hn::CappedTag<std::uint64_t, 8>;
using Words = hn::Vec<Wide>;

/// 32-bit words in the low halves of 64-bit lanes; what stands in the high halves does not count.
struct Philox {
  Words x, y, z, w;
};

HWY_INLINE Words LowProduct(Words a, Words b) {
  const hn::Repartition<std::uint32_t, Wide> half;
  return hn::MulEven(hn::BitCast(half, a), hn::BitCast(half, b));
}

/// Several blocks go side by side, for each is a chain of twenty multiplications.
template <std::size_t n>
HWY_INLINE void Rounds(Wide d, PhiloxKey key, Philox (&state)[n]) {
  const auto first = hn::Set(d, std::uint64_t{0xD2511F53U});
  const auto second = hn::Set(d, std::uint64_t{0xCD9E8D57U});
  for (int round = 0; round < 10; ++round) {
    const auto key_x = hn::Set(d, std::uint64_t{key.x});
    const auto key_y = hn::Set(d, std::uint64_t{key.y});
    for (Philox& s : state) {
      const auto even = LowProduct(s.x, first);
      const auto odd = LowProduct(s.z, second);
      s.x = hn::Xor(hn::ShiftRight<32>(odd), hn::Xor(s.y, key_x));
      s.z = hn::Xor(hn::ShiftRight<32>(even), hn::Xor(s.w, key_y));
      s.y = odd;
      s.w = even;
    }
    key.x += 0x9E3779B9U;
    key.y += 0xBB67AE85U;
  }
}

inline void FillWords(const PointStream& stream, std::uint64_t first, std::uint64_t blocks,
                      std::uint64_t* HWY_RESTRICT words) {
  const Wide d;
  constexpr std::size_t lanes = hn::MaxLanes(Wide());
  constexpr std::size_t n = 4;
  const auto low_half = hn::Set(d, std::uint64_t{0xffffffffU});
  std::uint64_t j = 0;
  for (; j + n * lanes <= blocks; j += n * lanes) {
    Philox state[n];
    for (std::size_t k = 0; k < n; ++k) {
      const auto number = hn::Iota(d, first + j + k * lanes);
      state[k] = {number, hn::ShiftRight<32>(number), hn::Set(d, std::uint64_t{stream.stream_low}),
                  hn::Set(d, std::uint64_t{stream.stream_high})};
    }
    Rounds(d, stream.key, state);
    for (std::size_t k = 0; k < n; ++k) {
      const Philox& s = state[k];
      hn::StoreInterleaved2(hn::Or(hn::ShiftLeft<32>(s.y), hn::And(s.x, low_half)),
                            hn::Or(hn::ShiftLeft<32>(s.w), hn::And(s.z, low_half)), d,
                            words + 2 * (j + k * lanes));
    }
  }
  PlainWords()(stream, first + j, blocks - j, words + 2 * j);
}
#endif

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
