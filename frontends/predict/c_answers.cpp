// The C interface: answers, one and many.
#include <array>
#include <cstddef>
#include <hale/memory.hpp>
#include <hale/session/cells.hpp>
#include <hale/threads.hpp>
#include <limits>
#include <vector>

#include "c_interface.hpp"

struct hale_answer : hale::c_interface::Handle {
  static constexpr auto own_kind = hale::c_interface::Kind::answer;
  explicit hale_answer(hale::Answer of)
      : Handle{own_kind}, answer(std::move(of)), space(answer.space) {}
  hale::Answer answer;
  std::string space;  // as text that ends with a zero byte
};

namespace hale::c_interface {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// A member of an answer; of no answer what is `none`.
template <class T, class Read>
T part(const hale_answer* answer, T none, const Read& read) {
  return is(answer) ? static_cast<T>(read(*answer)) : none;
}

/// A prediction's place in a caller's arrays.
struct Columns {
  double* median_ms;
  double* low_ms;
  double* high_ms;

  void write(std::size_t i, const Prediction& prediction) const {
    if (median_ms != nullptr) median_ms[i] = prediction.median.value;
    if (low_ms != nullptr) low_ms[i] = prediction.low.value;
    if (high_ms != nullptr) high_ms[i] = prediction.high.value;
  }
};

template <class T>
Result<> require_all(const T* const* handles, std::size_t count, std::string_view what) {
  HALE_CHECK(require_array(handles, count, concat(what, "s")));
  for (std::size_t i = 0; i < count; ++i) HALE_CHECK(require(handles[i], concat(what, " ", i)));
  return {};
}

}  // namespace
}  // namespace hale::c_interface

using namespace hale::c_interface;
using hale::Result;

const char* hale_verdict_name(hale_verdict verdict) {
  static constexpr std::array<const char*, 3> names = {"interpolating", "extrapolating", "unknown"};
  return verdict >= 0 && verdict < 3 ? names[static_cast<std::size_t>(verdict)] : nullptr;
}

hale_answer* hale_device_answer(const hale_device* device, const hale_model* model, uint32_t flags,
                                char** error) {
  return guarded<hale_answer*>(error, nullptr, [&]() -> Result<hale_answer*> {
    HALE_CHECK(require(device, "device"));
    HALE_CHECK(require(model, "model"));
    if ((flags & ~HALE_WITH_KERNELS) != 0)
      return hale::fail(hale::concat("flags: found ", flags, ", expected 0 or HALE_WITH_KERNELS"));
    HALE_TRY(hale::Answer answer,
             device->device.answer(model->model, {.kernels = (flags & HALE_WITH_KERNELS) != 0}));
    return new hale_answer(std::move(answer));
  });
}

void hale_answer_close(hale_answer* answer) { give_back(answer); }

double hale_answer_median_ms(const hale_answer* answer) {
  return part(answer, not_a_number,
              [](const auto& of) { return of.answer.prediction.median.value; });
}
double hale_answer_low_ms(const hale_answer* answer) {
  return part(answer, not_a_number, [](const auto& of) { return of.answer.prediction.low.value; });
}
double hale_answer_high_ms(const hale_answer* answer) {
  return part(answer, not_a_number, [](const auto& of) { return of.answer.prediction.high.value; });
}
double hale_answer_interval_level(const hale_answer* answer) {
  return part(answer, not_a_number, [](const auto& of) { return of.answer.interval_level; });
}
hale_verdict hale_answer_verdict(const hale_answer* answer) {
  return part<hale_verdict>(answer, HALE_UNKNOWN,
                            [](const auto& of) { return of.answer.prediction.verdict; });
}

const char* hale_answer_model(const hale_answer* answer) {
  return is(answer) ? answer->answer.model.c_str() : nullptr;
}
const char* hale_answer_device(const hale_answer* answer) {
  return is(answer) ? answer->answer.device.c_str() : nullptr;
}
uint32_t hale_answer_batch(const hale_answer* answer) {
  return is(answer) ? answer->answer.batch : 0;
}
const char* hale_answer_precision(const hale_answer* answer) {
  return is(answer) ? answer->answer.precision.c_str() : nullptr;
}
const char* hale_answer_space(const hale_answer* answer) {
  return is(answer) ? answer->space.c_str() : nullptr;
}
const char* hale_answer_arch(const hale_answer* answer) {
  return is(answer) ? answer->answer.arch.c_str() : nullptr;
}

const char* hale_answer_reason(const hale_answer* answer) {
  return is(answer) ? answer->answer.reason.c_str() : nullptr;
}

uint64_t hale_answer_macs(const hale_answer* answer) {
  return is(answer) ? answer->answer.cost.macs : 0;
}
uint64_t hale_answer_parameters(const hale_answer* answer) {
  return is(answer) ? answer->answer.cost.parameters : 0;
}
double hale_answer_covered(const hale_answer* answer) {
  return part(answer, not_a_number, [](const auto& of) { return of.answer.cost.covered; });
}

size_t hale_answer_assumption_count(const hale_answer* answer) {
  return is(answer) ? answer->answer.assumptions.size() : 0;
}
const char* hale_answer_assumption(const hale_answer* answer, size_t index) {
  return is(answer) ? element(answer->answer.assumptions, index) : nullptr;
}
size_t hale_answer_warning_count(const hale_answer* answer) {
  return is(answer) ? answer->answer.warnings.size() : 0;
}
const char* hale_answer_warning(const hale_answer* answer, size_t index) {
  return is(answer) ? element(answer->answer.warnings, index) : nullptr;
}
size_t hale_answer_unknown_operation_count(const hale_answer* answer) {
  return is(answer) ? answer->answer.cost.unknown_operations.size() : 0;
}
const char* hale_answer_unknown_operation(const hale_answer* answer, size_t index) {
  return is(answer) ? element(answer->answer.cost.unknown_operations, index) : nullptr;
}

size_t hale_answer_kernel_count(const hale_answer* answer) {
  return is(answer) ? answer->answer.kernels.size() : 0;
}

int hale_answer_kernel(const hale_answer* answer, size_t index, hale_kernel* kernel, char** error) {
  return guarded(error, -1, [&]() -> Result<int> {
    HALE_CHECK(require(answer, "answer"));
    HALE_CHECK(require_size(kernel, "hale_kernel"));
    const auto& kernels = answer->answer.kernels;
    if (index >= kernels.size())
      return hale::fail(hale::concat("kernel ", index, ": there are ", kernels.size()));
    const hale::KernelTime& one = kernels[index];
    *kernel = {sizeof(hale_kernel),
               one.location.c_str(),
               one.operations.c_str(),
               one.ms,
               one.share,
               one.macs,
               one.bytes};
    return 0;
  });
}

int hale_device_score(const hale_device* device, const char* space, const char* const* archs,
                      size_t count, double* median_ms, double* low_ms, double* high_ms,
                      hale_verdict* verdicts, char** error) {
  return guarded(error, -1, [&]() -> Result<int> {
    HALE_CHECK(require(device, "device"));
    HALE_CHECK(require_text(space, "space"));
    HALE_CHECK(require_array(archs, count, "architectures"));
    HALE_TRY(const auto* entry, hale::built_in().find_space(space));
    std::vector<std::string_view> texts;
    texts.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      HALE_CHECK(require_text(archs[i], hale::concat("architecture ", i)));
      texts.emplace_back(archs[i]);
    }
    std::vector<hale::Prediction> found(count);
    HALE_CHECK(device->device.score(entry->name, texts, found));
    for (std::size_t i = 0; i < count; ++i) {
      Columns{median_ms, low_ms, high_ms}.write(i, found[i]);
      if (verdicts != nullptr) verdicts[i] = static_cast<hale_verdict>(found[i].verdict);
    }
    return 0;
  });
}

int hale_table(const hale_model* const* models, size_t model_count,
               const hale_device* const* devices, size_t device_count, size_t threads,
               double* median_ms, double* low_ms, double* high_ms, char** reasons, char** error) {
  return guarded(error, -1, [&]() -> Result<int> {
    HALE_CHECK(require_all(models, model_count, "model"));
    HALE_CHECK(require_all(devices, device_count, "device"));
    if (threads < 1 || threads > 1024)
      return hale::fail(hale::concat("threads: found ", threads, ", expected 1 to 1024"));
    if (model_count == 0 || device_count == 0) return 0;
    if (model_count > most_elements / device_count)
      return hale::fail(hale::concat("table: found ", model_count, " x ", device_count,
                                     " cells, expected at most ", most_elements));
    const auto cells = hale::session::answer_cells(
        model_count, device_count, hale::session::thread_executor(threads),
        [&](std::size_t row, std::size_t column) {
          return hale::session::answer_within_memory(devices[column]->device, models[row]->model,
                                                     {.kernels = false});
        });
    for (std::size_t i = 0; i < cells.predictions.size(); ++i) {
      Columns{median_ms, low_ms, high_ms}.write(i, cells.predictions[i]);
      if (reasons == nullptr) continue;
      const std::string& reason = cells.reasons[i];
      reasons[i] = reason.empty() ? nullptr : copied(reason);
    }
    return 0;
  });
}
