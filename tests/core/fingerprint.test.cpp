#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/fingerprint.hpp>
#include <span>
#include <string_view>

namespace hale {
namespace {

std::uint64_t of_bytes(std::string_view text) {
  return Fingerprint{}.add(std::as_bytes(std::span(text))).value();
}

TEST(Fingerprint, AgreesWithThePublishedVectorsOfFnv1a) {
  EXPECT_EQ(of_bytes(""), 0xcbf29ce484222325U);
  EXPECT_EQ(of_bytes("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(of_bytes("foobar"), 0x85944171f73967e8U);
}

TEST(Fingerprint, EndsATextWithAZeroByte) {
  EXPECT_EQ(Fingerprint{}.add("foobar").value(), 0x34531ca7168b8f38U);
}

TEST(Fingerprint, TellsWhereOneTextEndsAndTheNextBegins) {
  EXPECT_EQ(Fingerprint{}.add("ab").add("c").value(), 0xad22872f536e4705U);
  EXPECT_EQ(Fingerprint{}.add("a").add("bc").value(), 0x401801fc84f3ca79U);
}

TEST(Fingerprint, TakesNumbersLowByteFirstInTheirOwnWidth) {
  EXPECT_EQ(Fingerprint{}.add(std::uint32_t{0x01020304}).value(), 0xb345225e3644edb5U);
  EXPECT_EQ(Fingerprint{}.add(std::uint64_t{1}).value(), 0x89cd31291d2aefa4U);
  EXPECT_NE(Fingerprint{}.add(std::uint8_t{1}).value(),
            Fingerprint{}.add(std::uint16_t{1}).value());
}

static_assert(Fingerprint{}.value() == 0xcbf29ce484222325U);
static_assert(Fingerprint{}.add("a").add(std::uint8_t{0}).value() ==
                  Fingerprint{}.add(std::uint8_t{'a'}).add(std::uint16_t{0}).value(),
              "usable in a constant expression");

}  // namespace
}  // namespace hale
