// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tempsweep/sink.hpp"

#include "io/hdf5/handle.hpp"

namespace tempsweep::io {

/// Makes a dataset the scale of dimension number `number`; `bare` when it holds no coordinate values.
void make_scale(hid_t dataset, const Dimension& dimension, int number, bool bare);

/// Attaches one scale to each axis. All axes of all datasets must have one, or netCDF readers refuse the
/// file.
void attach_scales(hid_t dataset, const std::vector<hid_t>& scales);

/// Which dimension an axis of a dataset belongs to: (address of the dataset's header, axis) -> name.
using AxisNames = std::map<std::pair<haddr_t, unsigned>, std::string>;

/// Adds the axes that a scale says it is attached to. The other direction, the lists of references that each
/// dataset holds, lies in a global heap, and HDF5 1.10 crashes on a damaged one.
void collect_axes(hid_t scale, const std::string& name, AxisNames& axes);

/// A one-dimensional dataset that gives a dimension its name and length.
[[nodiscard]] bool is_scale(hid_t dataset);

/// A dimension that has no coordinate values.
[[nodiscard]] bool is_bare_scale(hid_t dataset);

}  // namespace tempsweep::io
