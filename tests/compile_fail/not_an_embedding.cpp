// expect: HardwareEmbedding
// lines: 24
#include "chains.hpp"

using namespace chains;
struct Ranks {  // says six numbers, gives five
  static constexpr std::string_view name = "ranks";
  static constexpr std::size_t references = 6;
  static constexpr std::size_t size = 6;
  static std::array<float, 5> embed(std::span<const double, 6>) noexcept { return {}; }
};
using L = meta::Learner<Net, meta::NoModulator, meta::MetaSgd<2>>;
Recipe<L, Encoder, Ranks> recipe;
