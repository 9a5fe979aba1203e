#pragma once

#include <cmath>
#include <cstdint>
#include <hale/lower/decoder/writer.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hale::lower::detail {

/// The earlier keys and values of a layer.
struct Cache {
  ValueId keys;    // (batch, key heads, places, width)
  ValueId values;  // as above
};

/// Attention with a cache. What depends on the places alone is written once for all layers.
class AttentionWriter {
 public:
  /// Pre: `ids` are (batch, sequence).
  AttentionWriter(DecoderWriter& net, ValueId ids, const Cache& first) : net_(net), ids_(ids) {
    const auto extent_of = [this](const std::string& name, ValueId of, std::int64_t axis) {
      const ValueId shape = net_.add(name + "/shape", "Shape", {of});
      return net_.add(name, "Gather", {shape, net_.integer(axis)});
    };
    past_ = extent_of("past", first.keys, 2);
    total_ = net_.add("total", "Add", {past_, extent_of("sequence", ids, 1)});
    places_ = net_.add("places", "Range", {past_, total_, net_.integer(1)});
    if (net_.is_fused()) {
      write_lengths();
      if (turned() > 0) write_tables();
    } else {
      write_mask();
      if (turned() > 0) write_angles();
    }
  }

  /// The place of each token: (sequence).
  [[nodiscard]] ValueId places() const { return places_; }

  struct Attended {
    ValueId value;  // (batch, sequence, width)
    Cache present;
  };
  [[nodiscard]] Attended write(const std::string& at, ValueId x, const Cache& past,
                               const std::string& present) {
    const Decoder& d = net_.decoder();
    Attended made = net_.is_fused() ? fused(at, x, past) : plain(at, x, past, present);
    made.value =
        net_.project(at + ".output", made.value, d.heads * d.head_width, d.width, d.output_bias);
    return made;
  }

 private:
  [[nodiscard]] std::int64_t turned() const { return net_.decoder().turned(); }
  [[nodiscard]] bool turns_whole() const { return turned() == net_.decoder().head_width; }
  /// Whether only a part of a head is turned, which GroupQueryAttention does not do itself.
  [[nodiscard]] bool turns_before() const { return turned() > 0 && !turns_whole(); }

  /// How many places each text has, as GroupQueryAttention takes it.
  void write_lengths() {
    const auto as_i32 = [this](const std::string& name, ValueId x) {
      return net_.add(name, "Cast", {x}, {{"to", static_cast<std::int64_t>(ElementType::i32)}});
    };
    const ValueId batch = net_.add("batch", "Shape", {ids_}, {{"end", std::int64_t{1}}});
    const ValueId last = net_.add("last", "Sub", {total_, net_.integer(1)});
    lengths_ = net_.add("lengths", "Expand", {as_i32("last/i32", last), batch});
    total_i32_ = as_i32("total/i32", total_);
  }
  /// Cosine and sine of each place times each frequency: (places, turned / 2).
  void write_tables() {
    const Extents extents = {net_.decoder().places, turned() / 2};
    cosines_ = net_.weight("cos_cache", extents);
    sines_ = net_.weight("sin_cache", extents);
    if (!turns_before()) return;
    const ValueId shape = net_.add("places/shape", "Shape", {ids_});
    of_tokens_ = net_.add("places/of_tokens", "Expand", {places_, shape});
  }
  /// Zero where a query may see a key, else the lowest number: (sequence, total).
  void write_mask() {
    const ValueId keys = net_.add("mask/keys", "Range", {net_.integer(0), total_, net_.integer(1)});
    const ValueId queries = net_.add("mask/queries", "Unsqueeze", {places_, net_.integers({1})});
    const ValueId later = net_.add("mask/later", "Greater", {keys, queries});
    mask_ = net_.add("mask", "Where", {later, net_.number(-3.4028235e38), net_.number(0)});
  }
  /// Cosine and sine of each place times each frequency: (1, 1, sequence, turned).
  void write_angles() {
    const ValueId frequencies = net_.weight("angles.frequencies", {1, turned() / 2, 1});
    const ValueId real = net_.add("angles/places", "Cast", {places_},
                                  {{"to", static_cast<std::int64_t>(ElementType::f32)}});
    const ValueId row = net_.add("angles/row", "Unsqueeze", {real, net_.integers({0, 1})});
    const ValueId product = net_.add("angles", "MatMul", {frequencies, row});
    const ValueId half = net_.transpose("angles/turned", product, {0, 2, 1});
    const ValueId both = concatenate("angles/both", {half, half});
    const auto of_heads = [&](const std::string& name, const std::string& function) {
      return net_.add(name + "/of_heads", "Unsqueeze",
                      {net_.add(name, function, {both}), net_.integers({1})});
    };
    cosines_ = of_heads("angles/cos", "Cos");
    sines_ = of_heads("angles/sin", "Sin");
  }

  [[nodiscard]] std::vector<ValueId> queries_keys_values(const std::string& at, ValueId x) {
    const Decoder& d = net_.decoder();
    const std::int64_t of_queries = d.heads * d.head_width;
    const std::int64_t of_keys = d.key_heads * d.head_width;
    if (!d.joint_projection)
      return {net_.project(at + ".query", x, d.width, of_queries, d.query_bias),
              net_.project(at + ".key", x, d.width, of_keys, d.query_bias),
              net_.project(at + ".value", x, d.width, of_keys, d.query_bias)};
    const ValueId joint =
        net_.project(at + ".joint", x, d.width, of_queries + 2 * of_keys, d.query_bias);
    if (net_.is_fused() && !turns_before()) return {joint, ValueId::none, ValueId::none};
    return net_.add({.name = "Split",
                     .operands = {joint, net_.integers({of_queries, of_keys, of_keys})},
                     .attributes = {{"axis", std::int64_t{-1}}},
                     .results = 3,
                     .location = at + ".split"});
  }

  [[nodiscard]] Attended fused(const std::string& at, ValueId x, const Cache& past) {
    const Decoder& d = net_.decoder();
    std::vector<ValueId> operands = queries_keys_values(at, x);
    if (turns_before()) {
      operands[0] = embed_places(at + ".turned_query", operands[0], d.heads);
      operands[1] = embed_places(at + ".turned_key", operands[1], d.key_heads);
    }
    operands.insert(operands.end(), {past.keys, past.values, lengths_, total_i32_});
    if (turns_whole()) operands.insert(operands.end(), {cosines_, sines_});
    const std::vector<ValueId> made =
        net_.add({.name = "GroupQueryAttention",
                  .operands = std::move(operands),
                  .attributes = {{"num_heads", d.heads},
                                 {"kv_num_heads", d.key_heads},
                                 {"do_rotary", std::int64_t{turns_whole() ? 1 : 0}}},
                  .results = 3,
                  .domain = std::string(microsoft),
                  .location = at});
    return {made[0], {made[1], made[2]}};
  }
  [[nodiscard]] ValueId embed_places(const std::string& at, ValueId x, std::int64_t heads) {
    return net_.add(at, "RotaryEmbedding", {x, of_tokens_, cosines_, sines_},
                    {{"num_heads", heads}, {"rotary_embedding_dim", turned()}}, microsoft);
  }

  [[nodiscard]] Attended plain(const std::string& at, ValueId x, const Cache& past,
                               const std::string& present) {
    const Decoder& d = net_.decoder();
    const std::vector<ValueId> parts = queries_keys_values(at, x);
    const auto split = [&](const std::string& name, ValueId part, std::int64_t heads) {
      const ValueId split_up =
          net_.reshape(at + name + "/heads", part, {0, 0, heads, d.head_width});
      return net_.transpose(at + name + "/first", split_up, {0, 2, 1, 3});
    };
    const ValueId q = turn(at + ".turned_query", split(".query", parts[0], d.heads));
    const ValueId k = turn(at + ".turned_key", split(".key", parts[1], d.key_heads));
    const ValueId v = split(".value", parts[2], d.key_heads);
    const Cache kept = {extend(present + ".key", past.keys, k),
                        extend(present + ".value", past.values, v)};
    const ValueId keys =
        net_.transpose(at + ".keys/columns", repeat(at + ".keys", kept.keys), {0, 1, 3, 2});
    const ValueId scores = net_.add(at, "MatMul", {q, keys});
    const double scale = 1 / std::sqrt(static_cast<double>(d.head_width));
    const ValueId scaled = net_.add(at + "/scale", "Mul", {scores, net_.number(scale)});
    const ValueId masked = net_.add(at + "/mask", "Add", {scaled, mask_});
    const ValueId shares = net_.add(at + "/softmax", "Softmax", {masked});
    const ValueId mean =
        net_.add(at + "/mean", "MatMul", {shares, repeat(at + ".values", kept.values)});
    const ValueId merged = net_.transpose(at + "/last", mean, {0, 2, 1, 3});
    return {net_.reshape(at + "/merged", merged, {0, 0, d.heads * d.head_width}), kept};
  }

  /// The earlier keys or values `past`, then `x`: (batch, key heads, past + sequence, head width).
  [[nodiscard]] ValueId extend(const std::string& at, ValueId past, ValueId x) {
    const Decoder& d = net_.decoder();
    return net_
        .add({.name = "Concat",
              .operands = {past, x},
              .attributes = {{"axis", std::int64_t{2}}},
              .location = at,
              .types = {graph::Type{
                  ElementType::f32,
                  std::vector<Dim>{Dim{Dim::open, "batch"}, Dim{d.key_heads},
                                   Dim{Dim::open, "past + sequence"}, Dim{d.head_width}}}}})
        .front();
  }

  /// Each head of keys or values once for every head of queries that shares it.
  [[nodiscard]] ValueId repeat(const std::string& at, ValueId x) {
    const Decoder& d = net_.decoder();
    if (d.heads == d.key_heads) return x;
    const ValueId apart = net_.add(at + "/apart", "Unsqueeze", {x, net_.integers({2})});
    const ValueId repeated = net_.add(at + "/repeated", "Expand",
                                      {apart, net_.integers({1, 1, d.heads / d.key_heads, 1, 1})});
    return net_.reshape(at + "/joined", repeated, {0, d.heads, -1, d.head_width});
  }

  /// x cos + (-second half, first half) sin, of the numbers of a head that are turned.
  [[nodiscard]] ValueId turn(const std::string& at, ValueId x) {
    if (turned() == 0) return x;
    const ValueId part = turns_whole() ? x : net_.slice(at + "/part", x, 0, turned());
    const ValueId first = net_.slice(at + "/first", part, 0, turned() / 2);
    const ValueId second = net_.slice(at + "/second", part, turned() / 2, turned());
    const ValueId other =
        concatenate(at + "/other", {net_.add(at + "/neg", "Neg", {second}), first});
    const ValueId sum = net_.add(at, "Add",
                                 {net_.add(at + "/cos", "Mul", {part, cosines_}),
                                  net_.add(at + "/sin", "Mul", {other, sines_})});
    if (turns_whole()) return sum;
    return concatenate(at + "/whole",
                       {sum, net_.slice(at + "/rest", x, turned(), net_.decoder().head_width)});
  }
  [[nodiscard]] ValueId concatenate(const std::string& at, std::vector<ValueId> parts) {
    return net_.add(at, "Concat", std::move(parts), {{"axis", std::int64_t{-1}}});
  }

  DecoderWriter& net_;
  ValueId ids_;
  ValueId past_ = ValueId::none, total_ = ValueId::none, places_ = ValueId::none;
  ValueId mask_ = ValueId::none, lengths_ = ValueId::none, total_i32_ = ValueId::none;
  ValueId cosines_ = ValueId::none, sines_ = ValueId::none;
  ValueId of_tokens_ = ValueId::none;  // the places again for each text: (batch, sequence)
};

}  // namespace hale::lower::detail
