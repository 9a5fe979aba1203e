#include <hale/numeric/products/kernels.hpp>

#include "kernels.hpp"

namespace hale::numeric::products {

constinit const KernelSet avx2_kernels{kernels_of<xsimd::fma3<xsimd::avx2>, float>,
                                       kernels_of<xsimd::fma3<xsimd::avx2>, double>};

}  // namespace hale::numeric::products
