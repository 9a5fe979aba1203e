#include "recipes.hpp"

namespace hale::runtime::detail {

template Result<AnyBase> load<predictor::HelpNasBench201>(const io::Container&, std::string_view);
template Result<std::string> train<predictor::HelpNasBench201>(const device::LatencyTable&,
                                                               const predictor::TrainingOptions&,
                                                               const TrainingHooks&);

}  // namespace hale::runtime::detail
