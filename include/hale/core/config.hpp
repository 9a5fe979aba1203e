#pragma once

#include <cassert>

/// The library's version; CHANGELOG.md says what each one changed.
#define HALE_VERSION "0.1.0"

/// A broken precondition is a bug of the program, never a user's error: checked in debug builds
/// only.
#define HALE_ASSERT(condition) assert(condition)

/// The functions of hale/session/ are compiled in every program that includes them, or, where
/// HALE_SESSION is defined, once in the library hale-predict.
#ifdef HALE_SESSION
#define HALE_SESSION_INLINE
#else
#define HALE_SESSION_INLINE inline
#endif

#define HALE_CONCAT_(a, b) a##b
#define HALE_CONCAT(a, b) HALE_CONCAT_(a, b)

/// Declares `declaration` from the value of a Result, or returns its error from the caller.
#define HALE_TRY(declaration, expression) \
  HALE_TRY_(HALE_CONCAT(hale_result_, __LINE__), declaration, expression)
#define HALE_TRY_(result, declaration, expression)                                \
  auto result = (expression);                                                     \
  if (!result) return ::tl::unexpected<::hale::Error>(std::move(result).error()); \
  declaration = *std::move(result)

/// Returns the error of a Result<void> from the caller, if it holds one.
#define HALE_CHECK(expression)                     \
  if (auto hale_check = (expression); !hale_check) \
  return ::tl::unexpected<::hale::Error>(std::move(hale_check).error())
