#pragma once

#include <array>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <cstddef>
#include <hale/nn/concepts.hpp>
#include <hale/nn/parameters.hpp>
#include <hale/nn/values.hpp>
#include <hale/numeric/arena.hpp>
#include <tuple>
#include <utility>

namespace hale::nn {

namespace detail {

/// The shapes before each layer of a chain, and the one behind the last.
template <class... Shapes>
struct Chain {};

template <class First, class... Rest>
constexpr auto last_shape(Chain<First, Rest...>) {
  if constexpr (sizeof...(Rest) == 0)
    return boost::hana::type_c<First>;
  else
    return last_shape(Chain<Rest...>{});
}

/// One step of the fold that binds a chain; a misfit passes through the rest of it.
struct Follow {
  template <class... Shapes, class Layer>
  constexpr auto operator()(Chain<Shapes...> chain, boost::hana::basic_type<Layer>) const {
    using Next =
        typename decltype(output_type<Layer, sizeof...(Shapes) - 1>(last_shape(chain)))::type;
    return Chain<Shapes..., Next>{};
  }
};

template <class Demand, class... Layers>
struct DemandBefore {
  using type = Demand;
};
template <class Demand, class First, class... Rest>
struct DemandBefore<Demand, First, Rest...> {
  using type = typename First::template DemandBefore<typename DemandBefore<Demand, Rest...>::type>;
};

/// The bound layers of a chain, each told what those behind it ask for.
template <class Demand, class ChainOfShapes, class... Layers>
struct BindChain;
template <class Demand, class Last>
struct BindChain<Demand, Chain<Last>> {
  using type = std::tuple<>;
};
template <class Demand, class In, class... Shapes, class First, class... Rest>
struct BindChain<Demand, Chain<In, Shapes...>, First, Rest...> {
  using Bound = typename First::template Bound<In, typename DemandBefore<Demand, Rest...>::type>;
  using type = decltype(std::tuple_cat(
      std::declval<std::tuple<Bound>>(),
      std::declval<typename BindChain<Demand, Chain<Shapes...>, Rest...>::type>()));
};

/// The tensors of several bound layers one behind the other.
template <class... Bound>
constexpr auto joined_parameters(std::tuple<Bound...>*) {
  std::array<TensorSpec, (Bound::parameters.size() + ... + 0)> all{};
  std::size_t tensor = 0;
  std::size_t offset = 0;
  const auto append = [&](const auto& parameters) {
    for (TensorSpec spec : parameters) {
      spec.offset = offset;
      offset += spec.size();
      all[tensor++] = spec;
    }
  };
  (append(Bound::parameters), ...);
  return all;
}

template <std::size_t Count>
constexpr std::size_t total_size(const std::array<TensorSpec, Count>& parameters) {
  std::size_t size = 0;
  for (const TensorSpec& spec : parameters) size += spec.size();
  return size;
}

}  // namespace detail

/// Layers one behind the other.
///
/// Shapes: those of the first layer's input -> those of the last one's output.
template <class... Layers>
struct Sequential {
  template <class In>
  static constexpr auto chain(boost::hana::basic_type<In>) {
    return boost::hana::fold_left(boost::hana::tuple_t<Layers...>, detail::Chain<In>{},
                                  detail::Follow{});
  }

  template <class In>
  static constexpr auto output(boost::hana::basic_type<In> in) {
    return detail::last_shape(chain(in));
  }

  template <class Demand>
  using DemandBefore = typename detail::DemandBefore<Demand, Layers...>::type;

  template <class In, class Demand>
  struct Bound {
    using Parts = typename detail::BindChain<Demand, decltype(chain(boost::hana::type_c<In>)),
                                             Layers...>::type;
    static constexpr std::size_t count = sizeof...(Layers);
    static constexpr auto parameters = detail::joined_parameters(static_cast<Parts*>(nullptr));

    template <std::size_t I>
    using Part = std::tuple_element_t<I, Parts>;

    template <numeric::Scalar S, class Indices = std::make_index_sequence<count>>
    struct Tape;
    template <numeric::Scalar S, std::size_t... I>
    struct Tape<S, std::index_sequence<I...>> {
      std::tuple<typename Part<I>::template Tape<S>...> parts;
    };

    template <numeric::Scalar S>
    static auto forward(numeric::ConstMatrix<S> theta, Value<In, S> x, Tape<S>& tape,
                        numeric::Arena<numeric::Real<S>>& arena) {
      return forward_from<S, 0>(theta, x, tape, arena);
    }

    template <numeric::Scalar S>
    static auto backward(numeric::ConstMatrix<S> theta, const Tape<S>& tape, auto cotangent,
                         numeric::Matrix<S> gradient, numeric::Arena<numeric::Real<S>>& arena) {
      return backward_from<S, count>(theta, tape, cotangent, gradient, arena);
    }

   private:
    template <std::size_t I>
    static constexpr std::size_t first_tensor = [] {
      std::size_t tensors = 0;
      [&]<std::size_t... J>(std::index_sequence<J...>) {
        ((tensors += Part<J>::parameters.size()), ...);
      }
      (std::make_index_sequence<I>{});
      return tensors;
    }();

    /// The part of a flat buffer that belongs to layer I.
    template <std::size_t I>
    static constexpr auto own(auto flat) {
      constexpr std::size_t size = detail::total_size(Part<I>::parameters);
      constexpr std::size_t offset = size == 0 ? 0 : parameters[first_tensor<I>].offset;
      return slice(flat, offset, 1, size);
    }

    template <numeric::Scalar S, std::size_t I>
    static auto forward_from(numeric::ConstMatrix<S> theta, auto x, Tape<S>& tape,
                             numeric::Arena<numeric::Real<S>>& arena) {
      if constexpr (I == count)
        return x;
      else
        return forward_from<S, I + 1>(
            theta, Part<I>::template forward<S>(own<I>(theta), x, std::get<I>(tape.parts), arena),
            tape, arena);
    }

    template <numeric::Scalar S, std::size_t I>
    static auto backward_from(numeric::ConstMatrix<S> theta, const Tape<S>& tape, auto cotangent,
                              numeric::Matrix<S> gradient,
                              numeric::Arena<numeric::Real<S>>& arena) {
      if constexpr (I == 0)
        return cotangent;
      else
        return backward_from<S, I - 1>(
            theta, tape,
            Part<I - 1>::template backward<S>(own<I - 1>(theta), std::get<I - 1>(tape.parts),
                                              cotangent, own<I - 1>(gradient), arena),
            gradient, arena);
    }
  };
};

}  // namespace hale::nn
