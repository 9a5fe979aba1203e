#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/workload/workload.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::workload {

/// The first line of a workload's text form.
inline constexpr std::string_view text_header = "hale-workload 1";

namespace detail {

[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\x";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

[[nodiscard]] inline std::string extents_text(const std::vector<std::uint64_t>& extents) {
  std::string text;
  for (const std::uint64_t extent : extents) text += concat(text.empty() ? "" : "x", extent);
  return text;
}

[[nodiscard]] inline std::string kernel_text(const Kernel& kernel) {
  std::string line =
      concat("kernel ", name_of(kernel.kind), " element=", in_quotes(kernel.element),
             " bits=", kernel.element_bits, " runs=", kernel.runs, " macs=", kernel.macs,
             " read=", kernel.bytes_read, " written=", kernel.bytes_written,
             " weights=", kernel.weight_bytes, " outputs=", kernel.outputs);
  if (kernel.gemm)
    line += concat(" gemm=", kernel.gemm->batch, "x", kernel.gemm->rows, "x", kernel.gemm->columns,
                   "x", kernel.gemm->depth);
  if (kernel.window) {
    line += concat(" window=", extents_text(kernel.window->kernel));
    line += concat(" strides=", extents_text(kernel.window->strides));
    line += concat(" dilations=", extents_text(kernel.window->dilations));
    line += concat(" group=", kernel.window->group);
  }
  for (const std::string& operation : kernel.operations)
    line += concat(" op=", in_quotes(operation));
  return line + concat(" at=", in_quotes(kernel.location), "\n");
}

/// The words of one line: bare ones, "quoted" ones, and key=value of both.
class LineReader {
 public:
  LineReader(std::string_view line, std::size_t number) : rest_(line), number_(number) {}

  [[nodiscard]] bool at_end() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    return rest_.empty();
  }
  /// Up to a space or an equals sign.
  [[nodiscard]] std::string_view bare() {
    static_cast<void>(at_end());
    const std::string_view word = rest_.substr(0, rest_.find_first_of(" ="));
    rest_.remove_prefix(word.size());
    return word;
  }
  [[nodiscard]] Result<> equals() {
    if (rest_.empty() || rest_.front() != '=') return fail("expected '='");
    rest_.remove_prefix(1);
    return {};
  }
  [[nodiscard]] Result<std::string> string() {
    static_cast<void>(at_end());
    if (rest_.empty() || rest_.front() != '"') return fail("expected a string in quotes");
    rest_.remove_prefix(1);
    std::string out;
    while (!rest_.empty() && rest_.front() != '"') {
      char c = take();
      if (c == '\\') {
        HALE_TRY(c, escaped());
      }
      out += c;
    }
    if (rest_.empty()) return fail("a string does not end, expected '\"'");
    rest_.remove_prefix(1);
    return out;
  }
  [[nodiscard]] Result<std::uint64_t> number() {
    const std::string_view word = bare();
    const auto read = parse_number<std::uint64_t>(word);
    if (!read) return fail(concat("found '", word, "', expected a number"));
    return *read;
  }
  /// 3x3; nothing where there is no word.
  [[nodiscard]] Result<std::vector<std::uint64_t>> extents() {
    std::vector<std::uint64_t> list;
    if (rest_.empty() || rest_.front() == ' ') return list;
    const std::string_view word = bare();
    for (const std::string_view piece : split(word, 'x')) {
      const auto extent = parse_number<std::uint64_t>(piece);
      if (!extent) return fail(concat("found '", word, "', expected extents like 3x3"));
      list.push_back(*extent);
    }
    return list;
  }
  [[nodiscard]] tl::unexpected<Error> fail(std::string_view message) const {
    return hale::fail(concat("line ", number_, ": ", message));
  }

 private:
  [[nodiscard]] char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  [[nodiscard]] Result<char> escaped() {
    if (rest_.empty()) return fail("a string ends within an escape");
    const char c = take();
    if (c != 'x') return c;
    unsigned code = 0;
    const bool enough = rest_.size() >= 2;
    for (int i = 0; enough && i < 2; ++i) {
      const std::size_t digit = std::string_view("0123456789abcdef").find(take());
      if (digit == std::string_view::npos) return fail("expected two hexadecimal digits after \\x");
      code = code * 16 + static_cast<unsigned>(digit);
    }
    if (!enough) return fail("expected two hexadecimal digits after \\x");
    return static_cast<char>(code);
  }

  std::string_view rest_;
  std::size_t number_;
};

[[nodiscard]] inline Result<> read_window(LineReader& in, std::string_view key, Kernel& kernel) {
  if (!kernel.window) kernel.window.emplace();
  if (key == "group") {
    HALE_TRY(kernel.window->group, in.number());
    return {};
  }
  HALE_TRY(std::vector<std::uint64_t> list, in.extents());
  (key == "window"    ? kernel.window->kernel
   : key == "strides" ? kernel.window->strides
                      : kernel.window->dilations) = std::move(list);
  return {};
}

[[nodiscard]] inline Result<> read_field(LineReader& in, std::string_view key, Kernel& kernel) {
  using Figure = std::pair<std::string_view, std::uint64_t Kernel::*>;
  for (const auto& [name, member] :
       std::array{Figure{"bits", &Kernel::element_bits}, Figure{"runs", &Kernel::runs},
                  Figure{"macs", &Kernel::macs}, Figure{"read", &Kernel::bytes_read},
                  Figure{"written", &Kernel::bytes_written},
                  Figure{"weights", &Kernel::weight_bytes}, Figure{"outputs", &Kernel::outputs}})
    if (key == name) {
      HALE_TRY(kernel.*member, in.number());
      return {};
    }
  if (key == "element") {
    HALE_TRY(kernel.element, in.string());
  } else if (key == "op") {
    HALE_TRY(std::string operation, in.string());
    kernel.operations.push_back(std::move(operation));
  } else if (key == "at") {
    HALE_TRY(kernel.location, in.string());
  } else if (key == "gemm") {
    HALE_TRY(const std::vector<std::uint64_t> form, in.extents());
    if (form.size() != 4) return in.fail(concat("gemm has ", form.size(), " entries, expected 4"));
    kernel.gemm = Gemm{form[0], form[1], form[2], form[3]};
  } else if (key == "window" || key == "strides" || key == "dilations" || key == "group") {
    return read_window(in, key, kernel);
  } else {
    return in.fail(concat("found '", key, "', expected a figure of a kernel"));
  }
  return {};
}

[[nodiscard]] inline Result<Kernel> read_kernel(LineReader& in) {
  const std::string_view kind = in.bare();
  const auto known = find_kernel_kind(kind);
  if (!known) return in.fail(concat("found '", kind, "', expected a kind of kernel"));
  Kernel kernel{.kind = *known};
  while (!in.at_end()) {
    const std::string_view key = in.bare();
    HALE_CHECK(in.equals());
    HALE_CHECK(read_field(in, key, kernel));
  }
  return kernel;
}

[[nodiscard]] inline Result<> read_model(LineReader& in, Workload& work) {
  while (!in.at_end()) {
    const std::string_view key = in.bare();
    HALE_CHECK(in.equals());
    HALE_TRY(const std::uint64_t figure, in.number());
    if (key == "inputs")
      work.input_bytes = figure;
    else if (key == "outputs")
      work.output_bytes = figure;
    else if (key == "views")
      work.views = figure;
    else
      return in.fail(concat("found '", key, "', expected inputs, outputs or views"));
  }
  return {};
}

[[nodiscard]] inline Result<> read_line(LineReader& in, Workload& work) {
  const std::string_view first = in.bare();
  if (first == "model") return read_model(in, work);
  if (first == "kernel") {
    HALE_TRY(Kernel kernel, read_kernel(in));
    work.kernels.push_back(std::move(kernel));
  } else if (first == "assumption") {
    HALE_TRY(std::string text, in.string());
    work.assumptions.push_back(std::move(text));
  } else if (first == "uncovered") {
    Uncovered uncovered;
    HALE_TRY(uncovered.operation, in.string());
    HALE_TRY(uncovered.location, in.string());
    HALE_TRY(uncovered.reason, in.string());
    work.uncovered.push_back(std::move(uncovered));
  } else {
    return in.fail(concat("found '", first, "', expected model, kernel, assumption or uncovered"));
  }
  if (!in.at_end()) return in.fail("expected the end of the line");
  return {};
}

}  // namespace detail

/// A workload as text, a line a kernel; parse() reads the same back, without the kernels' origins:
/// lift::transcendental_operations() says what terms need of them.
[[nodiscard]] inline std::string print(const Workload& work) {
  std::string text = concat(text_header, "\nmodel inputs=", work.input_bytes,
                            " outputs=", work.output_bytes, " views=", work.views, "\n");
  for (const Kernel& kernel : work.kernels) text += detail::kernel_text(kernel);
  for (const std::string& assumption : work.assumptions)
    text += concat("assumption ", detail::in_quotes(assumption), "\n");
  for (const Uncovered& each : work.uncovered)
    text += concat("uncovered ", detail::in_quotes(each.operation), " ",
                   detail::in_quotes(each.location), " ", detail::in_quotes(each.reason), "\n");
  return text;
}

/// Errors: what is no workload's text form, with the line.
[[nodiscard]] inline Result<Workload> parse(std::string_view text) {
  const std::vector<std::string_view> lines = split(text, '\n');
  if (trim(lines.front()) != text_header)
    return fail(concat("line 1: expected '", text_header, "'"));
  Workload work;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string_view line = trim(lines[i]);
    if (line.empty()) continue;
    detail::LineReader in(line, i + 1);
    HALE_CHECK(detail::read_line(in, work));
  }
  return work;
}

}  // namespace hale::workload
