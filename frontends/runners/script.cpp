#include "script.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/core/units.hpp>
#include <hale/device/measurements.hpp>
#include <hale/numeric/statistics.hpp>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace hale::runners {
namespace {

using Json = nlohmann::json;

/// A model that is loaded in a process of its own.
class Session {
 public:
  Session(Process process, double patience) : process_(std::move(process)), patience_(patience) {}

  [[nodiscard]] Result<Json> ask(const Json& request) {
    const std::string line =
        concat(request.dump(-1, ' ', false, Json::error_handler_t::replace), "\n");
    HALE_CHECK(process_.write(line));
    HALE_TRY(const std::string text, process_.read_line(patience_));
    Json answer = Json::parse(text, nullptr, false);
    if (!answer.is_object())
      return fail(concat("'", text.substr(0, 80), "' found, expected an answer in JSON"));
    if (answer.contains("error")) return fail(answer["error"].dump());
    return answer;
  }

  [[nodiscard]] Result<std::vector<double>> run(std::size_t count) {
    HALE_TRY(const Json answer, ask({{"run", count}}));
    std::vector<double> readings;
    for (const Json& reading : answer.value("milliseconds", Json::array())) {
      const double ms = reading.is_number() ? reading.get<double>() : 0;
      if (!device::is_plausible(Milliseconds{ms}))
        return fail(
            concat("a reading of ", reading.dump(), " found, expected ", device::plausible));
      readings.push_back(ms);
    }
    if (readings.size() != count)
      return fail(concat(readings.size(), " readings found, expected ", count));
    return readings;
  }

 private:
  Process process_;
  double patience_;
};

double sum(const std::vector<double>& numbers) {
  double total = 0;
  for (const double number : numbers) total += number;
  return total;
}

/// Runs until two rounds behind one another take the same, or long enough. Returns the last.
Result<double> warm_up(Session& session, double seconds) {
  constexpr std::size_t most_rounds = 12;
  double before = 0;
  double spent = 0;
  for (std::size_t round = 0; round < most_rounds; ++round) {
    HALE_TRY(const auto readings, session.run(1));
    const double now = readings.front();
    spent += now;
    const bool is_steady = round >= 2 && std::abs(now - before) < 0.05 * before;
    if (is_steady || (round > 0 && spent > 1e3 * seconds)) return now;
    before = now;
  }
  return before;
}

/// Half of what the median's own 95 % interval spans, relative to it: from order statistics.
double uncertainty_of_median(std::vector<double> readings) {
  std::sort(readings.begin(), readings.end());
  const auto count = static_cast<double>(readings.size());
  const double reach = 0.98 * std::sqrt(count);
  const auto at = [&](double place) {
    return readings[static_cast<std::size_t>(std::clamp(place, 0.0, count - 1))];
  };
  return (at(std::ceil(count / 2 + reach)) - at(std::floor(count / 2 - reach) - 1)) /
         (2 * numeric::median(readings));
}

Result<std::vector<double>> stable_readings(Session& session, double seconds) {
  constexpr double round_milliseconds = 20;
  constexpr std::size_t least = 5;
  constexpr double tolerance = 0.005;
  HALE_TRY(const double warm, warm_up(session, seconds));
  const auto each = static_cast<std::size_t>(std::clamp(round_milliseconds / warm, 1.0, 500.0));
  std::vector<double> readings;
  while (true) {
    HALE_TRY(const auto more, session.run(each));
    readings.insert(readings.end(), more.begin(), more.end());
    const bool is_long = sum(readings) > 1e3 * seconds;
    if (is_long && readings.size() >= 3) return readings;
    if (readings.size() >= 4 * least && uncertainty_of_median(readings) < tolerance)
      return readings;
  }
}

}  // namespace

Result<Readings> measure_with_script(const std::vector<std::string>& words, const Model& model,
                                     const Settings& settings) {
  // What is given back is faulted in again on the next run, which can take longer than the network.
  constexpr bool keeps_memory = true;
  HALE_TRY(Process process, Process::start(words, settings.threads, keeps_memory));
  Session session(std::move(process), settings.patience);
  Json inputs = Json::array();
  for (const Input& input : model.inputs)
    inputs.push_back({{"name", input.name}, {"element", input.element}, {"dims", input.dims}});
  HALE_TRY(const Json ready, session.ask({{"load", model.path},
                                          {"inputs", inputs},
                                          {"threads", settings.threads},
                                          {"accelerator", settings.accelerator},
                                          {"optimisation", settings.optimisation}}));
  HALE_TRY(auto readings, stable_readings(session, settings.seconds));
  return Readings{std::move(readings), ready.value("ready", std::string("unknown runtime"))};
}

}  // namespace hale::runners
