// SPDX-License-Identifier: Apache-2.0
#include "engine/input_digest.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "tempsweep/core/errors.hpp"

namespace tempsweep {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} << 20;
constexpr std::size_t buffer_bytes = std::size_t{1} << 20;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { restart(); }
  void update(const void* data, std::size_t bytes) { EVP_DigestUpdate(context_.get(), data, bytes); }
  /// The digest of everything since the last call.
  std::array<unsigned char, 32> take() {
    std::array<unsigned char, 32> digest{};
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    restart();
    return digest;
  }

 private:
  void restart() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

void add_pieces(const std::string& path, const std::stop_token& stop, std::vector<char>& buffer,
                Sha256& whole) {
  std::ifstream file(path, std::ios::binary);
  Sha256 piece;
  std::size_t in_piece = 0;
  while (file && !stop.stop_requested()) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const auto got = static_cast<std::size_t>(file.gcount());
    piece.update(buffer.data(), got);
    in_piece += got;
    if (in_piece == piece_bytes || (!file && in_piece > 0)) {
      const auto digest = piece.take();
      whole.update(digest.data(), digest.size());
      in_piece = 0;
    }
  }
  if (!file.eof() && !stop.stop_requested()) {
    throw FileError(fmt::format("{}: cannot be read: {}", path, std::generic_category().message(errno)));
  }
}

}  // namespace

std::string input_digest(const std::vector<std::string>& files, const std::stop_token& stop) {
  Sha256 whole;
  std::vector<char> buffer(buffer_bytes);
  for (const auto& path : files) {
    add_pieces(path, stop, buffer, whole);
  }
  if (files.empty() || stop.stop_requested()) {
    return {};
  }
  std::string hex;
  for (const unsigned char byte : whole.take()) {
    hex += fmt::format("{:02x}", byte);
  }
  return hex;
}

}  // namespace tempsweep
