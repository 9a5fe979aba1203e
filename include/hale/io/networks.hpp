#pragma once

#include <hale/core/error.hpp>
#include <hale/core/fingerprint.hpp>
#include <hale/core/text.hpp>
#include <hale/io/container.hpp>
#include <hale/lift/operation_kind.hpp>
#include <hale/workload/network.hpp>
#include <hale/workload/text.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Networks by their kernels in files: each once, whatever number of devices was measured with it,
/// so that a later version of hale makes its own terms of them.
namespace hale::io {

/// A network by what it is called.
struct NamedNetwork {
  std::string name;
  workload::SharedNetwork network;
};

/// Collects networks for a file.
class NetworkWriter {
 public:
  /// The key that the file has it under. The first name of a network stays.
  std::string add(std::string_view name, const workload::Network& network) {
    std::string unfused = workload::print(network.unfused);
    std::string fused = workload::print(network.fused);
    std::string key = concat(Fingerprint{}.add(unfused).add(fused).value());
    if (container_.find(concat(key, "/name")) != nullptr) return key;
    container_.add(concat(key, "/name"), std::string(name));
    container_.add(concat(key, "/unfused"), std::move(unfused));
    container_.add(concat(key, "/fused"), std::move(fused));
    return key;
  }
  [[nodiscard]] bool empty() const { return container_.sections.empty(); }
  [[nodiscard]] std::string serialise() const { return io::serialise(container_); }

 private:
  Container container_;
};

/// The networks of a file, each read when first asked for.
class NetworkReader {
 public:
  /// Errors: damaged bytes.
  [[nodiscard]] static Result<NetworkReader> open(std::string_view bytes) {
    HALE_TRY(Container container, parse_container(bytes));
    return NetworkReader(std::move(container));
  }

  /// Errors: a key that the file does not have; text that is no workload.
  [[nodiscard]] Result<NamedNetwork> find(const std::string& key) {
    const auto known = read_.find(key);
    if (known != read_.end()) return known->second;
    const auto part = [&](std::string_view which) {
      return container_.section(concat(key, which));
    };
    const auto workload_of = [&](std::string_view which) -> Result<workload::Workload> {
      HALE_TRY(const std::string_view text, part(which));
      auto work = workload::parse(text);
      if (!work) return fail_in(concat("network ", key, which), work.error());
      for (workload::Kernel& kernel : work->kernels)
        kernel.origin.transcendental = lift::transcendental_operations(kernel);
      return work;
    };
    HALE_TRY(const std::string_view name, part("/name"));
    HALE_TRY(workload::Workload unfused, workload_of("/unfused"));
    HALE_TRY(workload::Workload fused, workload_of("/fused"));
    NamedNetwork found{std::string(name),
                       std::make_shared<const workload::Network>(
                           workload::network_of(std::move(unfused), std::move(fused)))};
    return read_.emplace(key, std::move(found)).first->second;
  }

 private:
  explicit NetworkReader(Container container) : container_(std::move(container)) {}

  Container container_;
  std::map<std::string, NamedNetwork> read_{};
};

}  // namespace hale::io
