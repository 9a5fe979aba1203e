#include "methods.hpp"

#include <algorithm>
#include <hale/core/text.hpp>
#include <hale/hale.hpp>
#include <hale/runtime/baselines.hpp>
#include <memory>
#include <string_view>
#include <utility>

namespace hale::cli {
namespace {

Result<> check(const runtime::BaseInfo& info, const Question& asked) {
  if (info.space != asked.space)
    return fail(concat("base '", info.name, "' is for space '", info.space, "', --space is '",
                       asked.space, "'"));
  if (info.exact && asked.setup.protocol == "strict" && asked.setup.select == "random")
    return fail(concat("--select random: base '", info.name, "' is adapted with exactly its ",
                       info.references.size(),
                       " references, so that under protocol strict nothing is left to select"));
  return {};
}

Result<Method> base_method(const std::string& name, const Question& asked,
                           const device::LatencyTable& table) {
  HALE_TRY(const session::LoadedBase loaded, open_base(name));
  const std::shared_ptr<const runtime::AnyBase> base = loaded.base;
  const runtime::BaseInfo& info = base->info();
  HALE_CHECK(check(info, asked));
  Method method{.name = info.name,
                .option = "--base",
                .argument = name,
                .made_from = info.made_from,
                .samples = asked.setup.samples,
                .other_samples = {},
                .evaluate = [base, &table, &asked](const auto& protocol, const auto& progress) {
                  return base->evaluate(table, asked.devices, protocol, progress);
                }};
  if (!info.exact || asked.setup.protocol == "help") method.other_samples = {5, 10, 20, 40};
  return method;
}

bool is_target(const Question& asked, const std::string& device) {
  return std::find(asked.devices.begin(), asked.devices.end(), device) != asked.devices.end();
}

/// The device whose rows a baseline may take beside its target's.
std::string proxy_of(const Question& asked, const device::LatencyTable& table) {
  if (!asked.proxy.empty()) return asked.proxy;
  for (const std::string& device : table.devices)
    if (!is_target(asked, device)) return device;
  return {};
}

Result<Method> baseline_method(const std::string& argument, const Question& asked,
                               const device::LatencyTable& table) {
  const std::size_t colon = std::min(argument.find(':'), argument.size());
  HALE_TRY(const runtime::BaselineEntry* entry,
           runtime::find_baseline(built_in().contents().baselines, asked.space,
                                  argument.substr(0, colon)));
  if (is_target(asked, asked.proxy))
    return fail(concat("--proxy ", asked.proxy,
                       ": found among --devices, expected a device that is not asked about"));
  const bool in_halves = asked.setup.protocol == "halves";
  std::size_t rows = in_halves ? asked.setup.samples : entry->usual_rows;
  if (colon < argument.size()) {
    const auto given = parse_number<std::size_t>(std::string_view(argument).substr(colon + 1));
    if (!given || *given == 0)
      return fail(concat("--baseline ", argument, ": '", argument.substr(colon + 1),
                         "' found, expected how many rows are measured"));
    rows = *given;
  }
  return Method{
      .name = concat(entry->name, ":", rows),
      .option = "--baseline",
      .argument = argument,
      .made_from = in_halves && rows == asked.setup.samples
                       ? concat("the ", rows, " rows of each target that the base chose")
                       : concat(rows, " random rows of each target"),
      .samples = rows,
      .other_samples =
          in_halves ? std::vector<std::size_t>{} : std::vector<std::size_t>{rows / 4, rows / 2},
      .evaluate = [entry, &table, &asked](const auto& protocol, const auto& progress) {
        return entry->evaluate(table, asked.devices, proxy_of(asked, table), protocol, progress);
      }};
}

}  // namespace

Result<std::vector<Method>> find_methods(const Question& asked, const device::LatencyTable& table) {
  std::vector<Method> methods;
  const auto add = [&](Result<Method> method) -> Result<> {
    if (!method) return tl::unexpected<Error>(method.error());
    for (const Method& other : methods)
      if (other.name == method->name)
        return fail(concat(method->option, " ", method->argument, ": a ",
                           method->option == "--base" ? "base" : "baseline", " named '",
                           method->name,
                           "' was given before; expected names that tell them apart"));
    methods.push_back(*std::move(method));
    return {};
  };
  for (const std::string& name : asked.bases.empty() ? std::vector{asked.space} : asked.bases)
    HALE_CHECK(add(base_method(name, asked, table)));
  for (const std::string& argument : asked.baselines)
    HALE_CHECK(add(baseline_method(argument, asked, table)));
  return methods;
}

}  // namespace hale::cli
