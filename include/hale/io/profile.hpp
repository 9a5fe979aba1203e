#pragma once

#include <array>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/core/units.hpp>
#include <hale/device/measurements.hpp>
#include <hale/device/profile.hpp>
#include <hale/io/container.hpp>
#include <hale/io/networks.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hale::io {

namespace detail {

inline constexpr std::string_view section_prefix = "for:";
/// What stands for the architecture of a measurement of any graph, before the network's key.
inline constexpr std::string_view network_prefix = "network/";

inline std::string pack_section(const device::ProfileSection& section) {
  Notes notes;
  notes.set("base", section.base);
  notes.set("space", section.space);
  std::string measurements;
  NetworkWriter networks;
  for (const device::Measurement& m : section.measurements) {
    const std::string arch =
        m.network ? concat(network_prefix, networks.add(m.arch, *m.network)) : m.arch;
    measurements += concat(m.latency.value, "\t", arch, "\n");
  }
  Container nested;
  nested.add("notes", notes.format());
  nested.add("measurements", std::move(measurements));
  if (!networks.empty()) nested.add("networks", networks.serialise());
  if (!section.base_file.empty()) nested.add("base", section.base_file);
  return serialise(nested);
}

inline Result<device::Measurement> unpack_measurement(std::string_view line) {
  const std::size_t tab = line.find('\t');
  const auto ms = parse_number<double>(line.substr(0, tab));
  if (tab == std::string_view::npos || !ms || !device::is_plausible(Milliseconds{*ms}))
    return fail(concat("measurement '", line.substr(0, 80), "', expected ", device::plausible,
                       ", a tab and an architecture"));
  return device::Measurement{std::string(line.substr(tab + 1)), Milliseconds{*ms}};
}

/// The facts as notes, in order.
inline constexpr std::array<std::pair<std::string_view, std::string device::Facts::*>, 9> facts = {{
    {"kind", &device::Facts::kind},
    {"hardware", &device::Facts::hardware},
    {"machine", &device::Facts::machine},
    {"runtime", &device::Facts::runtime},
    {"version", &device::Facts::version},
    {"options", &device::Facts::options},
    {"source", &device::Facts::source},
    {"licence", &device::Facts::licence},
    {"date", &device::Facts::date},
}};

inline void add_facts(const device::Facts& known, Notes& notes) {
  for (const auto& [key, member] : facts)
    if (!(known.*member).empty()) notes.set(key, known.*member);
  if (known.threads != 0) notes.set("threads", concat(known.threads));
  if (!known.aliases.empty()) notes.set("aliases", joined(known.aliases, ";"));
}

/// Errors: threads that are no number.
inline Result<device::Facts> read_facts(const Notes& notes) {
  device::Facts known;
  for (const auto& [key, member] : facts) known.*member = notes.get(key);
  if (!notes.get("threads").empty()) {
    HALE_TRY(known.threads, notes.number<std::uint32_t>("threads", 1, 1U << 20U));
  }
  for (const std::string_view alias : split(notes.get("aliases"), ';'))
    if (!alias.empty()) known.aliases.emplace_back(alias);
  return known;
}

/// The network of a key: of the section's own, else of those that files share.
inline Result<NamedNetwork> find_network(const std::string& key, NetworkReader* own,
                                         NetworkReader* shared) {
  for (NetworkReader* networks : {own, shared})
    if (networks != nullptr && networks->contains(key)) return networks->find(key);
  return fail(concat("measured network '", key.substr(0, 80), "' is not in the file"));
}

inline Result<device::ProfileSection> unpack_section(std::string_view bytes,
                                                     workload::NetworkParts parts,
                                                     NetworkReader* shared) {
  HALE_TRY(const Container nested, parse_container(bytes));
  HALE_TRY(const auto notes_text, nested.section("notes"));
  HALE_TRY(const Notes notes, Notes::parse(notes_text));
  device::ProfileSection section;
  section.base = notes.get("base");
  section.space = notes.get("space");
  std::optional<NetworkReader> networks;
  if (const std::string* bytes_of_networks = nested.find("networks")) {
    HALE_TRY(networks, NetworkReader::open(*bytes_of_networks, parts));
  }
  HALE_TRY(const auto lines, nested.section("measurements"));
  for (const std::string_view line : split(lines, '\n')) {
    if (line.empty()) continue;
    HALE_TRY(device::Measurement one, unpack_measurement(line));
    if (one.arch.starts_with(network_prefix) && !one.arch.ends_with(".onnx")) {
      HALE_TRY(NamedNetwork found, find_network(one.arch.substr(network_prefix.size()),
                                                networks ? &*networks : nullptr, shared));
      one.arch = std::move(found.name);
      one.network = std::move(found.network);
    }
    section.measurements.push_back(std::move(one));
  }
  if (const std::string* base = nested.find("base")) section.base_file = *base;
  return section;
}

}  // namespace detail

/// A device file's bytes.
[[nodiscard]] inline std::string serialise_profile(const device::Profile& profile) {
  Notes notes;
  notes.set("name", profile.name);
  notes.set("units", "ms");
  notes.set("batch", concat(profile.batch));
  notes.set("precision", profile.precision);
  notes.set("made_from", profile.made_from);
  detail::add_facts(profile.facts, notes);
  Container container;
  container.add("device", notes.format());
  for (const device::ProfileSection& section : profile.sections)
    container.add(concat(detail::section_prefix, section.base), detail::pack_section(section));
  return serialise(container);
}

namespace detail {

/// What a device file says of the device, without its measurements.
inline Result<device::Profile> unpack_notes(const Container& container) {
  const std::string* text = container.find("device");
  if (text == nullptr)
    return fail(container.find("base") != nullptr
                    ? "is a base, expected a device file (made by 'hale adapt')"
                    : "is no device file: section 'device' is missing");
  HALE_TRY(const Notes notes, Notes::parse(*text));
  if (notes.get("units") != "ms")
    return fail(concat("units '", notes.get("units"), "' found, expected 'ms'"));
  device::Profile profile;
  profile.name = notes.get("name");
  profile.precision = notes.get("precision");
  profile.made_from = notes.get("made_from");
  HALE_TRY(profile.batch, notes.number<std::uint32_t>("batch", 1, 0x7fffffff));
  HALE_TRY(profile.facts, read_facts(notes));
  return profile;
}

}  // namespace detail

/// What a device file says of the device, without its measurements. Errors: as parse_profile().
[[nodiscard]] inline Result<device::Profile> parse_profile_notes(std::string_view bytes) {
  HALE_TRY(const Container container, parse_container(bytes));
  return detail::unpack_notes(container);
}

/// A device file. `parts` says what is read of measured networks: a profile that is written again
/// keeps the kernels that were read. `shared` has the networks of files that keep none themselves.
///
/// Errors: damaged bytes; another kind of hale file; units that are not milliseconds; a measured
/// network that is in neither.
[[nodiscard]] inline Result<device::Profile> parse_profile(
    std::string_view bytes, workload::NetworkParts parts = workload::NetworkParts::kernels,
    NetworkReader* shared = nullptr) {
  HALE_TRY(const Container container, parse_container(bytes));
  HALE_TRY(device::Profile profile, detail::unpack_notes(container));
  for (const auto& [name, payload] : container.sections) {
    if (!name.starts_with(detail::section_prefix)) continue;
    auto section = detail::unpack_section(payload, parts, shared);
    if (!section) return fail_in(concat("section '", name, "'"), section.error());
    profile.sections.push_back(*std::move(section));
  }
  return profile;
}

}  // namespace hale::io
