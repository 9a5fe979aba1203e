#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <hale/core/random.hpp>
#include <hale/graph/ir.hpp>
#include <hale/numeric/tensor.hpp>
#include <hale/runtime/codes.hpp>
#include <hale/runtime/spaces.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hale::runtime {
namespace {

using Strings = std::vector<std::string>;
constexpr auto searched = spaces().first(spaces().size() - 1);
constexpr const SpaceEntry& any_graph = spaces().back();

TEST(spaces, each_recognises_what_it_emits) {
  Rng rng(5);
  for (const SpaceEntry& entry : searched)
    for (int i = 0; i < 10; ++i) {
      const std::string arch = entry.sample(rng);
      const auto graph = entry.emit(arch, 4);
      ASSERT_TRUE(graph) << graph.error().message;
      const auto recognition = recognise_searched(spaces(), *lift::read(*graph));
      ASSERT_TRUE(recognition) << recognition.error().message;
      EXPECT_EQ(recognition->space, entry.name);
      EXPECT_EQ(recognition->batch, 4U);
      EXPECT_EQ(recognition->differences, Strings{}) << arch;
      EXPECT_EQ(recognition->assumptions, Strings{}) << arch;
      // The canonical architecture stands for the same graph.
      const auto again =
          recognise_searched(spaces(), *lift::read(*entry.emit(recognition->archs.front(), 4)));
      ASSERT_TRUE(again);
      EXPECT_EQ(again->archs, recognition->archs);
    }
}

TEST(spaces, each_reads_writes_and_encodes_its_architectures) {
  Rng rng(6);
  for (const SpaceEntry& entry : spaces()) {
    const std::string arch = entry.canonical(entry.sample(rng)).value_or("");
    EXPECT_EQ(entry.canonical(arch).value_or(""), arch);
    const auto codes = entry.encode(arch);
    ASSERT_TRUE(codes);
    EXPECT_GT(codes->size(), 0U);
    EXPECT_FALSE(entry.canonical("nothing"));
    EXPECT_FALSE(entry.encode("nothing"));
    EXPECT_FALSE(entry.emit("nothing", 1));
    EXPECT_EQ((*find_space(spaces(), entry.name))->name, entry.name);
  }
  const auto unknown = find_space(spaces(), "nasbench301");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message,
            "no space 'nasbench301'; there are: nasbench201, fbnet, ofa-mobilenetv3, graph");
}

TEST(spaces, what_a_searched_one_encodes_is_a_code_of_its) {
  Rng rng(8);
  for (const SpaceEntry& entry : searched) {
    const Strings archs = {entry.sample(rng)};
    const auto encoded = entry.encode(archs[0]);
    ASSERT_TRUE(encoded);
    auto codes = numeric::filled<std::uint8_t>({1, encoded->size()});
    std::copy(encoded->begin(), encoded->end(), codes.begin());
    const auto back = archs_of_codes(entry.name, codes);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(entry.encode(back->front()), encoded);
    EXPECT_EQ(codes_of_archs(entry.name, entry.encoder, archs), codes);
  }
}

/// What a graph of one space differs by from the network that was measured.
template <class Entry, class Lowered>
Strings differences(const Entry& entry, const Lowered& graph) {
  const auto recognition = entry.recognise(*lift::read(graph));
  return recognition ? recognition->differences : Strings{recognition.error().message};
}

TEST(spaces, another_macro_structure_is_said_to_differ) {
  EXPECT_EQ(differences(**find_space(spaces(), "nasbench201"),
                        lower::nasbench201(space::NasBench201::at(7777),
                                           {.channels = {4, 8, 16}, .cells = {2, 2, 2}})),
            (Strings{"channels 4/8/16, measured with 16/32/64",
                     "cells a stage 2/2/2, measured with 5/5/5"}));
  EXPECT_EQ(differences(**find_space(spaces(), "fbnet"),
                        lower::fbnet({}, {.stem_stride = 2,
                                          .strides = {1, 2, 2, 2, 1, 2, 1},
                                          .head = 1984,
                                          .height = 224,
                                          .width = 224})),
            (Strings{"stem's stride 2, measured with 1",
                     "strides 1/2/2/2/1/2/1, measured with 1/1/2/2/1/2/1",
                     "head 1984, measured with 1504", "resolution 224x224, measured with 32x32"}));
  EXPECT_EQ(differences(**find_space(spaces(), "ofa-mobilenetv3"),
                        lower::ofa_mobilenet_v3({}, {.stem = 16,
                                                     .first = 16,
                                                     .channels = {24, 40, 80, 112, 160},
                                                     .expanded = 960,
                                                     .features = 1280,
                                                     .height = 96,
                                                     .width = 128})),
            (Strings{"stem 16, measured with 24", "first block 16, measured with 24",
                     "channels 24/40/80/112/160, measured with 32/48/96/136/192",
                     "head 960, measured with 1152", "features 1280, measured with 1536",
                     "resolution 96x128, measured with 128x128"}));
}

TEST(spaces, a_graph_of_no_searched_one_is_any_graph) {
  const graph::Graph graph = *lower::named_network("text-encoder/3");
  const lift::Reading reading = *lift::read(graph);
  const auto none = recognise_searched(spaces(), reading);
  ASSERT_FALSE(none);
  const std::string& message = none.error().message;
  EXPECT_TRUE(message.starts_with("lies in no searched space (not nasbench201: ")) << message;
  EXPECT_NE(message.find("; not fbnet: "), std::string::npos);
  EXPECT_NE(message.find("; not ofa-mobilenetv3: "), std::string::npos);
  const auto any = any_graph.recognise(reading);
  ASSERT_TRUE(any) << any.error().message;
  EXPECT_EQ(any->space, "graph");
  EXPECT_EQ(any->archs, Strings{});
  const auto subject = any_graph.subject("text-encoder/3");
  ASSERT_TRUE(subject) << subject.error().message;
  EXPECT_EQ(*subject->network, *reading.network);
  EXPECT_EQ(reading.cost.covered, 1);
  EXPECT_TRUE(reading.uncovered().empty());
}

TEST(spaces, a_graph_without_operations_is_refused) {
  const lift::Reading reading = *lift::read(graph::Graph{});
  EXPECT_FALSE(recognise_searched(spaces(), reading));
  const auto recognition = any_graph.recognise(reading);
  ASSERT_FALSE(recognition);
  EXPECT_NE(recognition.error().message.find("no operation"), std::string::npos);
}

}  // namespace
}  // namespace hale::runtime
