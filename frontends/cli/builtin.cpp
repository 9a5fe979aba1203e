#include "builtin.hpp"

#include <embedded.hpp>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/io/profile.hpp>
#include <hale/runtime/catalogue.hpp>
#include <span>
#include <system_error>

#include "catalogue.hpp"
#include "inputs.hpp"

namespace hale::cli {
namespace {

/// A file's bytes. Errors: none of that name, then listing what is built in.
Result<std::string> read_named(const std::string& name, std::string_view kind,
                               std::span<const embedded::File> built_in) {
  std::error_code ignored;
  if (name == "-" || std::filesystem::exists(name, ignored)) return read_input(name);
  std::string known;
  for (const embedded::File& file : built_in) known += concat(known.empty() ? "" : ", ", file.name);
  return fail(
      concat(name, ": no file, and no built-in ", kind, " of that name; there are: ", known));
}

}  // namespace

std::string_view resolved_base(std::string_view name) {
  const embedded::File* best = embedded::find(embedded::bases(), concat(name, "-help"));
  return best != nullptr ? best->name : name;
}

Result<LoadedBase> find_base(const std::string& name_or_file) {
  const std::string_view name = resolved_base(name_or_file);
  if (const embedded::File* file = embedded::find(embedded::bases(), name)) {
    HALE_TRY(auto base, runtime::load_base(catalogue(), file->bytes, name));
    return LoadedBase{std::move(base), {}};
  }
  HALE_TRY(std::string bytes, read_named(name_or_file, "base", embedded::bases()));
  const std::string stem = std::filesystem::path(name_or_file).stem().string();
  auto base = runtime::load_base(catalogue(), bytes, stem);
  if (!base) return fail_in(name_or_file, base.error());
  return LoadedBase{*std::move(base), std::move(bytes)};
}

Result<device::Profile> find_device(const std::string& name_or_file) {
  const std::string_view name =
      name_or_file == default_device ? default_device_target : std::string_view(name_or_file);
  if (const embedded::File* file = embedded::find(embedded::devices(), name))
    return io::parse_profile(file->bytes);
  HALE_TRY(const std::string bytes, read_named(name_or_file, "device", embedded::devices()));
  auto profile = io::parse_profile(bytes);
  if (!profile) return fail_in(name_or_file, profile.error());
  return profile;
}

Result<runtime::AnyBase> base_of(const device::ProfileSection& section) {
  if (!section.base_file.empty())
    return runtime::load_base(catalogue(), section.base_file, section.base);
  const embedded::File* file = embedded::find(embedded::bases(), section.base);
  if (file == nullptr)
    return fail(concat("needs the base '", section.base, "', which is not built in"));
  return runtime::load_base(catalogue(), file->bytes, section.base);
}

}  // namespace hale::cli
