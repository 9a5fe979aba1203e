// list_operators: the table of declared operators as Markdown, to stdout.
// list_operators FILE: exits 1 unless the file holds just that.
#include <cstdio>
#include <fstream>
#include <hale/core/text.hpp>
#include <hale/graph/onnx_dialect.hpp>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hale::graph {
namespace {

std::string slots(std::span<const Slot> all) {
  std::string text;
  for (const Slot& slot : all) {
    text += concat(text.empty() ? "" : ", ", slot.name);
    if (slot.arity == Arity::optional) text += "?";
    if (slot.arity == Arity::variadic) text += "...";
  }
  return text;
}

std::string attributes(std::span<const AttributeSummary> all) {
  std::string text;
  for (const AttributeSummary& each : all) text += concat(text.empty() ? "" : ", ", each.name);
  return text;
}

std::string table_of(std::string_view domain) {
  std::string text = "| operator | computes | operands | results | attributes that count |\n";
  text += "|---|---|---|---|---|\n";
  for (const OperationInfo& info : operation_table)
    if (info.domain == domain)
      text += concat("| ", info.name, " | ", info.summary, " | ", slots(info.operands), " | ",
                     slots(info.results), " | ", attributes(info.attributes), " |\n");
  return text;
}

std::string page() {
  std::string text =
      "# Operators that hale declares\n\n"
      "Each is declared once, as a row in include/hale/graph/operations: from there come the\n"
      "checks of its operands, its results' types and its multiply-adds, whatever the opset. Any\n"
      "other operator is read too, carried by its name, and counted as not known. `?` may be left\n"
      "out, `...` stands for any number. This page is written by tests/graph/list_operators.cpp,\n"
      "which checks it too.\n";
  for (const std::string_view domain :
       {"", "com.microsoft", "ai.onnx.ml", "ai.onnx.preview.training"}) {
    std::size_t count = 0;
    for (const OperationInfo& info : operation_table) count += info.domain == domain ? 1 : 0;
    text += concat("\n## ", domain.empty() ? "ai.onnx" : domain, " (", count, ")\n\n",
                   table_of(domain));
  }
  return text;
}

}  // namespace
}  // namespace hale::graph

int main(int argc, char** argv) {
  const std::string page = hale::graph::page();
  if (argc < 2) return std::fputs(page.c_str(), stdout) < 0 ? 1 : 0;
  std::ifstream file(argv[1]);
  const std::string found{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (found == page) return 0;
  std::printf("%s is not what is declared; list_operators > %s writes it\n", argv[1], argv[1]);
  return 1;
}
