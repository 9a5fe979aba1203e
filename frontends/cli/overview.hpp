#pragma once

#include <hale/inspection.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "output.hpp"

namespace hale::cli {

/// What `inspect` says of a model, as one record: what it is, what it costs, what that assumes.
[[nodiscard]] nlohmann::ordered_json overview_of(const session::Inspection& found,
                                                 const std::string& model);

/// The same for reading in a terminal.
[[nodiscard]] std::string overview_text(const nlohmann::ordered_json& overview);

/// A row an operation.
[[nodiscard]] std::string operations_text(const std::vector<session::OperationRow>& rows,
                                          Format format);

}  // namespace hale::cli
