// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tempsweep/core/errors.hpp"

#include "sample.hpp"
#include "scratch_folder.hpp"

using namespace tempsweep;

namespace {

constexpr std::int64_t mebi = 1 << 20;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

long peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// Largest share of the file's chunks in memory: 200 MiB of f32 in chunks of 4 MiB next to 30 small metrics.
Schema large_schema(std::int64_t rows) {
  Schema schema;
  schema.dimensions = {{"row", rows}, {"temperature", 8}, {"token", mebi / 8}};
  Variable variable;
  variable.name = "probability";
  variable.type = ElementType::f32;
  variable.dimensions = {"row", "temperature", "token"};
  variable.chunks = {1, 8, mebi / 8};
  variable.storage = Storage::chunked;
  variable.fill_with_nan = true;
  schema.variables.push_back(variable);
  variable.type = ElementType::f64;
  variable.dimensions = {"row", "temperature"};
  variable.chunks = {16, 8};
  variable.storage = Storage::compressible;
  for (int i = 0; i < 30; ++i) {
    variable.name = "metric" + std::to_string(i);
    schema.variables.push_back(variable);
  }
  return schema;
}

void write_rows(const std::string& path, std::int64_t rows) {
  const Schema schema = large_schema(rows);
  const auto sink = create_result_file(path, schema, Compression::small, false);
  std::vector<float> tile(static_cast<std::size_t>(mebi));
  const std::vector<double> metrics(8, 1.0);
  for (std::int64_t r = 0; r < rows; ++r) {
    tile.assign(tile.size(), static_cast<float>(r));
    for (std::int64_t half = 0; half < 2; ++half) {  // tiles smaller than chunks must not pile up either
      const auto part = std::span(tile).subspan(static_cast<std::size_t>(half * mebi / 2), mebi / 2);
      sink->write(0, {{r, 4 * half, 0}, {1, 4, mebi / 8}}, std::as_bytes(part));
    }
    for (std::size_t m = 1; m < schema.variables.size(); ++m) {
      sink->write(m, {{r, 0}, {1, 8}}, std::as_bytes(std::span(metrics)));
    }
    sink->flush();
  }
  sink->finish({});
}

TEST_F(ScratchFolder, a_result_larger_than_the_memory_is_written_and_read_in_pieces) {
  constexpr std::int64_t rows = 50;
  write_rows(path("small.h5"), 2);  // whatever is loaded once
  const long before = peak_kib();
  write_rows(path("large.h5"), rows);
  EXPECT_GT(std::filesystem::file_size(path("large.h5")), static_cast<std::uintmax_t>(rows * 4 * mebi));
  const Slab last{{rows - 1, 7, 0}, {1, 1, mebi / 8}};
  EXPECT_EQ(read_result_slab(path("large.h5"), "probability", last).back(), static_cast<double>(rows - 1));
  if (sanitized) return;  // the sanitizer's own memory drowns ours
  EXPECT_LT(peak_kib() - before, 16 * 1024) << "KiB more than a result of two rows needs";
}

// A tile per chunk, as the engine does it, with compressed chunks far beyond the cache.
TEST_F(ScratchFolder, large_compressed_chunks_hold_one_chunk_at_most) {
  Schema schema;
  schema.dimensions = {{"row", 8}, {"token", 2 * mebi}};
  Variable variable;
  variable.name = "count";
  variable.type = ElementType::u64;
  variable.dimensions = {"row", "token"};
  variable.chunks = {1, 2 * mebi};
  variable.storage = Storage::compressible;
  schema.variables = {variable};
  const auto sink = create_result_file(path("a.h5"), schema, Compression::small, false);
  const std::vector<std::uint64_t> row(static_cast<std::size_t>(2 * mebi), 3);
  for (std::int64_t r = 0; r < 8; ++r) sink->write(0, {{r, 0}, {1, 2 * mebi}}, std::as_bytes(std::span(row)));
  sink->finish({});
  EXPECT_LT(std::filesystem::file_size(path("a.h5")), static_cast<std::uintmax_t>(8 * mebi));
  EXPECT_EQ(read_result_slab(path("a.h5"), "count", {{7, 2 * mebi - 1}, {1, 1}})[0], 3);
}

}  // namespace
