// SPDX-License-Identifier: Apache-2.0
// Does the referee keep its size at right samplers, and has it its power against wrong ones?
//   calibration [--complete yes] [--model LOGITS.npy] [--threads N] [--part size|grids|power|batches]
// Markdown tables on stdout; what chance does not explain on stderr, and exit status 1.
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "tempsweep/core/number.hpp"
#include "tempsweep/core/parallel.hpp"

#include "calibration/power.hpp"
#include "calibration/size.hpp"

namespace tempsweep::testing {
namespace {

struct Options {
  Extent extent;
  std::string part;
};

Options parse(int argc, char** argv) {
  Options options;
  options.extent.threads = available_threads();
  if (argc % 2 == 0) {
    throw std::invalid_argument("options come with a value each");
  }
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string word = argv[i];
    const std::string value = argv[i + 1];
    if (word == "--complete") {
      options.extent.complete = value == "yes";
    } else if (word == "--model") {
      options.extent.model = value;
    } else if (word == "--threads") {
      options.extent.threads = static_cast<int>(parse_count(value, word));
    } else if (word == "--part") {
      options.part = value;
    } else {
      throw std::invalid_argument(word + " is no option");
    }
  }
  return options;
}

int run(const Options& options) {
  Checks checks;
  const auto wanted = [&](const char* part) { return options.part.empty() || options.part == part; };
  if (wanted("size")) {
    const std::string table = size_table(size_cases(options.extent), options.extent.threads, checks);
    std::printf("## Points\n\n%s\n", table.c_str());
  }
  if (wanted("grids")) {
    std::printf("## Grids\n\n%s\n", grid_table(options.extent, checks).c_str());
  }
  if (wanted("power")) {
    std::printf("## Planted faults\n\n%s\n", power_table(options.extent, checks).c_str());
  }
  if (wanted("batches")) {
    std::printf("## Faults across rows\n\n%s\n", batch_table(options.extent, checks).c_str());
  }
  if (checks.size() == 0) {
    throw std::invalid_argument("there is no part " + options.part);
  }
  std::printf("%zu checks, the smallest p %.2g; 0.1 %% over all of them is %.2g.\n", checks.size(),
              checks.smallest(), family_level / static_cast<double>(checks.size()));
  for (const Check& check : checks.failed()) {
    std::fprintf(stderr, "calibration: %s (p = %.2g)\n", check.what.c_str(), check.p);
  }
  return checks.failed().empty() ? 0 : 1;
}

}  // namespace
}  // namespace tempsweep::testing

int main(int argc, char** argv) {
  try {
    return tempsweep::testing::run(tempsweep::testing::parse(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "calibration: %s\n", error.what());
    return 2;
  }
}
