#pragma once

#include <cstddef>
#include <functional>

namespace hale {

/// Runs work(0, w) .. work(count - 1, w), in any order or at once, and returns when all are done; w
/// is the number, below `workers`, of whoever runs it.
struct Executor {
  using Work = std::function<void(std::size_t index, std::size_t worker)>;

  std::size_t workers = 1;
  std::function<void(std::size_t count, const Work& work)> run = [](std::size_t count,
                                                                    const Work& work) {
    for (std::size_t i = 0; i < count; ++i) work(i, 0);
  };
};

}  // namespace hale
