#include "python.hpp"

#include <embedded.hpp>
#include <hale/core/text.hpp>

#include "script.hpp"

namespace hale::runners {
namespace {

/// `packages` are what lacks where Python finds no module of the script's.
Result<Readings> measure(std::string_view script, std::string_view packages, const Model& model,
                         const Settings& settings) {
  const auto text_of = [](std::string_view name) {
    return session::find_built_in(embedded::scripts(), name)->bytes;
  };
  auto readings = measure_with_script(
      {settings.python, "-c", concat(text_of("python"), "\n\n", text_of(script))}, model, settings);
  if (!readings && readings.error().message.find("ModuleNotFoundError") != std::string::npos)
    return fail(concat(readings.error().message, "; install ", packages,
                       ", or name a Python that has it with --python"));
  return readings;
}

}  // namespace

Result<Readings> measure_with_onnxruntime_python(const Model& model, const Settings& settings) {
  return measure("onnxruntime_python", "pip's onnxruntime", model, settings);
}

Result<Readings> measure_with_opencv(const Model& model, const Settings& settings) {
  return measure("opencv", "the Debian package python3-opencv", model, settings);
}

Result<Readings> measure_with_pytorch(const Model& model, const Settings& settings) {
  return measure("pytorch", "the Debian packages python3-torch python3-onnx", model, settings);
}

}  // namespace hale::runners
