#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/io/checkpoint.hpp>
#include <hale/io/container.hpp>
#include <hale/predictor/simulated.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hale::io {

namespace detail {

inline constexpr std::string_view simulated_recipe = "simulated";
inline constexpr std::size_t most_factors = 256;

inline Notes simulated_notes() {
  Notes notes;
  notes.set("recipe", std::string(simulated_recipe));
  notes.set("space", std::string(space::AnyGraph::name));
  notes.set("encoder", std::string(space::AnyGraphEncoder::name));
  notes.set("encoder_length", concat(space::AnyGraphEncoder::size));
  notes.set("layout", concat(workload::terms_fingerprint));
  notes.set("units", "ms");
  return notes;
}

/// Errors: a number that is missing, not finite or outside of what it can be.
inline Result<> take_number(const Notes& notes, const std::string& name, double least, double most,
                            double& out) {
  HALE_TRY(out, notes.number<double>(name));
  if (out >= least && out <= most) return {};
  return fail(concat(name, " is ", out, ", expected ", least, " to ", most));
}

}  // namespace detail

/// A base file's bytes.
[[nodiscard]] inline std::string serialise_base(const predictor::SimulatedBase& base) {
  Notes notes = detail::simulated_notes();
  notes.set("batch", "1");
  notes.set("precision", "f32");
  notes.set("made_from", base.made_from);
  notes.set("noise", concat(base.error.noise));
  notes.set("discrepancy", concat(base.error.discrepancy));
  notes.set("degrees", concat(base.error.degrees));
  notes.set("level", concat(base.level));
  notes.set("widening", concat(base.widening));
  notes.set("most_deviation", concat(base.most_deviation));
  notes.set("factors", concat(base.prior.factors.size()));
  Container container;
  container.add("base", notes.format());
  container.add("mean", pack(std::span<const double>(base.prior.mean)));
  container.add("spread", pack(std::span<const double>(base.prior.spread)));
  std::vector<double> factors;
  for (const auto& factor : base.prior.factors)
    factors.insert(factors.end(), factor.begin(), factor.end());
  container.add("factors", pack(std::span<const double>(factors)));
  return serialise(container);
}

/// Errors: a base of another recipe, space or layout; missing or damaged sections; numbers that no
/// training leaves. Loads all of it or nothing.
[[nodiscard]] inline Result<predictor::SimulatedBase> load_simulated_base(
    const Container& container) {
  HALE_TRY(const Notes notes, base_notes(container));
  for (const Notes wanted = detail::simulated_notes();
       const auto& [key, expected] : wanted.entries())
    if (notes.get(key) != expected)
      return fail(concat("made for ", key, " '", notes.get(key), "', expected '", expected, "'"));
  predictor::SimulatedBase base;
  base.made_from = notes.get("made_from");
  HALE_CHECK(detail::take_number(notes, "noise", 1e-6, 10, base.error.noise));
  HALE_CHECK(detail::take_number(notes, "discrepancy", 0, 10, base.error.discrepancy));
  HALE_CHECK(detail::take_number(notes, "degrees", 0.1, 1e9, base.error.degrees));
  HALE_CHECK(detail::take_number(notes, "level", 0.01, 0.999, base.level));
  HALE_CHECK(detail::take_number(notes, "widening", 1e-3, 100, base.widening));
  HALE_CHECK(detail::take_number(notes, "most_deviation", 0, 100, base.most_deviation));
  HALE_TRY(const auto factors, notes.number<std::uint64_t>("factors"));
  if (factors > detail::most_factors)
    return fail(concat("factors is ", factors, ", expected at most ", detail::most_factors));
  HALE_CHECK(unpack(container, "mean", std::span<double>(base.prior.mean)));
  HALE_CHECK(unpack(container, "spread", std::span<double>(base.prior.spread)));
  std::vector<double> flat(factors * workload::term_count);
  HALE_CHECK(unpack(container, "factors", std::span<double>(flat)));
  const auto is_usual = [](double number) {
    return std::isfinite(number) && std::abs(number) < 200;
  };
  for (const auto* numbers : {&base.prior.mean, &base.prior.spread})
    if (!std::all_of(numbers->begin(), numbers->end(), is_usual))
      return fail("a rate's logarithm is not finite or beyond 200");
  if (!std::all_of(flat.begin(), flat.end(), is_usual))
    return fail("a factor's logarithm is not finite or beyond 200");
  base.prior.factors.resize(factors);
  for (std::size_t f = 0; f < factors; ++f)
    std::copy_n(flat.begin() + static_cast<std::ptrdiff_t>(f * workload::term_count),
                workload::term_count, base.prior.factors[f].begin());
  return base;
}

}  // namespace hale::io
