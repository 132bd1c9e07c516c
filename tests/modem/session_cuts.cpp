// modem/session.hpp: the connection is lost behind each packet of each flow, both ways, and again while it is made good.
// SPDX-License-Identifier: MIT
#include "broker.hpp"
#include "session_world.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace atmqtt;
using namespace atmqtt::testing;

namespace {

/// A session and a broker, packet by packet: `left` of them still pass before the connection is lost.
class pair {
public:
    explicit pair(std::size_t records = 8) : records_(records) { connect(); }

    void publish(qos level, std::string_view payload) {
        REQUIRE(session_.publish({"t", payload, 0, false, level, false}, {}));
    }
    broker& other() { return broker_; }
    const words& told() const { return told_; }
    std::size_t passed() const { return passed_; }

    /// Lets packets pass, `limit` of them at most; then the connection is lost. False if there were fewer.
    bool run(std::size_t limit) {
        std::size_t now_passed = 0;
        while (now_passed != limit && step()) ++now_passed;
        return now_passed == limit;
    }
    /// With a new connection.
    void reconnect() {
        session_.lost({});
        broker_.cut();
        socket_.clear();
        connect();
    }

private:
    static buffer lent(std::vector<char>& memory) { return {memory.data(), memory.size()}; }

    void connect() {
        mqtt::connect m;
        m.id = "me";
        m.clean = false;
        REQUIRE(session_.greet(m, {}));
        while (step_out()) {}
        while (!is_open_ && step_in()) {}
        is_open_ = false;
    }
    bool step() {
        if (!step_out() && !step_in()) return false;
        ++passed_;
        return true;
    }
    // One packet to the broker.
    bool step_out() {
        while (!session_.transmit().empty()) {
            socket_ += session_.transmit();
            session_.transmitted(session_.transmit().size(), {});
            listen();
        }
        if (socket_.empty()) return false;
        std::vector<char> body(4096);
        packet_reader reader{lent(body)};
        std::string_view left = socket_;
        REQUIRE(reader.receive(left));
        const std::size_t size = socket_.size() - left.size();
        broker_.take(first(socket_, size));
        socket_.erase(0, size);
        return true;
    }
    // One packet to the session.
    bool step_in() {
        if (broker_.says().empty()) return false;
        const std::string packet = broker_.says().front();
        broker_.says().erase(broker_.says().begin());
        std::string_view input = packet;
        while (const auto found = session_.receive(input, {})) hear(*found);
        REQUIRE(input.empty());
        listen();
        return true;
    }
    void listen() {
        while (const auto found = session_.tick({})) hear(*found);
    }
    void hear(const session::event& found) {
        if (std::holds_alternative<from_session::greeted>(found)) return;
        if (std::holds_alternative<from_session::accepted>(found)) {
            is_open_ = true;
            return;
        }
        told_.push_back(in_words(found));
    }

    std::vector<char> rx_ = std::vector<char>(600);
    std::vector<char> tx_ = std::vector<char>(600);
    std::vector<in_flight> records_;
    session session_{lent(rx_), lent(tx_), records_.data(), records_.size()};
    broker broker_;
    std::string socket_;
    words told_;
    std::size_t passed_ = 0;
    bool is_open_ = false;
};

std::size_t count(const words& all, std::string_view begin) {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const std::string& one) { return begins_with(one, begin); }));
}

/// What must have become of one message each way, whatever was lost on the way.
void check(pair& both, qos level) {
    const bool is_once = level == qos::exactly_once;
    CHECK(both.other().is_idle());
    CHECK(count(both.told(), "PUBLISH #1 acknowledged") == 1);
    CHECK(count(both.told(), "PUBLISH") == 1);
    const std::size_t taken = static_cast<std::size_t>(
        std::count(both.other().taken().begin(), both.other().taken().end(), std::string("up")));
    CHECK(taken >= 1);
    const std::size_t given = count(both.told(), "message PUBLISH " + in_words(level) + " #1 t=down");
    CHECK(given >= 1);
    if (is_once) CHECK(taken == 1);
    if (is_once) CHECK(given == 1);
    CHECK(count(both.told(), "released #1") <= 1);
}

void begin(pair& both, qos level) {
    both.publish(level, "up");
    both.other().publish(level, "down");
}

}  // namespace

TEST_CASE("the connection is lost behind each packet of QoS 1 and 2, either way: nothing is lost, QoS 2 comes once") {
    for (const qos level : {qos::at_least_once, qos::exactly_once}) {
        std::size_t cuts = 0;
        for (bool is_long_enough = true; is_long_enough; ++cuts) {
            CAPTURE(cuts);
            pair both;
            begin(both, level);
            is_long_enough = both.run(cuts);
            both.reconnect();
            both.run(1000);
            check(both, level);
        }
        CHECK(cuts == (level == qos::at_least_once ? 5U : 9U) + 1);  // the packets of both flows, none and one more
    }
}

TEST_CASE("the connection is lost behind each packet, and behind each packet of what follows, three times over") {
    for (const qos level : {qos::at_least_once, qos::exactly_once}) {
        for (std::size_t one = 0; one != 9; ++one) {
            for (std::size_t two = 0; two != 9; ++two) {
                for (std::size_t three = 0; three != 9; ++three) {
                    CAPTURE(one);
                    CAPTURE(two);
                    CAPTURE(three);
                    pair both;
                    begin(both, level);
                    for (const std::size_t limit : {one, two, three}) {
                        both.run(limit);
                        both.reconnect();
                    }
                    both.run(1000);
                    check(both, level);
                }
            }
        }
    }
}

TEST_CASE(
    "a broker that has lost its session: what was under way is reported lost, and the next message goes through") {
    for (const qos level : {qos::at_least_once, qos::exactly_once}) {
        for (std::size_t cut = 0; cut != 8; ++cut) {
            CAPTURE(cut);
            pair both;
            begin(both, level);
            both.run(cut);
            const bool is_done = count(both.told(), "PUBLISH #1 acknowledged") == 1;
            both.other().forget();
            both.reconnect();
            both.run(1000);
            CHECK(count(both.told(), "PUBLISH #1 lost") == (is_done ? 0 : 1));
            both.publish(level, "next");
            both.run(1000);
            CHECK(count(both.told(), "PUBLISH #2 acknowledged") == 1);
            CHECK(both.other().is_idle());
        }
    }
}

TEST_CASE("SUBSCRIBE and UNSUBSCRIBE do not outlive their connection, whatever QoS is asked for, in no session") {
    for (const bool is_clean : {false, true}) {
        for (const qos asked : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
            world w;
            w.open(is_clean);
            REQUIRE(w.it().subscribe("t", asked, w.now));
            w.pump();
            (void)w.sent();
            (void)w.told();
            w.it().lost(w.now);
            w.tick();
            CHECK(w.told() == words{"SUBSCRIBE #1 lost"});
            w.open(is_clean);
            CHECK(w.sent() == words{});  // but for CONNECT
            REQUIRE(w.it().unsubscribe("t", w.now));
            w.pump();
            (void)w.told();
            w.it().lost(w.now);
            w.tick();
            CHECK(w.told() == words{"UNSUBSCRIBE #2 lost"});
        }
    }
}

TEST_CASE("what was lost with its connection is not owed on the next one") {
    world w;
    w.open(false);
    w.hear(message_of(qos::at_least_once, 7));
    CHECK(w.it().owes_acknowledgements());  // loaded, and not taken
    w.cut();
    CHECK_FALSE(w.it().owes_acknowledgements());
    w.open(false, true);
    CHECK_FALSE(w.it().owes_acknowledgements());
}

TEST_CASE("a ping that was not answered is nothing of the next connection") {
    world w;
    w.open(true, false, 10);
    w.pass(5'000);
    w.tick();
    CHECK(w.sent() == words{"PINGREQ"});
    w.cut();
    CHECK(!w.it().wait(w.now));
    w.pass(20'000);
    CHECK(w.told() == words{});
    w.open(true, false, 10);
    CHECK(w.told() == words{});
    w.hear(mqtt::pingresp{});
    CHECK(w.it().strays() == 1);
}
