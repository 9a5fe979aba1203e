#pragma once

#include <hale/predictor/recipes.hpp>
#include <hale/runtime/catalogue.hpp>
#include <span>
#include <string>
#include <string_view>

namespace hale::runtime::detail {

// Each recipe is compiled in a unit of its own, so that no other one waits for its networks.
extern template Result<AnyBase> load<predictor::HelpNasBench201>(const io::Container&,
                                                                 std::string_view);
extern template Result<std::string> train<predictor::HelpNasBench201>(
    const device::LatencyTable&, const predictor::TrainingOptions&, const TrainingHooks&);

}  // namespace hale::runtime::detail
