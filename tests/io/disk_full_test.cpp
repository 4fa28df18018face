// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tempsweep/core/errors.hpp"

#include "sample.hpp"
#include "scratch_folder.hpp"

using namespace tempsweep;

namespace {

constexpr std::int64_t row_count = 64;
constexpr std::int64_t width = 32 * 1024;

// Incompressible, 16 MiB in all.
Schema large_schema(Storage storage) {
  Schema schema;
  schema.dimensions = {{"row", row_count}, {"token", width}};
  Variable variable;
  variable.name = "noise";
  variable.dimensions = {"row", "token"};
  variable.chunks = {1, width};
  variable.storage = storage;
  variable.fill_with_nan = storage != Storage::contiguous;
  schema.variables = {variable};
  return schema;
}

void write_large(const std::string& path, Storage storage, bool force = false) {
  const Schema schema = large_schema(storage);
  const auto sink = create_result_file(path, schema, Compression::small, force);
  std::vector<double> row(static_cast<std::size_t>(width));
  std::uint64_t state = 1;
  for (std::int64_t r = 0; r < row_count; ++r) {
    for (double& value : row) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      value = static_cast<double>(state);
    }
    sample::put(*sink, schema, "noise", {{r, 0}, {1, width}}, row);
    if (r % 8 == 7) sink->flush();
  }
  sink->finish({});
}

// Limits last for the rest of a process and a crash may come as late as its exit handlers: everything in a
// child that leaves through exit(). \returns its wait status.
template <typename Step>
int status_of_child(Step step) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    EXPECT_NO_THROW(step());
    std::exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

void limit_file_size(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
}

class DiskFull : public ScratchFolder, public ::testing::WithParamInterface<Storage> {};

TEST_P(DiskFull, a_limit_on_file_sizes_is_one_clear_error_and_leaves_nothing) {
  const int status = status_of_child([&] {
    for (const rlim_t bytes : {1000U, 5000U, 100'000U, 3'000'001U, 9'000'000U, 12'000'000U}) {
      limit_file_size(bytes);
      const auto message = message_of<FileError>([&] { write_large(path("a.h5"), GetParam()); });
      expect_has(message, "cannot write ");
      expect_has(message, "a.h5.partial: File too large; raise the limit");
      EXPECT_TRUE(names().empty()) << bytes;
    }
    limit_file_size(RLIM_INFINITY);
    write_large(path("a.h5"), GetParam());  // the process is as good as new
    EXPECT_EQ(names(), std::vector<std::string>{"a.h5"});
  });
  EXPECT_EQ(status, 0) << "must not crash, not even on exit";
}

TEST_P(DiskFull, a_full_file_system_is_one_clear_error_and_leaves_nothing) {
  if (::mount("tempsweep", folder_.c_str(), "tmpfs", 0, "size=6m") != 0)
    GTEST_SKIP() << "mount is not permitted";
  const int status = status_of_child([&] {
    const auto message = message_of<FileError>([&] { write_large(path("a.h5"), GetParam()); });
    expect_has(message, "a.h5.partial: No space left on device; free some space");
    EXPECT_TRUE(names().empty());
  });
  EXPECT_EQ(status, 0) << "must not crash, not even on exit";
  EXPECT_EQ(::umount(folder_.c_str()), 0);
}

TEST_P(DiskFull, after_a_failure_everything_else_fails_alike) {
  const int status = status_of_child([&] {
    const Schema schema = large_schema(GetParam());
    auto sink = create_result_file(path("a.h5"), schema, Compression::none, false);
    limit_file_size(100'000);
    const std::vector<double> row(static_cast<std::size_t>(width));
    const auto fail = [&] {
      for (std::int64_t r = 0; r < row_count; ++r)
        sample::put(*sink, schema, "noise", {{r, 0}, {1, width}}, row);
      sink->flush();
    };
    expect_has(message_of<FileError>(fail), "File too large");
    expect_has(message_of<FileError>([&] { sink->flush(); }), "File too large");
    expect_has(message_of<FileError>([&] { sink->finish({}); }), "File too large");
    sink.reset();
    EXPECT_TRUE(names().empty());
  });
  EXPECT_EQ(status, 0);
}

std::string storage_name(const ::testing::TestParamInfo<Storage>& info) {
  const std::vector<std::string> names{"contiguous", "chunked", "compressible"};
  return names[static_cast<std::size_t>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Storage, DiskFull,
                         ::testing::Values(Storage::contiguous, Storage::chunked, Storage::compressible),
                         storage_name);

}  // namespace
