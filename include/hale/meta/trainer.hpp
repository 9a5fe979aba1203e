#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/executor.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/meta/meta_gradient.hpp>
#include <hale/meta/sampler.hpp>
#include <hale/nn/concepts.hpp>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace hale::meta {

struct TrainerOptions {
  std::size_t episodes = 2000;
  std::optional<double> rate;      // of the outer loop; the optimiser's own unless given
  double divergence_weight = 0.1;  // of the modulator's divergence
  /// Each task's own divergence instead of the last one's times the number of tasks, which is what
  /// the published code does.
  bool own_divergence = false;
  std::size_t validate_every = 50;  // episodes
};

/// All that training goes on from: saved and loaded, it continues bit for bit.
template <MetaLearner L, std::floating_point T>
struct TrainingState {
  Knowledge<L, T> knowledge;
  Knowledge<L, T> best;    // by validation score
  double best_score = -2;  // below every correlation
  std::uint64_t best_episode = 0;
  std::uint64_t episode = 0;
  Rng rng;
  nn::OptimizerOf<typename L::Optimizer, T> theta_moments;
  nn::OptimizerOf<typename L::Optimizer, T> rate_moments;
  nn::OptimizerOf<typename L::Optimizer, T> phi_moments;

  explicit TrainingState(std::uint64_t seed, std::optional<double> rate = {})
      : rng(seed),
        theta_moments(optimizer(L::Network::parameter_count, rate)),
        rate_moments(optimizer(L::Network::parameter_count, rate)),
        phi_moments(optimizer(L::Modulator::parameter_count, rate)) {
    knowledge = Knowledge<L, T>::initial(rng);
    best = knowledge;
  }

 private:
  static auto optimizer(std::size_t size, std::optional<double> rate) {
    return L::Optimizer::template make<T>(size, rate.value_or(L::Optimizer::rate));
  }
};

/// What training reports after each episode.
struct TrainingProgress {
  std::uint64_t episode = 0;
  std::uint64_t episodes = 0;
  double query_loss = 0;   // mean over the tasks
  double best_score = 0;   // on the validation devices
  bool validated = false;  // in this episode
};

/// Meta-training: the learner's optimiser on the mean query loss of each episode's tasks.
///
/// The tasks' gradients are added in a fixed order, so that the result does not depend on the
/// executor.
/// Cost: an episode is `tasks` meta-gradients and one Adam step; no allocation once warm.
/// Source: HELP, algorithm 1.
template <MetaLearner L, space::Encoder E, std::floating_point T>
class Trainer {
 public:
  using Validate = std::function<double(const Knowledge<L, T>&, const Executor&)>;
  /// Told of each episode; false stops the training there.
  using Report = std::function<bool(const TrainingProgress&)>;

  Trainer(EpisodeSampler<L, E, T> sampler, const TrainerOptions& options, Validate validate)
      : sampler_(std::move(sampler)), options_(options), validate_(std::move(validate)) {}

  /// Goes on from `state` to the last episode. Errors: a sampler that cannot draw; a loss that is
  /// no longer finite, with the state as it was before that episode's step.
  Result<> run(TrainingState<L, T>& state, const Executor& executor, const Report& report) {
    HALE_CHECK(sampler_.check());
    while (state.episode < options_.episodes) {
      const double loss = episode_gradient(state, executor);
      if (!std::isfinite(loss))
        return fail(concat("training diverged: the query loss of episode ", state.episode + 1,
                           " is not finite; try a smaller rate or another seed"));
      step(state, executor);
      ++state.episode;
      const bool is_due =
          options_.validate_every > 0 && state.episode % options_.validate_every == 0;
      const bool validated = is_due || state.episode == options_.episodes;
      if (validated) validate(state, executor);
      if (!report({state.episode, options_.episodes, loss, state.best_score, validated})) break;
    }
    return {};
  }

  /// Draws an episode and leaves the sum of its tasks' gradients in the first one. Returns the mean
  /// query loss.
  double episode_gradient(TrainingState<L, T>& state, const Executor& executor) {
    sampler_.draw(state.rng, tasks_);
    noise_.resize(tasks_.size() * L::Modulator::latent_size);
    for (T& element : noise_) element = static_cast<T>(state.rng.normal());
    tapes_.resize(executor.workers);
    gradients_.resize(tasks_.size());
    executor.run(tasks_.size(), [&](std::size_t t, std::size_t worker) {
      const auto noise = std::span<const T>(noise_).subspan(t * L::Modulator::latent_size,
                                                            L::Modulator::latent_size);
      meta_gradient<L, T>(state.knowledge, tasks_[t].task(), noise, divergence_weight(t),
                          tapes_[worker], gradients_[t]);
    });
    double loss = 0;
    for (const auto& gradient : gradients_) loss += static_cast<double>(gradient.query_loss);
    return loss / static_cast<double>(tasks_.size());
  }

  /// Moves what is learned against the gradients of the last episode.
  void step(TrainingState<L, T>& state, const Executor& executor) {
    std::vector<Part> parts;
    add_parts(parts, &Knowledge<L, T>::theta, state.knowledge, state.theta_moments);
    if constexpr (L::InnerLoop::learns_rates)
      add_parts(parts, &Knowledge<L, T>::rates, state.knowledge, state.rate_moments);
    if constexpr (L::Modulator::parameter_count > 0)
      add_parts(parts, &Knowledge<L, T>::phi, state.knowledge, state.phi_moments);
    executor.run(parts.size(), [&](std::size_t p, std::size_t) { move(parts[p]); });
  }

 private:
  using Optimizer = nn::OptimizerOf<typename L::Optimizer, T>;

  /// Some of the parameters, few enough for their gradients to stay in the cache.
  struct Part {
    Buffer<T> Knowledge<L, T>::*member;
    std::size_t from;
    std::span<T> parameters;
    Optimizer* moments;
    typename Optimizer::Step step;
  };
  static constexpr std::size_t part_size = 4096;

  static void add_parts(std::vector<Part>& parts, Buffer<T> Knowledge<L, T>::*member,
                        Knowledge<L, T>& knowledge, Optimizer& moments) {
    const std::span<T> all(knowledge.*member);
    const auto step = moments.advance();
    for (std::size_t from = 0; from < all.size(); from += part_size)
      parts.push_back({member, from, all.subspan(from, std::min(part_size, all.size() - from)),
                       &moments, step});
  }

  /// The mean of the tasks' gradients, in the first one's memory, and a step against it.
  void move(const Part& part) {
    const std::size_t size = part.parameters.size();
    T* const sum = (gradients_[0].gradient.*part.member).data() + part.from;
    for (std::size_t t = 1; t < gradients_.size(); ++t) {
      const T* const other = (gradients_[t].gradient.*part.member).data() + part.from;
      for (std::size_t i = 0; i < size; ++i) sum[i] += other[i];
    }
    const T share = T{1} / static_cast<T>(gradients_.size());
    for (std::size_t i = 0; i < size; ++i) sum[i] *= share;
    part.moments->move(part.step, part.from, part.parameters, std::span<const T>(sum, size));
  }

  /// The weight of a task's divergence: it is summed over the tasks, whose losses are averaged.
  T divergence_weight(std::size_t task) const {
    const auto count = static_cast<double>(tasks_.size());
    const double weight = options_.divergence_weight * count;
    if (options_.own_divergence) return static_cast<T>(weight);
    return task + 1 == tasks_.size() ? static_cast<T>(weight * count) : T{0};
  }

  void validate(TrainingState<L, T>& state, const Executor& executor) {
    const double score = validate_(state.knowledge, executor);
    if (score <= state.best_score) return;
    state.best_score = score;
    state.best = state.knowledge;
    state.best_episode = state.episode;
  }

  EpisodeSampler<L, E, T> sampler_;
  TrainerOptions options_;
  Validate validate_;
  std::vector<TaskData<L, E, T>> tasks_;
  std::vector<T> noise_;
  std::vector<OuterTape<L, T>> tapes_;  // (workers)
  std::vector<TaskGradient<L, T>> gradients_;
};

}  // namespace hale::meta
