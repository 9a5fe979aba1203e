#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "figures.hpp"

/// The page that `hale evaluate --report` writes.
namespace hale::cli {

/// Rank correlation of a device's draws at one number of samples.
struct CurvePoint {
  std::size_t samples = 0;
  Spread spearman;
};

struct ReportMethod {
  MethodEvaluation evaluation;
  std::string made_from;  // one line
  /// By rising samples, in the order of the evaluation's devices; one of fewer than two points is
  /// not drawn.
  std::vector<std::vector<CurvePoint>> curves;
  std::string curve_note;  // why points are missing; empty where none is
};

struct Report {
  std::string space;
  std::string table;
  EvaluationSetup setup;
  std::string command;  // as a shell takes it
  std::string date;     // of the evaluation
  std::vector<ReportMethod> methods;
};

/// HTML that stands alone: scatter plots of each first draw, thinned out to at most 1000 rows by a
/// fixed seed, a heat map of devices by methods, sample-count curves, and the tables behind them.
/// Texts and names are data there, whatever they hold.
///
/// Pre: at least one method, all with the same devices.
[[nodiscard]] std::string report_page(const Report& report);

}  // namespace hale::cli
