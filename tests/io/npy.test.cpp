#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <hale/core/random.hpp>
#include <hale/io/npy.hpp>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>
#include <xtensor/xarray.hpp>
#include <xtensor/xnpy.hpp>

namespace hale::io {
namespace {

using numeric::Tensor;

/// A file with this dictionary, its header `length` bytes long whatever it holds.
std::string file_of(std::string header, std::string_view data, char major = 1) {
  header += '\n';
  std::string bytes = std::string("\x93NUMPY") + major + '\0';
  for (std::size_t i = 0; i < (major == 1 ? 2 : 4); ++i)
    bytes += static_cast<char>(header.size() >> 8 * i & 0xffU);
  return bytes.append(header).append(data);
}

std::string header_of(std::string_view descr, std::string_view shape,
                      std::string_view fortran_order = "False") {
  return concat("{'descr': '", descr, "', 'fortran_order': ", fortran_order, ", 'shape': ", shape,
                ", }");
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

template <NpyNumber T, std::size_t Rank>
std::string refusal(std::string_view bytes) {
  const auto loaded = load_npy<T, Rank>(bytes);
  return loaded ? "loaded" : loaded.error().message;
}
std::string refusal(std::string_view bytes) { return refusal<double, 1>(bytes); }

/// What numpy 1.24 writes for numpy.array([[1, 2, 3], [4, 5, 6]], "<i4", order=ORDER).
std::string numpy_file(bool fortran_order) {
  std::string header = header_of("<i4", "(2, 3)", fortran_order ? "True" : "False");
  header.resize(117, ' ');
  const std::vector<std::int32_t> values = fortran_order
                                               ? std::vector<std::int32_t>{1, 4, 2, 5, 3, 6}
                                               : std::vector<std::int32_t>{1, 2, 3, 4, 5, 6};
  return file_of(header, bytes_of(values));
}

template <class T>
class NpyRoundTrip : public testing::Test {};
using Numbers =
    testing::Types<std::uint8_t, std::int8_t, std::int32_t, std::int64_t, float, double>;
TYPED_TEST_SUITE(NpyRoundTrip, Numbers);

TYPED_TEST(NpyRoundTrip, KeepsEveryElementAndTheShape) {
  using T = TypeParam;
  const Tensor<T, 3> tensor = {
      {{T{0}, T{1}}, {std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max()}}};
  const std::string bytes = serialise_npy(tensor);
  EXPECT_EQ((bytes.size() - 4 * sizeof(T)) % 64, 0U);  // numpy's alignment
  const auto back = load_npy<T, 3>(bytes);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, tensor);
}

TYPED_TEST(NpyRoundTrip, AgreesWithXtensorsOwnReaderAndWriter) {
  using T = TypeParam;
  const Tensor<T, 2> tensor = {{T{3}, T{1}, T{4}}, {T{1}, T{5}, T{9}}};
  std::istringstream ours(serialise_npy(tensor));
  const xt::xarray<T> read = xt::load_npy<T>(ours);
  EXPECT_EQ(read, (xt::xarray<T>(tensor)));
  const auto back = load_npy<T, 2>(xt::dump_npy(tensor));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, tensor);
}

TEST(Npy, ReadsWhatNumpyWritesInEitherOrder) {
  for (const bool fortran_order : {false, true}) {
    const auto loaded = load_npy<double, 2>(numpy_file(fortran_order));
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(*loaded, (Tensor<double, 2>{{1, 2, 3}, {4, 5, 6}}));
  }
  EXPECT_EQ(serialise_npy(Tensor<std::int32_t, 2>{{1, 2, 3}, {4, 5, 6}}), numpy_file(false));
}

TEST(Npy, ReadsFortranOrderOfThreeAxes) {
  const std::vector<std::uint8_t> values = {0, 12, 4, 16, 1, 13, 5, 17};
  const auto loaded =
      load_npy<int, 3>(file_of(header_of("|u1", "(2, 2, 2)", "True"), bytes_of(values)));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, (Tensor<int, 3>{{{0, 1}, {4, 5}}, {{12, 13}, {16, 17}}}));
}

TEST(Npy, ReadsLongHeadersOfLaterVersionsAndKeysInAnyOrder) {
  const std::string data = bytes_of<double>({1.5, 2.5});
  std::string header = "{\"shape\":(2,),'fortran_order' :False ,'descr':'<f8'}";
  header.resize(200, ' ');  // a low byte over 127
  for (const char version : {'\1', '\2', '\3'}) {
    const auto loaded = load_npy<double, 1>(file_of(header, data, version));
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(*loaded, (Tensor<double, 1>{1.5, 2.5}));
  }
}

TEST(Npy, ReadsArraysWithoutElements) {
  const auto loaded = load_npy<std::uint8_t, 2>(file_of(header_of("<f4", "(0, 6)"), ""));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->shape(0), 0U);
  EXPECT_EQ(loaded->shape(1), 6U);
  EXPECT_EQ((load_npy<std::uint8_t, 2>(serialise_npy(*loaded))->shape(1)), 6U);
}

TEST(Npy, ConvertsWhatTheOtherTypeHolds) {
  const auto whole = load_npy<std::uint8_t, 1>(serialise_npy(Tensor<double, 1>{0, 255, 7}));
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(*whole, (Tensor<std::uint8_t, 1>{0, 255, 7}));
  const auto narrow = load_npy<float, 1>(serialise_npy(
      Tensor<double, 1>{0.5, -std::numeric_limits<double>::infinity(), std::nan("")}));
  ASSERT_TRUE(narrow) << narrow.error().message;
  EXPECT_EQ((*narrow)(0), 0.5F);
  EXPECT_TRUE(std::isinf((*narrow)(1)));
  EXPECT_TRUE(std::isnan((*narrow)(2)));
  const auto wide = load_npy<double, 1>(serialise_npy(Tensor<std::int64_t, 1>{1LL << 53}));
  ASSERT_TRUE(wide) << wide.error().message;
  EXPECT_EQ((*wide)(0), 9007199254740992.0);
}

TEST(Npy, RefusesWhatTheOtherTypeDoesNotHoldAndSaysWhere) {
  const auto u1 = [](const auto& tensor) {
    return refusal<std::uint8_t, 2>(serialise_npy(tensor));
  };
  EXPECT_EQ(u1(Tensor<std::int32_t, 2>{{1, 2}, {3, 256}}),
            "element [1, 1] is 256, expected a whole number from 0 to 255");
  EXPECT_EQ(u1(Tensor<std::int8_t, 2>{{1, -2}}),
            "element [0, 1] is -2, expected a whole number from 0 to 255");
  EXPECT_EQ(u1(Tensor<double, 2>{{0.5}}),
            "element [0, 0] is 0.5, expected a whole number from 0 to 255");
  EXPECT_EQ(u1(Tensor<float, 2>{{std::nanf("")}}),
            "element [0, 0] is nan, expected a whole number from 0 to 255");
  EXPECT_EQ(u1(Tensor<double, 2>{{1e300}}),
            "element [0, 0] is 1e+300, expected a whole number from 0 to 255");
  EXPECT_EQ((refusal<std::int64_t, 1>(serialise_npy(Tensor<double, 1>{9223372036854775808.0}))),
            "element [0] is 9223372036854775808, expected a whole number from "
            "-9223372036854775808 to 9223372036854775807");
  EXPECT_EQ((refusal<double, 1>(serialise_npy(Tensor<std::int64_t, 1>{(1LL << 53) + 1}))),
            "element [0] is 9007199254740993, expected a number that f8 holds exactly");
  EXPECT_EQ((refusal<float, 1>(serialise_npy(Tensor<double, 1>{1, 0.1}))),
            "element [1] is 0.1, expected a number that f4 holds exactly");
  EXPECT_EQ((refusal<float, 1>(serialise_npy(Tensor<double, 1>{1e39}))),
            "element [0] is 1e+39, expected a number that f4 holds exactly");
  EXPECT_EQ((refusal<double, 1>(serialise_npy(Tensor<double, 2>{{1, 2}}))),
            "has the shape (1, 2), expected 1 axis");
}

TEST(Npy, NamesTheElementOfAFileInFortranOrder) {
  const std::vector<double> values = {0, 1, 2, 3.5, 4, 5};  // [1, 1] of (2, 3)
  EXPECT_EQ((refusal<int, 2>(file_of(header_of("<f8", "(2, 3)", "True"), bytes_of(values))))
                .substr(0, 21),
            "element [1, 1] is 3.5");
}

TEST(Npy, RefusesWhatIsNoNpyFile) {
  EXPECT_EQ(refusal(""), "is no .npy file");
  EXPECT_EQ(refusal("\x93NUMPY\1"), "is no .npy file");
  EXPECT_EQ(refusal("arch,latency_ms\n"), "is no .npy file");
  EXPECT_EQ(refusal("PK\x03\x04 and more"), "is a .npz archive, expected a .npy file");
  EXPECT_EQ(refusal(file_of("", "", '\4')),
            "is a .npy file of version 4.0, expected 1.0, 2.0 or 3.0");
  EXPECT_EQ(refusal(std::string("\x93NUMPY\2\0\1\0", 10)), "ends within its header");
  EXPECT_EQ(refusal(std::string("\x93NUMPY\2\0\xff\xff\xff\xff{}", 14)),
            "ends within its header: 4294967295 bytes of it are announced, 2 are there");
}

TEST(Npy, RefusesTypesThatItDoesNotRead) {
  const auto of = [](std::string_view descr) {
    return refusal(file_of(header_of(descr, "(1,)"), "12345678"));
  };
  EXPECT_EQ(of(">f8"),
            "holds elements of type '>f8' (big-endian), expected u1, i1, i4, i8, f4 or f8, "
            "little-endian");
  for (const std::string_view descr : {"|O", "<U2", "<c8", "<f2", "|b1", "=i4", "", "f8", "<f80"})
    EXPECT_EQ(of(descr).find("holds elements of type '"), 0U) << descr;
  EXPECT_EQ(refusal(file_of("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}",
                            "12345678")),
            "holds records of several fields, expected numbers");
}

TEST(Npy, RefusesShapesThatDoNotFitTheFile) {
  const auto of = [](std::string_view shape) {
    return refusal(file_of(header_of("<f8", shape), std::string(16, '\0')));
  };
  EXPECT_EQ(of("(2,)"), "loaded");
  EXPECT_EQ(of("(3,)"), "has 16 bytes of elements, expected 24: its shape is (3,) of f8");
  EXPECT_EQ(of("(1,)"), "has 16 bytes of elements, expected 8: its shape is (1,) of f8");
  EXPECT_EQ(of("()"), "has 16 bytes of elements, expected 8: its shape is () of f8");
  for (const std::string_view huge :
       {"(2305843009213693952,)", "(4294967296, 4294967296)", "(0, 9223372036854775807)",
        "(18446744073709551615,)", "(2, 1, 9223372036854775808)"})
    EXPECT_NE(of(huge).find("expected more than a file can have"), std::string::npos) << of(huge);
  EXPECT_NE(of("(18446744073709551616,)").find("an extent that fits 64 bits"), std::string::npos);
  EXPECT_NE(of("(-2,)").find("'-2,), }"), std::string::npos) << of("(-2,)");
  std::string axes = "(";
  for (int i = 0; i < 1000; ++i) axes += "1, ";
  EXPECT_EQ(of(axes + ")"), "has more than 32 axes, expected fewer");
}

TEST(Npy, RefusesHeadersThatAreNoDictionaryOfItsThreeEntries) {
  const auto of = [](std::string_view header) {
    return refusal(file_of(std::string(header), std::string(8, '\0')));
  };
  const std::string good = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}";
  EXPECT_EQ(of(good), "loaded");
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(of(good.substr(0, length)), "loaded") << length;
  EXPECT_EQ(of("{'descr': '<f8', 'fortran_order': False, }"), "its header has no 'shape'");
  EXPECT_EQ(of("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}"),
            "its header has 'descr' twice");
  EXPECT_EQ(of("{'descr': '<f8', 'order\1': 0}"),
            "its header has 'order?', expected only 'descr', 'fortran_order' and 'shape'");
  for (const std::string_view bad :
       {"[]", "{'descr'; '<f8'}", "{'fortran_order': 1}", "{'shape': 1}", "{'shape': (1 2)}",
        "{'shape': (,)}", "{'shape': (1,,)}", "{'shape': (0x1,)}", "{'shape': (1.0,)}",
        "{'descr': '<f8}", "{'descr': <f8}", "{,}"})
    EXPECT_EQ(of(bad).find("its header has '"), 0U) << bad << ": " << of(bad);
  EXPECT_NE(of(good + " {}").find("expected its end"), std::string::npos);
  EXPECT_NE(of(good + std::string(1, '\0')).find("expected its end"), std::string::npos);
}

TEST(Npy, IsReadOrRefusedWhateverItsBytesAre) {
  const std::string good = serialise_npy(Tensor<std::int32_t, 2>{{1, 2, 3}, {4, 5, 6}});
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(refusal(good.substr(0, length)), "loaded") << length;
  EXPECT_NE((refusal<double, 2>(good + "x")), "loaded");
  Rng rng(1);
  std::size_t refused = 0;
  constexpr std::size_t tries = 100000;
  for (std::size_t i = 0; i < tries; ++i) {
    std::string bytes = good;
    for (std::size_t change = 0; change <= rng.below(4); ++change) {
      constexpr std::string_view likely = "'(),:{}<>|0123456789ifuTF \n";
      const std::size_t at = rng.below(rng.below(2) == 0 ? 75 : bytes.size());
      bytes[at] =
          rng.below(2) == 0 ? likely[rng.below(likely.size())] : static_cast<char>(rng.below(256));
    }
    const auto loaded = load_npy<double, 2>(bytes);
    if (loaded)
      EXPECT_LE(loaded->size(), 24U);
    else
      ++refused;
  }
  EXPECT_GT(refused, tries / 4);
  EXPECT_LT(refused, tries);
}

}  // namespace
}  // namespace hale::io
