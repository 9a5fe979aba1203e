#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace hale {

/// FNV-1a, 64 bits: tells layouts and files apart; no protection against an adversary.
///
/// Source: Fowler, Noll, Vo; offset basis and prime as published.
class Fingerprint {
 public:
  constexpr Fingerprint& add(std::string_view text) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    mix(0);  // "ab" + "c" is not "a" + "bc"
    return *this;
  }
  template <std::unsigned_integral Number>
  constexpr Fingerprint& add(Number number) {
    for (std::size_t byte = 0; byte < sizeof(Number); ++byte)
      mix(static_cast<unsigned char>((number >> (8 * byte)) & 0xff));
    return *this;
  }
  constexpr Fingerprint& add(std::span<const std::byte> bytes) {
    for (const std::byte b : bytes) mix(static_cast<unsigned char>(b));
    return *this;
  }
  [[nodiscard]] constexpr std::uint64_t value() const { return state_; }

 private:
  constexpr void mix(unsigned char byte) {
    state_ ^= byte;
    state_ *= 0x100000001b3ULL;
  }

  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace hale
