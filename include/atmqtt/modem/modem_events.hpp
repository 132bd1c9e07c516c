// What a modem asks of its integrator, and what it lends.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/tolerances.hpp"
#include "../at/types.hpp"
#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "../core/time.hpp"
#include "../link/link.hpp"
#include "../mqtt/types.hpp"
#include "in_flight.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace atmqtt {

/// What comes of a modem, the card in a device, where `from_modem` is what its serial line says: what its integrator has to do, and what
/// is told neither to the host nor to the broker.
namespace from_card {

/// Connect a socket, with TLS if `encrypt`; then call `connected`, `connect_failed`, or later `disconnected`. The views live until
/// the host configures anew, which it cannot before this connection has ended.                 [2.3.1, 2.3.2]
struct connect {
    std::string_view host = {};
    std::uint16_t port = 0;
    bool encrypt = false;
    std::string_view version = {};  ///< the platform's token version
};

/// Close the socket, or give up connecting it. What it still reports is not to be passed on.
struct close {};

/// CONNACK came.
struct greeted {
    connect_code code = {};
    bool is_resumed = false;  ///< the broker kept the session; by MQTT 3.1, which cannot say so: was asked to
};

/// A message for the host that cannot be written on its line: too large for `rx`, or with a topic that would break out of its
/// quotes, or its field. The broker was answered, unless topic and identifier are beyond `rx`. The host is told 609, if
/// AT+CMEE is 1, as at first.                                                                           [2.2]
struct dropped {
    packet_id id = 0;          ///< 0 at QoS 0, and where even that is beyond `rx`
    std::uint32_t length = 0;  ///< bytes: of the packet's body if it is too large, else of the payload
    errc why = errc::none;
};

/// The broker has sent what MQTT forbids, or (`no_packet_id`) more QoS 2 messages than there are records; `close` follows.
struct violation {
    packet_type type = {};  ///< zero where not even that is known
    error why = {};         ///< `field` as in `mqtt::field`, `column` from the start of the packet
};

/// A command longer than 1024 bytes with its CR, or than its buffer, was dropped.
struct overlong {
    std::size_t size = 0;  ///< bytes of it
};

using event = std::variant<connect, close, greeted, dropped, violation, overlong>;

}  // namespace from_card

/// What a failed command says, by AT+CMEE: ERROR, the number of its error, or the words for it.         [2.2]
enum class error_words : std::uint8_t { plain, number, words };

/// What a modem works in. All of it is the caller's, and stays where it is; any may be smaller, and then less fits.
struct modem_memory {
    buffer command = {};  ///< one command line; and of a message under way the topic and payload
    /// What the host has not taken yet: `modem::least_lines`, and a message's topic and 40. ours: once an answer has no room beside what
    /// is there, no ping is sent either: lend more where a host may sleep.
    buffer lines = {};
    buffer profile = {};           ///< what CFG and OPEN have set: `profile::most` bytes hold any
    buffer subscriptions = {};     ///< each topic and 3 bytes
    buffer rx = {};                ///< of the session: one packet of the broker
    buffer tx = {};                ///< of the session: a topic and `session::overhead`, and CONNECT
    in_flight* records = nullptr;  ///< of the session
    std::size_t record_count = 0;
};

/// What a modem is like.
///
/// Packet identifiers are counted on from `last_id`. One that was in use when the power was cut is one that a session which the
/// broker kept may still have in use: begin where the last life has not been, by a counter that is kept, or by chance.
struct modem_options {
    spelling how = spelling::manual;                   ///< of what it writes
    protocol_level protocol = protocol_level::v3_1_1;  ///< that it speaks to the broker
    link_options limits = {};                          ///< connecting and reconnecting
    millis ack_limit{10'000};              ///< for the broker's acknowledgements, until TO sets it      [2.3.10]
    millis data_gap{10'000};               ///< silence that ends counted data cut short; ours           [2.3.6]
    packet_id last_id = 0;                 ///< ours: the one before the first of its packets: see above
    bool refuses_overlong = false;         ///< answer a line that is too long by ERROR; the real engine says nothing
    std::string_view identity = "atmqtt";  ///< what ATI answers: one line, its first 64 bytes, ours; borrowed
    tolerances may = usual_tolerances;     ///< in what it reads
};

}  // namespace atmqtt
