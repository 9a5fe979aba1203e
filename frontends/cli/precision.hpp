#pragma once

#include <hale/device/profile.hpp>
#include <string>

#include "models.hpp"

namespace hale::cli {

/// What a device was not measured in and a model computes in, as an assumption; empty where there
/// is nothing of that. A device's precision may be spelled as users do: "fp16", "int8".
[[nodiscard]] std::string assumed_precision(const ModelCost& cost, const device::Profile& device);

}  // namespace hale::cli
