#include <gtest/gtest.h>

#include <hale/workload/kernel_terms.hpp>
#include <hale/workload/simulated_device.hpp>
#include <set>
#include <string>
#include <vector>

namespace hale {
namespace {

using workload::all_terms;
using workload::Kernel;
using workload::KernelKind;
using workload::Term;
using workload::term_count;
using workload::Terms;

Kernel convolution(std::uint64_t rows, std::uint64_t columns, std::uint64_t channels) {
  Kernel kernel{.kind = KernelKind::convolution, .element_bits = 32};
  kernel.gemm = workload::Gemm{1, rows, columns, 9 * channels};
  kernel.window = workload::Window{{3, 3}, {1, 1}, {1, 1}, 1};
  kernel.macs = rows * columns * 9 * channels;
  kernel.outputs = rows * columns;
  kernel.bytes_written = 4 * kernel.outputs;
  kernel.weight_bytes = 4 * 9 * columns * channels;
  kernel.bytes_read = 4 * rows * channels + kernel.weight_bytes;
  kernel.operations = {"Conv", "Relu"};
  return kernel;
}

TEST(Terms, HaveNamesOfTheirOwnAndUsualRates) {
  std::set<std::string_view> names;
  for (const workload::TermInfo& term : all_terms) {
    EXPECT_TRUE(names.insert(term.name).second) << term.name;
    EXPECT_GT(term.typical, 0) << term.name;
    EXPECT_GT(term.spread, 0) << term.name;
  }
}

TEST(Terms, OfAConvolutionThatFillsItsTilesLeaveNoLaneIdle) {
  const Terms terms = workload::unfused_terms(convolution(3136, 64, 64));
  EXPECT_EQ(terms[Term::winograd_macs], 3136.0 * 64 * 576);
  EXPECT_EQ(terms[Term::window_lanes], 0);
  EXPECT_EQ(terms[Term::depth_lanes], 0);
  EXPECT_EQ(terms[Term::row_tiles], 0);
  EXPECT_EQ(terms[Term::pointwise_macs], 0);
  EXPECT_EQ(terms[Term::weight_bytes], 4.0 * 64 * 576);
  EXPECT_EQ(terms[Term::input_bytes], 4.0 * 3136 * 64);
  EXPECT_EQ(terms[Term::convolution_launches], 1);
}

TEST(Terms, OfWhatFusingLeavesAreTheOperationsOnTheWayOut) {
  const Terms terms = workload::fused_terms(convolution(3136, 64, 64));
  EXPECT_EQ(terms[Term::fused_elements], 3136.0 * 64);  // Relu
  EXPECT_EQ(terms[Term::winograd_macs], 0);             // counted without fusion already
  EXPECT_EQ(terms[Term::fused_element_launches], 0);
  Kernel sum{.kind = KernelKind::arithmetic, .bytes_read = 80, .bytes_written = 40, .outputs = 10};
  sum.operations = {"Add"};
  EXPECT_EQ(workload::fused_terms(sum)[Term::fused_arithmetic_bytes], 120);
  EXPECT_EQ(workload::fused_terms(sum)[Term::fused_element_launches], 1);
}

TEST(Terms, OfDepthwiseConvolutionsAreTwoByTheirWindows) {
  Kernel kernel = convolution(196, 32, 1);
  kernel.kind = KernelKind::depthwise_convolution;
  EXPECT_EQ(workload::unfused_terms(kernel)[Term::depthwise_macs], 196.0 * 32 * 9);
  kernel.window->kernel = {5, 5};
  EXPECT_EQ(workload::unfused_terms(kernel)[Term::depthwise_macs], 0);
  EXPECT_EQ(workload::unfused_terms(kernel)[Term::depthwise_wide_macs], 196.0 * 32 * 9);
}

TEST(Terms, OfTheRunAreWhatTheModelTakesInAndGivesAndAllItsWeights) {
  workload::Workload work{.input_bytes = 1000, .output_bytes = 20, .views = 3};
  work.kernels = {convolution(196, 32, 16), convolution(196, 32, 16)};
  for (Kernel& kernel : work.kernels) kernel.weight_bytes = 10'000'000;
  const Terms terms = workload::run_terms(work);
  EXPECT_EQ(terms[Term::model], 1);
  EXPECT_EQ(terms[Term::model_input_bytes], 1000);
  EXPECT_EQ(terms[Term::model_output_bytes], 20);
  EXPECT_EQ(terms[Term::views], 3);
  EXPECT_EQ(terms[Term::model_weight_bytes_beyond_1m], 1.9e7);
  EXPECT_EQ(terms[Term::model_weight_bytes_beyond_16m], 4e6);
}

TEST(Terms, OfAConvolutionThatFillsHalfItsTilesCountTheOtherHalf) {
  const Terms terms = workload::unfused_terms(convolution(3136, 8, 8));
  EXPECT_EQ(terms[Term::window_lanes], terms[Term::winograd_macs]);  // 8 of 16
  EXPECT_EQ(terms[Term::depth_lanes], terms[Term::winograd_macs]);
  EXPECT_EQ(terms[Term::wide_lanes], terms[Term::winograd_macs] * 6);  // 8 of 64, less the above
}

TEST(Terms, OfFewRowsAreThoseOfAVectorTimesItsWeights) {
  Kernel kernel{.kind = KernelKind::matrix_product, .element_bits = 32, .macs = 1 << 20};
  kernel.gemm = workload::Gemm{1, 1, 1024, 1024};
  kernel.weight_bytes = 4 << 20;
  kernel.bytes_read = kernel.weight_bytes + 4096;
  kernel.operations = {"Gemm"};
  const Terms one = workload::unfused_terms(kernel);
  EXPECT_EQ(one[Term::vector_macs], 1 << 20);
  EXPECT_EQ(one[Term::product_macs], 0);
  EXPECT_EQ(one[Term::vector_weight_bytes], 4 << 20);
  kernel.gemm->rows = 64;
  const Terms many = workload::unfused_terms(kernel);
  EXPECT_EQ(many[Term::vector_macs], 0);
  EXPECT_EQ(many[Term::product_macs], 1 << 20);
}

TEST(Terms, OfEightBitsAreNotThoseOfFloats) {
  Kernel kernel = convolution(3136, 64, 64);
  kernel.element_bits = 8;
  const Terms terms = workload::unfused_terms(kernel);
  EXPECT_EQ(terms[Term::winograd_macs], 0);
  EXPECT_EQ(terms[Term::integer_winograd_macs], 3136.0 * 64 * 576);
  EXPECT_EQ(terms[Term::unrolled_bytes], 3136.0 * 576);  // a byte an element
  kernel.kind = KernelKind::depthwise_convolution;
  EXPECT_EQ(workload::unfused_terms(kernel)[Term::integer_depthwise_macs], 3136.0 * 64 * 576);
  EXPECT_EQ(workload::unfused_terms(kernel)[Term::depthwise_macs], 0);
  kernel.kind = KernelKind::attention;
  EXPECT_EQ(workload::unfused_terms(kernel)[Term::integer_product_macs], 3136.0 * 64 * 576);
}

TEST(Terms, OfWindowsThatNoFastPathTakesAreCountedBesideTheirMultiplyAdds) {
  constexpr double macs = 3136.0 * 64 * 576;
  Kernel kernel = convolution(3136, 64, 64);
  const auto now = [&] { return workload::unfused_terms(kernel); };
  EXPECT_EQ(now()[Term::winograd_macs], macs);
  kernel.window->strides = {2, 2};
  EXPECT_EQ(now()[Term::winograd_macs], 0);
  EXPECT_EQ(now()[Term::window_macs], macs);
  EXPECT_EQ(now()[Term::strided_depthwise_macs], 0);
  kernel.kind = KernelKind::depthwise_convolution;
  EXPECT_EQ(now()[Term::strided_depthwise_macs], macs);
  EXPECT_EQ(now()[Term::depthwise_macs], macs);
  kernel.window->strides = {1, 1};
  kernel.window->dilations = {1, 4};
  EXPECT_EQ(now()[Term::dilated_macs], macs);
  kernel.kind = KernelKind::convolution;
  EXPECT_EQ(now()[Term::dilated_macs], macs);
  EXPECT_EQ(now()[Term::winograd_macs], 0);
  kernel.window->dilations = {1, 1};
  kernel.window->group = 8;
  EXPECT_EQ(now()[Term::groups], 8);
  EXPECT_EQ(now()[Term::grouped_macs], macs);
  kernel.window->group = 1;
  kernel.window->kernel = {3, 3, 3};
  EXPECT_EQ(now()[Term::volume_macs], macs);
  EXPECT_EQ(now()[Term::serial_depth], 576);
}

TEST(Terms, OfQuantisingAreBytesOfTheirOwn) {
  const Kernel kernel{.kind = KernelKind::quantisation, .bytes_read = 40, .bytes_written = 10};
  EXPECT_EQ(unfused_terms(kernel)[Term::quantisation_bytes], 50);
  EXPECT_EQ(unfused_terms(kernel)[Term::arithmetic_bytes], 0);
}

TEST(Terms, OfAKernelWithoutOperationsAreThoseOfItsKind) {
  const Kernel kernel{.kind = KernelKind::normalisation, .bytes_read = 8, .bytes_written = 8};
  EXPECT_EQ(unfused_terms(kernel)[Term::normalisation_bytes], 16);
  EXPECT_EQ(fused_terms(kernel)[Term::fused_normalisation_bytes], 16);
}

TEST(Terms, OfALoopCountEachOfItsTrips) {
  workload::Workload once;
  once.kernels = {convolution(196, 32, 16)};
  workload::Workload thrice = once;
  thrice.kernels[0].runs = 3;
  const Terms one = workload::terms_of(once, once);
  const Terms three = workload::terms_of(thrice, thrice);
  const Terms run = workload::run_terms(once);
  for (std::size_t i = 0; i < term_count; ++i)
    EXPECT_DOUBLE_EQ(three.amounts[i] - run.amounts[i], 3 * (one.amounts[i] - run.amounts[i]))
        << all_terms[i].name;
}

TEST(DeviceBank, TakesAsLongAsItsDevicesDo) {
  const workload::DevicePrior prior = workload::broad_prior();
  workload::Workload work;
  work.kernels = {convolution(3136, 8, 8), convolution(196, 320, 60)};
  const Terms terms = workload::terms_of(work, work);
  Rng rng(3);
  const workload::DeviceBank bank(prior, 17, rng);
  std::vector<double> each(bank.size());
  bank.latencies(terms, each);
  Rng again(3);
  for (const double ms : each) EXPECT_NEAR(ms, prior.sample(again).milliseconds(terms), 1e-9 * ms);
}

TEST(DevicePrior, SamplesSpreadAsItsCovarianceSays) {
  const workload::DevicePrior prior = workload::broad_prior();
  constexpr std::size_t count = 20000;
  constexpr std::size_t a = static_cast<std::size_t>(Term::window_macs);
  constexpr std::size_t b = static_cast<std::size_t>(Term::window_lanes);
  Rng rng(1);
  double aa = 0;
  double ab = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const workload::SimulatedDevice device = prior.sample(rng);
    const double x = device.log_rates[a] - prior.mean[a];
    aa += x * x / count;
    ab += x * (device.log_rates[b] - prior.mean[b]) / count;
  }
  EXPECT_NEAR(aa, prior.covariance(a, a), 0.05 * prior.covariance(a, a));
  EXPECT_NEAR(ab, prior.covariance(a, b), 0.05 * prior.covariance(a, a));
  EXPECT_EQ(prior.covariance(a, b), prior.covariance(b, a));
}

}  // namespace
}  // namespace hale
