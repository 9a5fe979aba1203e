#include <hale/numeric/products/kernels.hpp>

#include "kernels.hpp"

namespace hale::numeric::products {

constinit const KernelSet baseline_kernels{kernels_of<xsimd::default_arch, float>,
                                           kernels_of<xsimd::default_arch, double>};

}  // namespace hale::numeric::products
