#include <atomic>
#include <hale/numeric/products.hpp>

#include "kernels.hpp"

namespace hale::numeric {
namespace products {
namespace {

/// Null where this machine or this build does not have the instruction set.
const KernelSet* find(InstructionSet set) noexcept {
#if HALE_KERNELS_X86
  // GCC's run-time support also asks whether the operating system saves the wide registers.
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (set == InstructionSet::avx512) return avx512 ? &avx512_kernels : nullptr;
  if (set == InstructionSet::avx2) return avx2 ? &avx2_kernels : nullptr;
#endif
  return set == InstructionSet::baseline ? &baseline_kernels : nullptr;
}

/// Null until the first product. Threads that race to fill it write the same pointer.
constinit std::atomic<const KernelSet*> chosen{nullptr};

const KernelSet& current() noexcept {
  const KernelSet* kernels = chosen.load(std::memory_order_relaxed);
  if (kernels != nullptr) return *kernels;
  for (const InstructionSet set : {InstructionSet::avx512, InstructionSet::avx2})
    if (kernels == nullptr) kernels = find(set);
  if (kernels == nullptr) kernels = &baseline_kernels;
  chosen.store(kernels, std::memory_order_relaxed);
  return *kernels;
}

}  // namespace

const Kernels<float>& library_kernels(float) noexcept { return current().for_float; }
const Kernels<double>& library_kernels(double) noexcept { return current().for_double; }

}  // namespace products

InstructionSet instruction_set() noexcept {
  const products::KernelSet* kernels = &products::current();
  for (const InstructionSet set : {InstructionSet::avx512, InstructionSet::avx2})
    if (products::find(set) == kernels) return set;
  return InstructionSet::baseline;
}

bool use_instruction_set(InstructionSet set) noexcept {
  const products::KernelSet* kernels = products::find(set);
  if (kernels == nullptr) return false;
  products::chosen.store(kernels, std::memory_order_relaxed);
  return true;
}

}  // namespace hale::numeric
