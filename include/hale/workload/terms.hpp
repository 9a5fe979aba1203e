#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/fingerprint.hpp>
#include <string_view>

namespace hale::workload {

/// Terms whose rates go together on a device, apart from its speed as a whole.
enum class TermGroup : std::uint8_t { products, shapes, memory, elements, launches };
inline constexpr std::size_t term_group_count = 5;

/// A thing that a device takes time for, such as multiply-adds of 1x1 convolutions.
struct TermInfo {
  std::string_view name;
  TermGroup group;
  double typical;  // milliseconds for one unit, on one core of a server
  double spread;   // of that logarithm from device to device, beside the group's
};

namespace detail::terms {

inline constexpr double mac = 2.5e-8;
inline constexpr double byte = 8e-9;
inline constexpr double element = 3e-7;
inline constexpr double launch = 1e-3;

using enum TermGroup;

}  // namespace detail::terms

/// The terms, in the order of their numbers. All but the last group count operations as if each
/// were a kernel; a device that fuses them has lower rates for what it saves.
enum class Term : std::uint8_t {
  pointwise_macs,  // of convolutions with a window of one
  winograd_macs,   // three by three at a stride of one: a runtime may save some of them
  window_macs,     // of other dense convolutions
  grouped_macs,
  depthwise_macs,
  depthwise_wide_macs,  // of windows beyond three by three
  product_macs,         // matrix products
  vector_macs,          // matrix products of up to three rows
  attention_macs,       // products of two computed operands
  recurrent_macs,
  // The same in eight bits or fewer, in place of the above.
  integer_pointwise_macs,
  integer_winograd_macs,
  integer_window_macs,
  integer_grouped_macs,
  integer_depthwise_macs,
  integer_depthwise_wide_macs,
  integer_product_macs,  // of every other product
  // Beside all of the above, what falls off a runtime's fast path.
  sequence_macs,  // of convolutions along one axis
  volume_macs,    // along three axes
  dilated_macs,
  strided_depthwise_macs,
  // What lanes and tiles leave idle: a product's rows, columns and depth rounded up, less itself.
  pointwise_lanes,
  window_lanes,
  grouped_lanes,
  product_lanes,
  wide_lanes,   // columns to 64
  depth_lanes,  // input channels to 16
  row_tiles,    // rows to 8
  // What a product costs beside its MACs at its edges: MACs by 16 / rows, 16 / depth.
  pointwise_rows,
  window_rows,
  grouped_rows,
  product_rows,
  pointwise_depth,
  window_depth,
  grouped_depth,
  product_depth,
  // Elements that products write.
  convolution_outputs,
  depthwise_outputs,
  product_outputs,
  recurrent_outputs,
  recurrent_steps,  // one behind another
  groups,           // of grouped convolutions: a runtime may run them one by one
  serial_depth,     // additions to one element, of every product: they wait for each other
  // Bytes of products.
  weight_bytes,
  vector_weight_bytes,
  input_bytes,
  unrolled_bytes,          // windows written out as the rows of a matrix
  unrolled_grouped_bytes,  // the same for grouped convolutions
  // What does not fit caches, of a kernel, and of all weights: they are read again each run.
  bytes_beyond_256k,
  bytes_beyond_2m,
  bytes_beyond_16m,
  model_weight_bytes_beyond_1m,
  model_weight_bytes_beyond_16m,
  // Bytes read and written by other kernels, by kind.
  normalisation_bytes,
  local_normalisation_elements,  // each normalised by its neighbours in other channels
  softmax_bytes,
  reduction_bytes,
  activation_bytes,
  arithmetic_bytes,
  movement_bytes,
  transpose_bytes,
  pooling_bytes,
  pooling_reads,  // outputs by the size of their windows
  quantisation_bytes,
  transcendentals,
  convolution_launches,
  product_launches,
  recurrent_launches,
  pooling_launches,
  element_launches,
  movement_launches,
  // Once a run.
  views,  // operations that move nothing
  model_input_bytes,
  model_output_bytes,
  model,
  // Where a runtime fuses what it can.
  fused_normalisation_bytes,
  fused_activation_bytes,
  fused_arithmetic_bytes,
  fused_elements,  // outputs by the simple operations that are applied on the way out
  fused_element_launches,
  fused_movement_launches,
};

inline constexpr std::size_t term_count =
    static_cast<std::size_t>(Term::fused_movement_launches) + 1;

inline constexpr std::array<TermInfo, term_count> all_terms = [] {
  using namespace detail::terms;
  return std::array<TermInfo, term_count>{{
      {"pointwise-macs", products, mac, 0.4},
      {"winograd-macs", products, 0.7 * mac, 0.6},
      {"window-macs", products, mac, 0.4},
      {"grouped-macs", products, 1.6 * mac, 0.8},
      {"depthwise-macs", products, 4.5 * mac, 0.8},
      {"depthwise-wide-macs", products, 4.5 * mac, 0.8},
      {"product-macs", products, mac, 0.4},
      {"vector-macs", products, 2.7 * mac, 0.8},
      {"attention-macs", products, 1.3 * mac, 0.8},
      {"recurrent-macs", products, 2 * mac, 0.8},
      {"integer-pointwise-macs", products, 0.5 * mac, 0.6},
      {"integer-winograd-macs", products, 0.5 * mac, 0.6},
      {"integer-window-macs", products, 0.5 * mac, 0.6},
      {"integer-grouped-macs", products, 0.8 * mac, 0.8},
      {"integer-depthwise-macs", products, 2.5 * mac, 0.8},
      {"integer-depthwise-wide-macs", products, 2.5 * mac, 0.8},
      {"integer-product-macs", products, 0.5 * mac, 0.6},
      {"sequence-macs", products, 0.3 * mac, 1.2},
      {"volume-macs", products, 0.3 * mac, 1.2},
      {"dilated-macs", products, 0.3 * mac, 1.2},
      {"strided-depthwise-macs", products, mac, 1.0},
      {"pointwise-lanes", shapes, 0.5 * mac, 1.2},
      {"window-lanes", shapes, 0.5 * mac, 1.2},
      {"grouped-lanes", shapes, 0.5 * mac, 1.2},
      {"product-lanes", shapes, 0.5 * mac, 1.2},
      {"wide-lanes", shapes, 0.5 * mac, 1.2},
      {"depth-lanes", shapes, 0.5 * mac, 1.2},
      {"row-tiles", shapes, 0.5 * mac, 1.2},
      {"pointwise-rows", shapes, 0.5 * mac, 1.2},
      {"window-rows", shapes, 0.5 * mac, 1.2},
      {"grouped-rows", shapes, 0.5 * mac, 1.2},
      {"product-rows", shapes, 0.5 * mac, 1.2},
      {"pointwise-depth", shapes, 0.5 * mac, 1.2},
      {"window-depth", shapes, 0.5 * mac, 1.2},
      {"grouped-depth", shapes, 0.5 * mac, 1.2},
      {"product-depth", shapes, 0.5 * mac, 1.2},
      {"convolution-outputs", elements, element, 0.8},
      {"depthwise-outputs", elements, element, 0.8},
      {"product-outputs", elements, element, 0.8},
      {"recurrent-outputs", elements, 4 * element, 0.8},
      {"recurrent-steps", launches, 2 * launch, 1.2},
      {"groups", launches, 0.1 * launch, 1.2},
      {"serial-depth", launches, 0.003 * launch, 1.2},
      {"weight-bytes", memory, 0.6 * byte, 0.7},
      {"vector-weight-bytes", memory, 0.6 * byte, 0.7},
      {"input-bytes", memory, 0.6 * byte, 0.7},
      {"unrolled-bytes", memory, 0.6 * byte, 0.7},
      {"unrolled-grouped-bytes", memory, 0.6 * byte, 0.7},
      {"bytes-beyond-256k", memory, 0.6 * byte, 0.7},
      {"bytes-beyond-2m", memory, 0.6 * byte, 0.7},
      {"bytes-beyond-16m", memory, 0.6 * byte, 0.7},
      {"model-weight-bytes-beyond-1m", memory, 0.6 * byte, 0.7},
      {"model-weight-bytes-beyond-16m", memory, 0.6 * byte, 0.7},
      {"normalisation-bytes", memory, 2 * byte, 0.8},
      {"local-normalisation-elements", elements, 30 * element, 0.8},
      {"softmax-bytes", memory, 4 * byte, 0.8},
      {"reduction-bytes", memory, 2 * byte, 0.8},
      {"activation-bytes", memory, 2 * byte, 0.8},
      {"arithmetic-bytes", memory, 2 * byte, 0.8},
      {"movement-bytes", memory, 2 * byte, 0.8},
      {"transpose-bytes", memory, 2 * byte, 0.8},
      {"pooling-bytes", memory, 2 * byte, 0.8},
      {"pooling-reads", memory, 2 * byte, 0.8},
      {"quantisation-bytes", memory, 2 * byte, 0.8},
      {"transcendentals", elements, element, 0.8},
      {"convolution-launches", launches, launch, 1.2},
      {"product-launches", launches, launch, 1.2},
      {"recurrent-launches", launches, launch, 1.2},
      {"pooling-launches", launches, launch, 1.2},
      {"element-launches", launches, launch, 1.2},
      {"movement-launches", launches, launch, 1.2},
      {"views", launches, 0.3 * launch, 1.2},
      {"model-input-bytes", memory, 0.6 * byte, 0.7},
      {"model-output-bytes", memory, 0.6 * byte, 0.7},
      {"model", launches, 10 * launch, 1.2},
      {"fused-normalisation-bytes", memory, 2 * byte, 0.8},
      {"fused-activation-bytes", memory, 2 * byte, 0.8},
      {"fused-arithmetic-bytes", memory, 2 * byte, 0.8},
      {"fused-elements", elements, 0.4 * element, 0.8},
      {"fused-element-launches", launches, launch, 1.2},
      {"fused-movement-launches", launches, launch, 1.2},
  }};
}();

/// Changes with the terms: files that hold other terms are refused.
inline constexpr std::uint64_t terms_fingerprint = [] {
  Fingerprint print;
  for (const TermInfo& term : all_terms) print.add(term.name);
  return print.value();
}();

/// How much of each term a workload has, in the term's units.
struct Terms {
  std::array<double, term_count> amounts{};

  [[nodiscard]] constexpr double& operator[](Term term) {
    return amounts[static_cast<std::size_t>(term)];
  }
  [[nodiscard]] constexpr double operator[](Term term) const {
    return amounts[static_cast<std::size_t>(term)];
  }
  Terms& operator+=(const Terms& other) {
    for (std::size_t i = 0; i < term_count; ++i) amounts[i] += other.amounts[i];
    return *this;
  }
  friend bool operator==(const Terms&, const Terms&) = default;
};

}  // namespace hale::workload
