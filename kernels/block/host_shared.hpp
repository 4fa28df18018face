// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

#include "kernels/block/host_access.hpp"
#include "kernels/block/host_fault.hpp"

namespace tempsweep::kernels {

struct PieceShape {
  const std::type_info* type = nullptr;
  std::size_t bytes = 0;  ///< of an element
  std::int64_t count = 0;
};

class SharedMemory;

/// One piece. `data` has guard bytes on both sides, and stays where it is until the block ends.
struct Piece {
  struct alignas(64) Line {
    std::array<std::byte, 64> bytes;
  };

  SharedMemory* memory = nullptr;
  std::byte* data = nullptr;
  PieceShape shape{};
  int number = 0;    ///< in the order in which threads ask
  Site site;         ///< of the first thread that asked
  bool raw = false;  ///< somebody took an address, so writes go unseen
  std::vector<Element> elements;
  std::vector<Line> storage;
};

/// The shared memory of a block and what is known of every element. Throws BlockFault.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t declared_bytes) : declared_(declared_bytes) {}

  [[nodiscard]] Moment& now() { return now_; }
  /// Forgets all pieces; the epoch of now() is new.
  void begin_block();
  /// The piece of that number, made on first demand; numbers come in order.
  Piece& piece(int number, const PieceShape& shape, Site site);
  /// Throws if bytes beside a piece have changed. `barrier`: where all threads are; null at the end of the
  /// block.
  void check_guards(const Site* barrier) const;

  void note_read(Piece& piece, std::int64_t i, Site site);
  void note_write(Piece& piece, std::int64_t i, Site site);
  void note_atomic(Piece& piece, std::int64_t i, Site site);
  [[noreturn]] void refuse_index(const Piece& piece, std::int64_t i, Site site) const;

 private:
  /// An access under way.
  struct Access {
    const char* verb = "";  ///< "reads"
    const Piece& piece;
    std::int64_t i = 0;
    Site site;
  };

  void make_piece(Piece& piece, const PieceShape& shape, Site site);
  void check_written(const Element& element, const Access& access) const;
  void check_order(const AccessSet& others, const char* their_verb, const Access& access) const;
  [[noreturn]] void raise(FaultKind kind, const std::string& text) const;
  [[nodiscard]] static std::string to_string(const Access& access);
  std::uint32_t code_of(Site site);
  [[nodiscard]] Site site_of(std::uint32_t code) const;

  Moment now_;
  std::size_t declared_;
  std::size_t taken_ = 0;
  std::size_t used_ = 0;           ///< pieces of this block; the rest of pieces_ is from former ones
  std::uint32_t first_epoch_ = 0;  ///< of this block
  std::vector<std::unique_ptr<Piece>> pieces_;
  std::vector<const char*> files_;
  std::size_t last_file_ = 0;
};

}  // namespace tempsweep::kernels
