// Text of a parameter: a view that may still hold the escapes of the wire.                    [2.3.6]
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"

#include <cstddef>
#include <iterator>
#include <string_view>
#include <type_traits>

namespace atmqtt {

/// A view of text. What is parsed is viewed as it stands on the wire, where `\"` is a quote; comparing, iterating
/// and copying see the unescaped bytes. The only escape is `\"`: any other backslash is itself.
///
/// It owns nothing: it lives as long as the bytes it was made from.
class text {
public:
    constexpr text() = default;
    /// Plain bytes: a literal, a std::string_view, a std::string.
    template <class Bytes, class = std::enable_if_t<std::is_convertible_v<const Bytes&, std::string_view>>>
    constexpr text(const Bytes& bytes) : raw_(bytes) {}  // NOLINT(google-explicit-constructor): subscribe{"topic"}

    /// Bytes that stood between quotes on the wire, `escapes` of their backslashes before a quote.
    static constexpr text from_wire(std::string_view raw, std::size_t escapes) {
        text made{raw};
        made.escapes_ = escapes;
        return made;
    }

    /// Bytes after unescaping.
    constexpr std::size_t size() const { return raw_.size() - escapes_; }
    constexpr bool empty() const { return raw_.empty(); }
    /// The bytes as they stand on the wire, escapes included.
    constexpr std::string_view raw() const { return raw_; }
    /// Whether `raw` holds escapes; if not, `raw` is the text itself.
    constexpr bool is_escaped() const { return escapes_ != 0; }

    /// Walks over the unescaped bytes.
    class iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = char;
        using difference_type = std::ptrdiff_t;
        using pointer = const char*;
        using reference = const char&;

        constexpr iterator() = default;
        constexpr iterator(const char* at, const char* end, bool escaped) : at_(at), end_(end), escaped_(escaped) { skip(); }
        constexpr const char& operator*() const { return *at_; }
        constexpr iterator& operator++() {
            ++at_;
            skip();
            return *this;
        }
        constexpr iterator operator++(int) {
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

    constexpr iterator begin() const { return {raw_.data(), raw_.data() + raw_.size(), is_escaped()}; }
    constexpr iterator end() const { return {raw_.data() + raw_.size(), raw_.data() + raw_.size(), false}; }

    /// Copies the unescaped bytes into `out` and gives them as a view of it. Fails with `no_space`.
    constexpr result<std::string_view> copy_to(buffer out) const {
        if (out.size() < size()) return error{errc::no_space};
        std::size_t used = 0;
        for (const char byte : *this) out.data()[used++] = byte;
        return std::string_view{out.data(), used};
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
    std::string_view raw_ = {};
    std::size_t escapes_ = 0;
};

}  // namespace atmqtt
