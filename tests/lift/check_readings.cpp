#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <hale/core/text.hpp>
#include <hale/graph/cost.hpp>
#include <hale/lift/fbnet.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/lift/ofa_mobilenet_v3.hpp>
#include <hale/lower/fbnet.hpp>
#include <hale/lower/nasbench201.hpp>
#include <hale/lower/ofa_mobilenet_v3.hpp>
#include <hale/onnx.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using hale::concat;

/// What a line of expected.tsv asked for: "c=16,n=5,size=32x24".
class Options {
 public:
  explicit Options(std::string_view spec) {
    for (const std::string_view item : hale::split(spec, ','))
      if (const std::size_t equal = item.find('='); equal != std::string_view::npos)
        options_.emplace(item.substr(0, equal), item.substr(equal + 1));
  }
  [[nodiscard]] std::string text(std::string_view key, std::string otherwise) const {
    const auto found = options_.find(key);
    return found == options_.end() ? std::move(otherwise) : found->second;
  }
  [[nodiscard]] std::size_t number(std::string_view key, std::size_t otherwise) const {
    return hale::parse_number<std::size_t>(text(key, concat(otherwise))).value_or(0);
  }
  /// Sets what every network has: classes, batch, resolution.
  template <class Network>
  void apply(Network& network) const {
    network.classes = number("classes", network.classes);
    network.batch = number("dynamic", 0) == 1 ? 0 : number("batch", 1);
    const std::string size = text("size", concat(network.height, "x", network.width));
    const auto extents = hale::split(size, 'x');
    network.height = hale::parse_number<std::size_t>(extents.front()).value_or(0);
    network.width = hale::parse_number<std::size_t>(extents.back()).value_or(0);
  }

 private:
  std::map<std::string, std::string, std::less<>> options_;
};

struct NasBench201Case {
  using Space = hale::space::NasBench201;
  using Network = hale::space::NasBench201Network;

  static Network network(const Options& options, const Space::Architecture&) {
    Network network;
    const std::size_t stem = options.number("c", 16);
    network.channels = {stem, 2 * stem, 4 * stem};
    network.cells.fill(options.number("n", 5));
    return network;
  }
  static auto lift(hale::graph::Graph graph) { return hale::lift::nasbench201(std::move(graph)); }
  static auto lower(const Space::Architecture& architecture, const Network& network) {
    return hale::lower::nasbench201(architecture, network);
  }
};

struct FBNetCase {
  using Space = hale::space::FBNet;
  using Network = hale::space::FBNetNetwork;

  static Network network(const Options&, const Space::Architecture&) { return {}; }
  static auto lift(hale::graph::Graph graph) { return hale::lift::fbnet(std::move(graph)); }
  static auto lower(const Space::Architecture& architecture, const Network& network) {
    return hale::lower::fbnet(architecture, network);
  }
};

struct OfaMobileNetV3Case {
  using Space = hale::space::OfaMobileNetV3;
  using Network = hale::space::OfaMobileNetV3Network;

  static Network network(const Options& options, const Space::Architecture& architecture) {
    Network network;
    if (options.text("times", "1.2") == "1.0")
      network = {.stem = 16,
                 .first = 16,
                 .channels = {24, 40, 80, 112, 160},
                 .expanded = 960,
                 .features = 1280};
    network.height = network.width = architecture.resolution;
    return network;
  }
  static auto lift(hale::graph::Graph graph) {
    return hale::lift::ofa_mobilenet_v3(std::move(graph));
  }
  static auto lower(const Space::Architecture& architecture, const Network& network) {
    return hale::lower::ofa_mobilenet_v3(architecture, network);
  }
};

/// The architecture as the reading names it, and its class.
template <class Case, class Reading>
auto architectures(const Reading& reading) {
  if constexpr (requires { reading.architectures; })
    return reading.architectures;
  else
    return std::vector{reading.architecture};
}

/// What is wrong with the reading of a graph; empty where nothing is. The multiply-adds of the
/// graph must be those of the network that lower writes for the expected architecture.
template <class Case>
std::string complaint(const hale::graph::Graph& graph, const Options& options,
                      std::string_view text) {
  const auto reading = Case::lift(graph);
  if (!reading) return reading.error().message;
  const auto expected = Case::Space::parse(text);
  if (!expected) return expected.error().message;
  auto network = Case::network(options, *expected);
  options.apply(network);
  if (reading->network != network) return "another network";
  network.batch = std::max<std::size_t>(network.batch, 1);
  const auto lowered = Case::lower(*expected, network);
  const auto same = Case::lift(lowered);
  if (!same) return same.error().message;
  const auto found = architectures<Case>(*reading);
  if (found != architectures<Case>(*same))
    return concat("found ", Case::Space::format(found.front()), " and its class of ", found.size(),
                  ", expected ", text);
  if constexpr (requires { reading->assumptions; })
    if (!reading->assumptions.empty()) return reading->assumptions.front();
  const auto counted = hale::graph::macs(graph);
  const auto wanted = hale::graph::macs(lowered);
  const bool is_counted = counted.uncosted.empty() && wanted.uncosted.empty();
  if (is_counted && options.number("dynamic", 0) == 0 && counted.total != wanted.total)
    return concat(counted.total, " multiply-adds, lowered ", wanted.total);
  return {};
}

struct Entry {
  std::string_view space;
  std::string (*complaint)(const hale::graph::Graph&, const Options&, std::string_view);
};
constexpr std::array<Entry, 3> entries = {{{"nasbench201", &complaint<NasBench201Case>},
                                           {"fbnet", &complaint<FBNetCase>},
                                           {"ofa-mobilenetv3", &complaint<OfaMobileNetV3Case>}}};

/// What is wrong with the reading of one file. No other space may read it.
std::string complaint_of_file(const std::string& path, std::string_view spec,
                              std::string_view text) {
  auto graph = hale::onnx_frontend::import_file(path);
  if (!graph) return graph.error().message;
  if (const auto status = hale::graph::InferShapes::run(*graph); !status)
    return status.error().message;
  const Options options(spec);
  const std::string space = options.text("space", "nasbench201");
  std::string found = "no such space";
  for (const Entry& entry : entries)
    if (entry.space == space) found = entry.complaint(*graph, options, text);
  if (space != "fbnet" && hale::lift::fbnet(*graph)) return "read as FBNet too";
  if (space != "ofa-mobilenetv3" && hale::lift::ofa_mobilenet_v3(*graph)) return "read as OFA too";
  if (space != "nasbench201" && hale::lift::nasbench201(*graph)) return "read as a cell too";
  return found;
}

}  // namespace

/// Reads FOLDER/expected.tsv (file, options, architecture) and lifts every file of it.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: check_readings FOLDER\n", stderr);
    return 2;
  }
  const std::string folder = argv[1];
  std::ifstream table(folder + "/expected.tsv");
  std::size_t right = 0;
  std::size_t wrong = 0;
  for (std::string line; std::getline(table, line);) {
    const auto fields = hale::split(line, '\t');
    const std::string what =
        fields.size() == 3 ? complaint_of_file(concat(folder, "/", fields[0]), fields[1], fields[2])
                           : std::string("three columns expected");
    what.empty() ? ++right : ++wrong;
    if (!what.empty()) std::printf("%s: %s\n", line.c_str(), what.c_str());
  }
  std::printf("%zu read as expected, %zu not\n", right, wrong);
  return right > 0 && wrong == 0 ? 0 : 1;
}
