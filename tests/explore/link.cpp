// Every state that link/link.hpp can get into, found by walking there, and what must hold in each of them.
// Says how many states and edges there are, or the first claim that does not hold, and the way to where it fails.
// SPDX-License-Identifier: MIT
#include <atmqtt/link/link.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace atmqtt {

/// Takes a link apart, and puts one together. With a member more or less this does not compile: `state` must know it.
struct link_probe {
    template <class Use>
    static void with(link& one, Use use) {
        auto& [options, deadline, at, tries, strikes, reconnects] = one;
        static_cast<void>(options);
        use(deadline, at, tries, strikes, reconnects);
    }
};

}  // namespace atmqtt

namespace {

using namespace atmqtt;

// What is expected of the walk: all links of `main`, at one start of the clock.
constexpr std::size_t expected_states = 2796;
constexpr std::size_t expected_edges = 59772;

constexpr std::size_t most_states = 100'000;  // a link with a fault could have more than one can walk to

constexpr const char* phase_names[phase_count] = {"closed", "connecting", "greeting", "awaiting",
                                                  "open",   "waiting",    "closing"};
constexpr const char* event_names[link_event_count] = {
    "open_asked",  "close_asked",     "socket_up",     "socket_failed", "socket_lost",  "greeted",     "accepted",
    "refused",     "bad_credentials", "late",          "try_due",       "ack_timeout",  "ping_missed", "ping_answered",
    "send_failed", "network_lost",    "farewell_sent", "reconnect_on",  "reconnect_off"};

bool is_trying(phase at) { return at == phase::connecting || at == phase::greeting || at == phase::awaiting; }
bool has_socket(phase at) { return at != phase::closed && at != phase::waiting; }
bool has_limit(phase at) { return at != phase::closed && at != phase::open; }

/// What a bystander knows who only hears what happens and what the steps say: the link must agree with it.
struct bystander {
    bool socket = false;
    bool alive = false;  // between being asked to open and the end
    bool reconnects = true;
    std::uint8_t tries = 0;
    std::uint8_t strikes = 0;

    auto key() const { return std::tie(socket, alive, reconnects, tries, strikes); }
};

/// All of a link but its options, whatever the clock reads.
struct state {
    phase at = phase::closed;
    std::uint8_t tries = 0;
    std::uint8_t strikes = 0;
    bool reconnects = true;
    std::int32_t left = 0;  // ms until the limit of the phase; negative: over since; 0 where there is none
    bystander seen;

    auto own() const { return std::tie(at, tries, strikes, reconnects, left); }
    auto key() const { return std::tuple_cat(own(), seen.key()); }
    friend bool operator<(const state& a, const state& b) { return a.key() < b.key(); }
};

struct edge {
    std::size_t from, to;
    std::size_t what;  // an event, or one of those below
    link_move move;
    bool by_tick;

    friend bool operator==(const edge& a, const edge& b) {
        return std::tie(a.from, a.to, a.what, a.move, a.by_tick) == std::tie(b.from, b.to, b.what, b.move, b.by_tick);
    }
};
constexpr std::size_t quiet_tick = link_event_count;  // and nothing came of it
constexpr std::size_t clock_moves = link_event_count + 1;

/// One link with its options, and the clock as it reads in each of its states.
class walk {
public:
    walk(const link_options& options, instant now) : options_(options), now_(now) {}

    void run() {
        visit(state{}, nothing, "start");
        for (std::size_t i = 0; i < states_.size(); ++i) expand(i);
        check_whole();
    }
    std::size_t state_count() const { return states_.size(); }
    const std::vector<edge>& edges() const { return edges_; }

private:
    static constexpr std::size_t nothing = SIZE_MAX;
    struct place {
        std::size_t from;
        std::string by;
    };

    // A link in a state. Where there is no limit its deadline is now: whoever looks at it is caught.
    link make(const state& s) const {
        link one{options_};
        link_probe::with(one, [&](auto& deadline, auto& at, auto& tries, auto& strikes, auto& reconnects) {
            deadline = now_ + millis{static_cast<std::uint32_t>(s.left)};
            at = s.at;
            tries = s.tries;
            strikes = s.strikes;
            reconnects = s.reconnects;
        });
        return one;
    }
    state take(link& one, const bystander& seen) const {
        state s;
        s.seen = seen;
        link_probe::with(one, [&](auto& deadline, auto& at, auto& tries, auto& strikes, auto& reconnects) {
            s.at = at;
            s.tries = tries;
            s.strikes = strikes;
            s.reconnects = reconnects;
            if (has_limit(at)) s.left = static_cast<std::int32_t>(deadline.ticks - now_.ticks);
        });
        return s;
    }

    void expand(std::size_t here) {
        const state s = states_[here];
        here_ = here;
        doing_ = "looking around";
        check_waiting(s);
        check_comes_to_rest(s);
        for (std::size_t i = 0; i < link_event_count; ++i) happen(here, s, static_cast<link_event>(i));
        tick(here, s);
        if (!has_limit(s.at)) return;
        // The clock goes on: to one ms before the limit, to the limit, and past it.
        for (const std::int32_t left : {1, 0, -1}) {
            if (left >= s.left) continue;
            state later = s;
            later.left = left;
            add(here, later, clock_moves, link_move::ignore, "the clock moves");
        }
    }

    void happen(std::size_t here, const state& s, link_event what) {
        doing_ = event_names[static_cast<std::size_t>(what)];
        link one = make(s);
        const link_step step = one.step(what, now_);
        const state next = judge(s, what, step, one);
        cells_[static_cast<std::size_t>(s.at)][static_cast<std::size_t>(what)] = true;
        add(here, next, static_cast<std::size_t>(what), step.move, doing_);
    }

    void tick(std::size_t here, const state& s) {
        doing_ = "tick";
        link one = make(s);
        const auto step = one.tick(now_);
        const bool is_due = has_limit(s.at) && s.left <= 0;
        claim(step.has_value() == is_due, "a tick does what is due, when it is due and not before");
        if (!step) {
            const state next = take(one, s.seen);
            claim(next.own() == s.own(), "a tick before its time changes nothing");
            add(here, next, quiet_tick, link_move::ignore, doing_);
            return;
        }
        const link_event due = s.at == phase::waiting ? link_event::try_due : link_event::late;
        claim(step->what == due, "what comes by the clock is a try where it waits, and else a limit that is over");
        add(here, judge(s, due, *step, one), static_cast<std::size_t>(due), step->move, doing_, true);
    }

    // One event in one state, and all that must hold for it.
    state judge(const state& s, link_event what, const link_step& step, link& one) const {
        claim(step.move != link_move::undecided, "each event is decided in each phase");
        claim(step.what == what && step.from == s.at && step.to == one.at(),
              "a step says what happened, from where, to where");
        const state next = take(one, watch(s, what, step));
        if (step.move == link_move::ignore || step.move == link_move::refuse || step.move == link_move::hang_up)
            claim(next.own() == s.own(), "what is ignored or refused changes nothing");
        check_says(s, what, step, next);
        check_asked(s, what, next);
        check_lost(s, what, next);
        check_limit(s, step, next);
        claim(one.tries() == next.seen.tries, "<reconnum> counts the tries since it was last open, or asked to open");
        claim(one.reconnects() == next.seen.reconnects, "<recon> is what was set last");
        return next;
    }

    static bystander watch(const state& s, link_event what, const link_step& step) {
        bystander seen = s.seen;
        if (what == link_event::reconnect_on) seen.reconnects = true;
        if (what == link_event::reconnect_off) seen.reconnects = false;
        if (s.at == phase::open && what == link_event::ping_missed && seen.strikes != 255) ++seen.strikes;
        if (s.at == phase::open && what == link_event::ping_answered) seen.strikes = 0;
        if (what == link_event::open_asked && step.connects()) {
            seen.alive = true;
            seen.tries = 0;
        } else if (step.connects()) {
            ++seen.tries;
        }
        if (s.at != phase::open && step.to == phase::open) seen.tries = seen.strikes = 0;
        // A mirror may hear that it is open before it heard of the try: then there is a socket, too.
        if (step.connects() || step.to == phase::open) seen.socket = true;
        if (step.closes()) seen.socket = false;
        if (step.is_end()) seen.alive = false;
        return seen;
    }

    void check_says(const state& s, link_event what, const link_step& step, const state& next) const {
        const bool asked = s.at == phase::closed && what == link_event::open_asked;
        const bool due = s.at == phase::waiting && what == link_event::try_due;
        claim(step.connects() == (asked || due), "it connects when asked to open and when a try is due, and only then");
        claim(next.seen.tries <= options_.tries, "there are no more tries than allowed");
        const bool is_stray = what == link_event::socket_up && !s.seen.socket;
        claim(step.closes() == (is_stray || (s.seen.socket && !has_socket(next.at))),
              "a socket is closed when there is one and none is needed, and only then");
        claim(next.seen.socket == has_socket(next.at), "there is a socket where one is needed, and nowhere else");
        claim(step.is_end() == (s.seen.alive && next.at == phase::closed), "its end is said when it is over");
        claim(next.seen.alive == (next.at != phase::closed), "its end is said once in each life");
        claim(step.is_loss() == (s.at == phase::open && !has_socket(next.at)),
              "a loss is said when it was open, and only then");
    }

    void check_asked(const state& s, link_event what, const state& next) const {
        if (what == link_event::close_asked && s.at != phase::closed)
            claim(next.at == (s.at == phase::open || s.at == phase::closing ? phase::closing : phase::closed),
                  "asked to close it says farewell if it is open, and else is closed at once");
        if (s.at == phase::closing)
            claim(next.at == phase::closing || next.at == phase::closed, "once asked to close it never tries again");
        if (what == link_event::network_lost)
            claim(next.at == phase::closed, "without a network there is no reconnecting");
        if (what == link_event::bad_credentials && (is_trying(s.at) || s.at == phase::waiting))
            claim(next.at == phase::closed, "with bad credentials there is no reconnecting");
        if (s.at == phase::waiting && what == link_event::reconnect_off)
            claim(next.at == phase::closed, "turned off between two tries it is over");
        else if (what == link_event::reconnect_on || what == link_event::reconnect_off)
            claim(next.at == s.at, "turning reconnecting on or off changes nothing else");
        if (what == link_event::accepted && (is_trying(s.at) || s.at == phase::waiting))
            claim(next.at == phase::open, "accepted it is open");
    }

    // Does it take the connection away?
    bool is_trouble(const state& s, link_event what, const state& next) const {
        switch (what) {
            case link_event::socket_failed:
            case link_event::socket_lost: return has_socket(s.at);
            case link_event::refused: return is_trying(s.at);
            case link_event::late: return is_trying(s.at) || s.at == phase::closing;
            case link_event::ack_timeout: return s.at == phase::open;
            case link_event::send_failed: return has_socket(s.at) && s.at != phase::connecting;
            case link_event::ping_missed:
                return s.at == phase::open && next.seen.strikes >= std::max<std::uint8_t>(options_.strikes, 1);
            default: return false;
        }
    }
    void check_lost(const state& s, link_event what, const state& next) const {
        const bool lost = is_trouble(s, what, next);
        if (what == link_event::ping_missed && s.at == phase::open)
            claim(lost == (next.at != phase::open), "pings missed in a row lose it at the limit, and not before");
        const bool again = s.at != phase::closing && s.seen.reconnects && s.seen.tries < options_.tries;
        if (lost)
            claim(next.at == (again ? phase::waiting : phase::closed),
                  "lost it waits for a try if reconnecting is on and tries are left, and else is over");
        if (next.at == phase::waiting)
            claim(next.reconnects && (lost || s.at == phase::waiting),
                  "it waits only where reconnecting is on, after a loss");
    }

    void check_limit(const state& s, const link_step& step, const state& next) const {
        if (!has_limit(next.at)) return;
        std::int64_t left = s.left;
        if (step.connects()) left = options_.connect_limit.count();
        if (next.at == phase::waiting && s.at != phase::waiting) left = options_.waits[next.seen.tries % 3].count();
        if (next.at == phase::closing && s.at != phase::closing) left = options_.close_limit.count();
        claim(next.left == left, "a limit is set when what it limits begins, and then kept");
    }

    void check_waiting(const state& s) const {
        const link one = make(s);
        if (!has_limit(s.at)) {
            claim(!one.wait(now_) && !one.wait(now_ + millis{1}), "closed or open it waits for nothing");
            return;
        }
        const std::uint32_t left = s.left > 0 ? static_cast<std::uint32_t>(s.left) : 0;
        claim(one.wait(now_) == millis{left}, "it waits until its limit");
        link early = one;
        const bool was_due = s.left < 0;
        claim(early.tick({now_.ticks - 1}).has_value() == was_due, "a clock that goes back makes nothing due");
    }

    // Liveness: by ticks alone it ends, in the time that its limits allow.
    void check_comes_to_rest(const state& s) const {
        link one = make(s);
        instant now = now_;
        std::uint64_t spent = 0;
        std::uint64_t allowed = options_.connect_limit.count() * (1U + options_.tries) + options_.close_limit.count();
        for (const auto span : options_.waits) allowed += span.count();
        for (int ticks = 0; ticks < 20 && one.wait(now); ++ticks) {
            const millis span = *one.wait(now);
            spent += span.count();
            now = now + span;
            if (!one.tick(now)) break;
        }
        claim(one.at() == (s.at == phase::open ? phase::open : phase::closed) && spent <= allowed,
              "by ticks alone it comes to rest, within its limits");
    }

    // Of all states together.
    void check_whole() {
        doing_ = "the whole walk";
        bool reached[phase_count] = {};
        for (const auto& s : states_) reached[static_cast<std::size_t>(s.at)] = true;
        for (std::size_t p = 0; p < phase_count; ++p) {
            const bool expected = options_.tries != 0 || static_cast<phase>(p) != phase::waiting;
            claim(reached[p] == expected, "each phase is reached; waiting only if there are tries");
            for (const bool visited : cells_[p]) claim(visited == expected, "each cell of the table is visited");
        }
        std::vector<std::vector<std::size_t>> back(states_.size());
        for (const auto& e : edges_) back[e.to].push_back(e.from);
        std::vector<bool> can_close(states_.size());
        std::deque<std::size_t> open;
        for (std::size_t i = 0; i < states_.size(); ++i)
            if (states_[i].at == phase::closed) open.push_back(i);
        for (const auto i : open) can_close[i] = true;
        for (; !open.empty(); open.pop_front())
            for (const auto from : back[open.front()])
                if (!can_close[from]) {
                    can_close[from] = true;
                    open.push_back(from);
                }
        for (std::size_t i = 0; i < states_.size(); ++i) {
            here_ = i;
            claim(can_close[i], "from everywhere there is a way to closed");
        }
    }

    std::size_t visit(const state& s, std::size_t from, const std::string& by) {
        const auto [found, is_new] = numbers_.emplace(s, states_.size());
        if (is_new) {
            states_.push_back(s);
            places_.push_back({from, by});
        }
        claim(states_.size() <= most_states, "there is an end of states");
        return found->second;
    }
    void add(std::size_t here, const state& next, std::size_t what, link_move move, const std::string& by,
             bool by_tick = false) {
        edges_.push_back({here, visit(next, here, by), what, move, by_tick});
    }

    void claim(bool holds, const char* words) const {
        if (holds) return;
        std::printf("does not hold: %s\n", words);
        std::printf("tries %d, strikes %d, clock %lu; %s after:", options_.tries, options_.strikes,
                    static_cast<unsigned long>(now_.ticks), doing_.c_str());
        std::vector<std::size_t> way;
        for (std::size_t i = here_; i != nothing && i < places_.size(); i = places_[i].from) way.push_back(i);
        for (auto i = way.rbegin(); i != way.rend(); ++i) {
            const state& s = states_[*i];
            std::printf("\n  %s: %s, %ld ms left, %d tries, %d strikes%s", places_[*i].by.c_str(),
                        phase_names[static_cast<std::size_t>(s.at)], static_cast<long>(s.left), s.tries, s.strikes,
                        s.reconnects ? "" : ", not reconnecting");
        }
        std::printf("\n");
        std::exit(1);
    }

    link_options options_;
    instant now_;
    std::vector<state> states_;
    std::vector<place> places_;
    std::map<state, std::size_t> numbers_;
    std::vector<edge> edges_;
    bool cells_[phase_count][link_event_count] = {};
    std::size_t here_ = 0;
    std::string doing_;
};

/// Readings of the clock from which 2^31 and 2^32 lie before, in and behind each limit.
std::vector<instant> clocks(const link_options& options) {
    std::vector<std::uint32_t> spans{0, 1, 2};
    for (const auto limit :
         {options.connect_limit, options.close_limit, options.waits[0], options.waits[1], options.waits[2]})
        for (const std::uint32_t span : {limit.count() - 1, limit.count(), limit.count() + 1}) spans.push_back(span);
    std::vector<instant> all;
    for (const std::uint32_t wrap : {0x80000000U, 0U})
        for (const auto span : spans) all.push_back({wrap - span});
    return all;
}

}  // namespace

int main() {
    std::size_t links = 0, states = 0, edges = 0;
    for (std::uint8_t tries = 0; tries <= 3; ++tries) {
        for (std::uint8_t strikes = 1; strikes <= 3; ++strikes) {
            link_options options;
            options.tries = tries;
            options.strikes = strikes;
            walk first{options, instant{1'000'000}};
            first.run();
            ++links;
            states += first.state_count();
            edges += first.edges().size();
            for (const auto now : clocks(options)) {
                walk again{options, now};
                again.run();
                if (again.edges() == first.edges()) continue;
                std::printf("does not hold: the graph is the same from each reading of the clock\nclock %lu\n",
                            static_cast<unsigned long>(now.ticks));
                return 1;
            }
        }
    }
    std::printf("%zu links, %zu states, %zu edges\n", links, states, edges);
    if (states == expected_states && edges == expected_edges) return 0;
    std::printf("expected were %zu states, %zu edges: is the difference meant?\n", expected_states, expected_edges);
    return 1;
}
