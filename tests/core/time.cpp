// core/time.hpp: instants that wrap, and a fixed table of timers.
// SPDX-License-Identifier: MIT
#include <atmqtt/core/time.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace atmqtt;

namespace {

enum class name { first, second, third };
using table = timers<name, 3>;

constexpr std::uint32_t half = 0x80000000U;  // 2^31

/// Readings of a clock around its start, its middle and its wrap.
constexpr std::uint32_t starts[] = {0, 1, half - 2, half - 1, half, half + 1, UINT32_MAX - 1, UINT32_MAX};

constexpr instant after(std::uint32_t start, std::uint32_t span) { return instant{start} + millis{span}; }

}  // namespace

TEST_CASE("adding to an instant wraps") {
    CHECK((instant{10} + millis{5}) == instant{15});
    CHECK((instant{UINT32_MAX} + millis{1}) == instant{0});
    CHECK((instant{half - 1} + millis{1}) == instant{half});
    CHECK((instant{10} + millis{5}) != instant{16});
}

TEST_CASE("BI-36: until counts down to a deadline from any reading of the clock, and is zero when it has come") {
    for (const auto start : starts) {
        CAPTURE(start);
        const instant deadline = after(start, 1000);
        CHECK(until(deadline, instant{start}).count() == 1000);
        CHECK(until(deadline, after(start, 1)).count() == 999);
        CHECK(until(deadline, after(start, 999)).count() == 1);
        CHECK(until(deadline, deadline).count() == 0);
        CHECK(until(deadline, after(start, 1001)).count() == 0);
        CHECK(until(deadline, after(start, half - 1)).count() == 0);
    }
}

TEST_CASE("BI-36: the longest span, 2^31 - 1 ms, is neither due early nor missed") {
    for (const auto start : starts) {
        CAPTURE(start);
        const instant deadline = after(start, half - 1);
        CHECK(until(deadline, instant{start}).count() == half - 1);
        CHECK_FALSE(reached(deadline, instant{start}));
        CHECK_FALSE(reached(deadline, after(start, half - 2)));
        CHECK(reached(deadline, deadline));
        CHECK(reached(deadline, deadline + millis{half - 1}));
    }
}

TEST_CASE("BI-36: a clock that stands still or goes back a little makes nothing due") {
    for (const auto start : starts) {
        CAPTURE(start);
        const instant deadline = after(start, 100);
        CHECK_FALSE(reached(deadline, instant{start}));
        CHECK_FALSE(reached(deadline, instant{start}));
        CHECK(until(deadline, instant{start - 50}).count() == 150);
    }
}

TEST_CASE("a table of timers waits for nothing until one is set") {
    table timer;
    CHECK_FALSE(timer.is_set(name::first));
    CHECK_FALSE(timer.wait(instant{5}).has_value());
    CHECK_FALSE(timer.take_due(instant{5}).has_value());
}

TEST_CASE("BI-36: a timer is due at its deadline and not before, is taken once, and is no longer set then") {
    for (const auto start : starts) {
        CAPTURE(start);
        table timer;
        timer.set(name::second, after(start, 10));
        CHECK(timer.is_set(name::second));
        CHECK_FALSE(timer.is_set(name::third));
        CHECK(timer.wait(instant{start}) == millis{10});
        CHECK_FALSE(timer.take_due(after(start, 9)).has_value());
        CHECK(timer.wait(after(start, 10)) == millis{0});
        CHECK(timer.take_due(after(start, 10)) == name::second);
        CHECK_FALSE(timer.is_set(name::second));
        CHECK_FALSE(timer.take_due(after(start, 10)).has_value());
        CHECK_FALSE(timer.wait(after(start, 10)).has_value());
    }
}

TEST_CASE("BI-36: of several that are due the earliest comes first, also across a wrap") {
    for (const auto start : starts) {
        CAPTURE(start);
        table timer;
        timer.set(name::first, after(start, 3));
        timer.set(name::second, after(start, 1));
        timer.set(name::third, after(start, 2));
        const instant now = after(start, 100);
        CHECK(timer.take_due(now) == name::second);
        CHECK(timer.take_due(now) == name::third);
        CHECK(timer.take_due(now) == name::first);
        CHECK_FALSE(timer.take_due(now).has_value());
    }
}

TEST_CASE("what is not due stays set while another is taken") {
    table timer;
    timer.set(name::first, instant{100});
    timer.set(name::third, instant{50});
    CHECK(timer.take_due(instant{60}) == name::third);
    CHECK_FALSE(timer.take_due(instant{60}).has_value());
    CHECK(timer.is_set(name::first));
    CHECK(timer.wait(instant{60}) == millis{40});
}

TEST_CASE("BI-36: wait is the time to the earliest deadline, and zero while one is overdue") {
    for (const auto start : starts) {
        CAPTURE(start);
        table timer;
        timer.set(name::first, after(start, 30));
        timer.set(name::second, after(start, 20));
        timer.set(name::third, after(start, half - 1));
        CHECK(timer.wait(instant{start}) == millis{20});
        CHECK(timer.wait(after(start, 25)) == millis{0});
        timer.cancel(name::second);
        CHECK(timer.wait(after(start, 25)) == millis{5});
        timer.cancel(name::first);
        CHECK(timer.wait(after(start, 25)) == millis{half - 26});
    }
}

TEST_CASE("setting a timer again replaces its deadline, to an earlier one too") {
    table timer;
    timer.set(name::first, instant{100});
    timer.set(name::first, instant{200});
    CHECK_FALSE(timer.take_due(instant{150}).has_value());
    timer.set(name::first, instant{120});
    CHECK(timer.wait(instant{110}) == millis{10});
    CHECK(timer.take_due(instant{150}) == name::first);
}

TEST_CASE("a cancelled timer never comes, and cancelling what is not set does nothing") {
    table timer;
    timer.set(name::first, instant{10});
    timer.set(name::second, instant{10});
    timer.cancel(name::third);
    timer.cancel(name::first);
    timer.cancel(name::first);
    CHECK(timer.take_due(instant{20}) == name::second);
    CHECK_FALSE(timer.take_due(instant{20}).has_value());

    timer.set(name::first, instant{10});
    timer.set(name::third, instant{10});
    timer.cancel_all();
    CHECK_FALSE(timer.is_set(name::first));
    CHECK_FALSE(timer.is_set(name::third));
    CHECK_FALSE(timer.take_due(instant{20}).has_value());
}

TEST_CASE("a table may hold 32 timers, the last of them as good as the first") {
    timers<std::uint8_t, 32> timer;
    for (std::uint8_t i = 0; i < 32; ++i) timer.set(i, instant{100U + i});
    CHECK(timer.wait(instant{90}) == millis{10});
    for (std::uint8_t i = 0; i < 32; ++i) CHECK(timer.take_due(instant{200}) == i);
    timer.set(31, instant{300});
    CHECK(timer.is_set(31));
    CHECK_FALSE(timer.is_set(0));
}

TEST_CASE("time works in the compiler") {
    static_assert(until(instant{5}, instant{UINT32_MAX}).count() == 6);
    static_assert(!reached(instant{half}, instant{1}));
    static_assert([] {
        table timer;
        timer.set(name::third, instant{2});
        return timer.take_due(instant{2}) == name::third && !timer.wait(instant{2});
    }());
    CHECK(reached(instant{7}, instant{7}));
}

TEST_CASE("the shorter of two waits; nothing is for ever") {
    static_assert(!shorter(std::nullopt, std::nullopt));
    static_assert(*shorter(millis{3}, std::nullopt) == millis{3});
    static_assert(*shorter(std::nullopt, millis{3}) == millis{3});
    static_assert(*shorter(millis{3}, millis{2}) == millis{2});
}

TEST_CASE("a deadline is due from its millisecond on, across the wraps of the clock, and not once it is cleared") {
    for (const std::uint32_t start : {0U, 0x7FFFFFF0U, 0x80000000U, 0xFFFFFFF0U}) {
        const instant now{start};
        deadline due;
        CHECK_FALSE(due.is_due(now));
        CHECK_FALSE(due.wait(now));
        due.set(millis{100}, now);
        CHECK_FALSE(due.is_due(now + millis{99}));
        CHECK(due.wait(now + millis{99}) == millis{1});
        CHECK(due.is_due(now + millis{100}));
        CHECK(due.wait(now + millis{5000}) == millis{0});
        due.set(millis{200}, now);
        CHECK_FALSE(due.is_due(now + millis{100}));
        due.clear();
        CHECK_FALSE(due.is_due(now + millis{1000}));
        CHECK_FALSE(due.wait(now));
    }
}
