#pragma once

#include <hale/core/error.hpp>
#include <hale/core/fingerprint.hpp>
#include <hale/core/text.hpp>
#include <hale/io/container.hpp>
#include <hale/lift/operation_kind.hpp>
#include <hale/space/any_graph.hpp>
#include <hale/workload/network.hpp>
#include <hale/workload/text.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// Networks in files: each once, whatever number of devices was measured with it.
///
/// A file keeps a network's kernels, of which any version of hale makes its own terms, and beside
/// them the terms of the version that wrote it, which cost less to read.
namespace hale::io {

/// A network by what it is called.
struct NamedNetwork {
  std::string name;
  workload::SharedNetwork network;
};

/// Collects networks for a file.
class NetworkWriter {
 public:
  /// The key that the file has it under. The first name of a network stays. A network that is known
  /// only by its terms is kept by them.
  std::string add(std::string_view name, const workload::Network& network) {
    const std::string terms = space::AnyGraph::format(network.terms);
    if (network.unfused.kernels.empty()) {
      std::string key = concat(Fingerprint{}.add(terms).value());
      add_terms(key, name, network.terms);
      return key;
    }
    std::string unfused = workload::print(network.unfused);
    std::string fused = workload::print(network.fused);
    std::string key = concat(Fingerprint{}.add(unfused).add(fused).value());
    if (!add_terms(key, name, network.terms)) return key;
    container_.add(concat(key, "/unfused"), std::move(unfused));
    container_.add(concat(key, "/fused"), std::move(fused));
    return key;
  }

  /// Keeps a network by its terms under a key of another file. False where the key is there.
  bool add_terms(const std::string& key, std::string_view name, const workload::Terms& terms) {
    if (container_.find(concat(key, "/name")) != nullptr) return false;
    container_.add(concat(key, "/name"), std::string(name));
    container_.add(concat(key, "/terms"), space::AnyGraph::format(terms));
    return true;
  }

  [[nodiscard]] bool empty() const { return container_.sections.empty(); }
  [[nodiscard]] std::string serialise() const { return io::serialise(container_); }

 private:
  Container container_;
};

/// The networks of a file, each read when first asked for, then shared.
class NetworkReader {
 public:
  /// `parts`: `terms` reads no kernels where the file has the terms of this version of hale.
  /// Errors: damaged bytes.
  [[nodiscard]] static Result<NetworkReader> open(std::string_view bytes,
                                                  workload::NetworkParts parts) {
    HALE_TRY(Container container, parse_container(bytes));
    return NetworkReader(std::move(container), parts);
  }

  /// The keys of all networks, in the file's order.
  [[nodiscard]] std::vector<std::string> keys() const {
    std::vector<std::string> all;
    for (const auto& [section, payload] : container_.sections)
      if (section.ends_with("/name")) all.push_back(section.substr(0, section.rfind('/')));
    return all;
  }

  [[nodiscard]] bool contains(const std::string& key) const {
    return index_.contains(concat(key, "/name"));
  }

  /// Errors: a key that the file does not have; text that is no workload; terms of another version
  /// without kernels.
  [[nodiscard]] Result<NamedNetwork> find(const std::string& key) {
    const auto known = read_.find(key);
    if (known != read_.end()) return known->second;
    HALE_TRY(const std::string_view name, section(key, "/name"));
    auto network = read(key);
    if (!network) return fail_in(concat("network '", name.substr(0, 80), "'"), network.error());
    NamedNetwork found{std::string(name),
                       std::make_shared<const workload::Network>(*std::move(network))};
    return read_.emplace(key, std::move(found)).first->second;
  }

 private:
  NetworkReader(Container container, workload::NetworkParts parts)
      : container_(std::move(container)), parts_(parts) {
    for (std::size_t i = 0; i < container_.sections.size(); ++i)
      index_.emplace(container_.sections[i].first, i);
  }

  [[nodiscard]] Result<std::string_view> section(const std::string& key,
                                                 std::string_view part) const {
    const auto found = index_.find(concat(key, part));
    if (found == index_.end()) return fail(concat("section '", key, part, "' is missing"));
    return std::string_view(container_.sections[found->second].second);
  }

  [[nodiscard]] Result<workload::Network> read(const std::string& key) const {
    const bool has_kernels = section(key, "/unfused").has_value();
    if (const auto text = section(key, "/terms");
        text && (parts_ == workload::NetworkParts::terms || !has_kernels)) {
      const auto terms = space::AnyGraph::parse(*text);
      if (terms) return workload::Network{{}, {}, *terms};
      if (!has_kernels) return fail(terms.error().message);
    }
    HALE_TRY(workload::Workload unfused, workload_of(key, "/unfused"));
    HALE_TRY(workload::Workload fused, workload_of(key, "/fused"));
    return workload::network_of(std::move(unfused), std::move(fused));
  }

  [[nodiscard]] Result<workload::Workload> workload_of(const std::string& key,
                                                       std::string_view part) const {
    HALE_TRY(const std::string_view text, section(key, part));
    auto work = workload::parse(text);
    if (!work) return fail_in(part.substr(1), work.error());
    for (workload::Kernel& kernel : work->kernels)
      kernel.origin.transcendental = lift::transcendental_operations(kernel);
    return work;
  }

  Container container_;
  workload::NetworkParts parts_;
  std::unordered_map<std::string, std::size_t> index_;  // of the container's sections
  std::unordered_map<std::string, NamedNetwork> read_{};
};

}  // namespace hale::io
