#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <hale/core/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::runners {

/// A child process with pipes to its stdin and from its stdout; killed, with its own children,
/// where it is still there at the end.
class Process {
 public:
  /// Starts a program, found as a shell finds it, on the last `cores` processors of this process's
  /// own; 0: on all. Where `keeps_memory` glibc gives nothing back that the program frees.
  /// Errors: it cannot be started.
  [[nodiscard]] static Result<Process> start(const std::vector<std::string>& words,
                                             std::size_t cores, bool keeps_memory = false);

  Process(Process&& other) noexcept
      : id_(std::exchange(other.id_, -1)),
        input_(std::exchange(other.input_, -1)),
        output_(std::exchange(other.output_, -1)),
        complaints_(std::exchange(other.complaints_, -1)),
        pending_(std::move(other.pending_)) {}
  Process& operator=(Process&&) = delete;
  ~Process();

  /// Errors: the process takes no more.
  [[nodiscard]] Result<> write(std::string_view text);
  /// The next line, without its end. Errors: the process ended, with the last of what it said on
  /// stderr; none was whole within these seconds.
  [[nodiscard]] Result<std::string> read_line(double seconds);
  /// All it writes until it ends. Errors: as read_line(), and a status other than 0.
  [[nodiscard]] Result<std::string> read_all(double seconds);

 private:
  /// How long an answer is waited for, whatever comes of it in between.
  class Patience {
   public:
    explicit Patience(double seconds) : seconds_(seconds) {}
    [[nodiscard]] int milliseconds_left() const;
    [[nodiscard]] tl::unexpected<Error> lost() const;

   private:
    double seconds_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  };

  Process() = default;
  [[nodiscard]] Result<bool> fill(const Patience& patience);
  [[nodiscard]] std::optional<int> wait_for_end(const Patience& patience);
  [[nodiscard]] std::string last_complaint() const;
  [[nodiscard]] std::string how_it_ended();
  void close_input();

  pid_t id_ = -1;
  int input_ = -1;
  int output_ = -1;
  int complaints_ = -1;  // a file in memory that takes its stderr
  std::string pending_;
};

}  // namespace hale::runners
