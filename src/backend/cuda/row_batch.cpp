// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/row_batch.hpp"

namespace tempsweep::cuda {

using kernels::narrow_alignment;
using kernels::pieces;
using kernels::round_up;
using kernels::row_alignment;

RowBatch::RowBatch(const Device& device, const Wanted& wanted)
    : device_(device),
      by_rank_(wanted.vocabulary_by == VocabularyBy::rank),
      ordered_(wants_order(wanted) || wanted.judged),
      truncated_(wanted.samples > 0 && wanted.truncation.any()),
      judged_(wanted.judged),
      logits_(device),
      selected_(device),
      sorted_(device),
      order_depths_(device),
      depths_(device),
      narrow_(device),
      token_(device),
      numbered_(device),
      order_(device),
      sort_space_(device),
      parts_(device),
      whole_scans_(device),
      scans_(device),
      cuts_(device),
      counts_(device),
      nodes_(device) {}

std::uint64_t RowBatch::bytes_per_row(const RowShape& shape) const {
  const std::int64_t wide = round_up(shape.width, row_alignment);
  const std::int64_t size = round_up(shape.vocabulary_size, row_alignment);
  std::int64_t bytes = 8 * (wide + size) + 16 * pieces(wide, kernels::CountKept::slice) +
                       64 * pieces(wide, kernels::ScanRows::slice) + 128;
  bytes += shape.narrow ? 4 * round_up(shape.vocabulary_size, narrow_alignment) : 0;
  bytes += by_rank_ ? 12 * size + 16 : 0;
  bytes += by_rank_ || ordered_ ? 8 * wide : 0;
  bytes += truncated_ || judged_ ? 8 * wide : 0;
  bytes += judged_ ? 8 * wide : 0;
  bytes += ordered_ ? static_cast<std::int64_t>(sizeof(OrderedNode)) * order_nodes(shape.vocabulary_size) : 0;
  return static_cast<std::uint64_t>(bytes);
}

void RowBatch::drop() {
  view_ = {};
  logits_.drop();
  selected_.drop();
  sorted_.drop();
  order_depths_.drop();
  depths_.drop();
  narrow_.drop();
  token_.drop();
  numbered_.drop();
  order_.drop();
  sort_space_.drop();
  parts_.drop();
  whole_scans_.drop();
  scans_.drop();
  cuts_.drop();
  counts_.drop();
  nodes_.drop();
}

void RowBatch::load(const RowBlock& block, std::int64_t first, std::int64_t rows, const RowShape& shape,
                    Staging& staging, kernels::Stream stream) {
  const std::int64_t width = by_rank_ ? block.width : shape.vocabulary_size;
  const std::int64_t stride = round_up(width, row_alignment);
  view_ = {};
  view_.rows = rows;
  view_.columns = shape.vocabulary_size;
  view_.stride = stride;
  view_.logits = logits_.reserve(rows * stride);
  view_.scans = scans_.reserve(rows);
  staging.upload_rows(logits_.get(), stride, block.logits.data() + first * block.width, block.width, rows,
                      width, stream);
  if (by_rank_) {
    select_by_rank(width, stride, stream);
  } else {
    scan(view_.logits, view_.columns, stride, nullptr, scans_.get(), stream);
  }
  if (ordered_) {
    order(stride, stream);
  }
  collect_rest(shape.narrow, stream);
  host_scans_.resize(static_cast<std::size_t>(rows));
  staging.download(std::span(host_scans_), view_.scans, stream);
}

void RowBatch::scan(const double* logits, std::int64_t columns, std::int64_t stride, const RowScan* whole,
                    RowScan* to, kernels::Stream stream) {
  kernels::ScanRows scan{logits, view_.rows, columns, stride, nullptr};
  scan.parts = parts_.reserve(view_.rows * scan.slices());
  device_.launch(scan, stream);
  device_.launch(kernels::MergeScans{scan.parts, view_.rows, scan.slices(), whole, to}, stream);
}

void RowBatch::sort(std::int64_t columns, std::int64_t stride, kernels::Stream stream) {
  double* const sorted = sorted_.reserve(view_.rows * stride);
  std::size_t space = 0;
  const auto call = [&](void* temporary) {
    device_.check(device_.runtime().sort_rows(view_.logits, sorted, view_.rows, columns, stride, temporary,
                                              &space, stream),
                  "sort");
  };
  call(nullptr);
  call(sort_space_.reserve(static_cast<std::int64_t>(space)));
}

void RowBatch::sort_places(double* keys, std::int64_t stride, kernels::Stream stream) {
  const std::int64_t room = view_.rows * stride;
  std::uint32_t* const numbered = numbered_.reserve(room);
  device_.launch(
      kernels::NumberTokens{view_.logits, view_.rows, view_.columns, view_.stride, stride, keys, numbered},
      stream);
  const kernels::SortPairs pairs{keys,       sorted_.reserve(room), numbered, order_.reserve(room),
                                 view_.rows, view_.columns,         stride};
  std::size_t space = 0;
  const auto call = [&](void* temporary) {
    device_.check(device_.runtime().sort_pairs(pairs, temporary, &space, stream), "sort");
  };
  call(nullptr);
  call(sort_space_.reserve(static_cast<std::int64_t>(space)));
  view_.order = order_.get();
}

/// By rank the rows are sorted already, and begin with the vocabulary.
void RowBatch::order(std::int64_t stride, kernels::Stream stream) {
  const bool apart = truncated_ || judged_;
  double* const depths = apart ? order_depths_.reserve(view_.rows * stride) : nullptr;
  if (judged_) {
    sort_places(depths, stride, stream);
  } else if (!by_rank_) {
    sort(view_.columns, stride, stream);
  }
  view_.ordered = apart ? depths : sorted_.get();
  view_.sorted = truncated_ ? sorted_.get() : nullptr;
  view_.ordered_stride = stride;
  view_.node_stride = order_nodes(view_.columns);
  OrderedNode* const nodes = nodes_.reserve(view_.rows * view_.node_stride);
  view_.nodes = nodes;
  device_.launch(kernels::OrderRows{sorted_.get(), view_.scans, view_.rows, stride, view_.node_stride, nodes,
                                    apart ? depths : sorted_.get()},
                 stream);
}

/// Sorts the rows for the value at rank V, then takes what lies above it in the order of the input.
void RowBatch::select_by_rank(std::int64_t width, std::int64_t stride, kernels::Stream stream) {
  scan(view_.logits, width, stride, nullptr, whole_scans_.reserve(view_.rows), stream);
  sort(width, stride, stream);
  kernels::Cut* const cuts = cuts_.reserve(view_.rows);
  device_.launch(
      kernels::RankCuts{sorted_.get(), view_.rows, width, stride, view_.columns, whole_scans_.get(), cuts},
      stream);

  kernels::CollectKept out{};
  out.logits = view_.logits;
  out.columns = width;
  out.stride = stride;
  out.scans = whole_scans_.get();
  out.out_stride = round_up(view_.columns, row_alignment);
  const std::int64_t room = view_.rows * out.out_stride;
  out.values = selected_.reserve(room);
  out.token = token_.reserve(room);
  const auto bytes = static_cast<std::size_t>(room) * sizeof(double);
  device_.check(device_.runtime().clear(out.values, bytes, stream), "clearing");
  device_.check(device_.runtime().clear(out.token, bytes / 2, stream), "clearing");
  collect(cuts, out, stream);

  view_.logits = out.values;
  view_.token = out.token;
  view_.stride = view_.token_stride = out.out_stride;
  scan(view_.logits, view_.columns, view_.stride, whole_scans_.get(), scans_.get(), stream);
}

void RowBatch::collect(const kernels::Cut* cuts, kernels::CollectKept& out, kernels::Stream stream) {
  kernels::CountKept count{out.logits, view_.rows, out.columns, out.stride, out.scans, cuts, nullptr};
  count.counts = counts_.reserve(view_.rows * count.slices());
  device_.launch(count, stream);
  out.rows = view_.rows;
  out.cuts = cuts;
  out.counts = count.counts;
  device_.launch(out, stream);
}

void RowBatch::collect_rest(bool narrow, kernels::Stream stream) {
  kernels::CollectKept out{};
  out.logits = view_.logits;
  out.columns = view_.columns;
  out.stride = view_.stride;
  out.scans = view_.scans;
  out.out_stride = round_up(view_.columns, row_alignment);
  out.values = depths_.reserve(view_.rows * out.out_stride);
  if (narrow) {
    out.narrow_stride = round_up(view_.columns, narrow_alignment);
    out.narrow = narrow_.reserve(view_.rows * out.narrow_stride);
  }
  collect(nullptr, out, stream);
  view_.depths = out.values;
  view_.depth_stride = out.out_stride;
  view_.narrow = out.narrow;
  view_.narrow_stride = out.narrow_stride;
}

void RowBatch::download_tokens(std::vector<std::uint32_t>& tokens, Staging& staging,
                               kernels::Stream stream) const {
  if (view_.token == nullptr) {
    return;
  }
  const std::size_t before = tokens.size();
  tokens.resize(before + static_cast<std::size_t>(view_.rows * view_.token_stride));
  staging.download(std::span(tokens).subspan(before), view_.token, stream);
}

}  // namespace tempsweep::cuda
