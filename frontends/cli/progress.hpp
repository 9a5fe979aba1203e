#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hale::cli {

/// A line on stderr that is written again and again; nothing where stderr is no terminal.
class ProgressLine {
 public:
  ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  [[nodiscard]] bool is_shown() const { return shown_; }
  void show(std::string_view text);
  /// Takes the line away, so that messages stand alone.
  void clear();

 private:
  bool shown_;
  bool written_ = false;
};

/// "2 min 10 s"; "a moment" for less than a second.
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace hale::cli
