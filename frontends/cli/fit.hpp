#pragma once

#include <hale/core/error.hpp>
#include <hale/device/measurements.hpp>
#include <hale/runtime/any_base.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

/// How well a device explains what was measured of it.
namespace hale::cli {

/// A measurement beside what the device answers for it.
struct FittedRow {
  std::string arch;
  double measured_ms = 0;
  double fitted_ms = 0;
  bool is_odd = false;  // the others do not explain it, so it counts less
};

/// A built-in device, and how it answers for the measured networks.
struct BuiltInFit {
  std::string device;
  double error = 0;      // the median of |predicted / measured - 1|
  double log_ratio = 0;  // the median of log(measured / predicted)
};

struct Fit {
  std::vector<FittedRow> rows;
  /// Of a network like the measured ones: each was predicted by the others. The median of
  /// |predicted / measured - 1|, and of half the interval. Nothing of bases that take exactly their
  /// references.
  std::optional<double> expected_error{};
  std::optional<double> half_width{};
  /// The built-in devices that are most alike whatever their speed, the most alike first.
  std::vector<BuiltInFit> alike{};
};

/// Errors: as AnyBase::adapt(). Cost: an adaptation for each of at most thirty measurements.
[[nodiscard]] Result<Fit> fit_of(const runtime::AnyBase& base, const runtime::AnyPredictor& adapted,
                                 const std::vector<device::Measurement>& measurements);

/// The built-in device that answers for the measured networks as well as the new device is expected
/// to, or better; null where there is none.
[[nodiscard]] const BuiltInFit* equal_built_in(const Fit& fit);
/// Warns where the numbers seem to be no milliseconds: far from what the device takes that is most
/// Warns where the numbers seem to be no milliseconds: far from what all devices take that are
/// alike.
void warn_of_units(const Fit& fit);

/// For reading: measured beside fitted, and what to expect of the device.
[[nodiscard]] std::string fit_text(const Fit& fit);

/// The same as fields of a record.
[[nodiscard]] nlohmann::ordered_json fit_record(const Fit& fit);

}  // namespace hale::cli
