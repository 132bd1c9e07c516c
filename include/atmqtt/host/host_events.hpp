// What a host is told, what it tells, and how it goes about it.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/commands.hpp"
#include "../core/buffer.hpp"
#include "../core/time.hpp"
#include "../mqtt/text.hpp"
#include "chat_events.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace atmqtt {

/// Where to connect, as whom, and what to subscribe to. It, its strings and the subscriptions are borrowed from `open` on until
/// `closed` comes as asked: also while the module is brought up again, and once it is given up.
struct settings {
    atmqtt::configure server;                          ///< AT+MQTTCFG                                  [2.3.1]
    atmqtt::open greeting;                             ///< AT+MQTTOPEN: which flags, and the will      [2.3.2]
    const atmqtt::subscribe* subscriptions = nullptr;  ///< subscribed to whenever it opens             [2.3.4]
    std::size_t subscription_count = 0;                ///< how many
    std::uint16_t timeout = 10;  ///< seconds, 1..65535: AT+MQTTTO                                     [2.3.10]
    bool recon = true;           ///< the module reconnects by itself: AT+MQTTREC                       [2.3.9]
    bool rsp_echo = true;        ///< answers to pings are shown: AT+MQTTPING                           [2.3.8]
};

/// Whether a topic matches one that the settings subscribe to. A module that prints topics bare cuts one that holds a comma, and what
/// is behind that is read as the length of the message: where it is not one of these, refuse the message. ours: a question, and no
/// rule of the host's, which knows nothing of what `host::subscribe` has asked for, nor of shared subscriptions.      [3.2]
constexpr bool is_subscribed(const settings& wanted, const text& topic) {
    for (std::size_t at = 0; at != wanted.subscription_count; ++at) {
        if (topic_matches(wanted.subscriptions[at].topic.raw(), topic.raw())) return true;
    }
    return false;
}

/// How a host keeps its module going. All times are ours.
struct host_options {
    chat_options talk = {};        ///< of the chat below
    millis first_wait{1'000};      ///< before the first try to open anew; each next one is twice as long; 0 is as 1
    millis longest_wait{300'000};  ///< at most
    std::uint32_t seed = 1;        ///< of the jitter: another for each device, or all return at once
    std::uint8_t failures = 10;    ///< in a row, after which it gives up; 0: never
    /// For the module's own tries to reconnect: three of them take 52 s [3.4]. And for one that is silent: being silent for longer while
    /// it is brought up, or checked, is a failure. 0 is as 1.
    millis patience{90'000};
    /// Since `opened`, the last check, or a PUB, SUB or UNSUB that was acknowledged or accepted: then it is asked whether all is well.
    /// 0: never.
    millis check{60'000};
    std::string_view boot_line = {};  ///< what the module prints when it starts, if that is known; borrowed
};

/// What comes of a host. Views are valid until the next call of `receive` or `tick`.
namespace on {

/// It is open, and has asked for all that the settings subscribe to: at first, and after each reconnect. What was refused a `step`
/// has told. A command may still be `busy` then, where an answer goes on: send it once the host `is_ready`.
struct opened {};

/// Why it is not open any more, or could not be opened.
enum class cause : std::uint8_t {
    asked,            ///< `close` was called
    gave_up,          ///< the module has stopped trying to reconnect, `+MQTTDISC`, or never does      [2.3.9]
    refused,          ///< CFG or OPEN was refused: the `step` event before says how, and the code if there is one
    unknown,          ///< whether CFG or OPEN was obeyed is not known: the `step` event before says why
    bad_credentials,  ///< user name or password are wrong                                             [2.2]
    no_answer,        ///< the module does not answer
    impatience,       ///< the module has neither reconnected nor given up in time
    unstable,         ///< connected again and again, and never open for a minute: it is disconnected for a pause (ours)
};

/// For people, such as `the module does not answer`.
constexpr std::string_view text_of(cause why) {
    switch (why) {
        case cause::asked: return "asked to close"sv;
        case cause::gave_up: return "the module does not reconnect"sv;
        case cause::refused: return "refused"sv;
        case cause::unknown: return "outcome not known"sv;
        case cause::bad_credentials: return "wrong user name or password"sv;
        case cause::no_answer: return "the module does not answer"sv;
        case cause::impatience: return "the module did not reconnect in time"sv;
        case cause::unstable: return "the connection is lost as often as it is made"sv;
    }
    return "?"sv;
}

/// It is closed. Unless it was asked for, `retrying` or `give_up` follows.
struct closed {
    cause why = {};
};

/// The module tries to reconnect, for the time `number` since it was open, from 0; or is found not to be open, which it did not
/// say: then `number` is 0.                                                                           [2.3.9]
struct reconnecting {
    std::uint16_t number = 0;
};

/// It is brought up again after so long.
struct retrying {
    millis after{};
};

/// It has failed too often in a row, and does no more, but to ask one that does not answer by AT, until it does. Switch the module
/// off and on, and call `restarted`; or `open` again.
struct give_up {};

/// The network is not activated: activate it, with `send` if need be, and call `network_ready` once it is: not at once, for the
/// module is asked then, and says the same again.                                                      [2.2]
struct network_needed {};

/// The module was found to have started anew, and so is not open; it is brought up again. Not told where `host::restarted` was
/// called.
struct restarted {};

/// What about the settings is doubtful.
enum class doubt : std::uint8_t {
    keep_alive,     ///< keepAlive is shorter than the timeout: pings cannot detect a loss                 [2.3.1]
    long_greeting,  ///< one vendor build sends no CONNECT of more than 256 bytes: id, user, passwd and will are longer
};
/// Told once, behind `open`, which is done all the same.
struct warning {
    doubt what = {};
};

/// A command that the host has sent by itself has ended. A DISC at the beginning is refused where nothing was open: that is well.
struct step {
    from_chat::done what = {};
};

using from_chat::alarm;
using from_chat::answer;
using from_chat::done;
using from_chat::item;
using from_chat::late_ack;
using from_chat::malformed;
using from_chat::message;
using from_chat::overlong;
using from_chat::piece;
using from_chat::stuck;
using from_chat::text_line;
using from_chat::too_large;

using event =
    std::variant<opened, closed, message, done, alarm, reconnecting, retrying, give_up, network_needed, restarted,
                 warning, step, answer, item, text_line, late_ack, piece, too_large, malformed, overlong, stuck>;

}  // namespace on

}  // namespace atmqtt
