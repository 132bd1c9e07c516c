// SPDX-License-Identifier: MIT
#include "message_format.hpp"

#include "../json_bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <stdexcept>

namespace host_tool {

namespace {

constexpr std::string_view of_message = "%IJUXjlmpqrtx";
constexpr std::string_view of_date = "%@aAbBcCdDeFgGhHIjmMnNprRsStTuUVwWxXyYzZ";
constexpr std::string_view escapes = "\\0aenrtv";
constexpr std::string_view escaped{"\\\0\a\x1B\n\r\t\v", 8};

/// What may stand behind one of `%@\`, in this order.
constexpr std::string_view leads = "%@\\";
constexpr std::string_view behind[] = {of_message, of_date, escapes};

std::timespec current_time() {
    std::timespec now{};
    std::timespec_get(&now, TIME_UTC);
    return now;
}

/// What strftime makes of these words, in the time zone of the system.
std::string date(const std::timespec& now, const char* words) {
    std::tm parts{};
    ::localtime_r(&now.tv_sec, &parts);
    std::array<char, 256> made{};
    return {made.data(), std::strftime(made.data(), made.size(), words, &parts)};
}
std::string nanoseconds(const std::timespec& now) {
    std::array<char, 10> digits{};
    std::snprintf(digits.data(), digits.size(), "%09ld", now.tv_nsec);
    return digits.data();
}
std::string of(const std::timespec& now, char what) {
    if (what == '@' || what == '%') return {what};
    return what == 'N' ? nanoseconds(now) : date(now, std::array{'%', what, '\0'}.data());
}

// One line of the same JSON; numbers stay as they are, and it may be nested as deeply as it likes.
std::string without_blanks(std::string_view json) {
    std::string made;
    bool is_in_string = false;
    for (std::size_t at = 0; at != json.size(); ++at) {
        if (json[at] == '"') is_in_string = !is_in_string;
        const bool is_blank = std::string_view(" \t\r\n").find(json[at]) != std::string_view::npos;
        if (is_in_string || !is_blank) made += json[at];
        const bool is_escape = is_in_string && json[at] == '\\' && at + 1 != json.size();
        if (is_escape) made += json[++at];
    }
    return made;
}
// The reader of JSON takes a NUL for its end, and a byte order mark for nothing.
bool is_json(std::string_view bytes) {
    const bool is_text = bytes.find('\0') == std::string_view::npos && bytes.substr(0, 3) != "\xEF\xBB\xBF";
    return is_text && nlohmann::ordered_json::accept(bytes);
}
std::string payload_of(const atmqtt::message& m, bool may_be_json) {
    return may_be_json && is_json(m.payload) ? without_blanks(m.payload) : to_json(m.payload).dump();
}
std::string json_of(const atmqtt::message& m, const std::timespec& now, bool payload_may_be_json) {
    nlohmann::ordered_json made;
    made["tst"] = date(now, "%Y-%m-%dT%H:%M:%S.") + nanoseconds(now).substr(0, 6) + date(now, "%z");
    made["topic"] = to_json(topic_of(m));
    made["qos"] = static_cast<unsigned>(m.level);
    made["retain"] = m.retained ? 1 : 0;
    made["payloadlen"] = m.payload.size();
    if (m.level != atmqtt::qos::at_most_once) made["mid"] = m.id;
    std::string text = made.dump();
    text.back() = ',';
    return without_controls(text + "\"payload\":" + payload_of(m, payload_may_be_json) + "}");
}

std::string of(const atmqtt::message& m, const std::timespec& now, char what) {
    switch (what) {
        case 't': return topic_of(m);
        case 'p': return std::string(m.payload);
        case 'x': return to_hex(m.payload);
        case 'X': return to_hex(m.payload, "0123456789ABCDEF");
        case 'l': return std::to_string(m.payload.size());
        case 'q': return std::to_string(static_cast<unsigned>(m.level));
        case 'r': return m.retained ? "1" : "0";
        case 'm': return std::to_string(m.id);
        case 'j': return json_of(m, now, false);
        case 'J': return json_of(m, now, true);
        case 'I': return date(now, "%Y-%m-%dT%H:%M:%S%z");
        case 'U': return std::to_string(now.tv_sec) + "." + nanoseconds(now);
        default: return {what};
    }
}

}  // namespace

std::string topic_of(const atmqtt::message& m) { return {m.topic.begin(), m.topic.end()}; }

message_format::message_format(std::string_view words) {
    for (std::size_t at = 0; at != words.size(); ++at) {
        const char lead = words[at];
        const std::size_t kind = leads.find(lead);
        if (kind == std::string_view::npos) {
            pieces_.push_back({'\0', lead});
            continue;
        }
        if (++at == words.size()) throw std::invalid_argument(std::string("nothing stands behind the last ") + lead);
        const std::size_t place = behind[kind].find(words[at]);
        if (place == std::string_view::npos)
            throw std::invalid_argument(std::string("there is no ") + lead + words[at]);
        pieces_.push_back(lead == '\\' ? piece{'\0', escaped[place]} : piece{lead, words[at]});
    }
}

std::string message_format::text(const atmqtt::message& m) const {
    const std::timespec now = current_time();
    std::string made;
    for (const piece one : pieces_) {
        if (one.lead == '%')
            made += of(m, now, one.what);
        else if (one.lead == '@')
            made += of(now, one.what);
        else
            made += one.what;
    }
    return made;
}

}  // namespace host_tool
