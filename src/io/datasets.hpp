// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/result_file.hpp"
#include "tempsweep/sink.hpp"

#include "io/hdf5/handle.hpp"

namespace tempsweep::io {

/// How the datasets of one file are stored.
struct DatasetOptions {
  Compression compression = Compression::none;
  std::uint64_t cache_bytes = 0;  ///< share of each chunked dataset in the memory for chunks
};

/// Of deflate; 0 for none.
[[nodiscard]] int deflate_level(Compression compression);

/// Splits the memory for chunks (8 MiB in all) among the chunked variables.
[[nodiscard]] DatasetOptions dataset_options(const Schema& schema, Compression compression);

/// The dataset of a variable with its attributes, not yet attached to its dimensions. \pre check_schema
/// passed.
[[nodiscard]] Dataset create_dataset(hid_t file, const Schema& schema, const Variable& variable,
                                     const DatasetOptions& options);

/// The stand-in for a dimension without coordinate values: a dataset that is never written.
[[nodiscard]] Dataset create_bare_dimension(hid_t file, const Dimension& dimension);

}  // namespace tempsweep::io
