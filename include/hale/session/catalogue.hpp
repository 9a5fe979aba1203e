#pragma once

#include <hale/core/config.hpp>
#include <hale/core/error.hpp>
#include <hale/device/profile.hpp>
#include <hale/runtime/any_base.hpp>
#include <hale/runtime/space_entry.hpp>
#include <hale/session/built_in.hpp>
#include <hale/workload/network.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hale::io {
class NetworkReader;
}

namespace hale::runtime {
struct BaselineEntry;
struct RecipeEntry;
}  // namespace hale::runtime

namespace hale::session {

/// What a program was compiled with.
struct Contents {
  runtime::Spaces spaces{};
  std::span<const runtime::RecipeEntry> recipes{};
  std::span<const runtime::BaselineEntry> baselines{};
  std::span<const BuiltIn> bases{};
  std::span<const BuiltIn> devices{};
  /// The networks that the devices were measured with, as io::NetworkWriter writes them, by their
  /// terms; and the same with their kernels, which are asked for where those are needed.
  std::string_view networks{};
  Result<std::string> (*kernels)() = nullptr;
  std::string_view default_device{};  // what the device name "default" stands for
};

/// The name of the device that answers where none is named: an alias of a real one.
inline constexpr std::string_view default_device = "default";

/// A base, shared, and the bytes of its file where it is not built in.
struct LoadedBase {
  std::shared_ptr<const runtime::AnyBase> base;
  std::string file{};
};

/// The spaces, bases and devices of a program, by name. A base is loaded once, when first asked
/// for. Threads may share it.
class Catalogue {
 public:
  /// What `contents` points to must outlive the catalogue.
  explicit Catalogue(Contents contents) : contents_(contents) {}

  [[nodiscard]] const Contents& contents() const { return contents_; }

  /// Errors: no space of that name; the message lists those there are.
  [[nodiscard]] Result<const runtime::SpaceEntry*> find_space(std::string_view name) const {
    return runtime::find_space(contents_.spaces, name);
  }
  /// The space of any graph.
  [[nodiscard]] const runtime::SpaceEntry& any_graph() const { return contents_.spaces.back(); }

  /// The base that a name means: a space's name means its best base.
  [[nodiscard]] std::string_view resolved_base(std::string_view name) const;

  /// A built-in base by its name or its space's; null where there is none. Errors: its bytes do
  /// not load.
  [[nodiscard]] Result<std::shared_ptr<const runtime::AnyBase>> built_in_base(
      std::string_view name_or_space) const;

  /// The base in a file's bytes; `name` is what it is called. Errors: no base of these recipes.
  [[nodiscard]] Result<LoadedBase> load_base(std::string bytes, std::string_view name) const;

  /// The base of a device's section: the one in the file, else the built-in one of its name.
  [[nodiscard]] Result<std::shared_ptr<const runtime::AnyBase>> base_of(
      const device::ProfileSection& section) const;

  /// A built-in device by its name or one of its aliases; none where there is no such device.
  /// `parts`: `kernels` for a profile that is written to a file. Errors: damaged bytes.
  [[nodiscard]] Result<std::optional<device::Profile>> built_in_device(
      std::string_view name, workload::NetworkParts parts = workload::NetworkParts::terms) const;

  /// "no file, and no built-in base of that name; there are: ..".
  [[nodiscard]] static std::string none_of(std::string_view kind, std::span<const BuiltIn> files);

  /// The same of a device: which names and aliases are nearest to a word, and how to find others.
  [[nodiscard]] std::string no_device(std::string_view word) const;

 private:
  [[nodiscard]] const BuiltIn* device_named(std::string_view name) const;
  /// Null where devices share none. The mutex is held.
  [[nodiscard]] Result<io::NetworkReader*> networks(workload::NetworkParts parts) const;

  Contents contents_;
  mutable std::mutex mutex_;
  mutable std::map<std::string_view, std::shared_ptr<const runtime::AnyBase>> bases_;
  mutable std::map<workload::NetworkParts, std::shared_ptr<io::NetworkReader>> networks_;
};

}  // namespace hale::session

#ifndef HALE_SESSION
#include <hale/session/definitions/catalogue.hpp>
#endif
