#pragma once

#include <cstddef>
#include <hale/meta/trainer.hpp>

namespace hale::cli {

/// Runs work on this many threads, which end with each call. Pre: threads > 0.
[[nodiscard]] meta::Executor thread_executor(std::size_t threads);

}  // namespace hale::cli
