// A session whose host, broker, socket and clock do anything, in any order: what passes and what is told is what MQTT allows, and
// comes to an end.
// SPDX-License-Identifier: MIT
#include "bystander.hpp"
#include "oracles.hpp"
#include "script.hpp"

#include <atmqtt/modem/packet_reader.hpp>
#include <atmqtt/modem/session.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atmqtt {

/// The one thing that no script is long enough for: 65535 requests.
struct session_probe {
    static void count_from(session& s, packet_id last) { s.sender_.last_id_ = last; }
};

}  // namespace atmqtt

namespace {

using namespace oracle;
namespace it = from_session;

std::uint32_t draw_limit(source& from) { return (from.byte() + 1U) * 100; }

/// The first 7 bytes of an input; the others are the script.
setup draw_setup(source& from) {
    setup drawn;
    const std::uint8_t flags = from.byte();
    if ((flags & 1) != 0) drawn.allowed = code_points::no_control;
    if ((flags & 2) != 0) drawn.last_id = static_cast<packet_id>(65533 + (flags >> 2) % 3);
    drawn.rx = draw_buffer_size(from);
    drawn.tx = draw_buffer_size(from);
    drawn.records = from.byte() % 24U;
    drawn.limit = draw_limit(from);
    drawn.clock = draw_clock(from);
    drawn.seed = from.byte();
    drawn.script = from.rest();
    return drawn;
}

/// How one run differs from another that must give the same.
struct run_options {
    chunker cut{chunker::way::whole};
    bool move_house = false;  ///< now and then go on as a copy in other memory
    std::uint32_t clock = 0;
};

// --- events in words ---

std::string told(const it::greeted&) { return "greeted"; }
std::string told(const it::accepted& e) { return "accepted " + in_words(e.is_resumed); }
std::string told(const it::refused& e) { return "refused " + in_words(e.code); }
std::string told(const it::message& e) { return "message " + listed(e.what); }
std::string told(const it::released& e) { return "released " + in_words(e.id); }
std::string told(const it::too_large& e) { return "too large " + in_words(e.length) + listed(e.what); }
std::string told(const it::received& e) { return "received " + in_words(e.id); }
std::string told(const it::done& e) {
    return "done " + in_words(e.request) + in_words(e.id) + in_words(e.how) + in_words(e.code);
}
std::string told(const it::late& e) { return "late " + in_words(e.id) + (e.is_delivered ? " delivered" : ""); }
std::string told(const it::ping_answered&) { return "ping answered"; }
std::string told(const it::ping_missed&) { return "ping missed"; }
std::string told(const it::stalled&) { return "stalled"; }
std::string told(const it::violation& e) {
    return "violation " + in_words(e.type) + in_words(e.why.code) + in_words(static_cast<std::uint8_t>(e.why.field)) +
           in_words(e.why.column);
}
std::string told(const it::left&) { return "left"; }

// --- what must hold ---

// --- the script ---

constexpr std::string_view fixed_topics[] = {"t", "dev/gsm/u", "", "a/+/c", "\xC3", "a/#", "\x01"};
constexpr std::uint32_t most_time = 1U << 30;  // in one script: until 2^31 ms are behind a deadline it is in the past

class session_run {
public:
    session_run(const setup& with, const run_options& how)
        : with_(with),
          how_(how),
          rx_(with.rx),
          tx_(with.tx),
          records_(with.records),
          session_(rx_.lent(), tx_.lent(), records_.data(), with.records),
          seen_(with),
          now_{how.clock} {
        session_.allow(with.allowed);
        session_.set_ack_timeout(millis{with.limit});
        session_probe::count_from(session_, with.last_id);
    }

    journal play() {
        source from{with_.script};
        for (int left = 300; left != 0 && !from.empty(); --left) {
            if (how_.move_house && how_.cut.coin()) move();
            play_one(from);
            offer();
            look();
        }
        come_to_an_end();
        return std::move(found_);
    }

private:
    using link = bystander::link;

    // NOLINTNEXTLINE(readability-function-cognitive-complexity): flat
    void play_one(source& from) {
        const std::uint8_t drawn = from.byte();
        switch (drawn % 22) {
            case 0: return greet(from);
            case 1: return lose();
            case 2: return leave();
            case 3: return forget();
            case 4: return publish(from);
            case 5: return subscribe(from, true);
            case 6: return subscribe(from, false);
            case 7: return come(from.take(from.byte()));
            case 8: return come_connack(from.byte());
            case 9: return come_publish(from);
            case 10: return come_acknowledgement(from);
            case 11: return come_suback(from);
            case 12: return come({"\xD0\x00", 2});
            case 13: return answer(drawn / 22);
            case 14: return hand_over(from.byte());
            case 15: return hand_over_all();
            case 16: tick(); return;
            case 17: return tick_all();
            case 18: return pass_time(draw_time(from));
            case 19: return pass_wait();
            case 20: return set_limit(draw_limit(from));
            default: return session_probe::count_from(session_, static_cast<packet_id>(from.byte() % 4 - 1));
        }
    }
    static std::uint32_t draw_time(source& from) {
        const std::uint32_t drawn = from.byte();
        return drawn < 128 ? drawn : (drawn - 127) * 250;
    }

    // --- what a host calls ---

    void greet(source& from) {
        const unsigned how = from.byte();
        const unsigned seconds = from.byte();
        constexpr std::string_view ids[] = {"me", "", "twenty-four bytes of id..", "me"};
        const memory id{ids[how >> 2 & 3]};
        const memory will{std::string_view{(how & 64) != 0 ? "a/+" : "will"}};
        const memory words{std::string_view{"secret"}};
        mqtt::connect m;
        m.clean = (how & 1) != 0;
        m.protocol = (how & 2) != 0 ? protocol_level::v3_1 : protocol_level::v3_1_1;
        m.keep_alive = static_cast<std::uint16_t>(seconds < 250 ? seconds : 65535 - (255 - seconds));
        m.id = id.view();
        m.has_will = (how & 16) != 0;
        if (m.has_will) m.will_topic = will.view();
        if (m.has_will) m.will_message = words.view();
        m.has_passwd = (how & 32) != 0;
        m.has_user = m.has_passwd && (how & 128) == 0;
        if (m.has_user) m.user = will.view();
        if (m.has_passwd) m.passwd = words.view();
        const auto before = state();
        const auto done = session_.greet(m, now_);
        say("greet", done.why());
        demand((done.why().code == errc::busy) == (seen_.state() != link::closed),
               "it is greeted anew once the connection was lost");
        if (done) return seen_.greeted(m);
        demand(before == state(), "what fails changes nothing");
    }
    void lose() {
        session_.lost(now_);
        seen_.lost();
        pending_.clear();
    }
    void leave() {
        const auto before = state();
        const auto done = session_.leave(now_);
        say("leave", done.why());
        demand(static_cast<bool>(done) == seen_.is_open(), "what is open is left");
        if (done) return seen_.left();
        demand(before == state(), "what fails changes nothing");
    }
    void forget() {
        const auto done = session_.forget();
        say("forget", done.why());
        demand(static_cast<bool>(done) == (seen_.state() == link::closed),
               "a session is forgotten between two connections");
        if (done) seen_.end_session();
    }

    std::string draw_topic(unsigned which, source& from) const {
        if (which < 7) return std::string{fixed_topics[which]};
        const std::uint8_t size = from.byte();
        if (size < 64) return std::string{from.take(size)};
        // Around what fits into tx.
        const std::size_t fits = with_.tx < session::overhead ? 0 : with_.tx - session::overhead;
        return std::string(fits + size % 4U, 'y');
    }
    void publish(source& from) {
        const unsigned how = from.byte();
        bystander::request wanted{packet_type::publish};
        wanted.level = static_cast<qos>(how & 3);  // one of them is none
        wanted.retain = (how & 4) != 0;
        wanted.topic = draw_topic(how >> 3 & 7, from);
        switch (how >> 6) {
            case 0: wanted.payload = "abc"; break;
            case 1: break;
            case 2: wanted.payload = from.take(from.byte() % 64U); break;
            default: wanted.payload.assign(100 + from.byte(), 'p'); break;
        }
        ask(wanted, [&](std::string_view topic, std::string_view payload) {
            return session_.publish({topic, payload, 7, true, wanted.level, wanted.retain}, now_);
        });
    }
    void subscribe(source& from, bool is_new) {
        const unsigned how = from.byte();
        bystander::request wanted{is_new ? packet_type::subscribe : packet_type::unsubscribe};
        if (is_new) wanted.level = static_cast<qos>(how & 3);
        wanted.topic = draw_topic(how >> 3 & 7, from);
        ask(wanted, [&](std::string_view topic, std::string_view) {
            return is_new ? session_.subscribe(topic, wanted.level, now_) : session_.unsubscribe(topic, now_);
        });
    }
    template <class Ask>
    void ask(const bystander::request& wanted, Ask how) {
        memory topic{wanted.topic};
        memory payload{wanted.payload};
        const auto before = state();
        const auto done = how(topic.view(), payload.view());
        say("ask", done.why());
        if (done) {
            topic_ = std::move(topic);
            payload_ = std::move(payload);
            demand(wanted.topic.size() + session::overhead <= with_.tx, "a topic that is taken fits into tx");
            return seen_.asked(wanted, *done);
        }
        demand(before == state(), "what fails changes nothing");
        seen_.not_asked(done.why().code);
        demand(done.why().code != errc::no_space || wanted.topic.size() + session::overhead > with_.tx,
               "there is no space only for topics that do not fit into tx");
        demand(done.why().code != errc::no_packet_id || wanted.level == qos::exactly_once, "only QoS 2 needs records");
    }
    void set_limit(std::uint32_t limit) {
        session_.set_ack_timeout(millis{limit});
        seen_.limited(limit);
    }

    // --- what a broker sends ---

    void come(std::string_view bytes) {
        if (seen_.state() != link::closed) pending_ += bytes;
    }
    template <class Packet>
    void come_packet(const Packet& m) {
        std::string out(mqtt::encoded_size(m), '\0');
        const auto bytes = mqtt::encode(m, {out.data(), out.size()});
        if (bytes) come(*bytes);
    }
    void come_connack(std::uint8_t how) {
        const char bytes[] = {0x20, 2, static_cast<char>(how & 1), static_cast<char>(how >> 1 & 7)};
        come({bytes, sizeof bytes});
    }
    void come_publish(source& from) {
        const unsigned how = from.byte();
        mqtt::publish m{"t", "abc"};
        m.level = static_cast<qos>(how % 3);
        m.dup = m.level != qos::at_most_once && (how & 4) != 0;
        m.retain = (how & 8) != 0;
        if (m.level != qos::at_most_once) m.id = static_cast<packet_id>(1 + (how >> 4 & 3));
        if ((how & 0xC0) == 0) return come_packet(m);
        // Just so large, or too large by a little; in the last case, where not even the topic fits.
        const std::size_t header = m.level == qos::at_most_once ? 3 : 5;
        const std::size_t fits = with_.rx < header ? 0 : with_.rx - header;
        const std::string filler(fits + from.byte() % 4U, 'f');
        if ((how & 0xC0) == 0x40) m.payload = filler;
        if ((how & 0xC0) == 0x80) m.topic = filler;
        if ((how & 0xC0) == 0xC0) m.id = static_cast<packet_id>(m.id == 0 ? 0 : from.byte() + 1U);
        come_packet(m);
    }
    packet_id draw_id(source& from) const {
        const std::uint8_t drawn = from.byte();
        return drawn < 128 ? drawn : static_cast<packet_id>(seen_.id() - (drawn - 128));
    }
    void come_acknowledgement(source& from) {
        constexpr packet_type types[] = {packet_type::puback, packet_type::pubrec, packet_type::pubrel,
                                         packet_type::pubcomp, packet_type::unsuback};
        const packet_type type = types[from.byte() % 5];
        const unsigned id = draw_id(from);
        const unsigned flags = type == packet_type::pubrel ? 2 : 0;
        const char bytes[] = {static_cast<char>(static_cast<unsigned>(type) << 4 | flags), 2,
                              static_cast<char>(id >> 8), static_cast<char>(id)};
        come({bytes, sizeof bytes});
    }
    void come_suback(source& from) {
        const packet_id id = draw_id(from);
        const std::uint8_t how = from.byte();
        constexpr char codes[] = {0, 1, 2, '\x80'};
        come_packet(mqtt::suback{id, first({codes + how % 4, 4U - how % 4}, how < 128 ? 1 : 2)});
    }
    /// As MQTT demands, to the oldest packet that is not answered.
    void answer(unsigned how) {
        if (seen_.answers.empty()) return;
        come(seen_.answers.front());
        if (how % 4 != 3) seen_.answers.pop_front();  // or twice
    }

    // --- bytes ---

    void offer() {
        while (!pending_.empty()) {
            if (how_.move_house && how_.cut.coin()) move();
            const memory chunk{first(pending_, how_.cut.next(pending_.size()))};
            const std::size_t taken = offer(chunk);
            pending_.erase(0, taken);
            if (taken == chunk.view().size()) continue;
            demand(session_.is_full(), "bytes are taken, unless answers are in the way");
            return;
        }
    }
    std::size_t offer(const memory& chunk) {
        std::string_view input = chunk.view();
        for (bool more = true; more;) {
            const bool is_reading = seen_.is_reading();
            const bool was_full = session_.is_full();
            const std::size_t left = input.size();
            const auto found = session_.receive(input, now_);
            demand(chunk.holds(input) && input.size() <= left, "input is advanced within itself");
            demand(!is_reading || !was_full || input.size() == left, "nothing is received while it is full");
            const std::string_view taken = first(rest(chunk.view(), chunk.view().size() - left), left - input.size());
            hear(is_reading ? taken : std::string_view{}, found);
            more = found.has_value();
        }
        return chunk.view().size() - input.size();
    }
    void hear(std::string_view bytes, const std::optional<session::event>& found) {
        if (found) {
            found_.push_back({match(*found, [](const auto& one) { return told(one); }), {}, 0, false});
            demand_views(*found);
        }
        seen_.hear(bytes, found);
        if (seen_.has_request()) return;
        // What was borrowed is given back.
        topic_ = memory{0};
        payload_ = memory{0};
    }
    void demand_views(const session::event& found) const {
        if (const auto* const m = std::get_if<it::message>(&found)) demand_views_in(rx_, m->what);
        if (const auto* const m = std::get_if<it::too_large>(&found)) demand_views_in(rx_, m->what);
    }

    void hand_over(std::size_t count) {
        const std::string bytes{first(session_.transmit(), count)};
        session_.transmitted(bytes.size(), now_);
        found_.push_back({"handed over", bytes, bytes.size(), false});
        seen_.pass(bytes);
    }
    void hand_over_all() {
        for (int left = 1000; !session_.transmit().empty(); --left) {
            demand(left != 0, "what is to be sent comes to an end");
            hand_over(SIZE_MAX);
        }
    }

    // --- time ---

    bool tick() {
        const auto found = session_.tick(now_);
        demand(found || session_.wait(now_) != millis{0},
               "once a tick gave nothing, there is something to wait for, or nothing");
        hear({}, found);
        return found.has_value();
    }
    void tick_all() {
        for (int left = 12; tick(); --left) demand(left != 0, "ticks come to an end");
    }
    void pass_time(std::uint32_t span) {
        if (span > most_time - seen_.now) return;
        now_ = now_ + millis{span};
        seen_.now += span;
    }
    void pass_wait() {
        const auto due = session_.wait(now_);
        if (!due || due->count() == 0 || due->count() > most_time - seen_.now) return;
        pass_time(due->count() - 1);
        demand(session_.wait(now_) == millis{1}, "a wait is as long as it was said to be");
        demand_idle();
        pass_time(1);
        tick_all();
    }
    void demand_idle() {
        if (session_.wait(now_) == millis{0}) return;
        const auto before = state();
        demand(!session_.tick(now_), "a tick before its time tells nothing");
        demand(before == state(), "a tick before its time does nothing");
    }

    // --- what is seen from outside ---

    struct outside {
        std::string bytes;
        std::optional<millis> wait;
        bool is_full;
        std::uint16_t strays;

        friend bool operator==(const outside& a, const outside& b) {
            return a.bytes == b.bytes && a.wait == b.wait && a.is_full == b.is_full && a.strays == b.strays;
        }
    };
    outside state() const {
        return {std::string{session_.transmit()}, session_.wait(now_), session_.is_full(), session_.strays()};
    }
    void look() {
        demand_idle();
        const outside now = state();
        demand(now.strays >= strays_, "strays are never fewer");
        strays_ = now.strays;
        const std::string_view bytes = session_.transmit();
        demand(tx_.holds(bytes) || payload_.holds(bytes), "what is to be sent lies in what was lent");
        const bool is_over = seen_.state() == link::closed || seen_.state() == link::broken;
        demand(!is_over || bytes.empty(), "nothing is sent once the connection is broken");
        demand(!seen_.is_reading() || !now.is_full || with_.records == 0 || !bytes.empty(),
               "it is full only until answers are sent");
        const std::uint32_t whole = seen_.keep_alive() * 1000U;
        if (seen_.is_open() && whole != 0 && bytes.empty())
            demand(now.wait && now.wait->count() <= whole, "within the keep alive there is something to do");
        found_.push_back({now.wait ? "wait " + in_words(now.wait->count()) : "wait", now.bytes, now.strays, false});
    }
    void say(const char* call, const error& why) {
        found_.push_back({call + in_words(why.code), {}, why.column, false});
    }

    // --- the end: a socket that takes everything, and time ---

    void come_to_an_end() {
        rest_and_look();
        if (seen_.is_open()) demand_read_on();
        // Timeouts are at most so long, whatever was set before; the two answers to a QoS 2 message have one each.
        constexpr std::uint32_t limit = 256 * 100;
        for (int left = 3; left != 0; --left) wait_for(limit);
        if (!seen_.is_open()) lose();
        wait_for(0);
        wait_for(limit);
        seen_.demand_all_told();
        if (seen_.is_open()) demand_read_on();
    }
    void demand_read_on() const {
        seen_.demand_nothing_owed();
        demand(pending_.empty() && !session_.is_full(), "it reads on, once what was owed is sent");
    }
    void wait_for(std::uint32_t span) {
        now_ = now_ + millis{span};
        seen_.now += span;
        rest_and_look();
    }
    void rest_and_look() {
        for (int left = 1000; left != 0; --left) {
            hand_over_all();
            tick_all();
            offer();
            if (pending_.empty() && session_.transmit().empty()) break;
            if (seen_.is_reading() && with_.records == 0) break;
            demand(left != 1, "what is to be sent comes to an end");
        }
        look();
    }

    // --- memory ---

    /// Goes on as a copy in other memory; the old one is overwritten, and gone.
    void move() {
        memory rx{rx_.view()};
        memory tx{tx_.view()};
        memory topic{topic_.view()};
        memory payload{payload_.view()};
        std::vector<in_flight> records = records_;
        session copy = session_;
        copy.rebind(rx.lent(), tx.lent(), records.data(), topic.view(), payload.view());
        session_ = copy;
        for (const memory* const old : {&rx_, &tx_, &topic_, &payload_}) {
            const buffer all = old->lent();
            std::fill_n(all.data(), all.size(), '\xA5');
        }
        std::fill(records_.begin(), records_.end(), in_flight{});
        rx_ = std::move(rx);
        tx_ = std::move(tx);
        topic_ = std::move(topic);
        payload_ = std::move(payload);
        records_ = std::move(records);
    }

    setup with_;
    run_options how_;
    memory rx_;
    memory tx_;
    std::vector<in_flight> records_;
    memory topic_{0};  // of the request under way
    memory payload_{0};
    session session_;
    bystander seen_;
    instant now_;
    std::string pending_;  // the broker has sent it, and the session has not taken it
    journal found_;
    std::uint16_t strays_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    source from{data, size};
    const setup with = draw_setup(from);

    run_options how;
    how.clock = with.clock;
    const journal whole = session_run{with, how}.play();
    how.cut = chunker{chunker::way::single};
    demand_same(whole, session_run{with, how}.play(), "byte by byte gives the same");
    how.cut = chunker{chunker::way::random, with.seed};
    how.move_house = true;
    demand_same(whole, session_run{with, how}.play(), "a copy in other memory gives the same");
    how = {};
    how.clock = 1'000'000;  // neither 2^31 nor 2^32 comes from here
    demand_same(whole, session_run{with, how}.play(), "another reading of the clock gives the same");
    return 0;
}
