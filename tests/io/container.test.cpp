#include <gtest/gtest.h>

#include <hale/io/container.hpp>
#include <string>

namespace hale::io {
namespace {

Container sample() {
  Container container;
  container.add("notes", "a=1\n");
  container.add("empty", "");
  container.add("numbers", pack(std::span<const float>(std::array<float, 3>{1, 2, 3})));
  return container;
}

TEST(Container, ComesBackAsItWas) {
  const auto parsed = parse_container(serialise(sample()));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->sections, sample().sections);
}

TEST(Container, CutAnywhereIsRefused) {
  const std::string whole = serialise(sample());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_container(whole.substr(0, size))) << size;
}

TEST(Container, WithAnyByteChangedIsRefused) {
  const std::string whole = serialise(sample());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    EXPECT_FALSE(parse_container(damaged)) << at;
  }
}

TEST(Container, OfAnotherVersionNamesBoth) {
  std::string newer = serialise(sample());
  newer[8] = 9;
  const auto parsed = parse_container(newer);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message, "format version 9 found, expected 1: made by a newer hale");
}

/// A file whose checksum is right but whose lengths lie.
std::string with_checksum(std::string bytes) {
  detail::put(bytes, detail::checksum(bytes));
  return bytes;
}

TEST(Container, WithALengthBeyondItsEndIsRefused) {
  std::string bytes(magic.data(), magic.size());
  detail::put(bytes, format_version);
  detail::put(bytes, std::uint32_t{1});
  detail::put(bytes, std::uint16_t{1});
  bytes += 'x';
  detail::put(bytes, ~std::uint64_t{0});
  const auto parsed = parse_container(with_checksum(bytes));
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("truncated"), std::string::npos);
}

TEST(Container, WithFourBillionSectionsIsRefusedAtTheFirstMissingOne) {
  std::string bytes(magic.data(), magic.size());
  detail::put(bytes, format_version);
  detail::put(bytes, ~std::uint32_t{0});
  EXPECT_FALSE(parse_container(with_checksum(bytes)));
}

TEST(Container, WithBytesBehindTheLastSectionIsRefused) {
  std::string bytes(magic.data(), magic.size());
  detail::put(bytes, format_version);
  detail::put(bytes, std::uint32_t{0});
  bytes += "more";
  EXPECT_FALSE(parse_container(with_checksum(bytes)));
}

TEST(Unpack, NamesTheSectionOfAnotherLength) {
  std::array<float, 4> four{};
  const auto result = unpack(sample(), "numbers", std::span<float>(four));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "section 'numbers' has 12 bytes, expected 16");
  EXPECT_FALSE(unpack(sample(), "absent", std::span<float>(four)));
}

TEST(Notes, KeepTheirOrderAndTheirLines) {
  Notes notes;
  notes.set("b", "two\nlines");
  notes.set("a", "x=y");
  notes.set("b", "1.5");
  const auto parsed = Notes::parse(notes.format());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, notes);
  EXPECT_EQ(parsed->get("a"), "x=y");
  EXPECT_EQ(parsed->number<double>("b"), 1.5);
  EXPECT_FALSE(parsed->number<double>("a"));
  EXPECT_FALSE(Notes::parse("no equals sign"));
}

}  // namespace
}  // namespace hale::io
