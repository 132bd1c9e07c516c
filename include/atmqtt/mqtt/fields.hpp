// The three walkers of a packet's field list: byte_reader decodes, byte_writer encodes, byte_meter counts.
//
// A packet names its fields once, by the calls below; which walker it is given decides what that means. They return whether
// to go on, so that a list is one expression of && and ||.
//
//   bit(place, member)             a flag in the byte of flags at hand: first the fixed header's, then those of next_flags
//   level(place, member)           a QoS in two bits of it
//   next_flags()                   a byte of flags
//   no_other_flags()               the bits of it that were not named are 0
//   protocol(member)               the protocol's name and level
//   number(name, member)           16 bits
//   id(member)                     a packet identifier: not 0
//   choice(name, member, last)     one byte, 0..last
//   string(name, member)           UTF-8 behind its length
//   topic_name(name, member)       the same, a topic name
//   topic_filter(member)           the same, a topic filter
//   binary(name, member)           any bytes behind their length
//   codes(member)                  the bytes that end a SUBACK
//   more(member, each)             further elements that end a packet, kept as they stand there; `each` walks over one
//   payload(member)                the bytes that end a PUBLISH
//   check(holds, name, why)        what must hold between members
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "text.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::mqtt {

namespace detail {

using atmqtt::detail::fault_of;
using atmqtt::detail::text_role;

/// The name of a protocol as CONNECT begins with it, its length and level included (MQTT 3.1.2.1).
constexpr std::string_view greeting_of(level of) {
    return of == level::v3_1 ? std::string_view{"\0\6MQIsdp\3", 9} : std::string_view{"\0\4MQTT\4", 7};
}

constexpr bool is_suback_code(char code) {
    return static_cast<unsigned char>(code) <= 2 || static_cast<unsigned char>(code) == suback_refused;
}

}  // namespace detail

/// Decodes: fills the members from the body of one packet, which they view.
class byte_reader {
public:
    /// `first` is the packet's first byte; `start` is where the body begins in the packet, for the column of errors.
    constexpr byte_reader(std::uint8_t first, std::string_view body, std::size_t start, code_points allowed)
        : begin_(body.data()),
          at_(body.data()),
          end_(body.data() + body.size()),
          start_(start),
          flags_(first & 0x0F),
          allowed_(allowed) {}

    constexpr bool bit(unsigned place, bool& to) {
        to = (flags_ >> place & 1) != 0;
        flags_ &= static_cast<std::uint8_t>(~(1U << place));
        return true;
    }
    constexpr bool level(unsigned place, qos& to) {
        const unsigned found = flags_ >> place & 3;
        flags_ &= static_cast<std::uint8_t>(~(3U << place));
        to = static_cast<qos>(found);
        return found != 3 || fail(errc::out_of_range, field::qos);
    }
    constexpr bool next_flags() { return octet(field::flags, flags_); }
    constexpr bool no_other_flags() { return flags_ == 0 || fail_before(1, errc::reserved_bits, field::flags); }

    constexpr bool protocol(atmqtt::level& to) {
        for (const auto one : {level::v3_1_1, level::v3_1}) {
            const std::string_view name = detail::greeting_of(one);
            if (!begins_with(left(), name)) continue;
            at_ += name.size();
            to = one;
            return true;
        }
        return fail(errc::unknown_word, field::protocol);
    }

    constexpr bool number(param name, std::uint16_t& to) {
        if (end_ - at_ < 2) return fail(errc::missing, name);
        to = static_cast<std::uint16_t>(static_cast<unsigned char>(at_[0]) << 8 | static_cast<unsigned char>(at_[1]));
        at_ += 2;
        return true;
    }
    constexpr bool id(packet_id& to) {
        return number(field::packet_id, to) && (to != 0 || fail_before(2, errc::out_of_range, field::packet_id));
    }
    template <class Choice>
    constexpr bool choice(param name, Choice& to, Choice last) {
        std::uint8_t found = 0;
        if (!octet(name, found)) return false;
        to = static_cast<Choice>(found);
        return to <= last || fail_before(1, errc::out_of_range, name);
    }

    constexpr bool string(param name, std::string_view& to) { return text(name, to, detail::text_role::string); }
    constexpr bool topic_name(param name, std::string_view& to) {
        return text(name, to, detail::text_role::topic_name);
    }
    constexpr bool topic_filter(std::string_view& to) {
        return text(field::filter, to, detail::text_role::topic_filter);
    }
    constexpr bool binary(param name, std::string_view& to) {
        std::uint16_t size = 0;
        if (!number(name, size)) return false;
        if (end_ - at_ < size) return fail_before(2, errc::missing, name);
        to = {at_, size};
        at_ += size;
        return true;
    }

    constexpr bool codes(std::string_view& to) {
        to = left();
        if (to.empty()) return fail(errc::missing, field::return_code);
        for (; at_ != end_; ++at_)
            if (!detail::is_suback_code(*at_)) return fail(errc::out_of_range, field::return_code);
        return true;
    }
    template <class Each>
    constexpr bool more(std::string_view& to, Each each) {
        to = left();
        while (at_ != end_)
            if (!each(*this)) return false;
        return true;
    }
    constexpr bool payload(std::string_view& to) {
        to = left();
        at_ = end_;
        return true;
    }

    constexpr bool check(bool holds, param name, errc why = errc::inconsistent) { return holds || fail(why, name); }

    /// Nothing may follow the last field.
    constexpr bool finish() { return at_ == end_ || fail(errc::surplus, param{}); }

    constexpr error why() const { return why_; }

private:
    constexpr std::string_view left() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

    [[gnu::noinline, gnu::cold]] constexpr bool fail(errc code, param name) {
        why_ = {code, name, start_ + static_cast<std::size_t>(at_ - begin_)};
        return false;
    }
    constexpr bool fail_before(std::size_t taken, errc code, param name) {
        at_ -= taken;
        return fail(code, name);
    }

    constexpr bool octet(param name, std::uint8_t& to) {
        if (at_ == end_) return fail(errc::missing, name);
        to = static_cast<std::uint8_t>(*at_++);
        return true;
    }
    constexpr bool text(param name, std::string_view& to, detail::text_role role) {
        if (!binary(name, to)) return false;
        const errc fault = detail::fault_of(to, role, allowed_);
        return fault == errc::none || fail_before(to.size() + 2, fault, name);
    }

    const char* begin_;
    const char* at_;
    const char* end_;
    std::size_t start_;
    error why_ = {};
    std::uint8_t flags_;
    code_points allowed_;
};

/// Counts the bytes of a packet's body; stops where MQTT has no number for them.
class byte_meter {
public:
    constexpr bool bit(unsigned, bool) { return true; }
    constexpr bool level(unsigned, qos) { return true; }
    constexpr bool next_flags() { return add(1); }
    constexpr bool no_other_flags() { return true; }
    constexpr bool protocol(atmqtt::level of) { return add(detail::greeting_of(of).size()); }
    constexpr bool number(param, std::uint16_t) { return add(2); }
    constexpr bool id(packet_id) { return add(2); }
    template <class Choice>
    constexpr bool choice(param, Choice, Choice) {
        return add(1);
    }
    constexpr bool string(param, std::string_view from) { return add(2) && add(from.size()); }
    constexpr bool topic_name(param, std::string_view from) { return add(2) && add(from.size()); }
    constexpr bool topic_filter(std::string_view from) { return add(2) && add(from.size()); }
    constexpr bool binary(param, std::string_view from) { return add(2) && add(from.size()); }
    constexpr bool codes(std::string_view from) { return add(from.size()); }
    template <class Each>
    constexpr bool more(std::string_view from, Each) {
        return add(from.size());
    }
    constexpr bool payload(std::string_view from) { return add(from.size()); }
    constexpr bool check(bool, param, errc = errc::inconsistent) { return true; }

    constexpr std::size_t size() const { return size_; }

private:
    constexpr bool add(std::size_t count) {
        if (count > limits::packet - size_) return false;
        size_ += count;
        return true;
    }

    std::size_t size_ = 0;
};

/// Encodes: writes the members as the body of one packet, and the flags of its first byte.
class byte_writer {
public:
    /// Writes behind the fixed header, the first `used` bytes of `out`. There is room: the meter has counted. What a packet
    /// ends in is left out if it is not to be `copied`.
    constexpr byte_writer(buffer out, std::size_t used, bool copied)
        : begin_(out.data()), at_(out.data() + used), flags_(out.data()), copied_(copied) {}

    constexpr bool bit(unsigned place, bool from) {
        *flags_ = static_cast<char>(*flags_ | (from ? 1 : 0) << place);
        return true;
    }
    constexpr bool level(unsigned place, qos from) {
        if (from > qos::exactly_once) return fail(errc::out_of_range, field::qos);
        *flags_ = static_cast<char>(*flags_ | static_cast<int>(from) << place);
        return true;
    }
    constexpr bool next_flags() {
        flags_ = at_;
        *at_++ = '\0';
        return true;
    }
    constexpr bool no_other_flags() { return true; }

    constexpr bool protocol(atmqtt::level of) { return put(detail::greeting_of(of)); }
    constexpr bool number(param, std::uint16_t from) {
        *at_++ = static_cast<char>(from >> 8);
        *at_++ = static_cast<char>(from & 0xFF);
        return true;
    }
    constexpr bool id(packet_id from) {
        return from != 0 ? number(field::packet_id, from) : fail(errc::out_of_range, field::packet_id);
    }
    template <class Choice>
    constexpr bool choice(param name, Choice from, Choice last) {
        if (from > last) return fail(errc::out_of_range, name);
        *at_++ = static_cast<char>(from);
        return true;
    }

    constexpr bool string(param name, std::string_view from) { return text(name, from, detail::text_role::string); }
    constexpr bool topic_name(param name, std::string_view from) {
        return text(name, from, detail::text_role::topic_name);
    }
    constexpr bool topic_filter(std::string_view from) {
        return text(field::filter, from, detail::text_role::topic_filter);
    }
    constexpr bool binary(param name, std::string_view from) {
        if (from.size() > limits::mqtt_string) return fail(errc::too_long, name);
        return number(name, static_cast<std::uint16_t>(from.size())) && put(from);
    }

    constexpr bool codes(std::string_view from) {
        if (from.empty()) return fail(errc::missing, field::return_code);
        for (const char code : from)
            if (!detail::is_suback_code(code)) return fail(errc::out_of_range, field::return_code);
        return put(from);
    }
    template <class Each>
    constexpr bool more(std::string_view from, Each each) {
        byte_reader check{0, from, 0, code_points::any};
        std::string_view unused;
        if (!check.more(unused, each)) return fail(check.why().code, field::filter);
        return put(from);
    }
    constexpr bool payload(std::string_view from) { return !copied_ || put(from); }

    constexpr bool check(bool holds, param name, errc why = errc::inconsistent) { return holds || fail(why, name); }

    constexpr error why() const { return why_; }
    /// What was written.
    constexpr std::string_view written() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

private:
    [[gnu::noinline, gnu::cold]] constexpr bool fail(errc code, param name) {
        why_ = {code, name, static_cast<std::size_t>(at_ - begin_)};
        return false;
    }
    constexpr bool put(std::string_view bytes) {
        atmqtt::detail::copy(at_, bytes);
        at_ += bytes.size();
        return true;
    }
    constexpr bool text(param name, std::string_view from, detail::text_role role) {
        const errc fault = detail::fault_of(from, role, code_points::any);
        return fault == errc::none ? binary(name, from) : fail(fault, name);
    }

    char* begin_;
    char* at_;
    char* flags_;  // the byte of flags at hand
    error why_ = {};
    bool copied_;
};

}  // namespace atmqtt::mqtt
