// link/link.hpp: what each event does in each phase, by rules of the manual and of wire.md.
//                                                                          [2.2, 2.3.2, 2.3.3, 2.3.9, 2.3.10, 3.4]
// SPDX-License-Identifier: MIT
#include <atmqtt/link/link.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

using namespace atmqtt;

namespace {

/// Some of the phases.
struct phases {
    std::uint8_t bits;

    constexpr bool hold(phase at) const { return (bits >> static_cast<unsigned>(at) & 1U) != 0; }
    friend constexpr phases operator|(phases a, phases b) { return {static_cast<std::uint8_t>(a.bits | b.bits)}; }
    friend constexpr phases operator-(phases a, phases b) { return {static_cast<std::uint8_t>(a.bits & ~b.bits)}; }
};
constexpr phases only(phase at) { return {static_cast<std::uint8_t>(1U << static_cast<unsigned>(at))}; }

constexpr phases closed = only(phase::closed);
constexpr phases connecting = only(phase::connecting);
constexpr phases greeting = only(phase::greeting);
constexpr phases awaiting = only(phase::awaiting);
constexpr phases opened = only(phase::open);
constexpr phases waiting = only(phase::waiting);
constexpr phases closing = only(phase::closing);

constexpr phases trying = connecting | greeting | awaiting;
constexpr phases with_socket = trying | opened | closing;
constexpr phases without_socket = closed | waiting;
constexpr phases anywhere = with_socket | without_socket;

constexpr phase all_phases[] = {phase::closed, phase::connecting, phase::greeting, phase::awaiting,
                                phase::open,   phase::waiting,    phase::closing};
static_assert(sizeof(all_phases) / sizeof(phase) == phase_count);

struct rule {
    link_event what;
    phases where;
    link_move move;
    std::string_view why;
};

// Each pair stands in exactly one rule.
constexpr rule rules[] = {
    {link_event::open_asked, closed, link_move::dial, "2.3.2: OPEN begins to connect"},
    {link_event::open_asked, anywhere - closed, link_move::refuse, "wire.md 2: 602, also while it waits for a try"},

    {link_event::close_asked, closed, link_move::refuse, "wire.md 2: 620, closed twice"},
    {link_event::close_asked, trying | waiting, link_move::end,
     "wire.md 2: DISC stops trying; no broker to say farewell to"},
    {link_event::close_asked, opened, link_move::leave,
     "3.4: closed by command there is no reconnecting; MQTT 3.14: DISCONNECT"},
    {link_event::close_asked, closing, link_move::refuse, "620: it is being closed"},

    {link_event::socket_up, connecting, link_move::greet, "2.3.3: from 2 to 3"},
    {link_event::socket_up, without_socket, link_move::hang_up, "given up meanwhile: nobody would ever close it"},
    {link_event::socket_up, greeting | awaiting | opened | closing, link_move::ignore, "it is up already"},

    {link_event::socket_failed, trying | opened, link_move::lose, "2.3.2: failing to connect makes it reconnect"},
    {link_event::socket_failed, closing, link_move::end, "asked to close: no reconnecting, and nothing to wait for"},
    {link_event::socket_failed, without_socket, link_move::ignore, "that of a try which was given up"},
    {link_event::socket_lost, trying | opened, link_move::lose, "2.3.9: losses by the network make it reconnect"},
    {link_event::socket_lost, closing, link_move::end, "asked to close: no reconnecting, and nothing to wait for"},
    {link_event::socket_lost, without_socket, link_move::ignore, "there is none to lose"},

    {link_event::greeted, greeting, link_move::await, "2.3.3: from 3 to 4"},
    {link_event::greeted, anywhere - greeting, link_move::ignore, "no CONNECT was being sent"},

    {link_event::accepted, awaiting, link_move::enter, "2.3.3: from 4 to 1"},
    {link_event::accepted, greeting, link_move::enter,
     "an answer may come once CONNECT was offered, before it is said to be sent"},
    {link_event::accepted, connecting | waiting, link_move::enter,
     "a mirror hears +MQTTOPEN: OK, and of no try or socket"},
    {link_event::accepted, closed | opened | closing, link_move::ignore, "nothing was asked, or there is no way back"},
    {link_event::refused, trying, link_move::lose,
     "2.3.2: failing to connect, but for a wrong password, makes it reconnect"},
    {link_event::refused, anywhere - trying, link_move::ignore, "no try is under way"},
    {link_event::bad_credentials, trying, link_move::end, "2.2: after 614 there is no reconnecting"},
    {link_event::bad_credentials, waiting, link_move::end, "the same, for a mirror that did not hear of the try"},
    {link_event::bad_credentials, closed | opened | closing, link_move::ignore, "no try is under way"},

    {link_event::late, trying, link_move::lose, "2.3.9: 8 s to connect, then it reconnects"},
    {link_event::late, closing, link_move::end, "a broker that takes no DISCONNECT must not keep it open"},
    {link_event::late, closed | opened | waiting, link_move::ignore, "nothing is limited there"},
    {link_event::try_due, waiting, link_move::dial_again, "3.4: reconnects every so often"},
    {link_event::try_due, anywhere - waiting, link_move::ignore, "nothing was lost"},

    {link_event::ack_timeout, opened, link_move::lose, "2.3.10: without ACK it is closed, or reconnects"},
    {link_event::ack_timeout, anywhere - opened, link_move::ignore,
     "only what is open waits for ACK; CONNACK has its own limit"},
    {link_event::ping_missed, opened, link_move::warn, "3.4: only three in a row make it reconnect"},
    {link_event::ping_missed, anywhere - opened, link_move::ignore, "only what is open pings"},
    {link_event::ping_answered, opened, link_move::calm, "3.4: three in a row"},
    {link_event::ping_answered, anywhere - opened, link_move::ignore, "only what is open pings"},
    {link_event::send_failed, greeting | awaiting | opened, link_move::lose,
     "2.3.2: failing to send makes it reconnect"},
    {link_event::send_failed, closing, link_move::end, "DISCONNECT does not get out: asked to close, it is closed"},
    {link_event::send_failed, connecting | without_socket, link_move::ignore, "nothing is being sent"},

    {link_event::network_lost, anywhere - closed, link_move::end, "2.2: after 600 there is no reconnecting"},
    {link_event::network_lost, closed, link_move::ignore, "nothing is lost by it"},
    {link_event::farewell_sent, closing, link_move::end, "MQTT 3.14.4: after DISCONNECT the socket is closed"},
    {link_event::farewell_sent, anywhere - closing, link_move::ignore, "no DISCONNECT was being sent"},

    {link_event::reconnect_on, anywhere, link_move::turn_on, "2.3.9: may be set at any time"},
    {link_event::reconnect_off, anywhere - waiting, link_move::turn_off,
     "2.3.9: it says what becomes of the next loss"},
    {link_event::reconnect_off, waiting, link_move::stop_waiting, "2.3.9: with 0 there is no next try, so it is over"},
};

constexpr std::optional<link_move> expected(phase at, link_event what) {
    for (const auto& one : rules)
        if (one.what == what && one.where.hold(at)) return one.move;
    return std::nullopt;
}

template <class Use>
constexpr bool for_each_pair(Use holds) {
    for (const auto at : all_phases)
        for (std::size_t i = 0; i < link_event_count; ++i)
            if (!holds(at, static_cast<link_event>(i))) return false;
    return true;
}

constexpr bool is_decided(phase at, link_event what) {
    const link_move move = link_table::at(at, what);
    return move > link_move::undecided && move <= link_move::stop_waiting;
}
constexpr bool is_as_ruled(phase at, link_event what) { return expected(at, what) == link_table::at(at, what); }

static_assert(for_each_pair(is_decided));
static_assert(for_each_pair(is_as_ruled));

}  // namespace

TEST_CASE("each event is decided in each phase, as the manual and wire.md demand") {
    for_each_pair([](phase at, link_event what) {
        CAPTURE(static_cast<int>(at));
        CAPTURE(static_cast<int>(what));
        CHECK(is_decided(at, what));
        std::size_t count = 0;
        for (const auto& one : rules) {
            if (one.what != what || !one.where.hold(at)) continue;
            CAPTURE(one.why);
            CHECK(static_cast<int>(link_table::at(at, what)) == static_cast<int>(one.move));
            ++count;
        }
        CHECK(count == 1);
        return true;
    });
}

TEST_CASE("every move is made somewhere") {
    for (auto i = static_cast<int>(link_move::ignore); i <= static_cast<int>(link_move::stop_waiting); ++i) {
        CAPTURE(i);
        CHECK_FALSE(
            for_each_pair([&](phase at, link_event what) { return static_cast<int>(link_table::at(at, what)) != i; }));
    }
}

TEST_CASE("2.3.3: what AT+MQTTSTAT? answers in each phase") {
    const struct {
        phase at;
        int number;
    } rows[] = {
        {phase::closed, 0},
        {phase::connecting, 2},
        {phase::greeting, 3},
        {phase::awaiting, 4},
        {phase::open, 1},
        // wire.md 2: between two tries it is 0. ours: once asked to close, too.
        {phase::waiting, 0},
        {phase::closing, 0},
    };
    static_assert(sizeof(rows) / sizeof(rows[0]) == phase_count);
    static_assert(stat(phase::open) == connection_state::open);
    for (const auto& one : rows) {
        CAPTURE(one.number);
        CHECK(static_cast<int>(stat(one.at)) == one.number);
    }
}

TEST_CASE("a phase that there is not, as a cast may give, is not connected") {
    CHECK(stat(static_cast<phase>(7)) == connection_state::closed);
}

TEST_CASE("turned off between two tries it stays off") {
    atmqtt::link it;
    (void)it.step(link_event::open_asked, {});
    (void)it.step(link_event::socket_failed, {});
    REQUIRE(it.at() == phase::waiting);
    (void)it.step(link_event::reconnect_off, {});
    CHECK(it.at() == phase::closed);
    CHECK_FALSE(it.reconnects());
}
