#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hale::workload {

/// What a kernel does, by the operation that it is built around.
enum class KernelKind : std::uint8_t {
  convolution,
  depthwise_convolution,
  matrix_product,
  attention,
  recurrent,
  normalisation,
  softmax,
  pooling,
  reduction,
  activation,  // element-wise of one computed operand
  arithmetic,  // element-wise of several
  movement,    // elements change their place and nothing else
  transpose,
  view,  // nothing moves: another shape of the same elements
  quantisation,
  other,
};

inline constexpr std::array<std::string_view, 16> kernel_kind_names = {
    "convolution",    "depthwise-convolution",
    "matrix-product", "attention",
    "recurrent",      "normalisation",
    "softmax",        "pooling",
    "reduction",      "activation",
    "arithmetic",     "movement",
    "transpose",      "view",
    "quantisation",   "other"};

[[nodiscard]] constexpr std::string_view name_of(KernelKind kind) {
  return kernel_kind_names[static_cast<std::size_t>(kind)];
}

/// The kind with this name; nothing where there is none.
[[nodiscard]] constexpr std::optional<KernelKind> find_kernel_kind(std::string_view name) {
  for (std::size_t i = 0; i < kernel_kind_names.size(); ++i)
    if (kernel_kind_names[i] == name) return static_cast<KernelKind>(i);
  return std::nullopt;
}

/// Whether kernels of this kind multiply and add: then an unknown count must not pass for 0.
[[nodiscard]] constexpr bool has_products(KernelKind kind) {
  return kind <= KernelKind::recurrent || kind == KernelKind::other;
}

/// `batch` independent products (rows, depth) x (depth, columns).
struct Gemm {
  std::uint64_t batch = 1;
  std::uint64_t rows = 1;
  std::uint64_t columns = 1;
  std::uint64_t depth = 1;
  friend bool operator==(const Gemm&, const Gemm&) = default;
};

/// The window of a convolution or a pooling, an entry a spatial axis.
struct Window {
  std::vector<std::uint64_t> kernel{};
  std::vector<std::uint64_t> strides{};
  std::vector<std::uint64_t> dilations{};
  std::uint64_t group = 1;
  friend bool operator==(const Window&, const Window&) = default;
};

/// What a kernel knows of the graph that it was made of and its text form does not say. Kernels are
/// equal whatever this is.
struct Origin {
  std::vector<std::size_t> operations{};  // by their numbers in the graph
  std::uint64_t transcendental = 0;       // how many compute exp or its like; terms count them
  friend constexpr bool operator==(const Origin&, const Origin&) { return true; }
};

/// One launch of a device for one or several fused operations. All figures are of one run.
struct Kernel {
  KernelKind kind = KernelKind::other;
  std::string element = "f32";     // the type's textual name
  std::uint64_t element_bits = 0;  // 0: not fixed
  std::uint64_t runs = 1;          // trips of the loop that it is in
  std::uint64_t macs = 0;
  std::uint64_t bytes_read = 0;  // weights included
  std::uint64_t bytes_written = 0;
  std::uint64_t weight_bytes = 0;
  std::uint64_t outputs = 0;  // elements written
  std::optional<Gemm> gemm{};
  std::optional<Window> window{};
  std::vector<std::string> operations{};  // fused, in order; the first gives the kind
  std::string location{};                 // the first operation's node
  Origin origin{};
  friend bool operator==(const Kernel&, const Kernel&) = default;
};

/// Sums and products that stay at the largest number instead of beginning again at 0.
[[nodiscard]] constexpr std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::uint64_t>::max() : sum;
}
[[nodiscard]] constexpr std::uint64_t saturating_product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max()
                                                : product;
}

}  // namespace hale::workload
