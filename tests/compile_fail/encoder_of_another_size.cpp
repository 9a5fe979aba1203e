// expect: EncoderCheck<.*Given<10.*>, 8
// expect: hale: Encoder: Output takes another number of codes than size says
// lines: 18
#include "chains.hpp"

using namespace chains;
using Wrong = EncoderOf<Given<10>>;
using Mine = predictor::HelpMethods<Wrong, Tower, protocol>::Help;
template void chains::run<Mine>(const device::LatencyTable&);
