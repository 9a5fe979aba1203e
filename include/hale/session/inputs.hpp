#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/config.hpp>
#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <hale/session/choices.hpp>
#include <hale/session/input_words.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::session {

/// The shape of one input.
struct InputShape {
  std::string input;  // empty: the only data input
  std::vector<std::int64_t> extents;
};

/// What a user says of a model's inputs. All else stays as the model has it.
struct Inputs {
  std::vector<InputShape> shapes{};
  std::vector<std::pair<std::string, std::int64_t>>
      dims{};  // by names in open dimensions, or their whole texts
  std::optional<std::size_t> batch{};
  std::vector<std::pair<std::string, std::size_t>> batch_axes{};  // of inputs, by their names
  InputWords words{};
  Choices choices{};

  [[nodiscard]] bool says_nothing() const {
    return !says_extents() && !batch && batch_axes.empty() && choices.says_nothing();
  }
  /// Whether it says shapes or dimensions, and not only a batch.
  [[nodiscard]] bool says_extents() const { return !shapes.empty() || !dims.empty(); }
};

/// "INPUT:1x3x224x224", or the extents alone; nothing where it is neither.
[[nodiscard]] std::optional<InputShape> parse_shape(std::string_view word);

/// "SYMBOL=VALUE"; nothing where it is not.
[[nodiscard]] std::optional<std::pair<std::string, std::int64_t>> parse_dim(std::string_view word);

/// Reads the `shape` of a measurement: INPUT:1x3x224x224, several with ';' between them. The name
/// of an only input may be left out. Errors: another text.
[[nodiscard]] Result<Inputs> parse_stated(std::string_view text);

/// The shapes of a graph's data inputs, as a measurement states them; empty where nothing is said.
[[nodiscard]] std::string state(const Inputs& inputs, const graph::Graph& graph);

/// Errors: extents outside of 0 to `largest_extent`; a batch outside of 1 to that.
[[nodiscard]] Result<> require_extents(const Inputs& inputs);

/// Gives a graph's inputs these shapes, dimensions and batch, and makes the choices. A dimension
/// that is an expression, as "past + seq", gets its extent where all its names have theirs. Errors:
/// inputs or symbols that the graph does not have; extents that contradict each other; as
/// require_extents() and apply_choices().
[[nodiscard]] Result<> apply(const Inputs& inputs, graph::Graph& graph);

/// Whether a data input has extents that are not known.
[[nodiscard]] bool is_open(const graph::Graph& graph);

}  // namespace hale::session

#ifndef HALE_SESSION
#include <hale/session/definitions/inputs.hpp>
#endif
