// The items of the list that answers AT+MQTTSUB?: they have no head.                                       [2.3.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "codec.hpp"
#include "field_writer.hpp"
#include "lines.hpp"
#include "text.hpp"
#include "types.hpp"

#include <cstddef>
#include <string_view>

namespace atmqtt {

namespace detail {

/// What stands between brackets, or quotes; all where they are not there.
constexpr std::string_view between(char opening, std::string_view text, char closing) {
    if (text.size() < 2 || text[0] != opening || text[text.size() - 1] != closing) return text;
    return {text.data() + 1, text.size() - 2};
}

/// Without the blanks around it, if a bracket or quote is first; a bare topic may begin and end in blanks.
constexpr std::string_view trimmed(std::string_view text) {
    const std::size_t start = skip_blanks(text, 0);
    if (start == text.size() || (text[start] != '[' && text[start] != '"')) return text;
    return without_blanks(rest(text, start));
}

}  // namespace detail

/// Parses an item of the list behind `subscriptions_are`: `topic`, `topic,1`, `"topic",1` or `[topic,1]`.
///
/// It never fails: whatever it is, it is a topic. A bare topic that ends in `,0` to `,2` is read as one without.     [2.3.4]
constexpr subscription parse_subscription(std::string_view text) {
    text = detail::without_line_end(begins_with(text, "\r\n"sv) ? rest(text, 2) : text);
    text = detail::between('[', detail::trimmed(text), ']');
    subscription item;
    std::size_t size = text.size();
    if (size > 1 && text[size - 2] == ',' && text[size - 1] >= '0' && text[size - 1] <= '2') {
        item.has_level = true;
        item.level = static_cast<qos>(text[size - 1] - '0');
        size -= 2;
    }
    const std::string_view topic = detail::between('"', {text.data(), size}, '"');
    const char* const end = topic.data() + topic.size();
    const bool is_quoted = topic.size() != size;
    item.topic = atmqtt::text::from_wire(topic, is_quoted && detail::find_closing_quote(topic.data(), end) == end);
    return item;
}

namespace detail {

/// Whether a bare topic is a final result, blanks behind it aside.
constexpr bool ends_list(std::string_view topic) {
    const std::size_t size = begins_with(topic, "OK"sv) ? 2 : begins_with(topic, "ERROR"sv) ? 5 : 0;
    return size != 0 && skip_blanks(topic, size) == topic.size();
}

/// The topic of an item, and its QoS if it has one.
constexpr bool write_item(field_writer& io, const subscription& item) {
    return io.last_topic(param::topic, item.topic) &&
           (!item.has_level || io.choice(param::qos, item.level, qos::exactly_once));
}

}  // namespace detail

/// Writes an item of that list, CR LF before and behind it; bare, or in quotes where it would be misread bare, or end the list.
///
/// Fails with `no_space`: a topic, with a backslash more for each quote in it, and 8 bytes are enough; `too_long` for a topic of more
/// than 512 bytes; `out_of_range` for a QoS past 2; `forbidden_byte` for a topic that could not be read again.          [2.3.4]
constexpr result<std::string_view> format(const subscription& item, buffer out) {
    const bool is_bare = (item.has_level || !detail::ends_list(item.topic.raw())) &&
                         parse_subscription(item.topic.raw()).topic == item.topic;
    field_writer io = detail::line_writer(out, is_bare ? spelling::sdk : spelling::manual);
    return detail::end_line(io, detail::write_item(io, item));
}

}  // namespace atmqtt
