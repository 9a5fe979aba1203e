#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/device/measurements.hpp>
#include <hale/graph/ir.hpp>
#include <hale/lift/reading.hpp>
#include <hale/runtime/recognition.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hale::runtime {

/// A search space behind functions: no Architecture crosses this border.
struct SpaceEntry {
  std::string_view name;
  std::string_view summary;
  /// Errors: text that is no architecture of the space. Returns its canonical form.
  Result<std::string> (*canonical)(std::string_view text);
  /// What a base is asked about or measured with. Errors: as canonical().
  Result<device::Subject> (*subject)(std::string_view text);
  std::string (*sample)(Rng& rng);
  /// Errors: what was found that does not fit.
  Result<Recognition> (*recognise)(const lift::Reading& reading);
  /// The measured macro-structure with this architecture. Errors: as canonical().
  Result<graph::Graph> (*emit)(std::string_view arch, std::size_t batch);
  std::string_view encoder;
  /// What a network is given for the architecture. Errors: as canonical().
  Result<std::vector<double>> (*encode)(std::string_view arch);
};

/// The spaces of a program. Any graph's is the last: it takes what lies in no searched space.
using Spaces = std::span<const SpaceEntry>;

/// Errors: no space of that name; the message lists those there are.
[[nodiscard]] inline Result<const SpaceEntry*> find_space(Spaces spaces, std::string_view name) {
  std::vector<std::string_view> known;
  for (const SpaceEntry& entry : spaces) {
    if (entry.name == name) return &entry;
    known.push_back(entry.name);
  }
  return fail(concat("no space '", name, "'; there are: ", joined(known)));
}

/// The searched space that a graph lies in. Errors: for each, what was found that does not fit.
[[nodiscard]] inline Result<Recognition> recognise_searched(Spaces spaces,
                                                            const lift::Reading& reading) {
  std::vector<std::string> reasons;
  for (const SpaceEntry& entry : spaces.first(spaces.size() - 1)) {
    auto recognition = entry.recognise(reading);
    if (recognition) return recognition;
    reasons.push_back(concat("not ", entry.name, ": ", recognition.error().message));
  }
  return fail(concat("lies in no searched space (", joined(reasons, "; "), ")"));
}

}  // namespace hale::runtime
