#include <cstdio>
#include <hale/io/checkpoint.hpp>
#include <hale/io/file.hpp>
#include <hale/predictor/help.hpp>
#include <hale/predictor/recipes/nasbench201.hpp>
int main(int, char** argv) {
  using Help = hale::predictor::HelpNasBench201;
  const auto base = hale::io::load_base<Help>(hale::io::read_file(argv[1]).value_or(""));
  if (!base) return std::puts(base.error().message.c_str()), 1;
  std::vector<hale::device::Measurement> mine;  // how long the ten references took, in ms
  for (double ms : {4.1, 4.5, 3.2, 5.0, 7.9, 6.8, 6.0, 9.3, 4.7, 11.2})
    mine.push_back({base->references[mine.size()], {ms}});
  auto device = hale::predictor::HelpPredictor<Help>::adapt(*base, mine).value();
  const auto y = device.predict(hale::space::NasBench201::at(7777));
  std::printf("%.2f ms [%.2f .. %.2f]\n", y.median.value, y.low.value, y.high.value);
}
