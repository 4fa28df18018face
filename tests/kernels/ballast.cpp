// SPDX-License-Identifier: Apache-2.0
// Runs a command while a device is nearly full:
//   cuda_ballast --leave MEBIBYTES [--backend cuda|cuda-host] [--device N] COMMAND [ARGUMENT ...]
// Exit status: the command's; 77 when the backend is not there, 3 when the memory cannot be taken. On
// cuda-host the ballast is memory of this process and leaves the command all of its own: only this program is
// tried.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "kernels/host/host_runtime.hpp"

namespace {

namespace kernels = tempsweep::kernels;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;
constexpr std::uint64_t host_bytes = 64 * mebibyte;

struct Options {
  std::uint64_t leave = 0;
  std::string backend = "cuda";
  int device = 0;
  char** command = nullptr;
};

bool parse(int argc, char** argv, Options& options) {
  int i = 1;
  bool leave = false;
  for (; i + 1 < argc && std::strncmp(argv[i], "--", 2) == 0; i += 2) {
    const std::string word = argv[i];
    if (word == "--leave") {
      options.leave = std::strtoull(argv[i + 1], nullptr, 10) * mebibyte;
      leave = true;
    } else if (word == "--backend") {
      options.backend = argv[i + 1];
    } else if (word == "--device") {
      options.device = std::atoi(argv[i + 1]);
    } else {
      return false;
    }
  }
  options.command = argv + i;
  return leave && i < argc && (options.backend == "cuda" || options.backend == "cuda-host");
}

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
    std::fprintf(stderr, "cuda_ballast: %s: %s\n", command[0], std::strerror(errno));
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) {
    std::perror("cuda_ballast");
    return 3;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(
        stderr, "usage: cuda_ballast --leave MEBIBYTES [--backend cuda|cuda-host] [--device N] COMMAND...\n");
    return 2;
  }
  const auto host = kernels::make_host_runtime({host_bytes, {}, 0});
  kernels::Runtime* const runtime = options.backend == "cuda" ? kernels::card_runtime() : host.get();
  if (runtime == nullptr || runtime->device_count() <= options.device) {
    std::printf("skipped: no such device\n");
    return 77;
  }
  std::vector<void*> pieces;
  const std::uint64_t left =
      runtime->use(options.device).ok() ? fill(*runtime, options.device, options.leave, pieces) : 0;
  if (left == 0 || left > options.leave + 64 * mebibyte) {
    std::fprintf(stderr, "cuda_ballast: the device could not be filled\n");
    return 3;
  }
  std::fprintf(stderr, "cuda_ballast: %llu MiB are free\n", static_cast<unsigned long long>(left / mebibyte));
  const int status = run(options.command);
  for (void* piece : pieces) {
    runtime->release(piece);
  }
  return status;
}
