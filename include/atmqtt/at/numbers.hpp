// Numbers and their digits, without a division.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace atmqtt::detail {

/// The largest value of an unsigned type, or of the type below an enum.
template <class Number, bool IsEnum = std::is_enum_v<Number>>
inline constexpr std::uint32_t most_of = (std::numeric_limits<Number>::max)();
template <class Number>
inline constexpr std::uint32_t most_of<Number, true> = (std::numeric_limits<std::underlying_type_t<Number>>::max)();

constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// Puts another digit behind those of `value`. False, and nothing changes, where that takes more than 32 bits.
[[gnu::always_inline]] constexpr bool put_digit(std::uint32_t& value, char byte) {
    constexpr std::uint32_t most = UINT32_MAX / 10;
    const auto digit = static_cast<std::uint32_t>(byte - '0');
    if (value >= most && (value > most || digit > UINT32_MAX % 10)) return false;
    value = value * 10 + digit;
    return true;
}

/// Whether there are digits, without zeros before them.
[[gnu::always_inline]] constexpr bool is_plain_number(const char* digits, const char* end) {
    return digits != end && (*digits != '0' || end - digits == 1);
}

/// Whether bytes are a number as it is read: digits without leading zeros, up to `most`.
constexpr bool is_number(std::string_view bytes, std::uint32_t most) {
    std::uint32_t value = 0;
    for (const char byte : bytes) {
        if (!is_digit(byte) || !put_digit(value, byte)) return false;
    }
    return value <= most && is_plain_number(bytes.data(), bytes.data() + bytes.size());
}

/// Cortex-M0+ has no division, and its library routine costs more than the rest of a field: digits are counted off by these.
inline constexpr std::uint32_t powers_of_ten[] = {1,       10,        100,        1'000,       10'000,
                                                  100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

constexpr std::size_t digits_of(std::uint32_t n) {
    std::size_t count = 1;
    while (count != 10 && powers_of_ten[count] <= n) ++count;
    return count;
}

/// Takes the digit that has so many behind it off the front of `n`, and gives it.
constexpr unsigned take_digit(std::uint32_t& n, std::size_t behind) {
    unsigned digit = 0;
    for (; n >= powers_of_ten[behind]; n -= powers_of_ten[behind]) ++digit;
    return digit;
}

}  // namespace atmqtt::detail
