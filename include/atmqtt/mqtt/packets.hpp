// The 14 packets of MQTT 3.1 and 3.1.1, one struct each.                                        (MQTT 3.1 - 3.14)
//
// The same struct is what one end encodes and the other decodes. `fields` is the one list of what it holds, walked by the three
// of fields.hpp; a packet without members has an empty one. It is inlined, or GCC at -Os would pass each member by its address.
// Strings are views: they live as long as the bytes they were made from.
//
// Where MQTT leaves a choice to the receiver, or its wording is contested, this is what the library does (ours:):
//   DUP with QoS 0          malformed: 3.3.1-2 forbids it, and only the broker itself can have set it
//   discouraged code points accepted: they come from a stranger's topic. `session::allow` refuses them, and
//                           `is_mqtt_string` and its like find them
//   U+FEFF                  kept, wherever it stands (1.5.3-3)
//   over-long lengths       malformed, as is a fourth continuation byte: one number has one spelling
//   a second CONNACK        malformed, like any packet that is not due: the session closes the connection
//   return codes 6..255     malformed: 3.2.2.3 reserves them
//   session present         only with code 0, and never on a clean session: malformed (3.2.2-1, 3.2.2-4)
// SPDX-License-Identifier: MIT
#pragma once

#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace atmqtt::mqtt {

namespace detail {

// Not by &&: of what is behind one GCC makes two copies, 36 bytes of a session's flash on a Cortex-M0+.
constexpr bool not_both(bool one, bool other) {
    return (static_cast<unsigned>(one) & static_cast<unsigned>(other)) == 0;
}

}  // namespace detail

/// Ask the broker for a session; answered by `connack`.                                             (MQTT 3.1)
struct connect {
    static constexpr packet_type type = packet_type::connect;

    protocol_level protocol = protocol_level::v3_1_1;
    bool clean = true;              ///< the session ends with the connection
    std::uint16_t keep_alive = 60;  ///< seconds, 0..65535; 0 = never ping
    std::string_view id = {};       ///< client identifier; empty only with `clean`; 1..23 bytes at level 3
    bool has_will = false;
    bool will_retain = false;          ///< false without a will
    qos will_qos = qos::at_most_once;  ///< 0 without a will
    std::string_view will_topic = {};
    std::string_view will_message = {};  ///< any bytes, at most 65535
    bool has_user = false;
    std::string_view user = {};
    bool has_passwd = false;  ///< only with a user name
    std::string_view passwd = {};

    template <class Io, class Self>
    [[gnu::always_inline]] static constexpr bool fields(Io& io, Self& m) {
        return io.protocol(m.protocol) && flag_fields(io, m) && io.check(has_consistent_flags(m), field::flags) &&
               io.number(field::keep_alive, m.keep_alive) && io.string(field::client_id, m.id) &&
               io.check(has_possible_id(m), field::client_id) && optional_fields(io, m);
    }
    /// The byte of flags (MQTT 3.1.2.3).
    template <class Io, class Self>
    [[gnu::always_inline]] static constexpr bool flag_fields(Io& io, Self& m) {
        return io.next_flags() && io.bit_at(7, m.has_user) && io.bit_at(6, m.has_passwd) &&
               io.bit_at(5, m.will_retain) && io.level(3, m.will_qos) && io.bit_at(2, m.has_will) &&
               io.bit_at(1, m.clean) && io.reserved_flags(0x01);
    }
    /// Those that the flags announce (MQTT 3.1.3).
    template <class Io, class Self>
    [[gnu::always_inline]] static constexpr bool optional_fields(Io& io, Self& m) {
        return (!m.has_will ||
                (io.topic_name(field::will_topic, m.will_topic) && io.binary(field::will_message, m.will_message))) &&
               (!m.has_user || io.string(field::user, m.user)) && (!m.has_passwd || io.binary(field::passwd, m.passwd));
    }

    static constexpr bool has_consistent_flags(const connect& m) {
        const bool has_will_flags = m.will_retain || m.will_qos != qos::at_most_once;
        return (m.has_will || !has_will_flags) && (m.has_user || !m.has_passwd);
    }
    static constexpr bool has_possible_id(const connect& m) {
        if (m.protocol == protocol_level::v3_1) return !m.id.empty() && m.id.size() <= limits::v3_1_id;
        return !m.id.empty() || m.clean;
    }
};

/// The broker's answer to `connect`.                                                                (MQTT 3.2)
struct connack {
    static constexpr packet_type type = packet_type::connack;

    bool session_present = false;  ///< the broker kept the session; only if accepted
    connect_code code = connect_code::accepted;

    template <class Io, class Self>
    [[gnu::always_inline]] static constexpr bool fields(Io& io, Self& m) {
        return io.next_flags() && io.bit_at(0, m.session_present) && io.reserved_flags(0xFE) &&
               io.choice(field::return_code, m.code, connect_code::not_authorized) &&
               io.check(detail::not_both(m.session_present, m.code != connect_code::accepted), field::return_code);
    }
};

/// A message, to the broker or from it.                                                             (MQTT 3.3)
/// Answered by nothing, `puback`, or `pubrec`, by its QoS.
//
// The level is the last of the flags, next to the check of it: 24 bytes of flash less on a Cortex-M0+.
struct publish {
    static constexpr packet_type type = packet_type::publish;

    std::string_view topic = {};    ///< a topic name
    std::string_view payload = {};  ///< any bytes
    packet_id id = 0;               ///< not 0 for QoS 1 and 2; not sent for QoS 0
    bool dup = false;               ///< sent before, perhaps; false for QoS 0
    qos level = qos::at_most_once;
    bool retain = false;

    template <class Io, class Self>
    [[gnu::always_inline]] static constexpr bool fields(Io& io, Self& m) {
        return io.bit_at(3, m.dup) && io.bit_at(0, m.retain) && io.level(1, m.level) &&
               io.check(has_consistent_flags(m), field::flags) && io.topic_name(field::topic, m.topic) &&
               (m.level == qos::at_most_once || io.id(m.id)) && io.payload(m.payload);
    }

    /// MQTT 3.3.1-2.
    static constexpr bool has_consistent_flags(const publish& m) { return !m.dup || m.level != qos::at_most_once; }
};

/// A packet that holds an identifier and nothing else.
template <packet_type Type>
struct acknowledgement {
    static constexpr packet_type type = Type;

    packet_id id = 0;  ///< not 0

    template <class Io, class Self>
    [[gnu::always_inline]] static constexpr bool fields(Io& io, Self& m) {
        return io.id(m.id);
    }
};

/// Answers a `publish` of QoS 1.                                                                    (MQTT 3.4)
using puback = acknowledgement<packet_type::puback>;
/// Answers a `publish` of QoS 2; answered by `pubrel`.                                              (MQTT 3.5)
using pubrec = acknowledgement<packet_type::pubrec>;
/// Answers a `pubrec`; answered by `pubcomp`.                                                       (MQTT 3.6)
using pubrel = acknowledgement<packet_type::pubrel>;
/// Answers a `pubrel`.                                                                              (MQTT 3.7)
using pubcomp = acknowledgement<packet_type::pubcomp>;

/// Subscribe to topics; answered by `suback`.                                                       (MQTT 3.8)
struct subscribe {
    static constexpr packet_type type = packet_type::subscribe;

    packet_id id = 0;              ///< not 0
    std::string_view filter = {};  ///< the first topic filter
    qos level = qos::at_most_once;
    std::string_view more = {};  ///< further filters as they stand in a packet; `next_filter` reads them

    template <class Io, class Self>
    [[gnu::always_inline]] static constexpr bool fields(Io& io, Self& m) {
        return io.id(m.id) && io.topic_filter(m.filter) && io.choice(field::qos, m.level, qos::exactly_once) &&
               io.filters(m.more, true);
    }
};

/// The broker's answer to `subscribe`.                                                              (MQTT 3.9)
struct suback {
    static constexpr packet_type type = packet_type::suback;

    packet_id id = 0;             ///< not 0
    std::string_view codes = {};  ///< a byte a filter, at least one: the QoS granted, or `suback_refused`

    template <class Io, class Self>
    [[gnu::always_inline]] static constexpr bool fields(Io& io, Self& m) {
        return io.id(m.id) && io.codes(m.codes);
    }
};

/// Unsubscribe from topics; answered by `unsuback`.                                                 (MQTT 3.10)
struct unsubscribe {
    static constexpr packet_type type = packet_type::unsubscribe;

    packet_id id = 0;              ///< not 0
    std::string_view filter = {};  ///< the first topic filter
    std::string_view more = {};    ///< further filters as they stand in a packet; `next_filter` reads them

    template <class Io, class Self>
    [[gnu::always_inline]] static constexpr bool fields(Io& io, Self& m) {
        return io.id(m.id) && io.topic_filter(m.filter) && io.filters(m.more, false);
    }
};

/// The broker's answer to `unsubscribe`.                                                            (MQTT 3.11)
using unsuback = acknowledgement<packet_type::unsuback>;

/// A packet that holds nothing.
template <packet_type Type>
struct signal {
    static constexpr packet_type type = Type;

    template <class Io, class Self>
    [[gnu::always_inline]] static constexpr bool fields(Io&, Self&) {
        return true;
    }
};

/// Ask the broker for a sign of life; answered by `pingresp`.                                       (MQTT 3.12)
using pingreq = signal<packet_type::pingreq>;
/// The broker's answer to `pingreq`.                                                                (MQTT 3.13)
using pingresp = signal<packet_type::pingresp>;
/// The end of a connection, and of its will.                                                        (MQTT 3.14)
using disconnect = signal<packet_type::disconnect>;

/// Any packet; the index is its type less 1.
using packet = std::variant<connect, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe,
                            unsuback, pingreq, pingresp, disconnect>;

}  // namespace atmqtt::mqtt
