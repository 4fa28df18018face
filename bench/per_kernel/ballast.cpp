// SPDX-License-Identifier: Apache-2.0
#include "per_kernel/ballast.hpp"

#include <cstdio>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace tempsweep::bench {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;
constexpr std::uint64_t granularity = 64 * mebibyte;

/// Pieces of device memory, until no more than `leave` bytes are free. Returns the bytes that are free then.
std::uint64_t fill(kernels::Runtime& runtime, int device, std::uint64_t leave, std::vector<void*>& pieces) {
  kernels::DeviceFacts facts;
  std::uint64_t piece = 1024 * mebibyte;
  while (runtime.facts(device, facts).ok() && facts.free_bytes > leave && piece >= mebibyte) {
    void* address = nullptr;
    if (piece > facts.free_bytes - leave || !runtime.allocate(&address, piece).ok()) {
      piece /= 2;
    } else {
      pieces.push_back(address);
    }
  }
  return facts.free_bytes;
}

int run(char** command) {
  const pid_t child = fork();
  if (child == 0) {
    execv(command[0], command);
    std::perror(command[0]);
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) {
    std::perror("bench_cuda");
    return 3;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int run_beside_ballast(kernels::Runtime& runtime, int device, std::uint64_t leave, char** command) {
  std::vector<void*> pieces;
  const std::uint64_t left = runtime.use(device).ok() ? fill(runtime, device, leave, pieces) : 0;
  if (left == 0 || left > leave + granularity) {
    std::fprintf(stderr, "bench_cuda: the device could not be filled\n");
    return 3;
  }
  std::fprintf(stderr, "bench_cuda: %llu MiB are free\n", static_cast<unsigned long long>(left / mebibyte));
  const int status = run(command);
  for (void* piece : pieces) {
    runtime.release(piece);
  }
  return status;
}

}  // namespace tempsweep::bench
