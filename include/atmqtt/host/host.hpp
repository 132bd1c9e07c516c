// The driver's end: brings a module up, keeps it open, and says how everything ended.           [2.3, 2.4, 3.1 - 3.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/commands.hpp"
#include "../core/buffer.hpp"
#include "../core/maybe.hpp"
#include "../core/result.hpp"
#include "../core/time.hpp"
#include "chat.hpp"
#include "course.hpp"
#include "host_events.hpp"
#include "ladder.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

namespace atmqtt {

/// Drives one module. It owns no UART and reads no clock: its integrator carries the bytes and brings the time.
///
/// After `open` it brings the module up, subscribes, and keeps it open, until `close`. `receive` what has come until it gives
/// nothing, call `tick` until it gives nothing, hand out what `transmit` gives, and sleep for at most `wait`. A handler may call
/// `publish` and its like: an event stays valid until the next `receive` or `tick`. All calls are one thread's, and no interrupt's;
/// no two are more than 2^31 ms apart.
///
/// Nothing that you asked for is repeated silently: each command has one `done`. What it does by itself it says by `step` events.
class host {
public:
    using event = on::event;

    /// What to lend: `rx` holds one line or message of the module, `tx` one command: `max_size<command>()` bytes hold any.
    host(const host_options& options, buffer rx, buffer tx) : chat_(rx, tx, options.talk), tx_(tx), course_(options) {}

    /// Goes on in memory of the same sizes, into which the caller has copied all that the one before held. What else it views stays
    /// where it is: the payload of a message under way, the settings, the `boot_line`, the `extra_finals` of a raw command.
    void rebind(buffer rx, buffer tx) {
        chat_.rebind(rx, tx);
        tx_ = tx;
    }
    /// The same, where that payload is at a new place too.
    void rebind(buffer rx, buffer tx, std::string_view payload) {
        chat_.rebind(rx, tx, payload);
        tx_ = tx;
    }
    /// The settings are at a new place, and say the same.
    void rebind(const settings& wanted) { course_.rebind(wanted); }
    void rebind(const settings&&) = delete;  // they would be gone

    /// Whether it is open, as far as is known: from `opened` to `closed`, `reconnecting`, `restarted` or `stuck`; to a call of `close` or
    /// `restarted`; or to an unasked +MQTTOPEN, behind which all is subscribed to anew and `opened` comes again. Publishing may be `busy`
    /// all the same.
    bool is_open() const { return course_.is_open(); }

    // --- opening and closing ---

    /// Brings the module up and opens. `opened` follows, or `closed`; or, ours, `stuck` again where the module was not switched off
    /// and on since.
    /// Fails with `busy` where it is open, or to be, or, ours, its end is not told yet, or a command is under way; like `format` where
    /// the module could not be told; and with `inconsistent` for a will without a topic. What a topic is made of is the module's to
    /// look at: it refuses a bad one by 601.
    result<nothing> open(const settings& wanted, instant now) {
        const bool is_over = course_.is_idle() && !course_.has_notes();
        if (!is_over || chat_.is_pending()) return error{errc::busy};  // tx is written over
        const error fault = detail::fault_of(wanted, tx_);
        if (fault.code != errc::none) return fault;
        chat_.set_request_timeout(millis{wanted.timeout * std::uint32_t{1'000}} + module_margin);
        course_.open(wanted, now);
        chat_.tell_stuck(now);
        return nothing{};
    }
    result<nothing> open(const settings&&, instant) = delete;  // it would be gone: lend one that stays
    /// Disconnects, where it may be connected; `closed` follows. Nothing does where it was closed already. What is under way is waited
    /// for, its whole time; ours: a module that does not answer is not, beyond 15 s more. A command that was not answered is followed
    /// by AT until the module answers, closed or not.
    void close(instant now) { course_.close(now); }

    // --- commands ---

    /// Whether a command may be sent now: else it would be `busy`. It may become so without an event, behind a `tick`.
    bool is_ready() const { return !is_users_ && !course_.is_working() && chat_.is_ready(); }

    /// Publishes a message; `done` follows. The payload is borrowed until then, so that of an event is to be copied first; the topic
    /// is copied.
    /// Fails with `not_open`; `busy` unless it `is_ready`; `too_long`, `forbidden_byte` and `no_space` for a topic that no command can
    /// hold; `too_long` for a payload of more than `most_counted` bytes; `out_of_range` for a level past 2. Whether MQTT allows the
    /// topic is the module's to say.
    result<nothing> publish(std::string_view topic, std::string_view payload, qos level, bool retain) {
        if (const auto fault = fault_now()) return *fault;
        return sent(chat_.send_message({topic, level, retain, false, {}}, payload));
    }
    template <class Owner, class = std::enable_if_t<detail::is_temporary<Owner>>>
    result<nothing> publish(std::string_view, Owner&&, qos,
                            bool) = delete;  // it would be gone: lend a payload that stays
    /// Subscribes to a topic; `done` follows. After a reconnect the topics of the settings are subscribed to anew, not this one.
    /// Fails like `publish`.
    result<nothing> subscribe(std::string_view topic, qos level) {
        if (const auto fault = fault_now()) return *fault;
        return sent(chat_.send(atmqtt::subscribe{topic, level}));
    }
    /// Unsubscribes from a topic; `done` follows. Fails like `publish`.
    result<nothing> unsubscribe(std::string_view topic) {
        if (const auto fault = fault_now()) return *fault;
        return sent(chat_.send(atmqtt::unsubscribe{topic}));
    }
    /// Sends a command that is not of MQTT, of one line, open or not; `done` follows. One that changes the connection is at your own
    /// risk, and so is one that is prompted for data: nothing is sent behind it but the next command. Nor ask AT+MQTTREC? of firmware
    /// that answers with one number [3.4]: that looks like a try to reconnect, and is believed.
    /// Fails with `busy` unless it `is_ready`, and like `chat::send`.
    result<nothing> send(const raw_command& m) {
        if (is_users_ || course_.is_working()) return error{errc::busy};
        return sent(chat_.send(m));
    }

    // --- what only the integrator can know ---

    /// The network was activated, after `network_needed`.
    void network_ready(instant now) { course_.network_ready(now); }
    /// The module was switched off and on. Stop a transfer that reads from `transmit` first, and drop what came from its old life.
    /// A command under way is `done`; of a message in pieces no last piece comes.
    void restarted(instant now) {
        chat_.restarted(now);
        course_.restarted(now);
    }
    /// Bytes of the module were lost, as in an overrun. `receive` all that came before the gap first, and what came behind it after
    /// this call. What was held of a line or a message is gone: of one in pieces no last piece comes.
    /// Where it is not known where the gap is, call it before and behind what is received then: twice does no harm.
    /// ours: until the module was silent for `reading.gap`, or `grace` is over, what comes unasked is told, but means nothing for the
    /// connection, unless the module reconnects by itself; behind that it is asked whether it is open. Where it was `stuck` it is asked
    /// by AT: what has ended that may have been among the lost bytes.
    void lost(instant now) {
        chat_.lost(now);
        course_.be_unsure(now);
    }

    // --- bytes and time ---

    /// Takes bytes of the module from the front of `input` and gives the next event; nothing once all are taken.
    std::optional<event> receive(std::string_view& input, instant now) {
        auto out = detail::nothing_yet<event>();
        while (!course_.take_note(out)) {
            if (!chat_.receive(input, out, now)) break;
            heed(out, now);
            if (out) break;
        }
        return out;
    }
    /// What to write to the module next; empty when there is nothing. What was given counts as sent: answers may come. It
    /// stays where it is until it was `transmitted`, its command is `done`, or `restarted` is called.
    std::string_view transmit() { return chat_.transmit(); }
    /// The module has taken `count` bytes of that, from its front: at a UART, once they have left. The time for the answer runs from
    /// there.
    void transmitted(std::size_t count, instant now) { chat_.transmitted(count, now); }

    /// Does what is due, and gives the next event. A tick too many does nothing.
    std::optional<event> tick(instant now) {
        auto out = detail::nothing_yet<event>();
        while (!course_.take_note(out)) {
            if (chat_.tick(out, now))
                heed(out, now);
            else if (!step(now))
                break;
            if (out) break;
        }
        return out;
    }
    /// How long until `tick` has something to do; nothing: until something happens. While `transmit` is not empty, wake when the UART
    /// has room too.
    std::optional<millis> wait(instant now) const {
        if (course_.has_notes() || (course_.is_to_send() && chat_.is_ready())) return millis{0};
        return shorter(chat_.wait(now), course_.wait(now));
    }

private:
    static constexpr millis module_margin{2'000};  // the module's own alarm comes first

    std::optional<error> fault_now() const {
        if (!course_.is_open()) return error{errc::not_open};
        if (is_users_ || course_.is_working()) return error{errc::busy};
        return std::nullopt;
    }
    result<nothing> sent(const result<nothing>& sending) {
        if (sending) is_users_ = true;
        return sending;
    }
    // False when there is nothing to do. Apart: inlined, it takes 48 bytes more of stack below all of `tick`.
    [[gnu::noinline]] bool step(instant now) {
        if (!chat_.is_stuck() && course_.be_free(now)) return true;
        if (course_.is_to_send() && chat_.is_ready()) {
            course_.send(chat_, now);
            return true;
        }
        if (!course_.is_due(now)) return false;
        course_.tick(chat_.is_pending(), chat_.is_silent(), now);
        return true;
    }

    // What the chat says means something for the connection too. In this order: an echo came before the event, and a restart is
    // found by either.
    void heed(std::optional<event>& out, instant now) {
        // ours: adrift, what was not asked for may be a stranger's. Whether all is well is asked instead.
        const bool is_in_doubt = chat_.is_adrift() && !course_.is_waiting_for_module();
        if (is_in_doubt) course_.be_unsure(now);
        if (chat_.take_echo() && !is_in_doubt) course_.hear_echo(now);
        if (out) heed(*out, is_in_doubt, now);
        if (course_.take_restart()) chat_.found_restarted(now);
    }
    void heed(event& found, bool is_in_doubt, instant now) {
        if (const auto* const done = std::get_if<on::done>(&found)) return hear_done(*done, found, now);
        if (const auto* const answer = std::get_if<on::answer>(&found)) return course_.hear_answer(answer->what);
        if (std::holds_alternative<on::stuck>(found)) return course_.be_stuck(now);
        if (is_in_doubt) return;
        if (const auto* const alarm = std::get_if<on::alarm>(&found)) return course_.hear_alarm(alarm->what, now);
        if (const auto* const other = std::get_if<on::text_line>(&found)) return course_.hear_text(other->text, now);
    }
    // `d` is a copy: `found` is written over.
    void hear_done(const from_chat::done d, event& found, instant now) {
        if (is_users_) {
            is_users_ = false;
            return course_.hear_users(d, now);
        }
        found.emplace<on::step>(on::step{d});
        course_.hear_own(d, now);
    }

    basic_chat<event> chat_;
    buffer tx_;
    detail::course course_;
    bool is_users_ = false;  // a command of the user is under way
};

}  // namespace atmqtt
