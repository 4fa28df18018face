// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/result_file.hpp"
#ifdef MUST_FAIL
#include <hdf5.h>
#endif
