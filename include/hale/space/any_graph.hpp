#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/shape.hpp>
#include <hale/core/text.hpp>
#include <hale/workload/kernel_terms.hpp>
#include <span>
#include <string>
#include <string_view>

namespace hale::space {

/// Every network there is, as the terms that a device takes time for.
///
/// The textual form is "terms/FINGERPRINT:1.5,0,..;", a number a term: what a device file keeps of
/// a measured network beside its kernels.
struct AnyGraph {
  using Architecture = workload::Terms;

  static constexpr std::string_view name = "graph";
  static constexpr std::string_view prefix = "terms/";

  /// A network of some random kernels; what hale emits are those of lower::all_families.
  [[nodiscard]] static Architecture sample(Rng& rng) {
    workload::Workload work;
    for (std::size_t i = 1 + rng.below(30); i > 0; --i) {
      workload::Kernel kernel{
          .kind = static_cast<workload::KernelKind>(rng.below(workload::kernel_kind_names.size())),
          .element_bits = 32};
      const workload::Gemm gemm{1, 1 + rng.below(4096), 1 + rng.below(512), 1 + rng.below(2048)};
      kernel.outputs = gemm.rows * gemm.columns;
      kernel.bytes_written = 4 * kernel.outputs;
      kernel.weight_bytes = 4 * gemm.columns * gemm.depth;
      kernel.bytes_read = 4 * gemm.rows * gemm.depth + kernel.weight_bytes;
      if (workload::has_products(kernel.kind)) {
        kernel.macs = gemm.rows * gemm.columns * gemm.depth;
        kernel.gemm = gemm;
      }
      kernel.operations.emplace_back("Sample");
      work.kernels.push_back(std::move(kernel));
    }
    return workload::terms_of(work, work);
  }

  [[nodiscard]] static std::string format(const Architecture& architecture) {
    std::string text = concat(prefix, workload::terms_fingerprint, ":");
    std::array<char, 32> number{};
    for (const double amount : architecture.amounts) {
      const auto end = std::to_chars(number.data(), number.data() + number.size(), amount).ptr;
      text.append(number.data(), end);
      text += ',';
    }
    text.back() = ';';
    return text;
  }

  /// More than any term of any network comes to: bytes and products are counted in 64 bits.
  static constexpr double most = 1e20;

  /// Errors: text of another form; terms of another version; amounts outside of [0, most].
  [[nodiscard]] static Result<Architecture> parse(std::string_view text) {
    const std::string expected = concat(prefix, workload::terms_fingerprint, ":");
    if (!text.starts_with(prefix))
      return fail(concat("graph '", text.substr(0, 80), "': expected '", expected, "..;'"));
    if (!text.starts_with(expected))
      return fail(concat("graph '", text.substr(0, 40),
                         "': is of another version of hale, expected '", expected,
                         "..;': read the model again"));
    if (!text.ends_with(';')) return fail("graph: its text was cut, expected ';' at the end");
    const auto numbers =
        split(text.substr(expected.size(), text.size() - expected.size() - 1), ',');
    if (numbers.size() != workload::term_count)
      return fail(
          concat("graph: found ", numbers.size(), " terms, expected ", workload::term_count));
    Architecture architecture;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto amount = parse_number<double>(numbers[i]);
      if (!amount || !(*amount >= 0 && *amount <= most))
        return fail(concat("graph: term '", workload::all_terms[i].name, "' is '",
                           numbers[i].substr(0, 40), "', expected an amount from 0 to ", most));
      architecture.amounts[i] = *amount;
    }
    return architecture;
  }
};

/// The terms as they are.
struct AnyGraphEncoder {
  using Space = AnyGraph;
  using Code = double;
  using Output = Given<workload::term_count>;
  static constexpr std::size_t size = workload::term_count;
  static constexpr std::string_view name = "terms";

  static void encode(const AnyGraph::Architecture& architecture,
                     std::span<double, size> codes) noexcept {
    std::copy(architecture.amounts.begin(), architecture.amounts.end(), codes.begin());
  }
};

}  // namespace hale::space
