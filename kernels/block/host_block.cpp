// SPDX-License-Identifier: Apache-2.0
#include "kernels/block/host_block.hpp"

#include "kernels/block/host_run.hpp"

namespace tempsweep::kernels {

void HostBlock::sync(const char* file, int line) {
  run_.wait_at_barrier(thread_, {file, line});
}

void HostBlock::sync_warp(unsigned mask, const char* file, int line) {
  WarpCall call{WarpOp::sync_warp, mask, {file, line}, nullptr, nullptr, 0, 0, 0};
  warp_call(call);
}

unsigned HostBlock::ballot(bool predicate, unsigned mask, const char* file, int line) {
  WarpCall call{WarpOp::ballot, mask, {file, line}, nullptr, nullptr, 0, 0, predicate ? 1U : 0U};
  warp_call(call);
  return call.word;
}

unsigned HostBlock::match_any(std::uint32_t value, unsigned mask, const char* file, int line) {
  WarpCall call{WarpOp::match_any, mask, {file, line}, nullptr, nullptr, 0, 0, value};
  warp_call(call);
  return call.word;
}

void HostBlock::warp_call(WarpCall& call) {
  run_.wait_in_warp(thread_, call);
}

Piece& HostBlock::next_piece(const PieceShape& shape, Site site) {
  return run_.next_piece(thread_, shape, site);
}

}  // namespace tempsweep::kernels
