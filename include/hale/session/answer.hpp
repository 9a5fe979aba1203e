#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/lift/reading.hpp>
#include <hale/predictor/prediction.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hale::session {

using predictor::Prediction;
using predictor::Verdict;

/// The name that every format prints: "interpolating".
using predictor::name_of;

/// A kernel and its part of a model's time.
struct KernelTime {
  std::string location{};    // of its first node; empty: the run itself, which is no kernel
  std::string operations{};  // "Conv+Relu"
  double share = 0;          // of the whole
  double ms = 0;
  std::uint64_t macs = 0;
  std::uint64_t bytes = 0;
};

/// How long one model takes on one device.
struct Answer {
  std::string model{};          // what the model is called
  std::string device{};         // what the device is called
  std::uint32_t batch = 1;      // that the device was measured at
  std::string precision{};      // that the device was measured in
  std::string_view space{};     // whose predictor answered
  std::string arch{};           // the architecture that the model is, in a searched space
  Prediction prediction{};      // median, interval, verdict
  std::string reason{};         // why the answer is uncertain; empty: nothing says that it is
  double interval_level = 0.9;  // how often the interval should hold the measured time
  lift::Cost cost{};
  std::vector<KernelTime> kernels{};  // where they were asked for, the slowest first
  std::vector<std::string> assumptions{};
  std::vector<std::string> warnings{};
};

/// What an answer holds, and which space answers.
struct AnswerOptions {
  bool kernels = true;
  std::string_view space{};  // empty: the searched space that the model lies in, else any graph
};

}  // namespace hale::session
