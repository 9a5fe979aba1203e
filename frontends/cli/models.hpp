#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arguments.hpp"

namespace hale::cli {

/// `--shape`, `--dim` and `--batch`: what the user says of a model's inputs.
class ShapeOptions {
 public:
  void declare(Arguments& arguments);

  /// Errors: words that are no shape, dimension or batch. To be called once, before apply().
  [[nodiscard]] Result<> parse();

  /// What a measurement's `shape` says: INPUT:1x3x224x224, of several inputs with ';' between them;
  /// the name of the only one may be left out. Errors: another text.
  [[nodiscard]] static Result<ShapeOptions> stated(std::string_view text);

  [[nodiscard]] bool says_nothing() const { return shapes_.empty() && dims_.empty() && !batch_; }

  /// Whether there is more than a batch.
  [[nodiscard]] bool says_extents() const { return !shapes_.empty() || !dims_.empty(); }

  /// The shapes of a graph's data inputs, as a measurement states them; empty where nothing is
  /// said.
  [[nodiscard]] std::string state(const graph::Graph& graph) const;

  /// Changes the graph's inputs. Errors: inputs or symbols that the graph does not have.
  [[nodiscard]] Result<> apply(graph::Graph& graph) const;

  [[nodiscard]] std::optional<std::size_t> batch() const { return batch_; }

 private:
  struct Shape {
    std::string input;  // empty: the only data input
    std::vector<std::int64_t> extents;
  };

  [[nodiscard]] static std::optional<Shape> parse_shape(std::string_view word);
  [[nodiscard]] Result<> require_batch(const graph::Graph& graph, std::int64_t extent) const;

  std::vector<std::string> shape_words_;
  std::vector<std::string> dim_words_;
  std::optional<std::size_t> batch_;
  std::vector<Shape> shapes_;
  std::vector<std::pair<std::string, std::int64_t>> dims_;
};

/// Whether a word names a network that hale draws itself, "residual/17", and no file.
[[nodiscard]] bool is_network_name(const std::string& word);

/// The graph of a file, of stdin where `path` is "-", or of a network that hale draws itself.
///
/// Errors: begin with the path.
[[nodiscard]] Result<graph::Graph> read_model(const std::string& path);

/// Gives the first dimension of each data input this extent where it is open.
void close_batch(graph::Graph& graph, std::int64_t extent);

/// The inputs that are no weights: what a run is given.
[[nodiscard]] std::vector<graph::ValueId> data_inputs(const graph::Graph& graph);

/// Whether a data input has extents that are not known.
[[nodiscard]] bool is_open(const graph::Graph& graph);

/// The batch of the first data input; nothing where it is open, 1 where there is no input.
[[nodiscard]] std::optional<std::int64_t> batch_of(const graph::Graph& graph);

/// What a model costs, of one run.
struct ModelCost {
  std::uint64_t macs = 0;
  std::uint64_t parameters = 0;
  double nodes_covered = 1;                // share of the operations that could be costed
  std::vector<std::string> unknown_ops{};  // each once
  /// The share of the MACs by the type of what is multiplied, by its textual name.
  std::map<std::string, double> precisions{};
};

/// Errors: as canonicalise().
[[nodiscard]] Result<ModelCost> cost_of(graph::Graph graph);

}  // namespace hale::cli
