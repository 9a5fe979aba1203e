#pragma once

namespace hale::cli {

/// While it stands, SIGINT, SIGTERM and SIGHUP let the work end where nothing is lost. A signal
/// that the process ignores stays ignored. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard();

  /// Whether the work is to end. No runner's process is waited for from then on.
  [[nodiscard]] bool interrupted() const;
  /// Ends the process by the signal that came, so that a shell sees it.
  [[noreturn]] void end_process();
};

}  // namespace hale::cli
