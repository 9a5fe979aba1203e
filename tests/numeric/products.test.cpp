#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/buffer.hpp>
#include <hale/core/random.hpp>
#include <hale/numeric/products.hpp>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

namespace hale::numeric {
namespace {

enum class Form { plain, transposed_left, transposed_right };

struct Shape {
  std::size_t m;
  std::size_t k;
  std::size_t n;
};

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  return out << "m " << shape.m << ", k " << shape.k << ", n " << shape.n;
}

constexpr InstructionSet every_set[] = {InstructionSet::baseline, InstructionSet::avx2,
                                        InstructionSet::avx512};

/// A matrix in a buffer of its own, with columns of NaN beside it.
template <class T>
struct Padded {
  Buffer<T> storage;
  MatrixView<T> view;

  Padded(std::size_t rows, std::size_t columns, std::size_t gap, Rng& rng)
      : storage(rows * (columns + gap)), view(storage.data(), rows, columns, columns + gap) {
    std::fill(storage.begin(), storage.end() + Buffer<T>::slack,
              std::numeric_limits<T>::quiet_NaN());
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t column = 0; column < columns; ++column)
        view(row, column) = static_cast<T>(rng.uniform(-1, 1));
  }
};

template <class T>
struct Problem {
  Form form;
  Shape shape;
  Padded<T> a;
  Padded<T> b;

  Problem(Form wanted, Shape of, std::size_t gap, Rng& rng)
      : form(wanted),
        shape(of),
        a(wanted == Form::transposed_left ? of.k : of.m,
          wanted == Form::transposed_left ? of.m : of.k, gap, rng),
        b(wanted == Form::transposed_right ? of.n : of.k,
          wanted == Form::transposed_right ? of.k : of.n, gap, rng) {}

  [[nodiscard]] T left(std::size_t row, std::size_t p) const {
    return form == Form::transposed_left ? a.view(p, row) : a.view(row, p);
  }
  [[nodiscard]] T right(std::size_t p, std::size_t column) const {
    return form == Form::transposed_right ? b.view(column, p) : b.view(p, column);
  }
  void run(MatrixView<T> c, Update update) const {
    switch (form) {
      case Form::plain:
        return product(a.view, b.view, c, update);
      case Form::transposed_left:
        return product_transposed_left(a.view, b.view, c, update);
      case Form::transposed_right:
        return product_transposed_right(a.view, b.view, c, update);
    }
  }
};

template <class T>
void expect_as_in_double(const Problem<T>& of, std::size_t gap, Update update, Rng& rng) {
  const auto [m, k, n] = of.shape;
  Padded<T> c(m, n, gap, rng);
  const Buffer<T> before = c.storage;
  of.run(c.view, update);
  for (std::size_t row = 0; row < m; ++row) {
    for (std::size_t column = 0; column < n + gap; ++column) {
      const std::size_t at = row * (n + gap) + column;
      if (column >= n) {
        ASSERT_TRUE(std::isnan(c.storage[at])) << "written beside the view";
        continue;
      }
      double expected = update == Update::add ? static_cast<double>(before[at]) : 0;
      double scale = std::abs(expected);
      for (std::size_t p = 0; p < k; ++p) {
        const double term =
            static_cast<double>(of.left(row, p)) * static_cast<double>(of.right(p, column));
        expected += term;
        scale += std::abs(term);
      }
      const double tolerance = scale * static_cast<double>(k + 1) *
                               static_cast<double>(std::numeric_limits<T>::epsilon());
      ASSERT_NEAR(static_cast<double>(c.view(row, column)), expected, tolerance)
          << "row " << row << ", column " << column;
    }
  }
  const T* behind = c.storage.end();
  ASSERT_TRUE(std::all_of(behind, behind + Buffer<T>::slack, [](T value) {
    return std::isnan(value);
  })) << "written behind the view";
}

template <class T>
class Products : public testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(use_instruction_set(at_start)); }

  /// Runs `body` with each instruction set that this machine and this build have.
  template <class Body>
  void with_each_set(Body body) {
    for (const InstructionSet set : every_set) {
      if (!use_instruction_set(set)) continue;
      SCOPED_TRACE(std::string(name_of(set)));
      body();
    }
  }

  const InstructionSet at_start = instruction_set();
  Rng rng{1};
};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Products, Scalars);

constexpr Form every_form[] = {Form::plain, Form::transposed_left, Form::transposed_right};

TYPED_TEST(Products, EqualTheTripleLoopInDoubleForAllSmallShapes) {
  const std::size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 33};
  this->with_each_set([&] {
    for (const std::size_t m : sizes)
      for (const std::size_t k : sizes)
        for (const std::size_t n : sizes)
          for (const Form form : every_form)
            for (const Update update : {Update::assign, Update::add}) {
              const std::size_t gap = (m + k + n) % 4;
              const Problem<TypeParam> problem(form, {m, k, n}, gap, this->rng);
              SCOPED_TRACE(testing::Message() << problem.shape << ", form " << int(form));
              expect_as_in_double(problem, gap, update, this->rng);
              if (this->HasFatalFailure()) return;
            }
  });
}

TYPED_TEST(Products, EqualTheTripleLoopInDoubleWhereTheyAreCutIntoBlocks) {
  const Shape shapes[] = {{10, 100, 100}, {37, 100, 100}, {9, 8, 100},   {50, 200, 200},
                          {1, 600, 130},  {257, 40, 67},  {30, 523, 41}, {300, 300, 1},
                          {1, 300, 300},  {200, 1, 200}};
  this->with_each_set([&] {
    for (const Shape& shape : shapes)
      for (const Form form : every_form)
        for (const Update update : {Update::assign, Update::add}) {
          const Problem<TypeParam> problem(form, shape, 3, this->rng);
          SCOPED_TRACE(testing::Message() << shape << ", form " << int(form));
          expect_as_in_double(problem, 3, update, this->rng);
          if (this->HasFatalFailure()) return;
        }
  });
}

TYPED_TEST(Products, AreTheSameBitForBitWhenRepeated) {
  this->with_each_set([&] {
    for (const Form form : every_form) {
      const Problem<TypeParam> problem(form, {23, 300, 57}, 0, this->rng);
      Buffer<TypeParam> first(23 * 57);
      Buffer<TypeParam> second(23 * 57);
      problem.run({first.data(), 23, 57}, Update::assign);
      problem.run({second.data(), 23, 57}, Update::assign);
      EXPECT_EQ(first, second);
    }
  });
}

TYPED_TEST(Products, GiveARowTheSameResultAloneAsAmongOthers) {
  this->with_each_set([&] {
    for (const std::size_t columns : {1U, 4U, 57U, 200U}) {
      const Problem<TypeParam> problem(Form::plain, {259, 300, columns}, 2, this->rng);
      Buffer<TypeParam> together(259 * columns);
      Buffer<TypeParam> alone(columns);
      problem.run({together.data(), 259, columns}, Update::assign);
      for (std::size_t row = 0; row < 259; ++row) {
        product(problem.a.view.rows_from(row, 1), problem.b.view,
                MatrixView<TypeParam>(alone.data(), 1, columns), Update::assign);
        ASSERT_TRUE(std::equal(alone.begin(), alone.end(), together.data() + row * columns))
            << "row " << row << " of " << columns << " columns";
      }
    }
  });
}

TYPED_TEST(Products, LetNaNThroughWhereItBelongs) {
  this->with_each_set([&] {
    for (const Form form : every_form) {
      Problem<TypeParam> problem(form, {5, 40, 9}, 0, this->rng);
      problem.a.storage[0] = std::numeric_limits<TypeParam>::quiet_NaN();
      Buffer<TypeParam> c(5 * 9);
      problem.run({c.data(), 5, 9}, Update::assign);
      for (std::size_t at = 0; at < c.size(); ++at) EXPECT_EQ(std::isnan(c[at]), at < 9) << at;
    }
  });
}

TEST(InstructionSets, IncludeOneThatIsInUseAndRefuseOthersWithoutEffect) {
  const InstructionSet at_start = instruction_set();
  for (const InstructionSet set : every_set) {
    const InstructionSet before = instruction_set();
    const bool accepted = use_instruction_set(set);
    EXPECT_EQ(instruction_set(), accepted ? set : before) << name_of(set);
  }
  EXPECT_TRUE(use_instruction_set(at_start));
}

#if HALE_KERNELS
TEST(InstructionSets, OfTheLibraryAlwaysIncludeTheBaseline) {
  const InstructionSet at_start = instruction_set();
  EXPECT_TRUE(use_instruction_set(InstructionSet::baseline));
  EXPECT_TRUE(use_instruction_set(at_start));
}
#endif

}  // namespace
}  // namespace hale::numeric
