#pragma once

#include <cstddef>
#include <hale/graph/cost.hpp>
#include <hale/lower/fbnet.hpp>
#include <hale/lower/nasbench201.hpp>
#include <hale/lower/ofa_mobilenet_v3.hpp>
#include <hale/predictor/baselines/ada_proxy.hpp>
#include <hale/predictor/baselines/brp_nas.hpp>
#include <hale/predictor/baselines/flops.hpp>
#include <hale/predictor/baselines/look_up_table.hpp>
#include <hale/predictor/recipes.hpp>

namespace hale::session {

/// The multiply-adds of the network that a space's latencies were measured on.
template <class S>
struct NetworkCost;

template <>
struct NetworkCost<space::NasBench201> {
  using Space = space::NasBench201;
  [[nodiscard]] static double multiply_adds(const Space::Architecture& architecture) {
    return static_cast<double>(graph::macs(lower::nasbench201(architecture)).total);
  }
};

template <>
struct NetworkCost<space::FBNet> {
  using Space = space::FBNet;
  [[nodiscard]] static double multiply_adds(const Space::Architecture& architecture) {
    return static_cast<double>(graph::macs(lower::fbnet(architecture)).total);
  }
};

template <>
struct NetworkCost<space::OfaMobileNetV3> {
  using Space = space::OfaMobileNetV3;
  [[nodiscard]] static double multiply_adds(const Space::Architecture& architecture) {
    return static_cast<double>(graph::macs(lower::ofa_mobilenet_v3(architecture)).total);
  }
};

/// The baselines of a space whose recipes are `Methods`.
template <class Methods>
struct Baselines {
  using Recipe = typename Methods::Help;
  using Encoder = typename Recipe::Encoder;
  using Flops = predictor::FlopsPredictor<NetworkCost<typename Recipe::Space>>;
  using LookUpTable = predictor::LookUpTable<Encoder>;
  using AdaProxy = predictor::AdaProxy<Encoder>;
  using BrpNas = predictor::BrpNas<Encoder, typename Methods::PlainNetwork>;
};

}  // namespace hale::session
