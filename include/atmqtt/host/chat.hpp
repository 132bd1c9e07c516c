// One command at a time with a module, and a verdict on each.                                    [2.2 - 2.4, 3.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../at/commands.hpp"
#include "../at/describe.hpp"
#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "../core/result.hpp"
#include "../core/time.hpp"
#include "chat_events.hpp"
#include "line_reader.hpp"
#include "meaning.hpp"
#include "reply.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace atmqtt {

struct chat_probe;  // of the tests

/// Sends commands to a module, one after another, and says how each ended: once, and `acknowledged` only by the line that
/// acknowledges it.
///
/// `send` one and hand out what `transmit` gives; `receive` what comes, and call `tick` until it gives nothing once `wait` has
/// passed. Input is to be processed before time: `receive` all that is there, then `tick`. The verdict is a `done` event; until then,
/// and while the module is asked whether it still answers, `send` fails with `busy`.
class chat {
public:
    using event = from_chat::event;

    /// What to lend: `rx` holds one line or message of the module, `tx` one command: `max_size<command>()` bytes hold any.
    chat(buffer rx, buffer tx, const chat_options& options = {})
        : options_(options), reader_(rx, options.reading), tx_(tx) {}

    /// Goes on in memory of the same sizes, into which the caller has copied all that the one before held. Where a message is under
    /// way, its payload is at the new place too.
    void rebind(buffer rx, buffer tx, std::string_view payload = {}) {
        reader_.rebind(rx);
        tx_ = tx;
        payload_ = payload;
    }

    /// Whether a command can be sent.
    bool is_ready() const { return (stage_ == stage::idle || stage_ == stage::resting) && !has_verdict_; }
    /// Whether a command is under way, or its verdict is to be told.
    bool is_pending() const { return has_verdict_ || is_under_way(); }
    /// How long SUB, UNSUB and PUB may take from now on.                                              [2.3.10]
    void set_request_timeout(millis limit) { options_.request = limit; }

    // --- commands ---

    /// Sends a command. Its texts are copied into tx.
    /// Fails with `busy`, or like `format`.
    template <class Command>
    result<nothing> send(const Command& m) {
        if (!is_ready()) return error{errc::busy};
        const auto written = format(m, tx_);
        if (!written) return written.why();
        start(verb_of<Command>(), written->size());
        note(m);
        return nothing{};
    }
    /// Sends any command. Lines of its answer are `text_line` events.
    /// Fails with `busy`; `forbidden_byte` where it holds a control character that an AT engine may act on; `no_space`.
    result<nothing> send(const raw_command& m) {
        if (!is_ready()) return error{errc::busy};
        for (std::size_t at = 0; at != m.text.size(); ++at) {
            if (detail::is_forbidden(m.text[at])) return error{errc::forbidden_byte, param::none, at};
        }
        if (m.text.size() >= tx_.size()) return error{errc::no_space};
        detail::copy(tx_.data(), m.text);
        tx_.data()[m.text.size()] = '\r';
        start(verb::raw, m.text.size() + 1);
        raw_ = m;
        return nothing{};
    }
    /// Sends a message: in the command where that can hold it, else counted. The payload is borrowed until the verdict.
    /// Fails with `busy`, like `format`, and with `too_long` for a payload of more than `most_counted` bytes.       [2.3.6]
    result<nothing> send_message(const publish& m, std::string_view payload) {
        publish literal = m;
        literal.message = payload;
        const auto sent = send(literal);
        const bool is_about_payload =
            !sent && (sent.why().field == param::message || sent.why().code == errc::too_long);
        if (!is_about_payload) return sent;
        if (payload.size() > options_.most_counted) return error{errc::too_long, param::length};
        const auto length = static_cast<std::uint32_t>(payload.size());
        const auto counted = send(publish_counted{m.topic, m.level, m.retain, m.dup, length});
        if (counted) {
            is_counted_ = true;
            payload_ = payload;
        }
        return counted;
    }

    // --- bytes and time ---

    /// Takes bytes of the module from the front of `input` and gives the next event; nothing once all are taken.
    std::optional<event> receive(std::string_view& input, instant now) {
        std::optional<event> out;
        while (!take_verdict(out)) {
            const auto found = reader_.receive(input, now);
            if (!found) break;
            take(*found, out, now);
            if (out) break;
        }
        return out;
    }
    /// What to write to the module next; empty when there is nothing. What was given counts as sent: answers may come.
    std::string_view transmit() {
        const std::string_view next = offered();
        if (next.empty()) return next;
        if (stage_ == stage::offering && is_counted_) reader_.expect_prompt();
        if (stage_ == stage::paying || (stage_ == stage::offering && !is_counted_)) is_offered_ = true;
        return next;
    }
    /// The module has taken `count` bytes of that, from its front.
    void transmitted(std::size_t count, instant now) {
        const std::size_t left = offered().size();
        if (count == 0 || left == 0) return;
        at_ += count < left ? count : left;
        if (count >= left) end_offer(now);
    }
    /// Ends what has taken too long, and gives the next event. A tick too many does nothing.
    std::optional<event> tick(instant now) {
        std::optional<event> out;
        while (!take_verdict(out)) {
            const auto found = reader_.tick(now);
            if (found) take(*found, out, now);
            if (out) break;
            if (!found && !end_wait(out, now)) break;
        }
        return out;
    }
    /// How long until `tick` has something to do; nothing: until something happens.
    std::optional<millis> wait(instant now) const {
        if (has_verdict_) return millis{0};
        const auto silence = reader_.wait(now);
        if (!has_deadline_) return silence;
        const millis left = until(deadline_, now);
        return silence && *silence < left ? silence : left;
    }

    /// Bytes of the module were lost, as in an overrun: forgets the line that it was in.
    void lost(instant now) {
        reader_.reset();
        if (stage_ == stage::stuck) be_silent(now);
    }
    /// The module was switched off and on: it knows nothing of what was sent. A command under way is `done` without an answer.
    void restarted(instant now) {
        reader_.reset();
        if (is_under_way()) conclude(verdict::no_answer);
        reply_.forget_owed();
        rest(now);
    }

private:
    friend struct chat_probe;  // of the tests

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
        uncounted,  // there was no answer, and the module may be counting: only a final result helps
        stuck,
    };
    static constexpr std::string_view probe = "AT\r";

    // --- sending ---

    void start(verb what, std::size_t size) {
        reply_.start(what);
        raw_ = {};
        payload_ = {};
        size_ = size;
        at_ = 0;
        is_counted_ = is_offered_ = has_prompt_ = false;
        stage_ = stage_ == stage::resting ? stage::pausing : stage::offering;
    }
    // What its answer depends on. The topic is the first parameter, in quotes, and nothing in it is escaped.
    void note(const subscribe& m) { note_topic(subscribe::head, m.topic); }
    void note(const unsubscribe& m) { note_topic(unsubscribe::head, m.topic); }
    void note(const publish& m) { reply_.set_level(m.level); }
    void note(const publish_counted& m) { reply_.set_level(m.level); }
    template <class Other>
    void note(const Other&) {}
    void note_topic(std::string_view head, const text& topic) {
        topic_at_ = head.size() + 1;
        topic_size_ = topic.size();
    }
    // What an answer is due to.
    question asked() const {
        question due = reply_.asked();
        due.topic = {tx_.data() + topic_at_, topic_size_};
        if (!is_offered_ || !is_under_way()) due.what = verb::none;
        return due;
    }
    bool is_under_way() const { return stage_ >= stage::pausing && stage_ <= stage::awaiting; }
    bool is_before_prompt() const { return is_counted_ && (stage_ == stage::offering || stage_ == stage::prompting); }

    std::string_view offered() const {
        switch (stage_) {
            case stage::offering: return {tx_.data() + at_, size_ - at_};
            case stage::paying: return atmqtt::rest(payload_, at_);
            case stage::probing: return has_deadline_ ? std::string_view{} : atmqtt::rest(probe, at_);
            default: return {};
        }
    }
    void end_offer(instant now) {
        at_ = 0;
        if (stage_ == stage::probing) return set_deadline(options_.plain, now);
        stage_ = is_before_prompt() ? stage::prompting : stage::awaiting;
        set_deadline(timeout(), now);
        if (has_prompt_) take_prompt();
    }
    millis timeout() const {
        switch (reply_.what()) {
            case verb::open: return options_.open;
            case verb::subscribe:
            case verb::unsubscribe:
            case verb::publish: return options_.request;
            case verb::configure: return options_.configure;
            case verb::disconnect: return options_.disconnect;
            case verb::raw: return raw_.timeout;
            default: return options_.plain;
        }
    }

    // --- time ---

    void set_deadline(millis span, instant now) {
        deadline_ = now + span;
        has_deadline_ = true;
    }
    void rest(instant now) {
        stage_ = stage::resting;
        set_deadline(options_.pause, now);
    }
    void be_silent(instant now) {
        stage_ = stage::silent;
        set_deadline(options_.grace, now);
    }
    // Ends the wait of the stage; false if it is not over.
    bool end_wait(std::optional<event>& out, instant now) {
        if (!has_deadline_ || !reached(deadline_, now)) return false;
        has_deadline_ = false;
        switch (stage_) {
            case stage::resting:
            case stage::settling: stage_ = stage::idle; break;
            case stage::pausing: stage_ = stage::offering; break;
            case stage::prompting:
            case stage::awaiting: run_out(now); break;
            case stage::draining: rest(now); break;
            case stage::silent: stage_ = stage::probing; [[fallthrough]];
            case stage::probing: at_ = 0; break;  // AT is offered, once more perhaps
            case stage::uncounted:
                stage_ = stage::stuck;
                out.emplace(from_chat::stuck{});
                return false;
            case stage::idle:
            case stage::offering:
            case stage::paying:
            case stage::stuck: break;
        }
        return true;
    }
    // No more of the answer has come.
    void run_out(instant now) {
        const bool is_answered = reply_.has_any();
        finish(now);
        if (is_answered) return;
        if (!is_counted_) return be_silent(now);
        stage_ = stage::uncounted;
        set_deadline(options_.request, now);
    }

    // --- verdicts ---

    bool take_verdict(std::optional<event>& out) {
        if (!has_verdict_) return false;
        has_verdict_ = false;
        out.emplace(reply_.result());
        return true;
    }
    void conclude(verdict how) {
        reply_.conclude(how);
        end_command();
    }
    void finish(instant now) {
        reply_.finish();
        end_command();
        rest(now);
    }
    void be_refused(cme code, instant now) {
        reply_.be_refused(code);
        end_command();
        rest(now);
    }
    void end_command() {
        has_verdict_ = true;
        is_offered_ = false;
        payload_ = {};
        reader_.expect_prompt(false);
    }
    void be_late(instant now) {
        const bool is_over = reply_.has_final();
        conclude(verdict::no_ack);
        rest(now);
        if (is_over) return;
        stage_ = stage::draining;
        set_deadline(options_.grace, now);
    }

    // --- lines ---

    void take(const from_modem::event& found, std::optional<event>& out, instant now) {
        match(
            found, [&](const from_modem::line& l) { take_line(l, out, now); },
            [&](const from_modem::prompt&) { take_prompt(); }, [&](const from_modem::message& m) { pass_on(m, out); },
            [&](const from_modem::piece& p) { pass_on(p, out); },
            [&](const from_modem::too_large& t) { pass_on(t, out); },
            [&](const from_modem::overlong& o) { out.emplace(o); }, [](const from_modem::blank&) {},
            [](const from_modem::partial&) {});
    }
    template <class Message>
    void pass_on(const Message& m, std::optional<event>& out) {
        if (m.mismatch) reply_.taint();
        out.emplace(m);
    }
    void take_prompt() {
        has_prompt_ = true;
        if (stage_ != stage::prompting) return;  // the integrator has not said yet that the line is out
        stage_ = stage::paying;
        has_deadline_ = false;
    }
    void take_line(const from_modem::line& l, std::optional<event>& out, instant now) {
        if (is_echo(l.text)) {
            out.emplace(from_chat::echo{});
            return;
        }
        const auto m = parse_line(l.text, options_.reading.may);
        if (m) return take_known(*m, out, now);
        if (m.why().code != errc::unknown_head) {
            out.emplace(from_chat::malformed{shown(l.text), m.why(), l.size});
        } else if (is_in_list()) {
            set_deadline(timeout(), now);
            out.emplace(from_chat::item{parse_subscription(l.text)});
        } else {
            out.emplace(from_chat::text_line{shown(l.text), asked().what == verb::raw, l.size});
            if (is_extra_final(l.text)) succeed(now);
        }
    }
    bool is_echo(std::string_view bytes) const {
        const std::string_view sent = stage_ == stage::probing ? probe : std::string_view{tx_.data(), size_};
        return bytes.size() + 1 == sent.size() && begins_with(sent, bytes);
    }
    bool is_extra_final(std::string_view bytes) const {
        if (asked().what != verb::raw) return false;
        std::size_t at = 0;
        while (at != raw_.extra_count && raw_.extra_finals[at] != bytes) ++at;
        return at != raw_.extra_count;
    }
    bool is_in_list() const { return asked().what == verb::query_subscriptions && reply_.has_carrier(); }
    // Credentials must not be told.
    std::string_view shown(std::string_view bytes) const {
        const bool is_configuring = is_under_way() && reply_.what() == verb::configure;
        return is_configuring || detail::behind_configuration(bytes) != 0 ? std::string_view{} : bytes;
    }

    void take_known(const line& m, std::optional<event>& out, instant now) {
        if (std::holds_alternative<disc_is>(m)) reply_.forget_owed();
        if (!is_under_way()) return take_late(m, out, now);
        if (is_before_prompt()) return take_before_prompt(m, out, now);
        switch (meaning_of(asked(), m)) {
            case meaning::success: return succeed(now);
            case meaning::refusal: return be_refused(code_of(m), now);
            case meaning::carrier: return take_carrier(m, out, now);
            case meaning::failure: reply_.take_failure(); return take_half(m, out, now);
            case meaning::progress: out.emplace(from_chat::answer{m}); return;
            case meaning::no_ack: return be_late(now);
            case meaning::late_ack: return take_late_ack(m, out);
            case meaning::alarm: out.emplace(from_chat::alarm{m}); return;
        }
    }
    static cme code_of(const line& m) {
        const auto* const found = std::get_if<cme_error>(&m);
        return found != nullptr && found->form == error_form::number ? found->code : cme{};
    }
    void succeed(instant now) {
        reply_.take_success();
        if (reply_.is_whole()) return finish(now);
        if (reply_.what() != verb::open) set_deadline(options_.grace, now);
    }
    void take_carrier(const line& m, std::optional<event>& out, instant now) {
        if (reply_.what() == verb::publish && reply_.is_older_owed()) return take_late_ack(m, out);
        reply_.take_carrier(m);
        take_half(m, out, now);
    }
    void take_half(const line& m, std::optional<event>& out, instant now) {
        const auto* const timeout_line = std::get_if<timeout_is>(&m);
        const bool is_ambiguous = timeout_line != nullptr && timeout_line->value >= 1 && timeout_line->value <= 6;
        out.emplace(from_chat::answer{m, is_ambiguous});
        if (reply_.is_whole()) return finish(now);
        set_deadline(is_in_list() ? timeout() : options_.grace, now);
    }

    // Counted: until the prompt, only an error means anything. OK before it is tolerated.
    void take_before_prompt(const line& m, std::optional<event>& out, instant now) {
        question due = reply_.asked();
        if (stage_ == stage::offering) due.what = verb::none;
        const meaning what = meaning_of(due, m);
        if (what == meaning::refusal) return be_refused(code_of(m), now);
        if (what == meaning::late_ack || what == meaning::carrier) return take_late_ack(m, out);
        if (what != meaning::success) out.emplace(from_chat::alarm{m});
    }
    // No command is under way: a final result is of one whose verdict was given, or of the probe.
    void take_late(const line& m, std::optional<event>& out, instant now) {
        const meaning what = meaning_of(question{reply_.what(), {}, {}}, m);
        const bool is_final = what == meaning::success || what == meaning::refusal;
        if (is_final && is_late_final(now)) return;
        const meaning unasked = meaning_of(question{}, m);
        if (unasked == meaning::late_ack) return take_late_ack(m, out);
        out.emplace(from_chat::alarm{m});
    }
    bool is_late_final(instant now) {
        switch (stage_) {
            case stage::draining:
            case stage::uncounted: rest(now); return true;
            case stage::silent: return true;
            case stage::probing:
            case stage::settling:
                stage_ = stage::settling;
                set_deadline(options_.settle, now);
                return true;
            default: return false;
        }
    }
    void take_late_ack(const line& m, std::optional<event>& out) {
        const bool is_another_due = is_under_way() && reply_.what() == verb::publish;
        out.emplace(from_chat::late_ack{m, reply_.take_late(m, is_another_due)});
    }

    chat_options options_;
    line_reader reader_;
    buffer tx_;
    detail::reply reply_;
    std::string_view payload_ = {};
    raw_command raw_ = {};
    std::size_t size_ = 0;  // bytes of the command in tx_
    std::size_t at_ = 0;    // of what is being handed out
    std::size_t topic_at_ = 0;
    std::size_t topic_size_ = 0;
    instant deadline_ = {};
    stage stage_ = stage::idle;
    bool has_deadline_ = false;
    bool has_verdict_ = false;  // it is to be told
    bool is_counted_ = false;
    bool is_offered_ = false;  // to its last byte
    bool has_prompt_ = false;
};

}  // namespace atmqtt
