#pragma once

#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/lower/network_writer.hpp>
#include <string>

namespace hale::lower::detail {

/// An inverted residual block to be written.
struct Block {
  std::size_t in = 0;
  std::size_t inside = 0;
  std::size_t out = 0;
  std::size_t kernel = 3;
  std::size_t stride = 1;
  std::size_t groups = 1;  // of its 1x1 convolutions; channels are shuffled where there are more
  bool is_widened = true;  // the first 1x1 convolution is there
  bool has_hard_swish = false;
  std::size_t squeezed = 0;  // channels inside squeeze-and-excitation; 0: none
};

/// What a value's plane is, for the reshapes of a channel shuffle.
struct Plane {
  std::size_t batch = 0;
  std::size_t height = 0;
  std::size_t width = 0;
};

[[nodiscard]] constexpr std::size_t halved(std::size_t extent, std::size_t stride) {
  return (extent + stride - 1) / stride;
}

inline ValueId shuffle(NetworkWriter& writer, const std::string& name, ValueId x,
                       const Block& block, const Plane& plane) {
  const std::size_t each = block.inside / block.groups;
  x = writer.reshape(name + "/split", x,
                     {plane.batch, block.groups, each, plane.height, plane.width});
  x = writer.emit({.name = "Transpose",
                   .operands = {x},
                   .attributes = {{"perm", std::vector<std::int64_t>{0, 2, 1, 3, 4}}},
                   .location = name + "/swap"});
  return writer.reshape(name + "/join", x, {plane.batch, block.inside, plane.height, plane.width});
}

/// Writes a block, with a sum where it keeps the shape, and moves the plane on.
inline ValueId write_block(NetworkWriter& writer, const std::string& name, ValueId input,
                           const Block& block, Plane& plane) {
  const auto activate = [&](const std::string& place, ValueId x) {
    return block.has_hard_swish ? writer.hard_swish(place, x) : writer.relu(place, x);
  };
  ValueId x = input;
  if (block.is_widened)
    x = activate(name + "/widen/act",
                 writer.conv(name + "/widen", x,
                             {.in = block.in, .out = block.inside, .groups = block.groups}));
  if (block.groups > 1) x = shuffle(writer, name + "/shuffle", x, block, plane);
  x = activate(name + "/depthwise/act",
               writer.conv(name + "/depthwise", x,
                           {block.inside, block.inside, block.kernel, block.stride, block.inside}));
  plane.height = halved(plane.height, block.stride);
  plane.width = halved(plane.width, block.stride);
  if (block.squeezed != 0) {
    const std::string place = name + "/squeeze";
    ValueId gate = writer.mean(place, x);
    gate = writer.conv(place + "/reduce", gate, {.in = block.inside, .out = block.squeezed});
    gate = writer.conv(place + "/expand", writer.relu(place + "/relu", gate),
                       {.in = block.squeezed, .out = block.inside});
    x = writer.multiply(place + "/mul", x, writer.hard_sigmoid(place + "/gate", gate));
  }
  x = writer.conv(name + "/narrow", x,
                  {.in = block.inside, .out = block.out, .groups = block.groups});
  return block.in == block.out && block.stride == 1 ? writer.add(name + "/add", x, input) : x;
}

}  // namespace hale::lower::detail
