#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/config.hpp>
#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <hale/lift/reading.hpp>
#include <hale/runtime/space_entry.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/inputs.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hale::session {

/// A model at one batch: all that is read of it, and the searched space that it lies in, if any.
struct ModelReading {
  lift::Reading reading;
  std::optional<runtime::Recognition> searched{};
  std::string reason{};  // why it lies in no searched space
};

/// A model with the shapes that it is run with. It is read once for each batch that devices ask
/// for; once in all where its inputs fix the batch.
///
/// A cheap handle to a value that never changes; threads may share it.
class Model {
 public:
  /// Gives the graph's inputs their shapes. `spaces` are those that it may lie in; `name` is what
  /// answers call the model, as the path of its file. Errors: inputs or dimensions that the graph
  /// does not have.
  [[nodiscard]] static Result<Model> make(runtime::Spaces spaces, graph::Graph graph,
                                          Inputs inputs = {}, std::string name = {});

  /// Makes a model of a graph whose inputs have been given their shapes. `axes` are the batch's, as
  /// batch_axes() found them before.
  [[nodiscard]] static Model of_applied(runtime::Spaces spaces, graph::Graph graph, BatchAxes axes,
                                        Inputs inputs = {}, std::string name = {});

  [[nodiscard]] const std::string& name() const { return state_->name; }
  /// With the shapes that were given, before any pass.
  [[nodiscard]] const graph::Graph& graph() const { return state_->graph; }
  [[nodiscard]] const Inputs& inputs() const { return state_->inputs; }
  /// The batch of the inputs, of the first of which it is known; nothing where the model leaves it
  /// open.
  [[nodiscard]] std::optional<std::int64_t> batch() const { return state_->batch; }

  /// Whether the model leaves the batch of any input open.
  [[nodiscard]] bool has_open_batch() const { return state_->has_open_batch; }
  /// Which axes of the inputs are the batch.
  [[nodiscard]] const BatchAxes& batch_axes() const { return state_->axes; }
  /// What is guessed of them.
  [[nodiscard]] const std::vector<std::string>& assumptions() const { return state_->assumptions; }

  /// What is read of the model, at this batch where the model leaves it open.
  ///
  /// Errors: as lift::read(). Cost: the first time for a batch as lift::read(), then a look-up.
  [[nodiscard]] Result<std::shared_ptr<const ModelReading>> at(std::uint32_t batch) const;

 private:
  struct State {
    State(runtime::Spaces of, graph::Graph read, Inputs given, std::string called)
        : spaces(of), graph(std::move(read)), inputs(std::move(given)), name(std::move(called)) {}

    runtime::Spaces spaces;
    graph::Graph graph;
    Inputs inputs;
    std::string name;
    BatchAxes axes{};
    std::vector<std::string> assumptions{};
    std::optional<std::int64_t> batch{};
    bool has_open_batch = false;
    std::mutex mutex{};
    std::map<std::uint32_t, std::shared_ptr<const ModelReading>> readings{};
  };

  explicit Model(std::shared_ptr<State> state) : state_(std::move(state)) {}

  [[nodiscard]] Result<std::shared_ptr<const ModelReading>> read(std::uint32_t batch) const;

  std::shared_ptr<State> state_;
};

}  // namespace hale::session

#ifndef HALE_SESSION
#include <hale/session/definitions/model.hpp>
#endif
