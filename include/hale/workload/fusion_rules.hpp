#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/workload/kernel.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

namespace hale::workload {

/// A set of kinds.
struct KindSet {
  std::uint32_t bits = 0;

  constexpr KindSet() = default;
  constexpr KindSet(std::initializer_list<KernelKind> kinds) {
    for (const KernelKind kind : kinds) bits |= 1U << static_cast<unsigned>(kind);
  }
  [[nodiscard]] constexpr bool contains(KernelKind kind) const {
    return ((bits >> static_cast<unsigned>(kind)) & 1U) != 0;
  }
  friend constexpr bool operator==(const KindSet&, const KindSet&) = default;
};

/// How a runtime fuses operations into kernels, as data.
///
/// A kernel takes the operation after it where nothing else uses the result between them, and
/// `takes[kind of the kernel]` contains that operation's kind.
struct FusionRules {
  std::string_view name = "onnxruntime-extended";
  std::array<KindSet, kernel_kind_names.size()> takes = default_takes();
  std::size_t longest = 8;           // operations in a kernel, views not counted
  bool residual_adds = true;         // whether the other operand of a taken one may be computed
  bool folds_normalisation = true;   // BatchNormalization becomes part of the Conv before it
  bool recognises_patterns = true;   // spelled-out Gelu, LayerNormalization, .. become one
  bool fuses_attention = true;       // both products of an attention and its Softmax are one
  bool transposes_are_free = false;  // the layout is the kernels' own affair
  bool folds_zeros = false;          // x * 0 is 0, whatever x took: not so for what is no number

  /// As ONNX Runtime's extended optimisations do.
  [[nodiscard]] static constexpr std::array<KindSet, kernel_kind_names.size()> default_takes() {
    using enum KernelKind;
    std::array<KindSet, kernel_kind_names.size()> takes{};
    for (const KernelKind product : {convolution, depthwise_convolution, matrix_product})
      takes[static_cast<std::size_t>(product)] = {activation, arithmetic, quantisation};
    takes[static_cast<std::size_t>(normalisation)] = {activation};
    takes[static_cast<std::size_t>(arithmetic)] = {normalisation};
    return takes;
  }
  [[nodiscard]] constexpr bool allows(KernelKind producer, KernelKind consumer) const {
    return takes[static_cast<std::size_t>(producer)].contains(consumer);
  }
};

/// Every operation is a kernel; only views cost nothing.
[[nodiscard]] constexpr FusionRules no_fusion() {
  return {.name = "none",
          .takes = {},
          .longest = 1,
          .residual_adds = false,
          .folds_normalisation = false,
          .recognises_patterns = false,
          .fuses_attention = false};
}

/// Convolutions and products with one activation, and normalisations folded.
[[nodiscard]] constexpr FusionRules basic_fusion() {
  using enum KernelKind;
  FusionRules rules{.name = "onnxruntime-basic",
                    .takes = {},
                    .longest = 3,
                    .residual_adds = false,
                    .fuses_attention = false};
  for (const KernelKind product : {convolution, depthwise_convolution, matrix_product})
    rules.takes[static_cast<std::size_t>(product)] = {activation};
  return rules;
}

/// As a code generator does: whatever is element-wise joins its producer, layouts are free.
[[nodiscard]] constexpr FusionRules aggressive_fusion() {
  using enum KernelKind;
  FusionRules rules{
      .name = "aggressive", .longest = 32, .transposes_are_free = true, .folds_zeros = true};
  for (std::size_t kind = 0; kind < rules.takes.size(); ++kind)
    if (kind != static_cast<std::size_t>(other))
      rules.takes[kind] = {activation, arithmetic, quantisation};
  for (const KernelKind elementwise : {activation, arithmetic, quantisation})
    rules.takes[static_cast<std::size_t>(elementwise)] = {activation,    arithmetic, quantisation,
                                                          normalisation, softmax,    reduction};
  return rules;
}

/// The rules that ship, by name.
inline constexpr std::array<FusionRules, 4> fusion_presets = {no_fusion(), basic_fusion(),
                                                              FusionRules{}, aggressive_fusion()};

/// Errors: no preset of this name, with those there are.
[[nodiscard]] inline Result<FusionRules> fusion_rules(std::string_view name) {
  std::string known;
  for (const FusionRules& rules : fusion_presets) {
    if (rules.name == name) return rules;
    known += concat(known.empty() ? "" : ", ", rules.name);
  }
  return fail(concat("no fusion rules '", name, "'; there are: ", known));
}

}  // namespace hale::workload
