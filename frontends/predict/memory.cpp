#include <hale/core/text.hpp>
#include <hale/memory.hpp>
#include <new>
#include <type_traits>
#include <utility>

namespace hale::session {
namespace {

/// What `work` gives. Errors: its own; memory that is too small for it, with the model's name.
template <class Work>
std::invoke_result_t<Work> within_memory(const std::string& name, const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return fail(concat(name, name.empty() ? "" : ": ", "is too large for this machine's memory"));
  }
}

}  // namespace

Result<Answer> answer_within_memory(const Device& device, const Model& model,
                                    const AnswerOptions& options) {
  return within_memory(model.name(), [&] { return device.answer(model, options); });
}

Result<Model> read_within_memory(const std::string& path, Inputs inputs) {
  return within_memory(path, [&] { return read_onnx(path, std::move(inputs)); });
}

}  // namespace hale::session
