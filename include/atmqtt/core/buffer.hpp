// Storage that the caller lends, and slices of text that cannot throw.
// SPDX-License-Identifier: MIT
#pragma once

#include "words.hpp"

#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

namespace atmqtt {

// Who makes a std::string_view of "..." counts it with strlen, at -Os when it runs; of "..."sv not: it is for all headers.
using std::string_view_literals::operator""sv;  // NOLINT(misc-unused-using-decls)

/// Bytes that the caller lends to a call or to a machine. Whoever lends keeps them alive as long as they are used.
class buffer {
public:
    constexpr buffer() = default;
    constexpr buffer(char* data, std::size_t size) : data_(data), size_(size) {}
    template <std::size_t Size>
    constexpr buffer(char (&array)[Size])
        : data_(array), size_(Size) {}  // NOLINT(google-explicit-constructor): format(m, out)

    /// All of a std::array, a std::vector or another that holds chars in a row, as it is now: do not let it grow.
    template <class Chars, class = std::enable_if_t<std::is_same_v<decltype(std::declval<Chars&>().data()), char*> &&
                                                    !std::is_same_v<std::remove_const_t<Chars>, buffer>>>
    constexpr buffer(Chars& lent)
        : data_(lent.data()), size_(lent.size()) {}  // NOLINT(google-explicit-constructor): format(m, out)

    constexpr char* data() const { return data_; }
    constexpr std::size_t size() const { return size_; }

private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
};

namespace detail {

/// Whether what is handed over as a T owns its bytes, as far as can be told, and is gone after the call: what borrows them refuses
/// it. A view can be copied byte by byte, and an owner cannot.
template <class T>
inline constexpr bool is_temporary =
    std::is_class_v<T> && !std::is_trivially_copyable_v<T> && std::is_convertible_v<T, std::string_view>;

}  // namespace detail

/// The first `count` bytes, or all if there are fewer.
constexpr std::string_view first(std::string_view text, std::size_t count) {
    return {text.data(), count < text.size() ? count : text.size()};
}

/// What is left behind the first `count` bytes; empty if there are fewer.
constexpr std::string_view rest(std::string_view text, std::size_t count) {
    const std::size_t skipped = count < text.size() ? count : text.size();
    return {text.data() + skipped, text.size() - skipped};
}

/// Whether `text` begins with `words`.
constexpr bool begins_with(std::string_view text, std::string_view words) {
    if (text.size() < words.size()) return false;
    // Of known words the compiler makes a comparison or two; elsewhere memcmp would take more than the loop.
    if (detail::by_words && !__builtin_is_constant_evaluated() && !words.empty())
        return std::memcmp(text.data(), words.data(), words.size()) == 0;
    for (std::size_t at = 0; at != words.size(); ++at) {
        if (text[at] != words[at]) return false;
    }
    return true;
}

/// CR or LF.
constexpr bool is_line_end(char byte) { return byte == '\r' || byte == '\n'; }

/// Whether `text` ends with `words`.
constexpr bool ends_with(std::string_view text, std::string_view words) {
    return text.size() >= words.size() && begins_with(rest(text, text.size() - words.size()), words);
}

// In place of std::string_view's own, which call memcmp and memchr: 300 bytes of flash on a Cortex-M0+.

/// Whether both are the same bytes.
constexpr bool are_same(std::string_view one, std::string_view other) {
    return one.size() == other.size() && begins_with(one, other);
}

/// Where `words` stand first in `text`; its size if nowhere.
constexpr std::size_t index_of(std::string_view text, std::string_view words) {
    std::size_t at = 0;
    while (at != text.size() && !begins_with(rest(text, at), words)) ++at;
    return at;
}

namespace detail {

/// memcpy, and a loop in the compiler, which cannot call it.
constexpr void copy(char* to, std::string_view from) {
    if (from.empty()) return;
    if (__builtin_is_constant_evaluated()) {
        for (const char byte : from) *to++ = byte;
    } else {
        std::memcpy(to, from.data(), from.size());
    }
}

}  // namespace detail

}  // namespace atmqtt
