// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tempsweep/core/errors.hpp"

#include "app/experiment1.hpp"
#include "app/near_miss.hpp"

namespace tempsweep::app::experiment1 {
namespace {

namespace fs = std::filesystem;

/// Folders that may hold `data/presets` and `scripts`: an installation's, then the source tree's.
std::vector<fs::path> roots() {
  std::vector<fs::path> found;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    found.push_back(program.parent_path().parent_path() / "share" / "tempsweep");
  }
  found.emplace_back(TEMPSWEEP_SOURCE_ROOT);
  return found;
}

std::string find_file(const fs::path& relative) {
  for (const fs::path& root : roots()) {
    std::error_code error;
    if (fs::is_regular_file(root / relative, error)) {
      return root / relative;
    }
  }
  return {};
}

}  // namespace

std::string preset_path(const std::string& name) {
  if (std::find(presets.begin(), presets.end(), name) == presets.end()) {
    const std::vector<std::string> names(presets.begin(), presets.end());
    throw InputError(fmt::format("--preset: there is no preset '{}'{} (known: {})", name,
                                 near_miss_hint(name, names), fmt::join(names, ", ")));
  }
  const char* folder =
      std::getenv("TEMPSWEEP_PRESETS");  // NOLINT(concurrency-mt-unsafe): no other thread yet
  std::string path = folder != nullptr ? std::string(fs::path(folder) / (name + ".json"))
                                       : find_file("data/presets/" + name + ".json");
  if (path.empty() || !fs::exists(path)) {
    throw FileError(fmt::format(
        "preset {}: its data file is not found; set TEMPSWEEP_PRESETS to the folder of presets", name));
  }
  return path;
}

std::string plot_script() {
  return find_file("scripts/plot_experiment1.py");
}

}  // namespace tempsweep::app::experiment1
