#include <atomic>
#include <cstdint>
#include <exception>
#include <hale/threads.hpp>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace hale::session {
namespace {

/// Threads that wait for work, awake for a moment before they sleep: training hands them work every
/// few milliseconds, and waking up takes a good part of one.
class Workers {
 public:
  // NOLINTNEXTLINE(bugprone-throw-keyword-missing): a list of what was thrown
  explicit Workers(std::size_t threads) : thrown_(threads) {
    try {
      for (std::size_t worker = 1; worker < threads; ++worker)
        others_.emplace_back([this, worker] { serve(worker); });
    } catch (...) {
      end();
      throw;
    }
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() { end(); }

  /// Returns when all is done; throws what the work threw.
  void run(std::size_t count, const Executor::Work& work) {
    work_ = &work;
    count_ = count;
    next_ = 0;
    begin_round();
    take_all(0);
    for (std::size_t busy = busy_; busy > 0; busy = busy_) wait_while(busy_, busy);
    std::exception_ptr first;
    for (std::exception_ptr& one : thrown_)
      if (std::exception_ptr thrown = std::exchange(one, nullptr); thrown && !first) first = thrown;
    if (first) std::rethrow_exception(first);
  }

 private:
  void end() {
    work_ = nullptr;
    begin_round();
    for (std::thread& other : others_) other.join();
  }

  void begin_round() {
    busy_ = others_.size();
    ++round_;
    round_.notify_all();
  }

  template <class T>
  static void wait_while(const std::atomic<T>& value, T old) {
    for (int attempt = 0; attempt < 500; ++attempt) {
      if (value.load() != old) return;
      std::this_thread::yield();
    }
    value.wait(old);
  }

  void serve(std::size_t worker) {
    for (std::uint64_t done = 0;; ++done) {
      wait_while(round_, done);
      if (work_ == nullptr) return;
      take_all(worker);
      if (--busy_ == 0) busy_.notify_one();
    }
  }

  void take_all(std::size_t worker) {
    try {
      for (std::size_t i = next_++; i < count_; i = next_++) (*work_)(i, worker);
    } catch (...) {
      thrown_[worker] = std::current_exception();
    }
  }

  const Executor::Work* work_ = nullptr;
  std::size_t count_ = 0;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> busy_{0};
  std::atomic<std::uint64_t> round_{0};
  std::vector<std::exception_ptr> thrown_;
  std::vector<std::thread> others_;
};

}  // namespace

Executor thread_executor(std::size_t threads) {
  return {threads,
          [workers = std::make_shared<Workers>(threads)](
              std::size_t count, const Executor::Work& work) { workers->run(count, work); }};
}

}  // namespace hale::session
