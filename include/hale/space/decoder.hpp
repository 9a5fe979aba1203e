#pragma once

#include <concepts>
#include <cstddef>
#include <hale/core/config.hpp>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/core/view.hpp>
#include <hale/space/concepts.hpp>
#include <span>
#include <utility>
#include <vector>

namespace hale::space {

/// Turns an encoder's codes back into an architecture: specialised beside the encoders that have
/// it.
///
/// Laws: encode(decode(codes)) == codes; what is no architecture's code is refused, with the column
/// it was found in, counted from 0.
template <Encoder E>
struct Decoder;

/// An encoder whose codes can be read back.
template <class E>
concept Decodable = Encoder<E> && requires(std::span<const typename E::Code, E::size> codes) {
  { Decoder<E>::decode(codes) } -> std::same_as<Result<typename E::Space::Architecture>>;
};

/// Architectures of codes, a row each.
///
/// Shapes: codes (n, size) -> (n). Errors: another width than the encoder's; the first row, counted
/// from 0, that is no architecture.
template <Decodable E>
[[nodiscard]] Result<std::vector<typename E::Space::Architecture>> decode_rows(
    MatrixView<const typename E::Code> codes) {
  if (codes.columns != E::size)
    return fail(
        concat("found ", codes.columns, " columns, expected ", E::size, " (", E::name, ")"));
  std::vector<typename E::Space::Architecture> architectures;
  architectures.reserve(codes.rows);
  for (std::size_t i = 0; i < codes.rows; ++i) {
    auto decoded = Decoder<E>::decode(codes.row(i).template first<E::size>());
    if (!decoded) return fail(concat("row ", i, ", ", decoded.error().message));
    architectures.push_back(*std::move(decoded));
  }
  return architectures;
}

/// Codes of architectures, a row each.
///
/// Shapes: architectures (n), out (n, size).
template <Encoder E>
void encode_rows(std::span<const typename E::Space::Architecture> architectures,
                 MatrixView<typename E::Code> out) {
  HALE_ASSERT(out.rows == architectures.size() && out.columns == E::size);
  for (std::size_t i = 0; i < architectures.size(); ++i)
    E::encode(architectures[i], out.row(i).template first<E::size>());
}

namespace detail {

/// "column 3: found 9, expected 0 to 4".
template <class... Parts>
[[nodiscard]] tl::unexpected<Error> refuse_code(std::size_t column, std::size_t found,
                                                const Parts&... expected) {
  return fail(concat("column ", column, ": found ", found, ", expected ", expected...));
}

}  // namespace detail

}  // namespace hale::space
