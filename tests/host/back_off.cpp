// host/back_off.hpp: each span is twice the one before, up to the longest; a pause is from half of its span to the whole.
// SPDX-License-Identifier: MIT
#include <atmqtt/host/back_off.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>

using namespace atmqtt;

namespace {

host_options waits(std::uint32_t first, std::uint32_t longest) {
    host_options options;
    options.first_wait = millis{first};
    options.longest_wait = millis{longest};
    options.failures = 0;
    return options;
}
/// The pause behind so many failures.
std::uint32_t pause_behind(unsigned failures, const host_options& options, std::uint32_t seed) {
    detail::back_off it(seed);
    for (unsigned at = 0; at != failures; ++at) REQUIRE(it.may_fail(options));
    return it.pause(options).count();
}

struct range {
    std::uint32_t least = UINT32_MAX;
    std::uint32_t most = 0;
};
/// The shortest and the longest of them, of many seeds.
range pauses_behind(unsigned failures, const host_options& options) {
    range seen;
    for (std::uint32_t seed = 1; seed != 500; ++seed) {
        const std::uint32_t pause = pause_behind(failures, options, seed * 2'654'435'761U);
        seen.least = std::min(seen.least, pause);
        seen.most = std::max(seen.most, pause);
    }
    return seen;
}

}  // namespace

TEST_CASE("each span is twice the one before, but no longer than the longest; half of it and all of it are reached") {
    struct row {
        std::uint32_t first, longest;
        std::initializer_list<std::uint32_t> spans;
    };
    const row rows[] = {
        {1, 100, {1, 2, 4, 8, 16, 32, 64, 100, 100}},
        {2, 8, {2, 4, 8, 8}},
        {2, 6, {2, 4, 6, 6}},
        {2, 4, {2, 4, 4}},
        {4, 7, {4, 7, 7}},
        {9, 7, {7, 7}},
        {5, 5, {5, 5, 5}},
        {0, 100, {0, 0, 0}},
        {5, 0, {0, 0}},
    };
    for (const row& one : rows) {
        CAPTURE(one.first);
        CAPTURE(one.longest);
        unsigned failures = 0;
        for (const std::uint32_t span : one.spans) {
            ++failures;
            CAPTURE(failures);
            const range seen = pauses_behind(failures, waits(one.first, one.longest));
            CHECK(seen.least == span - span / 2);
            CHECK(seen.most == span);
        }
    }
}

TEST_CASE("a pause of minutes, or of days, is from half of its span to the whole as well") {
    for (const std::uint32_t span : {60'000U, 131'070U, 131'072U, 300'000U, 3'600'000U, 604'800'000U}) {
        CAPTURE(span);
        const range seen = pauses_behind(1, waits(span, span));
        CHECK(seen.least >= span / 2);
        CHECK(seen.least < span / 2 + span / 100);
        CHECK(seen.most <= span);
        CHECK(seen.most > span - span / 100);
    }
}

TEST_CASE("it has failed too often at the number that the options name, never at 0, and is forgiven by a success") {
    host_options options;
    for (const unsigned most : {1U, 2U, 10U, 255U}) {
        CAPTURE(most);
        options.failures = static_cast<std::uint8_t>(most);
        detail::back_off it(1);
        for (unsigned round = 0; round != 2; ++round) {
            for (unsigned at = 1; at != most; ++at) CHECK(it.may_fail(options));
            CHECK_FALSE(it.may_fail(options));
            CHECK_FALSE(it.may_fail(options));
            it.reset();
        }
    }
    options.failures = 0;
    detail::back_off it(1);
    for (unsigned at = 0; at != 1'000; ++at) CHECK(it.may_fail(options));
    options.failures = 255;  // they were counted up to that, and no further
    CHECK_FALSE(it.may_fail(options));
}

TEST_CASE("the pauses of one device differ, and so do those of two; a seed of 0 is as good as any") {
    const host_options options = waits(60'000, 60'000);
    for (const std::uint32_t seed : {0U, 1U, 2U, 0xFFFFFFFFU}) {
        CAPTURE(seed);
        detail::back_off it(seed);
        CHECK(it.may_fail(options));
        const millis first = it.pause(options);
        CHECK(it.pause(options) != first);
        CHECK(it.pause(options) != first);
    }
    CHECK(pause_behind(1, options, 7'000) != pause_behind(1, options, 70'000));
}

TEST_CASE(
    "once it was open the pauses begin anew, a step longer each time that it has not stayed so; a reset forgets all") {
    const host_options options = waits(1'000, 300'000);
    const auto is_from = [](millis pause, std::uint32_t span) {
        return pause.count() >= span / 2 && pause.count() <= span;
    };
    detail::back_off it(7);
    for (unsigned outage = 0; outage != 8; ++outage) {
        for (unsigned failure = 0; failure != 3; ++failure) {
            REQUIRE(it.may_fail(options));
            CHECK(is_from(it.pause(options), std::min(1'000U << ((outage == 0 ? 0 : outage - 1) + failure), 300'000U)));
        }
        it.start();
        it.be_open(instant{});
    }
    for (unsigned outage = 0; outage != 600; ++outage) {  // past what is counted
        it.start();
        it.be_open(instant{});
        REQUIRE(it.may_fail(options));
        CHECK(is_from(it.pause(options), outage == 0 ? 256'000 : 300'000));
    }
    it.reset();
    REQUIRE(it.may_fail(options));
    CHECK(is_from(it.pause(options), 1'000));
}

TEST_CASE("it is restless from the sixth start on, and no more once it has stayed open") {
    detail::back_off it(7);
    for (unsigned round = 0; round != 2; ++round) {
        for (unsigned start = 1; start != 600; ++start) {
            CAPTURE(start);
            it.start();
            CHECK(it.is_restless() == (start > 5));
            it.be_open(instant{});
            CHECK(it.is_restless() == (start > 5));
        }
        it.reset();
        CHECK_FALSE(it.is_restless());
    }
}
