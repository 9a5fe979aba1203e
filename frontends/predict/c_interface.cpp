// The C interface: devices and models.
#include "c_interface.hpp"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <release.hpp>
#include <span>
#include <vector>

namespace hale::c_interface {
namespace {

const std::vector<std::string>& device_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const session::BuiltIn& device : built_in().contents().devices)
      all.emplace_back(device.name);
    return all;
  }();
  return names;
}

}  // namespace

char* copied(std::string_view message) noexcept {
  auto* copy = static_cast<char*>(std::malloc(message.size() + 1));
  if (copy == nullptr) return out_of_memory;
  std::memcpy(copy, message.data(), message.size());
  copy[message.size()] = '\0';
  return copy;
}

namespace {

/// A whole number as such: inputs of integers take no other.
hale::graph::Number number_of(double number) {
  constexpr double most_exact = 9007199254740992;  // 2^53
  const bool is_whole = std::abs(number) <= most_exact && std::trunc(number) == number;
  if (is_whole) return static_cast<std::int64_t>(number);
  return number;
}

Result<> read_choices(const hale_inputs& said, hale::session::Choices& choices) {
  HALE_CHECK(require_array(said.takes, said.take_count, "takes"));
  for (const hale_take& each : std::span(said.takes, said.take_count)) {
    HALE_CHECK(require_text(each.node, choices.take_word));
    choices.takes.push_back({each.node, each.is_then != 0});
  }
  HALE_CHECK(require_array(said.values, said.value_count, "values"));
  for (const hale_input_value& each : std::span(said.values, said.value_count)) {
    HALE_CHECK(require_text(each.input, choices.value_word));
    choices.values.push_back({each.input, number_of(each.number)});
  }
  return {};
}

}  // namespace

Result<Inputs> inputs_of(const hale_inputs* said) {
  Inputs inputs;
  if (said == nullptr) return inputs;
  HALE_CHECK(require_size(said, "hale_inputs"));
  HALE_CHECK(require_array(said->shapes, said->shape_count, "shapes"));
  HALE_CHECK(require_array(said->dims, said->dim_count, "dims"));
  if (said->batch > 0) inputs.batch = said->batch;
  for (const hale_shape& shape : std::span(said->shapes, said->shape_count)) {
    HALE_CHECK(require_array(shape.extents, shape.rank, "extents", HALE_MAX_RANK));
    const std::span extents(shape.extents, shape.rank);
    inputs.shapes.push_back(
        {.input = text_or_empty(shape.input), .extents = {extents.begin(), extents.end()}});
  }
  for (const hale_dim& dim : std::span(said->dims, said->dim_count)) {
    HALE_CHECK(require_text(dim.symbol, "symbol"));
    inputs.dims.emplace_back(dim.symbol, dim.extent);
  }
  HALE_CHECK(require_array(said->batch_axes, said->batch_axis_count, "batch_axes"));
  for (const hale_batch_axis& each : std::span(said->batch_axes, said->batch_axis_count)) {
    HALE_CHECK(require_text(each.input, "batch_axis"));
    inputs.batch_axes.emplace_back(each.input, each.axis);
  }
  HALE_CHECK(read_choices(*said, inputs.choices));
  return inputs;
}

}  // namespace hale::c_interface

using namespace hale::c_interface;
using hale::Result;

uint32_t hale_interface_version(void) { return HALE_INTERFACE_VERSION; }

const char* hale_version(void) { return HALE_RELEASE; }

void hale_text_free(char* text) {
  if (text != out_of_memory) std::free(text);
}

size_t hale_built_in_device_count(void) {
  return guarded<std::size_t>(nullptr, 0,
                              [] { return Result<std::size_t>(device_names().size()); });
}

const char* hale_built_in_device_name(size_t index) {
  return guarded<const char*>(nullptr, nullptr,
                              [&] { return Result<const char*>(element(device_names(), index)); });
}

hale_device* hale_device_open(const char* name_or_file, char** error) {
  return guarded<hale_device*>(error, nullptr, [&]() -> Result<hale_device*> {
    HALE_CHECK(require_text(name_or_file, "device"));
    HALE_TRY(hale::Device device, hale::open_device(name_or_file));
    return new hale_device(std::move(device));
  });
}

void hale_device_close(hale_device* device) { give_back(device); }

const char* hale_device_name(const hale_device* device) {
  return is(device) ? device->device.name().c_str() : nullptr;
}

uint32_t hale_device_batch(const hale_device* device) {
  return is(device) ? device->device.profile().batch : 0;
}

const char* hale_device_precision(const hale_device* device) {
  return is(device) ? device->device.profile().precision.c_str() : nullptr;
}

hale_model* hale_model_read(const char* path, const hale_inputs* inputs, char** error) {
  return guarded<hale_model*>(error, nullptr, [&]() -> Result<hale_model*> {
    HALE_CHECK(require_text(path, "path"));
    HALE_TRY(hale::Inputs said, inputs_of(inputs));
    HALE_TRY(hale::Model model, hale::read_onnx(path, std::move(said)));
    return new hale_model(std::move(model));
  });
}

hale_model* hale_model_read_bytes(const void* bytes, size_t size, const char* name,
                                  const hale_inputs* inputs, char** error) {
  return guarded<hale_model*>(error, nullptr, [&]() -> Result<hale_model*> {
    HALE_CHECK(require_array(bytes, size, "bytes", std::numeric_limits<std::ptrdiff_t>::max()));
    HALE_TRY(hale::Inputs said, inputs_of(inputs));
    HALE_TRY(hale::Model model,
             hale::read_onnx(std::span(static_cast<const std::byte*>(bytes), size),
                             text_or_empty(name), std::move(said)));
    return new hale_model(std::move(model));
  });
}

void hale_model_close(hale_model* model) { give_back(model); }

const char* hale_model_name(const hale_model* model) {
  return is(model) ? model->model.name().c_str() : nullptr;
}

int64_t hale_model_batch(const hale_model* model) {
  return is(model) ? model->model.batch().value_or(0) : 0;
}
