#pragma once

#include <hale/core/error.hpp>
#include <hale/device/profile.hpp>
#include <hale/runtime/any_base.hpp>
#include <string>
#include <string_view>

/// Bases and devices by name, built in or from files.
namespace hale::cli {

/// What `--device` is where it is left out: an alias of a real one.
inline constexpr std::string_view default_device = "default";
inline constexpr std::string_view default_device_target = "onnxruntime-1.22-all-1t";

/// What a base's name stands for: a space's own name is its best base.
[[nodiscard]] std::string_view resolved_base(std::string_view name);

struct LoadedBase {
  runtime::AnyBase base;
  std::string file;  // its bytes where it is not built in, else empty
};

/// Errors: a name that is neither built in nor a file, with those that are built in; a file that is
/// no base of this binary's recipes.
[[nodiscard]] Result<LoadedBase> find_base(const std::string& name_or_file);

/// Errors: likewise.
[[nodiscard]] Result<device::Profile> find_device(const std::string& name_or_file);

/// The base of a device's section: the one in the file, else the built-in one of its name.
[[nodiscard]] Result<runtime::AnyBase> base_of(const device::ProfileSection& section);

}  // namespace hale::cli
