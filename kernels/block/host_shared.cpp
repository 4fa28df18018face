// SPDX-License-Identifier: Apache-2.0
#include "kernels/block/host_shared.hpp"

#include <algorithm>
#include <cstdlib>

#include <cxxabi.h>

namespace tempsweep::kernels {
namespace {

constexpr std::byte guard_byte{0xA5};
constexpr std::byte fresh_byte{0xFF};
constexpr std::size_t line_bytes = sizeof(Piece::Line);
constexpr unsigned line_bits = 20;

std::size_t round_up(std::size_t bytes, std::size_t step) {
  return (bytes + step - 1) / step * step;
}

bool is_guard(const std::byte* from, const std::byte* to) {
  return std::all_of(from, to, [](std::byte b) { return b == guard_byte; });
}

std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : type.name();
}

std::string describe(const PieceShape& shape, Site site) {
  return std::to_string(shape.count) + " of " + type_name(*shape.type) + " at " + to_string(site);
}

}  // namespace

void SharedMemory::begin_block() {
  used_ = 0;
  taken_ = 0;
  first_epoch_ = now_.epoch;
}

Piece& SharedMemory::piece(int number, const PieceShape& shape, Site site) {
  const auto k = static_cast<std::size_t>(number);
  if (k < used_) {
    const Piece& known = *pieces_[k];
    if (known.shape.count != shape.count || *known.shape.type != *shape.type) {
      raise(FaultKind::shared_mismatch, "asks for " + describe(shape, site) + " as shared piece " +
                                            std::to_string(number) + ", another thread for " +
                                            describe(known.shape, known.site));
    }
    return *pieces_[k];
  }
  if (k == pieces_.size()) {
    pieces_.push_back(std::make_unique<Piece>());
  }
  make_piece(*pieces_[k], shape, site);
  pieces_[k]->number = number;
  ++used_;
  return *pieces_[k];
}

void SharedMemory::make_piece(Piece& piece, const PieceShape& shape, Site site) {
  if (shape.count < 0) {
    raise(FaultKind::shared_overrun, "asks for " + describe(shape, site));
  }
  const std::size_t bytes = static_cast<std::size_t>(shape.count) * shape.bytes;
  taken_ = round_up(taken_, 16) + bytes;
  if (taken_ > declared_) {
    raise(FaultKind::shared_overrun, "asks for " + describe(shape, site) + ", which makes " +
                                         std::to_string(taken_) + " bytes of shared memory taken, " +
                                         std::to_string(declared_) + " declared");
  }
  piece.memory = this;
  piece.shape = shape;
  piece.site = site;
  piece.raw = false;
  // Elements of a former block stay: their epochs tell that they are old.
  if (piece.elements.size() < static_cast<std::size_t>(shape.count)) {
    piece.elements.resize(static_cast<std::size_t>(shape.count));
  }
  piece.storage.resize(round_up(bytes, line_bytes) / line_bytes + 2);
  auto* const begin = reinterpret_cast<std::byte*>(piece.storage.data());
  piece.data = begin + line_bytes;
  std::fill_n(begin, piece.storage.size() * line_bytes, guard_byte);
  std::fill_n(piece.data, bytes, fresh_byte);
}

void SharedMemory::check_guards(const Site* barrier) const {
  for (std::size_t k = 0; k < used_; ++k) {
    const Piece& piece = *pieces_[k];
    const auto* const begin = reinterpret_cast<const std::byte*>(piece.storage.data());
    const std::byte* const end = begin + piece.storage.size() * line_bytes;
    const std::byte* const data_end =
        piece.data + static_cast<std::size_t>(piece.shape.count) * piece.shape.bytes;
    const bool before = is_guard(begin, piece.data);
    if (!before || !is_guard(data_end, end)) {
      const std::string text = std::string("bytes ") + (before ? "behind" : "before") + " shared piece " +
                               std::to_string(k) + " (" + describe(piece.shape, piece.site) +
                               ") have been overwritten, seen at " +
                               (barrier == nullptr ? "the end of the block" : kernels::to_string(*barrier));
      throw BlockFault(FaultKind::shared_overrun, now_.block, BlockFault::no_thread, text);
    }
  }
}

void SharedMemory::note_read(Piece& piece, std::int64_t i, Site site) {
  Element& element = piece.elements[static_cast<std::size_t>(i)];
  const Access access{"reads", piece, i, site};
  check_order(element.writes, "writes", access);
  check_order(element.atomics, "changes atomically", access);
  check_written(element, access);
  add_to(element.reads, now_, code_of(site));
}

void SharedMemory::note_write(Piece& piece, std::int64_t i, Site site) {
  Element& element = piece.elements[static_cast<std::size_t>(i)];
  const Access access{"writes", piece, i, site};
  check_order(element.writes, "writes", access);
  check_order(element.reads, "reads", access);
  check_order(element.atomics, "changes atomically", access);
  // Whoever is in order with this write is in order with all before it.
  element = Element{};
  add_to(element.writes, now_, code_of(site));
}

void SharedMemory::note_atomic(Piece& piece, std::int64_t i, Site site) {
  Element& element = piece.elements[static_cast<std::size_t>(i)];
  const Access access{"changes atomically", piece, i, site};
  check_order(element.writes, "writes", access);
  check_order(element.reads, "reads", access);
  check_written(element, access);
  add_to(element.atomics, now_, code_of(site));
}

void SharedMemory::check_written(const Element& element, const Access& access) const {
  if (element.writes.epoch < first_epoch_ && !access.piece.raw) {
    raise(FaultKind::shared_uninitialised, to_string(access) + ", which no thread has written");
  }
}

void SharedMemory::check_order(const AccessSet& others, const char* their_verb, const Access& access) const {
  if (others.epoch != now_.epoch) {
    return;
  }
  const Rival rival = rival_in(others, now_);
  if (rival.thread >= 0) {
    raise(FaultKind::shared_race, to_string(access) + ", which thread " + std::to_string(rival.thread) + ' ' +
                                      their_verb + " at " + kernels::to_string(site_of(rival.site)) +
                                      ", and nothing between orders the two");
  }
}

void SharedMemory::refuse_index(const Piece& piece, std::int64_t i, Site site) const {
  raise(FaultKind::shared_overrun, to_string({"names", piece, i, site}) + ", outside the piece");
}

void SharedMemory::raise(FaultKind kind, const std::string& text) const {
  throw BlockFault(kind, now_.block, now_.thread, text);
}

std::string SharedMemory::to_string(const Access& access) {
  return access.verb + (" element " + std::to_string(access.i)) + " of shared piece " +
         std::to_string(access.piece.number) + " (" + describe(access.piece.shape, access.piece.site) +
         ") at " + kernels::to_string(access.site);
}

// A site in 32 bits, since an element keeps six of them.
std::uint32_t SharedMemory::code_of(Site site) {
  if (last_file_ >= files_.size() || files_[last_file_] != site.file) {
    last_file_ =
        static_cast<std::size_t>(std::find(files_.begin(), files_.end(), site.file) - files_.begin());
    if (last_file_ == files_.size()) {
      files_.push_back(site.file);
    }
  }
  return static_cast<std::uint32_t>(last_file_ << line_bits) | static_cast<std::uint32_t>(site.line);
}

Site SharedMemory::site_of(std::uint32_t code) const {
  return {files_[code >> line_bits], static_cast<int>(code & ((std::uint32_t{1} << line_bits) - 1))};
}

}  // namespace tempsweep::kernels
