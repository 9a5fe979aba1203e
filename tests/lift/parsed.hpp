#pragma once

#include <gtest/gtest.h>

#include <hale/core/text.hpp>
#include <hale/graph/text.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace hale::lift {

/// A graph of untyped operations: their types follow.
inline graph::Graph parsed(std::string_view inputs, std::string_view body, std::string_view outputs,
                           std::string types = {}) {
  if (types.empty())
    for (const char c : outputs)
      if (c == '%') types += types.empty() ? "tensor<*xf32>" : ", tensor<*xf32>";
  auto graph = graph::parse(concat("\"onnx.graph\"() ({\n^bb0(", inputs, "):\n", body,
                                   "\n  \"onnx.return\"(", outputs, ") : (", types,
                                   ") -> ()\n}) {} : () -> ()"));
  EXPECT_TRUE(graph) << graph.error().message;
  return graph ? *std::move(graph) : graph::Graph{};
}

}  // namespace hale::lift
