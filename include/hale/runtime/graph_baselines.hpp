#pragma once

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <cstddef>
#include <functional>
#include <hale/core/fixed_string.hpp>
#include <hale/predictor/baselines/calibrated.hpp>
#include <hale/predictor/baselines/graph.hpp>
#include <hale/runtime/baselines.hpp>
#include <hale/runtime/graph_table.hpp>
#include <span>
#include <string>
#include <vector>

namespace hale::runtime {

namespace detail {

/// A model of one graph's milliseconds, as Calibrated takes it.
template <class Model>
struct GraphModel {
  using Space = space::AnyGraph;
  using Rows = predictor::MeasuredRows<Space>;
  static constexpr std::string_view name = Model::name;
  static constexpr std::size_t usual_rows = 10;

  Model model;

  [[nodiscard]] static Result<GraphModel> fit(const Rows& target, const Rows& /*proxy*/,
                                              Rng& /*rng*/) {
    return GraphModel{Model::fit(target)};
  }
  [[nodiscard]] std::vector<double> milliseconds(
      std::span<const Space::Architecture> architectures) const {
    std::vector<double> all;
    for (const Space::Architecture& one : architectures) all.push_back(model.milliseconds(one));
    return all;
  }
};

/// Fitted to random rows of each target, or to those that the options say.
template <class Model>
[[nodiscard]] Result<std::vector<predictor::DeviceEvaluation>> evaluate_graph_baseline(
    const device::LatencyTable& table, const std::vector<std::string>& devices,
    const std::string& /*proxy*/, const predictor::EvaluationOptions& options,
    const std::function<void(std::size_t, std::size_t)>& progress) {
  predictor::EvaluationOptions drawn = options;
  drawn.chooses = false;
  const auto fit = [&](const predictor::MeasuredRows<space::AnyGraph>& measured) {
    Rng rng(options.seed);
    return predictor::Calibrated<GraphModel<Model>>::fit(measured, {}, rng);
  };
  return evaluate_graphs({}, table, devices, drawn, fit, progress);
}

}  // namespace detail

/// A baseline's entry for any graph, under a name.
template <class Model, FixedString Name>
struct GraphBaseline {
  static constexpr FixedString name = Name;

  [[nodiscard]] static constexpr BaselineEntry entry() {
    return {space::AnyGraph::name, name.view(), detail::GraphModel<Model>::usual_rows,
            detail::evaluate_graph_baseline<Model>};
  }
};

/// What a user would use instead, for any graph.
inline constexpr auto graph_baselines =
    boost::hana::tuple_t<GraphBaseline<predictor::baselines::MacsProportional, "flops">,
                         GraphBaseline<predictor::baselines::Roofline, "roofline">,
                         GraphBaseline<predictor::baselines::OperationWise, "operation-wise">,
                         GraphBaseline<predictor::baselines::MacsAffine, "affine">>;

}  // namespace hale::runtime
