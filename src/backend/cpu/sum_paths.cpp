// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/sum_paths.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "tempsweep/math/bits.hpp"

#include "backend/cpu/float_sums.hpp"
#include "backend/cpu/kernels.hpp"

namespace tempsweep::cpu {
namespace {

/// Tighter tolerances than these no point of a path passes, or next to none: a little below round numbers,
/// for what making laws takes of them.
constexpr double least_tolerance[] = {1.99e-6, 3.99e-7, 2.99e-10};
/// Rows with fewer tokens are not worth a narrowed copy.
constexpr std::int64_t least_float_tokens = 256;

bool serves(SumPath path, const RestView& rest, double beta, double tolerance) {
  if (path == SumPath::exact) {
    return true;
  }
  if (tolerance < least_tolerance[static_cast<std::size_t>(path)]) {
    return false;
  }
  return path == SumPath::brief ||
         (rest.count >= least_float_tokens && beta >= least_float_beta && beta <= most_float_beta);
}

SumPath next(SumPath path) {
  return static_cast<SumPath>(static_cast<std::uint8_t>(path) + 1);
}

bool keeps(SumPath path, const RowScan& scan, const RestView& rest, double beta, const RestSums& sums,
           double tolerance) {
  if (path == SumPath::exact) {
    return true;
  }
  // So near to one value that tokens below the float range could matter.
  if (path != SumPath::brief && !(beta * std::sqrt(sums.variance) > 1e-6)) {
    return false;
  }
  return errors_within(scan, beta, sums, path_errors(path, rest, beta, sums), tolerance);
}

SumPath first_serving(SumPath path, const RestView& rest, double beta, double tolerance) {
  while (!serves(path, rest, beta, tolerance)) {
    path = next(path);
  }
  return path;
}

/// `path` itself when its sums will do; else the first after it that is going to: these sums are good enough
/// to tell.
SumPath first_keeping(SumPath path, const RowScan& scan, const RestView& rest, double beta,
                      const RestSums& sums, double tolerance) {
  while (!keeps(path, scan, rest, beta, sums, tolerance)) {
    path = first_serving(next(path), rest, beta, tolerance);
  }
  return path;
}

}  // namespace

SumErrors path_errors(SumPath path, const RestView& rest, double beta, const RestSums& sums) {
  constexpr double u = 0x1p-24;
  const double mean = beta * sums.depth;
  const double root = beta * std::sqrt(sums.variance);
  const double square = mean * mean;
  const double spread = root * root;
  // Additions in double that a term passes: blocks and their tree, or one lane after the whole row.
  const std::int64_t additions = path == SumPath::brief ? 107 : rest.count / sum_lanes + 3;
  const double rounding = 0x1p-53 * static_cast<double>(additions);
  if (path == SumPath::single) {
    constexpr double weight = 3.2 * u;
    const double deepest = std::min(88.1, beta * rest.deepest);
    return {weight + u * mean + 8 * u + rounding,
            weight * root + u * std::hypot(root, mean) * root + 18 * u * mean,
            (2 * weight + 3 * u * deepest) * spread + 20 * u * (spread + square) + 20 * u * square};
  }
  const double weight = path == SumPath::mixed ? 2 * u : 0x1p-34 + 0x1p-42;
  const double cancelled = path == SumPath::brief ? std::min(square, 64 * spread) : square;
  return {weight + rounding, weight * root + 2 * rounding * mean,
          2 * weight * spread + 8 * rounding * (spread + cancelled)};
}

void sums_by_path(SumPath path, const RestView& rest, std::span<const double> betas, bool squares,
                  std::span<RestSums> out) {
  switch (path) {
    case SumPath::single:
    case SumPath::mixed:
      float_sums(path == SumPath::single ? FloatSums::single : FloatSums::mixed, rest.depths, rest.count,
                 rest.deepest, betas, squares, out);
      break;
    case SumPath::brief:
    case SumPath::exact:
      rest_sums(rest.depths, rest.count, rest.deepest, betas, squares, out,
                path == SumPath::brief ? Exponential::brief : Exponential::exact);
      break;
  }
}

double sums_tolerance(const Wanted& wanted) {
  const bool differences = !wanted.renyi_orders.empty() || wants(wanted, MetricNeeds::unit_temperature);
  return differences ? 0 : wanted.tolerance;
}

void sums_within(const RowScan& scan, const RestView& rest, std::span<const double> betas, bool squares,
                 double tolerance, std::span<RestSums> out, std::span<SumErrors> errors) {
  std::fill(out.begin(), out.end(), RestSums{});
  std::fill(errors.begin(), errors.end(), SumErrors{});
  if (rest.count == 0) {
    return;
  }
  std::vector<SumPath> paths(betas.size());
  for (std::size_t i = 0; i < betas.size(); ++i) {
    paths[i] = first_serving(SumPath::single, rest, betas[i], tolerance);
  }
  std::vector<std::size_t> where;
  std::vector<double> some;
  std::vector<RestSums> sums;
  for (const SumPath path : {SumPath::single, SumPath::mixed, SumPath::brief, SumPath::exact}) {
    where.clear();
    some.clear();
    for (std::size_t i = 0; i < betas.size(); ++i) {
      if (paths[i] == path) {
        where.push_back(i);
        some.push_back(betas[i]);
      }
    }
    if (where.empty()) {
      continue;
    }
    sums.resize(where.size());
    sums_by_path(path, rest, some, squares, sums);
    for (std::size_t k = 0; k < where.size(); ++k) {
      out[where[k]] = sums[k];
      errors[where[k]] = path == SumPath::exact ? SumErrors{} : path_errors(path, rest, some[k], sums[k]);
      paths[where[k]] = first_keeping(path, scan, rest, some[k], sums[k], tolerance);
    }
  }
}

}  // namespace tempsweep::cpu
