// Counts the program's allocations, in a unit of its own: a compiler that sees through operator new
// warns of memory that malloc() gave and operator delete takes. Where the C library can be asked
// behind malloc(), that is counted: Eigen calls it. A sanitizer has a malloc() of its own.
#include "allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define HALE_TEST_SANITIZED
#endif
#endif
#if defined(__GLIBC__) && !defined(HALE_TEST_SANITIZED) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define HALE_TEST_COUNTS_MALLOC
#endif

namespace {
std::atomic<std::size_t> count{0};
std::atomic<std::size_t> largest{std::numeric_limits<std::size_t>::max()};
}  // namespace

#ifdef HALE_TEST_COUNTS_MALLOC

extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* malloc(std::size_t size) {
  ++count;
  return size <= largest ? __libc_malloc(size) : nullptr;
}

#else

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++count;
  return size <= largest ? std::malloc(size) : nullptr;
}
void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

#endif

namespace hale::session {

std::size_t allocations() { return count; }

SmallMemory::SmallMemory(std::size_t bytes) { largest = bytes; }
SmallMemory::~SmallMemory() { largest = std::numeric_limits<std::size_t>::max(); }

}  // namespace hale::session
