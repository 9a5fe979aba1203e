#pragma once

#include <algorithm>
#include <cctype>
#include <hale/core/text.hpp>
#include <hale/graph/axis_walk.hpp>
#include <hale/graph/weights.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/input_words.hpp>
#include <hale/session/inputs.hpp>
#include <hale/session/open_dimensions.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace hale::session {

HALE_SESSION_INLINE std::vector<graph::ValueId> data_inputs(const graph::Graph& graph) {
  std::vector<bool> is_weight(graph.value_count(), false);
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    const graph::Operation& op = graph.operation(id);
    for (std::size_t slot = 0; slot < op.operands.size(); ++slot)
      if (op.operands[slot] != graph::ValueId::none &&
          graph.value(op.operands[slot]).producer == graph::OperationId::none &&
          graph::stands_for_weight(op, slot))
        is_weight[graph::index_of(op.operands[slot])] = true;
  });
  std::vector<graph::ValueId> inputs = graph.body().inputs;
  std::erase_if(inputs, [&](graph::ValueId id) {
    return is_weight[graph::index_of(id)] || graph.value(id).type.rank() == 0;
  });
  return inputs;
}

namespace detail::batch {

[[nodiscard]] inline std::string in_small_letters(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return name;
}

/// How surely a symbol names a batch: 3 for "batch_size", 2 for "B", 1 for "N", 0 for others.
[[nodiscard]] inline int rank_of_name(const std::string& symbol) {
  const std::string name = in_small_letters(symbol);
  if (name.find("batch") != std::string::npos) return 3;
  if (name == "b" || name == "bs") return 2;
  return name == "n" ? 1 : 0;
}

/// An extent of an input, in a graph that may be changed or not.
template <class Graph>
[[nodiscard]] auto& dim_of(Graph& graph, const BatchAxis& of) {
  return (*graph.value(of.input).type.dims)[of.axis];
}

[[nodiscard]] inline std::string quoted(const graph::Graph& graph, const BatchAxes& axes) {
  std::vector<std::string> names;
  for (const BatchAxis& each : axes) names.push_back(graph.value(each.input).name);
  return concat(axes.size() > 1 ? "inputs " : "input ", dimensions::in_quotes(names));
}

/// Finds the batch of one input after another: as it is said, as it is named, as it is taken.
class Finder {
 public:
  Finder(const graph::Graph& graph, const Inputs& said)
      : graph_(graph), said_(said), inputs_(data_inputs(graph)), walk_(graph) {
    for (const graph::ValueId id : inputs_) {
      axes_.push_back(walk_.add(id));
      for (const graph::Dim& dim : dims(id)) {
        const std::string name = in_small_letters(dim.symbol);
        has_matrices_ = has_matrices_ || name == "m" || name == "k";
      }
    }
    for (const graph::ValueId id : inputs_)
      for (std::size_t axis = 0; axis < dims(id).size(); ++axis)
        best_name_ = std::max(best_name_, name_rank(id, axis));
  }

  [[nodiscard]] BatchAxes run() {
    std::vector<std::optional<BatchAxis>> found;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      found.push_back(stated(inputs_[i]));
      if (found.back()) walk_.roles().set_batch(axes_[i], found.back()->axis);
    }
    walk_.run();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (!found[i]) found[i] = taken(i);
      if (!found[i]) continue;
      if (const std::string& name = dims(inputs_[i])[found[i]->axis].symbol; !name.empty())
        symbols_.insert(name);
    }
    BatchAxes batch;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (!found[i]) found[i] = left(i);
      if (found[i]) batch.push_back(*found[i]);
    }
    return batch;
  }

 private:
  [[nodiscard]] const std::vector<graph::Dim>& dims(graph::ValueId id) const {
    return *graph_.value(id).type.dims;
  }
  [[nodiscard]] BatchAxis make(graph::ValueId id, std::size_t axis, BatchSource source) const {
    return {id, axis, source, dims(id)[axis].extent};
  }

  /// A name on two axes of an input is no batch's; "N" beside "M" or "K" is a matrix's.
  [[nodiscard]] int name_rank(graph::ValueId id, std::size_t axis) const {
    const std::string& symbol = dims(id)[axis].symbol;
    const int rank = rank_of_name(symbol);
    if (rank == 0 || (rank == 1 && has_matrices_)) return 0;
    const auto count = std::count_if(dims(id).begin(), dims(id).end(),
                                     [&](const graph::Dim& dim) { return dim.symbol == symbol; });
    return count == 1 ? rank : 0;
  }

  /// Where several inputs have names, those count that name a batch the most surely.
  [[nodiscard]] std::optional<BatchAxis> stated(graph::ValueId id) const {
    for (const auto& [input, axis] : said_.batch_axes)
      if (input == graph_.value(id).name && axis < dims(id).size())
        return make(id, axis, BatchSource::said);
    for (std::size_t axis = 0; best_name_ > 0 && axis < dims(id).size(); ++axis)
      if (name_rank(id, axis) == best_name_) return make(id, axis, BatchSource::named);
    return std::nullopt;
  }

  /// The axis that an operation takes for the batch.
  [[nodiscard]] std::optional<BatchAxis> taken(std::size_t input) {
    for (std::size_t axis = 0; axis < axes_[input].size(); ++axis)
      if (walk_.roles().role(axes_[input][axis]) == graph::AxisRole::batch)
        return make(inputs_[input], axis, BatchSource::followed);
    return std::nullopt;
  }

  /// The axis with the symbol that is the batch of another input; else the first, unless operations
  /// take it for something else, or it has a name of its own beside one of a batch.
  [[nodiscard]] std::optional<BatchAxis> left(std::size_t input) {
    const graph::ValueId id = inputs_[input];
    for (std::size_t axis = 0; axis < dims(id).size(); ++axis)
      if (symbols_.contains(dims(id)[axis].symbol)) return make(id, axis, BatchSource::followed);
    const bool is_another = best_name_ > 0 && !dims(id).front().symbol.empty();
    if (is_another || walk_.roles().role(axes_[input].front()) == graph::AxisRole::other)
      return std::nullopt;
    return make(id, 0, BatchSource::guessed);
  }

  const graph::Graph& graph_;
  const Inputs& said_;
  std::vector<graph::ValueId> inputs_;
  graph::AxisWalk walk_;
  std::vector<graph::Axes> axes_;
  std::unordered_set<std::string> symbols_;  // of the batches that are known
  bool has_matrices_ = false;                // axes called "M" or "K"
  int best_name_ = 0;
};

}  // namespace detail::batch

HALE_SESSION_INLINE BatchAxes batch_axes(const graph::Graph& graph, const Inputs& inputs) {
  return detail::batch::Finder(graph, inputs).run();
}

HALE_SESSION_INLINE std::optional<std::pair<std::string, std::size_t>> parse_batch_axis(
    std::string_view word) {
  const std::size_t equals = word.rfind('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  const auto axis = parse_number<std::size_t>(word.substr(equals + 1));
  if (!axis) return std::nullopt;
  return std::pair(std::string(word.substr(0, equals)), *axis);
}

HALE_SESSION_INLINE Result<> require_axes(const Inputs& inputs, const graph::Graph& graph) {
  for (const auto& [name, axis] : inputs.batch_axes) {
    std::vector<std::string> known;
    const graph::Value* found = nullptr;
    for (const graph::ValueId id : data_inputs(graph)) {
      const graph::Value& value = graph.value(id);
      if (value.name == name) found = &value;
      known.push_back(value.name);
    }
    if (found == nullptr)
      return fail(concat(inputs.words.batch_axis, ": no input '", name,
                         "'; there are: ", detail::dimensions::in_quotes(known)));
    if (axis >= found->type.rank())
      return fail(concat(inputs.words.batch_axis, ": input '", name, "' is ",
                         graph::describe(found->type), ", found the axis ", axis,
                         ", expected one in [0, ", found->type.rank() - 1, "]"));
  }
  return {};
}

HALE_SESSION_INLINE Result<> close_batch(graph::Graph& graph, const BatchAxes& axes,
                                         std::int64_t extent, graph::NamedExtents given) {
  for (const BatchAxis& each : axes) {
    const graph::Dim& dim = detail::batch::dim_of(graph, each);
    const bool is_name = !dim.is_static() && graph::names(dim.symbol) == std::vector{dim.symbol};
    if (is_name) given.emplace(dim.symbol, extent);
  }
  HALE_CHECK(close_dimensions(graph, given));
  for (const BatchAxis& each : axes)
    if (graph::Dim& dim = detail::batch::dim_of(graph, each); !dim.is_static())
      dim = graph::Dim{extent};
  return {};
}

HALE_SESSION_INLINE bool has_open_batch(const graph::Graph& graph, const BatchAxes& axes) {
  return std::any_of(axes.begin(), axes.end(), [&](const BatchAxis& each) {
    return !detail::batch::dim_of(graph, each).is_static();
  });
}

HALE_SESSION_INLINE Result<> set_batch(graph::Graph& graph, const BatchAxes& axes,
                                       const Inputs& inputs, graph::NamedExtents given) {
  using detail::batch::dim_of;
  const auto extent = static_cast<std::int64_t>(*inputs.batch);
  if (axes.empty()) {
    const std::vector<graph::ValueId> inputs_of_run = data_inputs(graph);
    if (inputs_of_run.empty()) return {};
    const std::string& name = graph.value(inputs_of_run.front()).name;
    return fail(concat(inputs.words.batch, " ", extent, ": which axis of input '", name,
                       "' is the batch is not known: give ", inputs.words.batch_axis, " ", name,
                       "=AXIS"));
  }
  const bool is_open = has_open_batch(graph, axes);
  const BatchAxis* first = nullptr;  // of those whose fixed batch is known, else of all
  for (const BatchAxis& each : axes) {
    if (each.source == BatchSource::guessed || !dim_of(graph, each).is_static()) continue;
    if (first == nullptr) first = &each;
    if (dim_of(graph, each).extent != dim_of(graph, *first).extent)
      return fail(concat(inputs.words.batch, " ", extent, ": input '",
                         graph.value(first->input).name, "' has a batch of ",
                         dim_of(graph, *first).extent, ", input '", graph.value(each.input).name,
                         "' one of ", dim_of(graph, each).extent, ": give ", inputs.words.shape,
                         " for each, or ", inputs.words.batch_axis, " where it is another axis"));
  }
  if (first == nullptr) first = &axes.front();
  const std::int64_t before = dim_of(graph, *first).extent;
  HALE_CHECK(close_batch(graph, axes, extent, std::move(given)));
  for (const BatchAxis& each : axes)
    if (each.source != BatchSource::guessed || (!is_open && dim_of(graph, each).extent == before))
      dim_of(graph, each) = graph::Dim{extent};
  return {};
}

HALE_SESSION_INLINE std::optional<std::int64_t> batch_of(const graph::Graph& graph,
                                                         const BatchAxes& axes) {
  if (axes.empty()) return 1;
  const auto known = std::find_if(axes.begin(), axes.end(), [](const BatchAxis& each) {
    return each.source != BatchSource::guessed;
  });
  const graph::Dim& dim = detail::batch::dim_of(graph, known == axes.end() ? axes.front() : *known);
  return dim.is_static() ? std::optional(dim.extent) : std::nullopt;
}

HALE_SESSION_INLINE std::vector<std::string> batch_assumptions(const graph::Graph& graph,
                                                               const BatchAxes& axes,
                                                               const Inputs& inputs) {
  BatchAxes taken;
  BatchAxes left;
  for (const BatchAxis& each : axes) {
    if (each.source != BatchSource::guessed) continue;
    const graph::Dim& now = detail::batch::dim_of(graph, each);
    if (!now.is_static() || (inputs.batch && now.extent != each.before))
      taken.push_back(each);
    else if (inputs.batch && now.extent != static_cast<std::int64_t>(*inputs.batch))
      left.push_back(each);
  }
  std::vector<std::string> sentences;
  const auto add = [&](std::string_view begin, const BatchAxes& of, std::string_view end) {
    if (of.empty()) return;
    sentences.push_back(concat("batch: ", begin, detail::batch::quoted(graph, of), end,
                               inputs.words.batch_axis, " ", graph.value(of.front().input).name,
                               "=AXIS says which it is"));
  };
  add("taken as axis 0 of ", taken, ", which is a guess: ");
  add("not changed in ", left, ", as its axis is not known: ");
  return sentences;
}

}  // namespace hale::session
