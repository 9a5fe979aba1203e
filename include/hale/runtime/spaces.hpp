#pragma once

#include <array>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/graph/ir.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/lower/nasbench201.hpp>
#include <hale/space/concepts.hpp>
#include <hale/space/nasbench201.hpp>
#include <hale/space/nasbench201_encoder.hpp>
#include <hale/space/nasbench201_network.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hale::runtime {

/// What a graph turned out to be.
struct Recognition {
  std::string_view space;
  std::vector<std::string> archs;        // all that this graph may be, the canonical one first
  std::vector<std::string> differences;  // from the macro-structure the space was measured on
  std::vector<std::string> assumptions;  // what the graph does not show
  std::size_t batch = 0;                 // 0 where the graph leaves it open
};

/// A search space behind functions: no Architecture crosses this border.
struct SpaceEntry {
  std::string_view name;
  std::string_view summary;
  /// Errors: text that is no architecture of the space. Returns its canonical form.
  Result<std::string> (*canonical)(std::string_view text);
  std::string (*sample)(Rng& rng);
  /// Errors: what was found that does not fit.
  Result<Recognition> (*recognise)(const graph::Graph& graph);
  /// The measured macro-structure with this architecture. Errors: as canonical().
  Result<graph::Graph> (*emit)(std::string_view arch, std::size_t batch);
  std::string_view encoder;
  /// What a network is given for the architecture. Errors: as canonical().
  Result<std::vector<double>> (*encode)(std::string_view arch);
};

namespace detail {

inline std::vector<std::string> differences(const space::NasBench201Network& found,
                                            const space::NasBench201Network& measured) {
  std::vector<std::string> out;
  const auto list = [](const auto& values) {
    std::string text;
    for (const std::size_t value : values) text += concat(text.empty() ? "" : "/", value);
    return text;
  };
  const auto compare = [&](std::string_view what, const std::string& a, const std::string& b) {
    if (a != b) out.push_back(concat(what, " ", a, ", measured with ", b));
  };
  compare("channels", list(found.channels), list(measured.channels));
  compare("cells a stage", list(found.cells), list(measured.cells));
  compare("input channels", concat(found.input_channels), concat(measured.input_channels));
  if (found.height != 0 && found.width != 0)
    compare("resolution", concat(found.height, "x", found.width),
            concat(measured.height, "x", measured.width));
  return out;
}

inline Result<Recognition> recognise_nasbench201(const graph::Graph& graph) {
  HALE_TRY(lift::NasBench201Reading reading, lift::nasbench201(graph));
  Recognition recognition;
  recognition.space = space::NasBench201::name;
  for (const auto& architecture : reading.architectures)
    recognition.archs.push_back(space::NasBench201::format(architecture));
  recognition.differences = differences(reading.network, {});
  recognition.assumptions = std::move(reading.assumptions);
  recognition.batch = reading.network.batch;
  return recognition;
}

template <class Space>
Result<std::string> canonical(std::string_view text) {
  return Space::parse(text).map(Space::format);
}
template <class Space>
std::string sample(Rng& rng) {
  return Space::format(Space::sample(rng));
}

template <space::Encoder E>
Result<std::vector<double>> encode(std::string_view arch) {
  HALE_TRY(const auto architecture, E::Space::parse(arch));
  std::array<typename E::Code, E::size> codes{};
  E::encode(architecture, codes);
  return std::vector<double>(codes.begin(), codes.end());
}

inline Result<graph::Graph> emit_nasbench201(std::string_view arch, std::size_t batch) {
  HALE_TRY(const auto architecture, space::NasBench201::parse(arch));
  return lower::nasbench201(architecture, {.batch = batch});
}

}  // namespace detail

inline constexpr std::array<SpaceEntry, 1> space_entries = {
    {{space::NasBench201::name,
      "cells of 4 nodes and 6 edges, 5 operations: 15 625 architectures on 32x32 images",
      detail::canonical<space::NasBench201>, detail::sample<space::NasBench201>,
      detail::recognise_nasbench201, detail::emit_nasbench201, space::NasBench201Encoder::name,
      detail::encode<space::NasBench201Encoder>}}};

/// The search spaces that are built in.
[[nodiscard]] constexpr std::span<const SpaceEntry> spaces() { return space_entries; }

/// Errors: no space of that name; the message lists those there are.
[[nodiscard]] inline Result<const SpaceEntry*> find_space(std::string_view name) {
  std::string known;
  for (const SpaceEntry& entry : spaces()) {
    if (entry.name == name) return &entry;
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  return fail(concat("no space '", name, "'; there are: ", known));
}

/// The space that a graph lies in. Errors: for each space, what was found that does not fit.
[[nodiscard]] inline Result<Recognition> recognise(const graph::Graph& graph) {
  std::string reasons;
  for (const SpaceEntry& entry : spaces()) {
    auto recognition = entry.recognise(graph);
    if (recognition) return recognition;
    reasons +=
        concat(reasons.empty() ? "" : "; ", "not ", entry.name, ": ", recognition.error().message);
  }
  return fail(concat("lies in no supported search space (", reasons, ")"));
}

}  // namespace hale::runtime
