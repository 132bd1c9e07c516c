// Text of a parameter: a view that may still hold the escapes of the wire.                    [2.3.6]
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "../core/words.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <type_traits>

namespace atmqtt {

namespace detail {

constexpr bool is_curly_quote(std::string_view at) {
    return at.size() >= 3 && at[0] == '\xE2' && at[1] == '\x80' && (at[2] == '\x9C' || at[2] == '\x9D');
}

#if defined(__GNUC__)
/// Moves `at` to the first quote that has no backslash before it, eight bytes at a time. There is a byte before `at`. False where
/// none was found: then fewer than eight are left, which were not looked at.
inline bool go_to_closing_quote(const char*& at, const char* end) {
    for (std::uint64_t before_these = at[-1] == '\\' ? 0x80 : 0; end - at >= 8; at += 8) {
        const std::uint64_t eight = load_word(at);
        const std::uint64_t backslashes = ~mark_others(eight, '\\');
        const std::uint64_t others = mark_others(eight, '"') | backslashes << 8 | before_these;
        const std::uint64_t closing = ~others & each(0x80);
        if (closing != 0) {
            at += before(closing);
            return true;
        }
        before_these = backslashes >> 56;
    }
    return false;
}
#endif

/// Where the first quote of [at, end) is that has no backslash before it; `end` if there is none. There is a byte before `at`.
constexpr const char* find_closing_quote(const char* at, const char* end) {
#if defined(__GNUC__)
    if (by_words && !__builtin_is_constant_evaluated() && go_to_closing_quote(at, end)) return at;
#endif
    if (at == end) return end;
    do {
        if (*at == '"' && at[-1] != '\\') break;
    } while (++at != end);
    return at;
}

}  // namespace detail

/// A view of text. What is parsed is viewed as it stands on the wire, where `\"` is a quote; comparing, iterating
/// and copying see the unescaped bytes. The only escape is `\"`: any other backslash is itself.
///
/// It owns nothing: it lives as long as the bytes it was made from.
class text {
public:
    constexpr text() : size_(0), escaped_(false) {}
    /// Plain bytes: a literal, a std::string_view, a std::string.
    template <class Bytes, class = std::enable_if_t<std::is_convertible_v<const Bytes&, std::string_view>>>
    constexpr text(const Bytes& bytes)
        : text(std::string_view(bytes), 0) {}  // NOLINT(google-explicit-constructor): subscribe{"topic"}

    /// Bytes that stood between quotes on the wire, and whether a backslash before a quote is among them.
    static constexpr text from_wire(std::string_view raw, bool escaped) {
        text made{raw};
        made.escaped_ = escaped;
        return made;
    }

    /// Bytes after unescaping. Counted anew each time if the text `is_escaped`.
    constexpr std::size_t size() const {
        std::size_t count = size_;
        for (std::size_t at = 1; escaped_ && at < size_; ++at) count -= data_[at] == '"' ? 1 : 0;
        return count;
    }
    constexpr bool empty() const { return size_ == 0; }
    /// The bytes as they stand on the wire, escapes included.
    constexpr std::string_view raw() const { return {data_, size_}; }
    /// Whether `raw` holds escapes; if not, `raw` is the text itself.
    constexpr bool is_escaped() const { return escaped_; }

    /// Walks over the unescaped bytes.
    class iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = char;
        using difference_type = std::ptrdiff_t;
        using pointer = const char*;
        using reference = const char&;

        constexpr iterator() = default;
        constexpr iterator(const char* at, const char* end, bool escaped) : at_(at), end_(end), escaped_(escaped) {
            skip();
        }
        constexpr const char& operator*() const { return *at_; }
        constexpr iterator& operator++() {
            ++at_;
            skip();
            return *this;
        }
        constexpr iterator operator++(int) {  // NOLINT(cert-dcl21-cpp): as all iterators do
            const iterator before = *this;
            ++*this;
            return before;
        }
        friend constexpr bool operator==(const iterator& a, const iterator& b) { return a.at_ == b.at_; }
        friend constexpr bool operator!=(const iterator& a, const iterator& b) { return a.at_ != b.at_; }

    private:
        constexpr void skip() {
            if (escaped_ && end_ - at_ > 1 && at_[0] == '\\' && at_[1] == '"') ++at_;
        }

        const char* at_ = nullptr;
        const char* end_ = nullptr;
        bool escaped_ = false;
    };

    constexpr iterator begin() const { return {data_, data_ + size_, escaped_}; }
    constexpr iterator end() const { return {data_ + size_, data_ + size_, false}; }

    /// Copies the unescaped bytes into `out` and gives them as a view of it. `out` may be where the text stands; what is behind them
    /// there may change. Fails with `no_space`.
    constexpr result<std::string_view> copy_to(buffer out) const {
        if (out.size() < size_ && out.size() < size()) return error{errc::no_space};
        char* to = out.data();
        const char* at = data_;
        const char* const end = at + size_;
        const int escaped = escaped_ ? '"' : -1;
        if (at != end) *to++ = *at++;
        for (; at != end; ++at) {
            const std::size_t plain = copy_plain(to, out.data() + out.size(), at, end);
            to += plain;
            at += plain;
            if (at == end) break;
            const char byte = *at;
            if (static_cast<unsigned char>(byte) == escaped)
                to[-1] = byte;  // in place of its backslash
            else
                *to++ = byte;
        }
        return std::string_view{out.data(), static_cast<std::size_t>(to - out.data())};
    }

    /// Equal when the unescaped bytes are.
    friend constexpr bool operator==(const text& a, const text& b) {
        if (a.size() != b.size()) return false;
        auto other = b.begin();
        for (const char byte : a) {
            if (byte != *other) return false;
            ++other;
        }
        return true;
    }
    friend constexpr bool operator!=(const text& a, const text& b) { return !(a == b); }

private:
    // Copies eight bytes where it can, and gives how many of them stand before a quote. Those behind mean nothing. Not onto bytes
    // that are still to be read: `to` is that far behind, or in other memory.
    static constexpr std::size_t copy_plain([[maybe_unused]] char* to, [[maybe_unused]] const char* room,
                                            [[maybe_unused]] const char* at, [[maybe_unused]] const char* end) {
#if defined(__GNUC__)
        if (detail::by_words && !__builtin_is_constant_evaluated() && end - at >= 8 && room - to >= 8 &&
            detail::leaves(to, at)) {
            const std::uint64_t quotes = detail::mark(detail::copy_word(to, at), '"');
            return quotes != 0 ? detail::before(quotes) : 8;
        }
#endif
        return 0;
    }

    constexpr text(std::string_view bytes, int)
        : data_(bytes.data()),
          size_(static_cast<std::uint32_t>(bytes.size() < most ? bytes.size() : most) & most),
          escaped_(false) {}

    static constexpr std::uint32_t most = 0x7FFFFFFF;  // past every limit, so that a longer text is refused

    // Eight bytes on a 32-bit target: messages are full of texts, and their results live on the stack.
    const char* data_ = nullptr;
    std::uint32_t size_ : 31;
    bool escaped_ : 1;
};

}  // namespace atmqtt
