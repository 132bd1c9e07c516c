// What a host does next: it brings a module up, keeps it open, and tries again.                  [2.3, 2.4, 3.1 - 3.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/commands.hpp"
#include "../at/lines.hpp"
#include "../at/types.hpp"
#include "../core/match.hpp"
#include "../core/time.hpp"
#include "back_off.hpp"
#include "chat.hpp"
#include "host_events.hpp"
#include "ladder.hpp"
#include "meaning.hpp"
#include "notes.hpp"
#include "restart_watch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace atmqtt::detail {

/// Which command is next, what each answer and alarm means for the connection, and when to try again. It knows no bytes: a host
/// sends for it, and tells it what came of that. What it has to say itself are `notes`.
class course {
public:
    explicit course(const host_options& options)
        : options_(options), back_off_(options.seed), restarts_(options.boot_line) {
        for (millis* const one : {&options_.first_wait, &options_.patience})
            if (one->count() == 0) *one = millis{1};  // or one tick would follow on the other
    }

    /// As of the host.
    void rebind(const settings& wanted) {
        if (wanted_ != nullptr) wanted_ = &wanted;
    }
    /// As of the host.
    bool is_open() const { return state_ == state::up || state_ == state::checking; }
    /// Not open, nor to be.
    bool is_idle() const { return state_ == state::off || state_ == state::gave_up; }
    /// The module reconnects by itself: only what it says unasked tells how that ends.
    bool is_waiting_for_module() const { return state_ == state::trying; }
    /// Whether it is at something itself: no command of the user comes between.
    bool is_working() const { return is_own_ || has_steps() || state_ == state::stuck; }

    // --- what is asked for ---

    /// Brings the module up, and opens.
    void open(const settings& wanted, instant now) {
        wanted_ = &wanted;
        may_be_connected_ = true;  // nobody knows
        back_off_.reset();
        notes_.add_doubts(wanted);
        bring_up(now);
    }
    /// Disconnects, where it may be connected. What is under way is waited for.
    void close(instant now) {
        if (state_ == state::off || state_ == state::leaving) return;
        const bool has_to_wait = may_be_connected_ || is_own_;
        if (state_ == state::stuck || !has_to_wait) return end(on::cause::asked);
        go(state::leaving, now);
    }
    /// The network was activated.
    void network_ready(instant now) {
        if (state_ == state::waiting_for_network) climb(rung::open, now);
    }
    /// The module was switched off and on.
    void restarted(instant now) {
        back_off_.reset();
        notes_.forget_next_try();
        may_be_connected_ = false;
        if (state_ == state::off) return;
        if (state_ != state::leaving) return bring_up(now);
        if (!is_own_) end(on::cause::asked);  // else it ends with its command
    }
    /// What it says may have been missed: it is asked whether it is open.
    void be_unsure(instant now) {
        if (state_ == state::up) check(now);
    }

    // --- commands and time ---

    /// Whether a command is to be sent.
    bool is_to_send() const { return has_steps() && !is_own_; }
    /// Sends it by `talk`, which is ready.
    void send(basic_chat<on::event>& talk, instant now) {
        if (rung_ == rung::state) seen_.reset();
        is_own_ = send_next(talk);
        if (state_ == state::rising && rung_ == rung::open) may_be_connected_ = true;
        if (!is_own_) fail(on::cause::refused, now);  // what was looked at by `open` is not there any more
    }
    /// Whether `tick` has something to do.
    bool is_due(instant now) const { return due_.is_due(now) || back_off_.is_due(now); }
    /// Does what is due. `is_busy`: a command is under way. `is_silent`: the module has left one unanswered, and has said nothing since.
    void tick(bool is_busy, bool is_silent, instant now) {
        back_off_.tick(now);
        if (!due_.is_due(now)) return;
        due_.clear();
        switch (state_) {
            case state::up: check(now); break;
            case state::checking:
            case state::rising: is_silent ? fail(on::cause::no_answer, now) : due_.set(millis{1'000}, now); break;
            case state::trying: fail(on::cause::impatience, now); break;
            case state::waiting: bring_up(now); break;
            case state::leaving:
            case state::calming: is_busy ? due_.set(farewell, now) : be_gone(now); break;
            default: break;
        }
    }
    /// How long until `tick` has something to do; nothing: until something happens.
    std::optional<millis> wait(instant now) const { return shorter(due_.wait(now), back_off_.wait(now)); }

    // --- what it has to say ---

    /// Whether there is something.
    bool has_notes() const { return !notes_.is_empty(); }
    /// Gives the first; false if there is none.
    bool take_note(std::optional<on::event>& out) { return notes_.take(out); }
    /// Whether the module was found to have started anew, by whatever it was told since this was asked last: the chat is to know
    /// before the next byte is read.
    bool take_restart() {
        const bool is_found = has_restarted_;
        has_restarted_ = false;
        return is_found;
    }

    // --- what it is told ---

    /// A command of its own has ended.
    void hear_own(const from_chat::done& d, instant now) {
        const bool is_of_rung = !is_stale_;
        is_own_ = is_stale_ = false;
        restarts_.end_command(d.how != verdict::no_answer && rung_ > rung::echo_off);
        if (has_left(d)) return be_gone(now);
        if (is_of_rung) hear_rung(d, now);
    }
    /// One of the user's has: the link may be gone, or is seen to be there, which is as good as a check.
    void hear_users(const from_chat::done& d, instant now) {
        if (is_doubtful(d))
            be_unsure(now);
        else if (state_ == state::up && shows_link(d))
            go(state::up, now);
    }
    /// The answer to one of either.
    void hear_answer(const line& m) {
        if (const auto* const is = std::get_if<state_is>(&m)) seen_ = is->stat;
        if (const auto* const is = std::get_if<open_is>(&m)) {
            has_opened_ = is->what == status::ok;
            if (has_opened_) may_be_connected_ = true;  // one that fails may try again: `opening` looks at the code
        }
        restarts_.hear_answer(m);
    }
    /// A line that was not asked for.
    void hear_alarm(const line& m, instant now) {
        match(m, [&](const auto& one) { heed(one, now); });
    }
    /// A line of which nothing is known.
    void hear_text(std::string_view text, instant now) {
        if (restarts_.is_seen_by(text)) be_restarted(now);
    }
    /// The module has sent back what it got.
    void hear_echo(instant now) {
        if (restarts_.is_seen_by_echo()) be_restarted(now);
    }
    /// What is sent is not taken for a payload any more. False where that was known.
    bool be_free(instant now) {
        if (state_ != state::stuck) return false;
        bring_up(now);
        return true;
    }
    /// Nothing can be sent any more.
    void be_stuck(instant now) {
        if (state_ == state::leaving) return end(on::cause::asked);
        if (!is_idle()) go(state::stuck, now);
    }

private:
    static constexpr millis farewell{15'000};  // ours: a module that does not answer is not waited for any longer
    static constexpr millis recheck{2'000};    // ours: it was asked, and who has answered is not known

    // The command may be of a state that is over.
    bool has_left(const from_chat::done& d) {
        const bool is_asked = d.what == verb::disconnect;
        if (is_asked && d.how != verdict::no_answer && d.how != verdict::unknown) may_be_connected_ = false;
        return is_leaving() && (is_asked || !may_be_connected_);
    }
    void hear_rung(const from_chat::done& d, instant now) {
        if (state_ == state::rising) return rise(d, now);
        if (state_ != state::checking) return;
        rung_ == rung::state ? check_state(d, now) : check_configuration(d, now);
    }

    enum class state : std::uint8_t {
        off,
        rising,    // the commands of `rung`, one after the other
        up,        // open
        checking,  // open, as far as is known: the commands of `rung`
        trying,    // the module reconnects by itself
        waiting_for_network,
        waiting,  // to be brought up again
        leaving,  // for good
        calming,  // for a pause, or the module would go on
        gave_up,
        stuck,
    };

    bool is_leaving() const { return state_ == state::leaving || state_ == state::calming; }
    bool has_steps() const { return state_ == state::rising || state_ == state::checking || is_leaving(); }
    bool send_next(basic_chat<on::event>& talk) {
        if (is_leaving()) return bool{talk.send(disconnect{})};
        return bool{detail::send(talk, rung_, *wanted_, subscribed_)};
    }

    // --- states ---

    void go(state next, instant now) {
        const bool was_open = is_open();
        state_ = next;
        if (was_open && !is_open()) back_off_.be_lost(now);
        due_.clear();
        if (next == state::trying) due_.set(options_.patience, now);
        if (is_leaving()) due_.set(farewell, now);
        if (next == state::up && options_.check.count() != 0) due_.set(options_.check, now);
    }
    void climb(rung next, instant now) {
        go(state::rising, now);
        rung_ = next;
        is_stale_ = is_own_;
        has_opened_ = false;
        due_.set(options_.patience, now);
    }
    void bring_up(instant now) {
        restarts_.begin();
        are_pings_set_ = false;
        climb(rung::attention, now);
    }
    // It is asked whether it is there, or told how to talk.
    bool is_early() const { return state_ == state::rising && rung_ <= rung::error_codes; }
    void end(on::cause why) {
        state_ = state::off;
        due_.clear();
        wanted_ = nullptr;
        notes_.add(why);
    }
    // It is not open, and is tried again later.
    void fail(on::cause why, instant now) {
        notes_.add(why);
        go(state::waiting, now);
        if (!back_off_.may_fail(options_)) {
            notes_.add(notes::kind::give_up);
            return go(state::gave_up, now);
        }
        const millis pause = back_off_.pause(options_);
        notes_.add(notes::kind::retrying, pause.count());
        due_.set(pause, now);
    }
    void be_gone(instant now) { state_ == state::calming ? fail(on::cause::unstable, now) : end(on::cause::asked); }
    void be_restarted(instant now) {
        if (!is_idle() && !is_leaving() && !is_early()) find_restart(now);
    }
    void find_restart(instant now) {
        notes_.add(notes::kind::restarted);
        has_restarted_ = true;
        may_be_connected_ = false;
        bring_up(now);
    }

    // --- alarms that change what is known of the connection ---

    void heed(const open_is& m, instant now) {
        if (m.what != status::ok) return;
        may_be_connected_ = true;
        if (!follows()) return;
        if (is_open() && back_off_.is_restless())
            return go(state::calming, now);  // it was lost, and nobody has said so
        be_connected(now);
    }
    void heed(const disc_is& m, instant now) {
        if (m.what != status::ok) return;
        may_be_connected_ = false;
        if (follows()) fail(on::cause::gave_up, now);
    }
    void heed(const reconnect_alarm& m, instant now) {
        if (follows()) be_reconnecting(m.value, now);
    }
    template <class Other>
    void heed(const Other&, instant) {}
    // Whether it is, or was, open.
    bool follows() const {
        const bool was_opened = state_ == state::rising && (rung_ > rung::open || has_opened_);
        return is_open() || state_ == state::trying || was_opened;
    }
    void be_connected(instant now) {
        if (are_pings_set_) return subscribe_from_start(now);
        climb(rung::pings, now);
    }
    void subscribe_from_start(instant now) {
        subscribed_ = 0;
        climb(rung::subscribe, now);  // it ends what was open, which may have been for long
        back_off_.start();
        if (wanted_->subscription_count == 0) be_open(now);
    }
    void be_open(instant now) {
        back_off_.be_open(now);
        go(state::up, now);
        notes_.add(notes::kind::opened);
    }
    void be_reconnecting(std::uint16_t number, instant now) {
        notes_.add(notes::kind::reconnecting, number);
        let_it_try(now);
    }
    void let_it_try(instant now) {
        const bool is_lost = state_ != state::trying;
        go(is_lost && back_off_.is_restless() ? state::calming : state::trying, now);
    }

    // --- looking whether all is well ---

    void check(instant now) {
        go(state::checking, now);
        due_.set(options_.patience, now);
        rung_ = rung::state;
    }
    // The user's commands may come between: somebody could go on answering.
    void check_again(instant now) {
        go(state::up, now);
        due_.set(recheck, now);
    }
    void check_state(const from_chat::done& d, instant now) {
        if (d.how == verdict::no_answer) return;  // it is asked again, once it answers
        if (d.how == verdict::unknown) return check_again(now);
        if (seen_ == connection_state::open) return go(state::up, now);
        rung_ = rung::configuration;
        restarts_.look_for_configuration();
    }
    void check_configuration(const from_chat::done& d, instant now) {
        const bool is_known = d.how != verdict::no_answer && d.how != verdict::unknown;
        if (is_known && restarts_.is_unconfigured()) return find_restart(now);
        if (!seen_) return go(state::up, now);  // ours: nobody has said that it is not open, nor will
        if (d.how == verdict::unknown) return check_again(now);
        rung_ = rung::state;
        if (d.how == verdict::no_answer) return;
        if (!wanted_->recon) return fail(on::cause::gave_up, now);
        be_reconnecting(0, now);  // it is not open, and nobody has said so
    }

    // --- bringing up ---

    void rise(const from_chat::done& d, instant now) {
        if (d.how == verdict::no_answer) return is_early() ? rise_again() : fail(on::cause::no_answer, now);
        switch (rung_) {
            case rung::configure:
                if (d.how != verdict::acknowledged) return fail(cause_of(d), now);
                break;
            case rung::open: return opening(d, now);
            case rung::pings: are_pings_set_ = true; return subscribe_from_start(now);
            case rung::subscribe: return subscribing(d, now);
            case rung::state: return look_after_subscribing(d, now);
            default: break;
        }
        rung_ = behind(rung_);
    }
    // It is there, but may have been starting: AT was sent until it answered, or is being sent.
    void rise_again() { rung_ = rung::attention; }
    void opening(const from_chat::done& d, instant now) {
        if (d.how == verdict::acknowledged) {
            rung_ = rung::pings;
            return;
        }
        if (is_tried_again(d) && wanted_->recon) return go(state::trying, now);
        if (d.how == verdict::refused) may_be_connected_ = has_opened_ || !is_over(d.code);
        if (d.code == cme::no_network) {
            notes_.add(notes::kind::network_needed);
            return go(state::waiting_for_network, now);
        }
        fail(cause_of(d), now);
    }
    void subscribing(const from_chat::done& d, instant now) {
        if (may_lose_link(d))
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
        const bool is_lost = seen_ && seen_ != connection_state::open && d.how != verdict::unknown;
        if (!is_lost) return subscribe_next(now);
        wanted_->recon ? let_it_try(now) : fail(on::cause::gave_up, now);
    }

    host_options options_;
    const settings* wanted_ = nullptr;
    std::size_t subscribed_ = 0;  // of the settings' subscriptions
    back_off back_off_;
    restart_watch restarts_;
    deadline due_;  // the end of what `state_` waits for
    state state_ = state::off;
    rung rung_ = rung::attention;
    std::optional<connection_state> seen_;  // as STAT? was answered last; nothing where that said nothing
    bool is_own_ = false;                   // a command of its own is under way
    bool is_stale_ = false;                 // and it was sent before what is done now was begun
    bool are_pings_set_ = false;            // since the module was brought up
    bool may_be_connected_ = false;
    bool has_opened_ = false;  // OPEN is under way, and its first half has come
    bool has_restarted_ = false;
    notes notes_;
};

}  // namespace atmqtt::detail
