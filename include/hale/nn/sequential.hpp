#pragma once

#include <array>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/fold_right.hpp>
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

/// A list of types, in the order of a chain's layers or in reverse.
template <class... T>
struct Types {};

/// One step of the fold from a chain's input to its output, which gathers the shapes, the last one
/// first; a misfit passes through the rest of the chain.
struct Follow {
  template <class Last, class... Before, class Layer>
  constexpr auto operator()(Types<Last, Before...>, boost::hana::basic_type<Layer>) const {
    using Next =
        typename decltype(output_type<Layer, sizeof...(Before)>(boost::hana::type_c<Last>))::type;
    return Types<Next, Last, Before...>{};
  }
};

/// One step of the fold back, which gathers what each layer is asked for.
struct AskBefore {
  template <class Layer, class Demand, class... Behind>
  constexpr auto operator()(boost::hana::basic_type<Layer>, Types<Demand, Behind...>) const {
    return Types<typename Layer::template DemandBefore<Demand>, Demand, Behind...>{};
  }
};

template <class First, class... Rest>
constexpr auto first_of(Types<First, Rest...>) {
  return boost::hana::type_c<First>;
}

template <std::size_t I, class List>
struct TypeAt;
template <std::size_t I, class... T>
struct TypeAt<I, Types<T...>> : std::tuple_element<I, std::tuple<T...>> {};

/// The layers of a chain, each bound to its input's shape and told what those behind it ask for.
template <class Shapes, class Demands, class Indices, class... Layers>
struct BindChain;
template <class Shapes, class Demands, std::size_t... I, class... Layers>
struct BindChain<Shapes, Demands, std::index_sequence<I...>, Layers...> {
  using type =
      std::tuple<typename Layers::template Bound<typename TypeAt<sizeof...(I) - I, Shapes>::type,
                                                 typename TypeAt<I + 1, Demands>::type>...>;
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
  /// The shapes from the last one back to `In`.
  template <class In>
  static constexpr auto shapes(boost::hana::basic_type<In>) {
    return boost::hana::fold_left(boost::hana::tuple_t<Layers...>, detail::Types<In>{},
                                  detail::Follow{});
  }
  /// What the layer before the chain is asked for, each layer, and the last one's result.
  template <class Demand>
  static constexpr auto demands(boost::hana::basic_type<Demand>) {
    return boost::hana::fold_right(boost::hana::tuple_t<Layers...>, detail::Types<Demand>{},
                                   detail::AskBefore{});
  }

  template <class In>
  static constexpr auto output(boost::hana::basic_type<In> in) {
    return detail::first_of(shapes(in));
  }

  template <class Demand>
  using DemandBefore =
      typename decltype(detail::first_of(demands(boost::hana::type_c<Demand>)))::type;

  template <class In, class Demand>
  struct Bound {
    using Parts = typename detail::BindChain<decltype(shapes(boost::hana::type_c<In>)),
                                             decltype(demands(boost::hana::type_c<Demand>)),
                                             std::index_sequence_for<Layers...>, Layers...>::type;
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
