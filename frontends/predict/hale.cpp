#include <built_in_data.hpp>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/files.hpp>
#include <hale/hale.hpp>
#include <hale/io/profile.hpp>
#include <hale/onnx.hpp>
#include <inflate.hpp>
#include <string_view>
#include <system_error>
#include <utility>

#include "recipes/catalogue.hpp"

namespace hale {
namespace {

bool is_file(const std::string& name) {
  std::error_code ignored;
  return name == "-" || std::filesystem::exists(name, ignored);
}

/// The networks of the built-in devices with their kernels.
Result<std::string> built_in_kernels() {
  return embedded::inflate(embedded::kernels().front().bytes);
}

}  // namespace

const session::Catalogue& built_in() {
  static const session::Catalogue catalogue({.spaces = session::spaces(),
                                             .recipes = session::recipes(),
                                             .baselines = session::baselines(),
                                             .bases = embedded::bases(),
                                             .devices = embedded::devices(),
                                             .networks = embedded::networks().front().bytes,
                                             .kernels = built_in_kernels,
                                             .default_device = "onnxruntime-1.22-all-1t"});
  return catalogue;
}

Result<Device> open_device(const std::string& name_or_file) {
  const session::Catalogue& catalogue = built_in();
  HALE_TRY(auto known, catalogue.built_in_device(name_or_file));
  if (known) return Device(*std::move(known), catalogue);
  if (!is_file(name_or_file))
    return fail(concat(name_or_file, ": ", catalogue.no_device(name_or_file)));
  HALE_TRY(const std::string bytes, session::read_text(name_or_file));
  auto profile = io::parse_profile(bytes, workload::NetworkParts::terms);
  if (!profile) return fail_in(name_or_file, profile.error());
  return Device(*std::move(profile), catalogue);
}

Result<session::LoadedBase> open_base(const std::string& name_or_file) {
  const session::Catalogue& catalogue = built_in();
  HALE_TRY(auto base, catalogue.built_in_base(name_or_file));
  if (base != nullptr) return session::LoadedBase{std::move(base)};
  if (!is_file(name_or_file))
    return fail(concat(name_or_file, ": ",
                       session::Catalogue::none_of("base", catalogue.contents().bases)));
  HALE_TRY(std::string bytes, session::read_text(name_or_file));
  const std::string stem = std::filesystem::path(name_or_file).stem().string();
  auto loaded = catalogue.load_base(std::move(bytes), stem);
  if (!loaded) return fail_in(name_or_file, loaded.error());
  return loaded;
}

Result<Model> make_model(graph::Graph graph, Inputs inputs, std::string name) {
  return Model::make(built_in().contents().spaces, std::move(graph), std::move(inputs),
                     std::move(name));
}

Model make_model(graph::Graph applied, session::BatchAxes axes, Inputs inputs) {
  return Model::of_applied(built_in().contents().spaces, std::move(applied), std::move(axes),
                           std::move(inputs));
}

Result<Model> read_onnx(const std::string& path, Inputs inputs) {
  HALE_TRY(graph::Graph graph, session::read_graph(path));
  auto model = make_model(std::move(graph), std::move(inputs), path);
  if (!model) return fail_in(path, model.error());
  return model;
}

Result<Model> read_onnx(std::span<const std::byte> bytes, const std::string& name, Inputs inputs) {
  HALE_TRY(graph::Graph graph, onnx_frontend::import_bytes(bytes, name));
  auto model = make_model(std::move(graph), std::move(inputs), name);
  if (!model) return fail_in(name, model.error());
  return model;
}

}  // namespace hale
