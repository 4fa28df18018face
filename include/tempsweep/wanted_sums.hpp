// SPDX-License-Identifier: Apache-2.0
// What a plan asks of a row's sums, for the backends that choose among methods.
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "tempsweep/backend.hpp"
#include "tempsweep/core/beta_requests.hpp"

namespace tempsweep {

/// Whether the Rényi entropy of this order takes sums at order·β.
[[nodiscard]] inline bool needs_sums(double order) {
  return order != 0 && order != 1 && !std::isinf(order);
}

/// What the plan asks of a row at every vocabulary size: T itself, 2β for sums of squares, aβ for the Rényi
/// orders.
[[nodiscard]] inline BetaRequests requests_of(const Wanted& wanted) {
  std::vector<double> orders = {1};
  if (wants(wanted, MetricNeeds::squares)) {
    orders.push_back(2);
  }
  std::copy_if(wanted.renyi_orders.begin(), wanted.renyi_orders.end(), std::back_inserter(orders),
               needs_sums);
  BetaRequests requests = count_beta_requests(wanted.grid, orders);
  if (wants(wanted, MetricNeeds::unit_temperature) && !wanted.grid.empty()) {
    requests.steepest = std::max(requests.steepest, 1.0);  // the reference at T = 1, on the grid or not
  }
  return requests;
}

/// What the weights alone may err by, relatively: an order's entropy errs by (e(aβ) + a·e(β))/|1 − a| when
/// they err by e.
[[nodiscard]] inline double weight_tolerance(const Wanted& wanted) {
  double least = wanted.tolerance;
  for (const double order : wanted.renyi_orders) {
    if (needs_sums(order) && std::abs(order - 1) >= 1e-5) {  // nearer, no weights are taken
      least = std::min(least, wanted.tolerance * std::abs(1 - order) / (1 + order));
    }
  }
  return least;
}

}  // namespace tempsweep
