// How long a host waits before it tries again, and when it has had enough.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/time.hpp"
#include "host_events.hpp"

#include <cstdint>
#include <optional>

namespace atmqtt::detail {

/// Failures in a row, and the pause behind each; and whether it stays open. The options say how long and how many.
class back_off {
public:
    explicit back_off(std::uint32_t seed) : random_(seed != 0 ? seed : 1) {}

    /// The module was switched off and on, or it has stayed open: all is forgotten.
    void reset() {
        failures_ = doublings_ = starts_ = 0;
        stay_.clear();
    }
    /// It is connected: if it does not stay so, that was once too often.
    void start() {
        if (starts_ != 255) ++starts_;
    }
    /// It is open, behind `start`: what comes next is the first failure. ours: but each time that it has not stayed so the pauses begin
    /// longer, or one that is lost as soon as it is open would be opened a thousand times an hour.
    void be_open(instant now) {
        failures_ = 0;
        doublings_ = static_cast<std::uint8_t>(starts_ - 1);
        stay_.set(stay, now);
    }
    /// It is not open any more.
    void be_lost(instant now) {
        tick(now);
        stay_.clear();
    }
    /// Whether it has started so often, and not stayed open, that the next loss is to be followed by a pause.
    bool is_restless() const { return starts_ > most_starts; }
    /// Whether `tick` has something to do, and how long until then.
    bool is_due(instant now) const { return stay_.is_due(now); }
    std::optional<millis> wait(instant now) const { return stay_.wait(now); }
    /// What has been open for long enough is forgiven all that was before.
    void tick(instant now) {
        if (is_due(now)) reset();
    }
    /// It has failed once more. False when that is enough.
    bool may_fail(const host_options& options) {
        if (failures_ != 255) ++failures_;
        if (doublings_ != 255) ++doublings_;
        return options.failures == 0 || failures_ < options.failures;
    }
    /// From half of the span to the whole, so that not all devices return at once.
    millis pause(const host_options& options) {
        const std::uint32_t most = options.longest_wait.count();
        std::uint32_t span = options.first_wait.count();
        for (std::uint8_t at = 1; at < doublings_ && span != 0 && span < most; ++at)
            span = span < most / 2 ? span * 2 : most;
        if (span > most) span = most;
        // A part of it, by products of 16 bits: a Cortex-M0+ would divide by a routine of 266 bytes.
        const std::uint32_t choices = span / 2 + 1;
        const std::uint32_t part = next() >> 16;
        return millis{span - ((choices >> 16) * part + ((choices & 0xFFFF) * part >> 16))};
    }

private:
    static constexpr millis stay{60'000};           // ours: what is open for less has not stayed so
    static constexpr std::uint8_t most_starts = 5;  // ours

    // Xorshift: never 0.
    std::uint32_t next() {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 17;
        random_ ^= random_ << 5;
        return random_;
    }

    std::uint32_t random_;
    std::uint8_t failures_ = 0;
    std::uint8_t doublings_ = 0;  // and one, of the first pause
    std::uint8_t starts_ = 0;     // since it has stayed open
    deadline stay_;               // when it will have
};

}  // namespace atmqtt::detail
