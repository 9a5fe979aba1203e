#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/movement.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace hale::graph {

/// A Fourier transform: two numbers an element, half of them if one-sided.
struct DftRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (!type.dims || type.rank() < 2) return unranked(type.element);
    auto axis = integer_of(view, "axis", view.has(2) ? 0 : 1);
    if (view.has(2)) {
      const auto given = view.integers(2);
      if (!given || given->size() != 1) return unranked(type.element);
      axis = given->front();
    }
    HALE_TRY(const std::size_t place, normalise_axis(view, axis, type.rank()));
    Dim& dim = (*type.dims)[place];
    if (view.has(1)) {
      const auto length = view.integers(1);
      dim = length && length->size() == 1 && length->front() > 0 ? Dim{length->front()} : Dim{};
    }
    if (integer_of(view, "onesided", 0) != 0 && dim.is_static()) dim = Dim{dim.extent / 2 + 1};
    type.dims->back() = Dim{2};
    return one_result(std::move(type));
  }
};

/// The one number that an operand holds, where it is known and not negative.
[[nodiscard]] inline Dim extent_from(const OperationView& view, std::size_t operand) {
  const auto known = view.integers(operand);
  return known && known->size() == 1 && known->front() >= 0 ? Dim{known->front()} : Dim{};
}

/// Fourier transforms of frames of a signal (batch, samples, 1 or 2).
struct StftRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& signal = view.type(0);
    const Dim step = extent_from(view, 1);
    Dim frame = view.has(3) ? extent_from(view, 3) : Dim{};
    const Type window = type_or_none(view, 2);
    if (!view.has(3) && window.is_ranked() && window.rank() == 1) frame = (*window.dims)[0];
    Type y = ranked(signal.element, {Dim{}, Dim{}, Dim{}, Dim{2}});
    if (!signal.is_ranked() || signal.rank() < 2) return one_result(std::move(y));
    (*y.dims)[0] = (*signal.dims)[0];
    const Dim& samples = (*signal.dims)[1];
    if (samples.is_static() && frame.is_static() && step.is_static() && step.extent > 0) {
      if (frame.extent > samples.extent)
        return view.fail("a frame of ", frame.extent, " samples found, expected at most ",
                         samples.extent);
      (*y.dims)[1] = Dim{(samples.extent - frame.extent) / step.extent + 1};
    }
    if (frame.is_static())
      (*y.dims)[2] =
          Dim{integer_of(view, "onesided", 1) != 0 ? frame.extent / 2 + 1 : frame.extent};
    return one_result(std::move(y));
  }
};

struct WindowFunctionRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(
        ranked(element_type(integer_of(view, "output_datatype", 1)), {extent_from(view, 0)}));
  }
};

struct MelWeightMatrixRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Dim length = extent_from(view, 1);
    return one_result(
        ranked(element_type(integer_of(view, "output_datatype", 1)),
               {length.is_static() ? Dim{length.extent / 2 + 1} : Dim{}, extent_from(view, 0)}));
  }
};

inline constexpr auto signal_operations = std::to_array<Declaration>(
    {{"DFT", "the discrete Fourier transform along an axis", Kind::other, "input dft_length? axis?",
      "output", rules<DftRule>, "axis:integer inverse:integer onesided:integer"},
     {"STFT", "Fourier transforms of frames of a signal", Kind::other,
      "signal frame_step window? frame_length?", "output", rules<StftRule>, "onesided:integer"},
     {"BlackmanWindow", "the Blackman window", Kind::other, "size", "output",
      rules<WindowFunctionRule>, "output_datatype:integer periodic:integer"},
     {"HammingWindow", "the Hamming window", Kind::other, "size", "output",
      rules<WindowFunctionRule>, "output_datatype:integer periodic:integer"},
     {"HannWindow", "the Hann window", Kind::other, "size", "output", rules<WindowFunctionRule>,
      "output_datatype:integer periodic:integer"},
     {"MelWeightMatrix", "the weights of mel bands", Kind::other,
      "num_mel_bins dft_length sample_rate lower_edge_hertz upper_edge_hertz", "output",
      rules<MelWeightMatrixRule>, "output_datatype:integer"}});

}  // namespace hale::graph
