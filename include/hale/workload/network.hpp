#pragma once

#include <hale/workload/kernel_terms.hpp>
#include <hale/workload/terms.hpp>
#include <hale/workload/workload.hpp>
#include <memory>
#include <utility>

namespace hale::workload {

/// A network as devices see it: the kernels that two runtimes would run for it, one that fuses
/// nothing and one that fuses what it can, and the terms that those add up to.
///
/// A network that is known by its terms alone has no kernels.
struct Network {
  Workload unfused{};
  Workload fused{};
  Terms terms{};

  friend bool operator==(const Network&, const Network&) = default;
};

/// Shared and never changed: many measurements may be of one network.
using SharedNetwork = std::shared_ptr<const Network>;

/// Cost: O(kernels).
[[nodiscard]] inline Network network_of(Workload unfused, Workload fused) {
  const Terms terms = terms_of(unfused, fused);
  return {std::move(unfused), std::move(fused), terms};
}

}  // namespace hale::workload
