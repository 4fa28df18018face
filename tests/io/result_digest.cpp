// SPDX-License-Identifier: Apache-2.0
// result_digest FILE.h5 [VARIABLE ...]: SHA-256 of the values of every variable, or of those named, as JSON.
// Two runs that gave the same bits have the same digests, whatever their files say of times and devices.
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "tempsweep/result_file.hpp"

namespace {

using tempsweep::StoredVariable;

constexpr std::int64_t at_once = std::int64_t{1} << 22U;  ///< values

/// Over the values as doubles, which hold every type of a result but counts past 2^53.
std::string digest(const std::string& path, const StoredVariable& variable) {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
  const std::int64_t first = variable.shape.empty() ? 1 : variable.shape.front();
  const std::int64_t each = variable.shape.empty()
                                ? 1
                                : std::accumulate(variable.shape.begin() + 1, variable.shape.end(),
                                                  std::int64_t{1}, std::multiplies<>());
  const std::int64_t step = std::max<std::int64_t>(1, at_once / std::max<std::int64_t>(1, each));
  for (std::int64_t i = 0; i < first; i += step) {
    tempsweep::Slab slab{std::vector<std::int64_t>(variable.shape.size(), 0), variable.shape};
    if (!variable.shape.empty()) {
      slab.start[0] = i;
      slab.count[0] = std::min(step, first - i);
    }
    const auto values = tempsweep::read_result_slab(path, variable.name, slab);
    EVP_DigestUpdate(context, values.data(), values.size() * sizeof(double));
  }
  std::array<unsigned char, 32> bytes{};
  EVP_DigestFinal_ex(context, bytes.data(), nullptr);
  EVP_MD_CTX_free(context);
  std::string hex;
  for (const unsigned char byte : bytes) {
    hex += fmt::format("{:02x}", byte);
  }
  return hex;
}

int run(const std::vector<std::string>& words) {
  std::string lines;
  std::size_t found = 0;
  for (const StoredVariable& variable : tempsweep::describe_result_file(words.front()).variables) {
    const bool named = std::find(words.begin() + 1, words.end(), variable.name) != words.end();
    if ((words.size() == 1 || named) && variable.type.find_first_of("fiu") == 0) {
      lines += fmt::format("{} \"{}\": \"{}\"", lines.empty() ? "" : ",\n", variable.name,
                           digest(words.front(), variable));
      ++found;
    }
  }
  fmt::print("{{\n{}\n}}\n", lines);
  return found > 0 && (words.size() == 1 || found == words.size() - 1) ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: result_digest FILE.h5 [VARIABLE ...]\n");
    return 2;
  }
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "result_digest: %s\n", error.what());
    return 2;
  }
}
