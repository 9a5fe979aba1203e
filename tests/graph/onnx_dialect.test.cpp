#include <gtest/gtest.h>

#include <algorithm>
#include <hale/graph/onnx_dialect.hpp>
#include <hale/graph/passes.hpp>
#include <string>

namespace hale::graph {
namespace {

struct NoInference {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView&) {
    return std::nullopt;
  }
};
struct NoRun {
  static constexpr std::string_view name = "no-run";
  static constexpr std::string_view summary = "does nothing";
};

static_assert(OperationRule<Conv>);
static_assert(OperationRule<SameType>);
static_assert(!OperationRule<NoInference>);
static_assert(!OperationRule<int>);
static_assert(Pass<Verify>);
static_assert(!Pass<NoRun>);

TEST(OperationTable, is_sorted_and_without_repetition) {
  for (std::size_t i = 1; i < operation_table.size(); ++i)
    EXPECT_TRUE(detail::comes_before(operation_table[i - 1], operation_table[i]));
}

TEST(OperationTable, every_operation_is_found_by_its_name_and_says_what_it_does) {
  for (const OperationInfo& info : operation_table) {
    const OperationInfo* found = find_operation(
        Operation{.domain = std::string(info.domain), .name = std::string(info.name)});
    ASSERT_NE(found, nullptr) << info.name;
    EXPECT_EQ(found->name, info.name);
    EXPECT_FALSE(info.summary.empty());
    EXPECT_FALSE(info.results.empty());
  }
}

TEST(OperationTable, other_names_and_domains_are_not_found) {
  for (const char* name : {"", "conv", "Conv2", "AAA", "zzz"})
    EXPECT_EQ(find_operation(Operation{.name = name}), nullptr) << name;
  EXPECT_EQ(find_operation(Operation{.domain = "com.microsoft", .name = "Conv"}), nullptr);
}

TEST(OperationTable, rows_of_one_name_agree_in_what_is_asked_by_name_alone) {
  for (std::size_t i = 1; i < operation_table.size(); ++i) {
    const OperationInfo& one = operation_table[i - 1];
    const OperationInfo& next = operation_table[i];
    if (one.name != next.name) continue;
    EXPECT_EQ(one.kind, next.kind) << one.name;
    EXPECT_EQ(one.form, next.form) << one.name;
    EXPECT_EQ(one.right, next.right) << one.name;
    EXPECT_EQ(one.is_transcendental, next.is_transcendental) << one.name;
  }
}

TEST(OperationTable, names_of_one_domain_are_known_in_the_other_and_in_no_third) {
  EXPECT_EQ(find_known(Operation{.name = "FusedConv"})->form, Form::convolution);
  EXPECT_EQ(find_known(Operation{.domain = "com.microsoft", .name = "QLinearMatMul"})->right, 3);
  EXPECT_EQ(find_known(Operation{.domain = "com.example", .name = "Conv"}), nullptr);
  EXPECT_EQ(find_known(Operation{.domain = "ai.onnx.ml", .name = "Scaler"}), nullptr);
  EXPECT_EQ(find_known(Operation{.name = "conv"}), nullptr);
}

TEST(OperationTable, what_is_known_by_name_alone_has_a_kind_and_no_declaration) {
  const Operation op{.domain = "com.microsoft", .name = "ConvTransposeWithDynamicPads"};
  EXPECT_EQ(find_operation(op), nullptr);
  EXPECT_EQ(kind_of(op), workload::KernelKind::convolution);
}

TEST(OperationTable, attributes_come_from_the_declaration) {
  const OperationInfo& conv = *find_operation(Operation{.name = "Conv"});
  const auto group = std::find_if(conv.attributes.begin(), conv.attributes.end(),
                                  [](const auto& each) { return each.name == "group"; });
  ASSERT_NE(group, conv.attributes.end());
  EXPECT_EQ(group->kind, "an integer");
  EXPECT_FALSE(group->is_required);
  const OperationInfo& constant = *find_operation(Operation{.name = "Constant"});
  EXPECT_EQ(constant.attributes.front().kind, "a tensor");
  EXPECT_TRUE(constant.attributes.front().is_required);
}

TEST(read_attributes, absent_attributes_have_their_defaults) {
  const Graph graph;
  const Operation op{.name = "Conv"};
  const auto attributes = read_attributes<Conv>(OperationView{graph, op});
  ASSERT_TRUE(attributes);
  EXPECT_EQ(attributes->group, 1);
  EXPECT_EQ(attributes->auto_pad, "NOTSET");
}

TEST(read_attributes, another_kind_is_an_error_that_names_both) {
  const Graph graph;
  Operation op{.name = "Conv", .location = "c"};
  op.attributes.push_back({"group", std::string("two")});
  const auto attributes = read_attributes<Conv>(OperationView{graph, op});
  ASSERT_FALSE(attributes);
  EXPECT_EQ(attributes.error().message,
            "node 'c' (Conv): attribute 'group' is a string, expected an integer");
}

TEST(read_attributes, a_missing_required_attribute_is_an_error) {
  const Graph graph;
  const Operation op{.name = "MaxPool", .location = "p"};
  const auto attributes = read_attributes<MaxPool>(OperationView{graph, op});
  ASSERT_FALSE(attributes);
  EXPECT_EQ(attributes.error().message,
            "node 'p' (MaxPool): attribute 'kernel_shape' is missing, expected a list of integers");
}

}  // namespace
}  // namespace hale::graph
