// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/point_sums.hpp"

#include <algorithm>
#include <cmath>

#include "backend/cpu/kernels.hpp"

namespace tempsweep::cpu {
namespace {

/// Every point's first method; `pending` gets those that have none yet.
void first_methods(const PreparedRow& row, std::size_t count, SumBlock& block,
                   std::vector<std::size_t>& pending) {
  std::fill_n(block.origin, count, Origin::limit);
  if (row.expansion.ready()) {
    row.expansion.interpolate(block, count);
  }
  pending.clear();
  for (std::size_t i = 0; i < count; ++i) {
    if (block.origin[i] == Origin::interpolation) {
      continue;
    }
    block.set(i, {}, {}, Origin::limit);
    if (!std::isinf(block.beta[i]) && row.scan.rest() > 0) {
      pending.push_back(i);
    }
  }
}

void sum_directly(const PointRequest& request, std::span<const std::size_t> points, SumBlock& block,
                  PointScratch& scratch) {
  collect_rest(request.row, scratch.rest);
  scratch.betas.clear();
  for (const std::size_t i : points) {
    scratch.betas.push_back(block.beta[i]);
  }
  scratch.direct.resize(points.size());
  scratch.direct_errors.resize(points.size());
  const RestView rest{scratch.rest.depths.data(), scratch.rest.count, scratch.rest.deepest};
  const double tolerance = request.direct_tolerance - law_rounding(request.row.scan);
  sums_within(request.row.scan, rest, scratch.betas, request.squares, tolerance, scratch.direct,
              scratch.direct_errors);
  for (std::size_t k = 0; k < points.size(); ++k) {
    block.set(points[k], scratch.direct[k], scratch.direct_errors[k], Origin::direct);
  }
}

/// The next method down for the pending points. β = 0 goes straight to the tokens: the bounds say nothing of
/// βμ there.
void step_down(const PointRequest& request, SumBlock& block, PointScratch& scratch) {
  const Expansion& expansion = request.row.expansion;
  const auto middle =
      std::stable_partition(scratch.pending.begin(), scratch.pending.end(), [&](std::size_t i) {
        const bool tried = block.origin[i] == Origin::expansion;
        return expansion.ready() && !tried && block.beta[i] > 0;
      });
  const auto expandable = static_cast<std::size_t>(middle - scratch.pending.begin());
  const auto pending = std::span<const std::size_t>(scratch.pending);
  if (expandable > 0) {
    expansion.expand(block, pending.first(expandable));
  }
  if (expandable < pending.size()) {
    sum_directly(request, pending.subspan(expandable), block, scratch);
  }
}

/// Σw² of a point without a plain law from Z″(2β), whose unit is e^(−2β·shift) of its own.
double squares_at(const PointScratch& scratch, std::size_t i) {
  const double apart = scratch.others.shift[i] - scratch.sums.shift[i];
  const double beta = scratch.others.beta[i];
  const double ratio = apart == 0  ? 1
                       : apart > 0 ? exp_minus_product(beta, apart).value()
                                   : 1 / exp_minus_product(beta, -apart).value();
  return scratch.others.weight[i] * ratio;
}

void make_squares(const PointRequest& request, const RowFacts& facts, std::size_t count,
                  PointScratch& scratch) {
  std::transform(scratch.sums.beta, scratch.sums.beta + count, scratch.others.beta,
                 [](double beta) { return 2 * beta; });
  make_weights({request.row, request.tolerance, request.tolerance, request.direct_tolerance, false}, count,
               scratch);
  take_squares(facts, scratch.others, count, scratch.sums, scratch.laws);
  for (std::size_t i = 0; i < count; ++i) {
    if (scratch.laws.plain[i] == 0 && scratch.sums.origin[i] > Origin::direct) {
      scratch.sums.squares[i] = squares_at(scratch, i);
    }
  }
}

/// What a point's law errs by for its sums' sake.
LawErrors errors_at(const PreparedRow& row, const PointScratch& scratch, std::size_t i) {
  if (scratch.laws.plain[i] != 0) {
    return scratch.laws.errors(i);
  }
  return law_errors(row.scan, scratch.sums.beta[i], scratch.sums.sums(i), scratch.sums.errors(i));
}

/// Points whose sums cannot keep the tolerance.
void find_pending(const PointRequest& request, std::size_t count, PointScratch& scratch) {
  const double tolerance = request.tolerance - law_rounding(request.row.scan);
  scratch.pending.clear();
  for (std::size_t i = 0; i < count; ++i) {
    if (scratch.sums.origin[i] > Origin::direct &&
        !(scratch.sums.weight_error[i] <= request.weight_tolerance &&
          errors_at(request.row, scratch, i).within(tolerance))) {
      scratch.pending.push_back(i);
    }
  }
}

}  // namespace

RowFacts facts_of(const PreparedRow& row) {
  const auto ties = static_cast<double>(row.scan.ties);
  return {row.scan.maximum, ties, std::log(ties), top_gap(row.scan), row.unit_log_partition, row.label_depth};
}

void make_weights(const PointRequest& request, std::size_t count, PointScratch& scratch) {
  SumBlock& block = scratch.others;
  first_methods(request.row, count, block, scratch.pending);
  step_down(request, block, scratch);
  for (int step = 0; step < 2; ++step) {
    scratch.pending.clear();
    for (std::size_t i = 0; i < count; ++i) {
      if (block.origin[i] > Origin::direct && !(block.weight_error[i] <= request.weight_tolerance)) {
        scratch.pending.push_back(i);
      }
    }
    step_down(request, block, scratch);
  }
}

void make_points(const PointRequest& request, std::size_t count, PointScratch& scratch) {
  SumBlock& block = scratch.sums;
  const RowFacts facts = facts_of(request.row);
  first_methods(request.row, count, block, scratch.pending);
  step_down(request, block, scratch);
  make_laws(facts, block, count, scratch.laws);
  for (int step = 0; step < 2; ++step) {  // to the expansion, and to the tokens
    find_pending(request, count, scratch);
    if (scratch.pending.empty()) {
      break;
    }
    step_down(request, block, scratch);
    make_laws(facts, block, count, scratch.laws);
  }
  const bool approximate =
      std::any_of(block.origin, block.origin + count, [](Origin origin) { return origin > Origin::direct; });
  if (request.squares && approximate) {
    make_squares(request, facts, count, scratch);
  }
}

ErrorBounds stated_errors(const PointRequest& request, const PointScratch& scratch, std::size_t count) {
  const PreparedRow& row = request.row;
  const SumBlock& block = scratch.sums;
  LawErrors worst;
  bool direct = false;
  for (std::size_t i = 0; i < count; ++i) {
    direct = direct || block.origin[i] <= Origin::direct;
    if (block.weight_error[i] > 0) {
      const LawErrors errors = errors_at(row, scratch, i);
      worst.entropy = std::max(worst.entropy, errors.entropy);
      worst.log_partition = std::max(worst.log_partition, errors.log_partition);
    }
  }
  const double rounding = law_rounding(row.scan);
  const ErrorBounds stated{worst.entropy + rounding, worst.log_partition + rounding};
  return direct ? larger(stated, direct_error_bounds(row.scan.unmasked)) : stated;
}

}  // namespace tempsweep::cpu
