// Strings and topics of MQTT: what is well-formed, and which filter matches which name.       (MQTT 1.5.3, 4.7)
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt {

namespace detail {

inline constexpr std::uint32_t no_code_point = 0xFFFFFFFF;

/// Takes one code point from the front of [at, end), which is not empty. Ill-formed UTF-8 gives `no_code_point`.
constexpr std::uint32_t take_code_point(const char*& at, const char* end) {
    std::uint32_t point = static_cast<unsigned char>(*at++);
    if (point < 0x80) return point;
    const int more = point < 0xE0 ? 1 : point < 0xF0 ? 2 : 3;
    if (point < 0xC2 || point > 0xF4 || end - at < more) return no_code_point;
    point &= 0x3FU >> more;
    for (int left = more; left != 0; --left) {
        const std::uint32_t byte = static_cast<unsigned char>(*at++);
        if ((byte & 0xC0) != 0x80) return no_code_point;
        point = point << 6 | (byte & 0x3F);
    }
    const std::uint32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
    const bool is_surrogate = point >> 11 == 0x1B;
    return point < least || point > 0x10FFFF || is_surrogate ? no_code_point : point;
}

constexpr bool is_discouraged(std::uint32_t point) {
    const bool is_control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    const bool is_noncharacter = (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
    return is_control || is_noncharacter;
}

/// What a string is there for, and so which wildcards may stand in it.
enum class text_role : std::uint8_t { string, topic_name, topic_filter };

/// Whether the wildcard in front of `at` stands where a filter may have it: alone in its level, `#` in the last.
constexpr bool is_well_placed(char wildcard, const char* begin, const char* at, const char* end) {
    const bool starts_level = at - 1 == begin || at[-2] == '/';
    return starts_level && (at == end || (wildcard == '+' && *at == '/'));
}

/// Where the first byte stands that some rule concerns. Most topics have none, and cost one comparison a byte.
constexpr const char* skip_plain(const char* at, const char* end) {
    while (at != end && static_cast<unsigned char>(*at - ',') <= '~' - ',') ++at;
    return at;
}

/// As `fault_of`, from `at` on.
[[gnu::noinline]] constexpr errc fault_behind(const char* at, const char* begin, const char* end, text_role role,
                                              code_points allowed) {
    while (at != end) {
        const std::uint32_t point = take_code_point(at, end);
        if (point == 0 || point == no_code_point) return errc::not_utf8;
        if (allowed == code_points::no_control && is_discouraged(point)) return errc::forbidden_byte;
        const bool is_wildcard = point == '+' || point == '#';
        if (role == text_role::topic_name && is_wildcard) return errc::not_a_topic;
        if (role == text_role::topic_filter && is_wildcard && !is_well_placed(static_cast<char>(point), begin, at, end))
            return errc::not_a_topic;
        at = skip_plain(at, end);
    }
    return errc::none;
}

/// Why `bytes` may not stand for `role`; `none` if they may. Linear, and looks at each byte once.
constexpr errc fault_of(const std::string_view& bytes, text_role role, code_points allowed) {
    if (bytes.size() > limits::mqtt_string) return errc::too_long;
    if (bytes.empty() && role != text_role::string) return errc::not_a_topic;
    const char* const begin = bytes.data();
    const char* const end = begin + bytes.size();
    const char* const at = skip_plain(begin, end);
    return at == end ? errc::none : fault_behind(at, begin, end, role, allowed);
}

}  // namespace detail

/// Whether `bytes` are a string of MQTT: at most 65535 bytes of well-formed UTF-8 without U+0000.
constexpr bool is_mqtt_string(std::string_view bytes, code_points allowed = code_points::any) {
    return detail::fault_of(bytes, detail::text_role::string, allowed) == errc::none;
}

/// Whether `bytes` may be published to: a string of MQTT, not empty, without wildcards (MQTT 4.7.1, 4.7.3).
constexpr bool is_topic_name(std::string_view bytes, code_points allowed = code_points::any) {
    return detail::fault_of(bytes, detail::text_role::topic_name, allowed) == errc::none;
}

/// Whether `bytes` may be subscribed to: a string of MQTT, not empty, `+` alone in its level and `#` alone in the last
/// (MQTT 4.7.1, 4.7.3).
constexpr bool is_topic_filter(std::string_view bytes, code_points allowed = code_points::any) {
    return detail::fault_of(bytes, detail::text_role::topic_filter, allowed) == errc::none;
}

/// Whether a filter matches a name (MQTT 4.7): byte by byte, without recursion, in time linear in the two. `filter` is an
/// `is_topic_filter` and `name` an `is_topic_name`; for others the answer means nothing, though asking is harmless.
constexpr bool topic_matches(std::string_view filter, std::string_view name) {
    const bool is_wild = begins_with(filter, "+") || begins_with(filter, "#");
    if (is_wild && begins_with(name, "$")) return false;
    std::size_t at = 0;
    for (std::size_t wanted = 0; wanted != filter.size(); ++wanted) {
        if (filter[wanted] == '#') return true;
        if (filter[wanted] == '+') {
            while (at != name.size() && name[at] != '/') ++at;
        } else if (at == name.size()) {
            return rest(filter, wanted) == "/#";  // "a/#" matches "a" too
        } else if (filter[wanted] != name[at++]) {
            return false;
        }
    }
    return at == name.size();
}

}  // namespace atmqtt
