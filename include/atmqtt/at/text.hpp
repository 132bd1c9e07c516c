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
    if (end - at < 8) return false;
    for (const char* const last = end - 8; at <= last; at += 8) {
        const std::uint64_t closing = mark(load_word(at), '"') & ~mark(load_word(at - 1), '\\');
        if (closing != 0) {
            at += before(closing);
            return true;
        }
    }
    return false;
}
#endif

/// Where the first quote of [at, end) is that has no backslash before it; `end` if there is none. There is a byte before `at`.
constexpr const char* find_closing_quote(const char* at, const char* end) {
#if defined(__GNUC__)
    if (by_words && !__builtin_is_constant_evaluated() && go_to_closing_quote(at, end)) return at;
#endif
    // Led by the byte that was looked at last, it takes 5 instructions a byte on a Cortex-M4, and 7 on an M0+.
    for (const char* last = at - 1; last != end - 1;)
        if (*++last == '"' && last[-1] != '\\') return last;
    return end;
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
    template <class Owner, class = std::enable_if_t<detail::is_temporary<Owner>>>
    text& operator=(Owner&&) = delete;  // it would be gone: view bytes that stay

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
#if defined(__GNUC__)
        if (is_copied_by_words(out)) copy_words(to, at);
#endif
        to = copy_bytes(to, at);
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
    // Copies from `at` on, and gives where the copy ends. A quote at `at` itself has no backslash to be copied over. Inline, the
    // loop takes 9 instructions on a Cortex-M0+, not 8.
    [[gnu::noinline]] constexpr char* copy_bytes(char* to, const char* at) const {
        const char* const end = data_ + size_;
        const std::size_t escape = escaped_ ? 1 : 0;
        if (at == end) return to;
        *to++ = *at++;
        while (at != end) {
            const char byte = *at++;
            if (byte == '"') to -= escape;  // it takes the place of its backslash
            *to++ = byte;
        }
        return to;
    }

#if defined(__GNUC__)
    // Whether eight bytes may be copied where only the first of them are wanted: there is room, and nothing that is still to be
    // read is written over.
    constexpr bool is_copied_by_words(buffer out) const {
        return detail::by_words && !__builtin_is_constant_evaluated() && size_ >= 8 && out.size() >= size_ &&
               detail::leaves(out.data(), data_);
    }
    // Copies up to the last bytes, which are fewer than eight.
    void copy_words(char*& to, const char*& at) const {
        const std::uint64_t behind_first = escaped_ ? ~std::uint64_t{0xFF} : 0;
        for (const char* const last = data_ + size_ - 8; at <= last;) {
            const std::uint64_t quotes = detail::mark(detail::copy_word(to, at), '"') & behind_first;
            const std::size_t next = quotes != 0 ? detail::before(quotes) : 8;
            to += next - 1;  // all but the backslash before a quote, or the last byte, which may be one
            at += quotes != 0 ? next : 7;
        }
    }
#endif

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
