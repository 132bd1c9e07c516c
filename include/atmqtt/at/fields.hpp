// The three walkers of a field list: field_reader parses, field_writer formats, field_meter measures.
//
// A message names its fields once, by the calls below; which walker it is given decides what that means. They return
// whether to go on, so that a list is one expression of && and ||.
//
//   text(name, member, limit)          a quoted text
//   escaped(name, member, limit)       a quoted text in which a quote is written \"               [2.3.6]
//   topic(name, member)                a topic that another field follows; bare in some spellings
//   last_topic(name, member)           a topic that ends the line; bare in some spellings
//   bare_topic(name, member)           a topic that ends the line; written bare in all spellings
//   hidden(name)                       a quoted text that is never kept: written as "***"          [2.3.1]
//   number(name, member)               digits, any value of the member's type
//   positive(name, member)             the same, but not 0
//   choice(name, member, last)         one digit, 0..last
//   flag(name, member)                 0 or 1
//   status(name, member)               OK or FAIL
//   literal(bytes)                     these bytes
//   payload(name, member, length)      the raw bytes that end a line
//   error_code(name, message)          what follows +CME ERROR
//   ends(member)                       whether the line ends here, kept in a bool
//   check(holds, name)                 what must hold between members
//   alarm_blank(is_ping)               a blank that only one spelling has
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "text.hpp"
#include "tolerances.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace atmqtt {

/// How a modem writes its lines.
enum class spelling : std::uint8_t {
    manual,  ///< as the manual's boxes and examples
    sdk,     ///< as the vendor's OpenCPU SDK of the same chip prints them
};

/// The words after `+MQTTOPEN:` and its like.
enum class status : std::uint8_t {
    ok,
    fail,  ///< seen after +MQTTOPEN only
};

/// What `+CME ERROR` carries.
enum class error_form : std::uint8_t {
    number,   ///< AT+CMEE=1, the default
    words,    ///< AT+CMEE=2
    nothing,  ///< as the box of [2.3.2] has it
};

namespace detail {

/// The largest value of an unsigned type, or of the type below an enum.
template <class Number, bool IsEnum = std::is_enum_v<Number>>
inline constexpr std::uint32_t most_of = std::numeric_limits<Number>::max();
template <class Number>
inline constexpr std::uint32_t most_of<Number, true> = std::numeric_limits<std::underlying_type_t<Number>>::max();

constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

constexpr bool is_curly_quote(std::string_view at) {
    return at.size() >= 3 && at[0] == '\xE2' && at[1] == '\x80' && (at[2] == '\x9C' || at[2] == '\x9D');
}

/// Bytes that an AT engine may act on wherever they stand: CR, LF, NUL, CTRL-Z, ESC, BACKSPACE.
constexpr bool is_forbidden(char byte) {
    return byte == '\r' || byte == '\n' || byte == '\0' || byte == '\x1A' || byte == '\x1B' || byte == '\b';
}

/// n / 10 without a division: Cortex-M0+ has none, and its library routine costs more than the rest of a field.
constexpr std::uint32_t tenth(std::uint32_t n) {
    if (n < 81920) return n * 52429 >> 19;  // exact below 81920, where the product fits 32 bits
    std::uint32_t quotient = (n >> 1) + (n >> 2);
    quotient += quotient >> 4;
    quotient += quotient >> 8;
    quotient += quotient >> 16;
    quotient >>= 3;
    return quotient + (n - quotient * 10 > 9 ? 1 : 0);
}

constexpr std::size_t digits_of(std::uint32_t n) {
    std::size_t count = 1;
    for (; n > 9; n = tenth(n)) ++count;
    return count;
}

}  // namespace detail

/// Parses: fills the members from the parameters of one line.
class field_reader {
public:
    /// `line` without its line end; `start` is where its head ends: at the `=`, `?` or `:`, or the end of the line.
    constexpr field_reader(std::string_view line, std::size_t start, const tolerances& may)
        : begin_(line.data()), at_(line.data() + start), end_(line.data() + line.size()), may_(may) {
        if (at_ == end_ || *at_ == ';') return;
        ++at_;
        due_ = true;
        while (at_ != end_ && *at_ == ' ') ++at_;  // canonical behind a colon
    }

    constexpr bool text(param name, atmqtt::text& to, std::size_t limit) {
        if (!begin(name)) return false;
        const char* const start = at_;
        if (!quoted(to)) return fail_at(start, at_ == start ? errc::not_quoted : errc::unterminated, name);
        if (to.raw().size() > limit && to.size() > limit) return fail_at(start, errc::too_long, name);
        return end();
    }
    constexpr bool escaped(param name, atmqtt::text& to, std::size_t limit) { return text(name, to, limit); }

    constexpr bool topic(param name, atmqtt::text& to) {
        if (is_quote_next()) return text(name, to, limits_of_received);
        const char* comma = at_;
        while (comma != end_ && *comma != ',') ++comma;
        return may_bare(name) && bare(name, to, comma);
    }
    constexpr bool last_topic(param name, atmqtt::text& to) {
        if (is_quote_next()) return text(name, to, limits_of_received);
        return may_bare(name) && bare(name, to, end_);
    }
    constexpr bool bare_topic(param name, atmqtt::text& to) {
        if (is_quote_next()) return text(name, to, limits_of_received);
        return bare(name, to, end_);
    }

    constexpr bool hidden(param name) {
        atmqtt::text unused;
        return text(name, unused, limits_of_received);
    }

    template <class Number>
    constexpr bool number(param name, Number& to) {
        std::uint32_t value = 0;
        if (!digits(name, value, detail::most_of<Number>)) return false;
        to = static_cast<Number>(value);
        return true;
    }
    template <class Number>
    constexpr bool positive(param name, Number& to) {
        const char* const start = at_;
        if (!number(name, to)) return false;
        return to != 0 || fail_at(start, errc::out_of_range, name);
    }
    template <class Choice>
    constexpr bool choice(param name, Choice& to, Choice last) {
        std::uint32_t value = 0;
        if (!digit(name, value, static_cast<std::uint32_t>(last))) return false;
        to = static_cast<Choice>(value);
        return true;
    }
    constexpr bool flag(param name, bool& to) {
        std::uint32_t value = 0;
        if (!digit(name, value, 1)) return false;
        to = value != 0;
        return true;
    }

    constexpr bool status(param name, atmqtt::status& to) {
        if (!begin(name)) return false;
        to = *at_ == 'F' ? status::fail : status::ok;
        return word(name, to == status::ok ? "OK" : "FAIL");
    }
    constexpr bool literal(std::string_view bytes) { return begin(param::none) && word(param::none, bytes); }

    constexpr bool payload(param name, std::string_view& to, std::uint32_t length) {
        if (!due_) return begin(name);
        to = left();
        if (to.size() == std::size_t{length} + 2 && ends_with(to, "\r\n")) to = first(to, length);
        if (to.size() != length && !may_.wrong_length) return fail(errc::length_mismatch, param::msg_len);
        return end_at(end_);
    }

    template <class Message>
    constexpr bool error_code(param name, Message& to) {
        if (at_ == end_) {
            to.form = error_form::nothing;
            return may_.bare_error ? end() : fail(errc::missing, name);
        }
        const char* const start = at_;
        if (number(name, to.code) && at_ == end_ && !due_) return true;
        if (!may_.error_text) return fail_at(start, errc::not_a_number, name);
        why_ = {};
        to.form = error_form::words;
        to.words = {start, static_cast<std::size_t>(end_ - start)};
        return end_at(end_);
    }

    constexpr bool ends(bool& to) { return to = !due_ && at_ == end_; }
    constexpr bool check(bool holds, param name) { return holds || fail(errc::inconsistent, name); }
    constexpr bool alarm_blank(bool) { return true; }

    /// The last call: nothing may be left.
    constexpr bool finish() {
        if (due_) return fail_at(at_ - 1, errc::surplus, param::none);
        return at_ == end_ || fail(wrong_byte(), param::none);
    }

    /// Instead of fields, where a head has none: passes over its `?` or `:`.
    constexpr bool no_fields() { return end(); }

    constexpr error why() const { return why_; }
    /// Bytes of the line read so far, the comma behind a parameter included.
    constexpr std::size_t column() const { return static_cast<std::size_t>(at_ - begin_); }

private:
    static constexpr std::size_t limits_of_received = 65535;  // MQTT 1.5.3: a stranger's topic may be longer than ours

    constexpr std::string_view left() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
    constexpr errc wrong_byte() const { return *at_ == ';' ? errc::chained : errc::unexpected; }

    [[gnu::noinline, gnu::cold]] constexpr bool fail_at(const char* where, errc code, param name) {
        why_ = {code, name, static_cast<std::size_t>(where - begin_)};
        return false;
    }
    constexpr bool fail(errc code, param name) { return fail_at(at_, code, name); }

    // Before a field, at_ stands at its first byte if one is due. Behind it, `end` takes the comma and the next is due; what
    // else stands there is for the next call to refuse.

    constexpr bool begin(param name) {
        if (!due_) return fail(at_ == end_ ? errc::missing : wrong_byte(), name);
        skip_blanks();
        return at_ != end_ || fail(errc::missing, name);
    }
    constexpr bool end() {
        skip_blanks();
        due_ = at_ != end_ && *at_ == ',';
        if (due_) ++at_;
        return true;
    }
    constexpr bool end_at(const char* at) {
        at_ = at;
        return end();
    }
    constexpr void skip_blanks() {
        if (at_ != end_ && *at_ == ' ' && may_.field_blanks) skip_all_blanks();
    }
    [[gnu::noinline, gnu::cold]] constexpr void skip_all_blanks() {
        while (at_ != end_ && *at_ == ' ') ++at_;
    }

    constexpr bool is_quote_next() const {
        const char* ahead = at_;
        while (ahead != end_ && *ahead == ' ' && may_.field_blanks) ++ahead;
        if (ahead == end_) return false;
        return *ahead == '"' || (may_.curly_quotes && detail::is_curly_quote({ahead, static_cast<std::size_t>(end_ - ahead)}));
    }
    constexpr bool may_bare(param name) { return may_.bare_topic || fail(errc::not_quoted, name); }
    constexpr bool bare(param name, atmqtt::text& to, const char* last) {
        if (!due_) return begin(name);
        to = std::string_view{at_, static_cast<std::size_t>(last - at_)};
        at_ = last;
        due_ = last != end_;
        if (due_) ++at_;
        return true;
    }

    constexpr bool word(param name, std::string_view bytes) {
        if (!begins_with(left(), bytes)) return fail(errc::unknown_word, name);
        return end_at(at_ + bytes.size());
    }

    // A text in quotes. Where it fails, at_ has moved if there was an opening quote.
    constexpr bool quoted(atmqtt::text& to) {
        if (*at_ == '"') return straight(to);
        if (may_.curly_quotes && detail::is_curly_quote(left())) return curly(to);
        return false;
    }
    constexpr bool straight(atmqtt::text& to) {
        const char* const start = ++at_;
        const char* const last = end_;
        const char* at = start;
        bool escaped = false;
        for (;; ++at) {
            while (at != last && *at != '"') ++at;
            if (at == last) return false;
            if (at[-1] != '\\') break;  // the opening quote stands before the first byte
            escaped = true;
        }
        to = atmqtt::text::from_wire({start, static_cast<std::size_t>(at - start)}, escaped);
        at_ = at + 1;
        return true;
    }
    constexpr bool curly(atmqtt::text& to) {
        const char* const start = at_ += 3;
        while (at_ != end_ && !detail::is_curly_quote(left())) ++at_;
        if (at_ == end_) return false;
        to = std::string_view{start, static_cast<std::size_t>(at_ - start)};
        at_ += 3;
        return true;
    }

    // A number of one digit with its comma: flags and choices, most of what there is.
    constexpr bool digit(param name, std::uint32_t& to, std::uint32_t most) {
        const bool plain = due_ && end_ - at_ >= 2 && at_[1] == ',';
        const auto value = plain ? static_cast<std::uint32_t>(*at_ - '0') : UINT32_MAX;
        if (value > most) return digits(name, to, most);
        at_ += 2;
        to = value;
        return true;
    }
    constexpr bool digits(param name, std::uint32_t& to, std::uint32_t most) {
        if (!begin(name)) return false;
        const char* const start = at_;
        const char* at = at_;
        std::uint32_t value = 0;
        for (; at != end_ && detail::is_digit(*at); ++at) {
            const auto digit = static_cast<std::uint32_t>(*at - '0');
            if (value > UINT32_MAX / 10 || (value == UINT32_MAX / 10 && digit > UINT32_MAX % 10)) return fail(errc::out_of_range, name);
            value = value * 10 + digit;
        }
        if (at == start || (*start == '0' && at - start > 1)) return fail(errc::not_a_number, name);
        if (value > most) return fail(errc::out_of_range, name);
        to = value;
        return end_at(at);
    }

    const char* begin_;
    const char* at_;
    const char* end_;
    const tolerances& may_;
    error why_ = {};
    bool due_ = false;  // a field is due at at_
};

/// Formats: writes the members as the parameters of one line.
class field_writer {
public:
    constexpr field_writer(buffer out, spelling how) : begin_(out.data()), at_(out.data()), end_(out.data() + out.size()), how_(how) {}

    constexpr bool text(param name, const atmqtt::text& from, std::size_t limit) { return quoted(name, from, limit, false); }
    constexpr bool escaped(param name, const atmqtt::text& from, std::size_t limit) { return quoted(name, from, limit, true); }

    constexpr bool topic(param name, const atmqtt::text& from) {
        if (how_ == spelling::manual) return quoted(name, from, limits_of_sent, false);
        for (const char byte : from)
            if (byte == ',') return fail(errc::forbidden_byte, name);  // it would end the topic
        return bare(name, from);
    }
    constexpr bool last_topic(param name, const atmqtt::text& from) {
        return how_ == spelling::manual ? quoted(name, from, limits_of_sent, false) : bare(name, from);
    }
    constexpr bool bare_topic(param name, const atmqtt::text& from) { return bare(name, from); }

    constexpr bool hidden(param) { return next() && put("\"***\""); }

    template <class Number>
    constexpr bool number(param name, const Number& from) {
        return digits(name, static_cast<std::uint32_t>(from));
    }
    template <class Number>
    constexpr bool positive(param name, const Number& from) {
        return from != 0 ? number(name, from) : fail(errc::out_of_range, name);
    }
    template <class Choice>
    constexpr bool choice(param name, const Choice& from, Choice last) {
        return from <= last ? number(name, from) : fail(errc::out_of_range, name);
    }
    constexpr bool flag(param, bool from) { return next() && put(from ? '1' : '0'); }

    constexpr bool status(param, atmqtt::status from) { return literal(from == status::ok ? "OK" : "FAIL"); }
    constexpr bool literal(std::string_view bytes) { return next() && put(bytes); }

    constexpr bool payload(param name, std::string_view from, std::uint32_t length) {
        return (from.size() == length || fail(errc::length_mismatch, name)) && next() && put(from);
    }

    template <class Message>
    constexpr bool error_code(param name, const Message& from) {
        if (from.form == error_form::nothing) return true;
        if (from.form == error_form::number) return number(name, from.code);
        for (const char byte : from.words)
            if (detail::is_forbidden(byte)) return fail(errc::forbidden_byte, name);
        return next() && put(from.words);
    }

    constexpr bool ends(bool from) { return from; }
    constexpr bool check(bool holds, param name) { return holds || fail(errc::inconsistent, name); }
    constexpr bool alarm_blank(bool is_ping) { return !is_ping || how_ == spelling::manual || put(' '); }

    /// Bytes as they are: heads and line ends.
    constexpr bool put(std::string_view bytes) {
        if (static_cast<std::size_t>(end_ - at_) < bytes.size()) return fail(errc::no_space, param::none);
        char* to = at_;
        for (const char byte : bytes) *to++ = byte;
        at_ = to;
        return true;
    }
    constexpr bool put(char byte) {
        if (at_ == end_) return fail(errc::no_space, param::none);
        *at_++ = byte;
        return true;
    }

    constexpr error why() const { return why_; }
    /// What was written.
    constexpr std::string_view written() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

private:
    static constexpr std::size_t limits_of_sent = 65535;

    [[gnu::noinline, gnu::cold]] constexpr bool fail(errc code, param name) {
        why_ = {code, name, static_cast<std::size_t>(at_ - begin_)};
        return false;
    }
    constexpr bool next() {
        if (!first_) return put(',');
        first_ = false;
        return true;
    }

    constexpr bool bare(param name, const atmqtt::text& from) {
        if (!next()) return false;
        // A reader would skip the blank, and look for the closing quote.
        if (from.empty() || *from.begin() == ' ' || *from.begin() == '"') return fail(errc::forbidden_byte, name);
        for (const char byte : from) {
            if (detail::is_forbidden(byte)) return fail(errc::forbidden_byte, name);
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
            // As many as surely fit, even if all were quotes; at the end of the buffer, one by one.
            const auto room = static_cast<std::size_t>(end_ - at_);
            const auto left = static_cast<std::size_t>(last - next);
            std::size_t count = left < room / 2 ? left : room / 2;
            if (count == 0 && room == 1 && *next != '"') count = 1;
            if (count == 0) return fail(errc::no_space, name);
            char* to = at_;
            for (; count != 0; --count, ++next) {
                const char byte = *next;
                if (static_cast<unsigned char>(byte) <= '"' || byte == '\\') {
                    if (byte == '\\' && from.is_escaped() && next + 1 != last && next[1] == '"') continue;  // comes with the quote
                    at_ = to;
                    if (byte == '"' && may_escape) *to++ = '\\';
                    else if (byte == '"' || byte == '\\' || detail::is_forbidden(byte)) return fail(errc::forbidden_byte, name);
                }
                *to++ = byte;
            }
            at_ = to;
        }
        return true;
    }

    constexpr bool digits(param name, std::uint32_t value) {
        if (!next()) return false;
        if (value < 10) return put(static_cast<char>('0' + value));
        char reversed[10] = {};
        std::size_t count = 0;
        for (; value != 0; ++count) {
            const std::uint32_t quotient = detail::tenth(value);
            reversed[count] = static_cast<char>('0' + (value - quotient * 10));
            value = quotient;
        }
        if (static_cast<std::size_t>(end_ - at_) < count) return fail(errc::no_space, name);
        while (count != 0) *at_++ = reversed[--count];
        return true;
    }

    char* begin_;
    char* at_;
    char* end_;
    error why_ = {};
    spelling how_;
    bool first_ = true;
};

/// Measures: the most bytes that the parameters of one line can take.
class field_meter {
public:
    template <class Text>
    constexpr bool text(param, const Text&, std::size_t limit) { return add(limit + 2); }
    template <class Text>
    constexpr bool escaped(param, const Text&, std::size_t limit) { return add(2 * limit + 2); }
    template <class Text>
    constexpr bool topic(param, const Text&) { return add(limits::topic + 2); }
    template <class Text>
    constexpr bool last_topic(param, const Text&) { return add(limits::topic + 2); }
    template <class Text>
    constexpr bool bare_topic(param, const Text&) { return add(limits::topic); }
    constexpr bool hidden(param) { return add(5); }
    template <class Number>
    constexpr bool number(param, const Number&) { return add(detail::digits_of(detail::most_of<Number>)); }
    template <class Number>
    constexpr bool positive(param name, const Number& from) { return number(name, from); }
    template <class Choice>
    constexpr bool choice(param, const Choice&, Choice) { return add(1); }
    constexpr bool flag(param, bool) { return add(1); }
    constexpr bool status(param, atmqtt::status) { return add(4); }
    constexpr bool literal(std::string_view bytes) { return add(bytes.size()); }
    constexpr bool payload(param, std::string_view, std::uint32_t) { return add(0); }  // comes on top
    template <class Message>
    constexpr bool error_code(param, const Message&) { return add(limits::cme_text); }
    constexpr bool ends(bool) { return false; }
    constexpr bool check(bool, param) { return true; }
    constexpr bool alarm_blank(bool) { return true; }

    constexpr std::size_t size() const { return size_; }

private:
    constexpr bool add(std::size_t bytes) {
        size_ += bytes + (size_ == 0 ? 0 : 1);  // and the comma between two
        return true;
    }

    std::size_t size_ = 0;
};

}  // namespace atmqtt
