// The calls: encode, decode, encoded_size, next_filter.                                           (MQTT 2.2)
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "../core/result.hpp"
#include "fields.hpp"
#include "packets.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace atmqtt::mqtt {

/// Reads a remaining length byte by byte (MQTT 2.2.3).
class length_reader {
public:
    enum class state : std::uint8_t { more, done, malformed };

    /// Takes the next byte. Malformed is a fourth continuation byte, and a last byte that says nothing. Not to be called again once
    /// it gave `done` or `malformed`: another length has another reader.
    constexpr state take(std::uint8_t byte) {
        value_ |= (byte & 0x7FU) << 7 * count_++;
        if ((byte & 0x80) != 0) return count_ == 4 ? state::malformed : state::more;
        return byte == 0 && count_ > 1 ? state::malformed : state::done;
    }
    constexpr std::uint32_t value() const { return value_; }
    /// Bytes taken.
    constexpr std::size_t count() const { return count_; }

private:
    std::uint32_t value_ = 0;
    std::uint32_t count_ = 0;
};

/// The type of a packet by its first byte. May be one that MQTT does not have: 0 or 15.
constexpr packet_type type_of(std::uint8_t first) { return static_cast<packet_type>(first >> 4); }

namespace detail {

template <class Packet>
constexpr result<std::string_view> write_packet(const Packet& m, buffer out,
                                                unsigned first = first_byte_of(Packet::type)) {
    byte_writer io{out, 0};
    (void)Packet::fields(io, m);
    return io.close(first);
}
template <class Writer = byte_writer>
constexpr result<std::string_view> write_packet(const publish& m, buffer out) {
    // What it takes without an identifier: with one a payload moves where that makes its length a byte longer, as 2 of 128 do.
    Writer io{out, m.topic.size() + m.payload.size() + 2};
    (void)publish::fields(io, m);
    return io.close(first_byte_of(publish::type));
}
// Writes all but the payload.
struct head_writer : byte_writer {
    using byte_writer::byte_writer;
    constexpr bool payload(const std::string_view& from) { return leave_out(from); }
};

// What a packet is before it is read. Zeros would be written by a call of memset, which on a Cortex-M0+ are 46 instructions.
template <class Packet>
constexpr result<Packet> unread(std::string_view body) {
    if constexpr (std::is_same_v<Packet, publish>)
        return result<Packet>{std::in_place, body, body};
    else
        return result<Packet>{Packet{}};
}

template <class Packet>
constexpr result<Packet> read_packet(std::uint8_t first, std::string_view body, packet_type type = Packet::type) {
    auto read = unread<Packet>(body);
    byte_reader io{first, type, body};
    io.all_of(*read, read.fault());
    return read;
}

}  // namespace detail

/// Bytes of an encoded packet; 0 for one that is longer than MQTT allows. Nothing else is looked at: a string
/// that is too long counts as one of 65535 bytes.
template <class Packet>
constexpr std::size_t encoded_size(const Packet& m) {
    byte_meter meter;
    if (!Packet::fields(meter, m)) return 0;
    return detail::header_size(meter.size()) + meter.size();
}
constexpr std::size_t encoded_size(const packet& m) {
    return match(m, [](const auto& one) { return encoded_size(one); });
}

/// Writes a packet into `out` and gives what was written, a view of `out`.
///
/// Fails without harm, though `out` may hold a part by then: `no_space`; `too_long` where a string has more than 65535 bytes,
/// or the packet more than MQTT allows; `not_utf8`, `not_a_topic`, `out_of_range`, `inconsistent` as the members' comments say.
/// The column is where the field would have stood; `mqtt::name_of` names the field.
template <class Packet>
constexpr result<std::string_view> encode(const Packet& m, buffer out) {
    return detail::write_packet(m, out);
}
constexpr result<std::string_view> encode(const packet& m, buffer out) {
    return match(m, [out](const auto& one) { return detail::write_packet(one, out); });
}

/// Writes a PUBLISH but for its payload, which is to be sent behind it from where it is. Fails like `encode`.
constexpr result<std::string_view> encode_head(const publish& m, buffer out) {
    return detail::write_packet<detail::head_writer>(m, out);
}

/// Whether packets of this type hold an identifier and nothing else.
constexpr bool is_acknowledgement(packet_type type) {
    return (type >= packet_type::puback && type <= packet_type::pubcomp) || type == packet_type::unsuback;
}

/// Writes the acknowledgement of a type that is known only at run time: PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK.
/// Fails like `encode`, and with `wrong_packet` for other types.
constexpr result<std::string_view> encode_acknowledgement(packet_type type, packet_id id, buffer out) {
    if (!is_acknowledgement(type)) return error{errc::wrong_packet, field::type, 0};
    return detail::write_packet(puback{id}, out, detail::first_byte_of(type));
}

/// Writes PINGREQ, PINGRESP or DISCONNECT. Fails like `encode`, and with `wrong_packet` for other types.
constexpr result<std::string_view> encode_signal(packet_type type, buffer out) {
    if (type < packet_type::pingreq || type > packet_type::disconnect) return error{errc::wrong_packet, field::type, 0};
    return detail::write_packet(pingreq{}, out, detail::first_byte_of(type));
}

/// Decodes a packet from its first byte and the bytes behind its fixed header, which it views: what a `packet_reader` gives.
///
/// Fails with `wrong_packet` for another type, else with what is wrong and where. What is malformed by MQTT 3.1.1 fails; what
/// is contested is decided in packets.hpp.
template <class Packet>
constexpr result<Packet> decode(std::uint8_t first, std::string_view body) {
    return detail::read_packet<Packet>(first, body);
}

/// Decodes an acknowledgement, like `decode`: PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK, whichever the first byte says.
constexpr result<puback> decode_acknowledgement(std::uint8_t first, std::string_view body) {
    // What is none is no PUBACK either.
    const packet_type type = is_acknowledgement(type_of(first)) ? type_of(first) : packet_type::puback;
    return detail::read_packet<puback>(first, body, type);
}

namespace detail {

// One frame of stack for the packet that it is, not for all of them.
template <class Packet>
[[gnu::noinline]] constexpr result<packet> decode_any(std::uint8_t first, std::string_view body) {
    result<packet> read{std::in_place, std::in_place_type<Packet>};
    byte_reader io{first, Packet::type, body};
    io.all_of(*std::get_if<Packet>(&*read), read.fault());
    return read;
}

}  // namespace detail

/// Decodes a packet of any type, like `decode` for all of them.
constexpr result<packet> decode(std::uint8_t first, std::string_view body) {
    // Type 0 wraps to a place that is none.
    return atmqtt::detail::at_place<std::variant_size_v<packet>>(
        static_cast<std::size_t>(type_of(first)) - 1,
        [&](auto place) { return detail::decode_any<std::variant_alternative_t<place, packet>>(first, body); },
        [] {
            return result<packet>{error{errc::wrong_packet, field::type, 0}};
        });
}

/// Decodes `bytes` that are exactly one packet. Fails like the others, with `missing` where bytes are missing, with `bad_length`
/// for a length that MQTT forbids, and with `surplus` where another packet follows.
constexpr result<packet> decode(std::string_view bytes) {
    length_reader length;
    auto state = length_reader::state::more;
    std::size_t at = 1;
    for (; state == length_reader::state::more; ++at) {
        if (at >= bytes.size()) return error{errc::missing, field::remaining_length, bytes.size()};
        state = length.take(static_cast<std::uint8_t>(bytes[at]));
    }
    if (state == length_reader::state::malformed) return error{errc::bad_length, field::remaining_length, at - 1};
    const std::string_view body = rest(bytes, at);
    if (body.size() < length.value()) return error{errc::missing, field::payload, bytes.size()};
    if (body.size() > length.value()) return error{errc::surplus, {}, at + length.value()};
    return decode(static_cast<std::uint8_t>(bytes[0]), body);
}

/// Goes on to the next filter of a decoded packet: `filter`, and of SUBSCRIBE its `level`, are those of the next one then.
/// False, and nothing changes, when there is none.
constexpr bool next_filter(subscribe& m) {
    byte_reader io{m.more};
    return !m.more.empty() && io.topic_filter(m.filter) && io.choice(field::qos, m.level, qos::exactly_once) &&
           io.payload(m.more) && io.is_well();
}
constexpr bool next_filter(unsubscribe& m) {
    byte_reader io{m.more};
    return !m.more.empty() && io.topic_filter(m.filter) && io.payload(m.more) && io.is_well();
}

}  // namespace atmqtt::mqtt
