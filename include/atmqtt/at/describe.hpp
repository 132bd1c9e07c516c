// One line of text about a message, for logs: parameters by the manual's names, codes with their meaning, passwords masked.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "codec.hpp"
#include "commands.hpp"
#include "fields.hpp"
#include "lines.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace atmqtt {

namespace detail {

/// The walker that describes. What does not fit is cut.
class field_describer {
public:
    constexpr explicit field_describer(buffer out) : out_(out) {}

    constexpr bool text(param name, const atmqtt::text& from, std::size_t) {
        label(name);
        if (name == param::passwd) return put("***"sv);
        put(R"(")"sv);
        for (const char byte : from) show(byte);
        return put(R"(")"sv);
    }
    constexpr bool escaped(param name, const atmqtt::text& from, std::size_t limit) { return text(name, from, limit); }
    constexpr bool topic(param name, const atmqtt::text& from) { return text(name, from, 0); }
    constexpr bool last_topic(param name, const atmqtt::text& from) { return text(name, from, 0); }
    constexpr bool bare_topic(param name, const atmqtt::text& from) { return text(name, from, 0); }
    constexpr bool hidden(param name) { return label(name) && put("***"sv); }

    template <class Number>
    constexpr bool number(param name, const Number& from) {
        label(name);
        digits(static_cast<std::uint32_t>(from));
        if constexpr (std::is_enum_v<Number>) meaning(text_of(from));
        return true;
    }
    template <class Number>
    constexpr bool positive(param name, const Number& from) {
        return number(name, from);
    }
    template <class Choice>
    constexpr bool choice(param name, const Choice& from, Choice) {
        return label(name) && digits(static_cast<std::uint32_t>(from));
    }
    constexpr bool flag(param name, bool from) { return label(name) && put(from ? "1"sv : "0"sv); }
    constexpr bool status(param name, atmqtt::status from) {
        return label(name) && put(from == status::ok ? "OK"sv : "FAIL"sv);
    }
    constexpr bool literal(std::string_view bytes) { return put(" "sv) && put(bytes); }
    constexpr bool payload(param name, std::string_view from, std::uint32_t) { return text(name, from, 0); }

    template <class Message>
    constexpr bool error_code(param name, const Message& from) {
        if (from.form == error_form::number) return number(name, from.code);
        return from.form == error_form::nothing || text(name, from.words, 0);
    }

    constexpr bool ends(bool from) { return from; }
    constexpr bool check(bool, param) { return true; }
    constexpr bool alarm_blank(bool) { return true; }
    constexpr bool open_end() { return true; }

    constexpr bool put(std::string_view bytes) {
        for (const char byte : bytes)
            if (used_ < out_.size()) out_.data()[used_++] = byte;
        return true;
    }
    constexpr bool meaning(std::string_view words) {
        return words.empty() || (put(" ("sv) && put(words) && put(")"sv));
    }
    constexpr std::string_view written() const { return {out_.data(), used_}; }

private:
    constexpr bool label(param name) { return put(" "sv) && put(name_of(name)) && put("="sv); }

    constexpr bool digits(std::uint32_t value) {
        for (std::size_t left = digits_of(value); left != 0;) put({&"0123456789"[take_digit(value, --left)], 1});
        return true;
    }
    /// Bytes that are no printable ASCII, and what could be taken for the end of the text, as \xHH.
    constexpr void show(char byte) {
        if (byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\') {
            put({&byte, 1});
            return;
        }
        const auto value = static_cast<unsigned char>(byte);
        put(R"(\x)"sv);
        put({&"0123456789ABCDEF"[value >> 4], 1});
        put({&"0123456789ABCDEF"[value & 15], 1});
    }

    buffer out_;
    std::size_t used_ = 0;
};

/// What may follow a name in its head.
constexpr bool ends_name(char byte) { return byte == ' ' || byte == ':' || byte == '=' || byte == '?'; }

/// The head, in which there is a letter, without `AT`, `+`, `=`, `?`, `:` and blanks: `MQTTSUB`, `CME ERROR`, `OK`.
constexpr std::string_view name_in(std::string_view head) {
    if (begins_with(head, "AT+"sv)) head = rest(head, 3);
    if (begins_with(head, "+"sv)) head = rest(head, 1);
    while (ends_name(head.back())) head = first(head, head.size() - 1);
    return begins_with(head, "MQTT UNSUBACK"sv) ? "MQTTUNSUBACK"sv : head;
}

/// Where the parameters of a MQTTCFG start that stands at `at`; 0 if it does not, or asks for them.
[[gnu::always_inline]] constexpr std::size_t parameters_at(std::string_view bytes, std::size_t at) {
    const std::size_t end = behind(rest(bytes, at), "MQTTCFG"sv);
    if (end == 0) return 0;
    const std::size_t after = skip_blanks(bytes, at + end);
    if (after == bytes.size()) return 0;
    const bool asks = bytes[after] == '?' && (after + 1 == bytes.size() || bytes[after + 1] == ';');
    return asks ? 0 : after;
}

/// Where the parameters of MQTTCFG start in `bytes`, wherever it stands and whatever is behind it; else 0. Not inlined: GCC 12 at
/// -O3 warns of bytes behind the end of literals that it looks into, though each look is behind a check.
[[gnu::noinline]] constexpr std::size_t behind_configuration(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const std::size_t found = upper(bytes[at]) == 'M' ? parameters_at(bytes, at) : 0;
        if (found != 0) return found;
    }
    return 0;
}

}  // namespace detail

/// Bytes of a line, from `at` on.
struct span_of_line {
    std::size_t at = 0;
    std::size_t size = 0;  ///< 0: none
};

namespace detail {

/// All behind the first BACKSPACE, and behind `start`.
constexpr span_of_line edited_in(std::string_view bytes, std::size_t start) {
    const std::size_t found = index_of(bytes, "\b"sv);
    const std::size_t at = found < start || found == bytes.size() ? found : start;
    return {at, bytes.size() - at};
}

/// Reads what stands before <passwd>. False where that cannot be told.
constexpr bool read_to_passwd(field_reader& io) {
    std::uint32_t number = 0;
    text unused;
    return io.text(param::host, unused, SIZE_MAX) && io.number(param::port, number) &&
           io.text(param::id, unused, SIZE_MAX) && io.number(param::keep_alive, number) &&
           io.text(param::user, unused, SIZE_MAX);
}

/// <passwd>, which is due, quotes included; all from there on if it has no end.
constexpr span_of_line passwd_in(std::string_view bytes, field_reader& io) {
    const std::size_t at = io.column();
    text secret;
    if (!io.text(param::passwd, secret, SIZE_MAX)) return {at, bytes.size() - at};
    const std::size_t end = static_cast<std::size_t>(secret.raw().data() - bytes.data()) + secret.raw().size() + 1;
    const bool closed = end == bytes.size() || bytes[end] == ',';
    return {at, (closed ? end : bytes.size()) - at};
}

}  // namespace detail

/// What must not be shown of a line that is shown as text, such as an echo or one cut short: the <passwd> of AT+MQTTCFG or
/// +MQTTCFG, quotes included. If that cannot be told for sure, all behind the head; and all behind a BACKSPACE, which may
/// have made it one. It sees one line: of a command that was cut in two it cannot know the second half.            [2.3.1]
constexpr span_of_line secret_in(std::string_view bytes) {
    const std::size_t head = detail::behind_configuration(bytes);
    if (head == 0) return detail::edited_in(bytes, bytes.size());
    const std::size_t start = bytes[head] == '=' || bytes[head] == ':' ? head + 1 : head;
    const span_of_line edited = detail::edited_in(bytes, start);
    if (edited.size != 0) return edited;
    const bool again = start == head || detail::behind_configuration(rest(bytes, start)) != 0;
    constexpr tolerances strict = tolerances::none();
    field_reader io{bytes, head, strict};
    if (again || !detail::read_to_passwd(io)) return {start, bytes.size() - start};
    return detail::passwd_in(bytes, io);
}

/// The name of a message: its head without `AT`, `+` and what follows the name: `MQTTSUB`, `MQTTSUBACK`, `CME ERROR`.
template <class Message>
constexpr std::string_view name_of() {
    return detail::name_in(detail::head_of<Message>(spelling::manual));
}

/// Writes a description of a message into `out`, cut to fit, and gives a view of it: one line, ASCII, without a line end,
/// such as `MQTTSUB set topic="dev/gsm/u" qos=2`. <passwd> is `***`.
template <class Message>
constexpr std::string_view describe(const Message& m, buffer out) {
    detail::field_describer io{out};
    constexpr std::string_view name = name_of<Message>();
    io.put(name);
    if constexpr (detail::is_command<Message>) {
        constexpr char form = Message::head.back();
        if constexpr (form == '=') io.put(" set"sv);
        if constexpr (form == '?') io.put(" query"sv);
    }
    detail::walk(io, m);
    if constexpr (std::is_same_v<Message, timeout_is>) {
        // Who asked knows whether these are seconds.
        if (m.value <= 6) io.meaning(text_of(static_cast<timeout_kind>(m.value)));
    }
    return io.written();
}
constexpr std::string_view describe(const command& m, buffer out) {
    return match(m, [out](const auto& one) { return describe(one, out); });
}
constexpr std::string_view describe(const line& m, buffer out) {
    return match(m, [out](const auto& one) { return describe(one, out); });
}

}  // namespace atmqtt
