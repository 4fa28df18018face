// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>

#include "tempsweep/stats/table_audit.hpp"

#include "app/foreign_job.hpp"
#include "app/verdict_report.hpp"
#include "engine/foreign_verdict.hpp"

namespace tempsweep::app {

/// What was found, of the draws, the table, or both.
struct ForeignFindings {
  std::vector<ForeignPoint> points;  ///< a row each; empty without draws
  GridVerdict verdict;
  std::optional<TableAudit> audit;
  std::string why_impossible;  ///< of the audit's first impossible token

  /// The rows of the logits that the points of the verdict are.
  [[nodiscard]] PointNames names() const {
    return [this](std::uint64_t point) { return "row " + std::to_string(points.at(point).row); };
  }

  [[nodiscard]] bool rejected() const { return verdict.rejected() || (audit && audit->impossible > 0); }
};

/// The report for people, on stdout.
void print_report(const ForeignJob& job, const ForeignFindings& findings);

/// The same as JSON, one object; numbers that are none become null.
[[nodiscard]] std::string report_json(const ForeignJob& job, const ForeignFindings& findings);

}  // namespace tempsweep::app
