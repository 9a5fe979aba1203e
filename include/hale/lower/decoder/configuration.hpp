#pragma once

#include <array>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <string_view>

namespace hale::lower {

/// How a decoder's graph is written.
enum class DecoderForm : std::uint8_t {
  plain,  // ONNX's own operators and f32 weights, as torch.onnx has it
  fused,  // GroupQueryAttention, MatMulNBits of four bits, as ONNX Runtime's exports have it
};

enum class FeedForward : std::uint8_t {
  plain,    // two products with an activation between them
  gated,    // three: the activation of the first is multiplied with the second
  experts,  // several gated ones, of which a router chooses some for each token
};

enum class DecoderNorm : std::uint8_t { layer, root_mean_square };

/// A transformer that predicts the next token, with a cache of keys and values.
///
/// Source: the fields of a published config.json, by hale's names.
struct Decoder {
  std::string_view name{};
  std::int64_t layers = 1;
  std::int64_t width = 64;
  std::int64_t heads = 1;
  std::int64_t key_heads = 1;  // each has its keys and values for several heads of queries
  std::int64_t head_width = 64;
  std::int64_t inner = 256;  // the width within the feed-forward, of one expert
  std::int64_t vocabulary = 1000;
  std::int64_t places = 1024;   // the longest text
  bool learned_places = false;  // a table that is added; else queries and keys are turned
  double turned_share = 1;      // of a head's width
  DecoderNorm norm = DecoderNorm::root_mean_square;
  FeedForward feed_forward = FeedForward::gated;
  bool gelu = false;  // else Swish
  std::int64_t experts = 1;
  std::int64_t chosen = 1;        // experts of a token
  bool joint_projection = false;  // queries, keys and values by one product
  bool query_bias = false;        // of queries, keys and values
  bool output_bias = false;       // of the attention's output
  bool inner_bias = false;        // of the feed-forward
  bool head_bias = false;         // of the product that gives the logits
  bool parallel = false;          // attention and feed-forward read the same norm
  bool scaled_embedding = false;  // times the root of the width
  bool tied = true;               // the logits by the table of words
  DecoderForm form = DecoderForm::plain;

  /// How many numbers of a head are turned by the token's place (rotary embedding).
  [[nodiscard]] constexpr std::int64_t turned() const {
    if (learned_places) return 0;
    return static_cast<std::int64_t>(turned_share * static_cast<double>(head_width) + 0.5);
  }
};

/// The weights of the fused form: four bits each, with a scale for each block.
inline constexpr std::int64_t bits_of_packed = 4;
inline constexpr std::int64_t packed_block = 32;

/// Decoders as they are published.
namespace decoders {

/// Source: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019; config.json
/// of openai-community/gpt2 on Hugging Face: 124 439 808 parameters.
inline constexpr Decoder gpt2 = {.name = "gpt2",
                                 .layers = 12,
                                 .width = 768,
                                 .heads = 12,
                                 .key_heads = 12,
                                 .head_width = 64,
                                 .inner = 3072,
                                 .vocabulary = 50257,
                                 .places = 1024,
                                 .learned_places = true,
                                 .norm = DecoderNorm::layer,
                                 .feed_forward = FeedForward::plain,
                                 .gelu = true,
                                 .joint_projection = true,
                                 .query_bias = true,
                                 .output_bias = true,
                                 .inner_bias = true};

/// Source: config.json of meta-llama/Llama-3.2-1B on Hugging Face: 1 235 814 400 parameters.
inline constexpr Decoder llama_3_2_1b = {.name = "llama-3.2-1b",
                                         .layers = 16,
                                         .width = 2048,
                                         .heads = 32,
                                         .key_heads = 8,
                                         .head_width = 64,
                                         .inner = 8192,
                                         .vocabulary = 128256,
                                         .places = 131072};

/// Source: "Qwen2.5 Technical Report", arXiv 2412.15115; config.json of Qwen/Qwen2.5-0.5B on
/// Hugging Face: 494 032 768 parameters.
inline constexpr Decoder qwen_2_5_0_5b = {.name = "qwen-2.5-0.5b",
                                          .layers = 24,
                                          .width = 896,
                                          .heads = 14,
                                          .key_heads = 2,
                                          .head_width = 64,
                                          .inner = 4864,
                                          .vocabulary = 151936,
                                          .places = 32768,
                                          .query_bias = true};

/// Source: "Gemma: Open Models Based on Gemini Research and Technology", arXiv 2403.08295, Table 1;
/// config.json of google/gemma-2b on Hugging Face: 2 506 172 416 parameters.
inline constexpr Decoder gemma_2b = {.name = "gemma-2b",
                                     .layers = 18,
                                     .width = 2048,
                                     .heads = 8,
                                     .key_heads = 1,
                                     .head_width = 256,
                                     .inner = 16384,
                                     .vocabulary = 256000,
                                     .places = 8192,
                                     .gelu = true,
                                     .scaled_embedding = true};

/// Source: config.json of microsoft/phi-2 on Hugging Face: 2 779 683 840 parameters.
inline constexpr Decoder phi_2 = {.name = "phi-2",
                                  .layers = 32,
                                  .width = 2560,
                                  .heads = 32,
                                  .key_heads = 32,
                                  .head_width = 80,
                                  .inner = 10240,
                                  .vocabulary = 51200,
                                  .places = 2048,
                                  .turned_share = 0.4,
                                  .norm = DecoderNorm::layer,
                                  .feed_forward = FeedForward::plain,
                                  .gelu = true,
                                  .query_bias = true,
                                  .output_bias = true,
                                  .inner_bias = true,
                                  .head_bias = true,
                                  .parallel = true,
                                  .tied = false};

/// Source: Jiang et al., "Mixtral of Experts", arXiv 2401.04088, Table 1; config.json of
/// mistralai/Mixtral-8x7B-v0.1 on Hugging Face: 46 702 792 704 parameters.
inline constexpr Decoder mixtral_8x7b = {.name = "mixtral-8x7b",
                                         .layers = 32,
                                         .width = 4096,
                                         .heads = 32,
                                         .key_heads = 8,
                                         .head_width = 128,
                                         .inner = 14336,
                                         .vocabulary = 32000,
                                         .places = 32768,
                                         .feed_forward = FeedForward::experts,
                                         .experts = 8,
                                         .chosen = 2,
                                         .tied = false};

}  // namespace decoders

inline constexpr std::array<Decoder, 6> published_decoders = {
    decoders::gpt2,     decoders::llama_3_2_1b, decoders::qwen_2_5_0_5b,
    decoders::gemma_2b, decoders::phi_2,        decoders::mixtral_8x7b};

/// Errors: extents below one; heads or turned parts that do not divide; widths that blocks of the
/// fused form do not fill.
[[nodiscard]] inline Result<> check(const Decoder& decoder) {
  const auto refuse = [&decoder](const auto&... parts) {
    return fail(concat("decoder '", decoder.name, "': ", parts...));
  };
  for (const std::int64_t extent :
       {decoder.layers, decoder.width, decoder.heads, decoder.key_heads, decoder.head_width,
        decoder.inner, decoder.vocabulary, decoder.places, decoder.experts, decoder.chosen})
    if (extent < 1) return refuse("found the extent ", extent, ", expected at least 1");
  if (decoder.heads % decoder.key_heads != 0)
    return refuse("found ", decoder.heads, " heads, expected a multiple of the ", decoder.key_heads,
                  " of keys");
  if (decoder.turned() < 0 || decoder.turned() > decoder.head_width || decoder.turned() % 2 != 0)
    return refuse("found ", decoder.turned(), " turned numbers of a head, expected an even count ",
                  "of at most ", decoder.head_width);
  if (decoder.chosen > decoder.experts)
    return refuse("found ", decoder.chosen, " chosen experts, expected at most ", decoder.experts);
  if (decoder.form == DecoderForm::plain) return {};
  for (const std::int64_t depth :
       {decoder.width, decoder.heads * decoder.head_width, decoder.inner})
    if (depth % packed_block != 0)
      return refuse("found the width ", depth, ", expected a multiple of ", packed_block);
  return {};
}

}  // namespace hale::lower
