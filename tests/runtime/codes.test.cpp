#include <gtest/gtest.h>

#include <cstdint>
#include <hale/core/random.hpp>
#include <hale/io/npy.hpp>
#include <hale/runtime/codes.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hale::runtime {
namespace {

using Codes = numeric::Tensor<std::uint8_t, 2>;

template <class Value>
std::string message_of(const Result<Value>& result) {
  return result ? "none" : result.error().message;
}

template <space::SearchSpace S>
std::vector<std::string> samples() {
  Rng rng(3);
  std::vector<std::string> archs;
  for (int i = 0; i < 1000; ++i) archs.push_back(S::format(S::sample(rng)));
  return archs;
}

std::vector<std::string> samples_of(std::string_view space) {
  if (space == space::NasBench201::name) return samples<space::NasBench201>();
  if (space == space::FBNet::name) return samples<space::FBNet>();
  return samples<space::OfaMobileNetV3>();
}

TEST(Codes, OfAThousandArchitecturesOfEachSpaceComeBackThroughAFile) {
  for (const CodeEntry& entry : code_entries) {
    const std::vector<std::string> archs = samples_of(entry.space);
    const auto codes = codes_of_archs(entry.space, entry.name, archs);
    ASSERT_TRUE(codes) << codes.error().message;
    ASSERT_EQ(codes->shape(1), entry.width);
    const auto back = archs_of_npy(entry.space, io::serialise_npy(*codes));
    ASSERT_TRUE(back) << back.error().message;
    if (entry.name == space::OfaMobileNetV3Encoder::name)  // absent layers have no code
      EXPECT_EQ(*codes_of_archs(entry.space, entry.name, *back), *codes);
    else
      EXPECT_EQ(*back, archs) << entry.space << " " << entry.name;
  }
}

TEST(Codes, AreReadFromWholeNumbersOfAnyType) {
  const numeric::Tensor<double, 2> reals = {{0, 1, 2, 3, 4, 0}};
  const numeric::Tensor<std::int64_t, 2> wholes = {{0, 1, 2, 3, 4, 0}};
  const auto archs = archs_of_codes("nasbench201", {{0, 1, 2, 3, 4, 0}});
  ASSERT_TRUE(archs) << archs.error().message;
  EXPECT_EQ(*archs_of_npy("nasbench201", io::serialise_npy(reals)), *archs);
  EXPECT_EQ(*archs_of_npy("nasbench201", io::serialise_npy(wholes)), *archs);
}

TEST(Codes, SayWhatTheyAreNot) {
  EXPECT_EQ(message_of(archs_of_codes("nasbench201", {{0, 1}})),
            "found 2 columns, expected 6 (choices) or 9 (cell-graph) for space 'nasbench201'");
  EXPECT_EQ(message_of(codes_of_archs("fbnet", "one-hot", {})),
            "found code 'one-hot', expected 22 (choices) or 132 (block-one-hot) for space 'fbnet'");
  EXPECT_EQ(message_of(archs_of_codes("graph", {{0, 1}})),
            "space 'graph' has no codes of architectures; these have: nasbench201, fbnet, "
            "ofa-mobilenetv3");
  EXPECT_EQ(message_of(archs_of_codes("nasbench201", {{0, 1, 2, 3, 4, 0}, {0, 1, 2, 3, 4, 5}})),
            "row 1, column 5: found 5, expected 0 (avg_pool_3x3) to 4 (skip_connect)");
  EXPECT_EQ(message_of(archs_of_npy("fbnet", "nonsense")), "is no .npy file");
  EXPECT_EQ(message_of(archs_of_npy("fbnet", io::serialise_npy(numeric::Tensor<float, 2>{{.5F}}))),
            "element [0, 0] is 0.5, expected a whole number from 0 to 255");
  const std::vector<std::string> odd = {"0-1"};
  EXPECT_NE(message_of(codes_of_archs("fbnet", "choices", odd)).find("found 2 places"),
            std::string::npos);
}

}  // namespace
}  // namespace hale::runtime
