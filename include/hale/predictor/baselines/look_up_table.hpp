#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/numeric/ridge.hpp>
#include <hale/predictor/baselines/calibrated.hpp>
#include <hale/predictor/baselines/one_hot.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace hale::predictor {

/// The layer-wise look-up table: a latency for each choice at each place, added up.
///
/// The entries are those that fit the latencies of whole networks best. A small ridge decides where
/// the rows are too few to.
/// Source: ProxylessNAS (Cai et al., ICLR 2019), section 4.1, whose entries are measured block by
/// block.
template <space::Encoder E>
class LookUpTableModel {
 public:
  using Space = typename E::Space;
  using Architecture = typename Space::Architecture;
  static constexpr std::string_view name = "lut";
  static constexpr std::size_t usual_rows = 900;

  [[nodiscard]] static Result<LookUpTableModel> fit(const MeasuredRows<Space>& target,
                                                    const MeasuredRows<Space>&, Rng&) {
    const std::vector<double> x = OneHot<E>::rows(target.architectures);
    const std::vector<double> penalty(OneHot<E>::size, ridge);
    LookUpTableModel model;
    model.table_ =
        numeric::fit_ridge({x.data(), target.size(), OneHot<E>::size}, target.latency_ms, penalty);
    return model;
  }

  [[nodiscard]] std::vector<double> milliseconds(
      std::span<const Architecture> architectures) const {
    const std::vector<double> x = OneHot<E>::rows(architectures);
    std::vector<double> out;
    for (std::size_t row = 0; row < architectures.size(); ++row)
      out.push_back(table_(std::span(x).subspan(row * OneHot<E>::size, OneHot<E>::size)));
    return out;
  }

 private:
  static constexpr double ridge = 1e-3;  // of features whose variance is about 0.2

  numeric::LinearModel table_;
};

template <space::Encoder E>
using LookUpTable = Calibrated<LookUpTableModel<E>>;

}  // namespace hale::predictor
