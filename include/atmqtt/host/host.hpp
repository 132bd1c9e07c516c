// The driver's end: brings a module up, keeps it open, and says how everything ended.           [2.3, 2.4, 3.1 - 3.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../at/commands.hpp"
#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "../core/maybe.hpp"
#include "../core/result.hpp"
#include "../core/time.hpp"
#include "back_off.hpp"
#include "chat.hpp"
#include "host_events.hpp"
#include "ladder.hpp"
#include "notes.hpp"
#include "restart_watch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace atmqtt {

struct host_probe;  // of the tests

/// Drives one module. It owns no UART and reads no clock: its integrator carries the bytes and brings the time.
///
/// After `open` it brings the module up, subscribes, and keeps it open, until `close`. `receive` what has come until it gives
/// nothing, call `tick` until it gives nothing, hand out what `transmit` gives, and sleep for at most `wait`. A handler may call
/// `publish` and its like: an event stays valid until the next `receive` or `tick`.
///
/// Nothing that you asked for is repeated silently: each command has one `done`. What it does by itself it says by `step` events.
class host {
public:
    using event = on::event;

    /// What to lend: `rx` holds one line or message of the module, `tx` one command: `max_size<command>()` bytes hold any.
    host(const host_options& options, buffer rx, buffer tx)
        : options_(options),
          chat_(rx, tx, options.talk),
          tx_(tx),
          back_off_(options.seed),
          restarts_(options.boot_line) {}

    /// Goes on in memory of the same sizes, into which the caller has copied all that the one before held. Where a message is under
    /// way, its payload is at the new place too.
    void rebind(buffer rx, buffer tx, std::string_view payload = {}) {
        chat_.rebind(rx, tx, payload);
        tx_ = tx;
    }

    /// Whether it is open, as far as is known: from `opened` to `closed` or `reconnecting`, or to an unasked +MQTTOPEN, behind which
    /// all is subscribed to anew and `opened` comes again. Publishing may be `busy` all the same.
    bool is_open() const { return state_ == state::up || state_ == state::checking; }

    // --- opening and closing ---

    /// Brings the module up and opens. `opened` follows, or `closed`.
    /// Fails with `busy` where it is open, or to be, or a command is under way; and like `format` where the module could not be told.
    result<nothing> open(const settings& wanted, instant now) {
        const bool is_idle = state_ == state::off || state_ == state::gave_up;
        if (!is_idle || chat_.is_pending()) return error{errc::busy};  // tx is written over
        const error fault = detail::fault_of(wanted, tx_);
        if (fault.code != errc::none) return fault;
        wanted_ = &wanted;
        back_off_.reset();
        notes_.add_doubts(wanted);
        chat_.set_request_timeout(millis{wanted.timeout * std::uint32_t{1'000}} + module_margin);
        bring_up(now);
        return nothing{};
    }
    result<nothing> open(const settings&&, instant) = delete;  // it would be gone: lend one that stays
    /// Disconnects; `closed` follows. What is under way is waited for.
    void close(instant now) {
        if (state_ == state::off || state_ == state::leaving) return;
        const bool may_be_connected = state_ == state::up || state_ == state::trying || state_ == state::checking ||
                                      (state_ == state::rising && rung_ >= rung::open);
        if (!may_be_connected && !is_own_) return end(on::cause::asked);
        go(state::leaving, now);
    }

    // --- commands ---

    /// Publishes a message; `done` follows. The payload is borrowed until then; the topic is copied.
    /// Fails with `not_open`; `busy` while another command is under way; and like `chat::send_message`.
    result<nothing> publish(std::string_view topic, std::string_view payload, qos level, bool retain, instant now) {
        if (const auto fault = fault_now()) return *fault;
        return sent(chat_.send_message({topic, level, retain, false, {}}, payload), now);
    }
    /// Subscribes to a topic; `done` follows. After a reconnect the topics of the settings are subscribed to anew, not this one.
    /// Fails like `publish`.
    result<nothing> subscribe(std::string_view topic, qos level, instant now) {
        if (const auto fault = fault_now()) return *fault;
        return sent(chat_.send(atmqtt::subscribe{topic, level}), now);
    }
    /// Unsubscribes from a topic; `done` follows. Fails like `publish`.
    result<nothing> unsubscribe(std::string_view topic, instant now) {
        if (const auto fault = fault_now()) return *fault;
        return sent(chat_.send(atmqtt::unsubscribe{topic}), now);
    }
    /// Sends any command, open or not; `done` follows. One that changes the connection is at your own risk.
    /// Fails with `busy`, while the module is being brought up too, and like `chat::send`.
    result<nothing> send(const raw_command& m, instant now) {
        if (is_users_ || is_working()) return error{errc::busy};
        return sent(chat_.send(m), now);
    }

    // --- what only the integrator can know ---

    /// The network was activated, after `network_needed`.
    void network_ready(instant now) {
        if (state_ == state::waiting_for_network) climb(rung::open, now);
    }
    /// The module was switched off and on.
    void restarted(instant now) {
        chat_.restarted(now);
        back_off_.reset();
        if (state_ == state::off) return;
        if (state_ != state::leaving) return bring_up(now);
        if (!is_own_) end(on::cause::asked);  // else it ends with its command
    }
    /// Bytes of the module were lost, as in an overrun.
    void lost(instant now) {
        chat_.lost(now);
        if (state_ == state::stuck) bring_up(now);
    }

    // --- bytes and time ---

    /// Takes bytes of the module from the front of `input` and gives the next event; nothing once all are taken.
    std::optional<event> receive(std::string_view& input, instant now) {
        auto out = detail::nothing_yet<event>();
        while (!notes_.take(out)) {
            const auto found = chat_.receive(input, now);
            if (!found) break;
            hear(*found, out, now);
            if (out) break;
        }
        return out;
    }
    /// What to write to the module next; empty when there is nothing.
    std::string_view transmit() { return chat_.transmit(); }
    /// The module has taken `count` bytes of that, from its front.
    void transmitted(std::size_t count, instant now) { chat_.transmitted(count, now); }

    /// Does what is due, and gives the next event. A tick too many does nothing.
    std::optional<event> tick(instant now) {
        auto out = detail::nothing_yet<event>();
        while (!notes_.take(out)) {
            const auto found = chat_.tick(now);
            if (found) hear(*found, out, now);
            if (out) break;
            if (!found && !step(now)) break;
        }
        return out;
    }
    /// How long until `tick` has something to do; nothing: until something happens.
    std::optional<millis> wait(instant now) const {
        if (!notes_.is_empty() || (is_to_send() && chat_.is_ready())) return millis{0};
        return shorter(chat_.wait(now), due_.wait(now));
    }

private:
    friend struct host_probe;  // of the tests

    using rung = detail::rung;

    enum class state : std::uint8_t {
        off,
        rising,    // the commands of `rung`, one after the other
        up,        // open
        checking,  // open, as far as is known: the commands of `rung`
        trying,    // the module reconnects by itself
        waiting_for_network,
        waiting,  // to be brought up again
        leaving,
        gave_up,
        stuck,
    };
    static constexpr millis module_margin{2'000};  // its own alarm comes first

    // --- the user's commands ---

    std::optional<error> fault_now() const {
        if (state_ != state::up && state_ != state::checking) return error{errc::not_open};
        if (is_users_ || is_working()) return error{errc::busy};
        return std::nullopt;
    }
    result<nothing> sent(const result<nothing>& sending, instant now) {
        if (!sending) return sending;
        is_users_ = true;
        if (state_ == state::up) put_off_check(now);
        return sending;
    }
    // Whether the host is at something itself.
    bool is_working() const {
        return is_own_ || state_ == state::rising || state_ == state::checking || state_ == state::leaving ||
               state_ == state::stuck;
    }

    // --- states ---

    void go(state next, instant now) {
        state_ = next;
        due_.clear();
        if (next == state::trying) due_.set(options_.patience, now);
        if (next == state::up) put_off_check(now);
    }
    void put_off_check(instant now) {
        if (options_.check.count() != 0) due_.set(options_.check, now);
    }
    void climb(rung next, instant now) {
        go(state::rising, now);
        rung_ = next;
    }
    void bring_up(instant now) {
        restarts_.begin();
        climb(rung::attention, now);
    }
    void end(on::cause why) {
        state_ = state::off;
        due_.clear();
        wanted_ = nullptr;
        notes_.add(why);
    }
    // It is not open, and is tried again later.
    void fail(on::cause why, instant now) {
        notes_.add(why);
        if (!back_off_.may_fail(options_)) {
            notes_.add(detail::notes::kind::give_up);
            return go(state::gave_up, now);
        }
        const millis pause = back_off_.pause(options_);
        notes_.add(detail::notes::kind::retrying, pause.count());
        go(state::waiting, now);
        due_.set(pause, now);
    }
    void find_restart(instant now) {
        notes_.add(detail::notes::kind::restarted);
        chat_.found_restarted(now);
        bring_up(now);
    }

    // --- steps ---

    bool is_to_send() const {
        const bool has_steps = state_ == state::rising || state_ == state::checking || state_ == state::leaving;
        return has_steps && !is_own_;
    }
    bool send_next() {
        if (state_ == state::leaving) return bool{chat_.send(disconnect{})};
        return bool{detail::send(chat_, rung_, *wanted_, subscribed_)};
    }
    // False when there is nothing to do.
    bool step(instant now) {
        if (is_to_send() && chat_.is_ready()) {
            is_own_ = true;
            if (send_next()) return true;
            is_own_ = false;  // what was looked at by `open` is not there any more
            fail(on::cause::refused, now);
            return true;
        }
        if (!due_.is_due(now)) return false;
        due_.clear();
        switch (state_) {
            case state::up:
                state_ = state::checking;
                rung_ = rung::state;
                break;
            case state::trying: fail(on::cause::impatience, now); break;
            case state::waiting: bring_up(now); break;
            default: break;
        }
        return true;
    }

    // --- what the chat says ---

    void hear(const from_chat::event& found, std::optional<event>& out, instant now) {
        match(
            found, [&](const from_chat::done& d) { hear_done(d, out, now); },
            [&](const from_chat::alarm& a) {
                out.emplace(a);
                match(a.what, [&](const auto& m) { heed(m, now); });
            },
            [&](const from_chat::answer& a) { hear_answer(a, out); },
            [&](const from_chat::text_line& t) {
                out.emplace(t);
                if (restarts_.is_seen_by(t.text)) be_restarted(now);
            },
            [&](const from_chat::echo&) {
                if (restarts_.is_seen_by_echo()) be_restarted(now);
            },
            [&](const from_chat::stuck& s) {
                out.emplace(s);
                be_stuck(now);
            },
            [&](const auto& other) { out.emplace(other); });
    }
    void be_stuck(instant now) {
        if (state_ == state::leaving) return end(on::cause::asked);
        if (state_ != state::off) go(state::stuck, now);
    }
    void hear_answer(const from_chat::answer& a, std::optional<event>& out) {
        if (const auto* const m = std::get_if<state_is>(&a.what)) seen_ = m->stat;
        restarts_.hear_answer(a.what);
        out.emplace(a);
    }
    void be_restarted(instant now) {
        const bool is_wanted = state_ != state::off && state_ != state::leaving && state_ != state::gave_up;
        const bool is_early = state_ == state::rising && rung_ <= rung::error_codes;
        if (is_wanted && !is_early) find_restart(now);
    }

    // Alarms that change what is known of the connection.
    void heed(const open_is& m, instant now) {
        if (m.what == status::ok && follows()) subscribe_from_start(now);
    }
    void heed(const disc_is&, instant now) {
        if (follows()) fail(on::cause::gave_up, now);
    }
    void heed(const reconnect_alarm& m, instant now) {
        if (follows()) be_reconnecting(m.value, now);
    }
    template <class Other>
    void heed(const Other&, instant) {}
    // Whether it is, or was, open.
    bool follows() const {
        const bool is_rising = state_ == state::rising && rung_ > rung::open;
        return state_ == state::up || state_ == state::checking || state_ == state::trying || is_rising;
    }
    void subscribe_from_start(instant now) {
        subscribed_ = 0;
        climb(rung::subscribe, now);
        if (wanted_->subscription_count == 0) be_open(now);
    }
    void be_open(instant now) {
        back_off_.reset();
        go(state::up, now);
        notes_.add(detail::notes::kind::opened);
    }

    void hear_done(const from_chat::done& d, std::optional<event>& out, instant now) {
        if (is_users_) {
            is_users_ = false;
            out.emplace(d);
            if (detail::is_doubtful(d) && state_ == state::up) check(now);
            return;
        }
        out.emplace(on::step{d});
        const bool was_own = is_own_;
        is_own_ = false;
        restarts_.end_command(d.how != verdict::no_answer && rung_ > rung::echo_off);
        // It may be of a state that is over.
        const bool is_left = d.what == verb::disconnect || rung_ < rung::open;  // there was nothing to disconnect
        if (was_own && state_ == state::leaving && is_left) return end(on::cause::asked);
        if (!was_own || d.what != detail::verb_of(rung_)) return;
        if (state_ == state::checking) return check_on(d, now);
        if (state_ == state::rising) return rise(d, now);
    }
    void check(instant now) {
        go(state::checking, now);
        rung_ = rung::state;
    }
    void check_on(const from_chat::done& d, instant now) {
        if (d.how == verdict::no_answer) return check(now);  // once the module answers again
        if (rung_ == rung::state) {
            if (d.how != verdict::acknowledged || seen_ == connection_state::open) return go(state::up, now);
            rung_ = rung::configuration;
            return restarts_.look_for_configuration();
        }
        if (restarts_.is_unconfigured()) return find_restart(now);
        be_reconnecting(0, now);  // it is not open, and nobody has said so
    }
    void be_reconnecting(std::uint16_t number, instant now) {
        notes_.add(detail::notes::kind::reconnecting, number);
        go(state::trying, now);
    }

    // --- bringing up ---

    void rise(const from_chat::done& d, instant now) {
        if (d.how == verdict::no_answer) return rise_again(now);
        switch (rung_) {
            case rung::configure:
                if (d.how != verdict::acknowledged) return fail(on::cause::refused, now);
                break;
            case rung::open: return opening(d, now);
            case rung::pings: return subscribe_from_start(now);
            case rung::subscribe: return subscribing(d, now);
            case rung::state: return look_after_subscribing(d, now);
            default: break;
        }
        rung_ = behind(rung_);
    }
    // It did not answer; AT was sent until it did, or is being sent.
    void rise_again(instant now) {
        if (rung_ == rung::open) return fail(on::cause::no_answer, now);
        bring_up(now);
    }
    void opening(const from_chat::done& d, instant now) {
        if (d.how == verdict::acknowledged) {
            rung_ = rung::pings;
            return;
        }
        if (detail::is_tried_again(d) && wanted_->recon) return go(state::trying, now);
        if (d.code == cme::no_network) {
            notes_.add(detail::notes::kind::network_needed);
            return go(state::waiting_for_network, now);
        }
        fail(d.code == cme::bad_credentials ? on::cause::bad_credentials : on::cause::refused, now);
    }
    void subscribing(const from_chat::done& d, instant now) {
        if (detail::may_lose_link(d))
            rung_ = rung::state;
        else
            subscribe_next(now);
    }
    // Refused, or not acknowledged: the `step` event says so, and the others are as good as before.
    void subscribe_next(instant now) {
        rung_ = rung::subscribe;
        if (++subscribed_ == wanted_->subscription_count) be_open(now);
    }
    // ours: one vendor build says 605, and no more, where the broker grants less than was asked for.
    void look_after_subscribing(const from_chat::done& d, instant now) {
        if (d.how == verdict::acknowledged && seen_ != connection_state::open) return go(state::trying, now);
        subscribe_next(now);
    }

    host_options options_;
    chat chat_;
    buffer tx_;
    const settings* wanted_ = nullptr;
    std::size_t subscribed_ = 0;  // of the settings' subscriptions
    detail::back_off back_off_;
    detail::restart_watch restarts_;
    deadline due_;  // the end of what `state_` waits for
    state state_ = state::off;
    rung rung_ = rung::attention;
    connection_state seen_ = {};
    bool is_own_ = false;    // a command of the host itself is under way
    bool is_users_ = false;  // one of the user's is
    detail::notes notes_;
};

}  // namespace atmqtt
