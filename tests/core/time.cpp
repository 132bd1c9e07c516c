// core/time.hpp: instants that wrap, and deadlines.
// SPDX-License-Identifier: MIT
#include <atmqtt/core/time.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace atmqtt;

namespace {

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

TEST_CASE("time works in the compiler") {
    static_assert(until(instant{5}, instant{UINT32_MAX}).count() == 6);
    static_assert(!reached(instant{half}, instant{1}));
    static_assert([] {
        deadline due;
        due.set(millis{2}, instant{UINT32_MAX});
        return due.is_due(instant{1}) && due.wait(instant{0}) == millis{1};
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

TEST_CASE("a deadline is put off by the time that does not count, to no more than it was at first, and never to now") {
    using atmqtt::put_off;
    for (const std::uint32_t start : {0U, 0xFFFFFFF0U, 0x7FFFFFF0U}) {
        const auto at = [start](std::uint32_t ms) { return instant{start + ms}; };
        CHECK(put_off(at(50), at(20), at(30), millis{100}) == at(60));
        CHECK(put_off(at(50), at(20), at(90), millis{100}) == at(120));
        CHECK(put_off(at(50), at(20), at(20), millis{100}) == at(50));
        CHECK(put_off(at(150), at(20), at(90), millis{100}) == at(190));  // it began in between
        CHECK(put_off(at(20), at(20), at(90), millis{100}) == at(91));    // nobody has said so
        CHECK(put_off(at(150), at(20), at(30), millis{50}) == at(150));   // never sooner
    }
}
