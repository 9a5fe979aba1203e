#pragma once

#include <concepts>
#include <cstddef>
#include <hale/device/normalise.hpp>
#include <string>
#include <vector>

namespace hale::meta {

/// A device of the table, prepared for learning.
template <std::floating_point T>
struct SourceDevice {
  std::string name;
  std::vector<T> embedding;       // (the hardware embedding's size)
  device::Limits limits;          // of the trimmed training rows
  std::vector<std::size_t> rows;  // trimmed training rows
  std::vector<T> targets;         // (table rows): position between the limits
};

}  // namespace hale::meta
