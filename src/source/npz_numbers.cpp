// SPDX-License-Identifier: Apache-2.0
// .npz: a zip archive of .npy files, stored or deflated.
#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <zip.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/memory.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/foreign_draws.hpp"

#include "core/quote.hpp"
#include "source/input_file.hpp"
#include "source/npy_header.hpp"
#include "source/npy_numbers.hpp"

namespace tempsweep {
namespace {

constexpr std::string_view suffix = ".npy";

struct CloseArchive {
  void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
struct CloseMember {
  void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using Member = std::unique_ptr<zip_file_t, CloseMember>;

Archive open_archive(const std::string& path) {
  const InputFile file(path);  // says what is missing, empty or no file at all
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (archive) return archive;
  throw InputError(
      fmt::format("{}: is no .npz archive, or a damaged one; write it again with numpy.savez", path));
}

std::string read_member(const std::string& path, const std::string& name) {
  const Archive archive = open_archive(path);
  const std::string entry = name + std::string(suffix);
  zip_stat_t status;
  if (zip_stat(archive.get(), entry.c_str(), 0, &status) != 0) {
    throw InputError(fmt::format("{}: holds no array {}", path, quote(name)));
  }
  if (status.size > available_memory()) {
    throw MemoryError(
        fmt::format("{}: {} takes {}, more than is free; save it as .npy, which is read by pieces", path,
                    quote(name), format_bytes(status.size)));
  }
  std::string bytes(status.size, '\0');
  const Member member(zip_fopen(archive.get(), entry.c_str(), 0));
  const auto got = member ? zip_fread(member.get(), bytes.data(), bytes.size()) : -1;
  if (got < 0 || static_cast<std::uint64_t>(got) != status.size) {
    throw InputError(fmt::format("{}: {} cannot be unpacked; write the archive again", path, quote(name)));
  }
  return bytes;
}

class NpzNumbers final : public NumberArray {
 public:
  NpzNumbers(const std::string& path, const std::string& member)
      : name_(path + ":" + member), bytes_(read_member(path, member)) {
    NpyHeader header = parse_npy_header(bytes_, bytes_.size(), name_);
    layout_ = number_layout(header.dictionary, name_);
    require_npy_size(name_, bytes_.size(), header, layout_.type.bytes);
    shape_ = std::move(header.dictionary.shape);
    if (shape_.empty()) shape_ = {1};
    offset_ = header.data_offset;
  }

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::vector<std::uint64_t>& shape() const override { return shape_; }
  [[nodiscard]] NumberType type() const override { return layout_.type; }
  void read(std::uint64_t first, std::uint64_t count, std::byte* destination) override {
    const std::size_t size = layout_.type.bytes;
    std::memcpy(destination, bytes_.data() + offset_ + first * size, count * size);
    if (layout_.swapped) swap_elements(destination, count, size);
  }

 private:
  std::string name_;
  std::string bytes_;
  NumberLayout layout_{};
  std::vector<std::uint64_t> shape_;
  std::uint64_t offset_ = 0;
};

}  // namespace

std::unique_ptr<NumberArray> open_npz_numbers(const std::string& path, const std::string& name) {
  return std::make_unique<NpzNumbers>(path, name);
}

std::vector<std::string> npz_names(const std::string& path) {
  const Archive archive = open_archive(path);
  std::vector<std::string> names;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
    const char* const entry = zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), 0);
    std::string name = entry == nullptr ? "" : entry;
    if (name.ends_with(suffix)) names.push_back(name.substr(0, name.size() - suffix.size()));
  }
  return names;
}

}  // namespace tempsweep
