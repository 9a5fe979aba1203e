#pragma once

#include <hale/runners.hpp>

namespace hale::runners {

/// Measures with a script that answers requests, a line of JSON apiece: see onnxruntime.cjs.
///
/// `words` start it. Errors: as Runner::measure.
[[nodiscard]] Result<Readings> measure_with_script(const std::vector<std::string>& words,
                                                   const Model& model, const Settings& settings);

}  // namespace hale::runners
