#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace hale::cli {

ProgressLine::ProgressLine() : shown_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(std::string_view text) {
  if (!shown_) return;
  fmt::print(stderr, "\r{}\x1b[K", text);
  std::fflush(stderr);
  written_ = true;
}

void ProgressLine::clear() {
  if (!written_) return;
  fmt::print(stderr, "\r\x1b[K");
  written_ = false;
}

std::string duration_text(double seconds) {
  if (seconds < 1) return "a moment";
  const auto whole = static_cast<long long>(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace hale::cli
