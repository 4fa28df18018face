// SPDX-License-Identifier: Apache-2.0
#include "app/run_program.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <new>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/interrupt.hpp"

#include "app/commands.hpp"
#include "app/near_miss.hpp"
#include "app/talk.hpp"
#include "app/version.hpp"

namespace tempsweep::app {
namespace {

struct Command {
  const char* name;
  int (*run)(const Arguments&);
  const char* job;
};

constexpr std::array<Command, 5> commands = {{
    {"sweep", sweep_command, "metrics, probabilities and draws over vocabulary sizes x rows x temperatures"},
    {"experiment1", experiment1_command, "the walkthrough: text, result file and figure"},
    {"validate", validate_command, "judges draws against the law: a result's, or somebody else's"},
    {"info", info_command, "what a result or an input holds"},
    {"devices", devices_command, "backends and devices found"},
}};

constexpr std::array<const char*, 1> later_commands = {"merge"};

void print_help() {
  fmt::print(
      "tempsweep sweep logits.npy -o sweep.h5\n"
      "tempsweep sweep logits.npy -o sweep.h5 --temperatures log:0.01:100:4096 --vocab 1000,all\n"
      "tempsweep info sweep.h5\n\n"
      "What temperature does to a language model's logits: entropy, top probability and the whole "
      "distribution\n"
      "over grids of temperatures, rows and vocabulary sizes.\n\nCommands (tempsweep COMMAND --help for "
      "more):\n");
  for (const Command& command : commands) {
    fmt::print("  {:<12} {}\n", command.name, command.job);
  }
  fmt::print("\nOptions:\n  --help, -h   this text\n  --version    the version\n");
}

int dispatch(const Arguments& words) {
  if (words.empty()) {
    throw InputError("no command; try: tempsweep sweep logits.npy -o sweep.h5, or tempsweep --help");
  }
  const std::string& name = words.front();
  if (name == "--help" || name == "-h" || name == "help") {
    print_help();
    return 0;
  }
  if (name == "--version") {
    fmt::print("{}\n", version_and_commit());
    return 0;
  }
  std::vector<std::string> names;
  for (const Command& command : commands) {
    if (name == command.name) {
      return command.run(Arguments(words.begin() + 1, words.end()));
    }
    names.emplace_back(command.name);
  }
  for (const char* later : later_commands) {
    if (name == later) {
      throw InputError(fmt::format("'tempsweep {}' is not part of this version", name));
    }
  }
  throw InputError(
      fmt::format("unknown command '{}'{} (see tempsweep --help)", name, near_miss_hint(name, names)));
}

/// Names of files stand in messages, and a name may hold anything: still one line, and no terminal sequences.
std::string in_one_line(std::string_view message) {
  std::string line;
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02X}", byte) : std::string(1, c);
  }
  return line;
}

int fail(ExitStatus status, std::string_view message) {
  talk(fmt::format("tempsweep: {}\n", in_one_line(message)));
  return static_cast<int>(status);
}

constexpr std::string_view lost_output = "standard output cannot be written";

/// A closed pipe is the reader's choice; any other lost output is an error.
int end_of_output(int status) {
  if (std::fflush(stdout) != 0 && errno != EPIPE) {
    return fail(ExitStatus::file, lost_output);
  }
  return status;
}

/// What the system refuses outside our own error types: threads, or a print that found its stream closed or
/// full.
int fail_as_system(const std::system_error& error) {
  if (error.code() == std::errc::broken_pipe) {
    return 0;
  }
  if (error.code() == std::errc::resource_unavailable_try_again) {
    return fail(ExitStatus::memory,
                "no thread can be started; lower --threads or raise the limits (ulimit -u, -v)");
  }
  // A print that is longer than the buffer meets a full disk before the last flush does.
  return fail(ExitStatus::file, std::ferror(stdout) != 0 ? lost_output : error.what());
}

/// Where a standard stream is closed, the next file to be opened would get its number, and our words.
void occupy_standard_streams() {
  for (int descriptor = ::open("/dev/null", O_RDWR); descriptor >= 0;
       descriptor = ::open("/dev/null", O_RDWR)) {
    if (descriptor > STDERR_FILENO) {
      ::close(descriptor);
      return;
    }
  }
}

}  // namespace

int run_program(int argc, char** argv) {
  occupy_standard_streams();
  install_signal_handlers();
  try {
    return end_of_output(dispatch(Arguments(argv + 1, argv + argc)));
  } catch (const Error& error) {
    return fail(error.status(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(ExitStatus::memory, "out of memory; lower --memory, --threads or --vocab");
  } catch (const std::system_error& error) {
    return fail_as_system(error);
  } catch (const std::exception& error) {
    return fail(ExitStatus::file, error.what());
  }
}

}  // namespace tempsweep::app
