#include <cmath>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/files.hpp>
#include <hale/hale.hpp>
#include <hale/io/table.hpp>
#include <hale/measured.hpp>
#include <hale/numeric/statistics.hpp>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "read_file.hpp"

namespace hale::session {
namespace {

/// Some files as one table, and where its rows came from.
struct Joined {
  device::LatencyTable table{};
  std::map<std::string, std::string> files{};   // ONNX files by the rows' names
  std::map<std::string, std::string> tables{};  // the first table that a row stands in
};

/// Rows of several files are named by their ONNX files' paths, since the files' folders may differ.
Result<Joined> join(const std::vector<std::string>& paths) {
  Joined joined;
  for (const std::string& path : paths) {
    HALE_TRY(const std::string text, read_text(path));
    auto parsed = io::parse_latency_table(text);
    if (!parsed) return fail_in(path, parsed.error());
    for (std::string& arch : parsed->archs) {
      if (is_model(arch)) {
        const std::filesystem::path folder = std::filesystem::path(path).parent_path();
        const std::string file = (folder / arch).string();
        if (paths.size() > 1) arch = std::filesystem::path(file).lexically_normal().string();
        joined.files.emplace(arch, file);
      }
      joined.tables.emplace(arch, path);
    }
    if (const auto added = device::append(joined.table, *parsed); !added)
      return fail_in(path, added.error());
  }
  return joined;
}

/// The batch of each cell, by the file of its row and by its device.
class Batches {
 public:
  /// Errors: as join(); a batch that is no whole number.
  [[nodiscard]] static Result<Batches> read(const std::vector<std::string>& paths) {
    Batches batches;
    HALE_TRY(const Joined joined, join(paths));
    for (std::size_t d = 0; d < joined.table.devices.size(); ++d)
      for (std::size_t row = 0; row < joined.table.archs.size(); ++row) {
        const double batch = joined.table.latency_ms[d][row];
        if (std::isnan(batch)) continue;
        const std::string& arch = joined.table.archs[row];
        const auto file = joined.files.find(arch);
        if (batch < 1 || batch > 1e9 || batch != std::floor(batch) || file == joined.files.end())
          return fail(concat(joined.tables.at(arch), ": ", arch, " on '", joined.table.devices[d],
                             "': found batch ", batch,
                             ", expected a whole number for an ONNX file"));
        batches.of_cell_[{place(file->second), joined.table.devices[d]}] =
            static_cast<std::size_t>(batch);
      }
    return batches;
  }

  /// Nothing where none is stated.
  [[nodiscard]] std::optional<std::size_t> of(const std::string& file,
                                              const std::string& device) const {
    if (of_cell_.empty()) return std::nullopt;
    const auto found = of_cell_.find({place(file), device});
    return found == of_cell_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  static std::string place(const std::string& file) {
    return std::filesystem::path(file).lexically_normal().string();
  }

  std::map<std::pair<std::string, std::string>, std::size_t> of_cell_;
};

/// The cells of a row at each batch that they were measured at: none where it is not stated.
std::map<std::optional<std::size_t>, std::vector<std::size_t>> devices_by_batch(
    const device::LatencyTable& table, std::size_t row, const std::string& file,
    const Batches& batches) {
  std::map<std::optional<std::size_t>, std::vector<std::size_t>> found;
  for (std::size_t d = 0; d < table.devices.size(); ++d)
    if (!std::isnan(table.latency_ms[d][row]))
      found[batches.of(file, table.devices[d])].push_back(d);
  if (found.empty()) found[std::nullopt];  // a row of empty cells stays one
  return found;
}

/// A table whose rows are networks. A row that was measured at several batches is several rows;
/// rows of one graph, under several names, are one row, the median, under the first name.
class TableReader {
 public:
  TableReader(const Joined& joined, const Batches& batches) : joined_(joined), batches_(batches) {
    read_.table.devices = joined.table.devices;
    cells_.resize(joined.table.devices.size());
  }

  Result<> add(std::size_t row) {
    const std::string& arch = joined_.table.archs[row];
    const std::string& path = joined_.tables.at(arch);
    const auto file = joined_.files.find(arch);
    if (file == joined_.files.end()) {
      auto subject = built_in().any_graph().subject(arch);
      if (!subject) return fail_in(path, subject.error());
      std::vector<std::size_t> all;
      for (std::size_t d = 0; d < joined_.table.devices.size(); ++d) all.push_back(d);
      add(row, arch, std::move(subject->network), all);
      return {};
    }
    for (const auto& [batch, devices] :
         devices_by_batch(joined_.table, row, file->second, batches_)) {
      auto found = read_file(file->second, {.batch = batch}, built_in().any_graph());
      if (!found) return fail_in(path, found.error());
      if (found->uncovered) {
        read_.left_out.push_back(
            concat(path, ": ", arch, ": left out: cost not known: ", *found->uncovered));
        continue;
      }
      add(row, batch ? concat(arch, ", batch ", *batch) : arch, std::move(found->network), devices);
    }
    return {};
  }

  [[nodiscard]] ReadTable take() {
    for (std::vector<std::vector<double>>& rows : cells_) {
      std::vector<double>& column = read_.table.latency_ms.emplace_back();
      for (std::vector<double>& cell : rows)
        column.push_back(cell.empty() ? std::numeric_limits<double>::quiet_NaN()
                                      : numeric::median(std::move(cell)));
    }
    return std::move(read_);
  }

 private:
  void add(std::size_t row, std::string name, workload::SharedNetwork network,
           const std::vector<std::size_t>& devices) {
    device::LatencyTable& table = read_.table;
    const auto [known, is_new] = rows_.emplace(network->terms.amounts, table.archs.size());
    if (is_new) {
      table.archs.push_back(std::move(name));
      table.families.push_back(joined_.table.family(row));
      table.networks.push_back(std::move(network));
      for (std::vector<std::vector<double>>& rows : cells_) rows.emplace_back();
    }
    for (const std::size_t d : devices)
      if (const double ms = joined_.table.latency_ms[d][row]; !std::isnan(ms))
        cells_[d][known->second].push_back(ms);
  }

  const Joined& joined_;
  const Batches& batches_;
  ReadTable read_;
  std::map<decltype(workload::Terms::amounts), std::size_t> rows_;
  std::vector<std::vector<std::vector<double>>> cells_;  // (devices, rows), of each name
};

}  // namespace

Result<ReadTable> read_tables(const TableFiles& files, std::string_view space) {
  HALE_TRY(Joined joined, join(files.tables));
  if (space != built_in().any_graph().name || joined.files.empty()) {
    if (!files.batches.empty())
      return fail(concat(files.batches.front(), ": batches are of ONNX files in space 'graph'"));
    return ReadTable{std::move(joined.table)};
  }
  HALE_TRY(const Batches batches, Batches::read(files.batches));
  TableReader reader(joined, batches);
  for (std::size_t row = 0; row < joined.table.archs.size(); ++row) HALE_CHECK(reader.add(row));
  ReadTable read = reader.take();
  if (read.table.archs.empty())
    return fail(concat(hale::joined(files.tables), ": has no model whose cost is known"));
  return read;
}

}  // namespace hale::session
