// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace tempsweep {

/// What a run can end with; the numbers are the exit statuses of the program and part of its interface.
enum class ExitStatus : int {
  done = 0,
  rejected = 1,  ///< a validation rejected the sampler
  input = 2,     ///< usage or bad input
  device = 3,
  file = 4,  ///< file or disk
  memory = 5,
  interrupted = 130,
  terminated = 143,
};

/// Base of every error that tempsweep throws on purpose. `what()` is one line: what, where, what to do.
class Error : public std::runtime_error {
 public:
  Error(ExitStatus status, const std::string& message) : std::runtime_error(message), status_(status) {}
  [[nodiscard]] ExitStatus status() const noexcept { return status_; }

 private:
  ExitStatus status_;
};

/// Usage or bad input: an option, a malformed file, a row that is not a law.
class InputError : public Error {
 public:
  explicit InputError(const std::string& message) : Error(ExitStatus::input, message) {}
};

/// No device, or a device that failed.
class DeviceError : public Error {
 public:
  explicit DeviceError(const std::string& message) : Error(ExitStatus::device, message) {}
};

/// A file that cannot be created, written, synced or renamed.
class FileError : public Error {
 public:
  explicit FileError(const std::string& message) : Error(ExitStatus::file, message) {}
};

/// The smallest tile of the job does not fit the memory budget, or an allocation failed.
class MemoryError : public Error {
 public:
  explicit MemoryError(const std::string& message) : Error(ExitStatus::memory, message) {}
};

/// A signal asked the run to stop (SIGINT: interrupted, SIGTERM: terminated).
class Interrupted : public Error {
 public:
  Interrupted(ExitStatus status, const std::string& message) : Error(status, message) {}
};

}  // namespace tempsweep
