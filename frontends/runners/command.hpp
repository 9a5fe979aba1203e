#pragma once

#include <hale/runners.hpp>
#include <string>

namespace hale::runners {

/// With any program that says how long a model took, a line at a time.
[[nodiscard]] Result<Readings> measure_with_command(const Model& model, const Settings& settings);

}  // namespace hale::runners
