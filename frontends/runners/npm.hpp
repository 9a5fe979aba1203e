#pragma once

#include <array>
#include <hale/runners.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hale::runners {

struct NpmPackage {
  std::string_view name;
  std::string_view version{};  // empty: the runtime's
};

/// A runtime that npm installs, into a folder for each version.
struct NpmRuntime {
  std::string_view name;                      // what the folder is called before the version
  std::string_view version;                   // unless another is asked for
  std::span<const NpmPackage> packages;       // the first is what the scripts load
  std::span<const std::string_view> scripts;  // embedded ones, which run as one behind npm.cjs
  std::span<const std::string_view> node;     // options of node's
};

/// node's options for WebAssembly: compiled in full from the start, or the first readings are of
/// code that has not been optimised yet.
inline constexpr std::array<std::string_view, 3> webassembly_options = {
    "--expose-gc", "--no-liftoff", "--no-wasm-tier-up"};

/// Errors: a package that is not installed.
[[nodiscard]] Result<Readings> measure_with_node(const NpmRuntime& runtime, const Model& model,
                                                 const Settings& settings);

/// The command line that installs a runtime.
[[nodiscard]] std::vector<std::string> npm_install(const NpmRuntime& runtime,
                                                   const Settings& settings);

/// The two for one runtime, as a Runner has them.
template <const NpmRuntime& runtime>
[[nodiscard]] Result<Readings> measure_with_npm(const Model& model, const Settings& settings) {
  return measure_with_node(runtime, model, settings);
}
template <const NpmRuntime& runtime>
[[nodiscard]] std::vector<std::string> install_with_npm(const Settings& settings) {
  return npm_install(runtime, settings);
}

}  // namespace hale::runners
