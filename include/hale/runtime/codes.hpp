#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/core/view.hpp>
#include <hale/io/npy.hpp>
#include <hale/numeric/tensor.hpp>
#include <hale/space/decoder.hpp>
#include <hale/space/fbnet_decoder.hpp>
#include <hale/space/nasbench201_decoder.hpp>
#include <hale/space/ofa_mobilenet_v3_decoder.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::runtime {

/// A code of a search space behind functions: rows of bytes in, architectures as text out.
struct CodeEntry {
  std::string_view space;
  std::string_view name;
  std::size_t width;
  /// Shapes: codes (n, width) -> (n). Errors: the row and column that is no architecture's.
  Result<std::vector<std::string>> (*decode)(MatrixView<const std::uint8_t> codes);
  /// Shapes: archs (n), out (n, width). Errors: text that is no architecture of the space.
  Result<> (*encode)(std::span<const std::string> archs, MatrixView<std::uint8_t> out);
};

namespace detail {

template <space::Decodable E>
Result<std::vector<std::string>> decode_texts(MatrixView<const std::uint8_t> codes) {
  HALE_TRY(const auto architectures, space::decode_rows<E>(codes));
  std::vector<std::string> archs;
  archs.reserve(architectures.size());
  for (const auto& architecture : architectures) archs.push_back(E::Space::format(architecture));
  return archs;
}

template <space::Decodable E>
Result<> encode_texts(std::span<const std::string> archs, MatrixView<std::uint8_t> out) {
  for (std::size_t i = 0; i < archs.size(); ++i) {
    HALE_TRY(const auto architecture, E::Space::parse(archs[i]));
    space::encode_rows<E>(std::span(&architecture, 1), out.rows_from(i, 1));
  }
  return {};
}

template <space::Decodable E>
constexpr CodeEntry code_entry() {
  return {E::Space::name, E::name, E::size, decode_texts<E>, encode_texts<E>};
}

}  // namespace detail

/// The codes of the searched spaces; no two of a space have the same width.
inline constexpr std::array<CodeEntry, 6> code_entries = {
    detail::code_entry<space::NasBench201Choices>(),
    detail::code_entry<space::NasBench201Encoder>(),
    detail::code_entry<space::FBNetChoices>(),
    detail::code_entry<space::FBNetEncoder>(),
    detail::code_entry<space::OfaMobileNetV3Choices>(),
    detail::code_entry<space::OfaMobileNetV3Encoder>()};

namespace detail {

/// The code of a space that `is_meant` names. Errors: none; the message lists those there are.
template <class IsMeant>
Result<const CodeEntry*> find_code(std::string_view space, std::string_view found,
                                   IsMeant is_meant) {
  std::string known;
  std::string spaces;
  std::string_view last;
  for (const CodeEntry& entry : code_entries) {
    if (entry.space != last) spaces += concat(spaces.empty() ? "" : ", ", entry.space);
    last = entry.space;
    if (entry.space != space) continue;
    if (is_meant(entry)) return &entry;
    known += concat(known.empty() ? "" : " or ", entry.width, " (", entry.name, ")");
  }
  if (known.empty())
    return fail(concat("space '", space, "' has no codes of architectures; these have: ", spaces));
  return fail(concat("found ", found, ", expected ", known, " for space '", space, "'"));
}

}  // namespace detail

/// The architectures that rows of codes are, as text. The number of columns says which of the
/// space's codes it is.
///
/// Shapes: codes (n, width) -> (n). Errors: a space that has no codes; a width that is none of its
/// codes'; the first row and column, counted from 0, that is no architecture's.
[[nodiscard]] inline Result<std::vector<std::string>> archs_of_codes(
    std::string_view space, const numeric::Tensor<std::uint8_t, 2>& codes) {
  const std::size_t width = codes.shape(1);
  HALE_TRY(const CodeEntry* entry,
           detail::find_code(space, concat(width, " columns"),
                             [&](const CodeEntry& one) { return one.width == width; }));
  return entry->decode(numeric::matrix_view(codes));
}

/// The same of the bytes of a .npy file of any whole numbers. Errors: as io::load_npy(), too.
[[nodiscard]] inline Result<std::vector<std::string>> archs_of_npy(std::string_view space,
                                                                   std::string_view bytes) {
  HALE_TRY(const auto codes, (io::load_npy<std::uint8_t, 2>(bytes)));
  return archs_of_codes(space, codes);
}

/// The codes of architectures: `code` is "choices" or the name of the space's encoder.
///
/// Shapes: archs (n) -> (n, width). Errors: no such space or code; text that is no architecture.
[[nodiscard]] inline Result<numeric::Tensor<std::uint8_t, 2>> codes_of_archs(
    std::string_view space, std::string_view code, std::span<const std::string> archs) {
  HALE_TRY(const CodeEntry* entry,
           detail::find_code(space, concat("code '", code, "'"),
                             [&](const CodeEntry& one) { return one.name == code; }));
  auto codes = numeric::filled<std::uint8_t>({archs.size(), entry->width});
  HALE_CHECK(entry->encode(archs, numeric::matrix_view(codes)));
  return codes;
}

}  // namespace hale::runtime
