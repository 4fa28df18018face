// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/source.hpp"

#include "source/line_reader.hpp"

namespace tempsweep {

std::vector<std::string> read_token_names(const std::string& path, std::int64_t width) {
  LineReader reader(path);
  std::vector<std::string> names;
  std::string_view line;
  while (std::ssize(names) < width && reader.next(line)) names.emplace_back(line);
  if (std::ssize(names) < width) {
    throw InputError(
        fmt::format("{}: names {} tokens, the input is {} tokens wide; one name a line is needed", path,
                    names.size(), width));
  }
  // A name may end in \r, as a byte-level vocabulary does; only where every line does is it the line end.
  const bool windows =
      std::all_of(names.begin(), names.end(), [](const auto& name) { return name.ends_with('\r'); });
  if (windows) {
    for (auto& name : names) name.pop_back();
  }
  return names;
}

}  // namespace tempsweep
