#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <hale/session/answer.hpp>
#include <hale/session/catalogue.hpp>
#include <hale/session/device.hpp>
#include <hale/session/inputs.hpp>
#include <hale/session/model.hpp>
#include <span>
#include <string>

/// hale in one header: how long a model takes on a device, as `hale score` says it.
///
///     const auto device = hale::open_device("opencv-5.0-1t-xeon").value();
///     const auto model = hale::read_onnx("resnet50.onnx", {.batch = 1}).value();
///     std::printf("%.1f ms\n", device.answer(model)->prediction.median.value);
///
/// Compiled in the library hale-predict, which carries the built-in bases and devices.
namespace hale {

using session::Answer;
using session::AnswerOptions;
using session::Device;
using session::Inputs;
using session::KernelTime;
using session::Model;
using session::Prediction;
using session::Verdict;

/// The bases and devices that the library carries.
[[nodiscard]] const session::Catalogue& built_in();

/// Opens a built-in device by its name or an alias, such as "default" or "raspberry-pi-4", or a
/// file that `hale adapt` made; "-" reads the file from stdin. Errors: begin with the name; neither
/// a file nor a built-in device, with the names nearest to it.
[[nodiscard]] Result<Device> open_device(const std::string& name_or_file);

/// Opens a built-in base by its name or its space's, or a file that `hale train` made. Errors:
/// begin with the name; neither a file nor a built-in base, with a list of those there are.
[[nodiscard]] Result<session::LoadedBase> open_base(const std::string& name_or_file);

/// Makes a model of a graph that the program built. Errors: inputs or dimensions that it does not
/// have.
[[nodiscard]] Result<Model> make_model(graph::Graph graph, Inputs inputs = {},
                                       std::string name = {});

/// Makes a model of a graph whose inputs have been given their shapes. `axes` are the batch's, as
/// session::batch_axes() found them before.
[[nodiscard]] Model make_model(graph::Graph applied, session::BatchAxes axes, Inputs inputs);

/// Reads an ONNX file; "-" reads it from stdin; "residual/17" is a network that hale draws.
///
/// Errors: begin with the path. Cost: no weight is read.
[[nodiscard]] Result<Model> read_onnx(const std::string& path, Inputs inputs = {});

/// Reads an ONNX file's bytes. Answers call the model `name`. Errors: begin with the name.
[[nodiscard]] Result<Model> read_onnx(std::span<const std::byte> bytes, const std::string& name,
                                      Inputs inputs = {});

}  // namespace hale
