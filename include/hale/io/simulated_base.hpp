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
inline constexpr std::size_t most_known = 4096;

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

[[nodiscard]] inline std::vector<double> flat(std::span<const workload::DevicePrior::Rates> each) {
  std::vector<double> all;
  for (const auto& rates : each) all.insert(all.end(), rates.begin(), rates.end());
  return all;
}

/// Errors: a section that is missing or of another size; numbers that no training leaves.
inline Result<> unpack_rates(const Container& container, std::string_view section,
                             std::span<workload::DevicePrior::Rates> out) {
  std::vector<double> all(out.size() * workload::term_count);
  HALE_CHECK(unpack(container, section, std::span<double>(all)));
  constexpr double most = 200;  // of a logarithm
  if (!std::all_of(all.begin(), all.end(),
                   [](double number) { return std::isfinite(number) && std::abs(number) < most; }))
    return fail(concat("section '", section, "': a logarithm is not finite or beyond ", most));
  for (std::size_t i = 0; i < all.size(); ++i)
    out[i / workload::term_count][i % workload::term_count] = all[i];
  return {};
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
  notes.set("known", concat(base.known.size()));
  Container container;
  container.add("base", notes.format());
  container.add("mean", pack(std::span<const double>(base.prior.mean)));
  container.add("spread", pack(std::span<const double>(base.prior.spread)));
  container.add("factors", pack(std::span<const double>(detail::flat(base.prior.factors))));
  std::vector<workload::DevicePrior::Rates> rates;
  std::string names;
  for (const predictor::KnownDevice& known : base.known) {
    rates.push_back(known.log_rates);
    names += concat(known.name, "\n");
  }
  container.add("known", pack(std::span<const double>(detail::flat(rates))));
  container.add("known-names", std::move(names));
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
  HALE_TRY(base.error.noise, notes.number<double>("noise", 1e-6, 10));
  HALE_TRY(base.error.discrepancy, notes.number<double>("discrepancy", 0, 10));
  HALE_TRY(base.error.degrees, notes.number<double>("degrees", 0.1, 1e9));
  HALE_TRY(base.level, notes.number<double>("level", 0.01, 0.999));
  HALE_TRY(base.widening, notes.number<double>("widening", 1e-3, 100));
  HALE_TRY(base.most_deviation, notes.number<double>("most_deviation", 0, 100));
  HALE_TRY(const auto factors, notes.number<std::uint64_t>("factors"));
  if (factors > detail::most_factors)
    return fail(concat("factors is ", factors, ", expected at most ", detail::most_factors));
  HALE_TRY(const auto known, notes.number<std::uint64_t>("known"));
  if (known > detail::most_known)
    return fail(concat("known is ", known, ", expected at most ", detail::most_known));
  HALE_CHECK(detail::unpack_rates(container, "mean", {&base.prior.mean, 1}));
  HALE_CHECK(detail::unpack_rates(container, "spread", {&base.prior.spread, 1}));
  base.prior.factors.resize(factors);
  HALE_CHECK(detail::unpack_rates(container, "factors", base.prior.factors));
  HALE_TRY(const std::string_view text, container.section("known-names"));
  const std::vector<std::string_view> names = split(text, '\n');
  if (names.size() != known + 1 || !names.back().empty())
    return fail(concat("section 'known-names' has ", names.size(), " lines, expected ", known));
  std::vector<workload::DevicePrior::Rates> rates(known);
  HALE_CHECK(detail::unpack_rates(container, "known", rates));
  for (std::size_t i = 0; i < rates.size(); ++i)
    base.known.push_back({std::string(names[i]), rates[i]});
  return base;
}

}  // namespace hale::io
