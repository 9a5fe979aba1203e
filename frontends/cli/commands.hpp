#pragma once

#include "arguments.hpp"

/// One file a subcommand.
namespace hale::cli {

extern const Command adapt_command;
extern const Command bases_command;
extern const Command devices_command;
extern const Command evaluate_command;
extern const Command inspect_command;
extern const Command measure_command;
extern const Command score_command;
extern const Command spaces_command;
extern const Command suggest_command;
extern const Command train_command;

}  // namespace hale::cli
