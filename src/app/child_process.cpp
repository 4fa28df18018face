// SPDX-License-Identifier: Apache-2.0
#include "app/child_process.hpp"

#include <cerrno>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tempsweep::app {

int run_child(const std::vector<std::string>& words) {
  std::vector<std::string> storage = words;
  std::vector<char*> argv;
  argv.reserve(storage.size() + 1);
  for (std::string& word : storage) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ) != 0) {
    return 127;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return 127;
    }
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tempsweep::app
