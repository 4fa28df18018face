// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tempsweep/result_file.hpp"
#include "tempsweep/source.hpp"

#include "engine/grid_judge.hpp"

namespace tempsweep::app {

/// A result with draws, as far as judging needs it.
struct StoredGrid {
  std::string path;
  JudgedGrid grid;
  std::int64_t tokens = 0;  ///< length of the count variable's last axis; 0 when counts were not stored
  std::vector<std::string> inputs;  ///< files of the input; empty when it was synthetic
  std::string synthetic;            ///< its law, or empty
  std::int64_t input_rows = 0;
  std::int64_t input_width = 0;
  std::string digest;
};

/// \throws InputError when it is no complete result of this program, or holds no draws
[[nodiscard]] StoredGrid read_stored_grid(const std::string& path);

/// The input that a result was made of.
struct StoredInput {
  std::unique_ptr<Source> source;  ///< none where it could not be found, or is another one
  std::string note;                ///< what was found, or why not: part of a sentence
};

/// Looks where the result says, also beside the result; synthetic input is made again.
/// \param elsewhere  `--logits`: files with commas, or empty
/// \throws InputError when `elsewhere` is not the result's input (by digest or shape)
[[nodiscard]] StoredInput find_stored_input(const StoredGrid& stored, const std::string& elsewhere);

}  // namespace tempsweep::app
