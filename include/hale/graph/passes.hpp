#pragma once

#include <array>
#include <hale/graph/passes/fold_batch_normalization.hpp>
#include <hale/graph/passes/fold_constants.hpp>
#include <hale/graph/passes/fold_zeros.hpp>
#include <hale/graph/passes/follow_conditions.hpp>
#include <hale/graph/passes/infer_shapes.hpp>
#include <hale/graph/passes/inline_calls.hpp>
#include <hale/graph/passes/recognise_gelu.hpp>
#include <hale/graph/passes/recognise_hard_sigmoid.hpp>
#include <hale/graph/passes/recognise_hard_swish.hpp>
#include <hale/graph/passes/recognise_layer_normalization.hpp>
#include <hale/graph/passes/recognise_mish.hpp>
#include <hale/graph/passes/recognise_quantised.hpp>
#include <hale/graph/passes/recognise_rms_normalization.hpp>
#include <hale/graph/passes/recognise_softmax.hpp>
#include <hale/graph/passes/recognise_swish.hpp>
#include <hale/graph/passes/remove_dead_code.hpp>
#include <hale/graph/passes/remove_identities.hpp>
#include <hale/graph/passes/verify.hpp>
#include <span>
#include <string_view>
#include <utility>

namespace hale::graph {

/// Passes that are safe whatever reads the graph next: only the names of identities are lost.
/// Products with zero stay.
struct Simplify {
  using Passes = Pipeline<Verify, InferShapes, InlineCalls, FollowConditions, FoldConstants,
                          RemoveIdentities, RemoveDeadCode, FoldBatchNormalization, RemoveDeadCode>;
  [[nodiscard]] static Result<> run(Graph& graph);
};

/// Simplify, and FoldZeros: what a factor of zero makes zero becomes a constant.
struct Canonicalise {
  using Passes =
      Pipeline<Verify, InferShapes, InlineCalls, FollowConditions, FoldConstants, RemoveIdentities,
               FoldZeros, RemoveDeadCode, FoldBatchNormalization, RemoveDeadCode>;
  [[nodiscard]] static Result<> run(Graph& graph);
};

/// Replaces operations that together spell out one, as x * Sigmoid(x), by that one, as Swish(x).
/// HardSwish is looked for before HardSigmoid, which is a part of it.
struct RecognisePatterns {
  using Passes = Pipeline<RecogniseGelu, RecogniseHardSwish, RecogniseHardSigmoid, RecogniseSwish,
                          RecogniseMish, RecogniseLayerNormalization, RecogniseRmsNormalization,
                          RecogniseSoftmax, RecogniseQuantised, RemoveDeadCode>;
  [[nodiscard]] static Result<> run(Graph& graph);
};

// As the table of operations, these are compiled once in hale-operations, where that is used.
#ifndef HALE_OPERATIONS
inline Result<> Simplify::run(Graph& graph) { return Passes::run(graph); }
inline Result<> Canonicalise::run(Graph& graph) { return Passes::run(graph); }
inline Result<> RecognisePatterns::run(Graph& graph) { return Passes::run(graph); }
#endif

/// A graph with shapes, and without what changes no result: identities, dead code, factors of zero.
///
/// Errors: what verify and infer-shapes refuse, with the node's name.
[[nodiscard]] inline Result<Graph> canonicalise(Graph graph) {
  HALE_CHECK(Canonicalise::run(graph));
  return graph;
}

/// A pass by its name, for those who choose passes at run time.
struct PassEntry {
  std::string_view name;
  std::string_view summary;
  Result<> (*run)(Graph&);
};

namespace detail {

template <Pass... Passes>
inline constexpr std::array<PassEntry, sizeof...(Passes)> pass_table = {
    PassEntry{Passes::name, Passes::summary, &Passes::run}...};

}  // namespace detail

/// Every pass, in the order in which canonicalise() and then RecognisePatterns take them.
[[nodiscard]] constexpr std::span<const PassEntry> passes() {
  return detail::pass_table<Verify, InferShapes, InlineCalls, FollowConditions, FoldConstants,
                            RemoveIdentities, FoldZeros, FoldBatchNormalization, RemoveDeadCode,
                            RecogniseGelu, RecogniseHardSwish, RecogniseHardSigmoid, RecogniseSwish,
                            RecogniseMish, RecogniseLayerNormalization, RecogniseRmsNormalization,
                            RecogniseSoftmax, RecogniseQuantised>;
}

/// The pass with this name; null where there is none.
[[nodiscard]] constexpr const PassEntry* find_pass(std::string_view name) {
  for (const PassEntry& entry : passes())
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace hale::graph
