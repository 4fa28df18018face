// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/source.hpp"

#include "core/quote.hpp"
#include "source/text_matrix.hpp"

namespace tempsweep {
namespace {

class ConcatenatedSource final : public Source {
 public:
  explicit ConcatenatedSource(std::vector<std::unique_ptr<Source>> parts) : parts_(std::move(parts)) {
    for (const auto& part : parts_) {
      rows_ += part->rows();
      if (names_from_ == nullptr && !part->token_names().empty()) names_from_ = part.get();
    }
  }

  [[nodiscard]] std::string name() const override {
    std::vector<std::string> names;
    for (const auto& part : parts_) names.push_back(part->name());
    return fmt::format("{}", fmt::join(names, " + "));
  }
  [[nodiscard]] std::string place_of(std::int64_t row) const override {
    for (const auto& part : parts_) {
      if (row < part->rows()) return part->place_of(row);
      row -= part->rows();
    }
    return name();
  }
  [[nodiscard]] std::int64_t rows() const override { return rows_; }
  [[nodiscard]] std::int64_t width() const override { return parts_.front()->width(); }
  [[nodiscard]] std::string dtype() const override {
    const std::string first = parts_.front()->dtype();
    const auto same = [&first](const auto& part) { return part->dtype() == first; };
    // Mixed parts: the type that holds each of them exactly.
    return std::all_of(parts_.begin(), parts_.end(), same) ? first : "f64";
  }
  [[nodiscard]] const std::vector<std::string>& token_names() const override {
    return (names_from_ != nullptr ? names_from_ : parts_.front().get())->token_names();
  }
  [[nodiscard]] std::vector<std::string> files() const override {
    std::vector<std::string> files;
    for (const auto& part : parts_) {
      for (auto& file : part->files()) files.push_back(std::move(file));
    }
    return files;
  }
  [[nodiscard]] std::uint64_t scratch_bytes(std::int64_t rows) const override {
    std::uint64_t sum = 0;
    for (const auto& part : parts_) sum += part->scratch_bytes(std::min(rows, part->rows()));
    return sum;
  }

  void read(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination) override {
    require_block(*this, first, count, columns);
    for (const auto& part : parts_) {
      if (count == 0) return;
      const std::int64_t here = std::clamp<std::int64_t>(part->rows() - first, 0, count);
      if (here > 0) part->read(first, here, columns, destination);
      destination += here * columns;
      count -= here;
      first = std::max<std::int64_t>(first + here - part->rows(), 0);
    }
  }

 private:
  std::vector<std::unique_ptr<Source>> parts_;
  const Source* names_from_ = nullptr;
  std::int64_t rows_ = 0;
};

void require_equal_names(const Source& one, const Source& other) {
  const auto& a = one.token_names();
  const auto& b = other.token_names();
  const auto [at, bt] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at == a.end()) return;
  throw InputError(
      fmt::format("{} and {} name their tokens differently: token {} is {} and {}; give files of one "
                  "tokenizer",
                  one.name(), other.name(), at - a.begin(), quote(*at), quote(*bt)));
}

}  // namespace

std::unique_ptr<Source> concatenate(std::vector<std::unique_ptr<Source>> parts) {
  if (parts.empty()) throw InputError("no input is given; name a file or use --synthetic");
  const Source* named = nullptr;
  for (const auto& part : parts) {
    const Source& first = *parts.front();
    if (part->width() != first.width()) {
      throw InputError(
          fmt::format("{} has rows of {} tokens, {} rows of {}; inputs of one run need one width",
                      first.name(), first.width(), part->name(), part->width()));
    }
    if (part->token_names().empty()) continue;
    if (named != nullptr) require_equal_names(*named, *part);
    named = part.get();
  }
  if (parts.size() == 1) return std::move(parts.front());
  return std::make_unique<ConcatenatedSource>(std::move(parts));
}

}  // namespace tempsweep
