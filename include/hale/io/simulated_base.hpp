#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
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
inline constexpr std::size_t most_classes = 1024;
inline constexpr double most_rates = 100'000;        // of all classes: a mean, a known device
inline constexpr double most_familiar = 1'000'000;   // to all classes
inline constexpr std::size_t most_networks = 65536;  // of a base

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

template <class Number>
[[nodiscard]] std::string pack_rates(std::span<const workload::DevicePrior::Rates> each) {
  std::vector<Number> all;
  all.reserve(each.size() * workload::term_count);
  for (const auto& rates : each)
    for (const double rate : rates) all.push_back(static_cast<Number>(rate));
  return pack(std::span<const Number>(all));
}

/// Errors: a section that is missing or of another size; numbers that no training leaves.
template <class Number>
Result<> unpack_rates(const Container& container, std::string_view section,
                      std::span<workload::DevicePrior::Rates> out) {
  std::vector<Number> all(out.size() * workload::term_count);
  HALE_CHECK(unpack(container, section, std::span<Number>(all)));
  constexpr Number most = 200;  // of a logarithm
  if (!std::all_of(all.begin(), all.end(),
                   [](Number number) { return std::isfinite(number) && std::abs(number) < most; }))
    return fail(concat("section '", section, "': a logarithm is not finite or beyond ", most));
  for (std::size_t i = 0; i < all.size(); ++i)
    out[i / workload::term_count][i % workload::term_count] = static_cast<double>(all[i]);
  return {};
}

/// A name without what ends words and lines of a section.
[[nodiscard]] inline std::string in_one_word(std::string name) {
  for (char& letter : name)
    if (letter == '\t' || letter == '\n') letter = ' ';
  return name;
}

/// The lines that say how large each class is: all but its rates. Between tabs: name, noise,
/// discrepancy, degrees, widening, hardware, factors, known devices, familiar networks.
[[nodiscard]] inline std::string class_lines(const std::vector<predictor::DeviceClass>& classes) {
  std::string lines;
  for (const predictor::DeviceClass& one : classes)
    lines +=
        concat(in_one_word(one.name), "\t", one.error.noise, "\t", one.error.discrepancy, "\t",
               one.error.degrees, "\t", one.widening, "\t", one.hardware, "\t",
               one.prior.factors.size(), "\t", one.known.size(), "\t", one.familiar.size(), "\n");
  return lines;
}

inline void add_classes(const predictor::SimulatedBase& base, Container& container) {
  std::vector<workload::DevicePrior::Rates> rates;
  std::vector<std::uint64_t> numbers;
  std::vector<double> pulls;
  std::string names;
  for (const predictor::DeviceClass& one : base.classes) {
    rates.push_back(one.prior.mean);
    rates.push_back(one.prior.spread);
    rates.insert(rates.end(), one.prior.factors.begin(), one.prior.factors.end());
    for (const predictor::KnownDevice& known : one.known) {
      rates.push_back(known.log_rates);
      names += concat(known.name, "\n");
    }
    for (const predictor::FamiliarNetwork& familiar : one.familiar) {
      numbers.push_back(familiar.network);
      pulls.push_back(familiar.pull);
      pulls.push_back(familiar.hardware);
    }
  }
  container.add("classes", class_lines(base.classes));
  container.add("class-rates", pack_rates<float>(rates));
  container.add("known-names", std::move(names));
  container.add("familiar", pack(std::span<const std::uint64_t>(numbers)));
  container.add("pulls", pack(std::span<const double>(pulls)));
  std::vector<float> amounts;
  for (const workload::Terms& one : base.networks)
    for (const double amount : one.amounts) amounts.push_back(static_cast<float>(amount));
  container.add("networks", pack(std::span<const float>(amounts)));
}

/// Makes classes of their lines, with as many factors, known devices and familiar networks as these
/// say. Errors: the line, and what is no such number.
[[nodiscard]] inline Result<std::vector<predictor::DeviceClass>> parse_classes(
    std::string_view text) {
  std::vector<predictor::DeviceClass> classes;
  double rates = 0;
  double all_familiar = 0;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto in_line = [&](std::string_view what) {
      return fail(concat("section 'classes', line ", classes.size() + 1, ": ", what));
    };
    const std::vector<std::string_view> words = split(line, '\t');
    if (words.size() != 9) return in_line(concat("found ", words.size(), " words, expected 9"));
    if (classes.size() == most_classes)
      return in_line(concat("expected at most ", most_classes, " classes"));
    std::array<double, 8> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto number = parse_number<double>(words[i + 1]);
      if (!number || !(*number >= 0) || *number > 1e9)
        return in_line(concat("found '", words[i + 1], "', expected a number from 0 to 1e9"));
      numbers[i] = *number;
    }
    const auto [noise, discrepancy, degrees, widening, hardware, factors, known, familiar] =
        numbers;
    if (noise < 1e-6 || noise > 10 || discrepancy > 10 || degrees < 0.1 || widening < 1e-3 ||
        widening > 100 || hardware < 1e-3)
      return in_line("noise, discrepancy, degrees, widening or hardware is out of range");
    rates += factors + known;
    all_familiar += familiar;
    if (factors > most_factors || rates > most_rates || all_familiar > most_familiar)
      return in_line("more factors, known devices or networks than any base has");
    predictor::DeviceClass one{.name = std::string(words[0]),
                               .error = {noise, discrepancy, degrees},
                               .widening = widening,
                               .hardware = hardware};
    one.prior.factors.resize(static_cast<std::size_t>(factors));
    one.known.resize(static_cast<std::size_t>(known));
    one.familiar.resize(static_cast<std::size_t>(familiar));
    classes.push_back(std::move(one));
  }
  return classes;
}

/// Errors: sections that are missing, of another size, or hold what no training leaves.
[[nodiscard]] inline Result<> unpack_class_rates(const Container& container,
                                                 std::vector<predictor::DeviceClass>& classes) {
  std::size_t count = 0;
  std::size_t all_known = 0;
  for (const predictor::DeviceClass& one : classes) {
    count += 2 + one.prior.factors.size() + one.known.size();
    all_known += one.known.size();
  }
  std::vector<workload::DevicePrior::Rates> rates(count);
  HALE_CHECK(unpack_rates<float>(container, "class-rates", rates));
  HALE_TRY(const std::string_view text, container.section("known-names"));
  const std::vector<std::string_view> names = split(text, '\n');
  if (names.size() != all_known + 1 || !names.back().empty())
    return fail(concat("section 'known-names' has ", names.size(), " lines, expected ", all_known));
  auto rate = rates.begin();
  auto name = names.begin();
  for (predictor::DeviceClass& one : classes) {
    one.prior.mean = *rate++;
    one.prior.spread = *rate++;
    for (workload::DevicePrior::Rates& factor : one.prior.factors) factor = *rate++;
    for (predictor::KnownDevice& known : one.known) known = {std::string(*name++), *rate++};
  }
  return {};
}

/// Errors: as unpack_class_rates(); a network that the base does not have.
[[nodiscard]] inline Result<> unpack_familiar(const Container& container,
                                              predictor::SimulatedBase& base) {
  std::size_t count = 0;
  for (const predictor::DeviceClass& one : base.classes) count += one.familiar.size();
  std::vector<std::uint64_t> numbers(count);
  std::vector<double> pulls(2 * count);
  std::vector<float> amounts(base.networks.size() * workload::term_count);
  HALE_CHECK(unpack(container, "familiar", std::span<std::uint64_t>(numbers)));
  HALE_CHECK(unpack(container, "pulls", std::span<double>(pulls)));
  HALE_CHECK(unpack(container, "networks", std::span<float>(amounts)));
  const auto is_amount = [](auto amount) { return std::isfinite(amount) && amount >= 0; };
  if (!std::all_of(amounts.begin(), amounts.end(), is_amount))
    return fail("section 'networks': an amount is negative or not finite");
  for (std::size_t i = 0; i < amounts.size(); ++i)
    base.networks[i / workload::term_count].amounts[i % workload::term_count] =
        static_cast<double>(amounts[i]);
  std::size_t next = 0;
  for (predictor::DeviceClass& of : base.classes)
    for (predictor::FamiliarNetwork& one : of.familiar) {
      one = {static_cast<std::size_t>(numbers[next]), pulls[2 * next], pulls[2 * next + 1]};
      ++next;
      constexpr double most = 1e3;  // of what pulls a logarithm
      if (one.network >= base.networks.size() || !(std::abs(one.pull) < most) ||
          !(one.hardware > 0 && one.hardware < 1e9))
        return fail(concat("section 'familiar': number ", next, " is of no network of the base"));
    }
  return {};
}

}  // namespace detail

/// A base file's bytes. What classes, their known devices and networks hold is kept in single
/// precision.
[[nodiscard]] inline std::string serialise_base(const predictor::SimulatedBase& base) {
  Notes notes = detail::simulated_notes();
  notes.set("batch", "1");
  notes.set("made_from", base.made_from);
  notes.set("noise", concat(base.error.noise));
  notes.set("discrepancy", concat(base.error.discrepancy));
  notes.set("degrees", concat(base.error.degrees));
  notes.set("level", concat(base.level));
  notes.set("widening", concat(base.widening));
  notes.set("most_deviation", concat(base.most_deviation));
  notes.set("factors", concat(base.prior.factors.size()));
  notes.set("networks", concat(base.networks.size()));
  Container container;
  container.add("base", notes.format());
  container.add("mean", detail::pack_rates<double>({&base.prior.mean, 1}));
  container.add("spread", detail::pack_rates<double>({&base.prior.spread, 1}));
  container.add("factors", detail::pack_rates<double>(base.prior.factors));
  detail::add_classes(base, container);
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
  HALE_TRY(const auto networks, notes.number<std::uint64_t>("networks"));
  if (networks > detail::most_networks)
    return fail(concat("networks is ", networks, ", expected at most ", detail::most_networks));
  base.networks.resize(networks);
  HALE_CHECK(detail::unpack_rates<double>(container, "mean", {&base.prior.mean, 1}));
  HALE_CHECK(detail::unpack_rates<double>(container, "spread", {&base.prior.spread, 1}));
  base.prior.factors.resize(factors);
  HALE_CHECK(detail::unpack_rates<double>(container, "factors", base.prior.factors));
  HALE_TRY(const std::string_view lines, container.section("classes"));
  HALE_TRY(base.classes, detail::parse_classes(lines));
  HALE_CHECK(detail::unpack_class_rates(container, base.classes));
  HALE_CHECK(detail::unpack_familiar(container, base));
  return base;
}

}  // namespace hale::io
