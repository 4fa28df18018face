// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tempsweep/source.hpp"

#include "core/expect_error.hpp"
#include "source/files.hpp"

namespace tempsweep {
namespace {

using testing::expect_input_error;
using testing::npy_bytes;
using testing::npy_dictionary;
using testing::read_all;
using Values = std::vector<double>;

class OpenSource : public testing::FileTest {};

TEST_F(OpenSource, SuffixesIgnoreCase) {
  EXPECT_EQ(read_all(*open_source(write("X.CSV", "1,2\n"))), (Values{1, 2}));
  EXPECT_EQ(read_all(*open_source(write("X.Json", "[1, 2]"))), (Values{1, 2}));
}

TEST_F(OpenSource, UnknownSuffixIsReadByItsMagic) {
  const std::string bytes = npy_bytes(npy_dictionary("<f8", "(2,)"), testing::raw(Values{1, 2}));
  EXPECT_EQ(read_all(*open_source(write("logits.dat", bytes))), (Values{1, 2}));
  EXPECT_EQ(read_all(*open_source(write("logits", bytes))), (Values{1, 2}));
  expect_input_error([&] { (void)open_source(write("x.dat", "hello")); },
                     {"x.dat", "unknown", ".npy", ".csv", ".json"});
}

TEST_F(OpenSource, FilesThatAreNone) {
  for (const char* suffix : {".npy", ".csv", ".json", ".dat"}) {
    const std::string name = std::string("none").append(suffix);
    expect_input_error([&] { (void)open_source(path(name)); }, {name, "no such file"});
    std::filesystem::create_directory(path(name));
    expect_input_error([&] { (void)open_source(path(name)); }, {name, "is a directory"});
    const std::string empty = std::string("empty").append(suffix);
    expect_input_error([&] { (void)open_source(write(empty, "")); }, {empty, "empty"});
  }
  expect_input_error([] { (void)open_source(""); }, {"no such file"});
}

TEST_F(OpenSource, PipesAreRefusedWithoutWaiting) {
  ASSERT_EQ(::mkfifo(path("p.npy").c_str(), 0600), 0);
  expect_input_error([&] { (void)open_source(path("p.npy")); }, {"not a regular file"});
}

TEST_F(OpenSource, FileWithoutPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const std::string file = write("x.npy", "x");
  ASSERT_EQ(::chmod(file.c_str(), 0), 0);
  expect_input_error([&] { (void)open_source(file); }, {file, "permission"});
}

TEST_F(OpenSource, FormatsOfALaterVersion) {
  for (const char* name : {"x.npz:logits", "x.npz", "x.safetensors:logits", "x.safetensors", "x.h5:/a/b",
                           "x.h5", "x.NPZ:logits"}) {
    expect_input_error([&] { (void)open_source(path(name)); },
                       {name, "not supported in this version", ".npy"});
  }
  expect_input_error([] { (void)open_source("-"); }, {"standard input", "not supported in this version"});
}

TEST_F(OpenSource, PicklesAreRefusedAsCode) {
  for (const char* name : {"x.pt", "x.pth", "x.pkl", "x.bin"}) {
    expect_input_error([&] { (void)open_source(path(name)); },
                       {name, "run code", "safetensors", "numpy.save"});
  }
}

TEST_F(OpenSource, TablesAndJsonLinesSayHowToConvert) {
  expect_input_error([&] { (void)open_source(path("x.parquet")); }, {".parquet", "Python", "numpy.save"});
  expect_input_error([&] { (void)open_source(path("x.arrow")); }, {".arrow", "Python"});
  expect_input_error([&] { (void)open_source(path("x.jsonl")); }, {".jsonl", "one document a line", ".npy"});
}

TEST_F(OpenSource, LlamaDumpsAreKnownByTheirMagic) {
  for (const char* name : {"x.kld", "x.bin", "x"}) {
    expect_input_error([&] { (void)open_source(write(name, "_logits_\x01\x02\x03")); },
                       {"llama.cpp", "not supported in this version"});
  }
}

}  // namespace
}  // namespace tempsweep
