// A host, a module that answers as the test says, and a clock that the test moves.
// SPDX-License-Identifier: MIT
#pragma once

#include "host_words.hpp"

#include <atmqtt/host/host.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <ostream>  // doctest prints std::string_view by it
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atmqtt::testing {

inline constexpr std::string_view password = "s3cr3t,%2F";

class host_world {
public:
    explicit host_world(const host_options& options = {}, std::uint32_t start = 0)
        : now{start}, it({options}, {rx_.data(), rx_.size()}, {tx_.data(), tx_.size()}) {
        wanted.server.host = "h";
        wanted.server.id = "me";
        wanted.server.user = "u";
        wanted.server.passwd = password;
        wanted.server.short_form = true;
        wanted.server.clean = false;
        replies = {{"", "OK"},
                   {"AT+MQTTDISC", "ERROR"},
                   {"AT+MQTTOPEN", "+MQTTOPEN: OK|OK"},
                   {"AT+MQTTSTAT?", "+MQTTSTAT: 1|OK"},
                   {"AT+MQTTCFG?", "+MQTTCFG: \"h\",1883,\"me\",60,\"u\",\"***\",0,\"\",0|OK"}};
    }
    host_world(const host_world&) = delete;
    host_world& operator=(const host_world&) = delete;

    instant now;
    settings wanted;
    std::vector<atmqtt::subscribe> subscriptions;
    /// What the module says to a command: by how that begins, the longest that fits. Nothing: `silence`.
    std::map<std::string, std::string> replies;
    static constexpr const char* silence = "-";
    bool echoes = false;
    bool moves = false;  ///< goes on in other memory after each event
    std::function<void(const host::event&)> handler;

    /// Goes on in other memory; what was there before is written over.
    template <class... Payload>
    void move(Payload... payload) {
        std::vector<char> rx = rx_, tx = tx_;
        rx_.assign(rx_.size(), 'Y');
        tx_.assign(tx_.size(), 'Y');
        host copy = it;
        copy.rebind({rx.data(), rx.size()}, {tx.data(), tx.size()});
        rx_.swap(rx);
        tx_.swap(tx);
        copy.rebind({rx_.data(), rx_.size()}, {tx_.data(), tx_.size()}, payload...);
        it = copy;
        kept_.push_back(std::move(rx));  // what an event still views is not written over by others
        kept_.push_back(std::move(tx));
    }

private:
    std::vector<char> rx_ = std::vector<char>(700, 'Z');
    std::vector<char> tx_ = std::vector<char>(1100, 'Z');

public:
    host it;

    // --- what the test does ---

    /// Opens, and gives what has come of it after a second.
    std::string open() {
        begin();
        return pass(1'000);
    }
    void begin() {
        wanted.subscriptions = subscriptions.data();
        wanted.subscription_count = subscriptions.size();
        REQUIRE(it.open(wanted, now));
        settle();
    }
    /// Opens, and forgets what has come of it.
    void be_open() {
        open();
        REQUIRE(it.is_open());
        forget();
    }
    /// The module says lines, `|` between two.
    std::string hear(std::string_view text) {
        incoming_ += in_lines(text);
        return events();
    }
    std::string hear_bytes(std::string_view bytes) {
        incoming_ += bytes;
        return events();
    }
    /// Time goes by, and what is due within is done when it is.
    std::string pass(std::uint32_t ms) {
        settle();
        while (const auto wait = it.wait(now)) {
            if (wait->count() > ms) break;
            ms -= wait->count();
            now = now + *wait;
            settle();
        }
        now = now + millis{ms};
        settle();
        return events();
    }
    /// One ms short of it nothing happens; then it does.
    std::string just_at(std::uint32_t ms) {
        const std::string early = pass(ms - 1);
        return early.empty() ? pass(1) : "too early: " + early;
    }
    void forget() {
        events();
        commands();
    }

    // --- what it looks at ---

    /// What has come since this was asked last; `; ` between two.
    std::string events() {
        settle();
        return std::exchange(events_, {});
    }
    /// What was written to the module since then; `|` behind each command.
    std::string commands() {
        settle();
        return std::exchange(commands_, {});
    }

private:
    static std::string in_lines(std::string_view text) {
        std::string out;
        while (!text.empty()) {
            const std::string_view line = first(text, text.find('|'));
            out.append("\r\n").append(line).append("\r\n");
            text = rest(text, line.size() + 1);
        }
        return out;
    }

    void settle() {
        if (is_settling_) return;  // a handler looks
        is_settling_ = true;
        while (turn()) {}
        const auto wait = it.wait(now);
        CHECK((!wait || wait->count() != 0));
        is_settling_ = false;
    }
    bool turn() {
        bool has_moved = !incoming_.empty();
        const std::string bytes = std::exchange(incoming_, {});
        std::string_view input = bytes;
        while (const auto found = it.receive(input, now)) note(*found);
        CHECK(input.empty());
        while (const auto found = it.tick(now)) {
            note(*found);
            has_moved = true;
        }
        return write() || has_moved;
    }
    bool write() {
        const std::string out(it.transmit());
        if (out.empty()) return false;
        it.transmitted(out.size(), now);
        command_ += out;
        if (echoes) incoming_ += out;
        if (command_.back() == '\r') obey(std::exchange(command_, {}));
        return true;
    }
    void obey(std::string command) {
        command.pop_back();
        commands_ += command + "|";
        std::string reply;
        for (const auto& [begin, says] : replies)  // in their order: the longest that fits is the last
            if (begins_with(command, begin)) reply = says;
        if (reply == silence) return;
        if (reply == "OK" && begins_with(command, "AT+MQTTSUB="))
            reply = "+MQTTSUBACK: 1," + command.substr(command.size() - 1) + "," +
                    command.substr(12, command.size() - 15) + "|OK";
        incoming_ += in_lines(reply);
    }
    void note(const host::event& found) {
        const std::string words = in_words(found);
        CHECK(words.find(password) == std::string::npos);
        events_ += (events_.empty() ? "" : "; ") + words;
        if (handler) handler(found);
        CHECK(in_words(found) == words);
        if (moves) move();
    }
    std::string incoming_;
    std::string command_;
    std::string commands_;
    std::string events_;
    std::vector<std::vector<char>> kept_;
    bool is_settling_ = false;
};

}  // namespace atmqtt::testing
