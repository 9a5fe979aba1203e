#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <hale/core/view.hpp>
#include <hale/nn/gradient.hpp>
#include <hale/nn/linear.hpp>
#include <hale/nn/network.hpp>
#include <hale/nn/relu.hpp>
#include <hale/nn/sequential.hpp>
#include <hale/numeric/arena.hpp>
#include <span>

namespace hale::meta {

/// Turns a hardware embedding into scales of a network's last layers, before any adaptation.
///
/// A small network gives mean and spread of z; weights of the last `Layers` linear layers are
/// multiplied by 1 + strength * z, one z for each input feature, and their biases shifted by
/// strength * z, one z for each layer.
/// Source: HELP, section 3.3 and its published code; strength 0.01 there.
template <nn::BoundNetwork N, std::size_t Embedding, std::size_t Hidden = 10,
          std::size_t Layers = 3>
class Modulator {
 public:
  /// Whether the network has so many layers; Learner says so where it has not.
  static constexpr bool reaches = N::layout.size() >= 2 * Layers;

 private:
  static constexpr std::size_t layers = reaches ? Layers : 0;
  static constexpr std::size_t first_tensor = N::layout.size() - 2 * layers;

  static constexpr std::size_t weight_scales = [] {
    std::size_t inputs = 0;
    for (std::size_t layer = 0; layer < layers; ++layer)
      inputs += N::layout[first_tensor + 2 * layer].rows;
    return inputs;
  }();

 public:
  using Network = N;
  static constexpr std::size_t embedding_size = Embedding;
  static constexpr std::size_t latent_size = weight_scales + layers;
  static constexpr double strength = 0.01;

  using Net = nn::Network<nn::Sequential<nn::Linear<Hidden>, nn::Relu, nn::Linear<2 * latent_size>>,
                          Given<Embedding>>;
  static constexpr std::size_t parameter_count = Net::parameter_count;

  /// What the backward step needs of the forward one.
  template <std::floating_point T>
  struct Tape {
    typename Net::template Tape<T> net;
    numeric::Arena<T> arena;
    MatrixView<T> statistics;  // (1, 2 * latent): means, then raw spreads
    std::array<T, latent_size> z{};
    std::span<const T> noise;  // (latent), or empty: z is its mean
  };

  /// Draws z and modulates; returns KL(N(mean, spread^2) || N(0, 1)), summed over the latent.
  ///
  /// Shapes: embedding (1, Embedding); noise (latent_size) standard normal, or empty for the mean;
  /// theta, modulated (parameter_count of N).
  template <std::floating_point T>
  static T modulate(std::span<const T> phi, MatrixView<const T> embedding, std::span<const T> noise,
                    std::span<const T> theta, std::span<T> modulated, Tape<T>& tape) {
    tape.arena.reset();
    tape.noise = noise;
    tape.statistics =
        Net::template forward<T>({phi.data(), 1, parameter_count}, embedding, tape.net, tape.arena);
    T divergence = 0;
    for (std::size_t i = 0; i < latent_size; ++i) {
      const T mean = tape.statistics(0, i);
      const T spread = softplus(tape.statistics(0, latent_size + i));
      tape.z[i] = noise.empty() ? mean : mean + spread * noise[i];
      divergence += (spread * spread + mean * mean - 1) / 2 - std::log(spread);
    }
    std::copy(theta.begin(), theta.end(), modulated.begin());
    for_each_layer([&](const nn::TensorSpec& weight, const nn::TensorSpec& bias,
                       std::size_t first_scale, std::size_t layer) {
      for (std::size_t in = 0; in < weight.rows; ++in) {
        const T scale = 1 + static_cast<T>(strength) * tape.z[first_scale + in];
        for (std::size_t out = 0; out < weight.columns; ++out)
          modulated[weight.offset + in * weight.columns + out] *= scale;
      }
      const T shift = static_cast<T>(strength) * tape.z[weight_scales + layer];
      for (std::size_t out = 0; out < bias.columns; ++out) modulated[bias.offset + out] += shift;
    });
    return divergence;
  }

  /// Turns `cotangent` of the modulated parameters into that of theta, and gives phi's gradient of
  /// the sum of cotangent * modulated + divergence_weight * divergence.
  template <std::floating_point T>
  static void backward(std::span<const T> phi, std::span<const T> theta, const Tape<T>& tape,
                       T divergence_weight, std::span<T> cotangent, std::span<T> phi_gradient) {
    std::array<T, latent_size> dz{};
    for_each_layer([&](const nn::TensorSpec& weight, const nn::TensorSpec& bias,
                       std::size_t first_scale, std::size_t layer) {
      for (std::size_t in = 0; in < weight.rows; ++in) {
        const T scale = 1 + static_cast<T>(strength) * tape.z[first_scale + in];
        T sum = 0;
        for (std::size_t out = 0; out < weight.columns; ++out) {
          const std::size_t i = weight.offset + in * weight.columns + out;
          sum += cotangent[i] * theta[i];
          cotangent[i] *= scale;
        }
        dz[first_scale + in] = static_cast<T>(strength) * sum;
      }
      T sum = 0;
      for (std::size_t out = 0; out < bias.columns; ++out) sum += cotangent[bias.offset + out];
      dz[weight_scales + layer] = static_cast<T>(strength) * sum;
    });
    numeric::Arena<T> arena;
    auto ds = arena.template take<T>(1, 2 * latent_size);
    for (std::size_t i = 0; i < latent_size; ++i) {
      const T mean = tape.statistics(0, i);
      const T raw = tape.statistics(0, latent_size + i);
      const T spread = softplus(raw);
      const T slope = 1 / (1 + std::exp(-raw));
      ds(0, i) = dz[i] + divergence_weight * mean;
      ds(0, latent_size + i) = slope * ((tape.noise.empty() ? T{0} : dz[i] * tape.noise[i]) +
                                        divergence_weight * (spread - 1 / spread));
    }
    Net::template backward<T>({phi.data(), 1, parameter_count}, tape.net, ds,
                              {phi_gradient.data(), 1, parameter_count}, arena);
  }

 private:
  template <class T>
  static T softplus(T x) {
    return x > 20 ? x : std::log1p(std::exp(x));
  }

  /// Calls visit(weight, bias, first scale of its inputs, layer) for each modulated layer.
  template <class Visit>
  static void for_each_layer(Visit visit) {
    std::size_t first_scale = 0;
    for (std::size_t layer = 0; layer < layers; ++layer) {
      const nn::TensorSpec& weight = N::layout[first_tensor + 2 * layer];
      visit(weight, N::layout[first_tensor + 2 * layer + 1], first_scale, layer);
      first_scale += weight.rows;
    }
  }
};

/// No modulation: theta as it is.
struct NoModulator {
  static constexpr std::size_t parameter_count = 0;
  static constexpr std::size_t latent_size = 0;

  template <std::floating_point T>
  struct Tape {};

  template <std::floating_point T>
  static T modulate(std::span<const T>, MatrixView<const T>, std::span<const T>,
                    std::span<const T> theta, std::span<T> modulated, Tape<T>&) {
    std::copy(theta.begin(), theta.end(), modulated.begin());
    return 0;
  }
  template <std::floating_point T>
  static void backward(std::span<const T>, std::span<const T>, const Tape<T>&, T, std::span<T>,
                       std::span<T>) {}
};

}  // namespace hale::meta
