// The broker's side of a modem: what its link and its session make of one another, and what the host is told of it.
//                                                                                    [2.2, 2.3.2 - 2.3.10, 2.4, 3.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/lines.hpp"
#include "../core/match.hpp"
#include "../core/maybe.hpp"
#include "../core/time.hpp"
#include "../link/link.hpp"
#include "answers.hpp"
#include "errand.hpp"
#include "modem_events.hpp"
#include "profile.hpp"
#include "session.hpp"
#include "subscription_list.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace atmqtt::detail {

/// Drives link and session by what happens, ends the errand that is under way, and writes answers and alarms. It looks at no
/// room: one call writes no more than `answers::room`, and a message.
class connection {
public:
    using event = from_card::event;

    connection(const modem_memory& lent, const modem_options& options)
        : protocol(options.protocol),
          link(options.limits),
          session(lent.rx, lent.tx, lent.records, lent.record_count),
          profile(lent.profile),
          subscriptions(lent.subscriptions),
          answers(lent.lines, lent.rx, options.how),
          errand(lent.command) {}

    // What a command may look at, and change.
    protocol_level protocol;
    atmqtt::link link;
    atmqtt::session session;
    atmqtt::profile profile;
    subscription_list subscriptions;
    detail::answers answers;
    detail::errand errand;

    bool is_closed() const { return link.at() == phase::closed; }
    bool is_open() const { return link.at() == phase::open; }

    // --- events ---

    void tell(const event& what) { told_.emplace(what); }
    bool has_news() const { return told_.has_value() || closes_ || connects_; }
    std::optional<event> take_news() {
        auto out = detail::nothing_yet<event>();
        if (told_) {
            out = told_;
            told_.reset();
        } else if (closes_) {
            closes_ = false;
            out.emplace(from_card::close{});
        } else if (connects_) {
            connects_ = false;
            out.emplace(from_card::connect{profile.host(), profile.port(), profile.encrypts(), profile.version()});
        }
        return out;
    }
    /// Whether a socket is there, as far as the integrator was told: what it says of an older one does not count.
    bool has_socket() const { return !closes_ && !connects_ && has_socket_; }

    // --- what happens ---

    void happen(link_event what, instant now) { follow(link.step(what, now), now); }

    /// Does what a step of the link asks for.
    void follow(const link_step& made, instant now) {
        apply(made, now);
        if (!is_sent(made.move, now)) apply(link.step(link_event::send_failed, now), now);
    }

    /// Takes in what the session says.
    void hear(const session::event& found, instant now) {
        namespace it = from_session;
        match(
            found, [&](const it::greeted&) { happen(link_event::greeted, now); },
            [&](const it::accepted& a) { enter(a.is_resumed, now); },
            [&](const it::refused& r) { be_refused(r.code, now); },  //
            [&](const it::message& m) { show(m.what); },
            [&](const it::released& r) {
                (void)answers.say(pubrel{false, r.id});
            },
            [&](const it::too_large& t) { drop(t.what.id, t.length, errc::no_space); },
            [&](const it::received& r) {
                (void)answers.say(pubrec{false, r.id});
            },
            [&](const it::done& d) { conclude(d, now); },
            [&](const it::late& l) {
                if (l.is_delivered) (void)answers.say(pubcomp{false, l.id});
            },
            [&](const it::ping_answered&) {
                if (answers.shows_pings) (void)answers.say(pingrsp{});
                happen(link_event::ping_answered, now);
            },
            [&](const it::ping_missed&) {
                (void)answers.say(timeout_alarm{timeout_kind::ping});
                happen(link_event::ping_missed, now);
            },
            [&](const it::stalled&) {
                // CONNECT has the one limit of OPEN, whatever TO says.                               [2.3.9]
                if (link.at() != phase::greeting) happen(link_event::send_failed, now);
            },
            [&](const it::violation& v) { be_violated(v, now); },
            [&](const it::left&) { happen(link_event::farewell_sent, now); });
    }

    /// As of link and session.
    void put_off(instant since, instant now) {
        link.put_off(since, now);
        session.put_off(since, now);
    }

    // --- codes that nobody has asked for ---

    /// Whether one was kept until the host could not take it for an answer.
    bool has_warning() const { return warning_ != cme{} && errand.what == task::none; }
    /// Says it. False if there is none.
    bool give_warning() {
        if (!has_warning()) return false;
        answers.warn(warning_);
        warning_ = {};
        return true;
    }

    // --- the end of an errand ---

    /// Ends the errand with OK.
    void finish() {
        errand.what = task::none;
        answers.done();
    }
    /// Ends it with an error. ours: whether the broker has obeyed a SUB or an UNSUB then is not known, and the topic may be subscribed
    /// to, and unsubscribed from; the list shows what was granted.
    void fail(cme code) {
        if (errand.what == task::subscribe) subscriptions.add_unknown(errand.kept_topic());
        if (errand.what == task::unsubscribe) subscriptions.doubt(errand.kept_topic());
        errand.what = task::none;
        if (warning_ == code) warning_ = {};  // that says it
        answers.refuse(code);
    }

private:
    // --- the link ---

    // Apart from `follow`: a CONNECT lies on the stack here.
    [[gnu::noinline]] bool is_sent(link_move move, instant now) {
        if (move == link_move::greet) return bool{session.greet(profile.greeting(protocol), now)};
        return move != link_move::leave || bool{session.leave(now)};
    }
    void apply(const link_step& made, instant now) {
        if (made.closes()) lose(made, now);
        if (made.move == link_move::dial_again)
            (void)answers.say(reconnect_alarm{static_cast<std::uint16_t>(link.tries() - 1)});
        if (made.connects()) connects_ = has_socket_ = true;
        const bool was_opening = errand.what == task::open;
        if (was_opening && !needs_socket(made.to)) fail_open(made.what);
        if (made.is_end()) end(was_opening && says_it_all(made.what));
    }
    void lose(const link_step& made, instant now) {
        closes_ = true;
        has_socket_ = false;
        // ours: behind the error of a command, or a DISC, the host need not be told this, too.
        const bool is_said = made.what == link_event::ack_timeout || errand.what == task::disconnect;
        const bool is_answer_lost = session.owes_acknowledgements() && !is_said;
        session.lost(now);
        if (is_answer_lost) warn(cme::publish_failed);
        // ours: a broker that had to begin a new session says next time that it is present.
        if (made.is_unanswered()) subscriptions.doubt_all();
    }
    void fail_open(link_event why) {
        errand.what = task::none;
        if (why == link_event::late) (void)answers.say(timeout_alarm{timeout_kind::connect});
        answers.refuse_open(code_of(why));
    }
    static cme code_of(link_event why) {
        switch (why) {
            case link_event::late: return cme::connect_timeout;
            case link_event::bad_credentials: return cme::bad_credentials;
            case link_event::network_lost: return cme::no_network;
            default: return cme::connect_failed;
        }
    }
    // ours: after an OPEN that these have ended its error says that it is over, and `+MQTTDISC` does not follow.
    static bool says_it_all(link_event why) {
        return why == link_event::bad_credentials || why == link_event::network_lost;
    }
    void end(bool is_said) {
        (void)session.abandon();
        if (errand.is_request()) fail(code_of_loss());
        if (errand.what == task::disconnect) {
            errand.what = task::none;
            answers.done(disc_is{});
        } else if (!is_said) {
            (void)answers.say(disc_is{});
        }
    }
    // ours: to a SUB or UNSUB whose connection has ended, the socket has failed.                         [2.2]
    cme code_of_loss() const { return errand.what == task::publish ? cme::publish_failed : cme::socket_failed; }

    // --- the session ---

    void enter(bool is_resumed, instant now) {
        // ours: CONNACK of MQTT 3.1 cannot say that the broker still has them, and subscribed to once more they are the same.
        if (!is_resumed || protocol == protocol_level::v3_1) subscriptions.clear();
        tell(from_card::greeted{connect_code::accepted, is_resumed});
        happen(link_event::accepted, now);
        if (errand.what != task::open) return (void)answers.say(open_is{});
        errand.what = task::none;
        answers.done(open_is{});
    }
    void be_refused(connect_code code, instant now) {
        tell(from_card::greeted{code, false});
        happen(is_about_credentials(code) ? link_event::bad_credentials : link_event::refused, now);
    }
    void show(const mqtt::publish& m) {
        const errc fault = answers.show(m);
        if (fault != errc::none) drop(m.id, static_cast<std::uint32_t>(m.payload.size()), fault);
    }
    void drop(packet_id id, std::uint32_t length, errc why) {
        tell(from_card::dropped{id, length, why});
        answers.warn(cme::publish_malformed);
    }

    // The end of SUB, UNSUB or PUB. One that was given up has had its answer.
    void conclude(const from_session::done& d, instant now) {
        using from_session::outcome;
        if (!errand.is_request()) return;
        if (is_late(d.how)) return be_late(d.how == outcome::no_ack, now);
        if (d.how == outcome::lost) return fail(code_of_loss());
        const task ended = errand.what;
        errand.what = task::none;
        if (ended == task::subscribe) return be_subscribed(d);
        if (ended == task::unsubscribe) return be_unsubscribed(d.id);
        if (errand.level == qos::at_most_once) return answers.done();
        if (errand.level == qos::at_least_once) return answers.done(puback{false, d.id});
        answers.done(pubcomp{false, d.id});
    }
    static bool is_late(from_session::outcome how) {
        return how == from_session::outcome::no_ack || how == from_session::outcome::expired;
    }
    void be_subscribed(const from_session::done& d) {
        if (d.code != suback_refused) subscriptions.add(errand.kept_topic(), static_cast<qos>(d.code));
        answers.done(suback{d.id, d.code, errand.kept_topic()});
    }
    void be_unsubscribed(packet_id id) {
        subscriptions.remove(errand.kept_topic());
        answers.done(unsuback{id, errand.kept_topic()});
    }
    void be_late(bool by_this_connection, instant now) {
        const task ended = errand.what;
        const bool is_publish = ended == task::publish;
        const auto of_others = ended == task::subscribe ? timeout_kind::subscribe : timeout_kind::unsubscribe;
        const cme code_of_others = ended == task::subscribe ? cme::suback_malformed : cme::unsuback_malformed;
        (void)answers.say(timeout_alarm{is_publish ? timeout_kind::publish : of_others});
        fail(is_publish ? cme::publish_failed : code_of_others);
        if (by_this_connection) happen(link_event::ack_timeout, now);
    }

    // The code of a malformed packet answers the command that waits for that packet, or comes unasked.   [2.2]
    void be_violated(const from_session::violation& v, instant now) {
        tell(from_card::violation{v.type, v.why});
        // In front of CONNACK it answers nothing: a message of the connection before waits on for this one.
        const bool is_answer = is_open() && errand.what != task::none && errand.what == task_of(v.type);
        // A message for which no record is free is not malformed: it cannot be answered.
        const auto code = v.why.code == errc::no_packet_id ? cme::publish_failed : code_of(v.type);
        if (is_answer) {
            fail(code);
            happen(link_event::ack_timeout, now);  // for a malformed one is as good as none
            return (void)session.abandon();
        }
        // A packet that is not due need not be malformed.
        if (v.why.code != errc::wrong_packet && code != cme::unknown_packet) warn(code);
        happen(link_event::socket_lost, now);
    }
    // A code unasked. ours: while a command is under way the host would take it for the answer: it has the last of them behind that; but
    // 608, which a malformed packet leads to, only where there is no other.
    void warn(cme code) {
        if (errand.what == task::none) return answers.warn(code);
        if (warning_ == cme{} || code != cme::publish_failed) warning_ = code;
    }
    static cme code_of(packet_type type) {
        switch (type) {
            case packet_type::publish: return cme::publish_malformed;
            case packet_type::puback: return cme::puback_malformed;
            case packet_type::pubrec: return cme::pubrec_malformed;
            case packet_type::pubrel: return cme::pubrel_malformed;
            case packet_type::pubcomp: return cme::pubcomp_malformed;
            case packet_type::suback: return cme::suback_malformed;
            case packet_type::unsuback: return cme::unsuback_malformed;
            default: return cme::unknown_packet;  // "not yet supported": never said
        }
    }
    static task task_of(packet_type answer) {
        switch (answer) {
            case packet_type::puback:
            case packet_type::pubrec:
            case packet_type::pubcomp: return task::publish;
            case packet_type::suback: return task::subscribe;
            case packet_type::unsuback: return task::unsubscribe;
            default: return task::none;
        }
    }

    std::optional<event> told_;
    cme warning_ = {};         // a code that nobody has asked for, to be said; 0 if there is none
    bool closes_ = false;      // the integrator is to be told to close
    bool connects_ = false;    // the integrator is to be told to connect
    bool has_socket_ = false;  // it was, or is to be, told to connect, and not to close
};

}  // namespace atmqtt::detail
