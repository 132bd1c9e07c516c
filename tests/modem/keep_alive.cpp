// modem/keep_alive.hpp: when a ping is due and when its answer is late, under a clock that the test moves.
//                                                                                [2.3.10, 2.4.2, 3.4] BI-36..40
// SPDX-License-Identifier: MIT
#include <atmqtt/modem/keep_alive.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

using namespace atmqtt;

namespace {

constexpr std::uint32_t half = 0x80000000U;  // 2^31

/// Readings of the clock at its start, and before its middle and its wrap, so that these fall into each part of a life.
constexpr std::uint32_t starts[] = {
    0,      1,        half - 60'000, half - 30'000, half - 29'999, half - 10'000, half - 1,    half,
    0 - 1U, 0 - 500U, 0 - 10'000U,   0 - 29'999U,   0 - 30'000U,   0 - 60'000U,   0 - 90'000U, 0 - 100'000U};

enum class act {
    sends,     // a packet
    hears,     // a packet that is no PINGRESP
    pings,     // because it is due, just then and not earlier
    misses,    // an answer, just then and not earlier
    answered,  // PINGRESP, told before anything is asked
    spare,     // PINGRESP that nothing asked for
};
struct row {
    std::uint32_t ms;  // after the row before
    act what;
};

/// The pings of one connection, and its clock. CONNECT is sent and CONNACK heard at the start.
class life {
public:
    life(std::uint16_t seconds, std::uint32_t start = 0, millis limit = millis{10'000}) : limit_(limit), now_{start} {
        pings_.sent(now_);
        pings_.heard(now_);
        pings_.start(seconds);
    }

    void live(const row& next) {
        CAPTURE(static_cast<int>(next.what));
        const bool by_clock = next.what == act::pings || next.what == act::misses;
        if (by_clock) {
            CHECK(pings_.wait(now_, true) == millis{next.ms});
            if (next.ms != 0) pass(next.ms - 1);
            if (next.ms != 0) check_quiet();
            if (next.ms != 0) pass(1);
        } else {
            pass(next.ms);
        }
        switch (next.what) {
            case act::sends: check_quiet(); return pings_.sent(now_);
            case act::hears: check_quiet(); return pings_.heard(now_);
            case act::pings: return ping();
            case act::misses: return miss();
            case act::answered: return answer(true);
            case act::spare: return answer(false);
        }
    }

    void pass(std::uint32_t ms) { now_ = now_ + millis{ms}; }
    keep_alive& it() { return pings_; }
    instant now() const { return now_; }

private:
    void check_quiet() {
        CHECK_FALSE(pings_.is_due(now_));
        CHECK_FALSE(pings_.take_missed(now_));
        CHECK(pings_.wait(now_, true) != millis{0});
    }
    void ping() {
        CHECK(pings_.is_due(now_));
        CHECK(pings_.wait(now_, true) == millis{0});
        CHECK(pings_.wait(now_, false) != millis{0});
        pings_.expect();
        pings_.ping_sent(now_, limit_);
        CHECK_FALSE(pings_.is_due(now_));
    }
    void miss() {
        CHECK(pings_.wait(now_, false) == millis{0});
        CHECK(pings_.take_missed(now_));
        CHECK_FALSE(pings_.take_missed(now_));
    }
    void answer(bool is_asked) {
        pings_.heard(now_);
        CHECK(pings_.answered() == is_asked);
        CHECK_FALSE(pings_.take_missed(now_));
    }

    keep_alive pings_;
    millis limit_;
    instant now_;
};

/// The same life from each start of the clock.
void check(std::uint16_t seconds, const std::vector<row>& rows, millis limit = millis{10'000}) {
    for (const auto start : starts) {
        CAPTURE(start);
        life one{seconds, start, limit};
        int number = 0;
        for (const auto& next : rows) {
            CAPTURE(++number);
            one.live(next);
        }
    }
}

}  // namespace

TEST_CASE(
    "2.4.2, 3.4: the first ping is due half the keep alive after CONNECT, the others the whole after the one before") {
    check(60, {{30'000, act::pings},
               {100, act::answered},
               {59'900, act::pings},
               {100, act::answered},
               {59'900, act::pings},
               {9'999, act::answered},
               {50'001, act::pings}});
}

TEST_CASE("2.4.2: each packet that is sent puts the ping off to half the keep alive after it") {
    check(60, {{29'999, act::sends}, {1, act::sends}, {30'000, act::pings}, {10, act::answered}});
    check(60, {{30'000, act::pings}, {10, act::answered}, {990, act::sends}, {30'000, act::pings}});
}

TEST_CASE(
    "3.4: a ping that is not answered is missed at its limit, and the next follows the whole keep alive after it") {
    check(60, {{30'000, act::pings},
               {10'000, act::misses},
               {50'000, act::pings},
               {10'000, act::misses},
               {50'000, act::pings},
               {10'000, act::misses},
               {50'000, act::pings}});
}

TEST_CASE("BI-37: with a keep alive of 0 there is no ping, ever") {
    for (const auto start : starts) {
        CAPTURE(start);
        life one{0, start};
        for (int i = 0; i < 9; ++i) {
            CHECK_FALSE(one.it().is_due(one.now()));
            CHECK_FALSE(one.it().wait(one.now(), true).has_value());
            one.pass(half / 2 - 1);
        }
    }
}

TEST_CASE("BI-37: a keep alive of 1 s is halved, and one of 65535 s does not overflow") {
    check(1, {{500, act::pings}, {10, act::answered}, {990, act::pings}, {999, act::answered}, {1, act::pings}});
    check(1, {{400, act::sends}, {500, act::pings}});
    check(65'535, {{32'767'500, act::pings}, {10, act::answered}, {65'534'990, act::pings}, {10'000, act::misses}});
    check(65'535, {{32'767'499, act::sends}, {32'767'500, act::pings}});
}

TEST_CASE("BI-38: while packets only come, pings are due all the same") {
    std::vector<row> rows(29, row{1'000, act::hears});
    rows.push_back({1'000, act::pings});
    rows.push_back({0, act::answered});
    for (int i = 0; i < 59; ++i) rows.push_back({1'000, act::hears});
    rows.push_back({1'000, act::pings});
    check(60, rows);
}

TEST_CASE("BI-38: what comes while a ping is out is no answer to it") {
    check(60, {{30'000, act::pings}, {5'000, act::hears}, {4'999, act::hears}, {1, act::misses}});
}

TEST_CASE("BI-39: while packets are only sent, a ping is due the whole keep alive after the last sign of life") {
    std::vector<row> rows(59, row{1'000, act::sends});
    rows.push_back({1'000, act::pings});
    rows.push_back({1'000, act::sends});
    for (int i = 0; i < 8; ++i) rows.push_back({1'000, act::sends});
    rows.push_back({1'000, act::misses});  // own packets do not put off the end of the wait
    for (int i = 0; i < 49; ++i) rows.push_back({1'000, act::sends});
    rows.push_back({1'000, act::pings});  // nor the next ping
    check(60, rows);
}

TEST_CASE("BI-39: anything that comes is a sign of life") {
    std::vector<row> rows(40, row{1'000, act::sends});
    rows.push_back({0, act::hears});
    for (int i = 0; i < 59; ++i) rows.push_back({1'000, act::sends});
    rows.push_back({1'000, act::pings});
    check(60, rows);
}

TEST_CASE(
    "BI-40: an answer at its limit counts if it is told before the limit is asked for; one ms later it is missed") {
    check(60, {{30'000, act::pings}, {10'000, act::answered}, {50'000, act::pings}});
    check(60, {{30'000, act::pings}, {10'000, act::misses}, {1, act::answered}, {0, act::spare}, {49'999, act::pings}});
}

TEST_CASE("BI-40: an answer that nothing asked for is told as such, and changes nothing but that something came") {
    check(60, {{0, act::spare}, {30'000, act::pings}, {5, act::answered}, {5, act::spare}, {59'990, act::pings}});
    check(60, {{30'000, act::pings}, {5, act::answered}, {0, act::spare}, {59'995, act::pings}, {10'000, act::misses}});
}

TEST_CASE("BI-40: of two pings that are out the oldest counts") {
    check(6, {{3'000, act::pings}, {6'000, act::pings}, {4'000, act::misses}});
    // An answer is the first one's; the second is not waited for, but the ping behind it is.
    check(6, {{3'000, act::pings},
              {6'000, act::pings},
              {1'000, act::answered},
              {5'000, act::pings},
              {6'000, act::pings},
              {4'000, act::misses}});
    check(6, {{3'000, act::pings}, {6'000, act::pings}, {1'000, act::answered}, {0, act::answered}, {0, act::spare}});
}

TEST_CASE("BI-40, 2.3.1: a keep alive shorter than the limit still finds a loss, time and again") {
    check(1,
          {{500, act::pings},
           {1'000, act::pings},
           {1'000, act::pings},
           {500, act::misses},  // 2.5 s after the first
           {500, act::pings},
           {1'000, act::pings},
           {1'000, act::pings},
           {500, act::misses},
           {500, act::pings}},
          millis{2'500});
}

TEST_CASE("a limit of 0, or one as long as the keep alive, is kept") {
    check(60, {{30'000, act::pings}, {0, act::misses}, {60'000, act::pings}, {0, act::misses}}, millis{0});
    check(60, {{30'000, act::pings}, {60'000, act::misses}, {0, act::pings}, {60'000, act::misses}}, millis{60'000});
}

TEST_CASE("each ping has the limit that holds when it is sent") {
    life one{60};
    one.pass(30'000);
    one.it().expect();
    one.it().ping_sent(one.now(), millis{1'000});
    CHECK(one.it().wait(one.now(), true) == millis{1'000});
    CHECK(one.it().answered());
    one.pass(60'000);
    one.it().expect();
    one.it().ping_sent(one.now(), millis{20'000});
    CHECK(one.it().wait(one.now(), true) == millis{20'000});
}

TEST_CASE("a ping that cannot leave is not waited for; that which may be late is") {
    life one{60};
    CHECK(one.it().wait(one.now(), true) == millis{30'000});
    CHECK_FALSE(one.it().wait(one.now(), false).has_value());
    one.pass(30'000);
    CHECK_FALSE(one.it().wait(one.now(), false).has_value());
    one.live({0, act::pings});
    CHECK(one.it().wait(one.now(), false) == millis{10'000});
}

TEST_CASE("a ping that is overdue stays due until it leaves, however late that is") {
    life one{60};
    one.pass(10'000'000);
    CHECK(one.it().is_due(one.now()));
    CHECK(one.it().wait(one.now(), true) == millis{0});
    one.live({0, act::pings});
    one.live({10'000, act::misses});
    one.live({50'000, act::pings});
}

TEST_CASE("BI-40: the limit begins when the ping was handed out") {
    life one{60};
    one.pass(30'000);
    one.it().expect();
    one.pass(90'000);
    CHECK_FALSE(one.it().take_missed(one.now()));
    CHECK_FALSE(one.it().wait(one.now(), false).has_value());
    one.it().ping_sent(one.now(), millis{10'000});
    one.live({10'000, act::misses});
    one.live({50'000, act::pings});
}

TEST_CASE("BI-40: an answer may come before it is told that its ping was handed out; then nothing is waited for") {
    life one{60};
    one.pass(30'000);
    one.it().expect();
    one.it().heard(one.now());
    CHECK(one.it().answered());
    CHECK_FALSE(one.it().answered());
    one.it().ping_sent(one.now(), millis{10'000});
    CHECK_FALSE(one.it().wait(one.now(), false).has_value());
    one.live({60'000, act::pings});
    one.live({10'000, act::misses});
}

TEST_CASE("an answer to an older ping, while the next is on its way, leaves that one to be waited for") {
    life one{60};
    one.live({30'000, act::pings});
    one.live({10'000, act::misses});
    one.pass(50'000);
    one.it().expect();
    CHECK(one.it().answered());
    one.it().ping_sent(one.now(), millis{10'000});
    one.live({10'000, act::misses});
}

TEST_CASE("more pings without an answer than can be counted: each limit is found, and answers are still told") {
    life one{1, 0, millis{400'000}};
    one.live({500, act::pings});
    for (int i = 0; i < 399; ++i) one.live({1'000, act::pings});
    one.live({1'000, act::misses});
    one.live({0, act::pings});
    for (int i = 0; i < 255; ++i) CHECK(one.it().answered());
    CHECK_FALSE(one.it().answered());
}

TEST_CASE("once it is over there is neither a ping nor an answer, and the next connection begins anew") {
    for (const auto start : starts) {
        CAPTURE(start);
        life one{60, start};
        one.live({30'000, act::pings});
        one.it().stop();
        CHECK_FALSE(one.it().wait(one.now(), true).has_value());
        one.pass(10'000);
        CHECK_FALSE(one.it().take_missed(one.now()));
        CHECK_FALSE(one.it().is_due(one.now()));
        CHECK_FALSE(one.it().answered());
        one.it().sent(one.now());  // CONNECT, before its CONNACK starts the pings
        CHECK_FALSE(one.it().wait(one.now(), true).has_value());
        one.pass(2'000);
        one.it().heard(one.now());
        one.it().start(60);
        one.live({28'000, act::pings});
    }
}

TEST_CASE("BI-36: a clock that stands still, or goes back by 1 ms, makes no ping due and no answer late") {
    for (const auto start : starts) {
        CAPTURE(start);
        keep_alive pings;
        const auto at = [start](std::uint32_t ms) { return instant{start + ms}; };
        pings.sent(at(0));
        pings.heard(at(0));
        pings.start(60);
        for (int i = 0; i < 1'000; ++i) CHECK_FALSE(pings.is_due(at(0)));
        CHECK_FALSE(pings.is_due(at(0 - 1U)));
        CHECK(pings.wait(at(0 - 1U), true) == millis{30'001});
        CHECK_FALSE(pings.is_due(at(29'999)));
        CHECK_FALSE(pings.is_due(at(29'998)));
        CHECK(pings.is_due(at(30'000)));
        pings.expect();
        pings.ping_sent(at(30'000), millis{10'000});
        CHECK_FALSE(pings.is_due(at(29'999)));
        CHECK_FALSE(pings.take_missed(at(29'999)));
        CHECK(pings.wait(at(29'999), true) == millis{10'001});
        for (int i = 0; i < 1'000; ++i) CHECK_FALSE(pings.take_missed(at(30'000)));
        CHECK_FALSE(pings.take_missed(at(39'999)));
        CHECK(pings.take_missed(at(40'000)));
        CHECK_FALSE(pings.take_missed(at(39'999)));
    }
}

TEST_CASE("pings work in the compiler") {
    static_assert([] {
        keep_alive pings;
        pings.sent(instant{0 - 1'000U});
        pings.heard(instant{0 - 1'000U});
        pings.start(60);
        return !pings.is_due(instant{28'999}) && pings.is_due(instant{29'000});
    }());
    CHECK_FALSE(keep_alive{}.wait(instant{5}, true).has_value());
}
