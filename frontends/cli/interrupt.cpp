#include "interrupt.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <hale/runners.hpp>

namespace hale::cli {
namespace {

constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t signal_that_came = 0;

void note(int signal) {
  signal_that_came = signal;
  runners::interrupt();
}

void handle_by(void (*handler)(int)) {
  for (const int signal : signals)
    if (std::signal(signal, handler) == SIG_IGN) std::signal(signal, SIG_IGN);
}

}  // namespace

InterruptGuard::InterruptGuard() { handle_by(note); }

InterruptGuard::~InterruptGuard() { handle_by(SIG_DFL); }

bool InterruptGuard::interrupted() const { return signal_that_came != 0; }

void InterruptGuard::end_process() {
  handle_by(SIG_DFL);
  std::raise(signal_that_came);
  std::abort();  // no signal came
}

}  // namespace hale::cli
