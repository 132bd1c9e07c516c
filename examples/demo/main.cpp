// Both ends in one process: a host machine and a modem machine over a serial line that chops and delays, and a broker behind.
// SPDX-License-Identifier: MIT
#include "../module_lines.hpp"
#include "network.hpp"
#include "screen.hpp"
#include "uart.hpp"

#include <atmqtt.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unistd.h>

namespace {

using namespace demo;
using atmqtt::instant;
using atmqtt::millis;
using atmqtt::qos;

template <class Message>
std::string described(const Message& m) {
    char shown[512];
    return std::string(describe(m, shown));
}

/// The lines of a module, without their line ends.
std::string_view bare(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    while (!line.empty() && (line.front() == '\r' || line.front() == '\n')) line.remove_prefix(1);
    return line;
}

/// Host and module, each with the memory that it was lent.
class pair {
public:
    pair(network& over, const screen& shows, bool is_quick) : net_(over), show_(shows), modem_(made_modem(is_quick)) {
        net_.tell({[this] { modem_.connected(); }, [this] { modem_.connect_failed(); },
                   [this] { modem_.disconnected(); }, [this](std::string_view bytes) { from_broker_ += bytes; }});
    }

    atmqtt::host host{patient(), host_rx_, host_tx_};

    /// Until `is_met`, but for no longer than `most`: whether it is.
    template <class Condition>
    bool run(Condition is_met, millis most) {
        const instant end = net_.now() + most;
        for (;;) {
            while (advance()) {}
            if (is_met()) return true;
            if (atmqtt::reached(end, net_.now())) return false;
            net_.pass(
                std::min({shortest(host.wait(now())), shortest(modem_.wait(now())), shortest(to_host_.wait(now())),
                          shortest(to_module_.wait(now())), atmqtt::until(end, now())}));
        }
    }
    /// What a handler has seen last.
    bool is_done = false;
    bool has_given_up = false;
    bool is_closed = false;
    int messages = 0;

    instant now() const { return net_.now(); }

private:
    static millis shortest(std::optional<millis> wait) { return wait ? *wait : millis{1'000}; }
    static atmqtt::host_options patient() {
        atmqtt::host_options chosen;
        chosen.first_wait = millis{2'000};
        return chosen;
    }
    atmqtt::modem made_modem(bool is_quick) {
        atmqtt::modem_options chosen;
        if (is_quick)  // people are waiting
            for (millis& wait : chosen.limits.waits) wait = wait / 8;
        return atmqtt::modem({command_, lines_, profile_, subscriptions_, rx_, tx_, records_, std::size(records_)},
                             chosen);
    }

    // One step of everything; whether there was any.
    bool advance() {
        const bool has_heard = hear_module() || hear_host() || hear_broker();
        if (const auto found = host.tick(now())) return handle(*found), true;
        if (const auto found = modem_.tick(now())) return handle(*found), true;
        return send_command() || send_lines() || send_packets() || has_heard;
    }
    bool hear_module() {
        const std::string came = to_host_.take(now());
        std::string_view input = came;
        while (const auto found = host.receive(input, now())) handle(*found);
        return !came.empty();
    }
    bool hear_host() {
        from_host_ += to_module_.take(now());
        std::string_view input = from_host_;
        const std::size_t before = input.size();
        while (const auto found = modem_.receive(input, now())) handle(*found);
        from_host_.erase(0, before - input.size());
        return input.size() != before;
    }
    bool hear_broker() {
        std::string_view input = from_broker_;
        const std::size_t before = input.size();
        while (const auto found = modem_.receive_from_broker(input, now())) handle(*found);
        from_broker_.erase(0, before - input.size());
        return input.size() != before;
    }
    bool send_command() {
        const std::string_view next = host.transmit();
        if (next.empty()) return false;
        const auto m = atmqtt::parse_command(next);
        show_.host(now(), m ? described(*m) : quoted(bare(next)));
        to_module_.put(next, now());
        host.transmitted(next.size(), now());
        return true;
    }
    bool send_lines() {
        const std::string_view next = modem_.next_line(now());
        if (next.empty()) return false;
        to_host_.put(next, now());
        const auto whole = said_.add(next);
        if (!whole) return true;
        const std::string_view line = bare(*whole);
        const auto m = atmqtt::parse_line(line);
        show_.module(now(), m ? described(*m) : quoted(line));
        return true;
    }
    bool send_packets() {
        const std::string_view next = modem_.transmit_to_broker();
        if (next.empty()) return false;
        const bool is_of_message = next.data() >= command_ && next.data() < command_ + sizeof command_;
        const auto type = atmqtt::mqtt::type_of(static_cast<std::uint8_t>(next[0]));
        const std::string what = is_of_message ? "its payload" : std::string(name_of(type));
        show_.module(now(), "    to the broker: " + what + ", " + std::to_string(next.size()) + " bytes");
        net_.write(next);
        modem_.transmitted_to_broker(next.size(), now());
        return true;
    }

    void handle(const atmqtt::host::event& found) {
        namespace on = atmqtt::on;
        atmqtt::match(
            found, [&](const on::opened&) { show_.host(now(), "    it is open"); },
            [&](const on::closed&) {
                is_closed = true;
                show_.host(now(), "    it is closed");
            },
            [&](const on::message& m) {
                ++messages;
                show_.host(now(), "    a message, " + std::to_string(m.what.payload.size()) +
                                      " bytes: " + quoted(m.what.payload));
            },
            [&](const on::done& d) {
                is_done = true;
                show_.host(now(), d.acknowledged() ? "    acknowledged" : "    not acknowledged");
            },
            [&](const on::reconnecting& r) {
                show_.host(now(), "    the module reconnects, try " + std::to_string(r.number));
            },
            [&](const on::retrying& r) {
                has_given_up = true;
                show_.host(now(), "    it is opened again after " + std::to_string(r.after.count()) + " ms");
            },
            [](const auto&) {});
    }
    void handle(const atmqtt::modem::event& found) {
        namespace it = atmqtt::from_card;
        atmqtt::match(
            found,
            [&](const it::connect& c) {
                show_.module(now(), "    connects to " + std::string(c.host) + ":" + std::to_string(c.port));
                net_.connect();
            },
            [&](const it::close&) {
                show_.module(now(), "    closes the socket");
                from_broker_.clear();
                net_.close();
            },
            [&](const it::greeted& g) {
                show_.module(now(), g.is_resumed ? "    the broker has kept the session" : "    the broker accepts");
            },
            [](const auto&) {});
    }

    network& net_;
    const screen& show_;
    char host_rx_[2048] = {};
    char host_tx_[1100] = {};
    char command_[1600] = {};
    char lines_[2048] = {};
    char profile_[atmqtt::profile::most] = {};
    char subscriptions_[1024] = {};
    char rx_[2048] = {};
    char tx_[600] = {};
    atmqtt::in_flight records_[22] = {};
    atmqtt::modem modem_;
    uart to_host_{1};
    uart to_module_{2};
    std::string from_host_;
    std::string from_broker_;
    module_lines said_{{rx_, sizeof rx_}};
};

int fail(const char* what) {
    std::fprintf(stderr, "the demo stops: %s\n", what);
    return 1;
}

/// What the demo shows, a scene each. They give what went wrong; nothing if nothing did.
class scenes {
public:
    using outcome = const char*;

    scenes(network& over, std::string_view broker, std::uint16_t port, const std::string& topic)
        : net_(over), topic_(topic), show_(::isatty(1) == 1), both_(over, show_, !broker.empty()) {
        server_.server.host = broker.empty() ? std::string_view("broker.example") : broker;
        server_.server.port = port;
        server_.server.id = id_;
        server_.server.clean = false;
        server_.greeting.usr_flag = server_.greeting.pwd_flag = false;
        server_.subscriptions = topics_;
        server_.subscription_count = std::size(topics_);
    }

    outcome bring_up() {
        show_.title("bring-up: configure, open, subscribe");
        if (!both_.host.open(server_, both_.now())) return "the settings are refused";
        return opens_within(millis{20'000}) ? nullptr : "it does not open: is there a broker?";
    }
    outcome publish_json() {
        show_.title("publish: JSON at QoS 0, 1 and 2; it comes back, for the topic is subscribed to");
        if (!publish(R"({"t":21.5})", qos::at_most_once)) return "QoS 0";
        if (!publish(R"({"t":21.5,"unit":"C"})", qos::at_least_once)) return "QoS 1";
        if (!publish(R"({"t":[1,2,3]})", qos::exactly_once)) return "QoS 2";
        return has_messages(3) ? nullptr : "messages are missing";
    }
    outcome publish_counted() {
        show_.title("a payload that holds a line end and the word OK: it is sent counted, and stays one message");
        if (!publish("one\r\nOK\r\ntwo", qos::exactly_once)) return "counted";
        return has_messages(4) ? nullptr : "the message is missing";
    }
    outcome cut_link() {
        show_.title("the link is cut: the module reconnects, the broker has kept the session");
        net_.cut();
        both_.run([this] { return !both_.host.is_open(); }, millis{10'000});
        if (!opens_within(millis{20'000})) return "it does not reconnect";
        return publish("still here", qos::at_least_once) ? nullptr : "after the reconnect";
    }
    outcome lose_broker() {
        show_.title("the broker is away: three tries, then the module gives up, and the host opens again");
        net_.is_away = true;
        net_.cut();
        if (!both_.run([this] { return both_.has_given_up; }, millis{90'000})) return "it does not give up";
        net_.is_away = false;
        if (!opens_within(millis{60'000})) return "it does not open again";
        return publish("back", qos::exactly_once) ? nullptr : "after the reopening";
    }
    outcome close() {
        show_.title("close");
        both_.is_closed = false;
        both_.host.close(both_.now());
        return both_.run([this] { return both_.is_closed; }, millis{5'000}) ? nullptr : "it does not close";
    }

private:
    bool opens_within(millis most) {
        return both_.run([this] { return both_.host.is_open(); }, most);
    }
    bool has_messages(int count) {
        return both_.run([this, count] { return both_.messages == count; }, millis{5'000});
    }
    bool publish(std::string_view payload, qos level) {
        both_.is_done = false;
        if (!both_.host.publish(topic_, payload, level, false)) return false;
        return both_.run([this] { return both_.is_done; }, millis{15'000});
    }

    network& net_;
    std::string topic_;
    std::string id_ = "demo-" + std::to_string(::getpid());
    atmqtt::subscribe topics_[1] = {{topic_, qos::exactly_once}};
    atmqtt::settings server_;
    screen show_;
    pair both_;
};

int play(network& net, const std::string& broker, std::uint16_t port, const std::string& topic) {
    scenes all(net, broker, port, topic);
    for (const auto scene : {&scenes::bring_up, &scenes::publish_json, &scenes::publish_counted, &scenes::cut_link,
                             &scenes::lose_broker, &scenes::close})
        if (const scenes::outcome wrong = (all.*scene)()) return fail(wrong);
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count == 1) {
        const auto net = make_network();
        return play(*net, {}, 1883, "dev/gsm/u");
    }
    const std::string broker = count == 3 && std::string_view(words[1]) == "--broker" ? words[2] : "";
    const std::size_t colon = broker.rfind(':');
    const int port = colon == std::string::npos ? 0 : std::atoi(broker.c_str() + colon + 1);
    if (port <= 0 || port > 65535) {
        std::fprintf(stderr, "usage: atmqtt-demo [--broker HOST:PORT]\n");
        return 2;
    }
    const std::string host = broker.substr(0, colon);
    const auto net = make_network(host, std::to_string(port));
    if (!net) return fail("it was built without Asio: install libasio-dev, and build it again");
    return play(*net, host, static_cast<std::uint16_t>(port), "atmqtt/demo/" + std::to_string(::getpid()));
}
