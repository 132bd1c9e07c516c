// The three walkers of a packet's field list: byte_reader decodes, byte_meter counts, byte_writer encodes what was counted.
//
// A packet names its fields once, by the calls below; which walker it is given decides what that means. They return whether
// to go on, so that a list is one expression of && and ||.
//
//   bit(place, member)             a flag in the byte of flags at hand: first the fixed header's, then those of next_flags
//   level(place, member)           a QoS in two bits of it
//   next_flags()                   a byte of flags
//   reserved_flags(mask)           these bits of it are 0
//   protocol(member)               the protocol's name and level
//   number(name, member)           16 bits
//   id(member)                     a packet identifier: not 0
//   choice(name, member, last)     one byte, 0..last
//   string(name, member)           UTF-8 behind its length
//   topic_name(name, member)       the same, a topic name
//   topic_filter(member)           the same, a topic filter
//   binary(name, member)           any bytes behind their length
//   codes(member)                  the bytes that end a SUBACK
//   filters(member, have_levels)   further topic filters that end a packet, each with a QoS or without: kept as they stand there,
//                                  and written as they are
//   payload(member)                the bytes that end a PUBLISH
//   check(holds, name)             what must hold between members
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

/// The first byte of a packet; of PUBLISH without its flags (MQTT 2.2.2).
constexpr std::uint8_t first_byte_of(packet_type type) {
    const bool has_flag =
        type == packet_type::pubrel || type == packet_type::subscribe || type == packet_type::unsubscribe;
    return static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | (has_flag ? 2U : 0U));
}

/// Bytes of the fixed header in front of `length` bytes (MQTT 2.2.3).
constexpr std::size_t header_size(std::size_t length) {
    std::size_t size = 2;
    for (; length > 127; length >>= 7) ++size;
    return size;
}

constexpr bool is_suback_code(char code) {
    return static_cast<unsigned char>(code) <= 2 || static_cast<unsigned char>(code) == suback_refused;
}

}  // namespace detail

/// Decodes: fills the members from the body of one packet, which they view.
class byte_reader {
public:
    /// `body` is what is held of a body of `length` bytes.
    constexpr byte_reader(const std::string_view& body, code_points allowed, std::size_t length)
        : begin_(body.empty() ? "" : body.data()),
          at_(begin_),
          end_(begin_ + body.size()),
          length_(length),
          allowed_(allowed) {}
    constexpr byte_reader(const std::string_view& body, code_points allowed)
        : byte_reader(body, allowed, body.size()) {}

    /// Looks at the first byte of the packet: but for the flags of a PUBLISH it must be the one that is `wanted`.
    constexpr bool start(std::uint8_t first, std::uint8_t wanted) {
        flags_ = first & 0x0F;
        const unsigned bits = first ^ wanted;
        if (bits >> 4 != 0) return fail_there(errc::wrong_packet, field::type);
        return bits == 0 || wanted == detail::first_byte_of(packet_type::publish) ||
               fail_there(errc::reserved_bits, field::flags);
    }

    constexpr bool bit(unsigned place, bool& to) const {
        to = (flags_ >> place & 1) != 0;
        return true;
    }
    constexpr bool level(unsigned place, qos& to) {
        const unsigned found = flags_ >> place & 3;
        to = static_cast<qos>(found);
        return found != 3 || fail_there(errc::out_of_range, field::qos);
    }
    constexpr bool next_flags() { return octet(field::flags, flags_); }
    constexpr bool reserved_flags(unsigned mask) {
        return (flags_ & mask) == 0 || fail_there(errc::reserved_bits, field::flags);
    }

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
        place_ = at_;
        if (end_ - at_ < 2) return fail_there(errc::missing, name);
        to = static_cast<std::uint16_t>(static_cast<unsigned char>(at_[0]) << 8 | static_cast<unsigned char>(at_[1]));
        at_ += 2;
        return true;
    }
    constexpr bool id(packet_id& to) {
        return number(field::packet_id, to) && (to != 0 || fail_there(errc::out_of_range, field::packet_id));
    }
    template <class Choice>
    constexpr bool choice(param name, Choice& to, Choice last) {
        std::uint8_t found = 0;
        if (!octet(name, found)) return false;
        to = static_cast<Choice>(found);
        return to <= last || fail_there(errc::out_of_range, name);
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
        if (end_ - at_ < size) return fail_there(errc::missing, name);
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
    constexpr bool filters(std::string_view& to, bool have_levels) {
        to = left();
        std::string_view filter;
        auto level = qos::at_most_once;
        while (at_ != end_)
            if (!topic_filter(filter) || (have_levels && !choice(field::qos, level, qos::exactly_once))) return false;
        return true;
    }
    constexpr bool payload(std::string_view& to) {
        to = left();
        at_ = end_;
        return true;
    }

    constexpr bool check(bool holds, param name) { return holds || fail_there(errc::inconsistent, name); }

    /// All fields of a packet, and nothing behind them.
    template <class Packet>
    constexpr bool all_of(Packet& m) {
        return Packet::fields(*this, m) && (at_ == end_ || fail(errc::surplus, param{}));
    }
    /// Fails at the next byte.
    constexpr bool fail(errc code, param name) {
        place_ = at_;
        return fail_there(code, name);
    }

    constexpr error why() const { return why_; }

private:
    constexpr std::string_view left() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

    // At the field that was begun last; in the fixed header if there is none.
    [[gnu::noinline, gnu::cold]] constexpr bool fail_there(errc code, param name) {
        const std::size_t header = detail::header_size(length_);
        why_ = {code, name, place_ == nullptr ? 0 : header + static_cast<std::size_t>(place_ - begin_)};
        return false;
    }

    constexpr bool octet(param name, std::uint8_t& to) {
        place_ = at_;
        if (at_ == end_) return fail_there(errc::missing, name);
        to = static_cast<std::uint8_t>(*at_++);
        return true;
    }
    constexpr bool text(param name, std::string_view& to, detail::text_role role) {
        if (!binary(name, to)) return false;
        const errc fault = detail::fault_of(to, role, allowed_);
        return fault == errc::none || fail_there(fault, name);
    }

    const char* begin_;
    const char* at_;
    const char* end_;
    std::size_t length_;
    const char* place_ = nullptr;  // where the field that was begun last is
    error why_ = {};
    std::uint8_t flags_ = 0;
    code_points allowed_;
};

/// Counts the bytes of a packet's body.
class byte_meter {
public:
    constexpr bool bit(unsigned, bool) { return true; }
    constexpr bool level(unsigned, qos) { return true; }
    constexpr bool next_flags() { return add(1); }
    constexpr bool reserved_flags(unsigned) { return true; }
    constexpr bool protocol(atmqtt::level of) { return add(detail::greeting_of(of).size()); }
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
    constexpr bool payload(const std::string_view& from) {
        payload_ = from.size();
        return tail(from);
    }
    constexpr bool check(bool, param) { return true; }

    constexpr std::size_t size() const { return size_; }
    /// Of those, the payload.
    constexpr std::size_t payload_size() const { return payload_; }

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
    std::size_t payload_ = 0;
};

/// Encodes: writes the members as the body of one packet, and the flags into its first byte.
class byte_writer {
public:
    /// How a PUBLISH ends: with its payload, or without it where the caller sends that from where it is.
    enum class tail : std::uint8_t { copied, left_out };

    constexpr explicit byte_writer(buffer out, tail how = tail::copied)
        : begin_(out.data()), at_(out.data()), flags_(out.data()), end_(out.data() + out.size()), how_(how) {}

    /// Writes the fixed header of what the meter has counted, and sees that there is room for all: the other calls do not.
    [[gnu::noinline]] constexpr bool start(packet_type type, const byte_meter& counted) {
        std::size_t length = counted.size();
        const std::size_t size =
            detail::header_size(length) + length - (how_ == tail::left_out ? counted.payload_size() : 0);
        if (static_cast<std::size_t>(end_ - at_) < size) return fail(errc::no_space, param{});
        *at_++ = static_cast<char>(detail::first_byte_of(type));
        for (; length > 127; length >>= 7) *at_++ = static_cast<char>(length | 0x80);
        *at_++ = static_cast<char>(length);
        return true;
    }

    constexpr bool bit(unsigned place, bool from) { return mark(from ? 1U << place : 0U); }
    constexpr bool level(unsigned place, qos from) {
        return check(from <= qos::exactly_once, field::qos, errc::out_of_range) &&
               mark(static_cast<unsigned>(from) << place);
    }
    constexpr bool next_flags() {
        flags_ = at_;
        return octet('\0');
    }
    constexpr bool reserved_flags(unsigned) { return true; }

    constexpr bool protocol(atmqtt::level of) { return put(detail::greeting_of(of)); }
    constexpr bool number(param, std::uint16_t from) {
        *at_++ = static_cast<char>(from >> 8);
        return octet(static_cast<char>(from & 0xFF));
    }
    constexpr bool id(packet_id from) {
        return check(from != 0, field::packet_id, errc::out_of_range) && number(field::packet_id, from);
    }
    template <class Choice>
    constexpr bool choice(param name, Choice from, Choice last) {
        return check(from <= last, name, errc::out_of_range) && octet(static_cast<char>(from));
    }

    constexpr bool string(param name, const std::string_view& from) {
        return text(name, from, detail::text_role::string);
    }
    constexpr bool topic_name(param name, const std::string_view& from) {
        return text(name, from, detail::text_role::topic_name);
    }
    constexpr bool topic_filter(const std::string_view& from) {
        return text(field::filter, from, detail::text_role::topic_filter);
    }
    constexpr bool binary(param name, const std::string_view& from) {
        return check(from.size() <= limits::mqtt_string, name, errc::too_long) &&
               number(name, static_cast<std::uint16_t>(from.size())) && put(from);
    }

    constexpr bool codes(const std::string_view& from) {
        if (from.empty()) return fail(errc::missing, field::return_code);
        for (const char code : from)
            if (!detail::is_suback_code(code)) return fail(errc::out_of_range, field::return_code);
        return put(from);
    }
    constexpr bool filters(const std::string_view& from, bool) { return put(from); }
    constexpr bool payload(const std::string_view& from) { return how_ == tail::left_out || put(from); }

    constexpr bool check(bool holds, param name, errc why = errc::inconsistent) { return holds || fail(why, name); }

    constexpr error why() const { return why_; }
    /// Bytes written, the fixed header included.
    constexpr std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }

    /// It cannot be encoded.
    [[gnu::noinline, gnu::cold]] constexpr bool fail(errc code, param name) {
        why_ = {code, name, size()};
        return false;
    }

private:
    constexpr bool mark(unsigned bits) {
        *flags_ = static_cast<char>(static_cast<unsigned char>(*flags_) | bits);
        return true;
    }
    constexpr bool octet(char byte) {
        *at_++ = byte;
        return true;
    }
    constexpr bool put(const std::string_view& bytes) {
        atmqtt::detail::copy(at_, bytes);
        at_ += bytes.size();
        return true;
    }
    constexpr bool text(param name, const std::string_view& from, detail::text_role role) {
        const errc fault = detail::fault_of(from, role, code_points::any);
        return fault == errc::none ? binary(name, from) : fail(fault, name);
    }

    char* begin_;
    char* at_;
    char* flags_;  // the byte of flags at hand
    char* end_;
    error why_ = {};
    tail how_;
};

}  // namespace atmqtt::mqtt
