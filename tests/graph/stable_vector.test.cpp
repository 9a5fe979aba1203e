#include <gtest/gtest.h>

#include <cstddef>
#include <hale/graph/stable_vector.hpp>
#include <string>
#include <utility>

namespace hale::graph {
namespace {

StableVector<std::string> numbers(std::size_t count) {
  StableVector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(std::to_string(i));
  return all;
}

TEST(StableVector, KeepsReferencesWhileItGrows) {
  StableVector<std::string> all = numbers(1);
  const std::string* first = &all[0];
  for (std::size_t i = 1; i < 1000; ++i) all.push_back(std::to_string(i));
  EXPECT_EQ(first, &all.front());
  ASSERT_EQ(all.size(), 1000U);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], std::to_string(i));
}

TEST(StableVector, KeepsThemInACopyToo) {
  const StableVector<std::string> all = numbers(70);  // a block and a part of one
  StableVector<std::string> copy = all;
  const std::string* last = &copy[69];
  for (std::size_t i = 70; i < 128; ++i) copy.push_back(std::to_string(i));
  EXPECT_EQ(last, &copy[69]);
  EXPECT_EQ(all.size(), 70U);
  EXPECT_EQ(copy[127], "127");
  StableVector<std::string> other;
  other = std::move(copy);
  EXPECT_EQ(other.size(), 128U);
  EXPECT_EQ(&other[69], last);
}

}  // namespace
}  // namespace hale::graph
