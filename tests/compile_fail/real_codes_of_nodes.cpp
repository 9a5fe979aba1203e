// expect: hale: Encoder: nodes of a graph are given by category
// lines: 18
#include "chains.hpp"

using namespace chains;
struct Line {  // each node feeds the next one
  static constexpr std::size_t nodes = 8;
  static constexpr std::size_t categories = 10;
  static constexpr std::array<std::uint64_t, nodes> sources = {1, 3, 6, 12, 24, 48, 96, 192};
};
using Nodes = nn::Sequential<nn::GraphConv<8>, nn::Relu, nn::TakeNode<7>>;
using Mine = predictor::HelpMethods<EncoderOf<GivenNodes<Line>>, Nodes, protocol>::Help;
template void chains::run<Mine>(const device::LatencyTable&);
