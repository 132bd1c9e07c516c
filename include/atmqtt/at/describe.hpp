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
        if (name == param::passwd) return put("***");
        put("\"");
        for (const char byte : from) show(byte);
        return put("\"");
    }
    constexpr bool escaped(param name, const atmqtt::text& from, std::size_t limit) { return text(name, from, limit); }
    constexpr bool topic(param name, const atmqtt::text& from) { return text(name, from, 0); }
    constexpr bool last_topic(param name, const atmqtt::text& from) { return text(name, from, 0); }
    constexpr bool bare_topic(param name, const atmqtt::text& from) { return text(name, from, 0); }
    constexpr bool hidden(param name) { return label(name) && put("***"); }

    template <class Number>
    constexpr bool number(param name, const Number& from, std::uint32_t, std::uint32_t) {
        label(name);
        digits(static_cast<std::uint32_t>(from));
        if constexpr (std::is_enum_v<Number>) meaning(text_of(from));
        return true;
    }
    template <class Choice>
    constexpr bool choice(param name, const Choice& from, Choice) { return label(name) && digits(static_cast<std::uint32_t>(from)); }
    constexpr bool flag(param name, bool from) { return label(name) && put(from ? "1" : "0"); }
    constexpr bool status(param name, atmqtt::status from) { return label(name) && put(from == status::ok ? "OK" : "FAIL"); }
    constexpr bool literal(std::string_view bytes) { return put(" ") && put(bytes); }
    constexpr bool payload(param name, std::string_view from, std::uint32_t) { return text(name, from, 0); }

    template <class Message>
    constexpr bool error_code(param name, const Message& from) {
        if (from.form == error_form::number) return number(name, from.code, 0, 65535);
        return from.form == error_form::nothing || text(name, from.words, 0);
    }

    constexpr bool ends(bool from) { return from; }
    constexpr bool check(bool, param) { return true; }
    constexpr bool alarm_blank(bool) { return true; }

    constexpr bool put(std::string_view bytes) {
        for (const char byte : bytes)
            if (used_ < out_.size()) out_.data()[used_++] = byte;
        return true;
    }
    constexpr bool meaning(std::string_view words) { return words.empty() || (put(" (") && put(words) && put(")")); }
    constexpr std::string_view written() const { return {out_.data(), used_}; }

private:
    constexpr bool label(param name) { return put(" ") && put(name_of(name)) && put("="); }

    constexpr bool digits(std::uint32_t value) {
        std::uint32_t scale = 1;
        while (value / scale > 9) scale *= 10;
        for (; scale != 0; scale /= 10) put({&"0123456789"[value / scale % 10], 1});
        return true;
    }
    /// Bytes that are no printable ASCII, and what could be taken for the end of the text, as \xHH.
    constexpr void show(char byte) {
        if (byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\') {
            put({&byte, 1});
            return;
        }
        const auto value = static_cast<unsigned char>(byte);
        put("\\x");
        put({&"0123456789ABCDEF"[value >> 4], 1});
        put({&"0123456789ABCDEF"[value & 15], 1});
    }

    buffer out_;
    std::size_t used_ = 0;
};

/// The head without `AT`, `+`, `=`, `?`, `:` and blanks: `MQTTSUB`, `CME ERROR`, `OK`.
constexpr std::string_view name_in(std::string_view head) {
    if (begins_with(head, "AT+")) head = rest(head, 3);
    if (begins_with(head, "+")) head = rest(head, 1);
    while (!head.empty() && (head.back() == ' ' || head.back() == ':' || head.back() == '=' || head.back() == '?')) {
        head = first(head, head.size() - 1);
    }
    return begins_with(head, "MQTT UNSUBACK") ? "MQTTUNSUBACK" : head;
}

}  // namespace detail

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
    io.put(name_of<Message>());
    if constexpr (detail::is_command<Message>) {
        const char form = Message::head.back();
        io.put(form == '=' ? " set" : form == '?' ? " query" : "");
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
