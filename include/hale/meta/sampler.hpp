#pragma once

#include <concepts>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/meta/concepts.hpp>
#include <hale/meta/encoded.hpp>
#include <hale/meta/learner.hpp>
#include <hale/meta/source_device.hpp>
#include <span>
#include <vector>

namespace hale::meta {

/// Owns what the views of a Task point to; reused from episode to episode.
template <MetaLearner L, space::Encoder E, std::floating_point T>
struct TaskData {
  EncodedBatch<E, T> support;
  EncodedBatch<E, T> query;
  Buffer<T> support_targets;
  Buffer<T> query_targets;
  Buffer<T> embedding;
  std::vector<typename E::Code> scratch;

  /// Fills the support or the query with some rows of the table.
  static void fill(const EncodedRows<E>& encoded, std::span<const T> targets,
                   std::span<const std::size_t> rows, EncodedBatch<E, T>& input, Buffer<T>& out,
                   std::vector<typename E::Code>& scratch) {
    encoded.select(rows, scratch);
    input.assign(scratch);
    if (out.size() != rows.size()) out = Buffer<T>(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = targets[rows[i]];
  }

  /// The views of a learner's network; valid until the next fill().
  [[nodiscard]] Task<L, T> task() const {
    const MatrixView<const T> device(embedding.data(), 1, embedding.size());
    return {device, batch(support, support_targets, device), batch(query, query_targets, device)};
  }

 private:
  static nn::Batch<typename L::Network, T> batch(const EncodedBatch<E, T>& input,
                                                 const Buffer<T>& targets,
                                                 MatrixView<const T> device) {
    return {L::template input<T>(input.value(), device), {targets.data(), targets.size(), 1}};
  }
};

/// Draws tasks: some source devices, some support and some query rows of each, as the learner's
/// Sampler chooses them.
template <MetaLearner L, space::Encoder E, std::floating_point T>
class EpisodeSampler {
 public:
  struct Options {
    std::size_t tasks = 8;
    std::size_t support = 10;
    std::size_t query = 200;
  };

  EpisodeSampler(const EncodedRows<E>& encoded, std::vector<SourceDevice<T>> devices,
                 const Options& options)
      : encoded_(&encoded), devices_(std::move(devices)), options_(options) {}

  /// Errors: fewer devices than an episode has tasks, or a device with too few rows.
  [[nodiscard]] Result<> check() const {
    if (devices_.size() < options_.tasks)
      return fail(
          concat("an episode needs ", options_.tasks, " source devices, found ", devices_.size()));
    for (const SourceDevice<T>& device : devices_)
      if (device.rows.size() < options_.support + options_.query)
        return fail(concat("device '", device.name, "' has ", device.rows.size(),
                           " rows after trimming, an episode needs ",
                           options_.support + options_.query));
    return {};
  }

  /// Pre: check() holds. The tasks' memory is reused.
  void draw(Rng& rng, std::vector<TaskData<L, E, T>>& tasks) const {
    tasks.resize(options_.tasks);
    const std::vector<std::size_t> chosen =
        L::Sampler::choose_devices(std::span<const SourceDevice<T>>(devices_), options_.tasks, rng);
    for (std::size_t t = 0; t < options_.tasks; ++t) {
      const SourceDevice<T>& device = devices_[chosen[t]];
      const std::vector<std::size_t> rows =
          L::Sampler::choose_rows(device, options_.support + options_.query, rng);
      const std::span<const std::size_t> all(rows);
      TaskData<L, E, T>& task = tasks[t];
      task.embedding = Buffer<T>(std::span<const T>(device.embedding));
      task.fill(*encoded_, device.targets, all.first(options_.support), task.support,
                task.support_targets, task.scratch);
      task.fill(*encoded_, device.targets, all.subspan(options_.support), task.query,
                task.query_targets, task.scratch);
    }
  }

  [[nodiscard]] const std::vector<SourceDevice<T>>& devices() const { return devices_; }

 private:
  const EncodedRows<E>* encoded_;
  std::vector<SourceDevice<T>> devices_;
  Options options_;
};

}  // namespace hale::meta
