// What comes of a chat with a module, and how it is led.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/lines.hpp"
#include "../at/types.hpp"
#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "../core/time.hpp"
#include "events.hpp"
#include "meaning.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace atmqtt {

/// How a command ended.
enum class verdict : std::uint8_t {
    acknowledged,  ///< it is done, and where the broker is to say so, it has
    accepted,      ///< the module has taken it, and that is all that it said                           [2.3.4 - 2.3.7]
    refused,       ///< the module, or the broker, will not: see `code` and `granted`
    no_ack,        ///< the broker did not answer in time: whether it was done is not known            [2.3.10]
    no_answer,     ///< the module did not answer in time: not known either
    /// A message that may, or may not, have been delivered; a SUB or UNSUB that may have been obeyed before the connection was lost; or an
    /// answer that bytes were lost of.                                                                   [2.2]
    unknown,
};

/// For people, such as `no answer`.
constexpr std::string_view text_of(verdict how) {
    switch (how) {
        case verdict::acknowledged: return "acknowledged"sv;
        case verdict::accepted: return "accepted"sv;
        case verdict::refused: return "refused"sv;
        case verdict::no_ack: return "not acknowledged in time"sv;
        case verdict::no_answer: return "no answer"sv;
        case verdict::unknown: return "outcome not known"sv;
    }
    return "?"sv;
}

/// What comes of a chat. Views are valid until the next call of `receive` or `tick`.
namespace from_chat {

/// The one verdict on a command.
struct done {
    verb what = verb::none;
    verdict how = verdict::no_answer;
    cme code = {};  ///< of the error that ended it; zero where there was none
    /// Of SUB: what SUBACK says, which is a QoS where it is `acknowledged`; `suback_refused` where none came.
    std::uint8_t granted = suback_refused;

    /// The broker has it, or has answered; of QoS 0, and of what is the module's alone, the module.
    constexpr bool acknowledged() const { return how == verdict::acknowledged; }
};

/// What was asked for: the line that carries the answer. `done` follows.
struct answer {
    atmqtt::line what = {};
    bool is_ambiguous = false;  ///< `+MQTTTO: 5` may be an alarm all the same                           [2.3.10]
};

/// An item of the list of subscriptions.                                                              [2.3.4]
struct item {
    subscription what = {};
};

/// A line of the answer to a raw command, or one that nothing is known about. Empty where it may hold a password: while CFG is
/// under way, or if it looks like it.
struct text_line {
    std::string_view text = {};
    bool is_answer = false;  ///< of a raw command
    std::size_t size = 0;    ///< bytes, with the line end
};

/// A line that was not asked for.                                                                [2.2, 2.3.10, 2.4, 3.4]
struct alarm {
    atmqtt::line what = {};
};

/// An acknowledgement for a command whose verdict was given before, or for none.
struct late_ack {
    atmqtt::line what = {};
    bool is_of_last =
        false;  ///< of the last message of its QoS that ended unacknowledged: no other acknowledgement is owed
};

/// The module sends back what it gets.
struct echo {};

/// A line of a known name that is not of its form.
struct malformed {
    std::string_view text = {};  ///< empty where it may hold a password
    error why = {};
    std::size_t size = 0;
};

/// No answer, and a module that has not got all of a payload may still be counting it: whatever is sent would be published. A final
/// result ends that. Else switch it off and on, then call `restarted`; ours: a host that hears its `boot_line` goes on as if it had been
/// called. Who cannot switch it off may call `lost`: AT is sent then, and published where it is still counting.
struct stuck {};

using message = from_modem::message;
using piece = from_modem::piece;
using too_large = from_modem::too_large;
using overlong = from_modem::overlong;

using event = std::variant<done, message, alarm, answer, item, text_line, late_ack, echo, piece, too_large, malformed,
                           overlong, stuck>;

}  // namespace from_chat

/// A command that is not of MQTT.
struct raw_command {
    std::string_view text = {};                      ///< without its CR
    millis timeout{1'000};                           ///< for the final result
    const std::string_view* extra_finals = nullptr;  ///< lines that end it like OK, beside OK and the errors; borrowed
    std::size_t extra_count = 0;                     ///< how many

    /// Whether a line is one of them.
    constexpr bool is_final(std::string_view bytes) const {
        std::size_t at = 0;
        while (at != extra_count && !are_same(extra_finals[at], bytes)) ++at;
        return at != extra_count;
    }
};

/// How a chat is led.
struct chat_options {
    line_reader_options reading = {};  ///< of the reader below
    millis plain{1'000};               ///< for the answer to queries, and to whatever is not below; ours
    /// To SUB, UNSUB, PUB: the module's own limit, TO, and 2 s. ours: what it did not acknowledge by then may still come late, for
    /// so long again, and is not credited to another. A host sets this by the timeout of its settings.    [2.3.10]
    millis request{12'000};
    millis configure{10'000};   ///< to CFG; ours
    millis disconnect{10'000};  ///< to DISC; ours
    millis open{40'000};        ///< to OPEN; ours
    millis pause{20};           ///< between an answer and the next command; ours
    millis grace{2'000};        ///< for the second half of an answer; ours
    /// For the prompt of a counted message; then until its payload begins to go out; then until the UART takes more of it. Where all
    /// of it is handed over at once, that must be over in this time. ours: a module counts for some time only (10 s here); a payload
    /// that is sent when it counts no more would be read as commands.                                     [2.3.6]
    millis prompt{5'000};
    /// How long a module may go on counting where nothing comes of it: the 10 s here, and 2 s. ours: it has nothing to do with the limit
    /// for acknowledgements.                                                                             [2.3.6]
    millis counting{12'000};
    millis settle{300};                 ///< of silence once the module answers again; ours
    std::uint32_t most_counted = 1024;  ///< bytes of a message that is sent counted; ours                   [2.3.6]

    /// How long the answer to a command may take, once its last byte has left. ours: before that the UART may take no byte for as long,
    /// or for `prompt` where that is more.
    constexpr millis timeout_of(verb what) const {
        switch (what) {
            case verb::open: return open;
            case verb::subscribe:
            case verb::unsubscribe:
            case verb::publish: return request;
            case verb::configure: return configure;
            case verb::disconnect: return disconnect;
            default: return plain;
        }
    }
};

}  // namespace atmqtt
