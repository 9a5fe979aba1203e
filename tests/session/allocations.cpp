// Counts the program's allocations, in a unit of its own: a compiler that sees through operator new
// warns of memory that malloc() gave and operator delete takes.
#include "allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

namespace {
std::atomic<std::size_t> count{0};
std::atomic<std::size_t> largest{std::numeric_limits<std::size_t>::max()};
}  // namespace

void* operator new(std::size_t size) {
  ++count;
  if (size <= largest)
    if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace hale::session {

std::size_t allocations() { return count; }

SmallMemory::SmallMemory(std::size_t bytes) { largest = bytes; }
SmallMemory::~SmallMemory() { largest = std::numeric_limits<std::size_t>::max(); }

}  // namespace hale::session
