// What a session gives.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/result.hpp"
#include "../mqtt/packets.hpp"

#include <cstdint>
#include <variant>

/// What comes of a session. Views are valid until the next call of `receive`.
namespace atmqtt::from_session {

/// How a request ended.
enum class outcome : std::uint8_t {
    none,
    acknowledged,  ///< the broker has answered
    handed_over,   ///< a QoS 0 message was handed to the socket, which is all that can be known
    no_ack,        ///< the answer did not come in time: whether the broker has it is not known       [2.3.10]
    expired,       ///< as no_ack, but the time began before this connection: ours: it need not be ended for that
    lost,          ///< the connection, or the session, has ended before the answer: not known either
};

/// CONNECT was handed to the socket.
struct greeted {};

/// CONNACK: it is open.
struct accepted {
    /// The broker still has the subscriptions, and what was in flight goes on; by MQTT 3.1, which cannot say so, it may have.
    bool is_resumed = false;
};

/// CONNACK: it is not. The connection cannot go on.
struct refused {
    connect_code code = {};
};

/// A message for the host. A QoS 2 message comes once, however often the broker sends it.             [2.4.1]
struct message {
    mqtt::publish what = {};
};

/// PUBREL for a QoS 2 message came.                                                                   [2.4.1]
struct released {
    packet_id id = 0;
};

/// A message whose body is larger than `rx`. It was answered, and is gone; but where its topic and identifier are not in what rx
/// holds, `what` is empty, and it was not answered: lend rx the longest topic, and four bytes.
struct too_large {
    mqtt::publish what = {};   ///< its payload is the beginning
    std::uint32_t length = 0;  ///< bytes of the body
};

/// PUBREC for the QoS 2 message under way came.                                                       [2.3.6]
struct received {
    packet_id id = 0;
};

/// The one verdict on a request: PUBLISH, SUBSCRIBE or UNSUBSCRIBE.
struct done {
    packet_type request = {};
    packet_id id = 0;
    outcome how = outcome::none;
    std::uint8_t code = 0;  ///< of SUBACK: the QoS granted, or `suback_refused`
};

/// PUBCOMP for a message that was `done` without it.
struct late {
    packet_id id = 0;
    bool is_delivered = false;  ///< PUBREC had come: it was delivered after all. Else the broker may never have had it
};

/// PINGRESP.                                                                                          [2.4.2]
struct ping_answered {};

/// PINGRESP has not come in time.                                                                     [2.3.10]
struct ping_missed {};

/// The socket has not taken a byte for as long as an answer may take. The connection cannot go on.    [2.3.2]
struct stalled {};

/// A packet that MQTT forbids, or does not have here; or, with `no_packet_id`, one that no record is free for. The connection must
/// not go on (MQTT 4.8).
struct violation {
    packet_type type = {};  ///< zero where not even that is known
    error why = {};         ///< `field` as in `mqtt::field`, `column` from the start of the packet
};

/// DISCONNECT was handed to the socket: close it.
struct left {};

using event = std::variant<greeted, accepted, refused, message, released, too_large, received, done, late,
                           ping_answered, ping_missed, stalled, violation, left>;

}  // namespace atmqtt::from_session
