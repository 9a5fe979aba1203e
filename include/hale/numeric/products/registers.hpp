#pragma once

#include <cstddef>
#include <hale/numeric/products/arguments.hpp>
#include <utility>
#include <xsimd/xsimd.hpp>

namespace hale::numeric::products {

/// The architecture of half the register width, or the same one where a narrower one gains nothing.
template <class Arch>
struct Narrower {
  using type = Arch;
};
/// How many vector registers a kernel may count on, and hence the rows of a full tile.
template <class Arch>
struct Registers {
  static constexpr std::size_t count = 16;
};

#if XSIMD_WITH_AVX512BW
template <>
struct Narrower<xsimd::avx512bw> {
  using type = xsimd::fma3<xsimd::avx2>;
};
template <>
struct Registers<xsimd::avx512bw> {
  static constexpr std::size_t count = 32;
};
#endif
#if XSIMD_WITH_NEON64
template <>
struct Registers<xsimd::neon64> {
  static constexpr std::size_t count = 32;
};
#endif

/// A constant that a lambda can take from its argument's type.
template <std::size_t Value>
struct Constant {
  static constexpr std::size_t value = Value;
};

template <class Body, std::size_t... Index>
[[gnu::always_inline]] inline void unroll([[maybe_unused]] Body body,
                                          std::index_sequence<Index...>) {
  (body(Constant<Index>{}), ...);
}

/// body(Constant<0>) to body(Constant<Count - 1>), written out: arrays indexed by such constants
/// stay in registers.
template <std::size_t Count, class Body>
[[gnu::always_inline]] inline void unroll(Body body) {
  unroll(body, std::make_index_sequence<Count>{});
}

/// 128 bits as the compilers' own vector type, for what xsimd 8.1 cannot do: take registers apart
/// into such lanes and join them again.
template <class T>
struct Lane {
  // NOLINTNEXTLINE(modernize-use-using): GCC ignores the attribute in an alias that depends on T
  typedef T type __attribute__((vector_size(16)));
  static constexpr std::size_t size = 16 / sizeof(T);
};

/// x y + z; rounded once where the architecture has an instruction for it.
template <class Batch>
[[gnu::always_inline]] inline Batch multiply_add(const Batch& x, const Batch& y, const Batch& z) {
#if XSIMD_WITH_AVX512F
  // xsimd 8.1 has no fma of its own for AVX-512: it multiplies and adds.
  if constexpr (sizeof(Batch) == 64) {
    if constexpr (sizeof(typename Batch::value_type) == 4) {
      return Batch(_mm512_fmadd_ps(x, y, z));
    } else {
      return Batch(_mm512_fmadd_pd(x, y, z));
    }
  }
#endif
  return xsimd::fma(x, y, z);
}

/// Copies fewer elements than a register holds.
///
/// Powers of two, largest first: a register is written in one or two stores more often than not.
template <std::size_t Chunk, class T>
[[gnu::always_inline]] inline void copy_partial(const T* from, T* to, std::size_t count) {
  if constexpr (Chunk > 0) {
    if (count & Chunk) {
      __builtin_memcpy(to, from, Chunk * sizeof(T));
      from += Chunk;
      to += Chunk;
    }
    copy_partial<Chunk / 2>(from, to, count);
  }
}

}  // namespace hale::numeric::products
