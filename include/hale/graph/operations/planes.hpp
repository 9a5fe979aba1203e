#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/convolution.hpp>
#include <hale/graph/operations/declared.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hale::graph {

/// The window that the attributes of a member of a family say, checked for the operand's rank.
[[nodiscard]] inline Result<Window> attribute_window(const OperationView& view, std::size_t rank) {
  return checked_window(view,
                        Window{.kernel = integers_of(view, "kernel_shape"),
                               .strides = integers_of(view, "strides"),
                               .dilations = integers_of(view, "dilations"),
                               .pads = integers_of(view, "pads"),
                               .ceil_mode = integer_of(view, "ceil_mode", 0) != 0},
                        rank, text_of(view, "auto_pad", "NOTSET"));
}

/// One number for each place of a window, as its maximum: batch and channels stay. `ChannelsLast`:
/// the channels are the last axis.
template <bool ChannelsLast = false>
struct WindowRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type y = view.type(0);
    if (!y.is_ranked()) return unranked(y.element);
    HALE_TRY(const Window window, attribute_window(view, y.rank()));
    for (std::size_t i = 0; i < window.kernel.size(); ++i) {
      Dim& dim = (*y.dims)[i + (ChannelsLast ? 1 : 2)];
      HALE_TRY(dim, slide(view, window, i, dim));
    }
    return one_result(std::move(y));
  }
};

/// One number for the whole plane. Where `channels_last` says so, the channels are the last axis.
struct WholePlaneRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type y = view.type(0);
    if (!y.is_ranked()) return unranked(y.element);
    const std::size_t skipped = integer_of(view, "channels_last", 0) != 0 ? 1 : 2;
    for (std::size_t i = skipped; i + (2 - skipped) < y.rank(); ++i) (*y.dims)[i] = Dim{1};
    return one_result(std::move(y));
  }
};

/// MaxPool backwards: each maximum at its place, zero elsewhere.
struct MaxUnpoolRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type y = view.type(0);
    if (!y.is_ranked()) return unranked(y.element);
    HALE_TRY(const Window window, attribute_window(view, y.rank()));
    const auto wanted = view.dims(2);
    const std::size_t spatial = window.kernel.size();
    for (std::size_t i = 0; i < spatial; ++i) {
      Dim& dim = (*y.dims)[i + 2];
      if (view.has(2)) {
        dim = wanted && wanted->size() == y.rank() ? (*wanted)[i + 2] : Dim{};
      } else if (dim.is_static()) {
        const auto steps = checked_product(dim.extent - 1, window.strides[i]);
        const std::int64_t rest = window.kernel[i] - window.pads[i] - window.pads[i + spatial];
        const auto extent = steps ? checked_sum(*steps, rest) : std::nullopt;
        dim = Dim{extent && *extent >= 0 ? *extent : Dim::open};
      }
    }
    return one_result(std::move(y));
  }
};

struct MaxRoiPoolRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    const Type& rois = view.type(1);
    const std::vector<std::int64_t> size = integers_of(view, "pooled_shape");
    if (!x.is_ranked() || !rois.is_ranked() || x.rank() < 2 || rois.rank() < 1)
      return unranked(x.element);
    std::vector<Dim> dims{(*rois.dims)[0], (*x.dims)[1]};
    for (const std::int64_t extent : size) {
      if (extent < 1)
        return view.fail("pooled_shape has the entry ", extent, ", expected 1 or more");
      dims.push_back(Dim{extent});
    }
    return one_result(Type{x.element, std::move(dims)});
  }
};

/// Blocks of an image as columns, put back into the image.
struct Col2ImRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    const auto image = view.integers(1);
    const auto block = view.integers(2);
    if (!x.is_ranked() || x.rank() != 3 || !image || !block) return unranked(x.element);
    std::optional<std::int64_t> area = 1;
    for (const std::int64_t each : *block)
      if (area) area = checked_product(*area, each);
    const Dim& columns = (*x.dims)[1];
    const bool is_known = columns.is_static() && area && *area > 0;
    std::vector<Dim> dims{(*x.dims)[0], is_known ? Dim{columns.extent / *area} : Dim{}};
    for (const std::int64_t extent : *image) {
      if (extent < 0)
        return view.fail("image_shape has the entry ", extent, ", expected 0 or more");
      dims.push_back(Dim{extent});
    }
    return one_result(Type{x.element, std::move(dims)});
  }
};

/// Some axes cut or padded to extents that an operand says.
struct CenterCropPadRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (!type.is_ranked()) return unranked(type.element);
    const auto wanted = view.dims(1);
    std::vector<std::int64_t> axes = integers_of(view, "axes");
    if (axes.empty())
      for (std::size_t i = 0; i < type.rank(); ++i) axes.push_back(static_cast<std::int64_t>(i));
    if (wanted && wanted->size() != axes.size())
      return view.fail("shape has ", wanted->size(), " entries, expected ", axes.size());
    for (std::size_t i = 0; i < axes.size(); ++i) {
      HALE_TRY(const std::size_t axis, normalise_axis(view, axes[i], type.rank()));
      (*type.dims)[axis] = wanted ? (*wanted)[i] : Dim{};
    }
    return one_result(std::move(type));
  }
};

/// Places of a grid: of N, C, H, W or N, C, D, H, W the extents without C, then the coordinates.
struct AffineGridRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const ElementType element = view.type(0).element;
    const auto size = view.dims(1);
    if (!size || size->size() < 3) return unranked(element);
    std::vector<Dim> dims{size->front()};
    dims.insert(dims.end(), size->begin() + 2, size->end());
    dims.push_back(Dim{static_cast<std::int64_t>(size->size()) - 2});
    return one_result(Type{element, std::move(dims)});
  }
};

struct ImageDecoderRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const bool is_grey = text_of(view, "pixel_format", "RGB") == "Grayscale";
    return one_result(ranked(ElementType::u8, {Dim{}, Dim{}, Dim{is_grey ? 1 : 3}}));
  }
};

inline constexpr auto plane_operations = std::to_array<Declaration>(
    {{"LpPool", "the norm of a window that slides over the spatial axes", Kind::pooling, "X", "Y",
      rules<WindowRule<>>,
      "kernel_shape:integers strides:integers dilations:integers pads:integers ceil_mode:integer "
      "auto_pad:text"},
     {"GlobalLpPool", "the norm over all spatial axes", Kind::pooling, "X", "Y",
      rules<WholePlaneRule>},
     {"MaxUnpool", "maxima back at their places", Kind::pooling, "X I output_shape?", "output",
      rules<MaxUnpoolRule>, "kernel_shape:integers strides:integers pads:integers"},
     {"MaxRoiPool", "maxima of regions of a plane", Kind::pooling, "X rois", "Y",
      rules<MaxRoiPoolRule>, "pooled_shape:integers spatial_scale:float"},
     multiplies(
         Form::convolution,
         {"DeformConv", "a convolution whose places are moved", Kind::convolution,
          "X W! offset B?! mask?", "Y", rules<Like<Conv, ElementType::undefined, 0, 0, 1>>,
          "kernel_shape:integers strides:integers dilations:integers pads:integers group:integer"}),
     {"Col2Im", "columns of blocks back in an image", Kind::movement,
      "input image_shape block_shape", "output", rules<Col2ImRule>,
      "strides:integers dilations:integers pads:integers"},
     {"CenterCropPad", "axes cut or padded around the middle", Kind::movement, "input_data shape",
      "output_data", rules<CenterCropPadRule>, "axes:integers"},
     {"AffineGrid", "the places of a grid after an affine map", Kind::other, "theta size", "grid",
      rules<AffineGridRule>, "align_corners:integer"},
     {"ImageDecoder", "the pixels of an encoded image", Kind::other, "encoded_stream", "image",
      rules<ImageDecoderRule>, "pixel_format:text"}});

}  // namespace hale::graph
