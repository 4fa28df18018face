// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>

#include <hdf5.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tempsweep/core/errors.hpp"

#include "sample.hpp"
#include "scratch_folder.hpp"

using namespace tempsweep;

namespace {

class Reader : public ScratchFolder {
 protected:
  static std::string refusal(const std::string& path) {
    return message_of<InputError>([&] { static_cast<void>(describe_result_file(path)); });
  }
};

TEST_F(Reader, files_that_are_none_are_named) {
  expect_has(refusal(path("none.h5")), "No such file or directory");
  expect_has(refusal(folder_.string()), "is a directory");
  put_bytes(path("empty.h5"), "");
  expect_has(refusal(path("empty.h5")), "is no HDF5 file");
  put_bytes(path("text.h5"), std::string(5000, 'x'));
  expect_has(refusal(path("text.h5")), "is no HDF5 file");
  expect_has(refusal("/dev/null"), "is no regular file");
}

TEST_F(Reader, a_file_cut_short_is_refused_wherever_it_is_cut) {
  sample::write(path("a.h5"), Compression::small, false);
  const std::string bytes = bytes_of(path("a.h5"));
  for (std::size_t length = 8; length < bytes.size(); length += bytes.size() / 37) {
    put_bytes(path("cut.h5"), bytes.substr(0, length));
    EXPECT_FALSE(refusal(path("cut.h5")).empty());
  }
  put_bytes(path("cut.h5"), bytes.substr(0, bytes.size() - 1));
  expect_has(refusal(path("cut.h5")), "is cut short");
}

// Nothing but our own errors may come out of a damaged file. HDF5 1.10 itself dies on a few of them (it frees
// wild pointers of a damaged link table), hence a process for each, and a death by its hand is not counted.
int outcome_of_reading(const std::string& file) {
  constexpr int strange_exception = 3;
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    try {
      for (const auto& variable : describe_result_file(file).variables) {
        const Slab slab{std::vector<std::int64_t>(variable.shape.size(), 0), variable.shape};
        if (variable.type != "text") static_cast<void>(read_result_slab(file, variable.name, slab));
      }
    } catch (const Error&) {
      ::_exit(0);
    } catch (...) {
      ::_exit(strange_exception);
    }
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? (WEXITSTATUS(status) == strange_exception ? strange_exception : 0)
                           : WTERMSIG(status);
}

TEST_F(Reader, damaged_bytes_end_in_an_error_or_a_result) {
  sample::write(path("a.h5"), Compression::small, false);
  const std::string bytes = bytes_of(path("a.h5"));
  int deaths = 0;
  for (std::size_t at = 0; at + 8 < bytes.size(); at += 211) {
    std::string damaged = bytes;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), 4, '\xFF');
    put_bytes(path("damaged.h5"), damaged);
    const int outcome = outcome_of_reading(path("damaged.h5"));
    EXPECT_NE(outcome, 3) << "a strange exception, damaged at " << at;
    EXPECT_NE(outcome, SIGALRM) << "hangs, damaged at " << at;
    deaths += outcome == SIGSEGV || outcome == SIGABRT || outcome == SIGBUS ? 1 : 0;
  }
  EXPECT_LT(deaths, 10);
}

TEST_F(Reader, hdf5_files_of_other_programs_are_refused) {
  const hid_t file = H5Fcreate(path("other.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  H5Fclose(file);
  expect_has(refusal(path("other.h5")), "was not written by tempsweep");
}

TEST_F(Reader, a_lying_size_costs_no_memory) {
  Schema schema;
  schema.dimensions = {{"a", std::int64_t{1} << 29}, {"b", std::int64_t{1} << 29}};
  Variable variable;
  variable.name = "lie";
  variable.type = ElementType::i8;
  variable.dimensions = {"a", "b"};
  schema.variables = {variable};
  create_result_file(path("a.h5"), schema, Compression::none, false)->finish({});
  EXPECT_EQ(describe_result_file(path("a.h5")).variables.front().stored_bytes, 0U);
  const Slab all{{0, 0}, {1 << 29, 1 << 29}};
  expect_has(message_of<MemoryError>([&] { static_cast<void>(read_result_slab(path("a.h5"), "lie", all)); }),
             "exceeds the memory");
  EXPECT_EQ(read_result_slab(path("a.h5"), "lie", {{1 << 28, 7}, {1, 2}}), (std::vector<double>{0, 0}));
}

TEST_F(Reader, slabs_and_names_are_checked) {
  sample::write(path("a.h5"), Compression::none, false);
  const auto refused = [&](const std::string& variable, const Slab& slab) {
    return message_of<InputError>([&] { static_cast<void>(read_result_slab(path("a.h5"), variable, slab)); });
  };
  expect_has(refused("nothing", {}), "has no variable 'nothing'");
  expect_has(refused("", {}), "has no variable ''");
  expect_has(refused("../entropy", {}), "has no variable");
  expect_has(refused("token_name", {{0, 0}, {1, 1}}), "holds no numbers");
  expect_has(refused("entropy", {{0}, {1}}), "has 3 axes");
  expect_has(refused("entropy", {{0, 0, 3}, {1, 1, 2}}), "does not fit axis 2 of length 4");
  expect_has(refused("entropy", {{0, 0, 1}, {1, 1, INT64_MAX}}), "does not fit axis 2");
  expect_has(refused("entropy", {{0, -1, 0}, {1, 1, 1}}), "does not fit axis 1");
  EXPECT_TRUE(read_result_slab(path("a.h5"), "entropy", {{0, 0, 0}, {0, 1, 1}}).empty());
}

TEST_F(Reader, a_file_under_construction_is_refused) {
  const auto sink = create_result_file(path("a.h5"), sample::schema(), Compression::none, false);
  sink->flush();
  expect_has(refusal(path("a.h5.partial")), "is being written by another program");
}

// What a killed run leaves is readable up to its last flush.
TEST_F(Reader, a_flushed_file_outlives_its_process) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto sink = create_result_file(path("a.h5"), sample::schema(), Compression::small, false);
    sample::fill(*sink, sample::schema());
    sink->flush();
    ::_exit(0);  // no destructor, as after kill -9
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(read_result_slab(path("a.h5.partial"), "entropy", {{1, 2, 3}, {1, 1, 1}})[0],
            sample::entropy(1, 2, 3));
}

}  // namespace
