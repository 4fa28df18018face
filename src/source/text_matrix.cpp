// SPDX-License-Identifier: Apache-2.0
#include "source/text_matrix.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace tempsweep {
namespace {

class TextSource final : public Source {
 public:
  TextSource(std::string path, TextMatrix matrix) : path_(std::move(path)), matrix_(std::move(matrix)) {}

  [[nodiscard]] std::string name() const override { return path_; }
  [[nodiscard]] std::int64_t rows() const override { return matrix_.rows; }
  [[nodiscard]] std::int64_t width() const override { return matrix_.width; }
  [[nodiscard]] std::string dtype() const override { return "text"; }
  [[nodiscard]] const std::vector<std::string>& token_names() const override { return matrix_.token_names; }
  [[nodiscard]] std::vector<std::string> files() const override { return {path_}; }
  [[nodiscard]] std::uint64_t scratch_bytes(std::int64_t) const override {
    return matrix_.values.capacity() * sizeof(double);
  }

  void read(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination) override {
    require_block(*this, first, count, columns);
    for (std::int64_t row = first; row < first + count; ++row) {
      destination = std::copy_n(matrix_.values.data() + row * matrix_.width, columns, destination);
    }
  }

 private:
  std::string path_;
  TextMatrix matrix_;
};

}  // namespace

std::unique_ptr<Source> text_source(const std::string& path, TextMatrix matrix) {
  return std::make_unique<TextSource>(path, std::move(matrix));
}

void require_block(const Source& source, std::int64_t first, std::int64_t count, std::int64_t columns) {
  const std::int64_t rows = source.rows();
  const bool inside = first >= 0 && count >= 0 && first <= rows && count <= rows - first && columns >= 0 &&
                      columns <= source.width();
  if (!inside) {
    throw std::out_of_range(fmt::format("block of {} rows from {} with {} columns of {} [{}, {}]", count,
                                        first, columns, source.name(), rows, source.width()));
  }
}

}  // namespace tempsweep
