#pragma once

#include <hale/core/error.hpp>
#include <hale/hale.hpp>
#include <string>

/// For programs that go on where one model is too large for memory. Compiled in the library, so
/// that who includes this may be built without exceptions.
namespace hale::session {

/// As Device::answer(). Errors: these, and a model that is too large for memory.
[[nodiscard]] Result<Answer> answer_within_memory(const Device& device, const Model& model,
                                                  const AnswerOptions& options);

/// As read_onnx(). Errors: these, and a model that is too large for memory.
[[nodiscard]] Result<Model> read_within_memory(const std::string& path, Inputs inputs);

}  // namespace hale::session
