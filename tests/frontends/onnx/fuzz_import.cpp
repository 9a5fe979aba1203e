#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/onnx.hpp>
#include <span>
#include <string>

static void check_text(const hale::graph::Graph& graph) {
  const std::string text = hale::graph::print(graph);
  const auto parsed = hale::graph::parse(text);
  if (!parsed || hale::graph::print(*parsed) != text) std::abort();
}

/// Whatever the bytes are: an error, or a graph that every reader of graphs can take.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto imported =
      hale::onnx_frontend::import_bytes(std::as_bytes(std::span(data, size)), "fuzz");
  if (!imported) return 0;
  check_text(*imported);
  static_cast<void>(hale::lift::nasbench201(*imported));
  static_cast<void>(hale::onnx_frontend::export_model(*imported, hale::onnx_frontend::NoWeights{}));
  auto canonical = hale::graph::canonicalise(*imported);
  if (!canonical) return 0;
  if (!hale::graph::Verify::run(*canonical)) std::abort();
  static_cast<void>(hale::graph::macs(*canonical));
  static_cast<void>(hale::graph::parameters(*canonical));
  check_text(*canonical);
  return 0;
}
