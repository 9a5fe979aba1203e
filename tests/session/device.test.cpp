#include <gtest/gtest.h>

#include <cmath>
#include <hale/graph/builder.hpp>
#include <hale/hale.hpp>
#include <hale/io/profile.hpp>
#include <hale/lower/families.hpp>
#include <hale/onnx.hpp>
#include <hale/table.hpp>
#include <numeric>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "allocations.hpp"

namespace hale::session {
namespace {

Device device_named(const std::string& name) {
  auto device = open_device(name);
  EXPECT_TRUE(device) << device.error().message;
  return *std::move(device);
}

Model network(std::string_view name, Inputs inputs = {}) {
  auto model = make_model(*lower::named_network(name), std::move(inputs), std::string(name));
  EXPECT_TRUE(model) << model.error().message;
  return *std::move(model);
}

void expect_same(const Prediction& a, const Prediction& b) {
  EXPECT_EQ(a.median, b.median);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_EQ(a.verdict, b.verdict);
}

TEST(Device, TimesOfKernelsAddUpToTheLatency) {
  const Device device = device_named("default");
  EXPECT_EQ(device.name(), "onnxruntime-1.22-all-1t");
  const auto answer = device.answer(network("residual/3"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->space, "graph");
  EXPECT_EQ(answer->model, "residual/3");
  EXPECT_GT(answer->prediction.median.value, 0);
  ASSERT_GT(answer->kernels.size(), 3U);
  const double sum =
      std::accumulate(answer->kernels.begin(), answer->kernels.end(), 0.0,
                      [](double so_far, const KernelTime& one) { return so_far + one.ms; });
  EXPECT_NEAR(sum, answer->prediction.median.value, 1e-9 * sum);
  const auto without = device.answer(network("residual/3"), {.kernels = false});
  ASSERT_TRUE(without);
  EXPECT_TRUE(without->kernels.empty());
  expect_same(without->prediction, answer->prediction);
}

TEST(BuiltInDevices, KeepTheKernelsOfWhatWasMeasured) {
  using workload::NetworkParts;
  const Catalogue& catalogue = built_in();
  std::size_t networks = 0;
  constexpr std::size_t own = 32;  // of the searched spaces and of hale's corpus
  constexpr std::size_t each = 8;  // of the public tables
  const auto& files = catalogue.contents().devices;
  for (std::size_t i = 0; i < files.size(); i += i < own ? 1 : each) {
    const BuiltIn& file = files[i];
    const auto by_terms = catalogue.built_in_device(file.name);
    const auto whole = catalogue.built_in_device(file.name, NetworkParts::kernels);
    ASSERT_TRUE(by_terms && *by_terms) << file.name;
    ASSERT_TRUE(whole && *whole) << file.name;
    for (std::size_t s = 0; s < (*whole)->sections.size(); ++s) {
      const device::ProfileSection& section = (*whole)->sections[s];
      for (std::size_t m = 0; m < section.measurements.size(); ++m) {
        const workload::SharedNetwork& network = section.measurements[m].network;
        EXPECT_EQ(network != nullptr, section.space == "graph") << file.name;
        if (network == nullptr) continue;
        EXPECT_FALSE(network->unfused.kernels.empty()) << file.name;
        EXPECT_EQ(network->terms, (*by_terms)->sections[s].measurements[m].network->terms);
        ++networks;
      }
    }
    const auto written = io::parse_profile(io::serialise_profile(**whole));
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(*written, **whole) << file.name;
  }
  EXPECT_GE(networks, 1000U);
}

TEST(BuiltInDevices, AreFoundByAliasesAndNoneIsMadeUp) {
  const auto alias = built_in().built_in_device("raspberry-pi-4");
  ASSERT_TRUE(alias && *alias);
  EXPECT_EQ((*alias)->name, "raspi4");
  const auto none = built_in().built_in_device("no-such-device");
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

TEST(Device, ReadsAModelOnceForEachBatchThatIsAskedFor) {
  graph::Builder builder("open");
  const graph::ValueId x = builder.input(
      "x", graph::Type{graph::ElementType::f32, std::vector{graph::Dim{}, graph::Dim{64}}});
  const graph::ValueId w =
      builder.weight("w", graph::tensor_type(graph::ElementType::f32, {64, 32}));
  builder.output(*builder.add("MatMul", {x, w}), "y");
  const Model open = *make_model(*std::move(builder).finish());
  EXPECT_EQ(open.batch(), std::nullopt);
  const auto one = open.at(1);
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(*one, *open.at(1));
  EXPECT_NE(*one, *open.at(4));
  EXPECT_EQ((*one)->reading.cost.macs, 64U * 32U);
  EXPECT_EQ((*open.at(4))->reading.cost.macs, 4U * 64U * 32U);
  const Model fixed = network("residual/3");
  EXPECT_EQ(*fixed.at(1), *fixed.at(4));
}

TEST(Device, AnswersANetworkOfASearchedSpaceByItsOwnBase) {
  const Device device = device_named("gold_6226");
  const std::string_view arch =
      "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|nor_conv_1x1~0|nor_conv_3x3~1|"
      "avg_pool_3x3~2|";
  const auto emitted = (*built_in().find_space("nasbench201"))->emit(arch, 1);
  ASSERT_TRUE(emitted) << emitted.error().message;
  const auto answer = device.answer(*make_model(*emitted));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->space, "nasbench201");
  EXPECT_EQ(answer->arch, arch);
  Prediction predicted;
  ASSERT_TRUE(device.score("nasbench201", std::span(&arch, 1), {&predicted, 1}));
  expect_same(answer->prediction, predicted);
}

TEST(Device, RefusesWhatItWasNotMeasuredFor) {
  const Device device = device_named("fpga");
  const auto answer = device.answer(network("text-encoder/1"));
  ASSERT_FALSE(answer);
  EXPECT_TRUE(
      answer.error().message.starts_with("text-encoder/1: device 'fpga' was measured for searched "
                                         "spaces alone, not for 'graph': the graph lies in "))
      << answer.error().message;
  const auto named = device.answer(network("text-encoder/1"), {.space = "fbnet"});
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().message, "text-encoder/1: lies in space 'graph', expected 'fbnet'");
  const auto ready = device.ready("graph");
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().message,
            "device 'fpga' was not measured for space 'graph'; it was measured for: nasbench201, "
            "fbnet");
}

TEST(Device, RefusesAModelOfWhichLessThanHalfCanBeCosted) {
  graph::Builder builder("mostly unknown");
  graph::ValueId x = builder.input("x", graph::tensor_type(graph::ElementType::f32, {1, 8}));
  x = *builder.add("Relu", {x});
  for (int i = 0; i < 3; ++i) {
    const auto results = builder.add(
        graph::NewOperation{.name = "Mystery",
                            .operands = {x},
                            .domain = "com.example",
                            .types = {graph::tensor_type(graph::ElementType::f32, {1, 8})}});
    ASSERT_TRUE(results) << results.error().message;
    x = results->front();
  }
  builder.output(x, "y");
  const auto answer = device_named("default").answer(*make_model(*std::move(builder).finish()));
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().message.starts_with(
      "the cost of 25 % of its operations is known, expected at least 50 %: com.example.Mystery"))
      << answer.error().message;
}

TEST(Device, SaysWhichInputHasNoFixedSize) {
  using graph::Dim;
  graph::Builder builder("open");
  const graph::ValueId x = builder.input(
      "x", {graph::ElementType::f32,
            std::vector{Dim{Dim::open, "N"}, Dim{3}, Dim{Dim::open, "S"}, Dim{Dim::open, "S"}}});
  builder.output(*builder.add("Relu", {x}), "y");
  const auto answer = device_named("default").answer(*make_model(*std::move(builder).finish()));
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().message.ends_with(
      "; the size of input 'x' is not fixed: give dim S=N, a number for each N"))
      << answer.error().message;
}

TEST(Device, SaysWhereAModelIsOfAnotherPrecision) {
  graph::Builder builder("half");
  const graph::ValueId x = builder.input("x", graph::tensor_type(graph::ElementType::f16, {1, 64}));
  const graph::ValueId w =
      builder.weight("w", graph::tensor_type(graph::ElementType::f16, {64, 32}));
  builder.output(*builder.add("MatMul", {x, w}), "y");
  const auto answer = device_named("default").answer(*make_model(*std::move(builder).finish()));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->prediction.verdict, Verdict::extrapolating);
  EXPECT_EQ(answer->assumptions,
            std::vector<std::string>{"100 % of its multiply-adds are in f16, the device was "
                                     "measured in f32: answered as if all were in f32"});
}

TEST(Device, GivesEightThreadsWhatItGivesOne) {
  const Device device = device_named("default");
  const Device searched = device_named("raspi4");
  std::vector<Model> models;
  for (const lower::Family& family : lower::all_families)
    models.push_back(network(concat(family.name, "/2")));
  Rng rng(3);
  const runtime::SpaceEntry& space = **built_in().find_space("nasbench201");
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i) texts.push_back(space.sample(rng));
  const std::vector<std::string_view> archs(texts.begin(), texts.end());
  struct Found {
    std::vector<Prediction> graphs{};
    std::vector<Prediction> archs{};
  };
  const auto ask = [&](Found& found) {
    for (const Model& model : models) found.graphs.push_back(device.answer(model)->prediction);
    found.archs.resize(archs.size());
    EXPECT_TRUE(searched.score("nasbench201", archs, found.archs));
  };
  std::vector<Found> found(9);
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < found.size(); ++i) threads.emplace_back(ask, std::ref(found[i]));
  for (std::thread& thread : threads) thread.join();
  ask(found[0]);
  for (std::size_t i = 1; i < found.size(); ++i) {
    for (std::size_t m = 0; m < models.size(); ++m)
      expect_same(found[i].graphs[m], found[0].graphs[m]);
    for (std::size_t a = 0; a < archs.size(); ++a)
      expect_same(found[i].archs[a], found[0].archs[a]);
  }
}

TEST(Device, AnswersManyModelsOnManyDevicesAsATable) {
  const std::vector<Model> models = {network("residual/3"), network("text-encoder/2"),
                                     network("depthwise/5")};
  const std::vector<Device> devices = {device_named("default"), device_named("fpga")};
  const AnswerTable table = hale::answer(models, devices, {.threads = 2});
  ASSERT_EQ(table.median_ms.shape(0), 3U);
  ASSERT_EQ(table.median_ms.shape(1), 2U);
  for (std::size_t m = 0; m < models.size(); ++m) {
    const Prediction alone = devices[0].answer(models[m])->prediction;
    EXPECT_EQ(table.median_ms(m, 0), alone.median.value);
    EXPECT_EQ(table.low_ms(m, 0), alone.low.value);
    EXPECT_EQ(table.high_ms(m, 0), alone.high.value);
    EXPECT_EQ(table.reasons[2 * m], "");
    EXPECT_TRUE(std::isnan(table.median_ms(m, 1)));
    EXPECT_TRUE(table.reasons[2 * m + 1].starts_with(
        concat(models[m].name(), ": device 'fpga' was measured for searched")));
  }
}

TEST(Device, AnswersTheOthersWhereAModelIsTooLargeForMemory) {
  constexpr std::size_t large = std::size_t{1} << 24;
  graph::Builder builder("large");
  const graph::ValueId x =
      builder.input(std::string(large, 'x'), graph::tensor_type(graph::ElementType::f32, {1, 8}));
  builder.output(*builder.add("Relu", {x}), "y");
  const std::vector<Model> models = {network("residual/3"),
                                     *make_model(*std::move(builder).finish(), {}, "large.onnx"),
                                     network("depthwise/5")};
  const std::vector<Device> devices = {device_named("default"), device_named("opencv-5.0-1t-xeon")};
  const SmallMemory memory(large - 1);
  for (const std::size_t threads : {std::size_t{1}, std::size_t{2}}) {
    const AnswerTable table = hale::answer(models, devices, {.threads = threads});
    for (std::size_t m = 0; m < models.size(); ++m)
      for (std::size_t d = 0; d < devices.size(); ++d) {
        EXPECT_EQ(std::isnan(table.median_ms(m, d)), m == 1) << m << " " << d;
        EXPECT_EQ(table.reasons[2 * m + d],
                  m == 1 ? "large.onnx: is too large for this machine's memory" : "");
      }
  }
}

TEST(Device, AllocatesNothingForAnArchitectureOnceWarm) {
  Rng rng(4);
  for (const auto& [name, space] : {std::pair("raspi4", "nasbench201"),
                                    {"raspi4", "fbnet"},
                                    {"titan_rtx_64", "ofa-mobilenetv3"}}) {
    const Device device = device_named(name);
    const std::string text = (*built_in().find_space(space))->sample(rng);
    const std::string_view arch = text;
    Prediction predicted;
    ASSERT_TRUE(device.score(space, std::span(&arch, 1), {&predicted, 1}));
    const std::size_t before = allocations();
    const bool is_answered = device.score(space, std::span(&arch, 1), {&predicted, 1}).has_value();
    EXPECT_EQ(allocations() - before, 0U) << space;
    EXPECT_TRUE(is_answered);
  }
}

TEST(Device, AllocatesForAGraphNoMoreThanItReturnsOnceWarm) {
  const Device device = device_named("default");
  for (const lower::Family& family : lower::all_families)
    for (const bool kernels : {false, true}) {
      const Model model = network(concat(family.name, "/2"));
      const AnswerOptions options{.kernels = kernels, .space = "graph"};
      const auto first = device.answer(model, options);
      ASSERT_TRUE(first) << first.error().message;
      std::size_t before = allocations();
      const Answer copy = *first;
      const std::size_t returned = allocations() - before;
      EXPECT_GT(returned, 0U);
      before = allocations();
      const auto again = device.answer(model, options);
      EXPECT_LE(allocations() - before, returned) << family.name << ", kernels " << kernels;
      ASSERT_TRUE(again);
      expect_same(again->prediction, copy.prediction);
    }
}

TEST(Device, GivesABatchOfGraphsWhatItGivesEachAndAllocatesForItOnce) {
  const Device device = device_named("default");
  std::vector<device::Subject> subjects;
  for (const lower::Family& family : lower::all_families)
    subjects.push_back(*(*built_in().find_space("graph"))->subject(concat(family.name, "/2")));
  std::vector<const device::Subject*> asked;
  for (const device::Subject& each : subjects) asked.push_back(&each);
  std::vector<Prediction> found(asked.size());
  ASSERT_TRUE(device.score("graph", asked, found));
  const std::size_t before = allocations();
  const bool is_answered = device.score("graph", asked, found).has_value();
  EXPECT_LE(allocations() - before, 1U);  // the list of networks
  EXPECT_TRUE(is_answered);
  for (std::size_t i = 0; i < asked.size(); ++i)
    expect_same(found[i], device.answer(network(subjects[i].arch), {.space = "graph"})->prediction);
}

TEST(Device, IsFoundByAnAliasAndKnowsItsFacts) {
  const Device device = device_named("raspberry-pi-4");
  EXPECT_EQ(device.name(), "raspi4");
  EXPECT_EQ(device.profile().facts.hardware, "Raspberry Pi 4");
  for (const BuiltIn& file : built_in().contents().devices) {
    const device::Facts facts = device_named(std::string(file.name)).profile().facts;
    for (const std::string* said :
         {&facts.kind, &facts.hardware, &facts.source, &facts.licence, &facts.date})
      EXPECT_NE(*said, "") << file.name;
  }
}

TEST(Device, SaysWhatOfAModelWasNeverMeasuredOnIt) {
  const Device phone = device_named("pixel-4");  // by convolutional networks alone
  const auto convolutions = phone.answer(network("residual/3"));
  ASSERT_TRUE(convolutions);
  EXPECT_EQ(convolutions->reason, "");
  const auto transformer = phone.answer(network("vision-transformer/3"));
  ASSERT_TRUE(transformer);
  EXPECT_EQ(transformer->prediction.verdict, Verdict::extrapolating);
  EXPECT_EQ(transformer->reason.substr(0, 19), "'product-macs' take") << transformer->reason;
}

TEST(Device, ByANameThatIsNoneSaysWhichAreNearestAndHowToFindOthers) {
  const std::string near = open_device("Raspbery Pi-4").error().message;
  EXPECT_TRUE(
      near.starts_with("Raspbery Pi-4: no file, and no built-in device of that name; the "
                       "nearest are raspberry-pi-4, "))
      << near;
  EXPECT_TRUE(near.ends_with("; 'hale devices WORD' finds others")) << near;
  EXPECT_EQ(open_device("abacus").error().message,
            "abacus: no file, and no built-in device of that name; 'hale devices' lists those "
            "there are");
}

}  // namespace
}  // namespace hale::session
