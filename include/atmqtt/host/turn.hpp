// Whose turn it is: a command is handed out, its answer waited for, its verdict found; then the next may come. [2.2 - 2.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../at/commands.hpp"
#include "../at/describe.hpp"
#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "../core/time.hpp"
#include "chat_events.hpp"
#include "meaning.hpp"
#include "standing.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace atmqtt::detail {

/// The half of a chat that knows no lines: what is handed out, what is waited for, and when the next command may go. The other
/// half, basic_chat, writes `has_verdict_` and `is_counted_`.
class turn : public standing {
public:
    using standing::standing;

    /// Goes on in memory of the same sizes, into which the caller has copied all that the one before held. The payload of a message
    /// under way stays where it is.
    void rebind(buffer rx, buffer tx) {
        reader_.rebind(rx);
        offer_.rebind(tx);
    }
    /// The same, where that payload is at a new place too.
    void rebind(buffer rx, buffer tx, std::string_view payload) {
        rebind(rx, tx);
        offer_.rebind(payload);
    }

    /// How long SUB, UNSUB and PUB may take from now on.                                              [2.3.10]
    void set_request_timeout(millis limit) { options_.request = limit; }

    // --- commands ---

    /// Sends a command: one of commands.hpp but `publish_counted`, which `send_message` sends. Its texts are copied into tx.
    /// Fails with `busy`, or like `format`.
    template <class Command,
              class = std::enable_if_t<verb_of<Command>() != verb::raw && !std::is_same_v<Command, publish_counted>>>
    result<nothing> send(const Command& m) {
        return start(m);
    }
    /// Sends a command that is not of MQTT. Lines of its answer are `text_line` events; what is a line of MQTT is an `alarm`, and an
    /// error code that is another command's does not end it.
    /// Fails with `busy`; `forbidden_byte` where it holds a control character that an AT engine may act on; `too_long` for more
    /// than 1024 bytes with its CR; `no_space`.
    result<nothing> send(const raw_command& m) {
        if (!is_ready()) return error{errc::busy};
        const error fault = offer_.write(m.text);
        if (fault.code != errc::none) return fault;
        start(verb::raw, m.text.size() + 1);
        raw_ = m;
        is_secret_ = behind_configuration(m.text) != 0;
        if (is_secret_) reply_.forget_session();
        return nothing{};
    }
    /// Sends a message: in the command where that can hold it, else counted. The payload is borrowed until the verdict. ours: digits
    /// go in quotes, as the manual's example has them; by its words they could be a length there, too. `message` of `m` does not count.
    /// Fails with `busy`, like `format`, and with `too_long` for a payload of more than `most_counted` bytes.       [2.3.6]
    result<nothing> send_message(const publish& m, std::string_view payload) {
        const auto sent = send_literal(m, payload);
        const errc fault = sent.why().code;
        const bool may_be_counted =
            sent.why().field == param::message || fault == errc::too_long || fault == errc::no_space;
        if (sent || payload.empty() || !may_be_counted) return sent;  // nothing is not counted: there is no prompt
        if (payload.size() > options_.most_counted) return error{errc::too_long, param::length};
        return send_counted(m, payload);
    }
    template <class Owner, class = std::enable_if_t<is_temporary<Owner>>>
    result<nothing> send_message(const publish&, Owner&&) = delete;  // it would be gone: lend a payload that stays

    // --- bytes and time ---

    /// What to write to the module next; empty when there is nothing. What was given counts as sent: answers may come.
    std::string_view transmit() {
        const bool was_given = offer_.is_given();
        const std::string_view next = offer_.give();
        const bool is_begun = offer_.is_given() && !was_given;
        if (is_begun && is_adrift()) reply_.taint();
        if (is_begun && is_before_prompt()) reader_.expect_prompt();
        return next;
    }
    /// The module has taken `count` bytes of that, from its front.
    void transmitted(std::size_t count, instant now) {
        if (offer_.take(count))
            end_offer(now);
        else if (count != 0)
            await_uart(now);
    }
    /// How long until `tick` has something to do; nothing: until something happens.
    std::optional<millis> wait(instant now) const {
        if (has_verdict_ || is_just_offered()) return millis{0};
        std::optional<millis> soonest = reader_.wait(now);
        for (const deadline* const one : {&due_, &owed_until_, &adrift_}) soonest = shorter(soonest, one->wait(now));
        return soonest;
    }

    /// Where it is stuck, that is told once more.
    void tell_stuck(instant now) {
        if (stage_ == stage::stuck) enter(stage::uncounted, millis{0}, now);
    }
    /// Bytes of the module were lost, as in an overrun: forgets the line that it was in, and is adrift.
    void lost(instant now) {
        reader_.reset();
        if (is_prompt_due()) reader_.expect_prompt();
        drift(now);
        if (stage_ == stage::stuck) enter(stage::silent, options_.grace, now);
    }
    /// The module was switched off and on: it knows nothing of what was sent. A command under way is `done` without an answer.
    void restarted(instant now) {
        reader_.reset();
        found_restarted(now);
    }
    /// The same, found by what it sends: bytes that are here already are of its new life.
    void found_restarted(instant now) {
        reader_.expect_prompt(false);
        if (is_under_way()) {
            reply_.conclude(verdict::no_answer, false, {});
            has_verdict_ = true;
        }
        reply_.forget_owed();
        reply_.forget_session();
        offer_.stop();
        adrift_.clear();
        rest(now);
    }

protected:
    // --- sending ---

    template <class Command>
    result<nothing> start(const Command& m) {
        field_writer io = writer();
        const bool is_whole = write(io, m);
        const auto started = start(verb_of<Command>(), io, is_whole);
        if (started) note(m);
        return started;
    }
    result<nothing> send_literal(const publish& m, std::string_view payload) {
        publish literal = m;
        literal.message = payload;
        return start(literal);
    }
    result<nothing> send_counted(const publish& m, std::string_view payload) {
        const auto length = static_cast<std::uint32_t>(payload.size());
        const auto sent = start(publish_counted{m.topic, m.level, m.retain, m.dup, length});
        if (!sent) return sent;
        is_counted_ = true;
        offer_.set_payload(payload);
        return sent;
    }
    // tx holds what is under way: nothing is written over it.
    field_writer writer() const {
        return command_writer({offer_.space().data(), is_ready() ? offer_.space().size() : 0});
    }
    result<nothing> start(verb what, field_writer& io, bool is_whole) {
        if (!is_ready()) return error{errc::busy};
        const auto written = end_command(io, is_whole, offer_.space());
        if (!written) return written.why();
        start(what, written->size());
        return nothing{};
    }
    void start(verb what, std::size_t size) {
        reply_.start(what);
        offer_.set_command(size);
        raw_ = {};
        is_counted_ = has_prompt_ = is_secret_ = false;
        if (stage_ == stage::resting)
            stage_ = stage::pausing;
        else
            hand_out_command();
    }
    void hand_out_command() {
        stage_ = stage::offering;
        offer_.start(part::command);
    }
    // What its answer depends on, and later ones. The topic is the first parameter, in quotes, and nothing in it is escaped.
    void note(const subscribe& m) { offer_.set_topic(subscribe::head.size() + 1, m.topic.size()); }
    void note(const unsubscribe& m) { offer_.set_topic(unsubscribe::head.size() + 1, m.topic.size()); }
    void note(const configure& m) {
        is_secret_ = true;
        reply_.set_clean(m.clean);
    }
    void note(const publish& m) { reply_.set_level(m.level); }
    void note(const publish_counted& m) { reply_.set_level(m.level); }
    template <class Other>
    void note(const Other&) {}

    // ours: a UART that takes no byte for so long ends the command; of a payload, which is borrowed no longer then, no more goes out.
    void await_uart(instant now) {
        if (stage_ == stage::paying) due_.set(options_.prompt, now);
        if (stage_ == stage::offering && !has_prompt_) due_.set(patience(), now);
    }
    // Not less than for a payload: an answer may take less than the command itself, at a low baud rate.
    millis patience() const { return timeout() < options_.prompt ? options_.prompt : timeout(); }
    void end_offer(instant now) {
        if (stage_ == stage::probing) return is_alive_ ? settle(now) : due_.set(options_.plain, now);
        if (is_before_prompt()) return end_counted_line(now);
        enter(stage::awaiting, timeout(), now);
        if (!reply_.has_any()) return;
        is_counted_ = false;
        go_on(now);
    }
    void end_counted_line(instant now) {
        stage_ = stage::prompting;
        if (reply_.has_any()) return go_on(now);
        if (has_prompt_) return pay(now);
        due_.set(options_.prompt, now);
    }

    // --- time ---

    void enter(stage next, millis span, instant now) {
        stage_ = next;
        due_.set(span, now);
    }
    void rest(instant now) { enter(stage::resting, is_adrift() ? options_.grace : options_.pause, now); }
    void settle(instant now) {
        offer_.stop();
        enter(stage::settling, options_.settle, now);
    }
    // Ends the wait of the stage; false if it is not over.
    bool end_wait(instant now) {
        if (is_just_offered()) await_uart(now);
        if (!due_.is_due(now)) return false;
        due_.clear();
        switch (stage_) {
            case stage::resting: stage_ = stage::idle; break;
            case stage::pausing: hand_out_command(); break;
            case stage::settling: is_adrift() ? rest(now) : void(stage_ = stage::idle); break;
            case stage::prompting: finish(now); break;
            case stage::awaiting:
                if (reply_.is_doubtful()) reply_.cut_off();
                finish(now);
                break;
            case stage::draining: rest(now); break;
            case stage::silent:
            case stage::unheard:
            case stage::probing:
                stage_ = stage::probing;
                is_alive_ = false;
                offer_.start(part::probe);
                break;
            case stage::uncounted: stage_ = stage::stuck; break;  // without a deadline: it is told once
            case stage::offering: end_wait_for_uart(now); break;
            case stage::paying: finish(now); break;
            case stage::idle:
            case stage::stuck: break;
        }
        return true;
    }

    void end_wait_for_uart(instant now) {
        if (!has_prompt_) return finish(now);
        has_prompt_ = false;  // it was too early to be good for the payload
        await_uart(now);
    }

    // --- lines that may be none ---

    void drift(instant now) {
        if (is_out()) reply_.taint();
        const bool was_adrift = is_adrift();
        adrift_.set(options_.reading.gap, now);
        if (was_adrift) return;
        if (stage_ == stage::idle) stage_ = stage::resting;
        if (stage_ == stage::offering && !is_out()) take_back();
        if (is_between()) due_.set(options_.grace, now);
    }
    void take_back() {
        offer_.start(part::nothing);
        stage_ = stage::pausing;
    }
    void note_bytes(instant now) {
        if (is_adrift()) adrift_.set(options_.reading.gap, now);
    }
    void end_drift(instant now) {
        if (!adrift_.is_due(now)) return;
        adrift_.clear();
        if (is_between()) due_.set(millis{0}, now);
    }

    // --- the answer ---

    // A part of the answer is here.
    void go_on(instant now) {
        if (is_held_up()) return;
        if (reply_.is_over()) return finish(now);
        if (reply_.what() == verb::open && !reply_.has_outcome()) return;  // its time goes on
        // ours: where the acknowledgement was taken for an older one's, its own is waited for so long that all that is owed has come.
        const bool has_whole_time = is_in_list() || reply_.is_doubtful() || reply_.is_received();
        due_.set(has_whole_time ? timeout() : options_.grace, now);
    }
    // All has come, or as much as ever will. Where no final result has, it may still: nothing else is sent until it has, or
    // the module is known to be through with it.
    void finish(instant now) {
        const bool was_out = is_out();
        const bool is_cut_short = is_held_up();
        if (reply_.finish(was_out && !is_before_payload(), offer_.topic())) owed_until_.set(options_.request, now);
        has_verdict_ = true;
        offer_.stop();
        reader_.expect_prompt(false);
        if (!was_out) return rest(now);
        if (!is_cut_short && reply_.has_final()) return rest(now);
        if (!is_cut_short && reply_.is_late()) return enter(stage::draining, options_.grace, now);
        wait_for_silent(now);
    }
    // ours: a module that has all of a payload, and of which nothing comes for so long, has answered, and that was lost. Or a byte of
    // the payload was, and it counts without end: it takes AT for the rest.
    void wait_for_silent(instant now) {
        if (!is_counted_) return enter(stage::silent, options_.grace, now);
        enter(stage_ == stage::awaiting ? stage::unheard : stage::uncounted, options_.counting, now);
    }
    // ours: a module drops a link on which it was not acknowledged in time, and says so; without a word of that, nothing comes any
    // more.                                                                                          [2.3.10]
    void forget_owed(instant now) {
        if (!owed_until_.is_due(now)) return;
        owed_until_.clear();
        reply_.forget_owed();
    }
    void take_prompt(instant now) {
        if (!is_prompt_due()) return;
        if (due_.is_due(now)) return;  // it is late: see `prompt` of the options
        has_prompt_ = true;
        due_.set(options_.prompt, now);
        if (stage_ == stage::prompting) pay(now);  // else the integrator has not said yet that the line is out
    }
    // ours: what has not begun to go out after `prompt` once more does not go out: the module may have stopped counting.
    void pay(instant now) {
        if (due_.is_due(now)) return;
        stage_ = stage::paying;
        offer_.start(part::payload);
    }
    // A final result although no command is under way: of one whose verdict was given, or of the probe.
    bool is_late_final(instant now) {
        switch (stage_) {
            case stage::draining:
            case stage::unheard:
            case stage::uncounted:
            case stage::stuck: rest(now); return true;
            case stage::silent: return true;
            case stage::probing:
                is_alive_ = true;
                if (!offer_.is_under_way()) settle(now);
                return true;
            case stage::settling:
                if (!is_adrift()) settle(now);
                return true;
            default: return false;
        }
    }
};

}  // namespace atmqtt::detail
