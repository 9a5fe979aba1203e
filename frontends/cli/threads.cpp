#include "threads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace hale::cli {
namespace {

void run_on(std::size_t threads, std::size_t count, const meta::Executor::Work& work) {
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> thrown(threads);
  const auto take_all = [&](std::size_t worker) {
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i, worker);
    } catch (...) {
      thrown[worker] = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  for (std::size_t worker = 1; worker < std::min(threads, count); ++worker)
    others.emplace_back(take_all, worker);
  take_all(0);
  for (std::thread& other : others) other.join();
  for (const std::exception_ptr& one : thrown)
    if (one) std::rethrow_exception(one);
}

}  // namespace

meta::Executor thread_executor(std::size_t threads) {
  return {threads, [threads](std::size_t count, const meta::Executor::Work& work) {
            run_on(threads, count, work);
          }};
}

}  // namespace hale::cli
