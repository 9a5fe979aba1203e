#pragma once

#include <hale/numeric/products/arguments.hpp>

namespace hale::numeric::products {

/// One unit's entry points: all that the rest of the library sees of it.
struct KernelSet {
  Kernels<float> for_float;
  Kernels<double> for_double;
};

extern const KernelSet baseline_kernels;
#if HALE_KERNELS_X86
extern const KernelSet avx2_kernels;
extern const KernelSet avx512_kernels;
#endif

}  // namespace hale::numeric::products
