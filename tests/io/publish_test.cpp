// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tempsweep/core/errors.hpp"

#include "sample.hpp"
#include "scratch_folder.hpp"

using namespace tempsweep;

namespace {

class Publish : public ScratchFolder {
 protected:
  static std::unique_ptr<Sink> create(const std::string& path, bool force = false) {
    return create_result_file(path, sample::schema(), Compression::none, force);
  }
  static std::string refusal(const std::string& path, bool force = false) {
    return message_of<FileError>([&] { static_cast<void>(create(path, force)); });
  }
};

using Names = std::vector<std::string>;

TEST_F(Publish, the_name_appears_with_the_finished_file) {
  const auto sink = create(path("a.h5"));
  EXPECT_EQ(names(), Names{"a.h5.partial"});
  sink->finish({});
  EXPECT_EQ(names(), Names{"a.h5"});
}

TEST_F(Publish, an_unfinished_sink_leaves_nothing) {
  {
    const auto sink = create(path("a.h5"));
    sample::fill(*sink, sample::schema());
    sink->flush();
  }
  EXPECT_TRUE(names().empty());
}

TEST_F(Publish, an_existing_result_needs_force) {
  put_bytes(path("a.h5"), "precious");
  expect_has(refusal(path("a.h5")), "a.h5 exists: use --force to replace it, or another name");
  { const auto abandoned = create(path("a.h5"), true); }
  EXPECT_EQ(bytes_of(path("a.h5")), "precious") << "kept until the new one is complete";
  sample::write(path("a.h5"), Compression::none, true);
  EXPECT_EQ(describe_result_file(path("a.h5")).dimensions.size(), 6U);
  EXPECT_EQ(names(), Names{"a.h5"});
}

TEST_F(Publish, a_leftover_of_a_killed_run_needs_force) {
  put_bytes(path("a.h5.partial"), "half");
  expect_has(refusal(path("a.h5")),
             "a.h5.partial exists: a stopped or killed run left in it what it had done");
  EXPECT_EQ(bytes_of(path("a.h5.partial")), "half");
  sample::write(path("a.h5"), Compression::none, true);
  EXPECT_EQ(names(), Names{"a.h5"});
}

TEST_F(Publish, a_live_run_is_never_disturbed) {
  const auto first = create(path("a.h5"));
  expect_has(refusal(path("a.h5")), "is being written by another run");
  expect_has(refusal(path("a.h5"), true), "is being written by another run");
  sample::fill(*first, sample::schema());
  first->finish({});
  EXPECT_NO_THROW(static_cast<void>(describe_result_file(path("a.h5"))));
}

TEST_F(Publish, a_name_taken_during_the_run_keeps_both_files) {
  const auto sink = create(path("a.h5"));
  put_bytes(path("a.h5"), "precious");
  expect_has(message_of<FileError>([&] { sink->finish({}); }), "the complete result stays in");
  EXPECT_EQ(bytes_of(path("a.h5")), "precious");
  EXPECT_NO_THROW(static_cast<void>(describe_result_file(path("a.h5.partial"))));
}

TEST_F(Publish, a_removed_partial_file_is_noticed_and_a_strange_one_kept) {
  {
    const auto sink = create(path("a.h5"));
    std::filesystem::remove(path("a.h5.partial"));
    put_bytes(path("a.h5.partial"), "of somebody else");
    expect_has(message_of<FileError>([&] { sink->finish({}); }), "removed or replaced during the run");
  }
  EXPECT_EQ(bytes_of(path("a.h5.partial")), "of somebody else");
}

TEST_F(Publish, impossible_places_are_named_at_once) {
  expect_has(refusal(""), "empty");
  expect_has(refusal(folder_.string()), "is a directory");
  expect_has(refusal(folder_.string() + "/"), "is a directory");
  expect_has(refusal(path("no/a.h5")), "No such file or directory");
  put_bytes(path("file"), "");
  expect_has(refusal(path("file/a.h5")), "Not a directory");
  expect_has(refusal(path(std::string(300, 'a'))), "File name too long");
  expect_has(refusal(path(std::string(250, 'a'))), "File name too long");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  expect_has(refusal(path("pipe"), true), "is no regular file");
  ASSERT_EQ(::mkdir(path("b.h5.partial").c_str(), 0700), 0);
  expect_has(refusal(path("b.h5"), true), "cannot remove");
}

TEST_F(Publish, a_folder_without_permission_is_named) {
  if (::geteuid() == 0) {
    expect_has(refusal("/sys/a.h5"), "cannot create /sys/a.h5.partial");
    return;
  }
  ASSERT_EQ(::chmod(folder_.c_str(), 0500), 0);
  expect_has(refusal(path("a.h5")), "Permission denied");
  ASSERT_EQ(::chmod(folder_.c_str(), 0700), 0);
}

TEST_F(Publish, a_relative_name_works) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  sample::write("a.h5", Compression::none, false);
  std::filesystem::current_path(before);
  EXPECT_EQ(names(), Names{"a.h5"});
}

TEST_F(Publish, many_files_one_after_the_other_leak_no_descriptor) {
  const auto open_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  sample::write(path("a.h5"), Compression::small, true);
  const auto before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    sample::write(path("a.h5"), Compression::small, true);
    { const auto abandoned = create(path("b.h5")); }
    static_cast<void>(describe_result_file(path("a.h5")));
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
