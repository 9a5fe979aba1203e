#include <benchmark/benchmark.h>

#include <cstddef>
#include <hale/core/buffer.hpp>
#include <hale/core/random.hpp>
#include <hale/numeric/products.hpp>

#if HALE_BENCH_OPENBLAS
#include <cblas.h>
#endif

/// Products of the shapes that prediction and training make; items are floating-point operations.
namespace {

using hale::Buffer;
using hale::MatrixView;
using hale::numeric::Update;

enum class Form { plain, left, right };

struct Operands {
  std::size_t rows, depth, columns;
  Buffer<float> a, b, c;

  explicit Operands(const benchmark::State& state)
      : rows(static_cast<std::size_t>(state.range(0))),
        depth(static_cast<std::size_t>(state.range(1))),
        columns(static_cast<std::size_t>(state.range(2))),
        a(rows * depth),
        b(depth * columns),
        c(rows * columns) {
    hale::Rng rng(1);
    for (float& value : a) value = static_cast<float>(rng.uniform(-1, 1));
    for (float& value : b) value = static_cast<float>(rng.uniform(-1, 1));
  }
};

/// Times `multiply(operands)` and counts its operations.
template <class Multiply>
void time(benchmark::State& state, Multiply multiply) {
  Operands of(state);
  for (auto _ : state) {
    multiply(of);
    benchmark::DoNotOptimize(of.c.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(2 * of.rows * of.depth * of.columns));
}

template <Form form>
void hale_product(benchmark::State& state) {
  time(state, [](Operands& of) {
    const MatrixView<float> c(of.c.data(), of.rows, of.columns);
    if constexpr (form == Form::plain) {
      hale::numeric::product(MatrixView<float>(of.a.data(), of.rows, of.depth),
                             MatrixView<float>(of.b.data(), of.depth, of.columns), c,
                             Update::assign);
    } else if constexpr (form == Form::left) {
      hale::numeric::product_transposed_left(MatrixView<float>(of.a.data(), of.depth, of.rows),
                                             MatrixView<float>(of.b.data(), of.depth, of.columns),
                                             c, Update::assign);
    } else {
      hale::numeric::product_transposed_right(MatrixView<float>(of.a.data(), of.rows, of.depth),
                                              MatrixView<float>(of.b.data(), of.columns, of.depth),
                                              c, Update::assign);
    }
  });
}

/// The loop that one would write by hand: rows of C, each a sum of rows of B where it can be.
template <Form form>
void loop(benchmark::State& state) {
  time(state, [](Operands& of) {
    const std::size_t m = of.rows, k = of.depth, n = of.columns;
    const float* __restrict a = of.a.data();
    const float* __restrict b = of.b.data();
    float* __restrict c = of.c.data();
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) c[i * n + j] = 0;
      if constexpr (form == Form::right) {
        for (std::size_t j = 0; j < n; ++j)
          for (std::size_t p = 0; p < k; ++p) c[i * n + j] += a[i * k + p] * b[j * k + p];
      } else {
        for (std::size_t p = 0; p < k; ++p) {
          const float left = form == Form::left ? a[p * m + i] : a[i * k + p];
          for (std::size_t j = 0; j < n; ++j) c[i * n + j] += left * b[p * n + j];
        }
      }
    }
  });
}

#if HALE_BENCH_OPENBLAS
template <Form form>
void openblas(benchmark::State& state) {
  openblas_set_num_threads(1);
  time(state, [](Operands& of) {
    const auto m = static_cast<blasint>(of.rows);
    const auto k = static_cast<blasint>(of.depth);
    const auto n = static_cast<blasint>(of.columns);
    constexpr bool left = form == Form::left;
    constexpr bool right = form == Form::right;
    cblas_sgemm(CblasRowMajor, left ? CblasTrans : CblasNoTrans, right ? CblasTrans : CblasNoTrans,
                m, n, k, 1.0F, of.a.data(), left ? m : k, of.b.data(), right ? k : n, 0.0F,
                of.c.data(), n);
  });
}
#endif

/// Rows, depth and columns of the forward products.
void plain_shapes(benchmark::internal::Benchmark* bench) {
  for (const long rows : {1, 10, 30, 50, 200, 630, 1024}) {
    bench->Args({rows, 100, 100});
    bench->Args({rows, 200, 200});
  }
  bench->Args({9, 100, 100})->Args({9, 8, 100})->Args({630, 8, 100})->Args({200, 10, 100});
  bench->Args({15625, 100, 100})->Args({1, 200, 1})->Args({200, 200, 1})->Args({15625, 200, 1});
}
/// Those of the gradient with respect to weights, A^T B.
void left_shapes(benchmark::internal::Benchmark* bench) {
  bench->Args({100, 200, 100})->Args({200, 200, 200})->Args({200, 10, 200});
  bench->Args({100, 630, 100})->Args({200, 200, 1})->Args({8, 630, 100});
}
/// Those of the gradient with respect to a layer's input, A B^T.
void right_shapes(benchmark::internal::Benchmark* bench) {
  for (const long rows : {1, 4, 10, 20, 30, 50, 200}) bench->Args({rows, 200, 200});
  for (const long rows : {1, 10, 20, 630}) bench->Args({rows, 100, 100});
  bench->Args({10, 8, 100})->Args({200, 1, 200});
}

BENCHMARK(hale_product<Form::plain>)->Apply(plain_shapes);
BENCHMARK(loop<Form::plain>)->Apply(plain_shapes);
BENCHMARK(hale_product<Form::left>)->Apply(left_shapes);
BENCHMARK(loop<Form::left>)->Apply(left_shapes);
BENCHMARK(hale_product<Form::right>)->Apply(right_shapes);
BENCHMARK(loop<Form::right>)->Apply(right_shapes);
#if HALE_BENCH_OPENBLAS
BENCHMARK(openblas<Form::plain>)->Apply(plain_shapes);
BENCHMARK(openblas<Form::left>)->Apply(left_shapes);
BENCHMARK(openblas<Form::right>)->Apply(right_shapes);
#endif

}  // namespace
