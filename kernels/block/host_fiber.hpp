// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <boost/context/fiber.hpp>

namespace tempsweep::kernels {

/// Memory that a fibre runs on, and what AddressSanitizer keeps for it between runs.
struct Stack {
  std::byte* bottom = nullptr;
  std::size_t bytes = 0;
  void* sanitizer = nullptr;
};

/// Stacks, each above pages that may not be touched: a fibre that runs off its stack crashes there.
class StackPool {
 public:
  explicit StackPool(std::size_t count);
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;
  StackPool(StackPool&&) = delete;
  StackPool& operator=(StackPool&&) = delete;
  ~StackPool();

  [[nodiscard]] std::size_t size() const { return stacks_.size(); }
  [[nodiscard]] Stack& stack(std::size_t i) { return stacks_[i]; }

  /// At least `count` stacks: those that this OS thread gave back last, or new ones. Throws std::bad_alloc.
  static std::unique_ptr<StackPool> borrow(std::size_t count);
  static void give_back(std::unique_ptr<StackPool> pool);

 private:
  void* memory_ = nullptr;
  std::size_t bytes_ = 0;
  std::vector<Stack> stacks_;
};

/// A function that pauses and goes on. Only the OS thread that starts it resumes it.
class Fiber {
 public:
  explicit Fiber(Stack& stack) : stack_(&stack) {}

  /// run(argument, number) begins at the first resume() and must not throw.
  void start(void (*run)(void* argument, int number), void* argument, int number);
  /// From outside: lets it run until it pauses or ends.
  void resume();
  /// From inside: goes back to whoever resumed it.
  void pause();

 private:
  void arrive();
  void depart();

  Stack* stack_;
  boost::context::fiber inside_;
  boost::context::fiber outside_;
  const void* outer_bottom_ = nullptr;
  std::size_t outer_bytes_ = 0;
};

}  // namespace tempsweep::kernels
