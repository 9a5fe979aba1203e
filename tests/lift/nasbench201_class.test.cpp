#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <hale/lift/nasbench201_class.hpp>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace hale::lift {
namespace {

using Space = space::NasBench201;
using Operation = Space::Operation;

Space::Architecture architecture(std::string_view text) {
  auto parsed = Space::parse(text);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? *parsed : Space::Architecture{};
}

/// A cell as a list of operations on sums, written down plainly: operation 0 is the input.
struct PlainCell {
  struct Vertex {
    Operation operation;
    std::vector<std::size_t> operand;
  };
  std::vector<Vertex> vertices;
  std::vector<std::size_t> output;
};

/// `merges_pools`: what has no weights and the same operand is the same.
PlainCell plain_cell(const Space::Architecture& architecture, bool merges_pools) {
  PlainCell cell;
  std::array<std::vector<std::size_t>, 4> nodes{{{0}, {}, {}, {}}};
  for (std::size_t e = 0; e < Space::edge_count; ++e) {
    const Operation operation = architecture.operations[e];
    std::vector<std::size_t> moved = nodes[Space::edges[e].source];
    std::sort(moved.begin(), moved.end());
    if (operation == Operation::none || moved.empty()) continue;
    if (operation != Operation::skip_connect) {
      std::size_t place = 0;
      const bool is_pool = merges_pools && operation == Operation::avg_pool_3x3;
      while (place < cell.vertices.size() &&
             !(is_pool && cell.vertices[place].operation == operation &&
               cell.vertices[place].operand == moved))
        ++place;
      if (place == cell.vertices.size()) cell.vertices.push_back({operation, moved});
      moved = {place + 1};
    }
    auto& node = nodes[Space::edges[e].target];
    node.insert(node.end(), moved.begin(), moved.end());
  }
  cell.output = nodes[3];
  return cell;
}

/// The least of all ways to number the operations that the output depends on: equal for two cells
/// if and only if they are the same graph.
std::string exact_form(const PlainCell& cell) {
  std::set<std::size_t> live(cell.output.begin(), cell.output.end());
  for (std::size_t i = cell.vertices.size(); i > 0; --i)
    if (live.contains(i))
      live.insert(cell.vertices[i - 1].operand.begin(), cell.vertices[i - 1].operand.end());
  live.erase(0);
  const std::vector<std::size_t> order(live.begin(), live.end());
  std::vector<std::size_t> numbers(order.size());
  std::iota(numbers.begin(), numbers.end(), std::size_t{1});
  std::string least;
  do {
    std::map<std::size_t, std::size_t> renamed{{0, 0}};
    for (std::size_t i = 0; i < order.size(); ++i) renamed[order[i]] = numbers[i];
    const auto sum = [&](const std::vector<std::size_t>& summands) {
      std::vector<std::size_t> sorted;
      for (const std::size_t each : summands) sorted.push_back(renamed.at(each));
      std::sort(sorted.begin(), sorted.end());
      std::string text;
      for (const std::size_t each : sorted) text += static_cast<char>('0' + each);
      return text;
    };
    std::vector<std::string> lines;
    for (const std::size_t i : order)
      lines.push_back(concat(renamed.at(i), "=",
                             static_cast<std::size_t>(cell.vertices[i - 1].operation),
                             sum(cell.vertices[i - 1].operand), ";"));
    std::sort(lines.begin(), lines.end());
    std::string form = sum(cell.output) + "|";
    for (const std::string& line : lines) form += line;
    if (least.empty() || form < least) least = form;
  } while (std::next_permutation(numbers.begin(), numbers.end()));
  return least;
}

/// The output as a nested sum of operations: blind to whether something is computed once or twice.
std::string expression(const PlainCell& cell, const std::vector<std::size_t>& summands) {
  std::vector<std::string> terms;
  for (const std::size_t each : summands)
    terms.push_back(each == 0
                        ? "x"
                        : concat(static_cast<std::size_t>(cell.vertices[each - 1].operation), "(",
                                 expression(cell, cell.vertices[each - 1].operand), ")"));
  std::sort(terms.begin(), terms.end());
  std::string text;
  for (const std::string& term : terms) text += term + "+";
  return text;
}

TEST(NasBench201Class, keys_are_equal_exactly_where_the_graphs_are) {
  std::map<std::uint64_t, std::string> form_of;
  std::set<std::string> forms;
  for (std::size_t i = 0; i < Space::size; ++i) {
    const std::string form = exact_form(plain_cell(Space::at(i), true));
    const auto [known, is_new] = form_of.emplace(nasbench201_key(Space::at(i)), form);
    EXPECT_EQ(known->second, form) << Space::format(Space::at(i));
    EXPECT_EQ(is_new, forms.insert(form).second) << Space::format(Space::at(i));
  }
  EXPECT_EQ(forms.size(), 5260U);
}

TEST(NasBench201Class, expressions_alone_would_mix_cells_of_different_work) {
  std::set<std::string> expressions;
  std::set<std::string> unmerged;
  for (std::size_t i = 0; i < Space::size; ++i) {
    const PlainCell cell = plain_cell(Space::at(i), false);
    expressions.insert(expression(cell, cell.output));
    unmerged.insert(exact_form(cell));
  }
  EXPECT_EQ(expressions.size(), 4930U);
  EXPECT_EQ(unmerged.size(), 5425U);
  // conv(x) + conv(x): one convolution added to itself, or two convolutions.
  const auto once = architecture("|nor_conv_3x3~0|+|none~0|none~1|+|none~0|skip_connect~1|none~2|");
  const auto doubled = architecture(
      "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|skip_connect~1|skip_connect~2|");
  const auto twice = architecture(
      "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|none~0|skip_connect~1|skip_connect~2|");
  EXPECT_NE(nasbench201_key(once), nasbench201_key(doubled));
  EXPECT_NE(nasbench201_key(doubled), nasbench201_key(twice));
}

TEST(NasBench201Class, classes_divide_the_space) {
  std::map<std::uint64_t, std::size_t> sizes;
  for (std::size_t i = 0; i < Space::size; ++i) ++sizes[nasbench201_key(Space::at(i))];
  EXPECT_EQ(sizes.size(), 5260U);
  for (std::size_t i = 0; i < Space::size; i += 111) {
    const auto members = nasbench201_class(Space::at(i));
    EXPECT_EQ(members.size(), sizes[nasbench201_key(Space::at(i))]);
    EXPECT_NE(std::find(members.begin(), members.end(), Space::at(i)), members.end());
    for (const auto& member : members) EXPECT_EQ(nasbench201_class(member), members);
  }
}

TEST(NasBench201Class, members_stand_in_the_order_of_their_strings) {
  const auto members =
      nasbench201_class(architecture("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"));
  ASSERT_EQ(members.size(), 341U);
  EXPECT_TRUE(std::is_sorted(members.begin(), members.end(), [](const auto& a, const auto& b) {
    return Space::format(a) < Space::format(b);
  }));
}

TEST(NasBench201Class, dead_branches_and_skips_do_not_matter) {
  const auto plain = architecture("|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|");
  const auto dead = architecture(
      "|nor_conv_3x3~0|+|avg_pool_3x3~0|nor_conv_1x1~1|+|nor_conv_1x1~0|none~1|none~2|");
  const auto skipped =
      architecture("|skip_connect~0|+|none~0|none~1|+|none~0|nor_conv_1x1~1|none~2|");
  EXPECT_EQ(nasbench201_key(plain), nasbench201_key(dead));
  EXPECT_EQ(nasbench201_key(plain), nasbench201_key(skipped));
}

constexpr auto none_everywhere = [] {
  Space::Architecture out;
  out.operations.fill(Operation::none);
  return out;
}();
constexpr auto skip_everywhere = [] {
  Space::Architecture out;
  out.operations.fill(Operation::skip_connect);
  return out;
}();
static_assert(nasbench201_key(none_everywhere) != nasbench201_key(skip_everywhere));

TEST(CellGraph, what_exceeds_every_cell_has_no_key) {
  CellGraph many(Zeros::fold);
  CellGraph::Value value = CellGraph::input();
  for (std::size_t i = 0; i < 100; ++i) value = many.apply(CellOperation::nor_conv_1x1, value);
  EXPECT_FALSE(many.key(value));
  CellGraph wide(Zeros::fold);
  CellGraph::Value sum = CellGraph::input();
  for (std::size_t i = 0; i < 100; ++i) sum = wide.sum(sum, sum);
  EXPECT_FALSE(wide.key(sum));
}

TEST(CellGraph, two_convolutions_that_are_each_taken_twice_have_no_key) {
  CellGraph graph(Zeros::fold);
  const auto a = graph.apply(CellOperation::nor_conv_1x1, CellGraph::input());
  const auto b = graph.apply(CellOperation::nor_conv_1x1, CellGraph::input());
  EXPECT_TRUE(graph.key(graph.sum(a, graph.sum(a, b))));
  EXPECT_FALSE(graph.key(graph.sum(graph.sum(a, b), graph.sum(a, b))));
}

}  // namespace
}  // namespace hale::lift
