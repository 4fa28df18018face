// SPDX-License-Identifier: Apache-2.0
// Chunks that are compressed outside HDF5 must be what HDF5 reads back, whatever their shape and content.
#include <cmath>
#include <fstream>
#include <iterator>
#include <random>

#include "sample.hpp"
#include "scratch_folder.hpp"

using namespace tempsweep;

namespace {

class ChunkPacker : public ScratchFolder {
 protected:
  [[nodiscard]] std::string bytes_of(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

/// [5, 37, 3] in chunks of [2, 16, 3]: the last ones are cut in both directions.
Schema schema_of(ElementType type) {
  Schema schema;
  schema.dimensions = {{"row", 5}, {"temperature", 37}, {"level", 3}};
  Variable variable;
  variable.name = "a";
  variable.type = type;
  variable.dimensions = {"row", "temperature", "level"};
  variable.chunks = {2, 16, 3};
  variable.storage = Storage::compressible;
  schema.variables.push_back(variable);
  return schema;
}

template <class T>
void write_in_tiles(const std::string& path, ElementType type, const std::vector<T>& values,
                    Compression compression, int threads) {
  const Schema schema = schema_of(type);
  const auto sink = create_result_file(path, schema, compression, false, threads);
  for (const auto& [row, rows] : {std::pair<std::int64_t, std::int64_t>{0, 4}, {4, 1}}) {
    for (const auto& [first, count] : {std::pair<std::int64_t, std::int64_t>{32, 5}, {0, 32}}) {
      std::vector<T> tile;
      for (std::int64_t r = row; r < row + rows; ++r) {
        const auto begin = values.begin() + (r * 37 + first) * 3;
        tile.insert(tile.end(), begin, begin + count * 3);
      }
      sample::put(*sink, schema, "a", {{row, first, 0}, {rows, count, 3}}, tile);
    }
  }
  sink->finish({{"source", "tempsweep"}});
}

TEST_F(ChunkPacker, what_it_packs_is_read_back) {
  std::mt19937_64 generator(5);
  std::vector<double> smooth(5UL * 37 * 3);
  std::vector<double> noise(smooth.size());  // does not get smaller: stored without deflate
  for (std::size_t i = 0; i < smooth.size(); ++i) {
    smooth[i] = std::sqrt(static_cast<double>(i));
    noise[i] = static_cast<double>(generator() >> 11U) * 0x1p-53;
  }
  for (const auto& values : {smooth, noise}) {
    for (const Compression compression : {Compression::fast, Compression::small}) {
      for (const int threads : {1, 3}) {
        write_in_tiles(path("a.h5"), ElementType::f64, values, compression, threads);
        EXPECT_EQ(read_result_slab(path("a.h5"), "a", {{0, 0, 0}, {5, 37, 3}}), values);
        std::filesystem::remove(path("a.h5"));
      }
    }
  }
}

TEST_F(ChunkPacker, the_file_does_not_depend_on_threads) {
  std::vector<std::int64_t> values(5UL * 37 * 3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::int64_t>(i * i % 1000);
  }
  write_in_tiles(path("one.h5"), ElementType::i64, values, Compression::small, 1);
  write_in_tiles(path("four.h5"), ElementType::i64, values, Compression::small, 4);
  EXPECT_EQ(bytes_of("one.h5"), bytes_of("four.h5"));
}

/// A slab that is no whole chunks goes through HDF5's own filters.
TEST_F(ChunkPacker, other_slabs_are_written_all_the_same) {
  const Schema schema = schema_of(ElementType::f64);
  const auto sink = create_result_file(path("a.h5"), schema, Compression::small, false, 2);
  sample::put(*sink, schema, "a", {{1, 3, 0}, {1, 2, 3}}, std::vector<double>{1, 2, 3, 4, 5, 6});
  sample::put(*sink, schema, "a", {{2, 0, 0}, {2, 16, 3}}, std::vector<double>(96, 7));
  sink->finish({{"source", "tempsweep"}});
  EXPECT_EQ(read_result_slab(path("a.h5"), "a", {{1, 3, 0}, {2, 2, 3}}),
            (std::vector<double>{1, 2, 3, 4, 5, 6, 7, 7, 7, 7, 7, 7}));
}

}  // namespace
