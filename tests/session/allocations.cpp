// Counts the program's allocations, in a unit of its own: a compiler that sees through operator new
// warns of memory that malloc() gave and operator delete takes.
#include "allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::size_t> count{0};
}  // namespace

void* operator new(std::size_t size) {
  ++count;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace hale::session {

std::size_t allocations() { return count; }

}  // namespace hale::session
