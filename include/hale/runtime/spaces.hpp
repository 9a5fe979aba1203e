#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/device/measurements.hpp>
#include <hale/graph/ir.hpp>
#include <hale/lift/fbnet.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/lift/ofa_mobilenet_v3.hpp>
#include <hale/lift/read.hpp>
#include <hale/lower/families.hpp>
#include <hale/lower/fbnet.hpp>
#include <hale/lower/nasbench201.hpp>
#include <hale/lower/ofa_mobilenet_v3.hpp>
#include <hale/runtime/space_entry.hpp>
#include <hale/space/any_graph.hpp>
#include <hale/space/concepts.hpp>
#include <hale/space/fbnet.hpp>
#include <hale/space/fbnet_encoder.hpp>
#include <hale/space/fbnet_network.hpp>
#include <hale/space/nasbench201.hpp>
#include <hale/space/nasbench201_encoder.hpp>
#include <hale/space/nasbench201_network.hpp>
#include <hale/space/ofa_mobilenet_v3.hpp>
#include <hale/space/ofa_mobilenet_v3_encoder.hpp>
#include <hale/space/ofa_mobilenet_v3_network.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::runtime {

namespace detail {

/// Collects how two macro-structures differ, a sentence for each difference.
class Differences {
 public:
  template <class Part>
  void compare(std::string_view what, const Part& found, const Part& measured) {
    if (found != measured)
      sentences_.push_back(concat(what, " ", text(found), ", measured with ", text(measured)));
  }
  /// An open resolution is no difference.
  template <class Network>
  void compare_resolution(const Network& found, const Network& measured) {
    if (found.height == 0 || found.width == 0) return;
    compare("resolution", concat(found.height, "x", found.width),
            concat(measured.height, "x", measured.width));
  }
  [[nodiscard]] std::vector<std::string> take() && { return std::move(sentences_); }

 private:
  static std::string text(std::size_t number) { return concat(number); }
  static std::string text(const std::string& words) { return words; }
  template <std::size_t N>
  static std::string text(const std::array<std::size_t, N>& numbers) {
    std::string joined;
    for (const std::size_t number : numbers) joined += concat(joined.empty() ? "" : "/", number);
    return joined;
  }

  std::vector<std::string> sentences_;
};

inline void compare(const lift::NasBench201Reading& reading, Differences& out) {
  const space::NasBench201Network measured;
  out.compare("channels", reading.network.channels, measured.channels);
  out.compare("cells a stage", reading.network.cells, measured.cells);
  out.compare("input channels", reading.network.input_channels, measured.input_channels);
  out.compare_resolution(reading.network, measured);
}

inline void compare(const lift::FBNetReading& reading, Differences& out) {
  const space::FBNetNetwork measured;
  out.compare("stem", reading.network.stem, measured.stem);
  out.compare("stem's stride", reading.network.stem_stride, measured.stem_stride);
  out.compare("channels", reading.network.channels, measured.channels);
  out.compare("strides", reading.network.strides, measured.strides);
  out.compare("head", reading.network.head, measured.head);
  out.compare("input channels", reading.network.input_channels, measured.input_channels);
  out.compare_resolution(reading.network, measured);
}

inline void compare(const lift::OfaMobileNetV3Reading& reading, Differences& out) {
  space::OfaMobileNetV3Network measured;
  out.compare("stem", reading.network.stem, measured.stem);
  out.compare("first block", reading.network.first, measured.first);
  out.compare("channels", reading.network.channels, measured.channels);
  out.compare("head", reading.network.expanded, measured.expanded);
  out.compare("features", reading.network.features, measured.features);
  out.compare("input channels", reading.network.input_channels, measured.input_channels);
  measured.height = measured.width = reading.architecture.resolution;
  out.compare_resolution(reading.network, measured);
}

template <class Space, auto Match>
Result<Recognition> recognise(const lift::Reading& read) {
  HALE_TRY(auto reading, Match(read.graph));
  Recognition recognition;
  recognition.space = Space::name;
  if constexpr (requires { reading.architectures; })
    for (const auto& architecture : reading.architectures)
      recognition.archs.push_back(Space::format(architecture));
  else
    recognition.archs.push_back(Space::format(reading.architecture));
  Differences differences;
  compare(reading, differences);
  recognition.differences = std::move(differences).take();
  if constexpr (requires { reading.assumptions; })
    recognition.assumptions = std::move(reading.assumptions);
  recognition.batch = reading.network.batch;
  return recognition;
}

template <class Space>
Result<std::string> canonical(std::string_view text) {
  return Space::parse(text).map(Space::format);
}
template <class Space>
Result<device::Subject> subject(std::string_view text) {
  return canonical<Space>(text).map([](std::string arch) {
    return device::Subject{std::move(arch), nullptr};
  });
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

template <class Space, class Network, auto Lower>
Result<graph::Graph> emit(std::string_view arch, std::size_t batch) {
  HALE_TRY(const auto architecture, Space::parse(arch));
  return Lower(architecture, Network{.batch = batch});
}

template <space::Encoder E, class Network, auto Match, auto Lower>
[[nodiscard]] constexpr SpaceEntry space_entry(std::string_view summary) {
  using Space = typename E::Space;
  return {Space::name,
          summary,
          canonical<Space>,
          subject<Space>,
          sample<Space>,
          recognise<Space, Match>,
          emit<Space, Network, Lower>,
          E::name,
          encode<E>};
}

/// Any graph, and networks that hale draws itself.
struct GraphEntry {
  using Space = space::AnyGraph;

  /// The network that a text names: by its terms, or one that hale draws, "residual/17".
  static Result<workload::SharedNetwork> network(std::string_view text) {
    if (text.starts_with(Space::prefix))
      return Space::parse(text).map([](const workload::Terms& terms) -> workload::SharedNetwork {
        return std::make_shared<const workload::Network>(workload::Network{{}, {}, terms});
      });
    HALE_TRY(graph::Graph graph, lower::named_network(text));
    return lift::read(std::move(graph)).map([](lift::Reading&& reading) {
      return std::move(reading.network);
    });
  }
  static Result<Space::Architecture> parse(std::string_view text) {
    return network(text).map([](const workload::SharedNetwork& read) { return read->terms; });
  }
  static Result<std::string> canonical(std::string_view text) {
    return parse(text).map(Space::format);
  }
  static Result<device::Subject> subject(std::string_view text) {
    return network(text).map([text](workload::SharedNetwork read) {
      return device::Subject{std::string(text), std::move(read)};
    });
  }
  static std::string sample(Rng& rng) {
    const lower::Family& family = lower::all_families[rng.below(lower::all_families.size())];
    return concat(family.name, "/", rng.below(std::size_t{1} << 32U));
  }
  static Result<Recognition> recognise(const lift::Reading& reading) {
    if (reading.network->unfused.kernels.empty() && reading.network->unfused.uncovered.empty())
      return fail("has no operation that takes time, expected at least one");
    return Recognition{.space = Space::name, .assumptions = reading.assumptions()};
  }
  /// The batch is not used: a family's seed draws its own.
  static Result<graph::Graph> emit(std::string_view arch, std::size_t /*batch*/) {
    return lower::named_network(arch);
  }
  static Result<std::vector<double>> encode(std::string_view arch) {
    return parse(arch).map([](const Space::Architecture& architecture) {
      return std::vector<double>(architecture.amounts.begin(), architecture.amounts.end());
    });
  }
};

[[nodiscard]] constexpr SpaceEntry graph_entry() {
  return {space::AnyGraph::name,
          "any network, as the terms that a device takes time for; FAMILY/SEED: hale's own",
          GraphEntry::canonical,
          GraphEntry::subject,
          GraphEntry::sample,
          GraphEntry::recognise,
          GraphEntry::emit,
          space::AnyGraphEncoder::name,
          GraphEntry::encode};
}

}  // namespace detail

inline constexpr std::array<SpaceEntry, 4> space_entries = {
    detail::space_entry<space::NasBench201Encoder, space::NasBench201Network,
                        &lift::match_nasbench201, &lower::nasbench201>(
        "cells of 4 nodes and 6 edges, 5 operations: 15 625 architectures on 32x32 images"),
    detail::space_entry<space::FBNetEncoder, space::FBNetNetwork, &lift::match_fbnet,
                        &lower::fbnet>(
        "22 places, each one of 8 inverted residual blocks or none: 9^22 on 32x32 images"),
    detail::space_entry<space::OfaMobileNetV3Encoder, space::OfaMobileNetV3Network,
                        &lift::match_ofa_mobilenet_v3, &lower::ofa_mobilenet_v3>(
        "5 stages of 2 to 4 layers, each with its filter and expansion, at 25 resolutions"),
    detail::graph_entry()};

/// The search spaces that are built in.
[[nodiscard]] constexpr std::span<const SpaceEntry> spaces() { return space_entries; }

}  // namespace hale::runtime
