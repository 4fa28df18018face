// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "tempsweep/foreign_draws.hpp"

#include "io/read_support.hpp"

namespace tempsweep {
namespace io {
namespace {

struct Place {
  std::string file;
  std::string inside;  ///< begins with /
};

constexpr std::array<std::string_view, 3> suffixes = {".h5:", ".hdf5:", ".nc:"};

Place split_place(const std::string& word) {
  for (const std::string_view suffix : suffixes) {
    const auto found = word.rfind(suffix);
    if (found == std::string::npos) continue;
    const std::size_t colon = found + suffix.size() - 1;
    std::string inside = word.substr(colon + 1);
    if (!inside.starts_with('/')) inside.insert(0, "/");
    return {word.substr(0, colon), inside};
  }
  return {word, "/"};
}

Object open_inside(const Place& place, hid_t file) {
  Object object(H5Oopen(file, place.inside.c_str(), H5P_DEFAULT));
  if (object.get() < 0) {
    static_cast<void>(take_error_text());
    throw InputError(
        fmt::format("{}: there is no {} in the file; list it with h5ls -r", place.file, place.inside));
  }
  return object;
}

NumberType number_type(hid_t dataset, const std::string& name) {
  const Type type(check(H5Dget_type(dataset), "examining a dataset"));
  const H5T_class_t kind = H5Tget_class(type.get());
  const std::size_t bytes = H5Tget_size(type.get());
  const bool sized = bytes == 8 || bytes == 4 || (kind == H5T_INTEGER && (bytes == 2 || bytes == 1));
  if ((kind != H5T_INTEGER && kind != H5T_FLOAT) || !sized) {
    throw InputError(fmt::format(
        "{}: holds no numbers that are read: integers of 1 to 8 bytes, float32 and float64", name));
  }
  if (kind == H5T_FLOAT) return {NumberKind::real, bytes};
  const bool is_signed = H5Tget_sign(type.get()) == H5T_SGN_2;
  return {is_signed ? NumberKind::signed_integer : NumberKind::unsigned_integer, bytes};
}

hid_t memory_type(const NumberType& type) {
  if (type.kind == NumberKind::real) return type.bytes == 4 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
  const bool is_signed = type.kind == NumberKind::signed_integer;
  switch (type.bytes) {
    case 1:
      return is_signed ? H5T_NATIVE_INT8 : H5T_NATIVE_UINT8;
    case 2:
      return is_signed ? H5T_NATIVE_INT16 : H5T_NATIVE_UINT16;
    case 4:
      return is_signed ? H5T_NATIVE_INT32 : H5T_NATIVE_UINT32;
    default:
      return is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
  }
}

class Hdf5Numbers final : public NumberArray {
 public:
  explicit Hdf5Numbers(const std::string& word)
      : name_(word), place_(split_place(word)), file_(open_result(place_.file)) {
    dataset_ = open_inside(place_, file_.get());
    if (H5Iget_type(dataset_.get()) != H5I_DATASET) {
      throw InputError(fmt::format("{}: is no dataset; name one, as in {}:/counts", name_, place_.file));
    }
    type_ = number_type(dataset_.get(), name_);
    shape_ = extents_of(dataset_.get());
    if (shape_.empty()) shape_ = {1};
    if (std::find(shape_.begin(), shape_.end(), 0U) != shape_.end()) {
      throw InputError(fmt::format("{}: has shape {}: it holds nothing", name_, format_shape(shape_)));
    }
  }

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::vector<std::uint64_t>& shape() const override { return shape_; }
  [[nodiscard]] NumberType type() const override { return type_; }
  void read(std::uint64_t first, std::uint64_t count, std::byte* destination) override {
    reading(name_, [&] { read_run(first, count, destination); });
  }

 private:
  /// A run of elements in row-major order, by slabs: the rest of a last axis, whole ones, the begin of one.
  void read_run(std::uint64_t first, std::uint64_t count, std::byte* destination) {
    const std::uint64_t width = shape_.back();
    while (count > 0) {
      const std::uint64_t column = first % width;
      const std::uint64_t now = std::min(count, width - column);
      read_slab(first / width, column, now, destination);
      first += now;
      count -= now;
      destination += now * type_.bytes;
    }
  }

  /// `count` elements of one run of the last axis; `line` numbers those runs.
  void read_slab(std::uint64_t line, std::uint64_t column, std::uint64_t count, std::byte* destination) {
    std::vector<hsize_t> start(shape_.size());
    std::vector<hsize_t> extent(shape_.size(), 1);
    start.back() = column;
    extent.back() = count;
    for (std::size_t axis = shape_.size() - 1; axis-- > 0;) {
      start[axis] = line % shape_[axis];
      line /= shape_[axis];
    }
    const Space source(check(H5Dget_space(dataset_.get()), "examining a dataset"));
    if (H5Sget_simple_extent_ndims(source.get()) > 0) {
      check(H5Sselect_hyperslab(source.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr),
            "selecting a slab");
    }
    const hsize_t length = count;
    const Space memory(check(H5Screate_simple(1, &length, nullptr), "selecting a slab"));
    check(H5Dread(dataset_.get(), memory_type(type_), memory.get(), source.get(), H5P_DEFAULT, destination),
          "reading");
  }

  std::string name_;
  Place place_;
  File file_;
  Object dataset_;
  NumberType type_;
  std::vector<std::uint64_t> shape_;
};

std::vector<std::string> names_of_group(const std::string& word) {
  const Place place = split_place(word);
  const File file = open_result(place.file);
  const Object group = open_inside(place, file.get());
  if (H5Iget_type(group.get()) != H5I_GROUP) return {};
  H5G_info_t info{};
  check(H5Gget_info(group.get(), &info), "listing a group");
  std::vector<std::string> names;
  for (hsize_t i = 0; i < std::min<hsize_t>(info.nlinks, 1000); ++i) {
    const auto get = [&](char* text, std::size_t size) {
      return check(
          H5Lget_name_by_idx(group.get(), ".", H5_INDEX_NAME, H5_ITER_INC, i, text, size, H5P_DEFAULT),
          "listing a group");
    };
    std::string name(static_cast<std::size_t>(get(nullptr, 0)), '\0');
    get(name.data(), name.size() + 1);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace
}  // namespace io

std::unique_ptr<NumberArray> open_hdf5_numbers(const std::string& place) {
  return io::reading(place, [&] { return std::make_unique<io::Hdf5Numbers>(place); });
}

bool is_hdf5_place(const std::string& word) {
  return std::any_of(io::suffixes.begin(), io::suffixes.end(),
                     [&](std::string_view suffix) { return word.find(suffix) != std::string::npos; });
}

std::vector<std::string> hdf5_names(const std::string& place) {
  return io::reading(place, [&] { return io::names_of_group(place); });
}

}  // namespace tempsweep
