#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/type.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What small tensors hold that decide shapes: extents that a model computes with.
namespace hale::graph {

/// An extent that is open, by its name, or a number that is computed from such: "N", "N / 2".
struct Symbol {
  std::string text;
  friend bool operator==(const Symbol&, const Symbol&) = default;
};

/// One number of a small tensor. Nothing (monostate): it is not known.
using Number = std::variant<std::monostate, std::int64_t, double, Symbol>;

[[nodiscard]] inline bool is_known(const Number& number) {
  return !std::holds_alternative<std::monostate>(number);
}
[[nodiscard]] inline Number number_of(const Dim& dim) {
  if (dim.is_static()) return dim.extent;
  if (dim.symbol.empty()) return {};
  return Symbol{dim.symbol};
}
/// A number as an extent; open where it is not known, negative or a real.
[[nodiscard]] inline Dim dim_of(const Number& number) {
  if (const auto* extent = std::get_if<std::int64_t>(&number); extent != nullptr && *extent >= 0)
    return Dim{*extent};
  if (const auto* symbol = std::get_if<Symbol>(&number)) return Dim{Dim::open, symbol->text};
  return Dim{};
}

/// The most elements of a tensor whose contents are tracked.
inline constexpr std::size_t max_contents = 1024;

/// How many elements extents stand for; nothing where these are more than max_contents.
[[nodiscard]] inline std::optional<std::size_t> small_count(
    const std::vector<std::int64_t>& extents) {
  std::size_t count = 1;
  for (const std::int64_t extent : extents) {
    if (extent < 0 || extent > static_cast<std::int64_t>(max_contents)) return std::nullopt;
    count *= static_cast<std::size_t>(extent);
    if (count > max_contents) return std::nullopt;
  }
  return count;
}

/// The numbers of a small tensor, row by row. Invariant: as many as the extents stand for.
struct Contents {
  std::vector<std::int64_t> extents{};  // none: a scalar
  std::vector<Number> elements{};

  [[nodiscard]] static Contents scalar(Number number) { return {{}, {std::move(number)}}; }
  [[nodiscard]] static Contents vector(std::vector<Number> elements) {
    return {{static_cast<std::int64_t>(elements.size())}, std::move(elements)};
  }

  [[nodiscard]] std::size_t rank() const { return extents.size(); }
  [[nodiscard]] std::size_t extent(std::size_t axis) const {
    return static_cast<std::size_t>(extents[axis]);
  }
  /// How far apart neighbours along an axis lie.
  [[nodiscard]] std::size_t stride(std::size_t axis) const {
    std::size_t stride = 1;
    for (std::size_t i = axis + 1; i < rank(); ++i) stride *= extent(i);
    return stride;
  }
  [[nodiscard]] bool is_known() const {
    return std::all_of(elements.begin(), elements.end(), graph::is_known);
  }
  /// The elements where all are integers.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers() const {
    return all_of<std::int64_t>();
  }
  [[nodiscard]] std::optional<std::vector<double>> reals() const { return all_of<double>(); }

  /// The same elements in other extents; nothing where these stand for another number of them.
  [[nodiscard]] std::optional<Contents> in_extents(std::vector<std::int64_t> others) const {
    if (small_count(others) != elements.size()) return std::nullopt;
    return Contents{std::move(others), elements};
  }

 private:
  template <class One>
  [[nodiscard]] std::optional<std::vector<One>> all_of() const {
    std::vector<One> found;
    found.reserve(elements.size());
    for (const Number& each : elements) {
      const auto* one = std::get_if<One>(&each);
      if (one == nullptr) return std::nullopt;
      found.push_back(*one);
    }
    return found;
  }
};

/// A tensor with `extents`, whose element at the places `at` is `pick(at)`, a Number or a reference
/// to one. Nothing where it is too large. Pick returns an index of `from` or no index: unknown.
template <class Pick>
[[nodiscard]] std::optional<Contents> picked(const Contents& from,
                                             std::vector<std::int64_t> extents, const Pick& pick) {
  const auto count = small_count(extents);
  if (!count) return std::nullopt;
  Contents out{std::move(extents), {}};
  out.elements.reserve(*count);
  std::vector<std::size_t> at(out.rank(), 0);
  for (std::size_t i = 0; i < *count; ++i) {
    const std::size_t index = pick(at);
    out.elements.push_back(index < from.elements.size() ? from.elements[index] : Number{});
    for (std::size_t axis = out.rank(); axis-- > 0;) {
      if (++at[axis] < out.extent(axis)) break;
      at[axis] = 0;
    }
  }
  return out;
}

/// Repeated along axes until it has the extents of a broadcast. Nothing where it does not fit.
[[nodiscard]] inline std::optional<Contents> broadcast_to(
    const Contents& from, const std::vector<std::int64_t>& extents) {
  if (from.extents == extents) return from;
  if (from.rank() > extents.size()) return std::nullopt;
  const std::size_t skipped = extents.size() - from.rank();
  for (std::size_t i = 0; i < from.rank(); ++i)
    if (from.extents[i] != 1 && from.extents[i] != extents[i + skipped]) return std::nullopt;
  return picked(from, extents, [&](const std::vector<std::size_t>& at) {
    std::size_t index = 0;
    for (std::size_t i = 0; i < from.rank(); ++i)
      index = index * from.extent(i) + (from.extents[i] == 1 ? 0 : at[i + skipped]);
    return index;
  });
}

/// The extents that two have together; nothing where they do not meet.
[[nodiscard]] inline std::optional<std::vector<std::int64_t>> broadcast_extents(
    const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  std::vector<std::int64_t> both(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < both.size(); ++i) {
    const std::int64_t from_a = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t from_b = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (from_a != from_b && from_a != 1 && from_b != 1) return std::nullopt;
    both[both.size() - 1 - i] = from_a == 1 ? from_b : from_a;
  }
  return both;
}

}  // namespace hale::graph
