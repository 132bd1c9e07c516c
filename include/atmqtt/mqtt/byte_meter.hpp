// The walker that counts.
// SPDX-License-Identifier: MIT
#pragma once

#include "layout.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::mqtt {

/// Counts the bytes of a packet's body.
class byte_meter {
public:
    constexpr bool bit_at(unsigned, bool) { return true; }
    constexpr bool level(unsigned, qos) { return true; }
    constexpr bool next_flags() { return add(1); }
    constexpr bool reserved_flags(unsigned) { return true; }
    constexpr bool protocol(atmqtt::protocol_level of) { return add(detail::greeting_of(of).size()); }
    constexpr bool number(param, std::uint16_t) { return add(2); }
    constexpr bool id(packet_id) { return add(2); }
    template <class Choice>
    constexpr bool choice(param, Choice, Choice) {
        return add(1);
    }
    constexpr bool string(param, const std::string_view& from) { return text(from); }
    constexpr bool topic_name(param, const std::string_view& from) { return text(from); }
    constexpr bool topic_filter(const std::string_view& from) { return text(from); }
    constexpr bool binary(param, const std::string_view& from) { return text(from); }
    constexpr bool codes(const std::string_view& from) { return tail(from); }
    constexpr bool filters(const std::string_view& from, bool) { return tail(from); }
    constexpr bool payload(const std::string_view& from) { return tail(from); }
    constexpr bool check(bool, param) { return true; }

    constexpr std::size_t size() const { return size_; }

private:
    constexpr bool add(std::size_t count) {
        size_ += count;
        return true;
    }
    // One that is too long is refused when it is written; here it must not overflow.
    constexpr bool text(const std::string_view& from) {
        return add(2 + (from.size() < limits::mqtt_string ? from.size() : limits::mqtt_string));
    }
    constexpr bool tail(const std::string_view& from) {
        return from.size() <= limits::packet - size_ && add(from.size());
    }

    std::size_t size_ = 0;
};

}  // namespace atmqtt::mqtt
