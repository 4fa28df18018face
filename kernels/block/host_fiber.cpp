// SPDX-License-Identifier: Apache-2.0
#include "kernels/block/host_fiber.hpp"

#include <new>
#include <utility>

#include <boost/context/preallocated.hpp>
#include <boost/context/stack_context.hpp>
#include <sys/mman.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace tempsweep::kernels {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t stack_bytes = std::size_t{512} << 10U;
void start_switch(void** keep, const void* bottom, std::size_t bytes) {
  __sanitizer_start_switch_fiber(keep, bottom, bytes);
}
void finish_switch(void* kept, const void** bottom, std::size_t* bytes) {
  __sanitizer_finish_switch_fiber(kept, bottom, bytes);
}
#else
constexpr std::size_t stack_bytes = std::size_t{128} << 10U;
void start_switch(void** /*keep*/, const void* /*bottom*/, std::size_t /*bytes*/) {}
void finish_switch(void* /*kept*/, const void** /*bottom*/, std::size_t* /*bytes*/) {}
#endif

constexpr std::size_t guard_bytes = std::size_t{64} << 10U;  // wide, so that no large frame steps over it

/// The pool owns the stacks, Boost does not.
struct KeepStack {
  static void deallocate(boost::context::stack_context& /*context*/) {}
};

std::unique_ptr<StackPool>& spare_pool() {
  thread_local std::unique_ptr<StackPool> pool;
  return pool;
}

}  // namespace

StackPool::StackPool(std::size_t count) {
  constexpr std::size_t stride = guard_bytes + stack_bytes;
  stacks_.reserve(count);
  bytes_ = count * stride;
  memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory_ == MAP_FAILED) {
    throw std::bad_alloc();
  }
  for (std::size_t i = 0; i < count; ++i) {
    auto* const guard = static_cast<std::byte*>(memory_) + i * stride;
    if (mprotect(guard, guard_bytes, PROT_NONE) != 0) {
      munmap(memory_, bytes_);
      throw std::bad_alloc();
    }
    // Tops at one distance from another would share the few sets of a cache that the distance allows.
    const std::size_t unused = i % 16 * 256 + i / 16 % 16 * 4096;
    stacks_.push_back({guard + guard_bytes, stack_bytes - unused, nullptr});
  }
}

StackPool::~StackPool() {
  munmap(memory_, bytes_);
}

std::unique_ptr<StackPool> StackPool::borrow(std::size_t count) {
  std::unique_ptr<StackPool> pool = std::exchange(spare_pool(), nullptr);
  if (pool == nullptr || pool->size() < count) {
    pool = std::make_unique<StackPool>(count);
  }
  return pool;
}

void StackPool::give_back(std::unique_ptr<StackPool> pool) {
  spare_pool() = std::move(pool);
}

void Fiber::start(void (*run)(void* argument, int number), void* argument, int number) {
  void* const top = stack_->bottom + stack_->bytes;
  boost::context::stack_context context;
  context.sp = top;
  context.size = stack_->bytes;
  inside_ =
      boost::context::fiber(std::allocator_arg, boost::context::preallocated(top, stack_->bytes, context),
                            KeepStack{}, [this, run, argument, number](boost::context::fiber&& outside) {
                              arrive();
                              outside_ = std::move(outside);
                              run(argument, number);
                              depart();
                              return std::move(outside_);
                            });
}

void Fiber::resume() {
  void* kept = nullptr;
  start_switch(&kept, stack_->bottom, stack_->bytes);
  inside_ = std::move(inside_).resume();
  finish_switch(kept, nullptr, nullptr);
}

void Fiber::pause() {
  depart();
  outside_ = std::move(outside_).resume();
  arrive();
}

// What the sanitizer keeps of a stack outlives the fibre: the last frames of a fibre are Boost's, and end
// after it.
void Fiber::arrive() {
  finish_switch(stack_->sanitizer, &outer_bottom_, &outer_bytes_);
}
void Fiber::depart() {
  start_switch(&stack_->sanitizer, outer_bottom_, outer_bytes_);
}

}  // namespace tempsweep::kernels
