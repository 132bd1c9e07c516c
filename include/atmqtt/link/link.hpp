// The life of one connection: a table over its phases, the time each may take, and how often it is tried again.
//                                                                                [2.3.2, 2.3.3, 2.3.9, 2.3.10, 3.4]
// Neither end's: the modem drives it by what its socket and its broker do, a host can mirror with it what a modem reports.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/types.hpp"
#include "../core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace atmqtt {

/// Where a connection stands.
enum class phase : std::uint8_t {
    closed,
    connecting,  ///< the socket is being connected
    greeting,    ///< the socket is connected, CONNECT is being sent
    awaiting,    ///< CONNECT was sent, CONNACK is awaited
    open,
    waiting,  ///< lost, and to be tried again
    closing,  ///< DISCONNECT is being sent
};
inline constexpr std::size_t phase_count = 7;

/// Whether a phase has a socket, or connects one.
constexpr bool needs_socket(phase at) { return at != phase::closed && at != phase::waiting; }

/// What AT+MQTTSTAT? answers.                                                                          [2.3.3]
/// Between two tries, and once it was asked to close, a connection counts as not connected: ours.
constexpr connection_state stat(phase at) {
    switch (at) {
        case phase::connecting: return connection_state::connecting;
        case phase::greeting: return connection_state::greeting;
        case phase::awaiting: return connection_state::awaiting;
        case phase::open: return connection_state::open;
        case phase::closed:
        case phase::waiting:
        case phase::closing: break;
    }
    return connection_state::closed;
}

/// What happens to a connection.
enum class link_event : std::uint8_t {
    open_asked,
    close_asked,
    socket_up,
    socket_failed,    ///< it could not be connected
    socket_lost,      ///< closed or reset by the other end, or a packet that MQTT forbids came
    greeted,          ///< CONNECT was handed to the socket
    accepted,         ///< CONNACK, code 0
    refused,          ///< CONNACK, any other code
    bad_credentials,  ///< CONNACK, a code that `is_about_credentials`: a new try would end alike [2.2]
    late,             ///< `connect_limit` is over, or `close_limit`
    try_due,          ///< the wait for the next try is over
    ack_timeout,      ///< an acknowledgement did not come in time                                    [2.3.10]
    ping_missed,      ///< a ping was not answered in time                                            [3.4]
    ping_answered,
    send_failed,    ///< the socket does not take bytes                                              [2.3.2]
    network_lost,   ///< the network is not activated: no reconnecting                               [2.2]
    farewell_sent,  ///< DISCONNECT was handed to the socket
    reconnect_on,   ///< AT+MQTTREC=1                                                                [2.3.9]
    reconnect_off,  ///< AT+MQTTREC=0
};
inline constexpr std::size_t link_event_count = 19;

/// What is to be done about an event in a phase.
enum class link_move : std::uint8_t {
    undecided,     ///< stands nowhere in the table
    ignore,        ///< it cannot happen here, or says nothing new: nothing changes
    refuse,        ///< a command that is not due here
    dial,          ///< connect the socket: the host asked for it
    dial_again,    ///< the same, as a try to reconnect
    hang_up,       ///< a socket that nobody waits for any more: close it
    greet,         ///< send CONNECT
    await,         ///< CONNACK is due
    enter,         ///< it is open
    warn,          ///< a ping was missed: so many in a row `lose` the connection
    calm,          ///< a ping was answered: what was missed is forgotten
    lose,          ///< close the socket; try again if that is on and tries are left, else it is over
    end,           ///< close the socket; it is over
    leave,         ///< send DISCONNECT
    turn_on,       ///< reconnecting
    turn_off,      ///< reconnecting; a try that is under way goes on
    stop_waiting,  ///< reconnecting, between two tries: it is over
};

/// The whole life of a connection: what each event does in each phase.
///
/// A modem gets `accepted` while awaiting, a host that mirrors perhaps while it still knows of no try: both are open then. Some
/// sockets report an error of an open connection as one of connecting: `socket_failed` counts wherever there is a socket. What an
/// old socket reports once a new one is being connected is not to be passed on.
struct link_table {
    static constexpr link_move at(phase here, link_event what) {
        return static_cast<link_move>(cells[static_cast<std::size_t>(what)][static_cast<std::size_t>(here)]);
    }

private:
    // The moves by short names, so that the table can be read as one.
    enum move : std::uint8_t {
        no = static_cast<std::uint8_t>(link_move::ignore),
        refuse = static_cast<std::uint8_t>(link_move::refuse),
        dial = static_cast<std::uint8_t>(link_move::dial),
        again = static_cast<std::uint8_t>(link_move::dial_again),
        hangup = static_cast<std::uint8_t>(link_move::hang_up),
        greet = static_cast<std::uint8_t>(link_move::greet),
        await = static_cast<std::uint8_t>(link_move::await),
        enter = static_cast<std::uint8_t>(link_move::enter),
        warn = static_cast<std::uint8_t>(link_move::warn),
        calm = static_cast<std::uint8_t>(link_move::calm),
        lose = static_cast<std::uint8_t>(link_move::lose),
        end = static_cast<std::uint8_t>(link_move::end),
        leave = static_cast<std::uint8_t>(link_move::leave),
        on = static_cast<std::uint8_t>(link_move::turn_on),
        off = static_cast<std::uint8_t>(link_move::turn_off),
        stop = static_cast<std::uint8_t>(link_move::stop_waiting),
    };

    // clang-format off
    static constexpr move cells[link_event_count][phase_count] = {
        //                   closed  connecting greeting awaiting    open  waiting closing
        /* open_asked      */ {  dial,  refuse,  refuse,  refuse,  refuse,  refuse,  refuse},
        /* close_asked     */ {refuse,     end,     end,     end,   leave,     end,  refuse},
        /* socket_up       */ {hangup,   greet,      no,      no,      no,  hangup,      no},
        /* socket_failed   */ {    no,    lose,    lose,    lose,    lose,      no,     end},
        /* socket_lost     */ {    no,    lose,    lose,    lose,    lose,      no,     end},
        /* greeted         */ {    no,      no,   await,      no,      no,      no,      no},
        /* accepted        */ {    no,   enter,   enter,   enter,      no,   enter,      no},
        /* refused         */ {    no,    lose,    lose,    lose,      no,      no,      no},
        /* bad_credentials */ {    no,     end,     end,     end,      no,     end,      no},
        /* late            */ {    no,    lose,    lose,    lose,      no,      no,     end},
        /* try_due         */ {    no,      no,      no,      no,      no,   again,      no},
        /* ack_timeout     */ {    no,      no,      no,      no,    lose,      no,      no},
        /* ping_missed     */ {    no,      no,      no,      no,    warn,      no,      no},
        /* ping_answered   */ {    no,      no,      no,      no,    calm,      no,      no},
        /* send_failed     */ {    no,      no,    lose,    lose,    lose,      no,     end},
        /* network_lost    */ {    no,     end,     end,     end,     end,     end,     end},
        /* farewell_sent   */ {    no,      no,      no,      no,      no,      no,     end},
        /* reconnect_on    */ {    on,      on,      on,      on,      on,      on,      on},
        /* reconnect_off   */ {   off,     off,     off,     off,     off,    stop,     off},
    };
    // clang-format on
};

/// What `link::step` did: do what it says.
struct [[nodiscard]] link_step {
    link_event what = {};
    link_move move = link_move::undecided;
    phase from = {};
    phase to = {};

    /// The socket is to be connected, anew if it is a try.
    constexpr bool connects() const { return move == link_move::dial || move == link_move::dial_again; }
    /// The socket is to be closed; where it is still being connected, that is to be given up.
    constexpr bool closes() const { return move == link_move::hang_up || (needs_socket(from) && !needs_socket(to)); }
    /// It is over for good: `+MQTTDISC: OK`.
    constexpr bool is_end() const { return from != phase::closed && to == phase::closed; }
    /// It was open, and its socket is to be closed: by whatever is not `leave`.
    constexpr bool is_loss() const { return from == phase::open && closes(); }
    /// The broker may have taken CONNECT, and its answer is not known.
    constexpr bool is_unanswered() const {
        const bool is_asked = from == phase::greeting || from == phase::awaiting;
        return is_asked && what != link_event::refused && what != link_event::bad_credentials && closes();
    }
};

/// How long things may take, and how often they are tried.
struct link_options {
    millis connect_limit{8'000};  ///< from asking to CONNACK, for each try          [2.3.9]
    millis close_limit{1'000};    ///< for handing out DISCONNECT; ours
    millis waits[3] = {millis{4'000}, millis{8'000}, millis{16'000}};  ///< before each try; ours: 3.4 has no number
    std::uint8_t tries = 3;    ///< to reconnect, at most 3                                                       [3.4]
    std::uint8_t strikes = 3;  ///< pings missed in a row that lose it; ours: 0 is as 1                           [3.4]
};

/// One connection. Tell it by `step` what happens, and call `tick` once `wait` has passed; do what the steps say.
/// POSIX has a function of this name: where <unistd.h> is included, write atmqtt::link.
class link {
public:
    explicit constexpr link(const link_options& options = {}) : options_(options) {
        if (options_.tries > most_tries) options_.tries = most_tries;
    }

    /// The phase that it is in.
    constexpr phase at() const { return phase_; }
    /// Tries to reconnect since it was last open, or asked to open: <reconnum>.                        [2.3.9]
    constexpr std::uint8_t tries() const { return tries_; }
    /// Whether it is tried again: <recon>.                                                             [2.3.9]
    constexpr bool reconnects() const { return reconnects_; }

    /// Something has happened.
    constexpr link_step step(link_event what, instant now) {
        link_move move = link_table::at(phase_, what);
        if (move == link_move::warn && ++strikes_ >= options_.strikes) move = link_move::lose;
        const phase from = phase_;
        make(move, now);
        return {what, move, from, phase_};
    }

    /// Ends what has taken too long, and starts what is due. Nothing before its time.
    constexpr std::optional<link_step> tick(instant now) {
        if (!has_deadline() || !reached(deadline_, now)) return std::nullopt;
        return step(phase_ == phase::waiting ? link_event::try_due : link_event::late, now);
    }
    /// From then until now nothing of the broker was received, though it may be there: CONNACK is late so much later.
    constexpr void put_off(instant since, instant now) {
        if (phase_ == phase::awaiting) deadline_ = atmqtt::put_off(deadline_, since, now, options_.connect_limit);
    }
    /// How long until `tick` has something to do; nothing: until something happens.
    constexpr std::optional<millis> wait(instant now) const {
        if (!has_deadline()) return std::nullopt;
        return until(deadline_, now);
    }

private:
    friend struct link_probe;  // of the tests

    static constexpr std::uint8_t most_tries = sizeof(link_options::waits) / sizeof(millis);

    constexpr bool has_deadline() const { return phase_ != phase::closed && phase_ != phase::open; }

    constexpr void make(link_move move, instant now) {
        switch (move) {
            case link_move::dial: tries_ = 0; return dial(now);
            case link_move::dial_again: ++tries_; return dial(now);
            case link_move::greet: phase_ = phase::greeting; return;
            case link_move::await: phase_ = phase::awaiting; return;
            case link_move::enter: return enter();
            case link_move::calm: strikes_ = 0; return;
            case link_move::lose: return lose(now);
            case link_move::end: phase_ = phase::closed; return;
            case link_move::leave: return start(phase::closing, options_.close_limit, now);
            case link_move::turn_on: reconnects_ = true; return;
            case link_move::stop_waiting: phase_ = phase::closed; [[fallthrough]];
            case link_move::turn_off: reconnects_ = false; return;
            case link_move::undecided:
            case link_move::ignore:
            case link_move::refuse:
            case link_move::hang_up:
            case link_move::warn: return;
        }
    }
    constexpr void start(phase next, millis limit, instant now) {
        phase_ = next;
        deadline_ = now + limit;
    }
    constexpr void dial(instant now) { start(phase::connecting, options_.connect_limit, now); }
    constexpr void enter() {
        phase_ = phase::open;
        tries_ = strikes_ = 0;
    }
    constexpr void lose(instant now) {
        if (reconnects_ && tries_ < options_.tries)
            start(phase::waiting, options_.waits[tries_], now);
        else
            phase_ = phase::closed;
    }

    link_options options_;
    instant deadline_ = {};  // of the phase, where it has one
    phase phase_ = phase::closed;
    std::uint8_t tries_ = 0;
    std::uint8_t strikes_ = 0;
    bool reconnects_ = true;
};

}  // namespace atmqtt
