#pragma once

#include <hale/lift/read.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/model.hpp>
#include <hale/session/open_dimensions.hpp>
#include <utility>

namespace hale::session {

HALE_SESSION_INLINE Result<Model> Model::make(runtime::Spaces spaces, graph::Graph graph,
                                              Inputs inputs, std::string name) {
  BatchAxes axes = session::batch_axes(graph, inputs);
  HALE_CHECK(apply(inputs, graph));
  return of_applied(spaces, std::move(graph), std::move(axes), std::move(inputs), std::move(name));
}

HALE_SESSION_INLINE Model Model::of_applied(runtime::Spaces spaces, graph::Graph graph,
                                            BatchAxes axes, Inputs inputs, std::string name) {
  auto state =
      std::make_shared<State>(spaces, std::move(graph), std::move(inputs), std::move(name));
  state->axes = std::move(axes);
  state->assumptions = batch_assumptions(state->graph, state->axes, state->inputs);
  state->batch = batch_of(state->graph, state->axes);
  state->has_open_batch = session::has_open_batch(state->graph, state->axes);
  return Model(std::move(state));
}

HALE_SESSION_INLINE Result<std::shared_ptr<const ModelReading>> Model::at(
    std::uint32_t batch) const {
  State& state = *state_;
  const std::scoped_lock lock(state.mutex);
  const std::uint32_t key = state.has_open_batch ? batch : 0;
  const auto known = state.readings.find(key);
  if (known != state.readings.end()) return known->second;
  HALE_TRY(auto made, read(batch));
  return state.readings.emplace(key, std::move(made)).first->second;
}

HALE_SESSION_INLINE Result<std::shared_ptr<const ModelReading>> Model::read(
    std::uint32_t batch) const {
  graph::Graph graph = state_->graph;
  if (state_->has_open_batch) HALE_CHECK(close_batch(graph, state_->axes, batch));
  auto made = std::make_shared<ModelReading>();
  HALE_TRY(made->reading, lift::read(std::move(graph)));
  auto found = runtime::recognise_searched(state_->spaces, made->reading);
  if (found)
    made->searched = *std::move(found);
  else
    made->reason = std::move(found.error().message);
  return std::shared_ptr<const ModelReading>(std::move(made));
}

}  // namespace hale::session
