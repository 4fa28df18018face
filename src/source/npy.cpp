// SPDX-License-Identifier: Apache-2.0
// .npy matrices, read by position in bounded pieces. Both storage orders come out row-major; of a row, or of
// a column in Fortran order, only what the caller asked for is read, unless the gap is so short that reading
// over it costs less than one more system call.
#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "core/quote.hpp"
#include "source/element.hpp"
#include "source/formats.hpp"
#include "source/input_file.hpp"
#include "source/npy_header.hpp"
#include "source/text_matrix.hpp"

namespace tempsweep {
namespace {

constexpr std::int64_t scratch_limit = 1 << 20;  // stays in the second-level cache
constexpr std::int64_t widest_gap = 8192;        // bytes
constexpr std::int64_t columns_together = 16;    // two cache lines of the destination

struct Layout {
  FloatType type;
  bool swapped;
  bool fortran_order;
  std::int64_t rows;
  std::int64_t width;
  std::uint64_t data_offset;
};

class NpySource final : public Source {
 public:
  NpySource(std::unique_ptr<InputFile> file, const Layout& layout)
      : file_(std::move(file)), layout_(layout) {}

  [[nodiscard]] std::string name() const override { return file_->path(); }
  [[nodiscard]] std::int64_t rows() const override { return layout_.rows; }
  [[nodiscard]] std::int64_t width() const override { return layout_.width; }
  [[nodiscard]] std::string dtype() const override { return fmt::format("f{}", 8 * element_bytes()); }
  [[nodiscard]] const std::vector<std::string>& token_names() const override { return no_names_; }
  [[nodiscard]] std::vector<std::string> files() const override { return {file_->path()}; }
  [[nodiscard]] std::uint64_t scratch_bytes(std::int64_t) const override {
    return static_cast<std::uint64_t>(
        std::min(scratch_limit, layout_.rows * layout_.width * element_bytes()));
  }
  void read(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination) override;

 private:
  [[nodiscard]] std::int64_t element_bytes() const {
    return static_cast<std::int64_t>(size_of(layout_.type));
  }
  void load(std::int64_t element, std::int64_t count, void* target) const;
  [[nodiscard]] Elements elements(std::int64_t index, std::int64_t stride) const;
  void read_run(std::int64_t element, std::int64_t count, double* destination);
  void read_row_pieces(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination);
  void read_rows(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination);
  void read_columns(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination);

  std::unique_ptr<InputFile> file_;
  Layout layout_;
  std::vector<std::string> no_names_;
  std::unique_ptr<std::byte[]> scratch_;  // during read() only
};

void NpySource::load(std::int64_t element, std::int64_t count, void* target) const {
  file_->read_at(layout_.data_offset + static_cast<std::uint64_t>(element * element_bytes()), target,
                 static_cast<std::uint64_t>(count * element_bytes()));
}

Elements NpySource::elements(std::int64_t index, std::int64_t stride) const {
  return {scratch_.get() + index * element_bytes(), stride, layout_.type, layout_.swapped};
}

void NpySource::read(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination) {
  require_block(*this, first, count, columns);
  if (count == 0 || columns == 0) return;
  scratch_ = std::make_unique_for_overwrite<std::byte[]>(scratch_bytes(count));
  if (layout_.fortran_order) {
    read_columns(first, count, columns, destination);
  } else if (columns == layout_.width) {
    read_run(first * columns, count * columns, destination);
  } else {
    read_row_pieces(first, count, columns, destination);
  }
  scratch_.reset();
  file_->require_unchanged();
}

/// Consecutive elements of the file to consecutive doubles.
void NpySource::read_run(std::int64_t element, std::int64_t count, double* destination) {
  if (layout_.type == FloatType::f64 && !layout_.swapped) return load(element, count, destination);
  const std::int64_t piece = static_cast<std::int64_t>(scratch_bytes(0)) / element_bytes();
  for (std::int64_t done = 0; done < count; done += piece) {
    const std::int64_t now = std::min(piece, count - done);
    load(element + done, now, scratch_.get());
    convert(elements(0, 1), now, destination + done, 1);
  }
}

/// The first `columns` elements of rows that are longer.
void NpySource::read_row_pieces(std::int64_t first, std::int64_t count, std::int64_t columns,
                                double* destination) {
  const std::int64_t width = layout_.width;
  const std::int64_t rows_in_scratch =
      static_cast<std::int64_t>(scratch_bytes(0)) / (width * element_bytes());
  if (rows_in_scratch > 0 && (width - columns) * element_bytes() <= widest_gap) {
    return read_rows(first, count, columns, destination);
  }
  for (std::int64_t row = 0; row < count; ++row) {
    read_run((first + row) * width, columns, destination + row * columns);
  }
}

/// Whole rows into the scratch, their first columns out of it.
void NpySource::read_rows(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination) {
  const std::int64_t width = layout_.width;
  const std::int64_t piece = static_cast<std::int64_t>(scratch_bytes(0)) / (width * element_bytes());
  for (std::int64_t done = 0; done < count; done += piece) {
    const std::int64_t now = std::min(piece, count - done);
    load((first + done) * width, (now - 1) * width + columns, scratch_.get());
    for (std::int64_t row = 0; row < now; ++row) {
      convert(elements(row * width, 1), columns, destination + (done + row) * columns, 1);
    }
  }
}

/// Fortran order: pieces of several columns into the scratch, transposed out of it. The rows of a piece are
/// so few that several columns fit: one column alone would touch each cache line of the destination for one
/// double.
void NpySource::read_columns(std::int64_t first, std::int64_t count, std::int64_t columns,
                             double* destination) {
  const std::int64_t capacity = static_cast<std::int64_t>(scratch_bytes(0)) / element_bytes();
  const std::int64_t row_piece = std::min(count, capacity / std::min(columns, columns_together));
  for (std::int64_t row = 0; row < count; row += row_piece) {
    const std::int64_t rows = std::min(row_piece, count - row);
    const bool over_gaps =
        (layout_.rows - rows) * element_bytes() <= widest_gap && (capacity - rows) / layout_.rows > 0;
    const std::int64_t stride = over_gaps ? layout_.rows : rows;
    const std::int64_t column_piece = (capacity - rows) / stride + 1;
    for (std::int64_t column = 0; column < columns; column += column_piece) {
      const std::int64_t now = std::min(column_piece, columns - column);
      const std::int64_t start = column * layout_.rows + first + row;
      if (over_gaps) {
        load(start, (now - 1) * stride + rows, scratch_.get());
      } else {
        for (std::int64_t i = 0; i < now; ++i) {
          load(start + i * layout_.rows, rows, scratch_.get() + i * rows * element_bytes());
        }
      }
      for (std::int64_t i = 0; i < rows; ++i) {
        convert(elements(i, stride), now, destination + (row + i) * columns + column, 1);
      }
    }
  }
}

std::pair<FloatType, bool> float_type(const std::string& descr, const std::string& path) {
  const std::string_view kind =
      descr.size() > 1 ? std::string_view(descr).substr(1) : std::string_view(descr);
  const bool ordered = descr.starts_with('<') || descr.starts_with('>');
  if (ordered && kind == "f2") return {FloatType::f16, descr.front() == '>'};
  if (ordered && kind == "f4") return {FloatType::f32, descr.front() == '>'};
  if (ordered && kind == "f8") return {FloatType::f64, descr.front() == '>'};
  std::string why = "which is not read; convert with x.astype('float32')";
  if (kind.starts_with('O')) {
    why = "Python objects (pickle), which could run code; save a float array";
  } else if (kind == "V2") {
    why =
        "which may be bfloat16; bf16 in .npy needs --input-dtype, which is not supported yet: "
        "convert with x.astype('float32')";
  } else if (kind.starts_with('i') || kind.starts_with('u') || kind.starts_with('b')) {
    why = "integers; convert to float with x.astype('float32')";
  } else if (kind.starts_with('c')) {
    why = "complex numbers; convert to float with x.real.astype('float32')";
  }
  throw InputError(fmt::format("{}: the elements are {}: {}", path, quote(descr), why));
}

}  // namespace

std::unique_ptr<Source> open_npy(const std::string& path) {
  auto file = std::make_unique<InputFile>(path);
  const NpyHeader header = read_npy_header(*file);
  const auto& shape = header.dictionary.shape;
  const auto [type, swapped] = float_type(header.dictionary.descr, path);
  if (shape.empty() || shape.size() > 2) {
    throw InputError(
        fmt::format("{}: the array has rank {}, shape {}; logits are [rows, tokens] or one row [tokens]: "
                    "use x.reshape(-1, x.shape[-1])",
                    path, shape.size(), format_shape(shape)));
  }
  require_npy_size(*file, header, size_of(type));
  const bool matrix = shape.size() == 2;
  const Layout layout{type,
                      swapped,
                      matrix && header.dictionary.fortran_order,
                      matrix ? static_cast<std::int64_t>(shape[0]) : 1,
                      static_cast<std::int64_t>(shape.back()),
                      header.data_offset};
  return std::make_unique<NpySource>(std::move(file), layout);
}

}  // namespace tempsweep
