// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/engine.hpp"
#ifdef MUST_FAIL
#include <hdf5.h>
#endif
