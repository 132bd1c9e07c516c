// Every state that modem/session.hpp can get into within the bounds below, found by walking there: whatever a host asks, a broker
// sends (a true one or not), a socket takes and a clock does. And what must hold in each of them.
// Says how many states and edges there are, or the first claim that does not hold, and the way to where it fails.
// SPDX-License-Identifier: MIT
#include <atmqtt/modem/session.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace {

constexpr std::string_view topic = "t";
constexpr std::string_view payload = "p";

}  // namespace

namespace atmqtt {

/// What a session is made of, in bytes: equal bytes mean that it will do the same, whatever the clock reads.
struct session_probe {
    static std::string key(const session& s, instant now) {
        std::string key;
        const auto add = [&key](auto number) {
            const auto wide = static_cast<std::uint64_t>(number);
            for (unsigned at = 0; at != sizeof(number); ++at) key += static_cast<char>(wide >> 8 * at);
        };
        const auto add_until = [&](bool counts, instant deadline) {
            add(static_cast<std::uint16_t>(counts ? until(deadline, now).count() : 0));
        };
        const detail::sender& out = s.sender_;
        const detail::request& r = out.request_;
        for (const auto flag : {s.is_clean_, out.awaits_ack_, out.awaits_ack_ && out.is_of_before_, out.was_request_,
                                out.carries_pubrel_, out.has_greeted_, out.has_left_})
            add(flag);
        add(s.state_), add(out.turn_), add(s.keep_alive_), add(out.last_id_), add_until(out.awaits_ack_, out.ack_due_);
        add(r.type), add(r.id), add(r.level), add(r.was_offered), add(r.at), add(r.how), add(r.code);
        for (std::size_t at = 0; at != out.records_.size(); ++at) add(out.records_[at].id), add(out.records_[at].state);
        const keep_alive& k = out.pings_;
        const bool pings = s.keep_alive_ != 0 && s.is_reading() && out.outbox_.what_ != detail::outbox::cargo::connect;
        const millis whole{s.keep_alive_ * 1000U};
        add_until(pings, k.sent_ + whole), add_until(pings && is_open(s), k.heard_ + whole);
        add_until(k.awaits_, k.answer_due_);
        add(k.unanswered_), add(k.awaits_), add(pings && k.was_ping_), add(k.whole_.count());
        const detail::outbox& o = out.outbox_;
        // Of what lies in lent_; what else was taken is of the payload.
        const std::size_t begun = o.at_ < o.end_ ? o.at_ : o.end_;
        add(o.what_), add(o.what_ == detail::outbox::cargo::answers && out.carries_acknowledgement_),
            add_until(!o.is_empty(), o.deadline_), add(o.is_empty() ? 0 : o.at_ - begun);
        if (!o.is_empty()) key.append(o.lent_.data() + begun, o.end_ - begun);
        return key;
    }
    static bool has_payload(const session& s) { return s.sender_.request_.type == packet_type::publish; }
    /// Another reading of the clock: all that is noted is moved with it.
    static void move_clock(session& s, std::uint32_t by) {
        for (instant* const one : {&s.sender_.ack_due_, &s.sender_.pings_.sent_, &s.sender_.pings_.heard_,
                                   &s.sender_.pings_.answer_due_, &s.sender_.outbox_.deadline_})
            one->ticks += by;
    }
    /// Behind the third identifier comes the wrap; and strays are counted for nobody.
    static void bound(session& s) {
        if (s.sender_.last_id_ >= 3) s.sender_.last_id_ = 65535;
        s.strays_ = 0;
    }
    static bool is_open(const session& s) { return s.state_ == session::state::open; }
    static unsigned pings(const session& s) { return s.sender_.pings_.unanswered_; }
};

}  // namespace atmqtt

namespace {

using namespace atmqtt;

// The bounds. Identifiers are 1 to 3, those of the broker 1 and 2; a step of the clock is a second.
constexpr std::size_t most_records = 3;
constexpr packet_id most_ids = 3;
constexpr packet_id highest_id = most_ids + 2;  // where the third is in use
constexpr std::uint32_t ack_timeout = 1'000;
constexpr unsigned most_pings = 2;              // unanswered, before the connection is given up
constexpr std::size_t most_states = 3'000'000;  // a session with a fault could have more than one can walk to

struct expected {
    std::size_t states, edges;
};

/// Which part of all that can happen a walk is about.
struct scope {
    const char* name;
    std::size_t records;
    std::uint16_t keep_alive;
    bool is_whole;       // with a socket that takes packets in parts, and all ways for a session to end
    packet_id answered;  // acknowledgements come for these of our identifiers, whatever they are
    packet_id received;  // QoS 2 messages have these of the broker's identifiers
    bool is_subscribing;
    expected counts;
};
constexpr scope scopes[] = {
    {"messages from a broker", 3, 0, true, 0, 2, false, {16228, 308332}},
    {"pings and subscribing", 2, 2, true, 0, 0, true, {32559, 716298}},
    {"messages both ways", 2, 0, false, 1, 1, false, {118592, 2016064}},
    {"messages to a broker that may answer anything", 2, 0, false, 3, 0, false, {121750, 2313250}},
    {"messages to a broker, with all ends", 2, 0, true, 1, 0, false, {121292, 2304548}},
};

/// What a bystander knows who sees the packets that pass and hears what is told: what is promised is a claim about that.
struct bystander {
    enum class own : std::uint8_t {
        free,
        at_least_once,
        early,  // PUBREC has come before all of the message was sent
        sent,
        released,
        perhaps,  // given up before all of the message was sent: a part may have been
    };

    packet_type asked = {};  // the request whose verdict is due
    packet_id id = 0;
    qos level = qos::at_most_once;
    bool is_answered = false;       // what acknowledges it has come
    own mine[highest_id + 1] = {};  // our identifiers
    bool is_delivered[3] = {};      // the broker's QoS 2 messages, until PUBREL
    bool owes_pubrec[3] = {};
    bool may_pubrec[3] = {};    // its message came in this connection
    std::uint8_t owes = 0;      // other answers
    bool is_connected = false;  // between `greet` and `lost`
    bool is_clean = true;
    bool has_said_hello = false;
    bool has_said_goodbye = false;
    std::string partial;  // of a packet, as far as the socket has it

    std::string key() const {
        std::string key;
        for (const auto number : {static_cast<unsigned>(asked), static_cast<unsigned>(id), static_cast<unsigned>(level),
                                  static_cast<unsigned>(owes)})
            key += static_cast<char>(number);
        for (const bool flag : {is_answered, is_delivered[1], is_delivered[2], owes_pubrec[1], may_pubrec[1],
                                may_pubrec[2], owes_pubrec[2], is_connected, has_said_hello, has_said_goodbye})
            key += static_cast<char>(flag);
        for (packet_id at = 1; at <= most_ids; ++at) key += static_cast<char>(mine[at]);
        return key + partial;
    }
    void end_session() {
        for (auto& one : mine) one = own::free;
        for (auto& one : is_delivered) one = false;
    }
    void end_connection() {
        is_connected = has_said_hello = has_said_goodbye = false;
        partial.clear();
        owes = 0;
        for (auto& one : owes_pubrec) one = false;
        for (auto& one : may_pubrec) one = false;
    }
};

/// A session with its memory, and its bystander.
struct place {
    char rx[16] = {};
    char tx[40] = {};
    in_flight records[most_records] = {};
    session machine;
    bystander seen;

    explicit place(std::size_t count) : machine(rx, tx, records, count) {
        machine.set_ack_timeout(millis{ack_timeout});
    }
    place(const place& other) : machine(other.machine), seen(other.seen) {
        std::copy(std::begin(other.rx), std::end(other.rx), rx);
        std::copy(std::begin(other.tx), std::end(other.tx), tx);
        std::copy(std::begin(other.records), std::end(other.records), records);
        machine.rebind(rx, tx, records, topic, session_probe::has_payload(machine) ? payload : std::string_view{});
    }
    place& operator=(const place&) = delete;
    ~place() = default;
};

/// One thing that can happen.
struct action {
    std::string name;
    std::function<void(class walk&, place&)> happen;
};

class walk {
public:
    walk(const scope& of, std::uint32_t clock) : of_(of), clock_(clock) { list_actions(); }

    void run() {
        visit(place{of_.records}, nothing, 0);
        for (std::size_t at = 0; at != places_.size(); ++at) {
            here_ = at;
            check(places_[at]);
            for (std::size_t what = 0; what != actions_.size(); ++what) {
                doing_ = what;
                place next{places_[at]};
                actions_[what].happen(*this, next);
                ++edges_;
                visit(next, at, what);
            }
        }
        check_whole();
    }
    std::size_t states() const { return places_.size(); }
    std::size_t edges() const { return edges_; }

private:
    static constexpr std::size_t nothing = SIZE_MAX;
    using own = bystander::own;

    // --- what can happen ---

    template <class Happen>
    void add(std::string name, Happen happen) {
        actions_.push_back({std::move(name), [happen](walk& w, place& p) { happen(w, p); }});
    }
    template <class Packet>
    void add_packet(const std::string& name, const Packet& m) {
        char out[64];
        const auto encoded = mqtt::encode(m, out);
        add("broker: " + name, [bytes = std::string{*encoded}](walk& w, place& p) { w.hear(p, bytes); });
    }
    void list_actions() {
        add("tick", [](walk& w, place& p) { w.tick(p, w.now()); });
        add("a second passes", [](walk&, place& p) { session_probe::move_clock(p.machine, 0U - 1000U); });
        add("the socket takes all", [](walk& w, place& p) { w.hand_over(p, p.machine.transmit().size(), w.now()); });
        add("the socket is gone", [](walk& w, place& p) { w.lose(p, w.now()); });
        add("greet", [](walk& w, place& p) { w.greet(p, false); });
        add_packet("CONNACK", mqtt::connack{false, connect_code::accepted});
        add_packet("CONNACK, session present", mqtt::connack{true, connect_code::accepted});
        if (of_.is_whole) list_ends();
        if (of_.answered != 0) list_messages_out();
        if (of_.received != 0) list_messages_in();
        if (of_.is_subscribing) list_subscribing();
        if (of_.keep_alive != 0) add_packet("PINGRESP", mqtt::pingresp{});
    }
    void list_ends() {
        add("the socket takes all but a byte", [](walk& w, place& p) {
            const std::size_t size = p.machine.transmit().size();
            w.hand_over(p, size > 1 ? size - 1 : 0, w.now());
        });
        add("greet, clean", [](walk& w, place& p) { w.greet(p, true); });
        add("leave", [](walk& w, place& p) { (void)p.machine.leave(w.now()); });
        add("forget", [](walk& w, place& p) {
            const bool is_forgotten = static_cast<bool>(p.machine.forget());
            w.claim(is_forgotten == !p.seen.is_connected, "a session is forgotten between two connections");
            if (is_forgotten) p.seen.end_session();
        });
        add_packet("CONNACK, refused", mqtt::connack{false, connect_code::unavailable});
        add("broker: malformed", [](walk& w, place& p) { w.hear(p, std::string("\xF0\x00", 2)); });
    }
    void list_messages_out() {
        for (const qos level : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
            add("publish, QoS " + std::to_string(static_cast<int>(level)), [level](walk& w, place& p) {
                w.ask(p, packet_type::publish, level,
                      p.machine.publish({topic, payload, 0, false, level, false}, w.now()));
            });
        for (packet_id id = 1; id <= of_.answered; ++id) {
            add_packet("PUBACK " + std::to_string(id), mqtt::puback{id});
            add_packet("PUBREC " + std::to_string(id), mqtt::pubrec{id});
            add_packet("PUBCOMP " + std::to_string(id), mqtt::pubcomp{id});
        }
    }
    void list_messages_in() {
        add_packet("QoS 0", mqtt::publish{topic, payload, 0, false, qos::at_most_once, false});
        add_packet("QoS 1, 1", mqtt::publish{topic, payload, 1, false, qos::at_least_once, false});
        for (packet_id id = 1; id <= of_.received; ++id) {
            add_packet("QoS 2, " + std::to_string(id),
                       mqtt::publish{topic, payload, id, false, qos::exactly_once, false});
            add_packet("PUBREL " + std::to_string(id), mqtt::pubrel{id});
        }
    }
    void list_subscribing() {
        add("subscribe", [](walk& w, place& p) {
            w.ask(p, packet_type::subscribe, {}, p.machine.subscribe(topic, qos::at_most_once, w.now()));
        });
        add("unsubscribe",
            [](walk& w, place& p) { w.ask(p, packet_type::unsubscribe, {}, p.machine.unsubscribe(topic, w.now())); });
        for (packet_id id = 1; id <= most_ids; ++id) {
            add_packet("SUBACK " + std::to_string(id), mqtt::suback{id, {"\0", 1}});
            add_packet("UNSUBACK " + std::to_string(id), mqtt::unsuback{id});
        }
    }

    // --- what happens, and what the bystander makes of it ---

    instant now() const { return {clock_}; }

    void greet(place& p, bool is_clean) const {
        mqtt::connect m;
        m.id = "me";
        m.clean = is_clean;
        m.keep_alive = of_.keep_alive;
        const bool is_greeting = static_cast<bool>(p.machine.greet(m, now()));
        claim(is_greeting == !p.seen.is_connected, "one connection at a time");
        if (!is_greeting) return;
        p.seen.is_connected = true;
        p.seen.is_clean = is_clean;
        if (is_clean) p.seen.end_session();
    }
    void lose(place& p, instant now) const {
        p.machine.lost(now);
        p.seen.end_connection();
        if (p.seen.is_clean) p.seen.end_session();
    }
    void ask(place& p, packet_type type, qos level, const result<packet_id>& asked) const {
        const bool is_busy = p.seen.asked != packet_type{};
        claim(!asked || !is_busy, "one request at a time");
        claim(asked.why().code != errc::busy || is_busy, "it is busy until the verdict was told");
        if (!asked) return;
        const bool has_id = type != packet_type::publish || level != qos::at_most_once;
        claim(has_id ? *asked != 0 && *asked <= highest_id : *asked == 0, "an identifier is not 0, and QoS 0 has none");
        claim(p.seen.mine[*asked] == own::free || p.seen.mine[*asked] == own::perhaps,
              "an identifier in flight is not used again");
        p.seen.asked = type;
        p.seen.id = *asked;
        p.seen.level = level;
        p.seen.is_answered = false;
    }

    void hear(place& p, const std::string& bytes) const {
        std::string_view input = bytes;
        const bool was_reading = is_reading(p) && !p.machine.is_full();
        if (was_reading && acknowledges(p.seen, bytes)) p.seen.is_answered = true;
        while (const auto found = p.machine.receive(input, now())) told(p, *found);
        claim(input.empty() || p.machine.is_full(), "bytes are taken, unless answers are in the way");
        if (was_reading && is_reading(p)) note_heard(p.seen, bytes);
    }
    static bool is_reading(const place& p) { return session_probe::is_open(p.machine); }
    // What the broker is owed for a packet that was taken.
    static void note_heard(bystander& seen, const std::string& bytes) {
        const auto m = mqtt::decode(bytes);
        if (!m) return;
        if (const auto* publish = std::get_if<mqtt::publish>(&*m)) {
            if (publish->level == qos::at_least_once) ++seen.owes;
            if (publish->level == qos::exactly_once)
                seen.owes_pubrec[publish->id] = seen.may_pubrec[publish->id] = true;
        } else if (const auto* pubrel = std::get_if<mqtt::pubrel>(&*m)) {
            ++seen.owes;
            seen.owes_pubrec[pubrel->id] = false;
        }
    }

    void tick(place& p, instant now) const {
        if (const auto found = p.machine.tick(now)) {
            told(p, *found);
            return;
        }
        const auto wait = p.machine.wait(now);
        claim(!wait || wait->count() != 0, "once a tick gave nothing, there is something to wait for, or nothing");
    }

    void hand_over(place& p, std::size_t count, instant now) const {
        const std::string_view bytes = first(p.machine.transmit(), count);
        p.seen.partial += bytes;
        p.machine.transmitted(bytes.size(), now);
        char body[40];
        packet_reader reader{body};
        std::string_view left = p.seen.partial;
        while (const auto found = reader.receive(left)) {
            const auto* const whole = std::get_if<from_broker::packet>(&*found);
            claim(whole != nullptr, "what is sent are packets");
            const auto m = mqtt::decode(whole->first, whole->body);
            claim(static_cast<bool>(m), "what is sent are packets that MQTT allows");
            match(*m, [&](const auto& one) { passed(p.seen, one); });
            p.seen.partial.erase(0, p.seen.partial.size() - left.size());
            left = p.seen.partial;
            reader.reset();
        }
    }

    // --- packets that pass ---

    void passed(bystander& seen, const mqtt::connect&) const {
        claim(!seen.has_said_hello, "CONNECT is sent once in a connection");
        seen.has_said_hello = true;
    }
    void passed(bystander& seen, const mqtt::publish& m) const {
        check_turn(seen);
        claim(m.topic == topic && m.payload == payload, "a message is sent as it was given");
        if (m.level == qos::at_most_once) return;
        claim(seen.mine[m.id] != own::released, "after PUBREL a message is not sent again");
        claim(m.dup || seen.mine[m.id] == own::free || seen.mine[m.id] == own::early || seen.mine[m.id] == own::perhaps,
              "a message is sent without DUP the first time only");
        seen.mine[m.id] = m.level == qos::exactly_once ? own::sent : own::at_least_once;
    }
    void passed(bystander& seen, const mqtt::pubrel& m) const {
        check_turn(seen);
        if (seen.mine[m.id] == own::early || seen.mine[m.id] == own::sent) seen.mine[m.id] = own::released;
    }
    void passed(bystander& seen, const mqtt::puback&) const { pay(seen); }
    void passed(bystander& seen, const mqtt::pubcomp&) const { pay(seen); }
    void passed(bystander& seen, const mqtt::pubrec& m) const {
        check_turn(seen);
        claim(seen.may_pubrec[m.id], "PUBREC is sent for a message that came");
        seen.owes_pubrec[m.id] = false;
    }
    void passed(bystander& seen, const mqtt::disconnect&) const {
        check_turn(seen);
        seen.has_said_goodbye = true;
    }
    template <class Other>
    void passed(bystander& seen, const Other&) const {
        check_turn(seen);
    }
    void pay(bystander& seen) const {
        check_turn(seen);
        claim(seen.owes != 0, "an answer is sent for something that came");
        --seen.owes;
    }
    void check_turn(const bystander& seen) const {
        claim(seen.has_said_hello, "CONNECT is the first packet");
        claim(!seen.has_said_goodbye, "DISCONNECT is the last packet");
    }

    // --- what is told ---

    void told(place& p, const session::event& found) const {
        bystander& seen = p.seen;
        events_[found.index()] = true;
        if (std::holds_alternative<from_session::accepted>(found)) {
            if (!std::get<from_session::accepted>(found).is_resumed) seen.end_session();
        } else if (const auto* message = std::get_if<from_session::message>(&found)) {
            if (message->what.level != qos::exactly_once) return;
            claim(!seen.is_delivered[message->what.id], "a QoS 2 message is delivered once before its PUBREL");
            seen.is_delivered[message->what.id] = true;
        } else if (const auto* released = std::get_if<from_session::released>(&found)) {
            claim(seen.is_delivered[released->id], "a release is told for a message that was delivered");
            seen.is_delivered[released->id] = false;
        } else if (const auto* received = std::get_if<from_session::received>(&found)) {
            const bool is_asked = seen.asked == packet_type::publish && seen.id == received->id;
            claim(seen.mine[received->id] == own::sent || is_asked, "PUBREC is told for a message of ours");
            if (seen.mine[received->id] == own::free) seen.mine[received->id] = own::early;
        } else if (const auto* late = std::get_if<from_session::late>(&found)) {
            claim(seen.mine[late->id] >= own::early, "what is late was released");
            seen.mine[late->id] = own::free;
        } else if (const auto* done = std::get_if<from_session::done>(&found)) {
            verdict(seen, *done);
        }
    }
    void verdict(bystander& seen, const from_session::done& done) const {
        claim(seen.asked != packet_type{} && done.request == seen.asked && done.id == seen.id,
              "one verdict for each request");
        const bool is_acknowledged = done.how == from_session::outcome::acknowledged;
        claim(done.how != from_session::outcome::none, "a verdict says how it ended");
        claim((done.how == from_session::outcome::handed_over) <= (done.id == 0), "only QoS 0 is done by being sent");
        claim(!is_acknowledged || seen.is_answered, "acknowledged is what the broker has acknowledged");
        const bool is_late = done.how == from_session::outcome::no_ack || done.how == from_session::outcome::expired;
        const bool is_kept = seen.level == qos::exactly_once && is_late;
        const bool was_offered = seen.mine[done.id] >= own::early && seen.mine[done.id] != own::perhaps;
        seen.mine[done.id] = !is_kept ? own::free : was_offered ? own::released : own::perhaps;
        seen.mine[0] = own::free;
        seen.asked = {};
        seen.id = 0;
        seen.level = {};
        seen.is_answered = false;
    }
    static bool acknowledges(const bystander& seen, const std::string& bytes) {
        const auto m = mqtt::decode(bytes);
        if (!m) return false;
        switch (seen.asked) {
            case packet_type::subscribe: return is_for<mqtt::suback>(*m, seen.id);
            case packet_type::unsubscribe: return is_for<mqtt::unsuback>(*m, seen.id);
            default: break;
        }
        const bool is_sent = seen.mine[seen.id] >= own::early;
        if (seen.level == qos::exactly_once) return is_sent && is_for<mqtt::pubcomp>(*m, seen.id);
        return is_for<mqtt::puback>(*m, seen.id);
    }
    template <class Packet>
    static bool is_for(const mqtt::packet& m, packet_id id) {
        const auto* const one = std::get_if<Packet>(&m);
        return one != nullptr && one->id == id;
    }

    // --- each state, and all of them ---

    // Liveness: a socket that takes what it is given and time alone bring everything to its end.
    void check(const place& at) const {
        place stuck{at};
        come_to_rest(stuck, now());  // a socket that takes nothing
        place p{at};
        instant later = now();
        for (int second = 0; second != 9; ++second) {
            if (second == 3 && !session_probe::is_open(p.machine)) lose(p, later);  // left, refused, or broken off
            for (int packets = 0; packets != 12 && !p.machine.transmit().empty(); ++packets)
                hand_over(p, SIZE_MAX, later);
            come_to_rest(p, later);
            later = later + millis{1'000};
        }
        claim(p.seen.asked == packet_type{}, "each request comes to its verdict");
        if (!session_probe::is_open(p.machine)) return;
        claim(p.seen.owes == 0 && !p.seen.owes_pubrec[1] && !p.seen.owes_pubrec[2], "each answer that is owed is sent");
        claim(!p.machine.is_full(), "it reads on, once what was owed is sent");
    }

    void come_to_rest(place& p, instant now) const {
        for (int ticks = 0; ticks != 12 && p.machine.wait(now) == millis{0}; ++ticks) tick(p, now);
        claim(p.machine.wait(now) != millis{0}, "ticks come to an end");
    }

    void check_whole() const {
        const bool is_in = of_.received != 0;
        const bool is_out = of_.answered != 0;
        const bool is_pinging = of_.keep_alive != 0;
        // In the order of from_session::event; nothing is too large here.
        const bool wanted[] = {true,   true,        of_.is_whole, is_in,
                               is_in,  false,       is_out,       is_out || of_.is_subscribing,
                               is_out, is_pinging,  is_pinging,   true,
                               true,   of_.is_whole};
        for (std::size_t at = 0; at != std::variant_size_v<session::event>; ++at)
            claim(events_[at] == wanted[at], "each event comes about, and no other");
    }

    void visit(const place& p, std::size_t from, std::size_t by) {
        place bounded{p};
        session_probe::bound(bounded.machine);
        if (session_probe::pings(bounded.machine) > most_pings) return;
        const auto [found, is_new] =
            numbers_.emplace(session_probe::key(bounded.machine, now()) + bounded.seen.key(), places_.size());
        (void)found;
        if (!is_new) return;
        places_.push_back(bounded);
        ways_.push_back({from, by});
        claim(places_.size() <= most_states, "there is an end of states");
    }

    void claim(bool holds, const char* words) const {
        if (holds) return;
        std::printf("does not hold: %s\n%s, clock %lu:", words, of_.name, static_cast<unsigned long>(clock_));
        std::vector<std::size_t> back;
        for (std::size_t at = here_; at != nothing && at < ways_.size(); at = ways_[at].from) back.push_back(at);
        for (auto at = back.rbegin(); at != back.rend(); ++at)
            if (ways_[*at].from != nothing) std::printf("\n  %s", actions_[ways_[*at].by].name.c_str());
        std::printf("\n  %s\n", actions_[doing_].name.c_str());
        std::exit(1);
    }

    struct way {
        std::size_t from;
        std::size_t by;
    };

    scope of_;
    std::uint32_t clock_;
    std::vector<action> actions_;
    std::vector<place> places_;
    std::vector<way> ways_;
    std::unordered_map<std::string, std::size_t> numbers_;
    std::size_t edges_ = 0;
    std::size_t here_ = 0;
    std::size_t doing_ = 0;
    mutable bool events_[std::variant_size_v<session::event>] = {};
};

}  // namespace

int main(int count, char** arguments) {
    // One reading of the clock, or those from which 2^31 and 2^32 lie in each deadline as well.
    const bool is_once = count == 2 && std::string_view{arguments[1]} == "once";
    std::vector<std::uint32_t> clocks;
    if (!is_once) clocks = {0x80000000U - 1'000, 0U - 1'000};
    bool is_as_expected = true;
    for (const scope& one : scopes) {
        walk first{one, 1'000'000};
        first.run();
        std::printf("%s: %zu states, %zu edges\n", one.name, first.states(), first.edges());
        is_as_expected = is_as_expected && first.states() == one.counts.states && first.edges() == one.counts.edges;
        for (const std::uint32_t clock : clocks) {
            walk again{one, clock};
            again.run();
            if (again.states() == first.states() && again.edges() == first.edges()) continue;
            std::printf("does not hold: the graph is the same from each reading of the clock\nclock %lu\n",
                        static_cast<unsigned long>(clock));
            return 1;
        }
    }
    if (!is_as_expected) std::printf("expected were other numbers: is the difference meant?\n");
    return is_as_expected ? 0 : 1;
}
