// The control of what chains.hpp is composed to: it must compile.
#include "chains.hpp"

using namespace chains;
using L = meta::Learner<Net, meta::Modulator<Net, 6, 4, 2>, meta::MetaSgd<3>>;
template void chains::run<Recipe<L>>(const device::LatencyTable&);
template void chains::run<predictor::HelpMethods<Encoder, Tower, protocol>::Help>(
    const device::LatencyTable&);
