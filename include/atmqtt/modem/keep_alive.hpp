// When a ping is due, and when its answer is late.                                    [2.3.10, 2.4.2, 3.4] (MQTT 3.1.2.10)
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/time.hpp"

#include <cstdint>
#include <optional>

namespace atmqtt {

/// The pings of one connection. Tell it what was sent and heard; it tells when to send a ping, and when one was missed.
///
/// A ping is due half the keep alive after the last packet that was sent [2.4.2], whatever comes meanwhile, and the whole after
/// a ping [3.4]; ours: a packet between two pings counts, so that the second may come sooner. ours: and the whole after the last
/// packet that came, or who only sends would never learn that nobody listens. The whole is MQTT's limit to the millisecond
/// (3.1.2-23): what the caller takes to hand a ping out comes on top, and brokers allow half as much again.
class keep_alive {
public:
    /// A connection has been accepted, its CONNACK heard; 0 seconds: no ping, ever.
    constexpr void start(std::uint16_t seconds) { whole_ = millis{seconds * 1000U}; }
    /// The connection is over.
    constexpr void stop() { *this = keep_alive{}; }

    /// A packet was handed out; CONNECT may be before `start`.
    constexpr void sent(instant now) {
        sent_ = now;
        was_ping_ = false;
    }
    /// A ping is about to be sent: an answer may come from now on.
    constexpr void expect() {
        if (unanswered_ != 255) ++unanswered_;
    }
    /// That ping was handed out. Of several that are not answered, the oldest counts: a keep alive that is shorter than `limit`
    /// must not put off the end for ever.                                                                          [2.3.1]
    constexpr void ping_sent(instant now, millis limit) {
        sent_ = heard_ = now;
        was_ping_ = true;
        if (unanswered_ == 0 || awaits_) return;
        awaits_ = true;
        answer_due_ = now + limit;
    }
    /// A packet was received, whole.
    constexpr void heard(instant now) { heard_ = now; }
    /// PINGRESP was received: ours: none is waited for until the next ping, whichever ping this one answers. False if no ping is
    /// unanswered.
    constexpr bool answered() {
        if (unanswered_ == 0) return false;
        --unanswered_;
        awaits_ = false;
        return true;
    }

    /// From then until now no answer could be heard: the time for it, `limit`, did not go by.
    constexpr void put_off(instant since, instant now, millis limit) {
        answer_due_ = atmqtt::put_off(answer_due_, since, now, limit);
    }

    /// Whether a ping is to be sent. To be asked between two packets: a ping that is being sent is still due.
    constexpr bool is_due(instant now) const {
        return may_ping() && (reached(idle_end(), now) || reached(quiet_end(), now));
    }
    /// Takes an answer that is late; true once for each.
    constexpr bool take_missed(instant now) {
        if (!awaits_ || !reached(answer_due_, now)) return false;
        awaits_ = false;
        return true;
    }
    /// How long until an answer is late, or, if one `may_leave`, until a ping is due; nothing: until something happens.
    constexpr std::optional<millis> wait(instant now, bool may_leave) const {
        millis shortest = (millis::max)();
        shorten(shortest, now, may_leave);
        if (shortest == (millis::max)()) return std::nullopt;
        return shortest;
    }
    /// The same, where `shortest` is not shorter; an answer that is not heard is not late.
    constexpr void shorten(millis& shortest, instant now, bool may_leave, bool hears = true) const {
        if (awaits_ && hears) atmqtt::shorten(shortest, answer_due_, now);
        if (!may_leave || !may_ping()) return;
        atmqtt::shorten(shortest, idle_end(), now);
        atmqtt::shorten(shortest, quiet_end(), now);
    }

private:
    friend struct session_probe;  // of the tests

    constexpr bool may_ping() const { return whole_.count() != 0; }
    constexpr instant idle_end() const { return sent_ + (was_ping_ ? whole_ : whole_ / 2); }
    constexpr instant quiet_end() const { return heard_ + whole_; }

    std::uint8_t unanswered_ = 0;
    bool awaits_ = false;
    bool was_ping_ = false;  // what was sent last
    millis whole_{0};        // 0: no pings
    instant sent_ = {};
    instant heard_ = {};  // or a ping was sent
    instant answer_due_ = {};
};

}  // namespace atmqtt
