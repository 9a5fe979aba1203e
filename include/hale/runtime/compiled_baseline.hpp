#pragma once

#include <hale/predictor/baselines/evaluate.hpp>
#include <hale/runtime/baselines.hpp>

namespace hale::runtime {

template <predictor::Baseline B, predictor::Recipe R>
Result<std::vector<predictor::DeviceEvaluation>> CompiledBaseline<B, R>::evaluate(
    const device::LatencyTable& table, const std::vector<std::string>& devices,
    const std::string& proxy, const predictor::EvaluationOptions& options,
    const std::function<void(std::size_t, std::size_t)>& progress) {
  return predictor::evaluate_baseline<B, R>(table, devices, proxy, options, progress);
}

}  // namespace hale::runtime
