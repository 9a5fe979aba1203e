#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/declared.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

namespace detail {

/// An Einsum's axes by labels: a letter, or an axis of the ellipsis, counted from the right.
class Einsum {
 public:
  /// Errors: another number of terms than operands; a term that does not fit its operand; extents
  /// of a label that do not agree. Nothing where the rank of an operand is not known.
  [[nodiscard]] static Result<std::optional<Einsum>> read(const OperationView& view) {
    Einsum found;
    found.text_ = text_of(view, "equation", "");
    std::erase(found.text_, ' ');
    const std::size_t arrow = found.text_.find("->");
    const std::vector<std::string_view> terms =
        split(std::string_view(found.text_).substr(0, arrow), ',');
    if (terms.size() != view.operation.operands.size())
      return view.fail("equation '", found.text_, "' has ", terms.size(), " terms, expected ",
                       view.operation.operands.size());
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const Type type = type_or_none(view, i);
      if (!type.is_ranked()) return std::optional<Einsum>();
      HALE_CHECK(found.add(view, terms[i], type));
    }
    return std::optional(std::move(found));
  }

  /// Errors: a letter that no operand has.
  [[nodiscard]] Result<std::vector<Dim>> result(const OperationView& view) const {
    std::vector<Dim> dims;
    const std::size_t arrow = text_.find("->");
    if (arrow == std::string::npos) {
      add_stacked(dims);
      for (const auto& [label, extent] : extents_)
        if (label >= 0 && std::count(text_.begin(), text_.end(), label) == 1)
          dims.push_back(extent);
      return dims;
    }
    const std::string_view wanted = std::string_view(text_).substr(arrow + 2);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted.substr(i).starts_with("...")) {
        add_stacked(dims);
        i += 2;
        continue;
      }
      const auto found = extents_.find(wanted[i]);
      if (found == extents_.end())
        return view.fail("equation '", text_, "' found, expected only letters of the operands");
      dims.push_back(found->second);
    }
    return dims;
  }

  /// All labels' extents multiplied; nothing where one is open, or 64 bits do not hold it.
  [[nodiscard]] std::optional<std::uint64_t> products() const {
    std::optional<std::int64_t> products = 1;
    for (const auto& [label, extent] : extents_)
      if (products)
        products = extent.is_static() ? checked_product(*products, extent.extent) : std::nullopt;
    return products ? std::optional(static_cast<std::uint64_t>(*products)) : std::nullopt;
  }

 private:
  /// The axes of one term: -1 is the last axis of the ellipsis, -2 the one before.
  [[nodiscard]] Result<> add(const OperationView& view, std::string_view term, const Type& type) {
    const std::size_t dots = term.find("...");
    const std::size_t letters = term.size() - (dots == std::string_view::npos ? 0 : 3);
    const bool fits =
        dots == std::string_view::npos ? letters == type.rank() : letters <= type.rank();
    if (!fits)
      return view.fail("term '", term, "' of the equation and the operand ", describe(type),
                       " found, expected as many axes as letters");
    const std::size_t stacked = type.rank() - letters;
    std::size_t axis = 0;
    for (std::size_t i = 0; i < term.size(); ++i) {
      if (i != dots) {
        HALE_CHECK(meet(view, term[i], (*type.dims)[axis++]));
        continue;
      }
      for (std::size_t s = 0; s < stacked; ++s)
        HALE_CHECK(meet(view, -static_cast<int>(stacked - s), (*type.dims)[axis++]));
      i += 2;
    }
    return {};
  }
  [[nodiscard]] Result<> meet(const OperationView& view, int label, const Dim& extent) {
    const auto [place, is_new] = extents_.try_emplace(label, extent);
    if (is_new) return {};
    const auto both = broadcast_dim(place->second, extent);
    if (!both)
      return view.fail("equation '", text_, "': an axis of ", place->second.extent, " and of ",
                       extent.extent, " elements found, expected one extent");
    place->second = *both;
    return {};
  }
  void add_stacked(std::vector<Dim>& dims) const {
    for (const auto& [label, extent] : extents_)
      if (label < 0) dims.push_back(extent);
  }

  std::string text_;
  std::map<int, Dim> extents_;  // by label: the ellipsis first, then letters in their order
};

}  // namespace detail

/// A sum of products. Source: ONNX operators, Einsum-12.
struct EinsumRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const ElementType element = type_or_none(view, 0).element;
    HALE_TRY(const auto found, detail::Einsum::read(view));
    if (!found) return unranked(element);
    HALE_TRY(std::vector<Dim> dims, found->result(view));
    return one_result(Type{element, std::move(dims)});
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const auto found = detail::Einsum::read(view);
    if (!found || !*found) return std::nullopt;
    return view.operation.operands.size() < 2 ? 0 : (*found)->products();
  }
};

inline constexpr auto einsum_operations =
    std::to_array<Declaration>({{"Einsum", "a sum of products by an equation", Kind::matrix_product,
                                 "Inputs*", "Output", rules<EinsumRule>, "equation:text"}});

}  // namespace hale::graph
