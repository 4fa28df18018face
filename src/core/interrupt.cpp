// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/interrupt.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>

#include "tempsweep/core/errors.hpp"

namespace tempsweep {
namespace {

// NOLINTNEXTLINE(*-avoid-non-const-global-variables): a handler reaches nothing else
std::atomic<int> pending_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "the handler may only touch a lock-free atomic");

extern "C" void remember_signal(int signal) {
  if (pending_signal.exchange(signal) != 0 && signal == SIGINT) {
    std::_Exit(static_cast<int>(ExitStatus::interrupted));
  }
}

void set_handler(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void install_signal_handlers() {
  set_handler(SIGINT, remember_signal);
  set_handler(SIGTERM, remember_signal);
  struct sigaction before = {};
  if (sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {  // nohup has its reasons
    set_handler(SIGHUP, remember_signal);
  }
  set_handler(SIGPIPE, SIG_IGN);
  set_handler(SIGXFSZ, SIG_IGN);
}

void throw_if_interrupted() {
  switch (pending_signal.load(std::memory_order_relaxed)) {
    case 0:
      return;
    case SIGTERM:
    case SIGHUP:
      throw Interrupted(ExitStatus::terminated,
                        "terminated by a signal; no half-written result was left, run again");
    default:
      throw Interrupted(ExitStatus::interrupted, "interrupted; no half-written result was left, run again");
  }
}

}  // namespace tempsweep
