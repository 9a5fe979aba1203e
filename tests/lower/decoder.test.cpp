#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/cost.hpp>
#include <hale/lift/read.hpp>
#include <hale/lower/decoder.hpp>
#include <hale/session/inputs.hpp>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace hale::lower {

// What GoogleTest shows of a parameter; found by the argument's namespace.
inline void PrintTo(const Decoder& decoder, std::ostream* out) { *out << decoder.name; }

namespace {

using workload::Kernel;
using workload::KernelKind;

/// One run: how many texts, how many tokens each has in the cache, and how many are new.
struct Step {
  std::uint64_t batch;
  std::uint64_t past;
  std::uint64_t sequence;
};
constexpr Step prefill = {1, 0, 128};
constexpr Step decode = {1, 511, 1};
constexpr Step steps[] = {prefill, {4, 0, 128}, decode, {4, 511, 1}};

/// The parameters that the models' pages state.
const std::map<std::string_view, std::uint64_t> published = {
    {"gpt2", 124'439'808},       {"llama-3.2-1b", 1'235'814'400}, {"qwen-2.5-0.5b", 494'032'768},
    {"gemma-2b", 2'506'172'416}, {"phi-2", 2'779'683'840},        {"mixtral-8x7b", 46'702'792'704}};

/// What a decoder takes by closed formulas.
struct Formulas {
  const Decoder& of;

  [[nodiscard]] static std::uint64_t count(std::int64_t extent) {
    return static_cast<std::uint64_t>(extent);
  }
  [[nodiscard]] bool is_fused() const { return of.form == DecoderForm::fused; }
  [[nodiscard]] bool has_experts() const { return of.feed_forward == FeedForward::experts; }
  [[nodiscard]] std::uint64_t layers() const { return count(of.layers); }
  [[nodiscard]] std::uint64_t width() const { return count(of.width); }
  [[nodiscard]] std::uint64_t queries() const { return count(of.heads * of.head_width); }
  [[nodiscard]] std::uint64_t keys() const { return count(of.key_heads * of.head_width); }

  /// The weights of products.
  [[nodiscard]] std::uint64_t projections() const {
    return 2 * width() * queries() + 2 * width() * keys();
  }
  [[nodiscard]] std::uint64_t feed_forward(std::int64_t experts) const {
    const std::uint64_t matrices = of.feed_forward == FeedForward::plain ? 2 : 3;
    const std::uint64_t router = has_experts() ? width() * count(of.experts) : 0;
    return router + count(experts) * matrices * width() * count(of.inner);
  }
  [[nodiscard]] std::uint64_t table() const { return count(of.vocabulary) * width(); }
  [[nodiscard]] std::uint64_t weights() const {
    return layers() * (projections() + feed_forward(of.experts)) + table();
  }
  [[nodiscard]] std::uint64_t biases() const {
    return layers() *
               ((of.query_bias ? queries() + 2 * keys() : 0) + (of.output_bias ? width() : 0) +
                (of.inner_bias ? count(of.inner) + width() : 0)) +
           (of.head_bias ? count(of.vocabulary) : 0);
  }
  [[nodiscard]] std::uint64_t norms() const { return layers() * (of.parallel ? 1 : 2) + 1; }

  [[nodiscard]] std::uint64_t parameters() const {
    return weights() + biases() + (of.tied ? 0 : table()) +
           norms() * width() * (of.norm == DecoderNorm::layer ? 2 : 1) +
           (of.learned_places ? count(of.places) * width() : 0);
  }
  /// Numbers that a plain export keeps beside the parameters: the frequencies of turning.
  [[nodiscard]] std::uint64_t frequencies() const {
    return is_fused() ? 0 : count(of.turned()) / 2;
  }

  /// A plain export computes all experts, the fused one those that a router chose.
  [[nodiscard]] std::uint64_t macs(const Step& step) const {
    const std::uint64_t tokens = step.batch * step.sequence;
    const std::uint64_t used = feed_forward(is_fused() ? of.chosen : of.experts);
    const std::uint64_t met = step.batch * step.sequence * (step.past + step.sequence);
    return tokens * (layers() * (projections() + used) + table()) + layers() * met * 2 * queries() +
           step.sequence * frequencies();
  }

  /// f32, or four bits with an f32 scale for 32 of them and biases in the same operation. Where a
  /// router chooses, of as many experts as the tokens may have chosen.
  [[nodiscard]] std::uint64_t weight_bytes(const Step& step) const {
    if (!is_fused()) return weights() * 4;
    const std::uint64_t most = step.batch * step.sequence * count(of.chosen);
    const auto met = static_cast<std::int64_t>(std::min(most, count(of.experts)));
    const std::uint64_t read = layers() * (projections() + feed_forward(met)) + table();
    return read / 2 + read / 32 * 4 + biases() * 4;
  }
  /// A row of cosines and of sines for each token, in each layer's attention.
  [[nodiscard]] std::uint64_t angle_bytes(const Step& step) const {
    if (of.turned() != of.head_width) return 0;
    return layers() * step.batch * step.sequence * count(of.turned()) * 4;
  }
  /// Of keys and values of all layers.
  [[nodiscard]] std::uint64_t cache_bytes(const Step& step, std::uint64_t places) const {
    return layers() * 2 * step.batch * places * keys() * 4;
  }
  [[nodiscard]] std::uint64_t new_bytes(const Step& step) const {
    return layers() * step.batch * step.sequence * queries() * 4;
  }
};

/// The graph with the extents of a step.
graph::Graph at(graph::Graph graph, const Step& step) {
  const std::map<std::string, std::uint64_t> extents = {
      {"batch", step.batch}, {"past", step.past}, {"sequence", step.sequence}};
  for (const graph::ValueId id : graph.body().inputs)
    for (graph::Dim& dim : *graph.value(id).type.dims)
      if (!dim.is_static()) dim = {static_cast<std::int64_t>(extents.at(dim.symbol))};
  return graph;
}

/// A sum over the kernels that are chosen.
template <class Choose, class Figure>
std::uint64_t sum(const workload::Workload& work, const Choose& choose, const Figure& figure) {
  std::uint64_t total = 0;
  for (const Kernel& kernel : work.kernels)
    if (choose(kernel)) total += figure(kernel);
  return total;
}
std::uint64_t once(const Kernel&) { return 1; }
std::uint64_t count_of(const workload::Workload& work, KernelKind kind) {
  return sum(
      work, [kind](const Kernel& each) { return each.kind == kind; }, once);
}
bool holds_norm(const Kernel& kernel) {
  return std::any_of(kernel.operations.begin(), kernel.operations.end(),
                     [](std::string_view each) { return each.ends_with("Normalization"); });
}
std::uint64_t uncached(const Kernel& kernel) { return kernel.bytes_read - kernel.weight_bytes; }
std::uint64_t written(const Kernel& kernel) { return kernel.bytes_written; }

class Decoders : public testing::TestWithParam<std::tuple<Decoder, DecoderForm>> {
 protected:
  void SetUp() override {
    decoder_ = std::get<0>(GetParam());
    decoder_.form = std::get<1>(GetParam());
    auto made = decoder(decoder_);
    ASSERT_TRUE(made) << made.error().message;
    graph_ = *std::move(made);
  }
  /// Each step's reading.
  template <class Check>
  void for_each_step(const Check& check) const {
    for (const Step& step : steps) {
      SCOPED_TRACE(concat("batch ", step.batch, ", past ", step.past, ", new ", step.sequence));
      const auto reading = lift::read(at(graph_, step));
      ASSERT_TRUE(reading) << reading.error().message;
      check(*reading, step);
    }
  }

  Decoder decoder_;
  Formulas formulas_{decoder_};
  graph::Graph graph_;
};

TEST_P(Decoders, have_the_parameters_that_were_published) {
  EXPECT_EQ(formulas_.parameters(), published.at(decoder_.name));
  EXPECT_EQ(graph::parameters(graph_).total, formulas_.parameters() + formulas_.frequencies());
  for_each_step([&](const lift::Reading& reading, const Step&) {
    EXPECT_EQ(reading.cost.parameters, formulas_.parameters() + formulas_.frequencies());
  });
}

TEST_P(Decoders, multiply_as_the_formula_says_and_every_operation_is_costed) {
  for_each_step([&](const lift::Reading& reading, const Step& step) {
    EXPECT_EQ(reading.cost.macs, formulas_.macs(step));
    EXPECT_EQ(reading.cost.covered, 1);
    for (const workload::Uncovered& each : reading.uncovered())
      ADD_FAILURE() << each.operation << " at " << each.location << ": " << each.reason;
  });
}

TEST_P(Decoders, read_each_weight_of_a_product_once_whatever_the_tokens) {
  for_each_step([&](const lift::Reading& reading, const Step& step) {
    const auto is_product = [](const Kernel& each) {
      return each.kind == KernelKind::matrix_product && each.location != "angles";
    };
    EXPECT_EQ(sum(reading.network->unfused, is_product,
                  [](const Kernel& each) { return each.weight_bytes; }),
              formulas_.weight_bytes(step));
  });
}

TEST_P(Decoders, read_the_cache_and_write_it_with_the_new_tokens) {
  for_each_step([&](const lift::Reading& reading, const Step& step) {
    const workload::Workload& work = reading.network->unfused;
    const std::uint64_t total = step.past + step.sequence;
    if (decoder_.form == DecoderForm::fused) {
      const auto attends = [](const Kernel& each) { return each.kind == KernelKind::attention; };
      EXPECT_EQ(sum(work, attends, uncached),
                formulas_.cache_bytes(step, total) + formulas_.new_bytes(step));
      const std::uint64_t lengths = formulas_.layers() * (step.batch + 1) * 4;
      EXPECT_EQ(sum(work, attends, [](const Kernel& each) { return each.weight_bytes; }),
                formulas_.angle_bytes(step) + lengths);
      EXPECT_EQ(sum(work, attends, written),
                formulas_.cache_bytes(step, total) + formulas_.new_bytes(step));
    } else {
      const auto grows = [](const Kernel& each) { return each.location.starts_with("present."); };
      EXPECT_EQ(sum(work, grows, uncached), formulas_.cache_bytes(step, total));
      EXPECT_EQ(sum(work, grows, written), formulas_.cache_bytes(step, total));
    }
    EXPECT_EQ(work.input_bytes,
              formulas_.cache_bytes(step, step.past) + step.batch * step.sequence * 8);
    EXPECT_EQ(work.output_bytes,
              formulas_.cache_bytes(step, total) +
                  step.batch * step.sequence * static_cast<std::uint64_t>(decoder_.vocabulary) * 4);
  });
}

TEST_P(Decoders, give_logits_and_caches_of_the_shapes_that_follow) {
  for_each_step([&](const lift::Reading& reading, const Step& step) {
    const std::vector<graph::ValueId>& outputs = reading.graph.body().outputs;
    ASSERT_EQ(outputs.size(), 1 + 2 * static_cast<std::size_t>(decoder_.layers));
    const auto shape = [&](std::size_t i) {
      return graph::describe(reading.graph.value(outputs[i]).type);
    };
    EXPECT_EQ(shape(0), concat(step.batch, "x", step.sequence, "x", decoder_.vocabulary));
    for (std::size_t i = 1; i < outputs.size(); ++i)
      EXPECT_EQ(shape(i), concat(step.batch, "x", decoder_.key_heads, "x",
                                 step.past + step.sequence, "x", decoder_.head_width));
  });
}

TEST_P(Decoders, become_one_kernel_a_product_a_norm_and_an_attention) {
  const std::uint64_t attention = decoder_.joint_projection ? 2 : 4;
  std::uint64_t feed_forward = decoder_.feed_forward == FeedForward::plain ? 2 : 3;
  if (decoder_.feed_forward == FeedForward::experts)
    feed_forward = decoder_.form == DecoderForm::fused ? 2 : 4;  // a router, then the experts
  const std::uint64_t angles = formulas_.frequencies() > 0 ? 1 : 0;
  for_each_step([&](const lift::Reading& reading, const Step&) {
    const workload::Workload& work = reading.network->fused;
    EXPECT_EQ(count_of(work, KernelKind::matrix_product),
              formulas_.layers() * (attention + feed_forward) + 1 + angles);
    EXPECT_EQ(count_of(work, KernelKind::attention), formulas_.layers());
    // The sum before a norm may be its kernel's first operation.
    EXPECT_EQ(sum(work, holds_norm, once), formulas_.norms());
  });
}

TEST_P(Decoders, take_their_open_dimensions_by_name) {
  graph::Graph graph = graph_;
  const session::Inputs inputs{.dims = {{"batch", 4}, {"past", 511}, {"sequence", 1}}};
  const auto applied = session::apply(inputs, graph);
  ASSERT_TRUE(applied) << applied.error().message;
  const auto named = lift::read(std::move(graph));
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->cost.macs, formulas_.macs({4, 511, 1}));
  EXPECT_EQ(named->cost.covered, 1);
}

INSTANTIATE_TEST_SUITE_P(published, Decoders,
                         testing::Combine(testing::ValuesIn(published_decoders),
                                          testing::Values(DecoderForm::plain, DecoderForm::fused)),
                         [](const testing::TestParamInfo<std::tuple<Decoder, DecoderForm>>& each) {
                           std::string name(std::get<0>(each.param).name);
                           std::replace_if(
                               name.begin(), name.end(),
                               [](char c) { return c == '-' || c == '.'; }, '_');
                           return name + (std::get<1>(each.param) == DecoderForm::fused ? "_fused"
                                                                                        : "_plain");
                         });

TEST(decoder, leaves_batch_past_and_sequence_open) {
  const auto graph = decoder(decoders::llama_3_2_1b);
  ASSERT_TRUE(graph) << graph.error().message;
  const auto shape = [&](graph::ValueId id) { return graph::describe(graph->value(id).type); };
  EXPECT_EQ(shape(graph->body().inputs[0]), "batchxsequence");
  EXPECT_EQ(shape(graph->body().inputs[1]), "batchx8xpastx64");
  EXPECT_EQ(shape(graph->body().outputs[1]), "batchx8xpast + sequencex64");
  EXPECT_EQ(graph->value(graph->body().outputs[2]).name, "present.0.value");
}

TEST(decoder, decodes_after_a_prefill_as_if_all_tokens_were_new_but_for_what_is_kept) {
  // 129 tokens in one run take as much as 128 and then one after them, and the keys that the first
  // 128 of them meet beyond their prefix.
  for (Decoder each : published_decoders) {
    SCOPED_TRACE(each.name);
    each.form = DecoderForm::fused;
    each.layers = 2;
    const auto graph = decoder(each);
    ASSERT_TRUE(graph) << graph.error().message;
    const auto macs = [&](const Step& step) { return lift::read(at(*graph, step))->cost.macs; };
    const auto met = static_cast<std::uint64_t>(2 * each.layers * each.heads * each.head_width);
    EXPECT_EQ(macs({1, 0, 129}), macs({1, 0, 128}) + macs({1, 128, 1}) + 128 * met);
  }
}

TEST(decoder, follows_the_formulas_whatever_is_combined) {
  const Decoder base = {.name = "small", .layers = 2, .heads = 4, .head_width = 32};
  std::size_t combined = 0;
  for (unsigned options = 0; options < 1U << 7; ++options) {
    const auto has = [options](unsigned bit) { return (options >> bit & 1U) != 0; };
    Decoder each = base;
    each.form = has(0) ? DecoderForm::fused : DecoderForm::plain;
    each.feed_forward = has(1) ? FeedForward::experts : FeedForward::plain;
    each.experts = has(1) ? 4 : 1;
    each.key_heads = has(2) ? 2 : 4;
    each.turned_share = has(3) ? 0.25 : 1;
    each.learned_places = has(4);
    each.joint_projection = has(5);
    each.parallel = each.tied = each.gelu = each.query_bias = has(6);
    SCOPED_TRACE(options);
    const auto graph = decoder(each);
    ASSERT_TRUE(graph) << graph.error().message;
    const Formulas formulas{each};
    EXPECT_EQ(graph::parameters(*graph).total, formulas.parameters() + formulas.frequencies());
    const auto reading = lift::read(at(*graph, {2, 5, 3}));
    ASSERT_TRUE(reading) << reading.error().message;
    EXPECT_EQ(reading->cost.macs, formulas.macs({2, 5, 3}));
    combined += reading->cost.covered == 1 ? 1 : 0;
  }
  EXPECT_EQ(combined, 128U);
}

TEST(decoder, says_what_does_not_fit) {
  const auto error_of = [](const Decoder& of) {
    const auto made = decoder(of);
    return made ? "no error" : made.error().message;
  };
  EXPECT_EQ(error_of({.name = "a", .layers = 0}),
            "decoder 'a': found the extent 0, expected at least 1");
  EXPECT_EQ(error_of({.name = "a", .heads = 6, .key_heads = 4}),
            "decoder 'a': found 6 heads, expected a multiple of the 4 of keys");
  EXPECT_EQ(error_of({.name = "a", .head_width = 10, .turned_share = 0.5}),
            "decoder 'a': found 5 turned numbers of a head, expected an even count of at most 10");
  EXPECT_EQ(error_of({.name = "a", .experts = 2, .chosen = 3}),
            "decoder 'a': found 3 chosen experts, expected at most 2");
  EXPECT_EQ(error_of({.name = "a", .width = 40, .form = DecoderForm::fused}),
            "decoder 'a': found the width 40, expected a multiple of 32");
  EXPECT_EQ(error_of({.name = "a", .width = 40}), "no error");
}

}  // namespace
}  // namespace hale::lower
