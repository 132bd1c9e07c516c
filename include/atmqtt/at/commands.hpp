// Every command that a host sends, in the manual's order.                                       [2.1, 2.3, 3.3]
//
// The same struct is what the host formats and what the modem parses. `fields` is the one list of its parameters, walked
// by those of fields.hpp; a command without members has none. Texts are views: they live as long as the bytes they
// were made from.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../mqtt/types.hpp"
#include "numbers.hpp"
#include "text.hpp"
#include "types.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace atmqtt {

/// Configure the connection; answered by OK, or ERROR.                                            [2.3.1]
///   AT+MQTTCFG=<host>,<port>,<id>,<keepAlive>,<user>,<passwd>,<clean>,<version>,<encrypt>
struct configure {
    static constexpr std::string_view head = "AT+MQTTCFG=";

    text host = {};                 ///< IP address or name, at most 128 bytes
    std::uint16_t port = 1883;      ///< 1..65535; ours: 0 is no port
    text id = {};                   ///< client identifier, at most 128 bytes
    std::uint16_t keep_alive = 60;  ///< seconds, 0..65535; 0 = never ping
    text user = {};                 ///< at most 128 bytes
    text passwd = {};               ///< at most 128 bytes; never shown by `describe`
    bool clean = true;              ///< whether the session is discarded
    bool short_form = false;        ///< the form with 7 parameters, without the two below, which are not to be set then
    text version = {};              ///< the platform's token version, at most 128 bytes; needed with `encrypt`
    bool encrypt = false;           ///< TLS

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.text(param::host, m.host, limits::word) && io.positive(param::port, m.port) &&
               io.text(param::id, m.id, limits::word) && io.number(param::keep_alive, m.keep_alive) &&
               io.text(param::user, m.user, limits::word) && io.text(param::passwd, m.passwd, limits::word) &&
               io.flag(param::clean, m.clean) && last_fields(io, m);
    }
    /// Those that the short form leaves out.
    template <class Io, class Self>
    static constexpr bool last_fields(Io& io, Self& m) {
        return io.ends(m.short_form)
                   ? io.check(m.version.empty() && !m.encrypt, param::version)
                   : io.text(param::version, m.version, limits::word) && io.flag(param::encrypt, m.encrypt) &&
                         io.check(!m.encrypt || !m.version.empty(), param::version);
    }
};

/// Ask for the configuration; answered by `configuration_is`.                                    [2.3.1]
///   AT+MQTTCFG?
struct query_configuration {
    static constexpr std::string_view head = "AT+MQTTCFG?";
};

/// Connect to the broker; answered by `open_is`.                                                  [2.3.2]
///   AT+MQTTOPEN=<usrFlag>,<pwdFlag>,<willFlag>,<willRetain>,<willQos>,<will-topic>,<will-mesg>
struct open {
    static constexpr std::string_view head = "AT+MQTTOPEN=";

    bool usr_flag = true;              ///< send the user name
    bool pwd_flag = true;              ///< send the password
    bool will_flag = false;            ///< leave a will; needs a topic
    bool will_retain = false;          ///< the broker keeps the will for later subscribers
    qos will_qos = qos::at_most_once;  ///< 0..2
    text will_topic = {};              ///< at most 512 bytes
    text will_mesg = {};               ///< at most 512 bytes; quotes are escaped, a backslash cannot be sent

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.flag(param::usr_flag, m.usr_flag) && io.flag(param::pwd_flag, m.pwd_flag) &&
               io.flag(param::will_flag, m.will_flag) && io.flag(param::will_retain, m.will_retain) &&
               io.choice(param::will_qos, m.will_qos, qos::exactly_once) &&
               io.text(param::will_topic, m.will_topic, limits::topic) &&
               io.escaped(param::will_mesg, m.will_mesg, limits::will);
    }
};

/// Ask for the connection state; answered by `state_is`.                                          [2.3.3]
///   AT+MQTTSTAT?
struct query_state {
    static constexpr std::string_view head = "AT+MQTTSTAT?";
};

/// Subscribe to one topic; answered by `suback`.                                                  [2.3.4]
///   AT+MQTTSUB=<topic>,<qos>
struct subscribe {
    static constexpr std::string_view head = "AT+MQTTSUB=";

    text topic = {};                ///< a topic filter, at most 512 bytes
    qos level = qos::at_most_once;  ///< 0..2

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.text(param::topic, m.topic, limits::topic) && io.choice(param::qos, m.level, qos::exactly_once);
    }
};

/// Ask for the subscriptions; answered by `subscriptions_are` and a `subscription` a line.        [2.3.4]
///   AT+MQTTSUB?
struct query_subscriptions {
    static constexpr std::string_view head = "AT+MQTTSUB?";
};

/// Unsubscribe from one topic; answered by `unsuback`.                                            [2.3.5]
///   AT+MQTTUNSUB=<topic>
struct unsubscribe {
    static constexpr std::string_view head = "AT+MQTTUNSUB=";

    text topic = {};  ///< a topic filter, at most 512 bytes

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.text(param::topic, m.topic, limits::topic);
    }
};

namespace detail {

/// Where the curly quotes end that begin at `at`; at the end of the line where they do not.
constexpr std::size_t end_of_curly(std::string_view line, std::size_t at) {
    while (++at < line.size() && !is_curly_quote(rest(line, at))) {}
    return at;
}
/// Where the quotes end that begin at `at`; `at` where none do.
constexpr std::size_t end_of_quotes(std::string_view line, std::size_t at) {
    const char* const begin = line.data();
    if (line[at] == '"')
        return static_cast<std::size_t>(find_closing_quote(begin + at + 1, begin + line.size()) - begin);
    return line[at] == '\xE2' && is_curly_quote(rest(line, at)) ? end_of_curly(line, at) : at;
}
/// Behind so many commas that stand in no quotes; at the end of the line, or past it, where there are fewer.
constexpr std::size_t behind_commas(std::string_view line, unsigned count) {
    std::size_t at = 0;
    for (; count != 0 && at < line.size(); ++at) {
        if (line[at] == ',')
            --count;
        else
            at = end_of_quotes(line, at);
    }
    return at;
}

/// Whether the fifth parameter of AT+MQTTPUB is a length: it starts with a digit. A message stands in quotes, even one of
/// digits.
[[gnu::noinline]] constexpr bool has_length(std::string_view line) {
    std::size_t at = behind_commas(line, 4);
    while (at < line.size() && line[at] == ' ') ++at;
    return at >= line.size() || is_digit(line[at]);  // where it is missing, whatever it was to be
}

}  // namespace detail

/// Publish a message that stands in the command; answered by OK at QoS 0, `puback` at 1, `pubrec` and `pubcomp` at 2.
///   AT+MQTTPUB=<topic>,<qos>,<retain>,<dup>,"<message>"                                          [2.3.6]
struct publish {
    static constexpr std::string_view head = "AT+MQTTPUB=";
    /// Shares its head with `publish_counted`.
    static constexpr bool fits(std::string_view bytes) { return !detail::has_length(bytes); }

    text topic = {};                ///< a topic name, at most 512 bytes
    qos level = qos::at_most_once;  ///< 0..2
    bool retain = false;            ///< the broker keeps it for later subscribers
    bool dup = false;               ///< the module sends 0 whatever stands here
    text message =
        {};  ///< at most 1024 bytes, the whole line at most 1024; quotes are escaped, a backslash cannot be sent

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.text(param::topic, m.topic, limits::topic) && io.choice(param::qos, m.level, qos::exactly_once) &&
               io.flag(param::retain, m.retain) && io.flag(param::dup, m.dup) &&
               io.escaped(param::message, m.message, limits::message);
    }
};

/// Publish `length` bytes that follow the prompt `>`; answered like `publish`.                    [2.3.6]
///   AT+MQTTPUB=<topic>,<qos>,<retain>,<dup>,<length>
struct publish_counted {
    static constexpr std::string_view head = "AT+MQTTPUB=";
    /// Shares its head with `publish`.
    static constexpr bool fits(std::string_view bytes) { return detail::has_length(bytes); }

    text topic = {};                ///< a topic name, at most 512 bytes
    qos level = qos::at_most_once;  ///< 0..2
    bool retain = false;            ///< the broker keeps it for later subscribers
    bool dup = false;               ///< the module sends 0 whatever stands here
    std::uint32_t length = 0;       ///< bytes; what a modem takes is less, see its options

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.text(param::topic, m.topic, limits::topic) && io.choice(param::qos, m.level, qos::exactly_once) &&
               io.flag(param::retain, m.retain) && io.flag(param::dup, m.dup) && io.number(param::length, m.length);
    }
};

/// Disconnect from the broker; answered by `disc_is`.                                             [2.3.7]
///   AT+MQTTDISC
struct disconnect {
    static constexpr std::string_view head = "AT+MQTTDISC";
};

/// Show the answers to pings, or not; answered by OK, and refused before OPEN.                    [2.3.8]
///   AT+MQTTPING=<rspEcho>
struct set_ping_echo {
    static constexpr std::string_view head = "AT+MQTTPING=";

    bool rsp_echo = true;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.flag(param::rsp_echo, m.rsp_echo);
    }
};

/// Ask whether the answers to pings are shown; answered by `ping_echo_is`.                        [2.3.8]
///   AT+MQTTPING?
struct query_ping_echo {
    static constexpr std::string_view head = "AT+MQTTPING?";
};

/// Reconnect after a loss, or not; answered by OK.                                                [2.3.9]
///   AT+MQTTREC=<recon>
struct set_reconnect {
    static constexpr std::string_view head = "AT+MQTTREC=";

    bool recon = true;

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.flag(param::recon, m.recon);
    }
};

/// Ask whether the module reconnects, and how often it has; answered by `reconnect_is`.           [2.3.9]
///   AT+MQTTREC?
struct query_reconnect {
    static constexpr std::string_view head = "AT+MQTTREC?";
};

/// Set how long the broker's acknowledgements may take; answered by OK.                          [2.3.10]
///   AT+MQTTTO=<timeout>
struct set_timeout {
    static constexpr std::string_view head = "AT+MQTTTO=";

    std::uint16_t timeout = 10;  ///< seconds, 1..65535; ours: 2.3.10 names no range

    template <class Io, class Self>
    static constexpr bool fields(Io& io, Self& m) {
        return io.positive(param::timeout, m.timeout);
    }
};

/// Ask how long acknowledgements may take; answered by `timeout_is`.                             [2.3.10]
///   AT+MQTTTO?
struct query_timeout {
    static constexpr std::string_view head = "AT+MQTTTO?";
};

/// Forget the configuration and what belongs to it; answered by OK.                                 [3.3]
///   AT+MQTTDEL
struct delete_configuration {
    static constexpr std::string_view head = "AT+MQTTDEL";
};

/// Any command.
using command = std::variant<configure, query_configuration, open, query_state, subscribe, query_subscriptions,
                             unsubscribe, publish, publish_counted, disconnect, set_ping_echo, query_ping_echo,
                             set_reconnect, query_reconnect, set_timeout, query_timeout, delete_configuration>;

}  // namespace atmqtt
