#pragma once

#include <hale/core/config.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace hale {

/// What is wrong with an input: what was found, what was expected, and where.
struct Error {
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

/// A value, or the reason why bad input yields none.
template <class T = void>
using Result = tl::expected<T, Error>;

/// The failing state of any Result.
[[nodiscard]] inline tl::unexpected<Error> fail(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

/// The same error, with the place it was found at in front: "model.onnx: ...".
[[nodiscard]] inline tl::unexpected<Error> fail_in(std::string_view where, const Error& error) {
  std::string message(where);
  message += ": ";
  message += error.message;
  return fail(std::move(message));
}

}  // namespace hale
