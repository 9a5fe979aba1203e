#pragma once

#include <hale.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/hale.hpp>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the units of the C interface share: handles, errors, structures that may grow.
namespace hale::c_interface {

/// The first member of every handle: what kind of handle it is, so that another kind is noticed.
enum class Kind : std::uint32_t {
  device = 0x68616c65,
  model,
  answer,
  graph,
};

struct Handle {
  Kind kind;
};

/// Whether the pointer is a handle of this type.
template <class T>
[[nodiscard]] bool is(const T* handle) {
  return handle != nullptr && handle->kind == T::own_kind;
}

/// Errors: NULL, and handles of another kind.
template <class T>
[[nodiscard]] Result<> require(const T* handle, std::string_view what) {
  if (handle == nullptr) return fail(concat(what, ": found NULL, expected a handle"));
  if (handle->kind != T::own_kind) return fail(concat(what, ": found a handle of another kind"));
  return {};
}

/// Frees a handle. Does nothing for NULL and for another kind.
template <class T>
void give_back(T* handle) {
  if (is(handle)) delete handle;
}

/// An element of a list; null beyond the last.
[[nodiscard]] inline const char* element(const std::vector<std::string>& texts, std::size_t index) {
  return index < texts.size() ? texts[index].c_str() : nullptr;
}

[[nodiscard]] inline std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

/// What hale_text_free() knows, and does not free.
inline char out_of_memory[] = "out of memory";  // NOLINT(*-avoid-c-arrays)

/// A copy that hale_text_free() frees; what it says where memory does not hold it is "out of
/// memory".
[[nodiscard]] char* copied(std::string_view message) noexcept;

/// Runs what may fail or throw: its value, or `failed` with the message in *error.
template <class T, class Work>
[[nodiscard]] T guarded(char** error, T failed, const Work& work) noexcept {
  const auto refuse = [error](std::string_view message) {
    if (error != nullptr) *error = copied(message);
  };
  if (error != nullptr) *error = nullptr;
  try {
    Result<T> made = work();
    if (made) return *std::move(made);
    refuse(made.error().message);
  } catch (const std::bad_alloc&) {
    refuse("out of memory");
  } catch (const std::exception& thrown) {
    refuse(thrown.what());
  } catch (...) {
    refuse("an error of an unknown kind");
  }
  return failed;
}

/// The most elements of an array that is passed in; more are taken for a mistake.
inline constexpr std::size_t most_elements = std::size_t{1} << 28;

/// Errors: NULL for elements that there should be; absurdly many.
[[nodiscard]] inline Result<> require_array(const void* elements, std::size_t count,
                                            std::string_view what,
                                            std::size_t most = most_elements) {
  if (count > most) return fail(concat(what, ": found ", count, ", expected at most ", most));
  if (count > 0 && elements == nullptr) return fail(concat(what, ": found NULL, expected ", count));
  return {};
}

/// Errors: a structure that is NULL, or not of the size that this version knows.
template <class T>
[[nodiscard]] Result<> require_size(const T* structure, std::string_view what) {
  if (structure == nullptr) return fail(concat(what, ": found NULL, expected a structure"));
  if (structure->size != sizeof(T))
    return fail(concat(what, ": found a size of ", structure->size, ", expected ", sizeof(T),
                       " (sizeof it; a larger one is of a later hale)"));
  return {};
}

/// Errors: NULL, and nothing but a zero byte.
[[nodiscard]] inline Result<> require_text(const char* text, std::string_view what) {
  if (text == nullptr) return fail(concat(what, ": found NULL, expected text"));
  if (*text == '\0') return fail(concat(what, ": found nothing, expected text"));
  return {};
}

/// What a caller says of the inputs. Errors: NULL where there should be something, absurd counts.
[[nodiscard]] Result<Inputs> inputs_of(const hale_inputs* said);

}  // namespace hale::c_interface

struct hale_device : hale::c_interface::Handle {
  static constexpr auto own_kind = hale::c_interface::Kind::device;
  explicit hale_device(hale::Device of) : Handle{own_kind}, device(std::move(of)) {}
  hale::Device device;
};

struct hale_model : hale::c_interface::Handle {
  static constexpr auto own_kind = hale::c_interface::Kind::model;
  explicit hale_model(hale::Model of) : Handle{own_kind}, model(std::move(of)) {}
  hale::Model model;
};
