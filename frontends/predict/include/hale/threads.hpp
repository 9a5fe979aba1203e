#pragma once

#include <cstddef>
#include <hale/core/executor.hpp>

namespace hale::session {

/// Runs work on this many threads, which live as long as the executor's copies; one thread at a
/// time hands it work. Pre: threads > 0.
[[nodiscard]] Executor thread_executor(std::size_t threads);

}  // namespace hale::session
