#include <hale/numeric/products/kernels.hpp>

#include "kernels.hpp"

namespace hale::numeric::products {

constinit const KernelSet avx512_kernels{kernels_of<xsimd::avx512bw, float>,
                                         kernels_of<xsimd::avx512bw, double>};

}  // namespace hale::numeric::products
