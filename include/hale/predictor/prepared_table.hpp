#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/measurements.hpp>
#include <hale/device/normalise.hpp>
#include <hale/meta/sampler.hpp>
#include <hale/predictor/help.hpp>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace hale::predictor {

/// A device of the table, ready to learn from or to be scored on.
struct PreparedDevice {
  meta::SourceDevice<float> source;
  std::vector<double> latency_ms;  // (table rows), NaN where not measured
  device::Limits reference_limits;
  std::vector<std::size_t> query_rows;  // of the protocol `help`, trimmed
};

/// A latency table whose architectures are parsed and encoded.
template <Recipe R>
class PreparedTable {
  static_assert(R::Check::is_said);

 public:
  using Encoded = meta::EncodedRows<typename R::Encoder>;
  using Architecture = typename R::Space::Architecture;

  /// Errors: an architecture that does not parse or stands twice, with its line.
  [[nodiscard]] static Result<PreparedTable> prepare(const device::LatencyTable& table) {
    PreparedTable prepared;
    std::unordered_map<std::string, std::size_t> row_of;
    for (std::size_t row = 0; row < table.archs.size(); ++row) {
      const auto architecture = R::Space::parse(table.archs[row]);
      const std::string where = concat("line ", row + 2);  // after the header
      if (!architecture) return fail_in(where, architecture.error());
      const auto [known, fresh] = row_of.emplace(R::Space::format(*architecture), row);
      if (!fresh)
        return fail(concat(where, ": '", table.archs[row], "' stands in line ", known->second + 2,
                           " already"));
      prepared.architectures_.push_back(*architecture);
      prepared.encoded_.push_back(*architecture);
    }
    for (const std::string_view reference : R::protocol.references) {
      const auto found = row_of.find(std::string(reference));
      if (found == row_of.end())
        return fail(concat("the reference architecture '", reference, "' is not in the table"));
      prepared.references_.push_back(found->second);
    }
    prepared.table_ = table;
    const std::size_t rows = table.archs.size();
    prepared.train_rows_ = std::min(R::protocol.train_rows, rows - rows / 5);
    prepared.query_rows_ = std::min(R::protocol.query_rows, rows - prepared.train_rows_);
    return prepared;
  }

  /// Errors: an unknown device; a reference that was not measured on it; constant latencies.
  [[nodiscard]] Result<PreparedDevice> device(const std::string& name) const {
    HALE_TRY(const std::span<const double> column, table_.column(name));
    PreparedDevice device;
    device.source.name = name;
    device.latency_ms.assign(column.begin(), column.end());
    const std::vector<double> references = latencies(device, references_);
    for (std::size_t i = 0; i < references.size(); ++i)
      if (std::isnan(references[i]))
        return fail(concat("device '", name, "': the reference '", R::protocol.references[i],
                           "' is not measured"));
    device.reference_limits = device::limits_of(references);
    device.source.rows = device::trimmed_rows(column, measured(device, 0, train_rows_));
    device.query_rows = device::trimmed_rows(column, measured(device, train_rows_, query_rows_));
    if (device.source.rows.empty())
      return fail(
          concat("device '", name, "' is measured on none of the first ", train_rows_, " rows"));
    device.source.limits = device::limits_of(latencies(device, device.source.rows));
    if (device.source.limits.range() <= 0 || device.reference_limits.range() <= 0)
      return fail(concat("device '", name, "' takes ", references[0],
                         " ms for every architecture: there is nothing to learn from it"));
    device.source.embedding = detail::embed<R>(references);
    for (const double latency : column)
      device.source.targets.push_back(
          static_cast<float>(device::target_of(device.source.limits.position(latency))));
    return device;
  }

  /// Errors: fewer training rows than `support` draws need, or no query row.
  [[nodiscard]] static Result<> require_rows(const PreparedDevice& device, std::size_t support) {
    if (device.source.rows.size() >= support && !device.query_rows.empty()) return {};
    return fail(concat("device '", device.source.name, "' has ", device.source.rows.size(),
                       " training and ", device.query_rows.size(),
                       " query rows after trimming, expected at least ", support, " and 1"));
  }

  [[nodiscard]] const Encoded& encoded() const { return encoded_; }
  [[nodiscard]] const Architecture& architecture(std::size_t row) const {
    return architectures_[row];
  }

  /// The reference architectures' measurements of one device.
  [[nodiscard]] std::vector<device::Measurement> reference_measurements(
      const PreparedDevice& device) const {
    std::vector<device::Measurement> measurements;
    for (std::size_t i = 0; i < references_.size(); ++i)
      measurements.push_back({std::string(R::protocol.references[i]),
                              Milliseconds{device.latency_ms[references_[i]]}});
    return measurements;
  }

  [[nodiscard]] std::vector<std::size_t> measured_rows(const PreparedDevice& device) const {
    return measured(device, 0, architectures_.size());
  }
  /// Whether the protocol `help` may score it.
  [[nodiscard]] bool is_query_row(std::size_t row) const {
    return row >= train_rows_ && row < train_rows_ + query_rows_;
  }

  /// All measured rows but the references: what the strict protocol scores.
  [[nodiscard]] std::vector<std::size_t> strict_rows(const PreparedDevice& device) const {
    std::vector<std::size_t> rows = measured_rows(device);
    std::erase_if(rows, [this](std::size_t row) {
      return std::find(references_.begin(), references_.end(), row) != references_.end();
    });
    return rows;
  }

  /// Random support rows of a device's trimmed training rows. Pre: it has that many.
  [[nodiscard]] static std::vector<std::size_t> draw_support(const PreparedDevice& device,
                                                             std::size_t count, Rng& rng) {
    std::vector<std::size_t> rows = rng.choose(device.source.rows.size(), count);
    for (std::size_t& row : rows) row = device.source.rows[row];
    return rows;
  }

  [[nodiscard]] Support<R> support(const PreparedDevice& device,
                                   std::span<const std::size_t> rows) const {
    Support<R> support;
    support.embedding = device.source.embedding;
    for (const std::size_t row : rows) {
      support.encoded.push_back(architectures_[row]);
      support.targets.push_back(device.source.targets[row]);
    }
    return support;
  }

  /// Shapes: rows (n) -> (n).
  [[nodiscard]] std::vector<double> predict(AdaptedNetwork<R>& network,
                                            std::span<const std::size_t> rows) const {
    std::vector<typename R::Encoder::Code> codes;
    encoded_.select(rows, codes);
    std::vector<float> out(rows.size());
    network.predict(codes, out);
    return {out.begin(), out.end()};
  }

  [[nodiscard]] static std::vector<double> latencies(const PreparedDevice& device,
                                                     std::span<const std::size_t> rows) {
    std::vector<double> values;
    for (const std::size_t row : rows) values.push_back(device.latency_ms[row]);
    return values;
  }

 private:
  /// The measured ones of `count` rows from `first` on.
  [[nodiscard]] static std::vector<std::size_t> measured(const PreparedDevice& device,
                                                         std::size_t first, std::size_t count) {
    std::vector<std::size_t> rows;
    const std::size_t last = std::min(first + count, device.latency_ms.size());
    for (std::size_t row = first; row < last; ++row)
      if (!std::isnan(device.latency_ms[row])) rows.push_back(row);
    return rows;
  }

  device::LatencyTable table_;
  std::vector<Architecture> architectures_;
  Encoded encoded_;
  std::vector<std::size_t> references_;
  // As the protocol divides a large table; a small one keeps a fifth for queries.
  std::size_t train_rows_ = 0;
  std::size_t query_rows_ = 0;
};

}  // namespace hale::predictor
