// Time as the machines see it: an argument of 32 bits that wraps, and a fixed table of timers.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
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

/// Makes `shortest` a span that is shorter.
constexpr void shorten(millis& shortest, millis span) {
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

/// A fixed set of deadlines, one for each value 0..Count-1 of the enum `Name`.
template <class Name, std::size_t Count>
class timers {
    static_assert(Count <= 32, "one bit a timer");

public:
    /// Sets the timer, anew if it was set.
    constexpr void set(Name name, instant deadline) {
        deadlines_[index(name)] = deadline;
        armed_ |= bit(name);
    }
    /// Without effect on a timer that is not set.
    constexpr void cancel(Name name) { armed_ &= ~bit(name); }
    constexpr void cancel_all() { armed_ = 0; }
    /// Whether it was set, and neither cancelled nor taken since.
    constexpr bool is_set(Name name) const { return (armed_ & bit(name)) != 0; }

    /// Takes one timer whose deadline has come, the earliest first; it is no longer set then.
    constexpr std::optional<Name> take_due(instant now) {
        std::size_t due = Count;
        for (std::size_t i = 0; i < Count; ++i) {
            if (!is_set(static_cast<Name>(i)) || !reached(deadlines_[i], now)) continue;
            if (due == Count || !reached(deadlines_[due], deadlines_[i])) due = i;
        }
        if (due == Count) return std::nullopt;
        cancel(static_cast<Name>(due));
        return static_cast<Name>(due);
    }

    /// How long until the earliest deadline; nothing when no timer is set.
    constexpr std::optional<millis> wait(instant now) const {
        if (armed_ == 0) return std::nullopt;
        millis shortest = millis::max();
        for (std::size_t i = 0; i < Count; ++i) {
            if (!is_set(static_cast<Name>(i))) continue;
            const millis left = until(deadlines_[i], now);
            if (left < shortest) shortest = left;
        }
        return shortest;
    }

private:
    static constexpr std::size_t index(Name name) { return static_cast<std::size_t>(name); }
    static constexpr std::uint32_t bit(Name name) { return std::uint32_t{1} << index(name); }

    instant deadlines_[Count] = {};
    std::uint32_t armed_ = 0;
};

}  // namespace atmqtt
