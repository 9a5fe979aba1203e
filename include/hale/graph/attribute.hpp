#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/graph/type.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hale::graph {

/// A constant tensor: its type, and its elements where they are few enough to matter to a shape.
///
/// A splat is one element that stands for all. The elements of weights are not kept: monostate.
struct Tensor {
  using Elements = std::variant<std::monostate, std::vector<std::int64_t>, std::vector<double>>;

  ElementType element = ElementType::undefined;
  std::vector<std::int64_t> dims{};
  Elements elements{};

  [[nodiscard]] bool is_elided() const { return std::holds_alternative<std::monostate>(elements); }
  [[nodiscard]] Type type() const { return tensor_type(element, dims); }
  /// The integers, one for each element; nothing where they were elided or are no integers.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers() const {
    const auto* kept = std::get_if<std::vector<std::int64_t>>(&elements);
    const std::optional<std::int64_t> count = element_count(type());
    if (kept == nullptr || !count) return std::nullopt;
    const auto size = static_cast<std::size_t>(*count);
    if (kept->size() == size) return *kept;
    if (kept->size() != 1 || size > 4096) return std::nullopt;
    return std::vector<std::int64_t>(size, kept->front());
  }
  friend bool operator==(const Tensor&, const Tensor&) = default;
};

/// Whether every element is known and equals `number`; false for an empty or an elided tensor.
[[nodiscard]] inline bool all_equal(const Tensor& tensor, int number) {
  const auto equal = [number](const auto& kept) {
    if constexpr (std::is_same_v<std::decay_t<decltype(kept)>, std::monostate>) {
      return false;
    } else {
      for (const auto element : kept)
        if (element < number || element > number) return false;
      return !kept.empty();
    }
  };
  return std::visit(equal, tensor.elements);
}

/// The value of an attribute of a kind that hale carries no further than its name.
struct Opaque {
  std::string kind;
  friend bool operator==(const Opaque&, const Opaque&) = default;
};

using AttributeValue =
    std::variant<std::int64_t, float, std::string, Tensor, std::vector<std::int64_t>,
                 std::vector<float>, std::vector<std::string>, Opaque, Type>;

/// What messages call the alternatives of AttributeValue, in their order.
inline constexpr std::array<std::string_view, 9> attribute_kind_names = {"an integer",
                                                                         "a float",
                                                                         "a string",
                                                                         "a tensor",
                                                                         "a list of integers",
                                                                         "a list of floats",
                                                                         "a list of strings",
                                                                         "a value of another kind",
                                                                         "a type"};

struct Attribute {
  std::string name;
  AttributeValue value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

}  // namespace hale::graph
