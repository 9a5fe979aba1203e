// The control: what the other cases do wrong, done right. It must compile.
#include <hale/core/view.hpp>
#include <hale/nn/linear.hpp>
#include <hale/nn/network.hpp>
#include <hale/nn/relu.hpp>
#include <hale/nn/sequential.hpp>

using namespace hale;
nn::Network<nn::Sequential<nn::Linear<7>, nn::Relu, nn::Linear<1>>, Given<3>> network;

MatrixView<const float> to_read(MatrixView<float> view) { return view; }
