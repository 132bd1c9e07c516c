// The walker that parses. See fields.hpp for what its calls mean.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "../core/words.hpp"
#include "../mqtt/types.hpp"
#include "numbers.hpp"
#include "text.hpp"
#include "tolerances.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt {

/// Parses: fills the members from the parameters of one line.
class field_reader {
public:
    /// `bytes`, a line without its end, and `may` outlive it. `start` is where the head ends: at its `=`, `?` or `:`, or at the
    /// end of the line.
    constexpr field_reader(std::string_view bytes, std::size_t start, const tolerances& may)
        : begin_(bytes.data()), at_(bytes.data() + start), end_(bytes.data() + bytes.size()), may_(may) {
        if (at_ == end_ || *at_ == ';') return;
        const bool colon = *at_ == ':';
        ++at_;
        due_ = true;
        if (colon) skip_all_blanks();  // canonical there
    }

    field_reader(std::string_view, std::size_t, const tolerances&&) = delete;  // it keeps a reference

    constexpr bool text(param name, atmqtt::text& to, std::size_t limit) {
        if (!begin(name)) return false;
        const char* const start = at_;
        if (!quoted(to)) return fail_at(start, at_ == start ? errc::not_quoted : errc::unterminated, name);
        if (to.raw().size() > limit && to.size() > limit) return fail_at(start, errc::too_long, name);
        return end();
    }
    constexpr bool escaped(param name, atmqtt::text& to, std::size_t limit) { return text(name, to, limit); }

    constexpr bool topic(param name, atmqtt::text& to) {
        if (is_quote_next()) return text(name, to, limits::mqtt_string);
        return may_bare(name) && bare(name, to, detail::find(',', at_, end_));
    }
    constexpr bool last_topic(param name, atmqtt::text& to) {
        if (is_quote_next()) return text(name, to, limits::mqtt_string);
        return may_bare(name) && bare(name, to, end_);
    }
    constexpr bool bare_topic(param name, atmqtt::text& to) {
        if (is_quote_next()) return text(name, to, limits::mqtt_string);
        return bare(name, to, end_);
    }

    constexpr bool hidden(param name) {
        atmqtt::text unused;
        return text(name, unused, limits::mqtt_string);
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
        if (!begin(name)) return false;
        const char* const start = at_;
        std::uint32_t value = 0;
        if (!digits(name, value, detail::most_of<Number>)) return false;
        if (value == 0) return fail_at(start, errc::out_of_range, name);
        to = static_cast<Number>(value);
        return true;
    }
    template <class Choice>
    constexpr bool choice(param name, Choice& to, Choice last) {
        std::uint32_t value = 0;
        if (!digits(name, value, static_cast<std::uint32_t>(last))) return false;
        to = static_cast<Choice>(value);
        return true;
    }
    constexpr bool flag(param name, bool& to) {
        std::uint32_t value = 0;
        if (!digits(name, value, 1)) return false;
        to = value != 0;
        return true;
    }

    constexpr bool status(param name, atmqtt::status& to) {
        if (!begin(name)) return false;
        to = *at_ == 'F' ? status::fail : status::ok;
        return word(name, to == status::ok ? "OK"sv : "FAIL"sv);
    }
    constexpr bool literal(std::string_view bytes) {
        const char* const start = at_;
        atmqtt::text read;
        if (!text(param::none, read, limits::mqtt_string)) return false;
        return are_same(read.raw(), bytes) || fail_at(start, errc::unknown_word, param::none);
    }

    constexpr bool payload(param name, std::string_view& to, std::uint32_t length) {
        if (!due_) return begin(name);
        to = left();
        // A line end is told from the payload by the count, and where that is wrong it is taken for one.
        if (to.size() != length && ends_with(to, "\r\n"sv)) to = first(to, to.size() - 2);
        if (to.size() != length && !may_.wrong_length) return fail(errc::length_mismatch, param::msg_len);
        return end_at(end_);
    }

    template <class Message>
    constexpr bool error_code(param name, Message& to) {
        if (!begin(name)) {
            if (!may_.bare_error) return false;
            to.form = error_form::nothing;
            return forgive();
        }
        const char* const start = at_;
        cme code = to.code;
        const bool is_number = number(name, code);
        if (is_number && at_ == end_ && !due_) {
            to.code = code;
            return true;
        }
        if (!may_.error_text) return is_number;
        (void)forgive();
        to.form = error_form::words;
        to.words = {start, static_cast<std::size_t>(end_ - start)};
        return end_at(end_);
    }

    constexpr bool ends(bool& to) { return to = !due_ && at_ == end_; }
    constexpr bool check(bool holds, param name) { return holds || fail(errc::inconsistent, name); }
    constexpr bool alarm_blank(bool) { return true; }
    constexpr bool open_end() {
        if (at_ == end_) due_ = false;
        return true;
    }

    /// The last call: nothing may be left.
    constexpr bool finish() {
        if (why_.code != errc::none) return false;
        if (due_) return fail_at(at_ - 1, errc::surplus, param::none);
        return at_ == end_ || fail(wrong_byte(), param::none);
    }

    /// Instead of fields, where a head has none: passes over its `?` or `:`.
    constexpr bool no_fields() { return end(); }

    constexpr const error& why() const { return why_; }
    /// Bytes of the line read so far, the comma behind a parameter included.
    constexpr std::size_t column() const { return static_cast<std::size_t>(at_ - begin_); }

private:
    constexpr std::string_view left() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
    constexpr errc wrong_byte() const { return *at_ == ';' ? errc::chained : errc::unexpected; }

    [[gnu::noinline, gnu::cold]] constexpr bool fail_at(const char* where, errc code, param name) {
        why_ = {code, name, static_cast<std::size_t>(where - begin_)};
        return false;
    }
    constexpr bool fail(errc code, param name) { return fail_at(at_, code, name); }

    // It failed, and that is none after all.
    constexpr bool forgive() {
        why_ = {};
        due_ = false;
        return true;
    }

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
    [[gnu::noinline]] constexpr void skip_all_blanks() {
        while (at_ != end_ && *at_ == ' ') ++at_;
    }

    constexpr bool is_quote_next() const {
        const char* ahead = at_;
        while (ahead != end_ && *ahead == ' ' && may_.field_blanks) ++ahead;
        if (ahead == end_) return false;
        return *ahead == '"' ||
               (may_.curly_quotes && detail::is_curly_quote({ahead, static_cast<std::size_t>(end_ - ahead)}));
    }
    constexpr bool may_bare(param name) { return may_.bare_topic || fail(errc::not_quoted, name); }
    constexpr bool bare(param name, atmqtt::text& to, const char* last) {
        if (!due_) return begin(name);
        if (last == at_) return fail(errc::missing, name);
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
    [[gnu::always_inline]] constexpr bool straight(atmqtt::text& to) {
        const char* const start = ++at_;
        const char* at = detail::find('"', start, end_);
        const bool escaped = at != end_ && at[-1] == '\\';
        if (escaped) at = detail::find_closing_quote(at, end_);
        if (at == end_) return false;
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

    // A number of one digit with its comma, which most are: false where it is another.
    constexpr bool digit(std::uint32_t& to, std::uint32_t most) {
        if (!due_ || end_ - at_ < 2 || at_[1] != ',') return false;
        const std::uint32_t value = static_cast<unsigned char>(*at_) - std::uint32_t{'0'};
        if (value > 9 || value > most) return false;
        at_ += 2;
        to = value;
        return true;
    }
    constexpr bool digits(param name, std::uint32_t& to, std::uint32_t most) {
        return digit(to, most) || any_digits(name, to, most);
    }
    [[gnu::noinline]] constexpr bool any_digits(param name, std::uint32_t& to, std::uint32_t most) {
        if (!begin(name)) return false;
        const char* at = at_;
        std::uint32_t value = 0;
        for (; at != end_ && detail::is_digit(*at); ++at) {
            if (!detail::put_digit(value, *at)) return fail(errc::out_of_range, name);
        }
        if (!detail::is_plain_number(at_, at)) return fail(errc::not_a_number, name);
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

}  // namespace atmqtt
