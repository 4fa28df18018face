// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "tempsweep/math/row_scan.hpp"

namespace tempsweep {

/// Why a row is no law: part of a sentence.
[[nodiscard]] inline std::string why_no_law(const RowScan& scan, std::int64_t vocabulary) {
  if (scan.bad_column < 0) {
    return fmt::format("every token of the vocabulary of {} is masked (-inf)", vocabulary);
  }
  return fmt::format("column {} is {}", scan.bad_column,
                     scan.status == RowStatus::not_a_number ? "NaN" : "+inf");
}

}  // namespace tempsweep
