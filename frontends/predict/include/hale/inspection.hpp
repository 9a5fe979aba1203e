#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <hale/lift/reading.hpp>
#include <hale/session/model.hpp>
#include <hale/workload/workload.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What hale reads of a model, for people.
namespace hale::session {

/// An input or an output.
struct Port {
  std::string name;
  std::string type;   // "f32"
  std::string shape;  // "1x3x224x224"
};

/// All operations of one name. Operations of unknown cost do not count in the sum.
struct OperatorTotal {
  std::string name;
  std::size_t count = 0;
  std::uint64_t macs = 0;
  bool is_known = true;
};

/// One operation, with what all its runs take: those in the body of a Loop run as often as it does.
struct OperationRow {
  std::string node;
  std::string name;    // of its operator
  std::string output;  // its first result's shape
  std::optional<std::uint64_t> macs;
  std::optional<std::uint64_t> bytes_read;
  std::optional<std::uint64_t> bytes_written;
  std::uint64_t parameters = 0;
};

/// A model as a whole: what it is, what it costs, what that assumes. A batch that is open counts as
/// one.
struct Inspection {
  std::string space{};               // empty: none, for the `reason`
  std::vector<std::string> archs{};  // all that it may be, the canonical one first
  std::vector<std::string> differences{};
  std::string reason{};
  std::vector<graph::OperatorSet> operator_sets{};
  std::vector<Port> inputs{};
  std::vector<Port> outputs{};
  std::vector<std::string> assumptions{};
  std::vector<OperatorTotal> operators{};  // the costliest first, then the most frequent
  lift::Cost cost{};
  workload::Totals traffic{};
  std::string fusion{};
  std::size_t kernels = 0;
  std::map<std::string, std::size_t> kernels_by_kind{};
  std::vector<workload::Uncovered> uncovered{};
  lift::PeakMemory memory{};
};

/// The names of all fusion rules, and of those that predictions use.
[[nodiscard]] std::string usual_fusion();
[[nodiscard]] std::vector<std::string> fusion_names();

/// Errors: what the passes refuse; no fusion rules of that name.
[[nodiscard]] Result<Inspection> inspect(const Model& model, std::string_view fusion);

/// A row for each operation that is no constant, of an If those of the branch that is taken. The
/// operations of a region come before its owner.
///
/// Errors: shapes that do not fit.
[[nodiscard]] Result<std::vector<OperationRow>> operations(const Model& model);

/// The kernels of a runtime with these fusion rules, as text. Errors: as inspect().
[[nodiscard]] Result<std::string> kernels_text(const graph::Graph& graph, std::string_view fusion);

/// The codes of a model: what a predictor's network is given.
struct Encoding {
  std::string_view space;
  std::string arch;
  std::string_view encoder;
  std::vector<double> codes;
};

/// Errors: as lift::read(); a graph without an operation that takes time.
[[nodiscard]] Result<Encoding> encoding_of(const Model& model);

}  // namespace hale::session
