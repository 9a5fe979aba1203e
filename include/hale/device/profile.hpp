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

/// What is known of a device beside its measurements; empty, or 0, where nothing is said.
struct Facts {
  std::vector<std::string> aliases{};  // other names that people call it by
  std::string kind{};                  // "cpu", "gpu", "fpga", "accelerator"
  std::string hardware{};              // "AMD EPYC (Zen 5)"
  std::string machine{};               // what it is part of: "virtual machine, 2 cores"
  std::string runtime{};               // "onnxruntime"
  std::string version{};               // of the runtime
  std::string options{};               // it was run with: "all optimisations"
  std::uint32_t threads = 0;
  std::string source{};   // who measured it
  std::string licence{};  // of the measurements
  std::string date{};     // when, as "2026-11" or a year

  friend bool operator==(const Facts&, const Facts&) = default;
};

/// A device that is not measured yet, or elsewhere: its name, and what is known of it.
struct Described {
  std::string name;
  std::string precision{};  // that it ran in, as "f32", "int8"; empty where nothing is said
  Facts facts{};

  friend bool operator==(const Described&, const Described&) = default;
};

/// A device as hale knows it: how long some networks took there.
struct Profile {
  std::string name;
  std::string precision = "f32";
  std::uint32_t batch = 1;               // that the measurements were taken at
  std::string made_from;                 // one line
  std::vector<ProfileSection> sections;  // one a base
  Facts facts{};

  /// The first section of a space, or null.
  [[nodiscard]] const ProfileSection* section_of_space(std::string_view space) const {
    for (const ProfileSection& section : sections)
      if (section.space == space) return &section;
    return nullptr;
  }

  friend bool operator==(const Profile&, const Profile&) = default;
};

}  // namespace hale::device
