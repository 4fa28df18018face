// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "tempsweep/math/rest_sums.hpp"

/// Sums whose exponentials are made in float: two to three times as many a second as in double. How far they
/// may be off, sum_paths.hpp says.
namespace tempsweep::cpu {

/// Virtual lanes of the float vectors; they fold into the eight of the sums in double.
inline constexpr std::int64_t float_lanes = 16;
/// Tokens whose sums stay in float: eight a lane.
inline constexpr std::int64_t float_run = 128;
/// Tokens that are narrowed at a time, for all β: they stay in the first level of the cache.
inline constexpr std::int64_t float_chunk = 1024;

/// β that float depths and scales serve: there the squares of depths that count are normal numbers.
inline constexpr double least_float_beta = 1e-12;
inline constexpr double most_float_beta = 1e6;

enum class FloatSums : std::uint8_t {
  single,  ///< depth rounded to float, degree 5, sums of 128 tokens in float, those in double
  mixed,   ///< depth and scale in two floats, degree 6, every product and sum in double
};

/// As rest_sums(), moments about the anchor alone.
/// \param depths  [count]  \param betas  from least_float_beta to most_float_beta.
/// A point's bits depend on its depths and β alone: fixed lanes, runs and order on every instruction set.
void float_sums(FloatSums how, const double* depths, std::int64_t count, double deepest,
                std::span<const double> betas, bool squares, std::span<RestSums> out);

}  // namespace tempsweep::cpu
