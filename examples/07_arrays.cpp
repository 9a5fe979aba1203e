// BASE CELLS.npy PREDICTED.npy: every cell of NAS-Bench-201 as an array, and how long each takes.
#include <cstdio>
#include <exception>
#include <hale/io/checkpoint.hpp>
#include <hale/io/file.hpp>
#include <hale/io/npy.hpp>
#include <hale/predictor/help.hpp>
#include <hale/predictor/prediction_tensor.hpp>
#include <hale/predictor/recipes/nasbench201.hpp>
#include <hale/space/nasbench201_decoder.hpp>
#include <vector>
#include <xtensor/xsort.hpp>
#include <xtensor/xview.hpp>

namespace {

using Space = hale::space::NasBench201;
using Choices = hale::space::NasBench201Choices;

/// As numpy would: numpy.save(path, cells), a row a cell, six whole numbers a row.
hale::Result<> write_cells(const char* path) {
  auto cells = hale::numeric::filled<std::uint8_t>({Space::size, Choices::size});
  std::vector<Space::Architecture> all;
  all.reserve(Space::size);
  for (std::size_t i = 0; i < Space::size; ++i) all.push_back(Space::at(i));
  hale::space::encode_rows<Choices>(all, hale::numeric::matrix_view(cells));
  return hale::io::write_file(path, hale::io::serialise_npy(cells));
}

hale::Result<> run(const char* base_path, const char* cells_path, const char* predicted_path) {
  using Help = hale::predictor::HelpNasBench201;
  HALE_TRY(const auto base_bytes, hale::io::read_file(base_path));
  HALE_TRY(const auto base, hale::io::load_base<Help>(base_bytes));
  std::vector<hale::device::Measurement> mine;  // how long the ten references took, in ms
  for (const double ms : {4.1, 4.5, 3.2, 5.0, 7.9, 6.8, 6.0, 9.3, 4.7, 11.2})
    mine.push_back({base.references[mine.size()], {ms}});
  HALE_TRY(auto device, hale::predictor::HelpPredictor<Help>::adapt(base, mine));
  HALE_CHECK(write_cells(cells_path));
  HALE_TRY(const auto bytes, hale::io::read_file(cells_path));
  HALE_TRY(const auto cells, (hale::io::load_npy<std::uint8_t, 2>(bytes)));  // (n, 6)
  HALE_TRY(const auto architectures,
           hale::space::decode_rows<Choices>(hale::numeric::matrix_view(cells)));
  std::vector<hale::predictor::Prediction> predictions(architectures.size());
  device.predict(architectures, predictions);
  const auto ms = hale::predictor::prediction_tensor(predictions);  // (n, 3): median, low, high
  const hale::numeric::Tensor<double, 1> medians = xt::view(ms, xt::all(), 0);
  const std::size_t slowest = xt::argmax(medians)();
  std::printf("%s: %.1f ms\n", Space::format(architectures[slowest]).c_str(), medians(slowest));
  return hale::io::write_file(predicted_path, hale::io::serialise_npy(ms));
}

}  // namespace

int main(int argc, char** argv) try {
  const auto done = argc == 4 ? run(argv[1], argv[2], argv[3]) : hale::fail("expected three files");
  if (!done) std::puts(done.error().message.c_str());
  return done ? 0 : 1;
} catch (const std::exception& error) {  // xtensor's
  return std::puts(error.what()), 1;
}
