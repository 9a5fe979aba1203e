#include <gtest/gtest.h>
#include <sys/resource.h>

#include <ctime>
#include <functional>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <hale/onnx.hpp>
#include <limits>
#include <string>
#include <vector>

#include "wire_text.hpp"

// A program of its own: the most memory that a process has used is a figure of all its tests.

namespace hale::onnx_frontend {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool is_measured = false;
#elif defined(__has_feature)
constexpr bool is_measured = !__has_feature(address_sanitizer);
#else
constexpr bool is_measured = true;
#endif

#if defined(__OPTIMIZE__)
constexpr double allowed_seconds = 1;
#else
constexpr double allowed_seconds = 10;
#endif

struct Hostile {
  const char* name;
  std::function<std::string()> model;
  std::string error{};  // what its message contains; empty: the model is read
};

void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

std::string chain(int nodes) {
  std::string graph = input("v0", extent(1));
  for (int i = nodes; i > 0; --i)  // the worst order
    graph += node("", "Relu", concat("v", i - 1), concat("v", i));
  return model(graph + output(concat("v", nodes)));
}

/// What comes before `size` bytes of a field.
std::string before(std::uint64_t field, std::size_t size) {
  return varint(field << 3 | 2) + varint(size);
}

std::string nested(int depth) {
  const std::string innermost = output("y") + node("n", "Relu", "x", "y");
  std::size_t size = innermost.size();
  std::vector<std::string> levels;
  for (int i = 0; i < depth; ++i) {
    const std::string branch = bytes(1, "then_branch") + number(20, 5) + before(6, size);
    const std::string content =
        bytes(1, "x") + bytes(2, "y") + bytes(4, "If") + before(5, branch.size() + size) + branch;
    levels.push_back(output("y") + before(1, content.size() + size) + content);
    size += levels.back().size();
  }
  std::string graph = input("x");
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) graph += *level;
  return model(graph + innermost);
}

std::string with_tensor(std::string_view content) {
  return model(initializer("w", content) + node("n", "Relu", "w", "y") + output("y"));
}

std::string with_attribute(std::string_view op, std::string_view written) {
  return model(input("x", extent(1) + extent(1) + extent(8)) + node("n", op, "x", "y", written) +
               output("y"));
}

std::string repeated(int times, const std::function<std::string(int)>& part) {
  std::string out;
  for (int i = 0; i < times; ++i) out += part(i);
  return out;
}

/// A model that calls the function f, each time on what the call before gives.
std::string called_200_times() {
  return model(input("x") +
               repeated(200,
                        [](int i) {
                          return call("n", "f", i == 0 ? "x" : concat("y", i), concat("y", i + 1));
                        }) +
               output("y200"));
}

/// Functions f0, f1, .. each of which calls the one before twice.
std::string doubling(int functions) {
  std::string out = function("f0", node("a", "Relu", "x", "y"));
  for (int i = 1; i < functions; ++i)
    out += function(concat("f", i), call("a", concat("f", i - 1), "x", "t") +
                                        call("b", concat("f", i - 1), "t", "y"));
  return out;
}

constexpr std::int64_t huge = std::int64_t{1} << 62;
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

const std::vector<Hostile> models = {
    {"deep_nesting", [] { return nested(10'000); }, "nested"},
    {"nesting_within_reach", [] { return nested(20); }},
    {"a_chain_in_reverse", [] { return chain(20'000); }},
    {"a_cycle",
     [] { return model(node("a", "Relu", "q", "p") + node("b", "Relu", "p", "q") + output("q")); },
     "a cycle found"},
    {"a_dangling_name", [] { return model(node("n", "Relu", "nowhere", "y") + output("y")); },
     "nothing produces"},
    {"a_node_of_many_inputs",
     [] {
       return model(
           input("x") +
           node("n", "Sum", "x", "y", repeated(100'000, [](int) { return bytes(1, "x"); })) +
           output("y"));
     }},
    {"a_node_of_many_attributes",
     [] {
       return with_attribute("Odd", repeated(50'000, [](int i) {
                               return attribute(concat("a", i), 2, number(3, i));
                             }));
     }},
    {"a_tensor_of_2_to_the_62_bytes",
     [] { return with_tensor(number(1, huge / 4) + number(2, 1) + bytes(9, "1234")); },
     "4 bytes of raw_data found"},
    {"a_size_in_bytes_that_wraps",
     [] { return with_tensor(number(1, huge / 2 + 1) + number(2, 7) + bytes(9, "12345678")); },
     "8 bytes of raw_data found"},
    {"a_large_tensor_without_elements", [] { return with_tensor(number(1, huge) + number(2, 7)); }},
    {"extents_whose_product_overflows",
     [] { return with_tensor(number(1, most) + number(1, most) + number(2, 1)); },
     "more than 2^63 elements"},
    {"a_negative_extent", [] { return with_tensor(number(1, -5) + number(2, 1)); }, "extent -5"},
    {"a_tensor_of_many_axes",
     [] { return with_tensor(repeated(50'000, [](int) { return number(1, 1); }) + number(2, 1)); },
     "50000 axes found, expected at most 64"},
    {"an_input_of_many_axes",
     [] {
       return model(input("x", repeated(65, [](int) { return extent(1); })) +
                    node("n", "Relu", "x", "y") + output("y"));
     },
     "65 axes found, expected at most 64"},
    {"a_result_of_many_axes",
     [] {
       const std::string shape =
           number(1, 100) + number(2, 7) + repeated(100, [](int) { return number(7, 1); });
       return model(initializer("s", shape) + input("x", extent(1)) +
                    node("n", "Reshape", "s", "y", bytes(1, "x")) + output("y"));
     },
     "node 'n' (Reshape): a result of 100 axes found, expected at most 64"},
    {"an_open_extent_of_a_long_name",
     [] {
       const std::string open = bytes(1, bytes(2, std::string(1'000'000, 's')));
       return model(
           input("v0", open) +
           repeated(1000,
                    [](int i) { return node("", "Relu", concat("v", i), concat("v", i + 1)); }) +
           output("v1000"));
     }},
    {"an_input_of_huge_extents",
     [] {
       return model(input("x", extent(most) + extent(most) + extent(most)) +
                    node("n", "Flatten", "x", "y") + output("y"));
     }},
    {"an_attribute_of_another_kind",
     [] { return with_attribute("MaxPool", attribute("kernel_shape", 3, bytes(4, "three"))); },
     "expected a list of integers"},
    {"attributes_beyond_all_bounds",
     [] {
       return with_attribute("MaxPool",
                             attribute("kernel_shape", 7, number(8, most)) +
                                 attribute("strides", 7, number(8, 0)) +
                                 attribute("pads", 7, number(8, most) + number(8, most)));
     },
     "node 'n' (MaxPool)"},
    {"weights_outside_of_the_folder",
     [] {
       return with_tensor(number(1, 4) + number(2, 7) + number(14, 1) +
                          bytes(13, bytes(1, "location") + bytes(2, "../../../etc/passwd")));
     }},
    {"a_function_that_calls_itself",
     [] {
       return model(input("x") + call("n", "f", "x", "y") + output("y")) +
              function("f", call("n", "f", "x", "y"));
     },
     "calls itself"},
    {"functions_that_double",
     [] { return model(input("x") + call("n", "f29", "x", "y") + output("y")) + doubling(30); },
     "calls of functions that stand for more than"},
    {"a_function_of_many_inputs_that_is_called_often",
     [] {
       const std::string inputs =
           repeated(10'000, [](int i) { return bytes(4, concat("unused", i)); });
       return called_200_times() + function("f", node("a", "Relu", "x", "y"), inputs);
     },
     "calls of functions that stand for more than 131072 nodes"},
    {"a_function_of_long_text_that_is_called_often",
     [] {
       const std::string text = attribute("text", 3, bytes(4, std::string(1'000'000, 't')));
       return called_200_times() + function("f", node("a", "Odd", "x", "y", text));
     },
     "calls of functions that stand for more than 67108864 bytes"},
    {"a_graph_that_functions_double",
     [] {
       const std::string both = reference("then_branch", "g") + reference("else_branch", "g");
       const std::string big = repeated(20'000, [](int i) {
         return node("", "Relu", i == 0 ? "x" : concat("b", i - 1), concat("b", i));
       });
       const std::string given = attribute("g", 5, bytes(6, big + output("b19999")));
       std::string nodes;
       for (int i = 0; i < 100; ++i)
         nodes += node("", "If", "x", i == 0 ? "y" : concat("y", i), both);
       return model(input("x") + call("n", "f", "x", "y", given) + output("y")) +
              function("f", nodes);
     },
     "calls of functions that stand for more than"},
};

class HostileModel : public testing::TestWithParam<Hostile> {};

TEST_P(HostileModel, is_an_error_or_read_soon_and_in_little_memory) {
  const std::string bytes = GetParam().model();
  const std::clock_t start = std::clock();
  std::string error;
  if (auto imported = import_bytes(as_bytes(bytes), "m")) {
    const std::string text = graph::print(*imported);
    const auto parsed = graph::parse(text);
    EXPECT_TRUE(parsed) << parsed.error().message;
    if (const auto canonical = graph::canonicalise(*imported))
      static_cast<void>(graph::macs(*canonical));
    else
      error = canonical.error().message;
  } else {
    error = imported.error().message;
  }
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  if (GetParam().error.empty()) {
    EXPECT_EQ(error, "");
  } else {
    EXPECT_NE(error.find(GetParam().error), std::string::npos) << error;
  }
  EXPECT_LT(error.size(), 4096U);
  rusage usage{};
  ASSERT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
  if (is_measured) {
    EXPECT_LT(seconds, allowed_seconds);
    EXPECT_LT(usage.ru_maxrss, 256 * 1024);  // KiB
  }
}

INSTANTIATE_TEST_SUITE_P(models, HostileModel, testing::ValuesIn(models),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace hale::onnx_frontend
