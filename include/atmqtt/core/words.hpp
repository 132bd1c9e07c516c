// Bytes looked at eight at a time, where the target can.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace atmqtt::detail {

/// Whether eight bytes are loaded from anywhere by one instruction, the first one lowest. A Cortex-M0+ loads no word from an
/// odd address.
inline constexpr bool by_words =
#if (defined(__x86_64__) || defined(__aarch64__)) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    true;
#else
    false;
#endif

inline std::uint64_t load_word(const char* at) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, at, sizeof eight);
    return eight;
}
/// Copies eight bytes, and gives them.
inline std::uint64_t copy_word(char* to, const char* from) {
    const std::uint64_t eight = load_word(from);
    std::memcpy(to, &eight, sizeof eight);
    return eight;
}
/// Whether eight bytes written at `to` leave what stands from `from` on: it is that far behind, or elsewhere.
inline bool leaves(const char* to, const char* from) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): they may point into different arrays
    return reinterpret_cast<std::uintptr_t>(from) - reinterpret_cast<std::uintptr_t>(to) >= 8;
}

/// Eight times this byte.
constexpr std::uint64_t each(unsigned char byte) { return std::uint64_t{0x0101010101010101} * byte; }

#if defined(__GNUC__)
/// Eight bytes that are compared at once: by one instruction, for x86-64 and AArch64 have vectors. No function takes or gives
/// them by value: how, depends on the options of a 32-bit x86, and GCC warns of that.
using eight_bytes [[gnu::vector_size(8)]] = unsigned char;

/// What came of a comparison as a number.
template <class Compared>
std::uint64_t number_of(const Compared& compared) {
    std::uint64_t eight = 0;
    static_assert(sizeof compared == sizeof eight);
    std::memcpy(&eight, &compared, sizeof eight);
    return eight;
}
/// Has all bits of each byte set that is `wanted`, and no other.
inline std::uint64_t mark(std::uint64_t eight, char wanted) {
    eight_bytes bytes{};
    std::memcpy(&bytes, &eight, sizeof bytes);
    return number_of(bytes == static_cast<unsigned char>(wanted));
}
/// Has all bits of each byte set that is below `limit`, and no other.
inline std::uint64_t mark_below(std::uint64_t eight, unsigned char limit) {
    eight_bytes bytes{};
    std::memcpy(&bytes, &eight, sizeof bytes);
    return number_of(bytes < limit);
}

/// How many bytes stand before the first one that is marked; one must be.
constexpr unsigned before(std::uint64_t marked) { return static_cast<unsigned>(__builtin_ctzll(marked)) / 8; }
/// How many bytes of eight are 'A' to 0x7F, up to the first that is not.
constexpr unsigned letters_of(std::uint64_t eight) {
    const std::uint64_t letters = ((eight & each(0x7F)) + each(0x80 - 'A')) & ~eight & each(0x80);
    const std::uint64_t others = letters ^ each(0x80);
    return others == 0 ? 8 : before(others);
}
/// The first `count` of eight bytes as a number, the first one highest.
constexpr std::uint64_t first_of(std::uint64_t eight, unsigned count) {
    return count == 0 ? 0 : __builtin_bswap64(eight) >> (64 - 8 * count);
}
#endif

/// Where the first `wanted` of [at, end) is; `end` if there is none.
constexpr const char* find(char wanted, const char* at, const char* end) {
#if defined(__GNUC__)
    if (by_words && !__builtin_is_constant_evaluated()) {
        for (; end - at >= 8; at += 8) {
            const std::uint64_t found = mark(load_word(at), wanted);
            if (found != 0) return at + before(found);
        }
    }
#endif
    if (at == end) return end;
    do {
        if (*at == wanted) break;
    } while (++at != end);
    return at;
}
/// Whether a byte is somewhere in a text.
constexpr bool is_in(std::string_view text, char wanted) {
    const char* const end = text.data() + text.size();
    return find(wanted, text.data(), end) != end;
}

}  // namespace atmqtt::detail
