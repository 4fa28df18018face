// SPDX-License-Identifier: Apache-2.0
#include "source/npy_numbers.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/foreign_draws.hpp"

#include "core/quote.hpp"
#include "source/input_file.hpp"
#include "source/npy_header.hpp"

namespace tempsweep {
namespace {

static_assert(std::endian::native == std::endian::little);

class NpyNumbers final : public NumberArray {
 public:
  explicit NpyNumbers(const std::string& path)
      : file_(path), header_(read_npy_header(file_)), layout_(number_layout(header_.dictionary, path)) {
    require_npy_size(file_, header_, layout_.type.bytes);
    if (header_.dictionary.shape.empty()) header_.dictionary.shape = {1};
  }

  [[nodiscard]] const std::string& name() const override { return file_.path(); }
  [[nodiscard]] const std::vector<std::uint64_t>& shape() const override { return header_.dictionary.shape; }
  [[nodiscard]] NumberType type() const override { return layout_.type; }
  void read(std::uint64_t first, std::uint64_t count, std::byte* destination) override {
    file_.read_at(header_.data_offset + first * layout_.type.bytes, destination, count * layout_.type.bytes);
    file_.require_unchanged();
    if (layout_.swapped) swap_elements(destination, count, layout_.type.bytes);
  }

 private:
  InputFile file_;
  NpyHeader header_;
  NumberLayout layout_;
};

}  // namespace

NumberLayout number_layout(const NpyDictionary& dictionary, const std::string& path) {
  const std::string& descr = dictionary.descr;
  const auto fail = [&](const std::string& why) {
    throw InputError(fmt::format("{}: the elements are {}: {}", path, quote(descr), why));
  };
  const bool ordered = descr.size() == 3 && std::string_view("<>|").find(descr[0]) != std::string_view::npos;
  const char kind = ordered ? descr[1] : '?';
  const char size = ordered ? descr[2] : '?';
  const bool integer = kind == 'i' || kind == 'u';
  const bool known = integer ? std::string_view("1248").find(size) != std::string_view::npos
                             : kind == 'f' && (size == '4' || size == '8');
  if (!known || (descr[0] == '|' && size != '1')) {
    fail("integers of 1 to 8 bytes, float32 and float64 are read; convert with x.astype(...)");
  }
  const auto axes = std::count_if(dictionary.shape.begin(), dictionary.shape.end(),
                                  [](std::uint64_t extent) { return extent > 1; });
  if (dictionary.fortran_order && axes > 1) {
    throw InputError(
        fmt::format("{}: the array is in Fortran order; save numpy.ascontiguousarray(x) instead", path));
  }
  const NumberKind number_kind = kind == 'f'   ? NumberKind::real
                                 : kind == 'i' ? NumberKind::signed_integer
                                               : NumberKind::unsigned_integer;
  return {{number_kind, static_cast<std::size_t>(size - '0')}, descr[0] == '>'};
}

void swap_elements(std::byte* bytes, std::uint64_t count, std::size_t size) {
  for (std::uint64_t i = 0; i < count; ++i) {
    std::reverse(bytes + i * size, bytes + (i + 1) * size);
  }
}

std::unique_ptr<NumberArray> open_npy_numbers(const std::string& path) {
  return std::make_unique<NpyNumbers>(path);
}

}  // namespace tempsweep
