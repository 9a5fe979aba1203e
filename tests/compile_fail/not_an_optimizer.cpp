// expect: OptimizerRule
// lines: 24
#include "chains.hpp"

using namespace chains;
meta::Learner<Net, meta::NoModulator, meta::MetaSgd<2>, nn::MeanSquaredError, nn::Adam<float>>
    learner;
