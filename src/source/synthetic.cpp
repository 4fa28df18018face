// SPDX-License-Identifier: Apache-2.0
// Seeded synthetic logits. Token i of row r comes from one Philox block that is addressed, not drawn in turn:
//   key     = {seed lo, seed hi}
//   counter = {i / 2, 6, r lo, r hi}        (6: the purpose number of synthetic input)
// The block's 64-bit words {x, y} and {z, w} (low word first) become u₀, u₁ = (2·⌊word / 2¹²⌋ + 1)·2⁻⁵³, each
// inside (0, 1); the even token of the pair takes the first, the odd one the second. So a logit depends on
// nothing but (law, seed, r, i). Laws on top of u:
//   normal:σ     σ·√(−2 ln u₀)·cos 2πu₁ for the even token, sin for the odd (Box and Muller 1958)
//   gumbel       −ln(−ln u)
//   uniform:a:b  a + (b − a)·u
//   zipf:s       −s·ln(i + 1), no randomness
// ln, cos and sin are those of the C library: another library may differ in the last bit.
#include <cmath>
#include <numbers>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/philox.hpp"

#include "core/quote.hpp"
#include "core/split.hpp"
#include "source/text_matrix.hpp"

namespace tempsweep {
namespace {

constexpr auto purpose = static_cast<std::uint32_t>(Purpose::synthetic_input);
constexpr std::int64_t widest = std::int64_t{1} << 32U;  // pair indices must fit one counter word

enum class Kind : std::uint8_t { normal, gumbel, zipf, uniform };

struct Law {
  Kind kind;
  double a = 0;  ///< σ, s, or the lower end
  double b = 0;
};

struct Pair {
  double even;
  double odd;
};

[[noreturn]] void refuse(const std::string& law, std::string_view why) {
  throw InputError(fmt::format(
      "--synthetic {}: {}; the laws are normal:sigma, gumbel, zipf:s and uniform:a:b", quote(law), why));
}

Law parse_law(const std::string& text) {
  const auto fields = split(text, ':');
  const std::string what = fmt::format("--synthetic {}", quote(text));
  const auto parameter = [&](std::size_t i) {
    const double value = parse_real(fields[i], what);
    if (!std::isfinite(value)) refuse(text, "the parameters must be finite");
    return value;
  };
  const auto require_parameters = [&](std::size_t wanted) {
    if (fields.size() != wanted + 1)
      refuse(text, fmt::format("{} parameters are given, {} are needed", fields.size() - 1, wanted));
  };
  if (fields[0] == "gumbel") {
    require_parameters(0);
    return {Kind::gumbel};
  }
  if (fields[0] == "normal" || fields[0] == "zipf") {
    require_parameters(1);
    const Law law{fields[0] == "zipf" ? Kind::zipf : Kind::normal, parameter(1)};
    if (law.a < 0) refuse(text, "the parameter must not be negative");
    return law;
  }
  if (fields[0] == "uniform") {
    require_parameters(2);
    const Law law{Kind::uniform, parameter(1), parameter(2)};
    if (law.a > law.b) refuse(text, "the ends must be ordered, a <= b");
    if (!std::isfinite(law.b - law.a)) refuse(text, "the ends are too far apart");
    return law;
  }
  refuse(text, "this law is unknown");
}

double open_unit(std::uint32_t low, std::uint32_t high) {
  const std::uint64_t word = std::uint64_t{high} << 32U | low;
  return static_cast<double>(word >> 12U << 1U | 1U) * 0x1p-53;
}

Pair draw_pair(const Law& law, std::uint64_t seed, std::uint64_t row, std::uint64_t pair) {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const PhiloxBlock block =
      philox4x32_10({low(pair), purpose, low(row), low(row >> 32U)}, {low(seed), low(seed >> 32U)});
  const double u0 = open_unit(block.x, block.y);
  const double u1 = open_unit(block.z, block.w);
  switch (law.kind) {
    case Kind::normal: {
      const double radius = law.a * std::sqrt(-2 * std::log(u0));
      const double angle = 2 * std::numbers::pi * u1;
      return {radius * std::cos(angle), radius * std::sin(angle)};
    }
    case Kind::gumbel:
      return {-std::log(-std::log(u0)), -std::log(-std::log(u1))};
    case Kind::uniform:
      return {law.a + (law.b - law.a) * u0, law.a + (law.b - law.a) * u1};
    case Kind::zipf:
      break;
  }
  const auto rank = static_cast<double>(2 * pair + 1);
  return {-law.a * std::log(rank), -law.a * std::log(rank + 1)};
}

class SyntheticSource final : public Source {
 public:
  SyntheticSource(std::string name, Law law, std::int64_t rows, std::int64_t width, std::uint64_t seed)
      : name_(std::move(name)), law_(law), rows_(rows), width_(width), seed_(seed) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::int64_t rows() const override { return rows_; }
  [[nodiscard]] std::int64_t width() const override { return width_; }
  [[nodiscard]] std::string dtype() const override { return "f64"; }
  [[nodiscard]] const std::vector<std::string>& token_names() const override { return no_names_; }
  [[nodiscard]] std::vector<std::string> files() const override { return {}; }
  [[nodiscard]] std::uint64_t scratch_bytes(std::int64_t) const override { return 0; }

  void read(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination) override {
    require_block(*this, first, count, columns);
    for (std::int64_t row = first; row < first + count; ++row, destination += columns) {
      for (std::int64_t token = 0; token < columns; token += 2) {
        const Pair pair =
            draw_pair(law_, seed_, static_cast<std::uint64_t>(row), static_cast<std::uint64_t>(token / 2));
        destination[token] = pair.even;
        if (token + 1 < columns) destination[token + 1] = pair.odd;
      }
    }
  }

 private:
  std::string name_;
  Law law_;
  std::int64_t rows_;
  std::int64_t width_;
  std::uint64_t seed_;
  std::vector<std::string> no_names_;
};

}  // namespace

std::unique_ptr<Source> synthetic_source(const std::string& law, std::int64_t rows, std::int64_t width,
                                         std::uint64_t seed) {
  const Law parsed = parse_law(law);
  if (rows < 1) refuse(law, "--synthetic-rows must be 1 or more");
  if (width < 1 || width > widest) refuse(law, fmt::format("a width of {} is not in 1 ... 2^32", width));
  return std::make_unique<SyntheticSource>("synthetic:" + law, parsed, rows, width, seed);
}

}  // namespace tempsweep
