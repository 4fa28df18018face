// SPDX-License-Identifier: Apache-2.0
#include <initializer_list>

#include <gtest/gtest.h>

#include "tempsweep/source.hpp"

#include "core/expect_error.hpp"
#include "source/files.hpp"

namespace tempsweep {
namespace {

using testing::npy_bytes;
using testing::npy_dictionary;

class NpyRefusal : public testing::FileTest {
 protected:
  void expect_refused(const std::string& bytes, std::initializer_list<std::string_view> words) {
    const std::string file = write("bad.npy", bytes);
    testing::expect_input_error([&] { (void)open_source(file); }, {file});
    testing::expect_input_error([&] { (void)open_source(file); }, words);
  }
  void expect_dictionary_refused(const std::string& text, std::initializer_list<std::string_view> words) {
    expect_refused(npy_bytes(text, std::string(32, '\0')), words);
  }
};

TEST_F(NpyRefusal, NoMagic) {
  expect_refused("PK\x03\x04 and more than that", {"does not begin with", "numpy.save"});
  expect_refused("\x93NUMP", {"does not begin with"});
}

TEST_F(NpyRefusal, Versions) {
  const std::string good = npy_bytes(npy_dictionary("<f4", "(2, 4)"), std::string(32, '\0'));
  for (const char version : {'\0', '\4', '\7'}) {
    std::string bytes = good;
    bytes[6] = version;
    expect_refused(bytes, {fmt::format("version {}.0", static_cast<int>(version)), "versions 1 to 3"});
  }
}

TEST_F(NpyRefusal, HeaderThatIsTooLongOrCut) {
  const std::string good = npy_bytes(npy_dictionary("<f4", "(2, 4)"), std::string(32, '\0'), 2);
  std::string bytes = good;
  bytes[10] = 1;  // 65536 and more
  expect_refused(bytes, {"64 KiB"});
  bytes[11] = '\xFF';
  expect_refused(bytes, {"64 KiB"});
  expect_refused(good.substr(0, 60), {"cut short", "60 bytes"});
  expect_refused(good.substr(0, 9), {"byte 9", "header"});
}

TEST_F(NpyRefusal, HeaderThatIsNoDictionaryLiteral) {
  expect_dictionary_refused("", {"no dictionary literal"});
  expect_dictionary_refused("[1, 2]", {"no dictionary literal"});
  expect_dictionary_refused("{'descr': '<f4'", {"','"});
  expect_dictionary_refused("{'descr' '<f4'}", {"':'"});
  expect_dictionary_refused("{descr: '<f4'}", {"no dictionary literal"});
  expect_dictionary_refused("{'descr': '<f4", {"without an end"});
  expect_dictionary_refused("{'descr': '<f\\x34'}", {"escape"});
  expect_dictionary_refused(npy_dictionary("<f4", "(2, 4)") + " junk", {"more than a dictionary"});
  expect_dictionary_refused(std::string(40, '\x01'), {"no dictionary literal", "\\x01"});
}

TEST_F(NpyRefusal, Keys) {
  expect_dictionary_refused("{}", {"lacks", "'descr'"});
  expect_dictionary_refused("{'fortran_order': False, 'shape': (2, 4)}", {"lacks", "'descr'"});
  expect_dictionary_refused("{'descr': '<f4', 'shape': (2, 4)}", {"lacks", "'fortran_order'"});
  expect_dictionary_refused("{'descr': '<f4', 'fortran_order': False}", {"lacks", "'shape'"});
  expect_dictionary_refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), 'x': 1}",
                            {"unknown key", "'x'"});
  expect_dictionary_refused("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 4)}",
                            {"'descr'", "twice"});
}

TEST_F(NpyRefusal, Values) {
  expect_dictionary_refused("{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 4)}",
                            {"fortran_order", "True"});
  for (const char* shape :
       {"[2, 4]", "8", "(8)", "(2, -4)", "(2 4)", "(2, 4", "(,)", "(99999999999999999999,)"}) {
    expect_dictionary_refused(npy_dictionary("<f4", shape), {"shape"});
  }
}

TEST_F(NpyRefusal, Types) {
  const auto refused = [&](const char* descr, std::initializer_list<std::string_view> words) {
    expect_dictionary_refused(npy_dictionary(descr, "(2, 4)"), {descr});
    expect_dictionary_refused(npy_dictionary(descr, "(2, 4)"), words);
  };
  refused("|O", {"pickle"});
  refused("<V2", {"bfloat16", "--input-dtype", "not supported yet"});
  for (const char* descr : {"<i4", "<i8", "|u1", "|b1", ">u2"})
    refused(descr, {"integers", "convert to float"});
  refused("<c8", {"complex", "convert to float"});
  for (const char* descr : {"<f16", "=f4", "f4", "|f4", "<U5", "|S4", "<M8[ns]", "<f", "<", ""}) {
    refused(descr, {"convert with"});
  }
  expect_dictionary_refused("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (8,)}",
                            {"structured"});
}

TEST_F(NpyRefusal, Shapes) {
  expect_dictionary_refused(npy_dictionary("<f4", "()"), {"rank 0", "()"});
  expect_dictionary_refused(npy_dictionary("<f4", "(2, 2, 2)"), {"rank 3", "(2, 2, 2)", "reshape"});
  for (const char* shape : {"(0, 4)", "(4, 0)", "(0,)", "(0, 18446744073709551615)"}) {
    expect_dictionary_refused(npy_dictionary("<f4", shape), {shape, "no rows or no columns"});
  }
  for (const char* shape : {"(4294967296, 4294967296)", "(18446744073709551615,)", "(2305843009213693952,)",
                            "(4611686018427387904, 1)", "(9223372036854775807, 3)"}) {
    expect_dictionary_refused(npy_dictionary("<f4", shape), {shape, "more bytes than any file"});
  }
}

TEST_F(NpyRefusal, SizesThatDisagree) {
  const std::string head = npy_dictionary("<f4", "(2, 4)");
  const std::size_t stated = npy_bytes(head, std::string(32, '\0')).size();
  expect_refused(npy_bytes(head, std::string(31, '\0')),
                 {"cut short", fmt::format("{} bytes", stated), fmt::format("{} bytes", stated - 1)});
  expect_refused(npy_bytes(head, std::string(33, '\0')),
                 {"longer", fmt::format("{} bytes", stated), fmt::format("{} bytes", stated + 1)});
  // A header that lies about an exabyte must fail by its size, not by an allocation.
  expect_refused(npy_bytes(npy_dictionary("<f4", "(1000000000, 100000000)"), ""),
                 {"cut short", "400000000000000"});
}

}  // namespace
}  // namespace tempsweep
