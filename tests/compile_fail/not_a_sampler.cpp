// expect: Sampler
// lines: 24
#include "chains.hpp"

using namespace chains;
struct Nobody {};
meta::Learner<Net, meta::NoModulator, meta::MetaSgd<2>, nn::MeanSquaredError, nn::AdamRule<>,
              Nobody>
    learner;
