// The words of the AT commands: states, timeout kinds, error codes, parameters, limits.      [2.2, 2.3]
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt {

/// The state of the connection, <stat>.                                                     [2.3.3]
/// Other numbers exist in sister modules: they are read and kept.
enum class connection_state : std::uint8_t {
    closed = 0,
    open = 1,
    connecting = 2,  ///< the socket is being connected
    greeting = 3,    ///< the socket is connected, CONNECT is being sent
    awaiting = 4,    ///< CONNECT was sent, CONNACK is awaited
};

/// What was not answered in time, <type>.                                                  [2.3.10]
enum class timeout_kind : std::uint8_t {
    connect = 1,
    publish = 2,
    subscribe = 3,
    unsubscribe = 4,
    ping = 5,  ///< a warning: three of them in a row end the connection [3.4]
    unknown = 6,
};

/// The error codes of `+CME ERROR`. Modules send others too: they are read and kept.          [2.2]
enum class cme : std::uint16_t {
    no_network = 600,
    bad_parameter = 601,
    already_open = 602,
    connect_failed = 603,
    connect_timeout = 604,
    suback_malformed = 605,
    already_subscribed = 606,
    unknown_packet = 607,  ///< "not yet supported"
    publish_failed = 608,
    publish_malformed = 609,
    pubrec_malformed = 610,
    pubcomp_malformed = 611,
    puback_malformed = 612,
    socket_failed = 613,
    bad_credentials = 614,
    reconnect_failed = 615,
    ack_timeout = 616,       ///< "not yet supported"
    closed_by_broker = 617,  ///< "not yet supported"
    unsuback_malformed = 618,
    pubrel_malformed = 619,
    already_closed = 620,
};

/// How a modem writes its lines.
enum class spelling : std::uint8_t {
    manual,  ///< as the manual's boxes and examples
    sdk,     ///< as the vendor's OpenCPU SDK of the same chip prints them
};

/// The words after `+MQTTOPEN:` and its like.
enum class status : std::uint8_t {
    ok,
    fail,  ///< seen after +MQTTOPEN only
};

/// What `+CME ERROR` carries.
enum class error_form : std::uint8_t {
    number,   ///< AT+CMEE=1, the default
    words,    ///< AT+CMEE=2
    nothing,  ///< as the box of [2.3.2] has it
};

/// The parameters of commands and lines; `name_of` gives the manual's spelling.
enum class param : std::uint8_t {
    none,
    // 2.3.1
    host,
    port,
    id,
    keep_alive,
    user,
    passwd,
    clean,
    version,
    encrypt,
    // 2.3.2
    usr_flag,
    pwd_flag,
    will_flag,
    will_retain,
    will_qos,
    will_topic,
    will_mesg,
    // 2.3.3 - 2.3.6
    stat,
    topic,
    qos,
    pack_id,
    code,
    retain,
    dup,
    message,
    length,
    // 2.3.8 - 2.3.10
    rsp_echo,
    recon,
    reconnum,
    timeout,
    value,  ///< ours: a number whose meaning the line alone does not tell
    // 2.4, 2.2
    retained,
    msg_len,
    mesg,
    status,
    err,
};

namespace limits {
inline constexpr std::size_t word = 128;      ///< bytes of host, id, user, passwd, version      [2.3.1]
inline constexpr std::size_t topic = 512;     ///< bytes of a topic                      [2.3.2, 2.3.4]
inline constexpr std::size_t will = 512;      ///< bytes of will-mesg                           [2.3.2]
inline constexpr std::size_t message = 1024;  ///< bytes of a literal message                   [2.3.6]
inline constexpr std::size_t line =
    1024;  ///< bytes of a command line with its CR; ours: the vendor's engine drops longer ones
inline constexpr std::size_t cme_text = 64;  ///< bytes of an error text under AT+CMEE=2; ours
}  // namespace limits

/// The manual's spelling of a parameter; empty for `none`. The field of an error of `mqtt::`, or of a session, `mqtt::name_of` names.
constexpr std::string_view name_of(param name) {
    switch (name) {
        case param::none: return "";
        case param::host: return "host";
        case param::port: return "port";
        case param::id: return "id";
        case param::keep_alive: return "keepAlive";
        case param::user: return "user";
        case param::passwd: return "passwd";
        case param::clean: return "clean";
        case param::version: return "version";
        case param::encrypt: return "encrypt";
        case param::usr_flag: return "usrFlag";
        case param::pwd_flag: return "pwdFlag";
        case param::will_flag: return "willFlag";
        case param::will_retain: return "willRetain";
        case param::will_qos: return "willQos";
        case param::will_topic: return "will-topic";
        case param::will_mesg: return "will-mesg";
        case param::stat: return "stat";
        case param::topic: return "topic";
        case param::qos: return "qos";
        case param::pack_id: return "packId";
        case param::code: return "code";
        case param::retain: return "retain";
        case param::dup: return "dup";
        case param::message: return "message";
        case param::length: return "length";
        case param::rsp_echo: return "rspEcho";
        case param::recon: return "recon";
        case param::reconnum: return "reconnum";
        case param::timeout: return "timeout";
        case param::value: return "value";
        case param::retained: return "retained";
        case param::msg_len: return "msg_len";
        case param::mesg: return "mesg";
        case param::status: return "status";
        case param::err: return "err";
    }
    return "";
}

/// What an error code means, in English; empty for a code that the manual does not have.       [2.2]
constexpr std::string_view text_of(cme code) {
    switch (code) {
        case cme::no_network: return "network not activated, no reconnecting";
        case cme::bad_parameter: return "parameter not supported";
        case cme::already_open: return "already connected or connecting";
        case cme::connect_failed: return "connecting failed";
        case cme::connect_timeout: return "connecting timed out";
        case cme::suback_malformed: return "SUBACK not understood";
        case cme::already_subscribed: return "topic already subscribed";
        case cme::unknown_packet: return "unknown MQTT packet (reserved)";
        case cme::publish_failed: return "publishing failed, or answering a received message";
        case cme::publish_malformed: return "PUBLISH not understood";
        case cme::pubrec_malformed: return "PUBREC not understood";
        case cme::pubcomp_malformed: return "PUBCOMP not understood";
        case cme::puback_malformed: return "PUBACK not understood";
        case cme::socket_failed: return "socket operation failed";
        case cme::bad_credentials: return "user name or password refused, no reconnecting";
        case cme::reconnect_failed: return "reconnecting failed";
        case cme::ack_timeout: return "acknowledgement timed out (reserved)";
        case cme::closed_by_broker: return "closed by the broker (reserved)";
        case cme::unsuback_malformed: return "UNSUBACK not understood";
        case cme::pubrel_malformed: return "PUBREL not understood";
        case cme::already_closed: return "already disconnected";
    }
    return "";
}

/// What a state means, in English; empty for a number that the manual does not have.         [2.3.3]
constexpr std::string_view text_of(connection_state state) {
    switch (state) {
        case connection_state::closed: return "not connected";
        case connection_state::open: return "connected";
        case connection_state::connecting: return "connecting the socket";
        case connection_state::greeting: return "sending CONNECT";
        case connection_state::awaiting: return "awaiting CONNACK";
    }
    return "";
}

/// What was late, in English; empty for a number that the manual does not have.             [2.3.10]
constexpr std::string_view text_of(timeout_kind kind) {
    switch (kind) {
        case timeout_kind::connect: return "connecting timed out";
        case timeout_kind::publish: return "publish not acknowledged in time";
        case timeout_kind::subscribe: return "subscribe not acknowledged in time";
        case timeout_kind::unsubscribe: return "unsubscribe not acknowledged in time";
        case timeout_kind::ping: return "ping not answered in time";
        case timeout_kind::unknown: return "timed out";
    }
    return "";
}

}  // namespace atmqtt
