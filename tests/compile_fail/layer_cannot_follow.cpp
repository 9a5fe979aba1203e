// expect: a layer cannot follow the shape before it
// expect: LayerCannotFollow<.*GraphConv<5.*>.*Shape<7.*>.*2
// lines: 8
#include <hale/nn/graph_conv.hpp>
#include <hale/nn/linear.hpp>
#include <hale/nn/network.hpp>
#include <hale/nn/relu.hpp>
#include <hale/nn/sequential.hpp>

using namespace hale;
using Net =
    nn::Network<nn::Sequential<nn::Linear<7>, nn::Relu, nn::GraphConv<5>, nn::Linear<1>>, Given<3>>;
Net network;
