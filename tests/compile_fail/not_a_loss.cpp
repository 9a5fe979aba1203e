// expect: Loss
// lines: 24
#include "chains.hpp"

using namespace chains;
struct Absolute {};
meta::Learner<Net, meta::NoModulator, meta::MetaSgd<2>, Absolute> learner;
