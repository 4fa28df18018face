// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/source.hpp"

#include "source/formats.hpp"
#include "source/input_file.hpp"
#include "source/npy_header.hpp"

namespace tempsweep {
namespace {

/// A format by the end of the file's name: read by `open`, or refused with `refusal`.
struct Format {
  std::string_view suffix;
  std::unique_ptr<Source> (*open)(const std::string& path);
  std::string_view refusal;
};

constexpr std::string_view unsupported = "is not supported in this version; convert to .npy with numpy.save";
constexpr std::string_view pickle =
    "may hold a Python pickle, which can run code when it is read; write x.safetensors with "
    "safetensors.torch.save_file, or x.npy with numpy.save";
constexpr std::string_view tables =
    "is not read by this program; convert it in Python, e.g. numpy.save('x.npy', table.to_numpy())";
constexpr std::string_view json_lines =
    "holds one document a line (such as evaluation samples), no logits; dump the logits with numpy.save to "
    ".npy";
constexpr std::string_view packed = "is compressed; unpack it first (gunzip, unxz, unzstd)";
constexpr std::string_view llama =
    "a llama.cpp logits dump is not supported in this version; convert to .npy with numpy.save";

// THE table of formats: a new one is a file with its opener and a line here.
constexpr std::array formats{
    Format{".npy", open_npy, {}},
    Format{".csv", open_csv, {}},
    Format{".json", open_json, {}},
    Format{".npz", nullptr, unsupported},
    Format{".safetensors", nullptr, unsupported},
    Format{".h5", nullptr, unsupported},
    Format{".hdf5", nullptr, unsupported},
    Format{".pt", nullptr, pickle},
    Format{".pth", nullptr, pickle},
    Format{".pkl", nullptr, pickle},
    Format{".bin", nullptr, pickle},
    Format{".parquet", nullptr, tables},
    Format{".arrow", nullptr, tables},
    Format{".feather", nullptr, tables},
    Format{".jsonl", nullptr, json_lines},
    Format{".gz", nullptr, packed},
    Format{".xz", nullptr, packed},
    Format{".zst", nullptr, packed},
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return text;
}

const Format* find_format(const std::string& path) {
  const std::string name = lower(path);
  for (const Format& format : formats) {
    if (name.ends_with(format.suffix)) return &format;
  }
  for (const Format& format : formats) {  // `.npz:name`, `.h5:/path`: a part of a file
    if (format.open == nullptr && name.find(fmt::format("{}:", format.suffix)) != std::string::npos)
      return &format;
  }
  return nullptr;
}

/// The first bytes of a file, which tell formats that names do not.
std::string first_bytes(const InputFile& file) {
  std::string bytes(8, '\0');
  bytes.resize(file.read_some(0, bytes.data(), bytes.size()));
  return bytes;
}

std::unique_ptr<Source> open_by_content(const std::string& path) {
  const std::string bytes = first_bytes(InputFile(path));
  if (bytes.starts_with(npy_magic)) return open_npy(path);
  if (bytes == "_logits_") throw InputError(fmt::format("{}: {}", path, llama));
  throw InputError(
      fmt::format("{}: the format is unknown; .npy, .csv and .json are read: convert with numpy.save", path));
}

bool is_llama_dump(const std::string& path) {
  try {
    return first_bytes(InputFile(path)) == "_logits_";
  } catch (const Error&) {
    return false;  // then the name alone decides what is said
  }
}

}  // namespace

std::unique_ptr<Source> open_source(const std::string& path) {
  if (path == "-") {
    throw InputError(
        "-: reading .npy from standard input is not supported in this version; save it to a file first");
  }
  const Format* const format = find_format(path);
  if (format == nullptr) return open_by_content(path);
  if (format->open != nullptr) return format->open(path);
  if (is_llama_dump(path)) throw InputError(fmt::format("{}: {}", path, llama));
  throw InputError(fmt::format("{}: {} {}", path, format->suffix, format->refusal));
}

}  // namespace tempsweep
