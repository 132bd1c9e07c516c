// Where a chat stands: what it has sent, what it waits for, and what can be said of that.                    [2.2 - 2.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/time.hpp"
#include "chat_events.hpp"
#include "line_reader.hpp"
#include "meaning.hpp"
#include "offer.hpp"
#include "reply.hpp"

#include <cstdint>

namespace atmqtt::detail {

/// What a chat remembers, and the questions about it: nothing changes here. What happens next is `turn`'s, and what lines do to it
/// `basic_chat`'s.
class standing {
public:
    standing(buffer rx, buffer tx, const chat_options& options)
        : options_(options), reader_(rx, options.reading), offer_(tx) {}

    /// Whether a command can be sent.
    bool is_ready() const { return (stage_ == stage::idle || stage_ == stage::resting) && !has_verdict_; }
    /// Whether a command is under way, or its verdict is to be told.
    bool is_pending() const { return has_verdict_ || is_under_way(); }
    /// Whether the module has left a command unanswered, and has not answered AT since.
    bool is_silent() const { return stage_ == stage::silent || (stage_ == stage::probing && !is_alive_); }
    /// Whether it has said `stuck`, and nothing has come since that shows that the module counts no more.
    bool is_stuck() const { return stage_ == stage::stuck; }
    /// Whether what comes may be the rest of a message, read as lines: behind lost bytes, a line that was too long, a damaged header, or a
    /// message that silence has cut short. What acknowledges something then does not take it from what is owed.
    /// A command that is out ends as `unknown`, if it is not refused; the next one is not begun before nothing has come for
    /// `reading.gap`. ours: or, for somebody could go on and on, before `grace` is over; then it ends as `unknown` too.
    bool is_adrift() const { return adrift_.is_set(); }

protected:
    enum class stage : std::uint8_t {
        idle,
        resting,    // between two commands
        pausing,    // the next command waits for the end of that
        offering,   // its line is being handed out
        prompting,  // its line was handed out, and the prompt is due
        paying,     // its payload is being handed out
        awaiting,   // its answer is due
        draining,   // its verdict was given, and its final result may still come
        silent,     // there was no answer: nothing is sent for a while
        probing,    // AT is sent until it is answered
        settling,   // it was: another answer may be on its way
        unheard,    // there was no answer to a payload: a final result ends that, or time
        uncounted,  // the module may be counting: a final result ends that
        stuck,      // here too
    };
    using part = offer::part;

    // --- the command ---

    bool is_under_way() const { return stage_ >= stage::pausing && stage_ <= stage::awaiting; }
    // A part of it, or all, is with the module.
    bool is_out() const {
        return is_under_way() && stage_ != stage::pausing && (stage_ != stage::offering || offer_.is_given());
    }
    bool is_before_prompt() const { return is_counted_ && (stage_ == stage::offering || stage_ == stage::prompting); }
    // No byte of its payload is with the module.
    bool is_before_payload() const { return is_before_prompt() || (stage_ == stage::paying && !offer_.is_given()); }
    // What an answer is due to: nothing, until its last byte is on its way, and nothing once it is here.
    question asked() const {
        question due = reply_.asked();
        due.topic = offer_.topic();
        const bool is_whole = is_out() && !is_before_prompt() && (stage_ != stage::paying || offer_.is_given());
        if (!is_whole || reply_.is_over()) due.what = verb::none;
        return due;
    }
    bool is_prompt_due() const { return is_before_prompt() && is_out() && !has_prompt_ && !reply_.is_over(); }
    // A module that has a part of a command gets all of it first: what is sent next would be taken for the rest. But none of a
    // payload behind an error: the module counts no more, and would read commands.
    bool is_held_up() const { return offer_.is_under_way() && !(stage_ == stage::paying && reply_.has_error()); }
    bool is_in_list() const { return asked().what == verb::query_subscriptions && reply_.has_carrier(); }
    millis timeout() const { return reply_.what() == verb::raw ? raw_.timeout : options_.timeout_of(reply_.what()); }

    // --- the stage ---

    bool is_between() const { return stage_ == stage::resting || stage_ == stage::pausing; }
    // Since a call that brought no time.
    bool is_just_offered() const { return stage_ == stage::offering && !due_.is_set(); }

    chat_options options_;
    line_reader reader_;
    offer offer_;
    reply reply_;
    raw_command raw_ = {};
    deadline due_;         // the end of what `stage_` waits for
    deadline owed_until_;  // what came late until then might be of an older command
    deadline adrift_;      // until then, if nothing comes, lines may be none
    stage stage_ = stage::idle;
    bool has_verdict_ = false;  // it is to be told
    bool is_counted_ = false;
    bool has_prompt_ = false;
    bool is_secret_ = false;  // it holds a password, and so may what comes of it
    bool is_alive_ = false;   // the probe was answered before all of it was out
};

}  // namespace atmqtt::detail
