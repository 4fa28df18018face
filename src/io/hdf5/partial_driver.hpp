// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hdf5.h>

namespace tempsweep::io {

class PartialFile;

/// Lets HDF5 write through `file`, which must outlive every handle opened with this access list. \throws
/// Hdf5Failure
void use_partial_file(hid_t access_list, PartialFile& file);

}  // namespace tempsweep::io
