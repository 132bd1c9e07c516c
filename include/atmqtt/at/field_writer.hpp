// The walker that formats. See fields.hpp for what its calls mean.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "../core/words.hpp"
#include "../mqtt/types.hpp"
#include "numbers.hpp"
#include "text.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt {

namespace detail {

/// Bytes that an AT engine may act on wherever they stand: CR, LF, NUL, CTRL-Z, ESC, BACKSPACE.
constexpr bool is_forbidden(char byte) {
    return byte == '\r' || byte == '\n' || byte == '\0' || byte == '\x1A' || byte == '\x1B' || byte == '\b';
}

}  // namespace detail

/// Formats: writes the members as the parameters of one line.
class field_writer {
public:
    constexpr field_writer(buffer out, spelling how)
        : begin_(out.data()), at_(out.data()), end_(out.data() + out.size()), how_(how) {}

    constexpr bool text(param name, const atmqtt::text& from, std::size_t limit) {
        return quoted(name, from, limit, false);
    }
    constexpr bool escaped(param name, const atmqtt::text& from, std::size_t limit) {
        return quoted(name, from, limit, true);
    }

    constexpr bool topic(param name, const atmqtt::text& from) {
        if (how_ == spelling::manual) return quoted(name, from, limits::mqtt_string, false);
        return bare(name, from, ',');  // it would end the topic
    }
    constexpr bool last_topic(param name, const atmqtt::text& from) {
        return how_ == spelling::manual ? quoted(name, from, limits::topic, false) : bare_topic(name, from);
    }
    constexpr bool bare_topic(param name, const atmqtt::text& from) {
        return from.size() <= limits::topic ? bare(name, from, '\r') : next() && fail(errc::too_long, name);
    }

    constexpr bool hidden(param) { return next() && put(R"("***")"sv); }

    template <class Number>
    constexpr bool number(param name, const Number& from) {
        return digits(name, static_cast<std::uint32_t>(from));
    }
    template <class Number>
    constexpr bool positive(param name, const Number& from) {
        return from != 0 ? number(name, from) : next() && fail(errc::out_of_range, name);
    }
    template <class Choice>
    constexpr bool choice(param name, const Choice& from, Choice last) {
        return from <= last ? number(name, from) : next() && fail(errc::out_of_range, name);
    }
    constexpr bool flag(param, bool from) { return next() && put(from ? '1' : '0'); }

    constexpr bool status(param, atmqtt::status from) { return next() && put(from == status::ok ? "OK"sv : "FAIL"sv); }
    constexpr bool literal(std::string_view bytes) { return next() && put('"') && put(bytes) && put('"'); }

    constexpr bool payload(param name, std::string_view from, std::uint32_t length) {
        return next() && (from.size() == length || fail(errc::length_mismatch, name)) && put(from);
    }

    template <class Message>
    constexpr bool error_code(param name, const Message& from) {
        if (from.form == error_form::nothing) return true;
        if (!put(": "sv)) return false;
        if (from.form == error_form::number) return number(name, from.code);
        if (from.words.size() > limits::cme_text) return fail(errc::too_long, name);
        const bool is_readable = !is_misread(from.words) && !has_forbidden(from.words);
        return is_readable ? put(from.words) : fail(errc::forbidden_byte, name);
    }

    constexpr bool ends(bool from) { return from; }
    constexpr bool check(bool holds, param name) { return holds || fail(errc::inconsistent, name); }
    constexpr bool alarm_blank(bool is_ping) { return !is_ping || how_ == spelling::manual || put(' '); }
    constexpr bool open_end() { return put(','); }

    /// Bytes as they are: heads and line ends.
    constexpr bool put(std::string_view bytes) {
        if (static_cast<std::size_t>(end_ - at_) < bytes.size()) return fail(errc::no_space, param::none);
        if (detail::by_words) {
            detail::copy(at_, bytes);  // of known size, a move or two; elsewhere the call takes more than the loop
            at_ += bytes.size();
        } else {
            char* to = at_;
            for (const char byte : bytes) *to++ = byte;
            at_ = to;
        }
        return true;
    }
    constexpr bool put(char byte) {
        if (at_ == end_) return fail(errc::no_space, param::none);
        *at_++ = byte;
        return true;
    }

    constexpr spelling how() const { return how_; }
    constexpr error why() const { return why_; }
    /// What was written.
    constexpr std::string_view written() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

private:
    [[gnu::noinline, gnu::cold]] constexpr bool fail(errc code, param name) {
        why_ = {code, name, static_cast<std::size_t>(at_ - begin_)};
        return false;
    }
    constexpr bool next() {
        if (!first_) return put(',');
        first_ = false;
        return true;
    }

    // What would be read as something else: nothing, a blank that is skipped, a number.
    static constexpr bool is_misread(std::string_view words) {
        if (words.empty() || words.front() == ' ') return true;
        while (words.back() == ' ') words.remove_suffix(1);
        return detail::is_number(words, detail::most_of<cme>);
    }
    static constexpr bool has_forbidden(std::string_view words) {
        std::size_t at = 0;
        while (at != words.size() && !detail::is_forbidden(words[at])) ++at;
        return at != words.size();
    }

    // A reader would look for the closing quote, behind blanks too.
    static constexpr bool is_quote_first(const atmqtt::text& from) {
        for (const char byte : from) {
            if (byte != ' ') return byte == '"';
        }
        return false;
    }
    constexpr bool bare(param name, const atmqtt::text& from, char end) {
        if (!next()) return false;
        if (from.empty() || is_quote_first(from)) return fail(errc::forbidden_byte, name);
        for (const char byte : from) {
            if (byte == end || detail::is_forbidden(byte)) return fail(errc::forbidden_byte, name);
            if (!put(byte)) return false;
        }
        return true;
    }

    constexpr bool quoted(param name, const atmqtt::text& from, std::size_t limit, bool may_escape) {
        if (!next()) return false;
        if (from.raw().size() > limit && from.size() > limit) return fail(errc::too_long, name);
        return put('"') && bytes(name, from, may_escape) && put('"');
    }
    constexpr bool bytes(param name, const atmqtt::text& from, bool may_escape) {
        const char* next = from.raw().data();
        const char* const last = next + from.raw().size();
        while (next != last) {
            const std::size_t count = sure_to_fit(next, last);
            if (count == 0) return fail(errc::no_space, name);
            if (!copy(next, count, last, from, may_escape)) return fail(errc::forbidden_byte, name);
            next += count;
        }
        return true;
    }
    // There is room for them. False at one that may not stand: `at_` is where it would.
    constexpr bool copy(const char* next, std::size_t count, const char* last, const atmqtt::text& from,
                        bool may_escape) {
        char* to = at_;
        for (; count != 0; --count, ++next) {
            const std::size_t plain = copy_plain(to, next, count);
            to += plain;
            next += plain;
            count -= plain;
            if (count == 0) break;
            const char byte = *next;
            if (is_special(byte)) {
                if (byte == '"' && may_escape)
                    *to++ = '\\';
                else if (is_escape(next, last, from))
                    continue;  // it comes with the quote
                else if (!may_stand(byte))
                    return end_copy(to, false);
            }
            *to++ = byte;
        }
        return end_copy(to, true);
    }
    constexpr bool end_copy(char* to, bool is_whole) {
        at_ = to;
        return is_whole;
    }
    // Whether a byte has to be looked at: most have not.
    static constexpr bool is_special(char byte) { return static_cast<unsigned char>(byte) <= '"' || byte == '\\'; }
    static constexpr bool may_stand(char byte) { return byte != '"' && byte != '\\' && !detail::is_forbidden(byte); }
    static constexpr bool is_escape(const char* at, const char* last, const atmqtt::text& from) {
        return *at == '\\' && from.is_escaped() && at + 1 != last && at[1] == '"';
    }
    // Copies eight bytes where it can, and gives how many of them are to be as they are, up to the first that is not. Those behind
    // are to be written over.
    static constexpr std::size_t copy_plain([[maybe_unused]] char* to, [[maybe_unused]] const char* from,
                                            [[maybe_unused]] std::size_t count) {
#if defined(__GNUC__)
        if (detail::by_words && !__builtin_is_constant_evaluated() && count >= 8) {
            const std::uint64_t eight = detail::copy_word(to, from);
            const std::uint64_t special = detail::mark_below(eight, '"' + 1) | detail::mark(eight, '\\');
            return special != 0 ? detail::before(special) : 8;
        }
#endif
        return 0;
    }
    // Bytes that fit even if all were quotes; where that is none, one if it is no quote.
    constexpr std::size_t sure_to_fit(const char* next, const char* last) const {
        const auto room = static_cast<std::size_t>(end_ - at_);
        const auto left = static_cast<std::size_t>(last - next);
        if (room == 1 && *next != '"') return 1;
        return left < room / 2 ? left : room / 2;
    }
    constexpr bool digits(param name, std::uint32_t value) {
        if (!next()) return false;
        if (value < 10) return put(static_cast<char>('0' + value));
        std::size_t left = detail::digits_of(value);
        if (static_cast<std::size_t>(end_ - at_) < left) return fail(errc::no_space, name);
        while (left != 0) *at_++ = static_cast<char>('0' + detail::take_digit(value, --left));
        return true;
    }

    char* begin_;
    char* at_;
    char* end_;
    error why_ = {};
    spelling how_;
    bool first_ = true;
};

}  // namespace atmqtt
