#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/normalise.hpp>
#include <hale/meta/encoded.hpp>
#include <hale/meta/learner.hpp>
#include <string>
#include <vector>

namespace hale::meta {

/// A device of the table, prepared for learning.
template <std::floating_point T>
struct SourceDevice {
  std::string name;
  std::vector<T> embedding;       // (references)
  device::Limits limits;          // of the trimmed training rows
  std::vector<std::size_t> rows;  // trimmed training rows
  std::vector<T> targets;         // (table rows): position between the limits
};

/// Owns what the views of a Task point to; reused from episode to episode.
template <class L, space::Encoder E, std::floating_point T>
struct TaskData {
  InputBatch<typename E::Output, T> support;
  InputBatch<typename E::Output, T> query;
  Buffer<T> support_targets;
  Buffer<T> query_targets;
  Buffer<T> embedding;
  std::vector<typename E::Code> scratch;

  /// Sets one side to some rows of the table.
  static void fill(const EncodedRows<E>& encoded, std::span<const T> targets,
                   std::span<const std::size_t> rows, InputBatch<typename E::Output, T>& input,
                   Buffer<T>& out, std::vector<typename E::Code>& scratch) {
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
  static nn::Batch<typename L::Network, T> batch(const InputBatch<typename E::Output, T>& input,
                                                 const Buffer<T>& targets,
                                                 MatrixView<const T> device) {
    return {L::template input<T>(input.value(), device), {targets.data(), targets.size(), 1}};
  }
};

/// Draws tasks: some source devices, some support and some query rows of each.
///
/// Source: HELP, algorithm 1 and its code: rows of a device trimmed to the central 10 to 90 %.
template <class L, space::Encoder E, std::floating_point T>
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
    const auto chosen = rng.choose(devices_.size(), options_.tasks);
    std::vector<std::size_t> rows;
    for (std::size_t t = 0; t < options_.tasks; ++t) {
      const SourceDevice<T>& device = devices_[chosen[t]];
      rows = rng.choose(device.rows.size(), options_.support + options_.query);
      for (std::size_t& row : rows) row = device.rows[row];
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
