#pragma once

#include <cstddef>
#include <hale/core/random.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/predictor/recipes.hpp>
#include <hale/space/nasbench201.hpp>
#include <string>
#include <unordered_set>

namespace hale::testing {

/// A table of made-up devices: each operation has a price of its own on each device.
inline device::LatencyTable synthetic_table(std::size_t rows, std::size_t devices) {
  using Space = space::NasBench201;
  device::LatencyTable table;
  Rng rng(12);
  std::unordered_set<std::string> known;
  const auto add = [&](const std::string& arch) {
    if (known.insert(arch).second) table.archs.push_back(arch);
  };
  for (const auto reference : predictor::HelpNasBench201::protocol.references)
    add(std::string(reference));
  while (table.archs.size() < rows) add(Space::format(Space::sample(rng)));
  for (std::size_t d = 0; d < devices; ++d) {
    table.devices.push_back("device" + std::to_string(d));
    const double price[Space::operation_count] = {rng.uniform(0.3, 1), rng.uniform(0.5, 2),
                                                  rng.uniform(2, 5), 0, rng.uniform(0, 0.3)};
    auto& column = table.latency_ms.emplace_back();
    for (const std::string& arch : table.archs) {
      double latency = 2;
      const auto architecture = Space::parse(arch);
      for (const auto operation : architecture->operations)
        latency += price[static_cast<std::size_t>(operation)];
      column.push_back(latency);
    }
  }
  return table;
}

}  // namespace hale::testing
