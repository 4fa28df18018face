// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tempsweep/engine.hpp"
#include "tempsweep/plan.hpp"
#include "tempsweep/result_file.hpp"
#include "tempsweep/source.hpp"

#include "app/command_line.hpp"

namespace tempsweep::app {

/// A sweep as the command line asked for it.
struct SweepJob {
  std::unique_ptr<Source> source;
  const BackendEntry* backend = nullptr;
  SweepPlan plan;
  std::string output;  ///< empty in a dry run without -o
  Compression compression = Compression::small;
  bool force = false;
};

/// Opens the input and settles every option.
/// \param command_line  what the user typed, for the history.
[[nodiscard]] SweepJob make_sweep_job(const CommandLine& line, const std::string& command_line);

}  // namespace tempsweep::app
