// A language model with a cache of keys and values: what reading a prompt takes, and what each
// token after it does. A token reads all weights for few multiply-adds, and a cache that has grown.
#include <cstdio>
#include <hale/lift/workload.hpp>
#include <hale/lower/decoder.hpp>
#include <hale/session/inputs.hpp>
#include <string>

namespace {

using hale::Result;

Result<hale::workload::Totals> totals(hale::graph::Graph graph, std::int64_t past,
                                      std::int64_t sequence) {
  const hale::session::Inputs inputs{
      .dims = {{"batch", 1}, {"past", past}, {"sequence", sequence}}};
  HALE_CHECK(hale::session::apply(inputs, graph));
  HALE_TRY(const hale::workload::Workload work, hale::lift::workload(graph));
  return hale::workload::totals(work);
}

Result<> print(const hale::lower::Decoder& model) {
  HALE_TRY(const hale::graph::Graph graph, hale::lower::decoder(model));
  for (const std::int64_t past : {0, 512, 2048}) {
    const std::int64_t sequence = past == 0 ? 512 : 1;
    HALE_TRY(const hale::workload::Totals each, totals(graph, past, sequence));
    std::printf("%-14s %4lld new after %4lld: %9.1f M MACs, %7.1f MB read\n",
                std::string(model.name).c_str(), static_cast<long long>(sequence),
                static_cast<long long>(past), static_cast<double>(each.macs) * 1e-6,
                static_cast<double>(each.bytes_read) * 1e-6);
  }
  return {};
}

}  // namespace

int main() {
  hale::lower::Decoder llama = hale::lower::decoders::llama_3_2_1b;
  llama.form = hale::lower::DecoderForm::fused;  // weights of four bits, as ONNX Runtime has them
  for (const hale::lower::Decoder& model : {hale::lower::decoders::gpt2, llama})
    if (const Result<> printed = print(model); !printed)
      return std::puts(printed.error().message.c_str()), 1;
  return 0;
}
