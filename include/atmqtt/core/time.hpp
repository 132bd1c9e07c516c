// Time as the machines see it: an argument of 32 bits that wraps, and a point in it at which something is due.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace atmqtt {

struct chat_probe;  // of the tests

/// A span of time; at most 2^31 - 1 ms (24 days) wherever it is added to an instant.
using millis = std::chrono::duration<std::uint32_t, std::milli>;

/// A reading of the caller's monotonic clock, in milliseconds from any start. It may wrap.
struct instant {
    std::uint32_t ticks = 0;

    friend constexpr instant operator+(instant from, millis span) { return {from.ticks + span.count()}; }
    friend constexpr bool operator==(instant a, instant b) { return a.ticks == b.ticks; }
    friend constexpr bool operator!=(instant a, instant b) { return a.ticks != b.ticks; }
};

/// How long it is from `now` until `deadline`; zero once that has come. Right as long as the two are less than 2^31 ms apart.
constexpr millis until(instant deadline, instant now) {
    const std::uint32_t ahead = deadline.ticks - now.ticks;
    return millis{ahead < 0x80000000U ? ahead : 0U};
}

/// Whether `deadline` has come.
constexpr bool reached(instant deadline, instant now) { return until(deadline, now).count() == 0; }

/// The deadline when the time from `since` to `now` does not count: as far ahead of `now` as it was of `since`, but by that no more
/// than `most`, and at least a millisecond. Never sooner than it was.
constexpr instant put_off(instant deadline, instant since, instant now, millis most) {
    const millis was_left = until(deadline, since);
    const millis left = was_left.count() == 0 ? millis{1} : was_left < most ? was_left : most;
    return reached(deadline, now + left) ? now + left : deadline;
}

/// Makes `shortest` the time until a deadline that is sooner. Not inlined: of several in a row GCC makes a copy for each of the ways
/// there, 70 bytes of a session's flash on a Cortex-M0+.
[[gnu::noinline]] constexpr void shorten(millis& shortest, instant deadline, instant now) {
    const millis span = until(deadline, now);
    if (span < shortest) shortest = span;
}

/// The shorter of two waits; nothing is for ever.
constexpr std::optional<millis> shorter(std::optional<millis> a, std::optional<millis> b) {
    if (!a || !b) return a ? a : b;
    return *a < *b ? a : b;
}

/// One point in time at which something is due, or none.
class deadline {
public:
    /// In so long from now, whatever it was before.
    constexpr void set(millis span, instant now) {
        at_ = now + span;
        is_set_ = true;
    }
    constexpr void clear() { is_set_ = false; }
    constexpr bool is_set() const { return is_set_; }
    constexpr bool is_due(instant now) const { return is_set_ && reached(at_, now); }
    /// How long until it is due; nothing where nothing is.
    constexpr std::optional<millis> wait(instant now) const {
        if (!is_set_) return std::nullopt;
        return until(at_, now);
    }

private:
    friend struct chat_probe;  // of the tests

    instant at_ = {};
    bool is_set_ = false;
};

}  // namespace atmqtt
