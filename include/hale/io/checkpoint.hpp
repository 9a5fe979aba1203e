#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/reference_latencies.hpp>
#include <hale/io/container.hpp>
#include <hale/meta/trainer.hpp>
#include <hale/predictor/base.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace hale::io {

namespace detail {

/// A fingerprint of the layouts of all that is learned, as sixteen hexadecimal digits.
template <predictor::Recipe R>
std::string layout_of() {
  Fingerprint hash;
  hash.add(R::Learner::Network::fingerprint)
      .add(std::uint64_t{R::Learner::Modulator::parameter_count})
      .add(R::Encoder::name)
      .add(std::uint64_t{R::Encoder::size});
  // Files of HELP's own embedding, which was once the only one, do not say which it is.
  if constexpr (!std::is_same_v<typename R::Embedding,
                                device::ReferenceLatencies<R::Embedding::references>>)
    hash.add(R::Embedding::name);
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4)
    digits += "0123456789abcdef"[(hash.value() >> shift) & 0xf];
  return digits;
}

template <predictor::Recipe R>
Notes recipe_notes() {
  Notes notes;
  notes.set("recipe", std::string(R::name));
  notes.set("space", std::string(R::Space::name));
  notes.set("encoder", std::string(R::Encoder::name));
  notes.set("encoder_length", concat(R::Encoder::size));
  notes.set("layout", layout_of<R>());
  notes.set("units", "ms");
  return notes;
}

/// Errors: the first of recipe, space, encoder, layout and units that is not this recipe's.
template <predictor::Recipe R>
Result<> require_recipe(const Notes& notes) {
  const Notes wanted = recipe_notes<R>();
  for (const auto& [key, expected] : wanted.entries())
    if (notes.get(key) != expected)
      return fail(concat("made for ", key, " '", notes.get(key), "', expected '", expected, "'"));
  return {};
}

template <class Learner>
void add_knowledge(Container& container, std::string_view prefix,
                   const meta::Knowledge<Learner, float>& knowledge) {
  const auto add = [&](std::string_view name, const Buffer<float>& buffer) {
    container.add(concat(prefix, name), pack(std::span<const float>(buffer)));
  };
  add("theta", knowledge.theta);
  add("rates", knowledge.rates);
  add("modulator", knowledge.phi);
}

template <class Learner>
Result<> take_knowledge(const Container& container, std::string_view prefix,
                        meta::Knowledge<Learner, float>& knowledge) {
  const auto take = [&](std::string_view name, Buffer<float>& buffer) -> Result<> {
    HALE_CHECK(unpack(container, concat(prefix, name), std::span<float>(buffer)));
    constexpr float most = 1e4F;  // that no training comes near
    if (!std::all_of(buffer.begin(), buffer.end(), [](float x) { return std::abs(x) <= most; }))
      return fail(
          concat("section '", prefix, name, "' holds numbers that are not finite, or over ", most));
    return {};
  };
  HALE_CHECK(take("theta", knowledge.theta));
  HALE_CHECK(take("rates", knowledge.rates));
  return take("modulator", knowledge.phi);
}

}  // namespace detail

/// What a base file says of itself. Errors: damaged bytes, or another kind of hale file.
[[nodiscard]] inline Result<Notes> base_notes(const Container& container) {
  const std::string* text = container.find("base");
  if (text == nullptr)
    return fail(container.find("device") != nullptr
                    ? "is a device file, expected a base (made by 'hale train')"
                    : "is no base: section 'base' is missing");
  return Notes::parse(*text);
}

/// A base file's bytes.
template <predictor::Recipe R>
[[nodiscard]] std::string serialise_base(const predictor::Base<R>& base) {
  Notes notes = detail::recipe_notes<R>();
  notes.set("batch", "1");
  notes.set("precision", "f32");
  notes.set("made_from", base.made_from);
  notes.set("limit_low", concat(base.limit_positions.low));
  notes.set("limit_high", concat(base.limit_positions.high));
  notes.set("interval_spreads", concat(base.interval.spreads));
  notes.set("least_spread", concat(base.interval.least_spread));
  notes.set("level", concat(base.interval.level));
  Container container;
  container.add("base", notes.format());
  std::string references;
  for (const std::string& reference : base.references) references += reference + "\n";
  container.add("references", std::move(references));
  detail::add_knowledge(container, "", base.knowledge);
  return serialise(container);
}

/// Errors: a base of another recipe, space or layout; missing or damaged sections. Loads all of it
/// or nothing.
template <predictor::Recipe R>
[[nodiscard]] Result<predictor::Base<R>> load_base(const Container& container) {
  HALE_TRY(const Notes notes, base_notes(container));
  HALE_CHECK(detail::require_recipe<R>(notes));
  predictor::Base<R> base;
  HALE_CHECK(detail::take_knowledge(container, "", base.knowledge));
  base.made_from = notes.get("made_from");
  HALE_TRY(base.limit_positions.low, notes.number<double>("limit_low", -1e3, 1e3));
  HALE_TRY(base.limit_positions.high, notes.number<double>("limit_high", -1e3, 1e3));
  HALE_TRY(base.interval.spreads, notes.number<double>("interval_spreads", 0, 1e3));
  HALE_TRY(base.interval.least_spread, notes.number<double>("least_spread", 0, 100));
  HALE_TRY(base.interval.level, notes.number<double>("level", 0.01, 0.999));
  HALE_TRY(const std::string_view references, container.section("references"));
  for (const std::string_view line : split(references, '\n')) {
    if (line.empty()) continue;
    HALE_CHECK(R::Space::parse(line).map([](const auto&) {}));
    base.references.emplace_back(line);
  }
  if (base.references.size() != R::protocol.references.size())
    return fail(concat("found ", base.references.size(), " references, expected ",
                       R::protocol.references.size()));
  return base;
}
template <predictor::Recipe R>
[[nodiscard]] Result<predictor::Base<R>> load_base(std::string_view bytes) {
  HALE_TRY(const Container container, parse_container(bytes));
  return load_base<R>(container);
}

/// The bytes from which training goes on, bit for bit. `purpose` says what is being trained on
/// what; it must be the same when loading.
template <predictor::Recipe R>
[[nodiscard]] std::string serialise_training(meta::TrainingState<typename R::Learner, float>& state,
                                             std::string_view purpose) {
  Notes notes = detail::recipe_notes<R>();
  notes.set("purpose", std::string(purpose));
  notes.set("episode", concat(state.episode));
  notes.set("best_episode", concat(state.best_episode));
  notes.set("best_score", concat(state.best_score));
  Container container;
  container.add("training", notes.format());
  detail::add_knowledge(container, "now.", state.knowledge);
  detail::add_knowledge(container, "best.", state.best);
  container.add("rng", pack(std::span<const std::uint64_t>(state.rng.state())));
  const auto add = [&](std::string_view name, nn::Optimizer auto& optimizer) {
    container.add(concat(name, ".steps"), concat(optimizer.steps()));
    optimizer.for_each_moment([&](std::string_view moment, Buffer<float>& buffer) {
      container.add(concat(name, ".", moment), pack(std::span<const float>(buffer)));
    });
  };
  add("theta", state.theta_moments);
  add("rates", state.rate_moments);
  add("modulator", state.phi_moments);
  return serialise(container);
}

/// Sets `state` to where the training stood. Errors: damaged bytes; another training's state.
template <predictor::Recipe R>
[[nodiscard]] Result<> resume_training(std::string_view bytes, std::string_view purpose,
                                       meta::TrainingState<typename R::Learner, float>& state) {
  HALE_TRY(const Container container, parse_container(bytes));
  HALE_TRY(const std::string_view text, container.section("training"));
  HALE_TRY(const Notes notes, Notes::parse(text));
  HALE_CHECK(detail::require_recipe<R>(notes));
  if (notes.get("purpose") != purpose)
    return fail(concat("is the state of another training: found '", notes.get("purpose"),
                       "', expected '", purpose, "'"));
  auto next = state;
  HALE_TRY(next.episode, notes.number<std::uint64_t>("episode"));
  HALE_TRY(next.best_episode, notes.number<std::uint64_t>("best_episode"));
  HALE_TRY(next.best_score, notes.number<double>("best_score"));
  HALE_CHECK(detail::take_knowledge(container, "now.", next.knowledge));
  HALE_CHECK(detail::take_knowledge(container, "best.", next.best));
  Rng::State rng{};
  HALE_CHECK(unpack(container, "rng", std::span<std::uint64_t>(rng)));
  next.rng = Rng(rng);
  const auto take = [&](std::string_view name, nn::Optimizer auto& optimizer) -> Result<> {
    HALE_TRY(const std::string_view steps, container.section(concat(name, ".steps")));
    optimizer.steps() = parse_number<std::uint64_t>(steps).value_or(0);
    Result<> taken;
    optimizer.for_each_moment([&](std::string_view moment, Buffer<float>& buffer) {
      if (taken) taken = unpack(container, concat(name, ".", moment), std::span<float>(buffer));
    });
    return taken;
  };
  HALE_CHECK(take("theta", next.theta_moments));
  HALE_CHECK(take("rates", next.rate_moments));
  HALE_CHECK(take("modulator", next.phi_moments));
  state = std::move(next);
  return {};
}

}  // namespace hale::io
