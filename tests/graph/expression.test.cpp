#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/graph/expression.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {
namespace {

using Names = std::vector<std::string>;

const NamedExtents given = {{"N", 7}, {"past", 96}, {"seq", 32}, {"batch-size", 4},   {"a", 9},
                            {"b", 2}, {"dim.3", 5}, {"zero", 0}, {"most", 2147483647}};

TEST(Expression, NamesStandEachOnce) {
  EXPECT_EQ(names("seq"), Names{"seq"});
  EXPECT_EQ(names("past + seq"), (Names{"past", "seq"}));
  EXPECT_EQ(names("floor((H + 2 * pad - 3) / 2) + H"), (Names{"H", "pad"}));
  EXPECT_EQ(names("Max(1, s0//8) * max"), (Names{"s0", "max"}));
  EXPECT_EQ(names("onnx::Shape_1 + dim.3"), (Names{"onnx::Shape_1", "dim.3"}));
  EXPECT_EQ(names(""), Names{});
}

TEST(Expression, WhatIsNoExpressionIsOneName) {
  for (const char* text : {"sequence length",
                           "unk__12",
                           "dim.3",
                           "?",
                           "2x",
                           "1",
                           "-1",
                           "2 * 3",
                           "N +",
                           "(N",
                           "N)",
                           "past, seq",
                           "f(N)",
                           "floor(N, 2)",
                           "mod(N)",
                           "N ** ",
                           "batch-size",
                           "длина",
                           "1e + N",
                           "0.1.2 * N",
                           "N = 3",
                           "* N"})
    EXPECT_EQ(names(text), Names{text}) << text;
}

TEST(Expression, IsEvaluatedExactly) {
  const std::vector<std::pair<std::string, std::int64_t>> expected = {
      {"N", 7},
      {"past + seq", 128},
      {"past+seq", 128},
      {"(past + seq) * 2", 256},
      {"past + seq * 2", 160},
      {"past - seq - 1", 63},
      {"seq-1", 31},
      {"floor(N / 2)", 3},
      {"N / 2", 3},
      {"N / 2 * 2", 7},
      {"N//2*2", 6},
      {"ceil(N / 2)", 4},
      {"ceiling(N/2)", 4},
      {"CeilDiv(N, 2)", 4},
      {"FloorDiv(N, 2)", 3},
      {"round(N / 2)", 4},
      {"round(a / b)", 4},
      {"Max(1, zero)", 1},
      {"max(N, seq, past)", 96},
      {"Min(N, 3)", 3},
      {"Mod(N, 4)", 3},
      {"N % 4", 3},
      {"(zero - N) % 4", 1},
      {"N**2", 49},
      {"2**3**2 - N", 505},
      {"-2**2 + N", 3},
      {"-N + past", 89},
      {"N - -1", 8},
      {"0.5 * seq", 16},
      {"floor(N * 1.5)", 10},
      {"N * 1e-1 * 10", 7},
      {"floor(seq * 0.3333333432674408)", 10},
      {"batch-size * 2", 8},
      {"a-b*2", 5},
      {"a-b-N", 0},
      {"zero", 0},
      {"zero * most", 0},
      {"most * most", 4611686014132420609},
      {"((((N))))", 7},
      {"  N  ", 7},
  };
  for (const auto& [text, extent] : expected)
    EXPECT_EQ(evaluate(text, given), std::optional(extent)) << text;
}

TEST(Expression, IsNothingWhereItIsNotKnown) {
  for (const char* text : {"M",
                           "N + M",
                           "N * M",
                           "M - M",
                           "N / 0",
                           "N % zero",
                           "N // zero",
                           "N - 8",
                           "-N",
                           "most * most * most",
                           "N ** 64",
                           "N ** -1",
                           "2 ** (1 / 2) * N",
                           "2 * 3",
                           "1",
                           "N +",
                           "",
                           "N * 99999999999999999999",
                           "sequence length",
                           "a-c"})
    EXPECT_EQ(evaluate(text, given), std::nullopt) << text;
}

TEST(Expression, AWholeTextMayBeGiven) {
  const NamedExtents whole = {{"past + seq", 100}, {"sequence length", 8}, {"-1", 3}};
  EXPECT_EQ(evaluate("past + seq", whole), 100);
  EXPECT_EQ(evaluate("past + seq + 1", whole), std::nullopt);
  EXPECT_EQ(evaluate("sequence length", whole), 8);
  EXPECT_EQ(evaluate("-1", whole), 3);
}

TEST(Expression, DeepAndLongTextsAreCheap) {
  const std::size_t size = std::size_t{1} << 20;
  const auto repeated = [](std::size_t times, std::string_view part) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
  };
  const std::string at_most = repeated(64, "(") + "N" + repeated(64, ")");
  EXPECT_EQ(evaluate(at_most, given), 7);
  const std::string too_deep = "(" + at_most + ")";
  EXPECT_EQ(names(too_deep), Names{too_deep});
  for (const std::string& text :
       {std::string(size, '('), std::string(size, '9'), repeated(size / 4, "max("),
        repeated(size / 3, "2**"), repeated(size / 2, "N ")})
    EXPECT_EQ(names(text).size(), 1U);
  EXPECT_EQ(evaluate(std::string(size, '-') + "N", given), 7);
  EXPECT_EQ(evaluate(repeated(size / 4, "N + ") + "N", given),
            static_cast<std::int64_t>(7 * (size / 4 + 1)));
  EXPECT_EQ(evaluate(repeated(size / 2, "a-") + "a", given), std::nullopt);
  EXPECT_EQ(names(repeated(size / 2, "a-") + "a").size(), 1U);
  EXPECT_EQ(names("N * " + std::string(size, '9')), Names{"N"});
  std::string many = "x";
  for (int i = 0; i < 100000; ++i) many += concat(" + x", i);
  EXPECT_EQ(names(many).size(), 100001U);
}

TEST(Expression, RandomTextsAreReadWithoutHarm) {
  constexpr std::string_view letters = "Nab1290.+-*/%(), floorceilmaxmod_e:?\xc3";
  Rng rng(26);
  for (int i = 0; i < 50000; ++i) {
    std::string text;
    for (std::size_t size = rng.below(24) + 1; text.size() < size;)
      text += letters[rng.below(letters.size())];
    const Names found = names(text);
    ASSERT_FALSE(found.empty()) << text;
    NamedExtents all;
    for (const std::string& name : found) all.emplace(name, 3);
    const auto extent = evaluate(text, all);
    EXPECT_TRUE(!extent || *extent >= 0) << text;
  }
}

/// A random expression, and what it is by the language's own integers.
struct Sample {
  std::string text;
  std::int64_t value;
};
Sample sample(Rng& rng, int depth) {
  if (depth == 0) {
    constexpr std::array<std::string_view, 4> leaves = {"N", "past", "seq", "b"};
    const std::string name(leaves[rng.below(leaves.size())]);
    const auto number = static_cast<std::int64_t>(rng.below(9));
    return rng.below(3) == 0 ? Sample{concat(number), number}
                             : Sample{name, given.find(name)->second};
  }
  const Sample a = sample(rng, depth - 1);
  const Sample b = sample(rng, depth - 1);
  const std::int64_t cut = b.value == 0 ? 0 : a.value / b.value;
  const bool is_lower = b.value != 0 && a.value % b.value != 0 && (a.value < 0) != (b.value < 0);
  switch (b.value == 0 ? rng.below(5) : rng.below(7)) {
    case 0:
      return {concat("(", a.text, " + ", b.text, ")"), a.value + b.value};
    case 1:
      return {concat("(", a.text, " - ", b.text, ")"), a.value - b.value};
    case 2:
      return {concat(a.text, " * ", b.text), a.value * b.value};
    case 3:
      return {concat("Max(", a.text, ",", b.text, ")"), std::max(a.value, b.value)};
    case 4:
      return {concat("min(", a.text, ", ", b.text, ")"), std::min(a.value, b.value)};
    case 5:
      return {concat("((", a.text, ") // (", b.text, "))"), cut - (is_lower ? 1 : 0)};
    default:
      return {concat("mod(", a.text, ", ", b.text, ")"),
              a.value - b.value * (cut - (is_lower ? 1 : 0))};
  }
}

TEST(Expression, RandomExpressionsAreWhatTheirOperationsGive) {
  Rng rng(7);
  for (int i = 0; i < 5000; ++i) {
    const Sample made = sample(rng, static_cast<int>(rng.below(4)));
    const std::string text = concat("zero + ", made.text);
    EXPECT_EQ(evaluate(text, given), made.value < 0 ? std::nullopt : std::optional(made.value))
        << text;
  }
}

}  // namespace
}  // namespace hale::graph
