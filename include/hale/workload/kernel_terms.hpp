#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/workload/kernel_figures.hpp>
#include <hale/workload/terms.hpp>
#include <hale/workload/workload.hpp>
#include <vector>

namespace hale::workload {

namespace detail::terms {

/// How much `extent` grows when it is rounded up to a multiple of `tile`, relative to it.
[[nodiscard]] inline double idle(double extent, double tile) {
  return std::ceil(extent / tile) * tile / extent - 1;
}

/// The terms of a class of products that has terms of its own.
struct ProductTerms {
  Term macs, lanes, rows, depth;
};

inline constexpr ProductTerms pointwise{Term::pointwise_macs, Term::pointwise_lanes,
                                        Term::pointwise_rows, Term::pointwise_depth};
inline constexpr ProductTerms window{Term::window_macs, Term::window_lanes, Term::window_rows,
                                     Term::window_depth};
inline constexpr ProductTerms grouped{Term::grouped_macs, Term::grouped_lanes, Term::grouped_rows,
                                      Term::grouped_depth};
inline constexpr ProductTerms product{Term::product_macs, Term::product_lanes, Term::product_rows,
                                      Term::product_depth};

/// The term for the multiply-adds of operands of eight bits or fewer, in place of `real`.
[[nodiscard]] constexpr Term integer_of(Term real) {
  switch (real) {
    case Term::pointwise_macs:
      return Term::integer_pointwise_macs;
    case Term::winograd_macs:
      return Term::integer_winograd_macs;
    case Term::window_macs:
      return Term::integer_window_macs;
    case Term::grouped_macs:
      return Term::integer_grouped_macs;
    case Term::depthwise_macs:
      return Term::integer_depthwise_macs;
    case Term::depthwise_wide_macs:
      return Term::integer_depthwise_wide_macs;
    default:
      return Term::integer_product_macs;
  }
}

inline void add_macs(const Figures& f, Term real, Terms& terms) {
  terms[f.is_integer ? integer_of(real) : real] += f.macs;
}

/// Multiply-adds as `macs` counts them, and what their shape leaves idle.
inline void add_shapes(const Figures& f, Term macs, const ProductTerms& of, Terms& terms) {
  constexpr double edge = 16;
  add_macs(f, macs, terms);
  if (!f.has_form) return;
  terms[of.lanes] += f.macs * idle(f.columns, edge);
  terms[of.rows] += f.macs * edge / f.rows;
  terms[of.depth] += f.macs * edge / f.depth;
  terms[Term::row_tiles] += f.macs * idle(f.rows, 8);
  if (f.group > 1) return;
  terms[Term::wide_lanes] += f.macs * (idle(f.columns, 64) - idle(f.columns, edge));
}

/// What a convolution's window has beside its size.
inline void add_window(const Figures& f, Terms& terms) {
  if (f.axes == 1) terms[Term::sequence_macs] += f.macs;
  if (f.axes == 3) terms[Term::volume_macs] += f.macs;
  if (f.is_dilated) terms[Term::dilated_macs] += f.macs;
}

inline void add_convolution(const Figures& f, Terms& terms) {
  terms[Term::convolution_outputs] += f.outputs;
  add_window(f, terms);
  const double unrolled = f.bytes_an_element * f.depth * f.rows * f.batch;
  if (f.group > 1) {
    terms[Term::groups] += f.group;
    terms[Term::unrolled_grouped_bytes] += unrolled;
    return add_shapes(f, grouped.macs, grouped, terms);
  }
  if (f.has_form) terms[Term::depth_lanes] += f.macs * idle(f.depth / f.window, 16);
  if (f.window <= 1) return add_shapes(f, pointwise.macs, pointwise, terms);
  terms[Term::unrolled_bytes] += unrolled;
  add_shapes(f, f.is_winograd ? Term::winograd_macs : window.macs, window, terms);
}

inline void add_depthwise(const Figures& f, Terms& terms) {
  constexpr double usual_window = 9;
  terms[Term::depthwise_outputs] += f.outputs;
  add_window(f, terms);
  if (f.is_strided) terms[Term::strided_depthwise_macs] += f.macs;
  add_macs(f, f.window > usual_window ? Term::depthwise_wide_macs : Term::depthwise_macs, terms);
}

/// Returns whether its weights are streamed for few rows.
inline bool add_matrix_product(const Kernel& kernel, const Figures& f, Terms& terms) {
  terms[Term::product_outputs] += f.outputs;
  if (kernel.kind == KernelKind::attention || kernel.weight_bytes == 0) {
    add_macs(f, Term::attention_macs, terms);
    return false;
  }
  if (f.has_form && f.rows < 4) {
    add_macs(f, Term::vector_macs, terms);
    return true;
  }
  add_shapes(f, product.macs, product, terms);
  return false;
}

inline void add_product(const Kernel& kernel, const Figures& f, Terms& terms) {
  bool is_streamed = false;
  if (kernel.kind == KernelKind::convolution) {
    add_convolution(f, terms);
  } else if (kernel.kind == KernelKind::depthwise_convolution) {
    add_depthwise(f, terms);
  } else if (kernel.kind == KernelKind::recurrent) {
    add_macs(f, Term::recurrent_macs, terms);
    terms[Term::recurrent_outputs] += f.outputs;
    if (kernel.gemm) terms[Term::recurrent_steps] += f.batch;
  } else {
    is_streamed = add_matrix_product(kernel, f, terms);
  }
  if (f.has_form && kernel.kind != KernelKind::recurrent) terms[Term::serial_depth] += f.depth;
  terms[is_streamed ? Term::vector_weight_bytes : Term::weight_bytes] += f.weights;
  terms[Term::input_bytes] += f.read;
}

[[nodiscard]] inline double beyond(double bytes, double size) {
  return std::max(bytes - size, 0.0);
}

/// Normalised by neighbours in other channels.
[[nodiscard]] inline bool is_local(const Kernel& kernel) {
  return !kernel.operations.empty() && kernel.operations.front() == "LRN";
}

/// What a kernel without products reads and writes, by its kind.
inline void add_moved(const Kernel& kernel, const Figures& f, Terms& terms) {
  const double moved = f.read + f.written;
  switch (kernel.kind) {
    case KernelKind::normalisation:
      if (is_local(kernel))
        terms[Term::local_normalisation_elements] += f.outputs;
      else
        terms[Term::normalisation_bytes] += moved;
      break;
    case KernelKind::softmax:
      terms[Term::softmax_bytes] += moved;
      break;
    case KernelKind::pooling:
      terms[Term::pooling_bytes] += moved;
      terms[Term::pooling_reads] += f.outputs * f.window;
      break;
    case KernelKind::reduction:
      terms[Term::reduction_bytes] += moved;
      break;
    case KernelKind::activation:
      terms[Term::activation_bytes] += moved;
      break;
    case KernelKind::quantisation:
      terms[Term::quantisation_bytes] += moved;
      break;
    case KernelKind::arithmetic:
    case KernelKind::other:
      terms[Term::arithmetic_bytes] += moved;
      break;
    case KernelKind::movement:
      terms[Term::movement_bytes] += moved;
      break;
    case KernelKind::transpose:
      terms[Term::transpose_bytes] += moved;
      break;
    default:
      break;
  }
}

[[nodiscard]] constexpr Term launch_of(KernelKind kind) {
  switch (kind) {
    case KernelKind::convolution:
    case KernelKind::depthwise_convolution:
      return Term::convolution_launches;
    case KernelKind::matrix_product:
    case KernelKind::attention:
      return Term::product_launches;
    case KernelKind::recurrent:
      return Term::recurrent_launches;
    case KernelKind::pooling:
      return Term::pooling_launches;
    case KernelKind::movement:
    case KernelKind::transpose:
      return Term::movement_launches;
    default:
      return Term::element_launches;
  }
}

}  // namespace detail::terms

/// A kernel's terms where every operation is a kernel.
[[nodiscard]] inline Terms unfused_terms(const Kernel& kernel) {
  using namespace detail::terms;
  Terms terms;
  const Figures f = figures_of(kernel);
  const double moved = f.read + f.written;
  if (kernel.kind <= KernelKind::recurrent) add_product(kernel, f, terms);
  add_moved(kernel, f, terms);
  terms[Term::bytes_beyond_256k] += beyond(moved, 2e5);
  terms[Term::bytes_beyond_2m] += beyond(moved, 2e6);
  terms[Term::bytes_beyond_16m] += beyond(moved, 1.6e7);
  terms[Term::transcendentals] += f.outputs * f.transcendental;
  terms[launch_of(kernel.kind)] += 1;
  return terms;
}

/// A kernel's terms where a runtime fuses what it can: those that count what fusing leaves beside
/// the products.
[[nodiscard]] inline Terms fused_terms(const Kernel& kernel) {
  using namespace detail::terms;
  Terms terms;
  const Figures f = figures_of(kernel);
  const double moved = f.read + f.written;
  terms[Term::fused_elements] += f.outputs * f.simple;
  if (kernel.kind == KernelKind::normalisation && !is_local(kernel))
    terms[Term::fused_normalisation_bytes] += moved;
  if (kernel.kind == KernelKind::activation) terms[Term::fused_activation_bytes] += moved;
  if (kernel.kind == KernelKind::arithmetic) terms[Term::fused_arithmetic_bytes] += moved;
  const Term kind = launch_of(kernel.kind);
  if (kind == Term::element_launches) terms[Term::fused_element_launches] += 1;
  if (kind == Term::movement_launches) terms[Term::fused_movement_launches] += 1;
  return terms;
}

/// The terms of the run itself, which no kernel has.
[[nodiscard]] inline Terms run_terms(const Workload& work) {
  using namespace detail::terms;
  Terms terms;
  const auto weights = static_cast<double>(totals(work).weight_bytes);
  terms[Term::model_weight_bytes_beyond_1m] = beyond(weights, 1e6);
  terms[Term::model_weight_bytes_beyond_16m] = beyond(weights, 1.6e7);
  terms[Term::views] = static_cast<double>(work.views);
  terms[Term::model_input_bytes] = static_cast<double>(work.input_bytes);
  terms[Term::model_output_bytes] = static_cast<double>(work.output_bytes);
  terms[Term::model] = 1;
  return terms;
}

/// The terms of a model, from the kernels of a runtime that fuses nothing and of one that fuses
/// what it can. A device lies somewhere between the two: its rates say where.
///
/// Cost: O(kernels), no allocation.
[[nodiscard]] inline Terms terms_of(const Workload& unfused, const Workload& fused) {
  Terms sum = run_terms(fused);
  const auto add = [&sum](const Terms& terms, std::uint64_t runs) {
    for (std::size_t i = 0; i < term_count; ++i)
      sum.amounts[i] += terms.amounts[i] * static_cast<double>(runs);
  };
  for (const Kernel& kernel : unfused.kernels) add(unfused_terms(kernel), kernel.runs);
  for (const Kernel& kernel : fused.kernels) add(fused_terms(kernel), kernel.runs);
  return sum;
}

}  // namespace hale::workload
