// link/link.hpp: whole lives of a connection, to the millisecond, under a clock that the test moves.
//                                                                                [2.3.2, 2.3.9, 2.3.10, 3.4] BI-36
// SPDX-License-Identifier: MIT
#include <atmqtt/link/link.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace atmqtt;

namespace {

using e = link_event;
using p = phase;

constexpr std::uint32_t half = 0x80000000U;  // 2^31

/// Readings of the clock at its start, and before its middle and its wrap, so that these fall into each part of a life.
constexpr std::uint32_t starts[] = {0,          1,           half - 8'001, half - 8'000, half - 12'000, half - 30'000,
                                    half - 1,   half,        0 - 1U,       0 - 4'000U,   0 - 7'999U,    0 - 8'000U,
                                    0 - 8'001U, 0 - 12'000U, 0 - 20'000U,  0 - 52'000U};

/// One thing that happens: `late` and `try_due` by a tick, just `ms` after the row before and not earlier; any other
/// once `ms` went by in which no tick was due.
struct row {
    std::uint32_t ms;
    link_event what;
    phase to;
    std::string_view says;
    std::uint8_t tries = 0;
};

std::string told(const link_step& step) {
    std::string all;
    const auto add = [&](bool is_said, const char* word) {
        if (is_said) all += (all.empty() ? "" : " ") + std::string(word);
    };
    add(step.move == link_move::refuse, "refused");
    add(step.connects(), "connects");
    add(step.closes(), "closes");
    add(step.is_loss(), "loss");
    add(step.is_end(), "end");
    return all;
}

/// A link and its clock.
class life {
public:
    explicit life(std::uint32_t start = 0, const link_options& options = {}) : link_(options), now_{start} {}

    void pass(std::uint32_t ms) { now_ = now_ + millis{ms}; }
    link_step step(link_event what) { return link_.step(what, now_); }
    std::optional<link_step> tick() { return link_.tick(now_); }
    std::optional<millis> wait() const { return link_.wait(now_); }
    const atmqtt::link& it() const { return link_; }

    void live(const row& next) {
        CAPTURE(static_cast<int>(next.what));
        CAPTURE(static_cast<int>(next.to));
        const phase from = link_.at();
        const bool by_clock = next.what == e::late || next.what == e::try_due;
        const auto done = by_clock ? ticked(next.ms) : happened(next.ms, next.what);
        REQUIRE(done.has_value());
        CHECK(static_cast<int>(done->what) == static_cast<int>(next.what));
        CHECK(static_cast<int>(done->from) == static_cast<int>(from));
        CHECK(static_cast<int>(done->to) == static_cast<int>(next.to));
        CHECK(static_cast<int>(link_.at()) == static_cast<int>(next.to));
        CHECK(told(*done) == next.says);
        CHECK(link_.tries() == next.tries);
        CHECK(wait().has_value() == (link_.at() != p::closed && link_.at() != p::open));
    }

private:
    std::optional<link_step> ticked(std::uint32_t ms) {
        CHECK(wait() == millis{ms});
        if (ms != 0) {
            CHECK_FALSE(tick().has_value());
            pass(ms - 1);
            CHECK_FALSE(tick().has_value());
            CHECK(wait() == millis{1});
            pass(1);
        }
        CHECK(wait() == millis{0});
        return tick();
    }
    link_step happened(std::uint32_t ms, link_event what) {
        pass(ms);
        if (!wait() || wait()->count() != 0) CHECK_FALSE(tick().has_value());
        return step(what);
    }

    atmqtt::link link_;
    instant now_;
};

/// The same life from each start of the clock.
void check(const std::vector<row>& rows, const link_options& options = {}) {
    for (const auto start : starts) {
        CAPTURE(start);
        life one{start, options};
        int number = 0;
        for (const auto& next : rows) {
            CAPTURE(++number);
            one.live(next);
        }
    }
}

/// `rows` after those that lead into a phase.
std::vector<row> from(phase at, const std::vector<row>& rows) {
    std::vector<row> all{{0, e::open_asked, p::connecting, "connects"}};
    if (at == p::waiting) all.push_back({100, e::socket_failed, p::waiting, "closes"});
    if (at == p::greeting || at == p::awaiting || at == p::open || at == p::closing)
        all.push_back({100, e::socket_up, p::greeting, ""});
    if (at == p::awaiting || at == p::open || at == p::closing) all.push_back({100, e::greeted, p::awaiting, ""});
    if (at == p::open || at == p::closing) all.push_back({100, e::accepted, p::open, ""});
    if (at == p::closing) all.push_back({100, e::close_asked, p::closing, ""});
    all.insert(all.end(), rows.begin(), rows.end());
    return all;
}

link_options with_tries(std::uint8_t tries) {
    link_options options;
    options.tries = tries;
    return options;
}
link_options with_strikes(std::uint8_t strikes) {
    link_options options;
    options.strikes = strikes;
    return options;
}

}  // namespace

TEST_CASE("2.3.9, 3.4: tries after 4, 8 and 16 s, each of 8 s; then it is over, and may be asked to open anew") {
    check({
        {0, e::open_asked, p::connecting, "connects", 0},
        {8'000, e::late, p::waiting, "closes", 0},
        {4'000, e::try_due, p::connecting, "connects", 1},
        {8'000, e::late, p::waiting, "closes", 1},
        {8'000, e::try_due, p::connecting, "connects", 2},
        {8'000, e::late, p::waiting, "closes", 2},
        {16'000, e::try_due, p::connecting, "connects", 3},
        {8'000, e::late, p::closed, "closes end", 3},
        {1'000, e::open_asked, p::connecting, "connects", 0},
        {8'000, e::late, p::waiting, "closes", 0},
        {4'000, e::try_due, p::connecting, "connects", 1},
    });
}

TEST_CASE("2.3.9: the 8 s run from asking to CONNACK, whatever of it is done meanwhile") {
    check({
        {0, e::open_asked, p::connecting, "connects"},
        {3'000, e::socket_up, p::greeting, ""},
        {4'000, e::greeted, p::awaiting, ""},
        {1'000, e::late, p::waiting, "closes"},
    });
    check({
        {0, e::open_asked, p::connecting, "connects"},
        {7'999, e::socket_up, p::greeting, ""},
        {1, e::late, p::waiting, "closes"},
    });
    check(from(p::open, {{30'000, e::close_asked, p::closing, ""}}));  // and no longer
}

TEST_CASE("CONNACK at the end of the limit counts if it is told before the tick") {
    check({
        {0, e::open_asked, p::connecting, "connects"},
        {10, e::socket_up, p::greeting, ""},
        {10, e::greeted, p::awaiting, ""},
        {7'980, e::accepted, p::open, ""},
        {10'000, e::network_lost, p::closed, "closes loss end"},
    });
}

TEST_CASE("each try has its whole 8 s, also one that a slow caller begins late") {
    life one;
    one.live({0, e::open_asked, p::connecting, "connects"});
    one.pass(9'000);
    REQUIRE(one.tick().has_value());
    CHECK(one.wait() == millis{4'000});
    one.pass(4'500);
    const auto again = one.tick();
    REQUIRE(again.has_value());
    CHECK(again->connects());
    one.live({8'000, e::late, p::waiting, "closes", 1});
}

TEST_CASE("3.4: what takes the connection makes it reconnect") {
    for (const auto trouble : {e::socket_failed, e::socket_lost, e::ack_timeout, e::send_failed})
        check(from(p::open,
                   {{50, trouble, p::waiting, "closes loss"}, {4'000, e::try_due, p::connecting, "connects", 1}}));
    for (const auto trouble : {e::socket_failed, e::socket_lost, e::refused, e::send_failed})
        check(from(p::awaiting,
                   {{50, trouble, p::waiting, "closes"}, {4'000, e::try_due, p::connecting, "connects", 1}}));
    for (const auto trouble : {e::socket_failed, e::socket_lost, e::refused, e::send_failed})
        check(from(p::greeting,
                   {{50, trouble, p::waiting, "closes"}, {4'000, e::try_due, p::connecting, "connects", 1}}));
    for (const auto trouble : {e::socket_failed, e::socket_lost, e::refused})
        check(from(p::connecting,
                   {{50, trouble, p::waiting, "closes"}, {4'000, e::try_due, p::connecting, "connects", 1}}));
}

TEST_CASE("2.3.9: with reconnecting off a loss ends it, in each phase") {
    for (const auto at : {p::connecting, p::greeting, p::awaiting})
        check(from(at, {{10, e::reconnect_off, at, ""}, {10, e::socket_lost, p::closed, "closes end"}}));
    check(
        from(p::connecting, {{1'000, e::reconnect_off, p::connecting, ""}, {7'000, e::late, p::closed, "closes end"}}));
    check(from(p::open, {{10, e::reconnect_off, p::open, ""}, {10, e::socket_lost, p::closed, "closes loss end"}}));
    check(from(p::waiting, {{10, e::reconnect_off, p::closed, "end"}, {10, e::reconnect_on, p::closed, ""}}));
    check(from(p::closing, {{10, e::reconnect_off, p::closing, ""}, {10, e::farewell_sent, p::closed, "closes end"}}));
    check({{0, e::reconnect_off, p::closed, ""},
           {0, e::open_asked, p::connecting, "connects"},
           {8'000, e::late, p::closed, "closes end"}});
}

TEST_CASE(
    "2.3.9: turned off and on again it reconnects; it is on at first, and stays as set from one life to the next") {
    check(from(p::open, {{10, e::reconnect_off, p::open, ""},
                         {10, e::reconnect_on, p::open, ""},
                         {10, e::socket_lost, p::waiting, "closes loss"}}));
    check(from(p::waiting,
               {{1'000, e::reconnect_on, p::waiting, ""}, {3'000, e::try_due, p::connecting, "connects", 1}}));
    life one;
    CHECK(one.it().reconnects());
    (void)one.step(e::reconnect_off);
    CHECK_FALSE(one.it().reconnects());
    one.live({0, e::open_asked, p::connecting, "connects"});
    one.live({0, e::socket_failed, p::closed, "closes end"});
    CHECK_FALSE(one.it().reconnects());
}

TEST_CASE("asked to close it ends in each phase, and never tries again") {
    for (const auto at : {p::connecting, p::greeting, p::awaiting})
        check(
            from(at, {{10, e::close_asked, p::closed, "closes end"}, {60'000, e::close_asked, p::closed, "refused"}}));
    check(from(p::waiting, {{10, e::close_asked, p::closed, "end"}, {60'000, e::close_asked, p::closed, "refused"}}));
    check(from(p::open, {{10, e::close_asked, p::closing, ""},
                         {20, e::close_asked, p::closing, "refused"},
                         {30, e::farewell_sent, p::closed, "closes end"},
                         {60'000, e::close_asked, p::closed, "refused"}}));
    check({{0, e::close_asked, p::closed, "refused"}});
}

TEST_CASE("a farewell that is not sent in 1 s, or fails, ends it all the same") {
    check(from(p::closing, {{1'000, e::late, p::closed, "closes end"}}));
    check(from(p::open, {{10, e::close_asked, p::closing, ""},  // asking again does not put it off
                         {400, e::close_asked, p::closing, "refused"},
                         {600, e::late, p::closed, "closes end"}}));
    for (const auto trouble : {e::socket_failed, e::socket_lost, e::send_failed, e::network_lost})
        check(from(p::closing, {{500, trouble, p::closed, "closes end"}}));
}

TEST_CASE("2.2: bad credentials, or no network, end it at once, at the first try and at a later one") {
    for (const auto last : {e::bad_credentials, e::network_lost}) {
        for (const auto at : {p::connecting, p::greeting, p::awaiting})
            check(from(at, {{10, last, p::closed, "closes end"}}));
        check(from(p::waiting, {{10, last, p::closed, "end"}}));
        check(from(p::waiting, {{4'000, e::try_due, p::connecting, "connects", 1},
                                {10, e::socket_up, p::greeting, "", 1},
                                {10, e::greeted, p::awaiting, "", 1},
                                {10, last, p::closed, "closes end", 1},
                                {60'000, e::open_asked, p::connecting, "connects", 0}}));
    }
    check(from(p::open, {{10, e::network_lost, p::closed, "closes loss end"}}));
}

TEST_CASE("2.3.2: asked to open where it is not closed it refuses, and nothing changes") {
    for (const auto at : {p::connecting, p::greeting, p::awaiting, p::open, p::waiting, p::closing})
        check(from(at, {{10, e::open_asked, at, "refused"}}));
    check(from(p::waiting,
               {{1'000, e::open_asked, p::waiting, "refused"}, {3'000, e::try_due, p::connecting, "connects", 1}}));
}

TEST_CASE("2.3.9: success clears the tries: the next loss has all three again, and the first wait") {
    check({
        {0, e::open_asked, p::connecting, "connects", 0},
        {8'000, e::late, p::waiting, "closes", 0},
        {4'000, e::try_due, p::connecting, "connects", 1},
        {100, e::socket_failed, p::waiting, "closes", 1},
        {8'000, e::try_due, p::connecting, "connects", 2},
        {100, e::socket_up, p::greeting, "", 2},
        {100, e::greeted, p::awaiting, "", 2},
        {100, e::accepted, p::open, "", 0},
        {100, e::socket_lost, p::waiting, "closes loss", 0},
        {4'000, e::try_due, p::connecting, "connects", 1},
        {8'000, e::late, p::waiting, "closes", 1},
        {8'000, e::try_due, p::connecting, "connects", 2},
        {8'000, e::late, p::waiting, "closes", 2},
        {16'000, e::try_due, p::connecting, "connects", 3},
        {8'000, e::late, p::closed, "closes end", 3},
    });
}

TEST_CASE("3.4: three pings missed in a row lose it; one that is answered between them begins anew") {
    check(from(p::open, {{60'000, e::ping_missed, p::open, ""},
                         {60'000, e::ping_missed, p::open, ""},
                         {60'000, e::ping_missed, p::waiting, "closes loss"},
                         {4'000, e::try_due, p::connecting, "connects", 1}}));
    check(from(p::open, {{60'000, e::ping_missed, p::open, ""},
                         {60'000, e::ping_missed, p::open, ""},
                         {10, e::ping_answered, p::open, ""},
                         {60'000, e::ping_missed, p::open, ""},
                         {60'000, e::ping_missed, p::open, ""},
                         {60'000, e::ping_missed, p::waiting, "closes loss"}}));
}

TEST_CASE("3.4: open again, no strike is left of the time before") {
    const std::vector<row> again{{4'000, e::try_due, p::connecting, "connects", 1},
                                 {10, e::socket_up, p::greeting, "", 1},
                                 {10, e::greeted, p::awaiting, "", 1},
                                 {10, e::accepted, p::open, "", 0},
                                 {10, e::ping_missed, p::open, ""},
                                 {10, e::ping_missed, p::open, ""},
                                 {10, e::ping_missed, p::waiting, "closes loss"}};
    std::vector<row> by_strikes{{10, e::ping_missed, p::open, ""},
                                {10, e::ping_missed, p::open, ""},
                                {10, e::ping_missed, p::waiting, "closes loss"}};
    std::vector<row> by_socket{{10, e::ping_missed, p::open, ""},
                               {10, e::ping_missed, p::open, ""},
                               {10, e::socket_lost, p::waiting, "closes loss"}};
    for (auto rows : {by_strikes, by_socket}) {
        rows.insert(rows.end(), again.begin(), again.end());
        check(from(p::open, rows));
    }
}

TEST_CASE("a strike that loses it is told as the move that it becomes; one before says that it warns") {
    life one{0, with_strikes(2)};
    for (const auto what : {e::open_asked, e::socket_up, e::greeted, e::accepted}) (void)one.step(what);
    const link_step warned = one.step(e::ping_missed);
    CHECK(warned.move == link_move::warn);
    CHECK(told(warned).empty());
    const link_step lost = one.step(e::ping_missed);
    CHECK(lost.what == e::ping_missed);
    CHECK(lost.move == link_move::lose);
    CHECK(lost.is_loss());
}

TEST_CASE("a socket that comes up after it was given up is to be closed, and nothing else changes") {
    check({{0, e::socket_up, p::closed, "closes"}});
    check(
        from(p::connecting, {{10, e::close_asked, p::closed, "closes end"}, {10, e::socket_up, p::closed, "closes"}}));
    check(from(p::waiting,
               {{1'000, e::socket_up, p::waiting, "closes"}, {3'000, e::try_due, p::connecting, "connects", 1}}));
}

TEST_CASE(
    "a mirror of another's link may hear that it is open, or refused for good, before it hears of a socket or a try") {
    check(from(p::connecting, {{10, e::accepted, p::open, ""}, {10, e::socket_lost, p::waiting, "closes loss"}}));
    check(from(p::waiting, {{3'999, e::accepted, p::open, ""}, {9'000, e::close_asked, p::closing, ""}}));
    check(from(p::waiting, {{3'999, e::bad_credentials, p::closed, "end"}}));
}

TEST_CASE("options: tries 0 to 3, and more are 3") {
    check({{0, e::open_asked, p::connecting, "connects"}, {8'000, e::late, p::closed, "closes end"}}, with_tries(0));
    check(from(p::open, {{0, e::socket_lost, p::closed, "closes loss end"}}), with_tries(0));
    for (const std::uint8_t tries : std::initializer_list<std::uint8_t>{1, 2, 3, 4, 255}) {
        const std::uint8_t allowed = tries < 3 ? tries : std::uint8_t{3};
        std::vector<row> rows{{0, e::open_asked, p::connecting, "connects"}};
        for (std::uint8_t made = 0; made < allowed; ++made) {
            rows.push_back({8'000, e::late, p::waiting, "closes", made});
            const std::uint32_t waits[] = {4'000, 8'000, 16'000};
            rows.push_back({waits[made], e::try_due, p::connecting, "connects", static_cast<std::uint8_t>(made + 1)});
        }
        rows.push_back({8'000, e::late, p::closed, "closes end", allowed});
        check(rows, with_tries(tries));
    }
}

TEST_CASE("options: strikes 0 and 1 lose it at the first ping that is missed, 255 at the 255th") {
    for (const std::uint8_t strikes : std::initializer_list<std::uint8_t>{0, 1}) {
        check(from(p::open, {{10, e::ping_missed, p::waiting, "closes loss"}}), with_strikes(strikes));
        check(from(p::open, {{10, e::ping_answered, p::open, ""}, {10, e::ping_missed, p::waiting, "closes loss"}}),
              with_strikes(strikes));
    }
    std::vector<row> rows(254, row{10, e::ping_missed, p::open, ""});
    rows.push_back({10, e::ping_missed, p::waiting, "closes loss"});
    check(from(p::open, rows), with_strikes(255));
}

TEST_CASE("options: each limit and each wait is its own") {
    link_options options;
    options.connect_limit = millis{5};
    options.close_limit = millis{7};
    options.waits[0] = millis{11};
    options.waits[1] = millis{13};
    options.waits[2] = millis{17};
    check(
        {
            {0, e::open_asked, p::connecting, "connects", 0},
            {5, e::late, p::waiting, "closes", 0},
            {11, e::try_due, p::connecting, "connects", 1},
            {5, e::late, p::waiting, "closes", 1},
            {13, e::try_due, p::connecting, "connects", 2},
            {5, e::late, p::waiting, "closes", 2},
            {17, e::try_due, p::connecting, "connects", 3},
            {1, e::accepted, p::open, "", 0},
            {1, e::close_asked, p::closing, ""},
            {7, e::late, p::closed, "closes end"},
        },
        options);
}

TEST_CASE("options: limits and waits of 0 are due at once, and it comes to its end within one reading of the clock") {
    link_options options;
    options.connect_limit = options.close_limit = options.waits[0] = options.waits[1] = options.waits[2] = millis{0};
    check(
        {
            {0, e::open_asked, p::connecting, "connects", 0},
            {0, e::late, p::waiting, "closes", 0},
            {0, e::try_due, p::connecting, "connects", 1},
            {0, e::late, p::waiting, "closes", 1},
            {0, e::try_due, p::connecting, "connects", 2},
            {0, e::late, p::waiting, "closes", 2},
            {0, e::try_due, p::connecting, "connects", 3},
            {0, e::late, p::closed, "closes end", 3},
        },
        options);
    check({{0, e::open_asked, p::connecting, "connects"},
           {0, e::accepted, p::open, ""},
           {0, e::close_asked, p::closing, ""},
           {0, e::late, p::closed, "closes end"}},
          options);
}

TEST_CASE("options: the longest span, 2^31 - 1 ms, is kept to the millisecond") {
    link_options options;
    options.connect_limit = options.waits[0] = millis{half - 1};
    check({{0, e::open_asked, p::connecting, "connects"},
           {half - 1, e::late, p::waiting, "closes"},
           {half - 1, e::try_due, p::connecting, "connects", 1}},
          options);
}

TEST_CASE("BI-36: a clock that stands still, or goes back by 1 ms, makes nothing due and loses nothing") {
    for (const auto start : starts) {
        CAPTURE(start);
        atmqtt::link one;
        (void)one.step(e::open_asked, instant{start});
        for (int i = 0; i < 1'000; ++i) CHECK_FALSE(one.tick(instant{start}).has_value());
        CHECK(one.wait(instant{start}) == millis{8'000});
        CHECK_FALSE(one.tick(instant{start - 1}).has_value());
        CHECK(one.wait(instant{start - 1}) == millis{8'001});
        CHECK_FALSE(one.tick(instant{start + 7'999}).has_value());
        CHECK_FALSE(one.tick(instant{start + 7'998}).has_value());
        CHECK(one.wait(instant{start + 7'999}) == millis{1});
        CHECK(one.tick(instant{start + 8'000}).has_value());
        CHECK_FALSE(one.tick(instant{start + 7'999}).has_value());  // now it waits from 8000 on
        CHECK(one.wait(instant{start + 8'000}) == millis{4'000});
    }
}

TEST_CASE("a tick where nothing is due is a no-op, and then wait is not zero") {
    for (const auto start : starts) {
        CAPTURE(start);
        for (const auto at : {p::connecting, p::greeting, p::awaiting, p::open, p::waiting, p::closing}) {
            CAPTURE(static_cast<int>(at));
            life one{start};
            for (const auto& next : from(at, {})) one.live(next);
            const auto before = one.wait();
            for (int i = 0; i < 10; ++i) CHECK_FALSE(one.tick().has_value());
            CHECK(one.it().at() == at);
            CHECK(one.wait() == before);
            CHECK(one.wait() != millis{0});
            one.pass(100'000);  // one that comes too late does each thing once
            while (one.tick()) CHECK(one.it().at() != at);
            CHECK(one.wait() != millis{0});
        }
        life idle{start};
        idle.pass(half + 5);
        CHECK_FALSE(idle.tick().has_value());
        CHECK_FALSE(idle.wait().has_value());
    }
}

TEST_CASE("closed or open it waits for nothing, however long that lasts and whatever limit there was before") {
    for (const auto at : {p::closed, p::open}) {
        life one;
        for (const auto& next : from(p::open, {})) one.live(next);
        if (at == p::closed) (void)one.step(e::network_lost);
        for (int i = 0; i < 8; ++i) {
            one.pass(half / 4 * 3 + 17);
            CHECK_FALSE(one.tick().has_value());
            CHECK_FALSE(one.wait().has_value());
        }
    }
}

TEST_CASE("a connection is unanswered that ends between its socket and CONNACK") {
    for (const auto ending : {e::socket_lost, e::late, e::refused, e::close_asked}) {
        life one;
        for (const auto what : {e::open_asked, e::socket_up, e::greeted}) CHECK_FALSE(one.step(what).is_unanswered());
        CHECK(one.step(ending).is_unanswered() == (ending != e::refused));
    }
    life early;
    CHECK_FALSE(early.step(e::open_asked).is_unanswered());
    CHECK_FALSE(early.step(e::socket_failed).is_unanswered());  // nothing was sent
    life open;
    for (const auto what : {e::open_asked, e::socket_up, e::greeted, e::accepted})
        CHECK_FALSE(open.step(what).is_unanswered());
    CHECK_FALSE(open.step(e::socket_lost).is_unanswered());
}

TEST_CASE("a link works in the compiler") {
    static_assert([] {
        atmqtt::link one;
        (void)one.step(e::open_asked, instant{0 - 1U});
        const auto late = one.tick(instant{7'999});
        const auto again = one.tick(instant{11'999});
        return late && late->closes() && again && again->connects() && one.tries() == 1;
    }());
    CHECK(atmqtt::link{}.at() == p::closed);
}

TEST_CASE("CONNECT that was being sent may have been taken, whatever ended that but the broker's own word") {
    for (const auto what :
         {e::socket_failed, e::socket_lost, e::late, e::send_failed, e::close_asked, e::network_lost}) {
        life one;
        (void)one.step(e::open_asked);
        (void)one.step(e::socket_up);
        CHECK(one.step(what).is_unanswered());
    }
    for (const auto what : {e::refused, e::bad_credentials}) {
        life one;
        (void)one.step(e::open_asked);
        (void)one.step(e::socket_up);
        CHECK_FALSE(one.step(what).is_unanswered());
    }
}
