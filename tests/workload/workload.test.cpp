#include <gtest/gtest.h>

#include <hale/workload/fusion_rules.hpp>
#include <hale/workload/text.hpp>
#include <limits>
#include <string>

namespace hale::workload {
namespace {

Workload example() {
  Workload work;
  work.kernels.push_back({.kind = KernelKind::convolution,
                          .element = "f16",
                          .element_bits = 16,
                          .runs = 3,
                          .macs = 1000,
                          .bytes_read = 20,
                          .bytes_written = 30,
                          .weight_bytes = 7,
                          .outputs = 15,
                          .gemm = Gemm{2, 3, 4, 5},
                          .window = Window{{3, 3}, {2, 2}, {1, 1}, 4},
                          .operations = {"Conv", "Re\"lu\\ =x"},
                          .location = "a node\nof two lines"});
  work.kernels.push_back({.kind = KernelKind::other, .window = Window{}});
  work.assumptions = {"node 'if' (If): one branch"};
  work.uncovered = {{"com.example.Thing", "t", "not declared"}};
  work.input_bytes = 12;
  work.output_bytes = 34;
  work.views = 5;
  return work;
}

TEST(workload_text, reads_back_what_it_printed) {
  const std::string text = print(example());
  const auto read = parse(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, example());
  EXPECT_EQ(print(*read), text);
  EXPECT_EQ(parse(print({})), Workload{});
}

TEST(workload_text, has_a_line_for_each_kernel) {
  Workload work = example();
  work.kernels[0].location = "conv_1";
  work.kernels[0].operations = {"Conv", "Relu"};
  work.kernels.resize(1);
  EXPECT_EQ(print(work),
            "hale-workload 1\n"
            "model inputs=12 outputs=34 views=5\n"
            "kernel convolution element=\"f16\" bits=16 runs=3 macs=1000 read=20 written=30 "
            "weights=7 outputs=15 gemm=2x3x4x5 window=3x3 strides=2x2 dilations=1x1 group=4 "
            "op=\"Conv\" op=\"Relu\" at=\"conv_1\"\n"
            "assumption \"node 'if' (If): one branch\"\n"
            "uncovered \"com.example.Thing\" \"t\" \"not declared\"\n");
}

TEST(workload_text, says_what_it_cannot_read_and_where) {
  const auto message = [](const std::string& line) {
    const auto read = parse("hale-workload 1\n" + line);
    return read ? std::string("read") : read.error().message;
  };
  EXPECT_EQ(parse("nonsense").error().message, "line 1: expected 'hale-workload 1'");
  EXPECT_EQ(message("kernel thing"), "line 2: found 'thing', expected a kind of kernel");
  EXPECT_EQ(message("kernel other macs=-1"), "line 2: found '-1', expected a number");
  EXPECT_EQ(message("kernel other gemm=1x2"), "line 2: gemm has 2 entries, expected 4");
  EXPECT_EQ(message("kernel other colour=1"),
            "line 2: found 'colour', expected a figure of a kernel");
  EXPECT_EQ(message("kernel other window=3xa"), "line 2: found '3xa', expected extents like 3x3");
  EXPECT_EQ(message("kernel other at=\"x"), "line 2: a string does not end, expected '\"'");
  EXPECT_EQ(message("kernel other at"), "line 2: expected '='");
  EXPECT_EQ(message("assumption \"\\x1\""), "line 2: expected two hexadecimal digits after \\x");
  EXPECT_EQ(message("assumption \"a\" b"), "line 2: expected the end of the line");
  EXPECT_EQ(message("more"),
            "line 2: found 'more', expected model, kernel, assumption or uncovered");
  EXPECT_EQ(message("model bytes=1"), "line 2: found 'bytes', expected inputs, outputs or views");
  EXPECT_EQ(message("model views=x"), "line 2: found 'x', expected a number");
}

TEST(workload_text, cut_short_is_refused_or_a_whole_workload) {
  const std::string text = print(example());
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto read = parse(std::string_view(text).substr(0, length));
    if (!read) {
      EXPECT_EQ(read.error().message.substr(0, 5), "line ") << length;
    }
  }
}

TEST(totals, count_a_kernel_as_often_as_it_runs_and_do_not_wrap) {
  Workload work = example();
  EXPECT_EQ(totals(work).macs, 3000U);
  EXPECT_EQ(totals(work).bytes_read, 60U);
  EXPECT_EQ(totals(work).bytes_written, 90U);
  EXPECT_EQ(totals(work).weight_bytes, 7U);
  work.kernels[0].macs = std::numeric_limits<std::uint64_t>::max() / 2;
  EXPECT_EQ(totals(work).macs, std::numeric_limits<std::uint64_t>::max());
}

TEST(fusion_rules, are_found_by_name) {
  for (const FusionRules& rules : fusion_presets) {
    const auto found = fusion_rules(rules.name);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->takes, rules.takes);
  }
  EXPECT_EQ(fusion_rules("none")->longest, 1U);
  EXPECT_EQ(fusion_rules("fast").error().message,
            "no fusion rules 'fast'; there are: none, onnxruntime-basic, onnxruntime-extended, "
            "aggressive");
}

static_assert(FusionRules{}.allows(KernelKind::convolution, KernelKind::activation));
static_assert(!no_fusion().allows(KernelKind::convolution, KernelKind::activation));
static_assert(find_kernel_kind("softmax") == KernelKind::softmax);
static_assert(!find_kernel_kind("Softmax"));

}  // namespace
}  // namespace hale::workload
