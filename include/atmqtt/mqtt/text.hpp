// Strings and topics of MQTT: what is well-formed, and which filter matches which name.       (MQTT 1.5.3, 4.7)
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "../core/words.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt {

namespace detail {

/// Whether there is such a code point, which is no half of a UTF-16 pair.
constexpr bool is_code_point(std::uint32_t point) { return point <= 0x10FFFF && point >> 11 != 0x1B; }

/// Takes one code point from the front of [at, end), which is not empty. Ill-formed UTF-8 gives 0, which may not stand in a
/// string either.
constexpr std::uint32_t take_code_point(const char*& at, const char* end) {
    std::uint32_t point = static_cast<unsigned char>(*at++);
    if (point < 0x80) return point;
    // Behind its first bit the first byte has another for each byte that follows; each of them moves it up by 6, and the next
    // bit is sought 5 up. Less than `least` would have taken a byte less: of two bytes, less than 0x80.
    std::uint32_t least = 2;
    while ((point & least << 5) != 0) {
        const std::uint32_t byte = at == end ? 0x80 : static_cast<unsigned char>(*at++) ^ 0x80U;
        if (byte > 0x3F) return 0;
        point = point << 6 | byte;
        least <<= 5;
    }
    point &= (least << 5) - 1;
    return point < 0x80 || point < least || !is_code_point(point) ? 0 : point;
}

/// What a string is there for, and so which wildcards may stand in it.
enum class text_role : std::uint8_t { string, topic_name, topic_filter };

/// Has the first bit of a byte set where one of the eight bytes is not from ',' to '~'. The first that is not, from below, has no
/// carry from others: a step up shows 7F to FE, and ',' down shows the others.
constexpr std::uint64_t suspicious(std::uint64_t eight) { return (eight + each(1)) | (eight - each(',')); }

/// Whether no rule concerns this byte.
constexpr bool is_plain(char byte) { return static_cast<unsigned char>(byte) - 0U - ',' <= '~' - ','; }

/// Whether there are bytes, and no rule concerns any of them: so it is for most topics.
constexpr bool are_plain(const char* at, const char* end) {
    // Eight at a time, the last eight perhaps again: 40 instructions less of 180 to decode a PUBLISH to a topic of 9 bytes.
    if (by_words && !__builtin_is_constant_evaluated() && end - at >= 8) {
        const char* const last = end - 8;
        std::uint64_t found = suspicious(load_word(last)) | suspicious(load_word(at));
        while ((at += 8) < last) found |= suspicious(load_word(at));
        return (found & each(0x80)) == 0;
    }
    if (at == end) return false;
    do {
        if (!is_plain(*at)) return false;
    } while (++at != end);
    return true;
}

/// The same, and copies them: all if they are plain.
constexpr bool copy_plain(char* to, std::string_view from) {
    const char* at = from.data();
    std::size_t left = from.size();
    if (by_words && !__builtin_is_constant_evaluated() && left >= 8) {
        const char* const last = at + (left - 8);
        std::uint64_t found = suspicious(copy_word(to + (left - 8), last)) | suspicious(copy_word(to, at));
        while ((at += 8) < last) found |= suspicious(copy_word(to += 8, at));
        return (found & each(0x80)) == 0;
    }
    if (left == 0) return false;
    do {
        --left;
        to[left] = at[left];
        if (!is_plain(at[left])) return false;
    } while (left != 0);
    return true;
}

/// Whether a code point is a wildcard that may not stand between `before` and [at, end): no name has one, and a filter has it
/// alone in its level, `#` in the last.
constexpr bool is_misplaced(std::uint32_t point, text_role role, std::uint32_t before, const char* at,
                            const char* end) {
    if (role == text_role::string || (point != '+' && point != '#')) return false;
    const bool ends_level = at == end || (point == '+' && *at == '/');
    return role == text_role::topic_name || before != '/' || !ends_level;
}

/// Why `bytes`, which are not too many, may not stand for `role`; `none` if they may. Linear, and looks at each byte once.
[[gnu::noinline]] constexpr errc fault_of(std::string_view bytes, text_role role) {
    if (bytes.empty() && role != text_role::string) return errc::not_a_topic;
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    std::uint32_t before = '/';
    while (at != end) {
        const std::uint32_t point = take_code_point(at, end);
        if (point == 0) return errc::not_utf8;
        if (is_misplaced(point, role, before, at, end)) return errc::not_a_topic;
        before = point;
    }
    return errc::none;
}

/// Whether a code point that MQTT advises against ends in these three bytes of well-formed UTF-8, the last of them lowest:
/// U+0001..1F and 7F; C2 80..C2 9F; EF B7 90..EF B7 AF; and those of every plane that end in FFFE and FFFF.
constexpr bool ends_discouraged(std::uint32_t three) {
    const std::uint32_t one = three & 0xFF;
    const bool is_control = one < 0x20 || one == 0x7F || (three & 0xFFE0) == 0xC280;
    return is_control || three - 0xEFB790U < 0x20 || (three & 0x0FFFFE) == 0x0FBFBE;
}
/// Whether there is one in `bytes`, which are well-formed.
constexpr bool has_discouraged(std::string_view bytes) {
    std::uint32_t last = ' ';
    for (const char byte : bytes) {
        last = (last << 8 | static_cast<unsigned char>(byte)) & 0xFFFFFF;
        if (ends_discouraged(last)) return true;
    }
    return false;
}

/// Whether `bytes` may stand for `role`: sooner known where they are plain.
constexpr bool may_stand(std::string_view bytes, text_role role, code_points allowed) {
    if (bytes.size() > limits::mqtt_string) return false;
    if (are_plain(bytes.data(), bytes.data() + bytes.size())) return true;
    if (fault_of(bytes, role) != errc::none) return false;
    return allowed == code_points::any || !has_discouraged(bytes);
}

}  // namespace detail

/// Whether `bytes` are a string of MQTT: at most 65535 bytes of well-formed UTF-8 without U+0000.
constexpr bool is_mqtt_string(std::string_view bytes, code_points allowed = code_points::any) {
    return detail::may_stand(bytes, detail::text_role::string, allowed);
}

/// Whether `bytes` may be published to: a string of MQTT, not empty, without wildcards (MQTT 4.7.1, 4.7.3).
constexpr bool is_topic_name(std::string_view bytes, code_points allowed = code_points::any) {
    return detail::may_stand(bytes, detail::text_role::topic_name, allowed);
}

/// Whether `bytes` may be subscribed to: a string of MQTT, not empty, `+` alone in its level and `#` alone in the last
/// (MQTT 4.7.1, 4.7.3).
constexpr bool is_topic_filter(std::string_view bytes, code_points allowed = code_points::any) {
    return detail::may_stand(bytes, detail::text_role::topic_filter, allowed);
}

namespace detail {

/// Whether a name is not for filters that begin like this one (MQTT 4.7.2).
constexpr bool is_hidden(std::string_view name, std::string_view filter) {
    return begins_with(name, "$") && (begins_with(filter, "+") || begins_with(filter, "#"));
}

/// Where the level of `name` ends that goes on at `at`.
constexpr std::size_t end_of_level(std::string_view name, std::size_t at) {
    while (at != name.size() && name[at] != '/') ++at;
    return at;
}

}  // namespace detail

/// Whether a filter matches a name (MQTT 4.7): byte by byte, without recursion, in time linear in the two. `filter` is an
/// `is_topic_filter` and `name` an `is_topic_name`; for others the answer means nothing, though asking is harmless.
constexpr bool topic_matches(std::string_view filter, std::string_view name) {
    if (detail::is_hidden(name, filter)) return false;
    std::size_t at = 0;
    for (std::size_t wanted = 0; wanted != filter.size(); ++wanted) {
        if (filter[wanted] == '#') return true;
        if (filter[wanted] == '+') {
            at = detail::end_of_level(name, at);
        } else if (at == name.size()) {
            return rest(filter, wanted) == "/#";  // "a/#" matches "a" too
        } else if (filter[wanted] != name[at++]) {
            return false;
        }
    }
    return at == name.size();
}

}  // namespace atmqtt
