#pragma once

#include <cstdint>
#include <hale/workload/kernel_terms.hpp>
#include <hale/workload/terms.hpp>
#include <hale/workload/workload.hpp>
#include <memory>
#include <utility>

namespace hale::workload {

/// A network as devices see it: its kernels in a runtime that fuses nothing, its kernels in one
/// that fuses what it can, and the terms of both.
///
/// A network that is known only by its terms has no kernels.
struct Network {
  Workload unfused{};
  Workload fused{};
  Terms terms{};

  friend bool operator==(const Network&, const Network&) = default;
};

/// What is read of networks in files: their terms, which answers need, or their kernels too.
enum class NetworkParts : std::uint8_t { terms, kernels };

/// Never changed, so that many measurements share one network.
using SharedNetwork = std::shared_ptr<const Network>;

/// Cost: O(kernels).
[[nodiscard]] inline Network network_of(Workload unfused, Workload fused) {
  const Terms terms = terms_of(unfused, fused);
  return {std::move(unfused), std::move(fused), terms};
}

}  // namespace hale::workload
