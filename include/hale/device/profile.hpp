#pragma once

#include <cstdint>
#include <hale/device/measurements.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hale::device {

/// What one base needs to be adapted to a device: the measurements, kept so that more can be added.
struct ProfileSection {
  std::string base;  // its name, "nasbench201-help"
  std::string space;
  std::vector<Measurement> measurements;
  std::string base_file;  // the base itself where it is not built in, else empty

  friend bool operator==(const ProfileSection&, const ProfileSection&) = default;
};

/// A device as hale knows it: how long some networks took there.
struct Profile {
  std::string name;
  std::string precision = "f32";
  std::uint32_t batch = 1;               // that the measurements were taken at
  std::string made_from;                 // one line
  std::vector<ProfileSection> sections;  // one a base

  /// The section of a base, or null.
  [[nodiscard]] const ProfileSection* section_of_base(std::string_view base) const {
    for (const ProfileSection& section : sections)
      if (section.base == base) return &section;
    return nullptr;
  }
  /// The first section of a space, or null.
  [[nodiscard]] const ProfileSection* section_of_space(std::string_view space) const {
    for (const ProfileSection& section : sections)
      if (section.space == space) return &section;
    return nullptr;
  }

  friend bool operator==(const Profile&, const Profile&) = default;
};

}  // namespace hale::device
