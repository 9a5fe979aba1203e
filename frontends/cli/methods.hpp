#pragma once

#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/runtime/any_base.hpp>
#include <string>
#include <vector>

#include "figures.hpp"

namespace hale::cli {

/// What `evaluate` is asked for, beside its table.
struct Question {
  std::string space;
  std::vector<std::string> bases;      // none: the space's
  std::vector<std::string> baselines;  // NAME or NAME:ROWS
  std::string proxy;                   // empty: the table's first device that is no target
  std::vector<std::string> devices;    // names of the table's
  EvaluationSetup setup{
      .protocol = "strict", .samples = 10, .draws = 10, .select = "auto", .seed = 1};
};

/// Something that predicts latencies, and how it is evaluated.
struct Method {
  using Progress = std::function<void(std::size_t, std::size_t)>;

  std::string name;
  std::string option;  // "--base" or "--baseline", and what stood behind it
  std::string argument;
  std::string made_from;
  std::size_t samples = 0;                 // that it is asked with
  std::vector<std::size_t> other_samples;  // that a curve can show too
  std::function<Result<Evaluations>(const predictor::EvaluationOptions&, const Progress&)> evaluate;
};

/// The bases and baselines that were asked for. `asked` and `table` must outlive them.
///
/// Errors: no such base or baseline; a base of another space; measurements that it does not take;
/// names that do not tell methods apart.
[[nodiscard]] Result<std::vector<Method>> find_methods(const Question& asked,
                                                       const device::LatencyTable& table);

}  // namespace hale::cli
