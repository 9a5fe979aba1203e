#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <hale/core/text.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/onnx.hpp>
#include <map>
#include <string>
#include <string_view>

namespace {

using Network = hale::space::NasBench201Network;

/// The network that a line of expected.tsv asked for: "c=16,n=5,size=32x24".
Network expected_network(std::string_view spec) {
  std::map<std::string, std::string, std::less<>> options;
  for (const std::string_view item : hale::split(spec, ','))
    if (const std::size_t equal = item.find('='); equal != std::string_view::npos)
      options.emplace(item.substr(0, equal), item.substr(equal + 1));
  const auto number = [&](std::string_view key, std::size_t otherwise) {
    const auto found = options.find(key);
    return found == options.end() ? otherwise
                                  : hale::parse_number<std::size_t>(found->second).value_or(0);
  };
  Network network;
  const std::size_t stem = number("c", 16);
  network.channels = {stem, 2 * stem, 4 * stem};
  network.cells.fill(number("n", 5));
  network.classes = number("classes", 10);
  network.batch = number("dynamic", 0) == 1 ? 0 : number("batch", 1);
  if (const auto size = options.find("size"); size != options.end()) {
    const auto extents = hale::split(size->second, 'x');
    network.height = hale::parse_number<std::size_t>(extents.front()).value_or(0);
    network.width = hale::parse_number<std::size_t>(extents.back()).value_or(0);
  }
  return network;
}

/// What is wrong with the reading of one file; empty where nothing is.
std::string complaint(const std::string& path, std::string_view spec, std::string_view text) {
  auto graph = hale::onnx_frontend::import_file(path);
  if (!graph) return graph.error().message;
  const auto reading = hale::lift::nasbench201(*std::move(graph));
  if (!reading) return reading.error().message;
  const auto architecture = hale::space::NasBench201::parse(text);
  if (!architecture) return architecture.error().message;
  const auto& found = reading->architectures;
  if (std::find(found.begin(), found.end(), *architecture) == found.end())
    return hale::concat("found ", hale::space::NasBench201::format(found.front()),
                        " and its class of ", found.size(), ", expected ", text);
  if (found != hale::lift::nasbench201_class(*architecture)) return "another class";
  if (reading->network != expected_network(spec)) return "another network";
  if (!reading->assumptions.empty()) return reading->assumptions.front();
  return {};
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
        fields.size() == 3 ? complaint(hale::concat(folder, "/", fields[0]), fields[1], fields[2])
                           : std::string("three columns expected");
    what.empty() ? ++right : ++wrong;
    if (!what.empty()) std::printf("%s: %s\n", line.c_str(), what.c_str());
  }
  std::printf("%zu read as expected, %zu not\n", right, wrong);
  return right > 0 && wrong == 0 ? 0 : 1;
}
