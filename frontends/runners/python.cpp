#include "python.hpp"

#include <embedded.hpp>
#include <hale/core/text.hpp>

#include "script.hpp"

namespace hale::runners {
namespace {

/// Debian's packages are for Debian's Python.
Result<Readings> measure(std::string_view script, std::string_view packages, const Model& model,
                         const Settings& settings) {
  auto readings = measure_with_script(
      {"/usr/bin/python3", "-c", std::string(embedded::find(embedded::scripts(), script)->bytes)},
      model, settings);
  if (!readings && readings.error().message.find("ModuleNotFoundError") != std::string::npos)
    return fail(concat(readings.error().message, "; install the Debian packages ", packages));
  return readings;
}

}  // namespace

Result<Readings> measure_with_opencv(const Model& model, const Settings& settings) {
  return measure("opencv", "python3-opencv", model, settings);
}

Result<Readings> measure_with_pytorch(const Model& model, const Settings& settings) {
  return measure("pytorch", "python3-torch python3-onnx", model, settings);
}

}  // namespace hale::runners
