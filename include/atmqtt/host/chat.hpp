// One command at a time with a module, and a verdict on each.                                    [2.2 - 2.4, 3.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../at/describe.hpp"
#include "../at/subscriptions.hpp"
#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "../core/maybe.hpp"
#include "../core/time.hpp"
#include "chat_events.hpp"
#include "line_reader.hpp"
#include "meaning.hpp"
#include "reply.hpp"
#include "turn.hpp"

#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

namespace atmqtt {

/// Sends commands to a module, one after another, and says how each ended: once, and `acknowledged` only by the line that
/// acknowledges it.
///
/// `send` one and hand out what `transmit` gives; `receive` what comes, and call `tick` until it gives nothing once `wait` has
/// passed. Input is to be processed before time: `receive` all that is there, then `tick`. The verdict is a `done` event; until then,
/// and while the module is asked whether it still answers, `send` fails with `busy`.
///
/// `Event` is the variant that events are written into: that of from_chat; or one that holds all of those but `echo`, and others
/// of its owner, so that none is moved from one variant to another. See `take_echo`.
template <class Event>
class basic_chat : private detail::turn {
public:
    using event = Event;

    /// What to lend: `rx` holds one line or message of the module, `tx` one command: `max_size<command>()` bytes hold any.
    basic_chat(buffer rx, buffer tx, const chat_options& options = {}) : turn(rx, tx, options) {}

    // What is sent, and when: each is described in turn.hpp or standing.hpp.
    using turn::found_restarted;
    using turn::is_adrift;
    using turn::is_pending;
    using turn::is_ready;
    using turn::is_silent;
    using turn::is_stuck;
    using turn::lost;
    using turn::rebind;
    using turn::restarted;
    using turn::send;
    using turn::send_message;
    using turn::set_request_timeout;
    using turn::tell_stuck;
    using turn::transmit;
    using turn::transmitted;
    using turn::wait;

    /// Takes bytes of the module from the front of `input` and gives the next event; nothing once all are taken.
    std::optional<event> receive(std::string_view& input, instant now) {
        static_assert(tells_echoes, "an echo ends a call without an event: use the other receive");
        auto out = detail::nothing_yet<event>();
        (void)receive(input, out, now);
        return out;
    }
    /// The same, where the event is wanted: `out` holds none yet. False if nothing has come, and no echo either.
    bool receive(std::string_view& input, std::optional<event>& out, instant now) {
        if (!input.empty()) note_bytes(now);
        while (!take_verdict(out)) {
            const auto found = reader_.receive(input, now);
            if (!found) return false;
            take(*found, out, now);
            if (out || had_echo_) break;
        }
        return true;
    }
    /// Ends what has taken too long, and gives the next event. A tick too many does nothing.
    std::optional<event> tick(instant now) {
        static_assert(tells_echoes, "an echo ends a call without an event: use the other tick");
        auto out = detail::nothing_yet<event>();
        (void)tick(out, now);
        return out;
    }
    /// The same, where the event is wanted: `out` holds none yet. False if nothing was due.
    bool tick(std::optional<event>& out, instant now) {
        forget_owed(now);
        end_drift(now);
        while (!take_verdict(out)) {
            const auto found = reader_.tick(now);
            if (found)
                take_at_last(*found, out, now);
            else if (!end_wait(now))
                return false;
            else if (stage_ == stage::stuck)
                out.emplace(from_chat::stuck{});
            if (out || had_echo_) break;
        }
        return true;
    }
    /// Whether the module has sent back what it got, since this was asked last: for an owner whose events have no `echo`. An echo
    /// ends a call, so that it can be judged before what comes behind it. ours: that of a counted line counts once its verdict is
    /// there, and not where the module may still be counting: who took it for a restart would send AT into the count.
    bool take_echo() {
        const bool had_one = had_echo_;
        had_echo_ = false;
        return had_one;
    }

private:
    friend struct chat_probe;  // of the tests

    using news = detail::reply::news;
    static constexpr bool tells_echoes = std::is_same_v<event, from_chat::event>;

    // --- verdicts ---

    bool take_verdict(std::optional<event>& out) {
        if (!has_verdict_) return false;
        has_verdict_ = false;
        out.emplace(reply_.result());
        if (has_counted_echo_ && stage_ < stage::unheard) had_echo_ = true;
        has_counted_echo_ = false;
        return true;
    }

    // --- lines ---

    void take(const from_modem::event& found, std::optional<event>& out, instant now) {
        match(
            found, [&](const from_modem::line& l) { take_line(l, out, now); },
            [&](const from_modem::prompt&) { take_prompt(now); },
            [&](const from_modem::message& m) { pass_on(m, out); },
            [&](const from_modem::piece& p) { pass_on(p, out); },
            [&](const from_modem::too_large& t) { pass_on(t, out); },
            [&](const from_modem::overlong& o) { take_overlong(o, out, now); }, [](const from_modem::blank&) {},
            [](const from_modem::partial&) {});
    }
    // What silence has ended. ours: a message that is cut short by it may go on, and is lines then.
    void take_at_last(const from_modem::event& found, std::optional<event>& out, instant now) {
        take(found, out, now);
        if (from_modem::has_mismatch(found)) drift(now);
    }
    template <class Message>
    void pass_on(const Message& m, std::optional<event>& out) {
        if (m.mismatch && is_out()) reply_.taint();
        out.emplace(m);
    }
    // ours: it may be the header of a message, and the next lines its payload.
    void take_overlong(const from_modem::overlong& o, std::optional<event>& out, instant now) {
        drift(now);
        out.emplace(o);
    }
    void take_line(const from_modem::line& l, std::optional<event>& out, instant now) {
        const bool is_reviving = stage_ >= stage::silent && stage_ <= stage::settling;
        if (!is_in_list() && offer_.is_echo(l.text, is_reviving)) return tell_echo(out);
        const auto m = parse_line(l.text, options_.reading.may);
        if (m) return take_known_line(*m, l.text, out, now);
        if (m.why().code == errc::unknown_head) return take_text(l, out, now);
        if (std::holds_alternative<atmqtt::message>(*m)) drift(now);  // it was taken for one
        auto& bad = detail::begin<from_chat::malformed>(out);
        bad.text = shown(l.text);
        bad.why = m.why();
        bad.size = l.size;
    }
    void take_known_line(const line& m, std::string_view text, std::optional<event>& out, instant now) {
        take_known(m, out, now);
        if (asked().what == verb::raw && raw_.is_final(text)) end_raw(out, now);
    }
    // A line that ends it like OK. Apart, for another line lies on the stack here.
    [[gnu::noinline]] void end_raw(std::optional<event>& out, instant now) { take_known(ok{}, out, now); }
    void take_text(const from_modem::line& l, std::optional<event>& out, instant now) {
        if (is_in_list() && !begins_with(l.text, "+MQTT")) {  // no filter does
            detail::begin<from_chat::item>(out).what = parse_subscription(l.text);
            go_on(now);
        } else {
            const bool is_answer = asked().what == verb::raw;
            auto& unknown = detail::begin<from_chat::text_line>(out);
            unknown.text = shown(l.text);
            unknown.is_answer = is_answer;
            unknown.size = l.size;
            if (is_answer && raw_.is_final(l.text)) end_raw(out, now);
        }
    }
    void tell_echo(std::optional<event>& out) {
        if constexpr (tells_echoes)
            out.emplace(from_chat::echo{});
        else
            (is_before_prompt() ? has_counted_echo_ : had_echo_) = true;
    }
    // Credentials must not be told.
    std::string_view shown(std::string_view bytes) const {
        const bool may_be_secret = is_secret_ && stage_ != stage::idle;
        return may_be_secret || detail::behind_configuration(bytes) != 0 ? std::string_view{} : bytes;
    }

    void take_known(const line& m, std::optional<event>& out, instant now) {
        note_link(m);
        if (!is_under_way()) return take_late(m, out, now);
        const bool had_outcome = reply_.has_outcome();
        const news what = is_before_payload() ? reply_.hear_before_prompt(is_out(), m) : reply_.hear(asked(), m);
        tell(what, m, out);
        note_count(what);
        if (is_part(what) && !(had_outcome && what == news::answer)) go_on(now);
    }
    // Of the answer. What is said again puts nothing off.
    static bool is_part(news what) { return what != news::nothing && what != news::alarm && what != news::late_ack; }
    // Once it has all of a payload and answers, it counts no more.
    void note_count(news what) {
        const bool is_due = what == news::answer || what == news::progress;
        if (is_due && !offer_.is_under_way()) is_counted_ = false;
    }
    void note_link(const line& m) {
        if (!is_adrift()) reply_.note_link(m, asked().what != verb::none);
    }
    void tell(news what, const line& m, std::optional<event>& out) {
        switch (what) {
            case news::nothing:
            case news::result: break;
            case news::alarm: tell_alarm(m, out); break;
            case news::answer:
            case news::progress: tell_answer(m, out); break;
            case news::late_ack:
            case news::older_ack: take_late_ack(m, out); break;
        }
    }
    // No command is under way: a final result is of one whose verdict was given, or of the probe.
    void take_late(const line& m, std::optional<event>& out, instant now) {
        const meaning what = meaning_of(question{reply_.what(), {}, {}}, m);
        const bool is_final = what == meaning::success || what == meaning::refusal;
        if (is_final && is_late_final(now)) return;
        const meaning unasked = meaning_of(question{}, m);
        if (unasked == meaning::late_ack) return take_late_ack(m, out);
        tell_alarm(m, out);
    }
    void take_late_ack(const line& m, std::optional<event>& out) {
        auto& late = detail::begin<from_chat::late_ack>(out);
        late.what = m;
        late.is_of_last = !is_adrift() && reply_.take_late(m, asked().what != verb::none);
    }
    static void tell_alarm(const line& m, std::optional<event>& out) { detail::begin<from_chat::alarm>(out).what = m; }
    static void tell_answer(const line& m, std::optional<event>& out) {
        auto& answer = detail::begin<from_chat::answer>(out);
        answer.what = m;
        answer.is_ambiguous = detail::is_ambiguous(m);
    }

    bool had_echo_ = false;
    bool has_counted_echo_ = false;  // a counted line had one
};

/// A chat by itself.
using chat = basic_chat<from_chat::event>;

}  // namespace atmqtt
