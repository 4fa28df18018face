// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks a function that must give the same bits under nvcc and under a plain C++ compiler.
#if defined(__CUDACC__)
#define TEMPSWEEP_HD __host__ __device__
#else
#define TEMPSWEEP_HD
#endif

/// Marks a function that runs on the card alone under nvcc, and is an ordinary one under a plain compiler.
#if defined(__CUDACC__)
#define TEMPSWEEP_DEVICE __device__
#else
#define TEMPSWEEP_DEVICE
#endif
