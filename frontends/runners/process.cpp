#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <hale/core/text.hpp>
#include <hale/runners.hpp>
#include <thread>

namespace hale::runners {
namespace {

volatile std::sig_atomic_t is_interrupted = 0;

void pin_to_last(std::size_t cores) {
  cpu_set_t allowed;
  if (cores == 0 || sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return;
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && cores > 0; --cpu)
    if (CPU_ISSET(cpu, &allowed)) {
      CPU_SET(cpu, &chosen);
      --cores;
    }
  sched_setaffinity(0, sizeof(chosen), &chosen);
}

void keep_memory() {
  setenv("MALLOC_MMAP_MAX_", "0", 1);
  setenv("MALLOC_TRIM_THRESHOLD_", "1000000000000", 1);
}

[[noreturn]] void become(const std::vector<std::string>& words, int input, int output,
                         int complaints) {
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(complaints, STDERR_FILENO);
  std::signal(SIGPIPE, SIG_DFL);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  dprintf(STDERR_FILENO, "%s cannot be run: %s\n", arguments[0], std::strerror(errno));
  _exit(127);
}

}  // namespace

void interrupt() noexcept { is_interrupted = 1; }

Result<Process> Process::start(const std::vector<std::string>& words, std::size_t cores,
                               bool keeps_memory) {
  std::array<int, 2> to{-1, -1};
  std::array<int, 2> from{-1, -1};
  Process process;
  const auto give_up = [&](std::string_view what) {
    const std::string why = std::strerror(errno);
    for (const int end : {to[0], from[1]})
      if (end >= 0) close(end);
    return fail(concat(words.front(), ": ", what, ": ", why));
  };
  if (pipe2(to.data(), O_CLOEXEC) != 0) return give_up("no pipe");
  process.input_ = to[1];
  if (pipe2(from.data(), O_CLOEXEC) != 0) return give_up("no pipe");
  process.output_ = from[0];
  process.complaints_ = memfd_create("stderr", MFD_CLOEXEC);
  if (process.complaints_ < 0) return give_up("no memory file");
  process.id_ = fork();
  if (process.id_ < 0) return give_up("cannot be started");
  if (process.id_ == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // it goes where this process is interrupted
    pin_to_last(cores);
    if (keeps_memory) keep_memory();
    become(words, to[0], from[1], process.complaints_);
  }
  setpgid(process.id_, process.id_);
  close(to[0]);
  close(from[1]);
  return process;
}

Process::~Process() {
  for (const int end : {input_, output_, complaints_})
    if (end >= 0) close(end);
  if (id_ <= 0) return;
  kill(-id_, SIGKILL);
  waitpid(id_, nullptr, 0);
}

int Process::Patience::milliseconds_left() const {
  if (is_interrupted != 0) return 0;
  constexpr double longest = 1e9;  // within an int
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin_;
  return static_cast<int>(std::clamp(1e3 * (seconds_ - spent.count()), 0.0, longest));
}

tl::unexpected<Error> Process::Patience::lost() const {
  if (is_interrupted != 0) return fail("interrupted");
  return fail(concat("no answer for ", seconds_, " seconds; --timeout allows for more"));
}

void Process::close_input() {
  if (input_ >= 0) close(std::exchange(input_, -1));
}

Result<> Process::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(input_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(how_it_ended());
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

/// Adds what the process writes next to what is pending; whether there was any before its end.
Result<bool> Process::fill(const Patience& patience) {
  pollfd waited{output_, POLLIN, 0};
  // An interruption may come before poll(), and then does not end it.
  constexpr int longest_blind = 200;
  const int left = patience.milliseconds_left();
  if (left == 0) return patience.lost();
  const int ready = poll(&waited, 1, std::min(left, longest_blind));
  if (ready == 0 || (ready < 0 && errno == EINTR)) return true;
  if (ready < 0) return fail(std::strerror(errno));
  std::array<char, 4096> piece{};
  const ssize_t count = read(output_, piece.data(), piece.size());
  if (count > 0) pending_.append(piece.data(), static_cast<std::size_t>(count));
  return count > 0;
}

Result<std::string> Process::read_line(double seconds) {
  const Patience patience(seconds);
  while (true) {
    if (const std::size_t end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    HALE_TRY(const bool goes_on, fill(patience));
    if (!goes_on) return fail(how_it_ended());
  }
}

Result<std::string> Process::read_all(double seconds) {
  const Patience patience(seconds);
  close_input();
  while (true) {
    HALE_TRY(const bool goes_on, fill(patience));
    if (!goes_on) break;
  }
  // It may close its stdout and go on.
  const auto status = wait_for_end(patience);
  if (!status) return patience.lost();
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return std::move(pending_);
  const std::string said = last_complaint();
  return fail(concat(WIFEXITED(*status) ? concat("exit status ", WEXITSTATUS(*status))
                                        : concat("killed by signal ", WTERMSIG(*status)),
                     said.empty() ? "" : ": ", said));
}

/// The last line on stderr that is not empty.
std::string Process::last_complaint() const {
  constexpr off_t most = 2000;
  const off_t size = lseek(complaints_, 0, SEEK_END);
  std::string text(static_cast<std::size_t>(std::clamp<off_t>(size, 0, most)), '\0');
  const ssize_t count =
      pread(complaints_, text.data(), text.size(), std::max<off_t>(size - most, 0));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  std::string_view last;
  for (const std::string_view line : split(text, '\n'))
    if (!trim(line).empty()) last = trim(line);
  return std::string(last);
}

/// Its status, once it has ended; none where it has not within the patience.
std::optional<int> Process::wait_for_end(const Patience& patience) {
  int status = 0;
  while (waitpid(id_, &status, WNOHANG) == 0) {
    if (patience.milliseconds_left() == 0) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  id_ = -1;
  return status;
}

std::string Process::how_it_ended() {
  constexpr double seconds_to_end = 5;
  const auto status = wait_for_end(Patience(seconds_to_end));
  const std::string said = last_complaint();
  return concat(status ? "the process ended" : "the process answers no more",
                status && WIFSIGNALED(*status) ? concat(" by signal ", WTERMSIG(*status)) : "",
                said.empty() ? "" : ": ", said);
}

}  // namespace hale::runners
