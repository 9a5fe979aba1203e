#pragma once

#include <algorithm>
#include <hale/core/nearest.hpp>
#include <hale/core/text.hpp>
#include <hale/io/profile.hpp>
#include <hale/runtime/baselines.hpp>
#include <hale/runtime/catalogue.hpp>
#include <hale/session/catalogue.hpp>
#include <utility>
#include <vector>

namespace hale::session {

HALE_SESSION_INLINE std::string_view Catalogue::resolved_base(std::string_view name) const {
  const BuiltIn* best = find_built_in(contents_.bases, concat(name, "-help"));
  return best != nullptr ? best->name : name;
}

HALE_SESSION_INLINE Result<std::shared_ptr<const runtime::AnyBase>> Catalogue::built_in_base(
    std::string_view name_or_space) const {
  const BuiltIn* file = find_built_in(contents_.bases, resolved_base(name_or_space));
  if (file == nullptr) return nullptr;
  const std::scoped_lock lock(mutex_);
  const auto known = bases_.find(file->name);
  if (known != bases_.end()) return known->second;
  HALE_TRY(auto base, runtime::load_base(contents_.recipes, file->bytes, file->name));
  auto shared = std::make_shared<const runtime::AnyBase>(std::move(base));
  return bases_.emplace(file->name, std::move(shared)).first->second;
}

HALE_SESSION_INLINE Result<LoadedBase> Catalogue::load_base(std::string bytes,
                                                            std::string_view name) const {
  HALE_TRY(auto base, runtime::load_base(contents_.recipes, bytes, name));
  return LoadedBase{std::make_shared<const runtime::AnyBase>(std::move(base)), std::move(bytes)};
}

HALE_SESSION_INLINE Result<std::shared_ptr<const runtime::AnyBase>> Catalogue::base_of(
    const device::ProfileSection& section) const {
  if (!section.base_file.empty())
    return load_base(section.base_file, section.base).map([](LoadedBase&& loaded) {
      return std::move(loaded.base);
    });
  HALE_TRY(auto base, built_in_base(section.base));
  if (base == nullptr)
    return fail(concat("needs the base '", section.base, "', which is not built in"));
  return base;
}

HALE_SESSION_INLINE const BuiltIn* Catalogue::device_named(std::string_view name) const {
  const BuiltIn* named =
      find_built_in(contents_.devices, name == default_device ? contents_.default_device : name);
  if (named != nullptr) return named;
  for (const BuiltIn& file : contents_.devices) {
    const auto profile = io::parse_profile_notes(file.bytes);
    if (!profile) continue;
    const std::vector<std::string>& aliases = profile->facts.aliases;
    if (std::find(aliases.begin(), aliases.end(), name) != aliases.end()) return &file;
  }
  return nullptr;
}

HALE_SESSION_INLINE Result<io::NetworkReader*> Catalogue::networks(
    workload::NetworkParts parts) const {
  std::shared_ptr<io::NetworkReader>& reader = networks_[parts];
  if (reader != nullptr || contents_.networks.empty()) return reader.get();
  const bool has_kernels = parts == workload::NetworkParts::kernels && contents_.kernels != nullptr;
  HALE_TRY(const std::string bytes,
           has_kernels ? contents_.kernels() : Result<std::string>(contents_.networks));
  HALE_TRY(io::NetworkReader opened, io::NetworkReader::open(bytes, parts));
  reader = std::make_shared<io::NetworkReader>(std::move(opened));
  return reader.get();
}

HALE_SESSION_INLINE Result<std::optional<device::Profile>> Catalogue::built_in_device(
    std::string_view name, workload::NetworkParts parts) const {
  const BuiltIn* file = device_named(name);
  if (file == nullptr) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  HALE_TRY(io::NetworkReader * shared, networks(parts));
  auto profile = io::parse_profile(file->bytes, parts, shared);
  if (!profile) return fail_in(concat("built-in device '", file->name, "'"), profile.error());
  return profile;
}

HALE_SESSION_INLINE std::string Catalogue::none_of(std::string_view kind,
                                                   std::span<const BuiltIn> files) {
  std::vector<std::string_view> names;
  for (const BuiltIn& file : files) names.push_back(file.name);
  return concat("no file, and no built-in ", kind, " of that name; there are: ", joined(names));
}

HALE_SESSION_INLINE std::string Catalogue::no_device(std::string_view word) const {
  std::vector<std::string> names;
  for (const BuiltIn& file : contents_.devices) {
    names.emplace_back(file.name);
    if (const auto profile = io::parse_profile_notes(file.bytes))
      names.insert(names.end(), profile->facts.aliases.begin(), profile->facts.aliases.end());
  }
  const std::vector<std::string> nearest = nearest_names(word, names);
  return concat("no file, and no built-in device of that name; ",
                nearest.empty() ? std::string("'hale devices' lists those there are")
                                : concat("the nearest are ", joined(nearest),
                                         "; 'hale devices WORD' finds others"));
}

}  // namespace hale::session
