// What a modem does about each command.                                                                [2.3, 3.3]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../at/commands.hpp"
#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "../core/time.hpp"
#include "../link/link.hpp"
#include "../mqtt/codec.hpp"
#include "../mqtt/text.hpp"
#include "connection.hpp"
#include "modem_events.hpp"
#include "plain_commands.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::detail {

/// Answers a command at once, or makes it the errand of its connection. As there, room is for the caller to look at.
class executor {
public:
    executor(const modem_memory& lent, const modem_options& options)
        : at_(lent, options),
          tx_(lent.tx),
          identity_(first(options.identity, most_identity)),
          may_(options.may),
          timeout_(in_seconds(options.ack_limit)) {
        at_.session.set_ack_timeout(options.ack_limit);
        at_.session.set_last_id(options.last_id);
    }
    /// As of the modem.
    void rebind(const modem_memory& lent) {
        at_.errand.rebind(lent.command);
        at_.profile.rebind(lent.profile);
        at_.subscriptions.rebind(lent.subscriptions);
        at_.session.rebind(lent.rx, lent.tx, lent.records, at_.errand.kept_topic(), at_.errand.kept_payload());
        tx_ = lent.tx;
    }

    connection& at() { return at_; }
    const connection& at() const { return at_; }

    /// Whether the network is activated: without, OPEN is refused.                                     [2.2]
    bool is_network_up = true;

    /// Bytes of counted data that the host is to send.
    std::uint32_t awaited() const { return at_.errand.what == task::count ? wanted_ : 0; }

    /// Obeys a line.
    void take_line(std::string_view text, instant now) {
        const auto asked = parse_command(text, may_);
        if (asked) return start(*asked, now);
        if (asked.why().code == errc::unknown_head) return start_plain(parse_plain(text));
        refuse_malformed(text);
    }
    /// Obeys a command that no line need have said.
    void obey(const command& asked, instant now) {
        if (is_within_limits(asked)) return start(asked, now);
        if (std::holds_alternative<configure>(asked)) return at_.answers.refuse_by_spelling(cme::bad_parameter);
        at_.answers.refuse(cme::bad_parameter);
    }
    /// Obeys a command that is within its limits.
    void start(const command& asked, instant now) {
        match(
            asked, [&](const configure& m) { start_configure(m); },
            [&](const query_configuration&) { show_configuration(); }, [&](const open& m) { start_open(m, now); },
            [&](const query_state&) { at_.answers.done(state_is{stat(at_.link.at())}); },
            [&](const subscribe& m) { start_subscribe(m, now); }, [&](const query_subscriptions&) { start_list(); },
            [&](const unsubscribe& m) { start_unsubscribe(m, now); }, [&](const publish& m) { start_publish(m, now); },
            [&](const publish_counted& m) { start_count(m, now); }, [&](const disconnect&) { start_disconnect(now); },
            [&](const set_ping_echo& m) { start_set_pings(m.rsp_echo); }, [&](const query_ping_echo&) { show_pings(); },
            [&](const set_reconnect& m) { start_set_reconnect(m.recon, now); },
            [&](const query_reconnect&) {
                at_.answers.done(reconnect_is{at_.link.reconnects(), at_.link.tries()});
            },
            [&](const set_timeout& m) {
                set_timeout_to(m.timeout);
                at_.answers.done();
            },
            [&](const query_timeout&) { at_.answers.done(timeout_is{timeout_}); },
            [&](const delete_configuration&) { start_delete(); });
    }
    /// Takes counted data, in any pieces; what is more than `awaited` is ignored. False where they are whole and cannot be sent:
    /// they are `data_cut_short` then.
    bool data(std::string_view piece, instant now) {
        piece = first(piece, awaited());
        if (piece.empty()) return true;
        at_.errand.append(piece);
        wanted_ -= static_cast<std::uint32_t>(piece.size());
        return wanted_ != 0 || is_published(now);
    }
    /// They have stopped coming, or are of no use.
    void data_cut_short() {
        if (at_.errand.what != task::count) return;
        at_.session.give_record_back();
        at_.fail(cme::publish_failed);
    }
    /// Goes on with the list of subscriptions, by a line.
    void list_next() {
        if (listed_ >= at_.subscriptions.end()) return at_.finish();  // they may have been forgotten meanwhile
        const auto entry = at_.subscriptions[listed_];
        if (entry.is_granted) (void)at_.answers.say(subscription{entry.topic, true, entry.level});
        listed_ = at_.subscriptions.behind(listed_);
    }

private:
    void refuse_malformed(std::string_view text) {
        const head found = command_head(text, may_);
        if (is_name_of<configure>(found)) return at_.answers.refuse_by_spelling(cme::bad_parameter);
        if (is_name_of<disconnect>(found)) return at_.answers.refuse_by_spelling(cme::already_closed);
        at_.answers.refuse(cme::bad_parameter);
    }
    void start_plain(plain_command what) {
        switch (what) {
            case plain_command::unknown: return at_.answers.refuse();
            case plain_command::attention: break;
            case plain_command::echo_off: at_.answers.echoes = false; break;
            case plain_command::echo_on: at_.answers.echoes = true; break;
            case plain_command::identify: at_.answers.say(identity_); break;
            case plain_command::errors_plain: at_.answers.errors = error_words::plain; break;
            case plain_command::errors_number: at_.answers.errors = error_words::number; break;
            case plain_command::errors_words: at_.answers.errors = error_words::words; break;
            case plain_command::query_errors: show_error_words(); break;
        }
        at_.answers.done();
    }
    void show_error_words() {
        static constexpr std::string_view words[] = {"+CMEE: 0", "+CMEE: 1", "+CMEE: 2"};
        at_.answers.say(words[static_cast<std::size_t>(at_.answers.errors)]);
    }

    // --- configuration ---

    void start_configure(const configure& m) {
        const bool is_same = at_.profile.is_session_of(m);
        if (!at_.is_closed() || !at_.profile.set(m)) return at_.answers.refuse_by_spelling(cme::bad_parameter);
        if (!is_same) {
            at_.subscriptions.clear();
            (void)at_.session.forget();
        }
        at_.answers.done();
    }
    // Apart from `start`, for its line lies on the stack here.
    [[gnu::noinline]] void show_configuration() {
        if (!at_.profile.is_set()) return at_.answers.done(no_configuration{});
        // ours: a name with a quote or a backslash cannot be shown.
        const configuration_is shown = at_.profile.shown();
        if (!at_.answers.can_say(shown)) return at_.answers.refuse(cme::bad_parameter);
        at_.answers.done(shown);
    }
    // ours: what is in flight stays, or a broker that keeps the session would have a message delivered twice. CFG forgets it, where
    // it names another.
    void start_delete() {
        if (!at_.is_closed()) return at_.answers.refuse(cme::bad_parameter);
        at_.profile.clear();
        at_.subscriptions.clear();
        at_.answers.done();
    }
    void start_set_pings(bool is_shown) {
        if (at_.is_closed()) return at_.answers.refuse(cme::socket_failed);
        at_.answers.shows_pings = is_shown;
        at_.answers.done();
    }
    void show_pings() {
        if (at_.is_closed()) return at_.answers.refuse(cme::socket_failed);
        at_.answers.done(ping_echo_is{at_.answers.shows_pings});
    }
    void start_set_reconnect(bool is_on, instant now) {
        at_.answers.done();
        at_.happen(is_on ? link_event::reconnect_on : link_event::reconnect_off, now);
    }
    // Rounded up, 65535 at most. Counted off bit by bit: Cortex-M0+ has no division, and its library routine takes 270 bytes.
    static constexpr std::uint16_t in_seconds(millis limit) {
        std::uint32_t left = limit.count() < 65'535'000 ? limit.count() + 999 : 65'535'000;
        std::uint32_t seconds = 0;
        for (std::uint32_t bit = 0x8000; bit != 0; bit /= 2) {
            if (left < bit * 1000) continue;
            left -= bit * 1000;
            seconds += bit;
        }
        return static_cast<std::uint16_t>(seconds);
    }
    void set_timeout_to(std::uint16_t seconds) {
        timeout_ = seconds;
        at_.session.set_ack_timeout(millis{seconds * std::uint32_t{1000}});
    }

    // --- open and close ---

    void start_open(const open& m, instant now) {
        if (!at_.is_closed()) return at_.answers.refuse(cme::already_open);
        if (!at_.profile.is_set() || !at_.profile.set(m) || !can_greet()) return at_.answers.refuse(cme::bad_parameter);
        if (!is_network_up) return at_.answers.refuse(cme::no_network);
        at_.errand.what = task::open;
        at_.happen(link_event::open_asked, now);
    }
    // tx is idle: there is no connection. Apart from `start`, for a CONNECT lies on the stack here.
    [[gnu::noinline]] bool can_greet() const { return bool{mqtt::encode(at_.profile.greeting(at_.protocol), tx_)}; }
    void start_disconnect(instant now) {
        if (at_.is_closed()) return at_.answers.refuse_by_spelling(cme::already_closed);
        at_.errand.what = task::disconnect;
        at_.happen(link_event::close_asked, now);
    }

    // --- subscriptions ---

    // ours: a topic that no answer could name is not taken.
    static bool can_be_named(const text& topic) {
        auto at = topic.begin();
        while (at != topic.end() && *at != '"' && *at != '\\' && !is_forbidden(*at)) ++at;
        return at == topic.end();
    }
    // Whether the topic of SUB or UNSUB was kept. If not, the command was answered.
    bool keeps_filter(const text& topic) {
        if (!can_be_named(topic) || !is_topic_filter(at_.errand.keep(topic))) return refuse(cme::bad_parameter);
        return at_.is_open() || refuse(cme::socket_failed);
    }
    bool refuse(cme code) {
        at_.answers.refuse(code);
        return false;
    }
    void start_subscribe(const subscribe& m, instant now) {
        if (!keeps_filter(m.topic)) return;
        const std::string_view topic = at_.errand.kept_topic();
        if (at_.subscriptions.settle(topic)) return at_.answers.refuse(cme::already_subscribed);
        // ours: where the list is full, or tx is too small, the topic is not supported.
        if (!at_.subscriptions.has_room_for(topic) || !at_.session.subscribe(topic, m.level, now))
            return at_.answers.refuse(cme::bad_parameter);
        at_.errand.what = task::subscribe;
    }
    void start_unsubscribe(const unsubscribe& m, instant now) {
        if (!keeps_filter(m.topic)) return;
        const std::string_view topic = at_.errand.kept_topic();
        if (!at_.subscriptions.has(topic) || !at_.session.unsubscribe(topic, now))
            return at_.answers.refuse(cme::bad_parameter);
        at_.errand.what = task::unsubscribe;
    }
    void start_list() {
        (void)at_.answers.say(subscriptions_are{});
        at_.errand.what = task::list;
        listed_ = 0;
    }

    // --- messages ---

    void start_publish(const publish& m, instant now) {
        if (!keeps_head(m, m.message.size())) return;
        at_.errand.keep_payload(m.message);
        publish_kept(now);
    }
    void start_count(const publish_counted& m, instant now) {
        if (!keeps_head(m, m.length)) return;
        if (m.length == 0) return publish_kept(now);
        if (m.level == qos::exactly_once) at_.session.keep_record();
        at_.errand.what = task::count;
        wanted_ = m.length;
        at_.answers.show_prompt();
    }
    // Whether what comes before the payload was kept. If not, the command was answered.
    template <class Publish>
    bool keeps_head(const Publish& m, std::size_t payload) {
        const bool has_room = at_.errand.has_room(m.topic, payload) && can_send(m.topic);
        if (!has_room || !is_topic_name(at_.errand.keep(m.topic))) return refuse(cme::bad_parameter);
        if (!at_.is_open() || !at_.session.can_publish(m.level)) return refuse(cme::publish_failed);
        at_.errand.level = m.level;
        at_.errand.retain = m.retain;
        return true;
    }
    // ours: a topic that tx is too small for is not supported; counted data are not asked for then.
    bool can_send(const text& topic) const {
        return tx_.size() >= session::overhead && tx_.size() - session::overhead >= topic.size();
    }
    bool is_published(instant now) {
        const bool is_sent = bool{at_.session.publish(at_.errand.message(), now)};
        if (is_sent) at_.errand.what = task::publish;
        return is_sent;
    }
    void publish_kept(instant now) {
        if (!is_published(now)) at_.answers.refuse(cme::publish_failed);
    }

    static constexpr std::size_t most_identity = 64;

    connection at_;
    buffer tx_;
    std::string_view identity_;
    tolerances may_;
    std::uint16_t timeout_;     // seconds                                                        [2.3.10]
    std::uint32_t wanted_ = 0;  // bytes of counted data still to come
    std::size_t listed_ = 0;    // of the subscriptions, where the list is being shown
};

}  // namespace atmqtt::detail
