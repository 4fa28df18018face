// SPDX-License-Identifier: Apache-2.0
// Writes the sample for the tests with other programs' readers: make_sample FILE, or make_sample --large FILE
// for a file of 256 MiB whose only probability slab in use is the last one.
#include <cstdio>
#include <exception>
#include <string>

#include "sample.hpp"

namespace {

void write_large(const std::string& path) {
  constexpr std::int64_t row_count = 64;
  constexpr std::int64_t width = 1 << 20;
  sample::Schema schema;
  schema.dimensions = {{"row", row_count}, {"token", width}};
  sample::Variable probability;
  probability.name = "probability";
  probability.type = sample::ElementType::f32;
  probability.dimensions = {"row", "token"};
  probability.chunks = {1, width};
  probability.storage = sample::Storage::chunked;
  probability.fill_with_nan = true;
  schema.variables = {probability};
  const auto sink = sample::create_result_file(path, schema, sample::Compression::none, true);
  std::vector<float> row(static_cast<std::size_t>(width));
  for (std::int64_t r = 0; r < row_count; ++r) {
    row.assign(row.size(), static_cast<float>(r));
    sink->write(0, {{r, 0}, {1, width}}, std::as_bytes(std::span(row)));
  }
  sink->finish({});
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  try {
    if (arguments.size() == 1) {
      sample::write(arguments[0], sample::Compression::small, true);
    } else if (arguments.size() == 2 && arguments[0] == "--large") {
      write_large(arguments[1]);
    } else {
      std::fputs("usage: make_sample [--large] FILE\n", stderr);
      return 2;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
