// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "tempsweep/result_file.hpp"

namespace sample {

using namespace tempsweep;

inline const std::vector<std::int64_t> vocabulary_sizes{3, 5};
inline const std::vector<std::int64_t> rows{0, 1, 2, 3};
inline const std::vector<double> temperatures{0.0, 0.5, 1.0, std::numeric_limits<double>::infinity()};
inline const std::vector<std::string> token_names{"a", "bc", "é", "日本", "\\xFF"};
inline const std::vector<double> renyi_orders{0.5, 2.0};
constexpr std::int64_t token_name_length = 6;

/// A result with one variable of each kind that a sweep can write, small enough to compare every number.
Schema schema();

/// entropy(v, r, t) = 100 v + 10 r + t.
double entropy(std::size_t vocabulary, std::size_t row, std::size_t temperature);

/// Fills the whole sample but for what stays unwritten on purpose: row 3 of entropy and probability, and all
/// that lies beyond the smaller vocabulary.
void fill(Sink& sink, const Schema& schema);

/// Position of a variable in the schema.
std::size_t index_of(const Schema& schema, const std::string& name);

/// The whole sample under `path`.
void write(const std::string& path, Compression compression, bool force);

template <typename Number>
void put(Sink& sink, const Schema& schema, const std::string& name, const Slab& slab,
         const std::vector<Number>& values) {
  sink.write(index_of(schema, name), slab, std::as_bytes(std::span(values)));
}

}  // namespace sample
