// Every line that a modem sends: results, answers, acknowledgements, messages, alarms.              [2.2 - 2.4]
//
// The same struct is what the modem formats and what the host parses; `fields` is the one list of its parameters. Texts
// are views: they live as long as the bytes they were made from. The prompt `>` is not a line: the readers see to it.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../mqtt/types.hpp"
#include "text.hpp"
#include "types.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace atmqtt {

/// The head of a line in both spellings; blanks in it are as each writes them.
struct spelled {
    std::string_view manual;
    std::string_view sdk;
};

namespace detail {

/// A line, of which something is no blank, without the blanks at its end.
constexpr std::string_view without_blanks(std::string_view line) {
    std::size_t size = line.size();
    while (line[size - 1] == ' ') --size;
    return {line.data(), size};
}

/// Whether a +MQTTCFG line, which is longer than a quote, ends in (null) and a quote of some kind, blanks aside.
constexpr bool is_null(std::string_view line) {
    line = without_blanks(line);
    const std::size_t quote = is_curly_quote(rest(line, line.size() - 3)) ? 3 : 1;
    return ends_with(first(line, line.size() - quote), "(null)"sv);
}

template <class Io, class Self>
constexpr bool ack_fields(Io& io, Self& m) {
    return io.flag(param::dup, m.dup) && io.number(param::pack_id, m.id);
}

template <class Io, class Self>
constexpr bool header_fields(Io& io, Self& m) {
    return io.flag(param::dup, m.dup) && io.choice(param::qos, m.level, qos::exactly_once) &&
           io.flag(param::retained, m.retained) && io.number(param::pack_id, m.id) && io.topic(param::topic, m.topic) &&
           io.number(param::msg_len, m.length);
}

}  // namespace detail

/// The prompt for counted data: nothing follows it.                                               [2.3.6]
inline constexpr std::string_view prompt = "\r\n> ";

/// The command is done.
///   OK
struct ok {
    static constexpr spelled head{"OK", "OK"};
};

/// The command has failed, without a reason.                                                      [2.3.1]
///   ERROR
struct plain_error {
    static constexpr spelled head{"ERROR", "ERROR"};
};

/// The command has failed; unasked: something else has.                                             [2.2]
///   +CME ERROR: <err>
struct cme_error {
    static constexpr spelled head{"+CME ERROR", "+CME ERROR"};  // a colon comes with what follows

    error_form form = error_form::number;
    cme code = cme::no_network;   ///< with form `number`: 600..620, or any other up to 65535
    std::string_view words = {};  ///< with form `words`: bytes that are no number; 1..64 are written

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.error_code(param::err, m);
    }
};

/// Connected, asked or after a reconnect; or FAIL.                                                [2.3.2]
///   +MQTTOPEN: OK
struct open_is {
    static constexpr spelled head{"+MQTTOPEN: ", "+MQTTOPEN:"};

    status what = status::ok;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.status(param::status, m.what);
    }
};

/// The configuration, without the password; answers `query_configuration`.                        [2.3.1]
///   +MQTTCFG: <host>,<port>,<id>,<keepAlive>,<user>,<passwd>,<clean>,<version>,<encrypt>
struct configuration_is {
    static constexpr spelled head{"+MQTTCFG: ", "+MQTTCFG: "};
    /// The unconfigured answer is `no_configuration`.
    static constexpr bool fits(std::string_view line) { return !detail::is_null(line); }

    text host = {};
    std::uint16_t port = 1883;  ///< 1..65535
    text id = {};
    std::uint16_t keep_alive = 60;  ///< seconds
    text user = {};
    bool clean = true;
    bool short_form = false;  ///< 7 parameters, without the two below
    text version = {};
    bool encrypt = false;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.text(param::host, m.host, limits::word) && io.positive(param::port, m.port) &&
               io.text(param::id, m.id, limits::word) && io.number(param::keep_alive, m.keep_alive) &&
               io.text(param::user, m.user, limits::word) && io.hidden(param::passwd) &&
               io.flag(param::clean, m.clean) && last_fields(io, m);
    }
    /// Those that the short form leaves out.
    template <class Io, class Self>
    static constexpr bool last_fields(Io& io, Self& m) {
        return io.ends(m.short_form)
                   ? io.check(m.version.empty() && !m.encrypt, param::version)
                   : io.text(param::version, m.version, limits::word) && io.flag(param::encrypt, m.encrypt);
    }
};

/// Nothing is configured; answers `query_configuration`.                                          [2.3.1]
///   +MQTTCFG:"(null)"
struct no_configuration {
    static constexpr spelled head{"+MQTTCFG:", "+MQTTCFG:"};
    /// Shares its head with `configuration_is`, which ends in a digit.
    static constexpr bool fits(std::string_view line) { return detail::is_null(line); }

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self&) {
        return io.literal("(null)"sv);
    }
};

/// The connection state; answers `query_state`.                                                   [2.3.3]
///   +MQTTSTAT: <stat>
struct state_is {
    static constexpr spelled head{"+MQTTSTAT: ", "+MQTTSTAT:"};

    connection_state stat = connection_state::closed;  ///< 0..4; numbers up to 255 are kept

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.number(param::stat, m.stat);
    }
};

/// Subscribed, or refused by the broker; answers `subscribe`.                                     [2.3.4]
///   +MQTTSUBACK: <packId>,<code>,<topic>
struct suback {
    static constexpr spelled head{"+MQTTSUBACK: ", "+MQTTSUBACK:"};

    packet_id id = 0;
    std::uint8_t code = 0;  ///< the granted QoS 0..2, or 128 for refused; others are kept
    text topic = {};        ///< written bare in both spellings: it ends the line

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.number(param::pack_id, m.id) && io.number(param::code, m.code) &&
               io.bare_topic(param::topic, m.topic);
    }
};

/// The subscriptions follow, one `subscription` a line; answers `query_subscriptions`.            [2.3.4]
///   +MQTTSUB:
struct subscriptions_are {
    static constexpr spelled head{"+MQTTSUB:", "+MQTTSUB:"};
};

/// Unsubscribed; answers `unsubscribe`.                                                           [2.3.5]
///   +MQTT UNSUBACK:<packId>,<topic>
struct unsuback {
    static constexpr spelled head{"+MQTT UNSUBACK:", "+MQTTUNSUBACK:"};

    packet_id id = 0;
    text topic = {};

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.number(param::pack_id, m.id) && io.last_topic(param::topic, m.topic);
    }
};

/// A message was acknowledged at QoS 1; answers `publish`.                                        [2.3.6]
///   +MQTTPUBACK: <dup>,<packId>
struct puback {
    static constexpr spelled head{"+MQTTPUBACK: ", "+MQTTPUBACK:"};

    bool dup = false;
    packet_id id = 0;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return detail::ack_fields(io, m);
    }
};

/// A message was received by the broker at QoS 2; `pubcomp` follows.                              [2.3.6]
///   +MQTTPUBREC: <dup>,<packId>
struct pubrec {
    static constexpr spelled head{"+MQTTPUBREC: ", "+MQTTPUBREC:"};

    bool dup = false;
    packet_id id = 0;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return detail::ack_fields(io, m);
    }
};

/// A message was completed at QoS 2; answers `publish`.                                           [2.3.6]
///   +MQTTPUBCOMP:<dup>,<packId>
struct pubcomp {
    static constexpr spelled head{"+MQTTPUBCOMP: ", "+MQTTPUBCOMP:"};

    bool dup = false;
    packet_id id = 0;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return detail::ack_fields(io, m);
    }
};

/// Disconnected, asked or because reconnecting was given up.                          [2.3.7, 2.3.9, 3.4]
///   +MQTTDISC: OK
struct disc_is {
    static constexpr spelled head{"+MQTTDISC: ", "+MQTTDISC: "};

    status what = status::ok;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.status(param::status, m.what);
    }
};

/// Whether answers to pings are shown; answers `query_ping_echo`.                                 [2.3.8]
///   +MQTTPING: <rspEcho>
struct ping_echo_is {
    static constexpr spelled head{"+MQTTPING: ", "+MQTTPING: "};

    bool rsp_echo = true;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.flag(param::rsp_echo, m.rsp_echo);
    }
};

/// Whether the module reconnects, and how often it has; answers `query_reconnect`.                [2.3.9]
///   +MQTTREC: <recon>,<reconnum>
struct reconnect_is {
    static constexpr spelled head{"+MQTTREC: ", "+MQTTREC: "};
    /// Shares its head with `reconnect_alarm`, which has one parameter.
    static constexpr bool fits(std::string_view line) { return detail::is_in(line, ','); }

    bool recon = true;
    std::uint16_t reconnum = 0;  ///< tries since the connection was last open

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.flag(param::recon, m.recon) && io.number(param::reconnum, m.reconnum);
    }
};

/// The module tries to reconnect. One old firmware answers `query_reconnect`, and `query_timeout`, like this.  [3.4]
///   +MQTTREC:<value>
struct reconnect_alarm {
    static constexpr spelled head{"+MQTTREC:", "+MQTTREC: "};

    std::uint16_t value = 0;  ///< the try, from 0

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.number(param::value, m.value);
    }
};

/// How long acknowledgements may take, answering `query_timeout`; or, just as it looks, a `timeout_alarm`: the line
/// alone cannot tell, only what was asked can.                                                   [2.3.10]
///   +MQTTTO: <timeout>
struct timeout_is {
    static constexpr spelled head{"+MQTTTO: ", "+MQTTTO: "};

    std::uint16_t value = 10;  ///< seconds, or a `timeout_kind`

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.number(param::value, m.value);
    }
};

/// Something was not acknowledged in time. Parsed as `timeout_is`, unless asked for by name.     [2.3.10]
///   +MQTTTO:<type>
struct timeout_alarm {
    static constexpr spelled head{"+MQTTTO:", "+MQTTTO:"};

    timeout_kind kind = timeout_kind::unknown;  ///< 1..6; others are kept

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.alarm_blank(m.kind == timeout_kind::ping) && io.number(param::value, m.kind);
    }
};

/// A message has come for a subscription.                                                         [2.4.1]
///   +MQTTPUBLISH: <dup>,<qos>,<retained>,<packId>,<topic>,<msg_len>,<mesg>
struct message {
    static constexpr spelled head{"+MQTTPUBLISH: ", "+MQTTPUBLISH:"};

    bool dup = false;
    qos level = qos::at_most_once;  ///< 0..2
    bool retained = false;
    packet_id id = 0;               ///< 0 at QoS 0
    text topic = {};                ///< in spelling `sdk` it cannot hold a comma
    std::uint32_t length = 0;       ///< as declared; other than payload.size() only where tolerated
    std::string_view payload = {};  ///< any bytes

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return detail::header_fields(io, m) && io.payload(param::mesg, m.payload, m.length);
    }
};

/// A `message` up to its payload: what a modem writes before it sends the bytes, and what tells a reader their number.
///   +MQTTPUBLISH: <dup>,<qos>,<retained>,<packId>,<topic>,<msg_len>,                              [2.4.1]
struct message_header {
    static constexpr spelled head = message::head;

    bool dup = false;
    qos level = qos::at_most_once;
    bool retained = false;
    packet_id id = 0;
    text topic = {};
    std::uint32_t length = 0;  ///< bytes of the payload

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return detail::header_fields(io, m) && io.open_end();
    }
};

/// A message received at QoS 2 was released by the broker.                                        [2.4.1]
///   +MQTTPUBREL: <dup>,<packId>
struct pubrel {
    static constexpr spelled head{"+MQTTPUBREL: ", "+MQTTPUBREL:"};

    bool dup = false;
    packet_id id = 0;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return detail::ack_fields(io, m);
    }
};

/// A ping was answered.                                                                      [2.4.2, 3.4]
///   +MQTTPINGRSP: OK
struct pingrsp {
    static constexpr spelled head{"+MQTTPINGRSP: ", "+MQTTPINGRESP:"};

    status what = status::ok;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.status(param::status, m.what);
    }
};

/// Any line with a form of its own, in the order in which they are tried: what comes often is found soon. What `parse_line`
/// does not know is text: items of a list, echoes, answers to other commands.
using line = std::variant<message, ok, puback, pubrec, pubcomp, pubrel, pingrsp, suback, unsuback, cme_error,
                          plain_error, open_is, disc_is, state_is, timeout_is, reconnect_is, reconnect_alarm,
                          subscriptions_are, ping_echo_is, configuration_is, no_configuration>;

/// One item of the list behind `subscriptions_are`, parsed and formatted by functions of its own: it has no head. [2.3.4]
///   <topic>,<qos>
struct subscription {
    text topic = {};
    bool has_level = false;  ///< many modules print the topic alone
    qos level = qos::at_most_once;
};

}  // namespace atmqtt
