// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "tempsweep/foreign_draws.hpp"

#include "core/expect_error.hpp"
#include "io/scratch_folder.hpp"

namespace tempsweep {
namespace {

using testing::expect_input_error;

class Hdf5Numbers : public ScratchFolder {
 protected:
  template <typename Number>
  void put(const std::string& name, hid_t type, const std::vector<hsize_t>& shape,
           const std::vector<Number>& values) const {
    const std::string file_path = path("x.h5");
    const bool fresh = !std::filesystem::exists(file_path);
    const hid_t file = fresh ? H5Fcreate(file_path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT)
                             : H5Fopen(file_path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    const hid_t space = shape.empty()
                            ? H5Screate(H5S_SCALAR)
                            : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t set = H5Dcreate2(file, name.c_str(), type, space, links, H5P_DEFAULT, H5P_DEFAULT);
    ASSERT_GE(set, 0);
    if (!values.empty()) H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(links);
    H5Fclose(file);
  }
  void refuse(const std::string& inside, std::initializer_list<std::string_view> words) const {
    expect_input_error([&] { (void)open_hdf5_numbers(path("x.h5") + ":" + inside); }, words);
  }
};

TEST_F(Hdf5Numbers, CountsOfRowsInAGroup) {
  put<std::int32_t>("/runs/counts", H5T_STD_I32LE, {2, 3}, {1, 2, 3, 4, 5, 6});
  put<std::int32_t>("/big", H5T_STD_I32BE, {3}, {0x01000000, 0, 0x07000000});  // written as raw words
  const auto array = open_hdf5_numbers(path("x.h5") + ":/runs/counts");
  EXPECT_EQ(array->shape(), (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(name_of(array->type()), "int32");
  EXPECT_EQ(read_counts(*array, {2, 3, {}}).counts, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6}));
  std::vector<std::int64_t> run(4);
  read_integers(*array, 1, run);  // across the end of an axis
  EXPECT_EQ(run, (std::vector<std::int64_t>{2, 3, 4, 5}));
  const auto big = open_hdf5_numbers(path("x.h5") + ":big");
  EXPECT_EQ(read_counts(*big, {1, 3, {}}).counts, (std::vector<std::uint64_t>{1, 0, 7}));
}

TEST_F(Hdf5Numbers, EveryType) {
  put<double>("d", H5T_NATIVE_DOUBLE, {2}, {0.1, 2});
  put<float>("f", H5T_NATIVE_FLOAT, {2}, {0.1F, 2});
  put<std::uint64_t>("u", H5T_NATIVE_UINT64, {1, 2}, {~0ULL, 2});
  put<std::int8_t>("b", H5T_NATIVE_INT8, {}, {-5});
  std::vector<double> reals(2);
  read_reals(*open_hdf5_numbers(path("x.h5") + ":/d"), 0, reals);
  EXPECT_EQ(reals, (std::vector<double>{0.1, 2}));
  read_reals(*open_hdf5_numbers(path("x.h5") + ":/f"), 0, reals);
  EXPECT_EQ(reals, (std::vector<double>{static_cast<double>(0.1F), 2}));
  std::vector<std::uint64_t> wide(2);
  read_unsigned(*open_hdf5_numbers(path("x.h5") + ":/u"), 0, wide);
  EXPECT_EQ(wide, (std::vector<std::uint64_t>{~0ULL, 2}));
  std::vector<std::int64_t> one(1);
  read_integers(*open_hdf5_numbers(path("x.h5") + ":/b"), 0, one);
  EXPECT_EQ(one[0], -5);
  EXPECT_EQ(hdf5_names(path("x.h5") + ":/"), (std::vector<std::string>{"b", "d", "f", "u"}));
  EXPECT_TRUE(hdf5_names(path("x.h5") + ":/d").empty());
}

TEST_F(Hdf5Numbers, RefusesWhatIsNoArrayOfNumbers) {
  put<std::int32_t>("/runs/counts", H5T_STD_I32LE, {1}, {1});
  put<std::int32_t>("/none", H5T_STD_I32LE, {0}, {});
  put<char>("/text", H5T_C_S1, {2}, {'a', 'b'});
  refuse("/nothing", {"x.h5", "/nothing", "h5ls"});
  refuse("/runs", {"no dataset"});
  refuse("/none", {"(0,)", "nothing"});
  refuse("/text", {"no numbers"});
  expect_input_error([&] { (void)open_hdf5_numbers(path("y.h5") + ":/a"); }, {"y.h5", "No such file"});
  put_bytes(path("z.h5"), "no HDF5");
  expect_input_error([&] { (void)open_hdf5_numbers(path("z.h5") + ":/a"); }, {"z.h5", "no HDF5 file"});
}

TEST(Hdf5Place, IsAFileAndAPathInIt) {
  EXPECT_TRUE(is_hdf5_place("a.h5:/x"));
  EXPECT_TRUE(is_hdf5_place("dir/a.hdf5:x"));
  EXPECT_FALSE(is_hdf5_place("a.h5"));
  EXPECT_FALSE(is_hdf5_place("a.npy"));
}

}  // namespace
}  // namespace tempsweep
