// What an application does with a host, at random, and what it holds the host to.
// SPDX-License-Identifier: MIT
#pragma once

#include "dice.hpp"
#include "ledger.hpp"
#include "plan.hpp"
#include "world.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace atmqtt::pair {

class application {
public:
    application(std::uint64_t seed, std::string_view* script, world& in, ledger& book, counts& count)
        : world_(in), book_(book), count_(count), chance_(seed ^ 0xabba, script) {
        world_.hears = [this](const host::event& found) { match(found, [this](const auto& e) { hear(e); }); };
    }

    bool has_network = true;
    /// The last message is through.
    bool is_through = false;
    bool is_opened() const { return is_opened_; }
    bool is_closing() const { return is_closing_; }

    void open() {
        if (is_to_be_open_) return;
        const auto opening = world_.it.open(world_.wanted.settings, world_.clock());
        if (!opening && pending_ != verb::none && opening.why().code == errc::busy)
            return world_.at(world_.now + 500, [this] { open(); });
        claim(bool{opening}, "it can be opened");
        is_to_be_open_ = true;
        world_.say("application: open");
    }
    void close() {
        if (!is_to_be_open_) return;
        world_.say("application: close");
        world_.silent_until = 0;
        is_closing_ = true;
        world_.it.close(world_.clock());
        const moment limit = 40'000 + 4 * (moment{world_.wanted.settings.timeout} * 1000 + 2'000) + 60'000;
        world_.at(world_.now + limit,
                  [this, turn = closes_] { claim(turn != closes_ || !is_closing_, "close comes to an end"); });
    }
    /// One thing or another.
    void act() {
        const auto what = chance_.between(0, 99);
        if (what < 60)
            publish(level());
        else if (what < 85)
            publish_from_broker();
        else if (what < 92)
            subscribe();
        else if (what < 97)
            send_raw();
        else
            move();
    }
    /// Again and again, until it is acknowledged.
    void publish_last() {
        if (is_through || !world_.it.is_open() || pending_ != verb::none) return;
        is_last_ = publish(qos::exactly_once);
    }
    /// A message to each of the subscriptions that the settings name.
    void publish_to_all() {
        const auto& wanted = world_.wanted;
        for (std::size_t at = 0; at != wanted.settings.subscription_count; ++at) {
            claim(world_.server.has_subscription(wanted.filters[at]), "once open, all is subscribed to",
                  wanted.filters[at]);
            send_from_broker(wanted.filters[at], qos::exactly_once);
        }
    }
    /// At the end.
    void settle() const { claim(pending_ == verb::none, "each command has a verdict"); }

private:
    qos level() {
        const qos levels[] = {qos::at_most_once, qos::at_least_once, qos::exactly_once, qos::exactly_once};
        return chance_.pick(levels);
    }

    // The host goes on in other memory, and so does the payload that it has borrowed.
    void move() {
        ++count_["moved"];
        if (one_ != nullptr) {
            auto other = std::make_unique<std::string>(*one_->lent);
            one_->lent->assign(one_->lent->size(), 'Z');
            one_->lent.swap(other);
            world_.lent = *one_->lent;
            kept_ = std::move(other);
        }
        world_.move();
    }

    // --- commands ---

    bool publish(qos how) {
        ledger::outgoing& one = book_.add(how, payload(chance_));
        const auto sent = world_.it.publish(one.topic, *one.lent, one.level, chance_.percent(10));
        if (!note_sent(bool{sent}, verb::publish)) {
            book_.forget(one);
            return false;
        }
        one_ = &one;
        world_.lent = *one.lent;
        world_.say("application: publish " + one.topic + " at " + std::to_string(static_cast<int>(how)) + " " +
                   testing::printable(one.payload));
        if (chance_.percent(10)) world_.at(world_.now + chance_.between(0, 200), [this] { move(); });
        return true;
    }
    void subscribe() {
        const std::string topic = "u" + std::to_string(chance_.between(0, 3)) + "/#";
        if (chance_.percent(60)) {
            const qos asked = level();
            const auto sent = world_.it.subscribe(topic, asked);
            if (!note_sent(bool{sent}, verb::subscribe)) return;
            asked_ = asked;
            world_.say("application: subscribe " + topic);
        } else {
            const auto sent = world_.it.unsubscribe(topic);
            if (note_sent(bool{sent}, verb::unsubscribe)) world_.say("application: unsubscribe " + topic);
        }
    }
    void send_raw() {
        static constexpr std::string_view lines[] = {"AT",           "ATI",          "AT+CMEE?",    "AT+MQTTSTAT?",
                                                     "AT+MQTTTO?",   "AT+MQTTREC?",  "AT+MQTTCFG?", "AT+MQTTSUB?",
                                                     "AT+MQTTPING?", "AT+MQTTSUB=1", "AT+NONSENSE"};
        const std::string_view text = chance_.pick(lines);
        const auto sent = world_.it.send(raw_command{text, millis{2'000}, nullptr, 0});
        if (!note_sent(bool{sent}, verb::raw)) return;
        world_.silent_until = 0;
        world_.say("application: send " + std::string(text));
    }
    bool note_sent(bool is_sent, verb what) {
        if (!is_sent) return false;
        claim(pending_ == verb::none, "one command at a time");
        pending_ = what;
        ++count_["commands"];
        return true;
    }

    void publish_from_broker() {
        const auto& wanted = world_.wanted;
        const auto which = chance_.between(0, 4);
        send_from_broker(which < 3 ? wanted.filters[which] : "u" + std::to_string(which - 3) + "/#", level());
    }
    void send_from_broker(const std::string& filter, qos how) {
        const std::string topic = book_.next_topic(filter);
        const std::string bytes = payload(chance_);
        book_.expect(topic, qos::at_most_once, bytes);
        const auto goes = world_.server.publish(topic, bytes, how);
        if (!goes) return book_.lost(topic);
        book_.expect(topic, *goes, bytes);
        ++count_["published by the broker"];
        world_.say("broker: publish " + topic + " at " + std::to_string(static_cast<int>(*goes)) + " " +
                   testing::printable(bytes));
    }

    // --- events ---

    void hear(const on::done& d) {
        claim(pending_ == d.what, "one verdict for each command");
        pending_ = verb::none;
        ++count_["verdict " + testing::in_words(d.how)];
        if (d.what == verb::subscribe && d.acknowledged() && world_.wanted.how != weather::lossy)
            claim(d.granted == static_cast<std::uint8_t>(asked_), "the QoS that was asked for is granted");
        if (d.what != verb::publish) return;
        const bool is_last = is_last_ && d.acknowledged();
        ledger::outgoing& one = *one_;
        one_ = nullptr;
        is_last_ = false;
        world_.lent = {};
        book_.judge(one, d.how);
        if (!is_last || one.is_mistaken) return;
        claim(one.taken == 1 || world_.wanted.how == weather::lossy, "the last message was delivered", one.topic);
        is_through = true;
    }
    void hear(const on::message& m) {
        // A handler answers before it has looked.
        if (chance_.percent(30)) publish(level());
        book_.come(m.what, m.what.payload, m.mismatch, world_.now);
    }
    void hear(const on::too_large& m) {
        ++count_["message too large"];
        book_.come(m.header, std::nullopt, m.mismatch, world_.now);
    }
    void hear(const on::piece& m) {
        if (m.offset == 0) pieces_.clear();
        claim(m.offset == pieces_.size() || world_.wanted.how == weather::lossy, "pieces come in their order");
        pieces_ += m.bytes;
        if (!m.last) return;
        ++count_["message in pieces"];
        book_.come(m.header, pieces_, m.mismatch, world_.now);
    }
    void hear(const on::opened&) {
        is_opened_ = true;
        ++count_["opened"];
    }
    void hear(const on::closed& e) {
        is_opened_ = false;
        ++count_["closed"];
        claim(world_.wanted.how != weather::quiet || e.why == on::cause::asked, "in quiet weather it stays open");
        claim((e.why == on::cause::asked) == is_closing_, "it closes for good when it is asked to",
              testing::in_words(e.why));
        if (e.why != on::cause::asked) return;
        is_closing_ = is_to_be_open_ = false;
        ++closes_;
    }
    void hear(const on::reconnecting&) { is_opened_ = false; }
    void hear(const on::network_needed&) {
        needs_network_ = true;
        ++count_["network needed"];
        look_for_network();
    }
    // By what is no part of MQTT.
    void look_for_network() {
        if (!needs_network_) return;
        if (!has_network || !world_.is_on) return world_.at(world_.now + 1'000, [this] { look_for_network(); });
        needs_network_ = false;
        world_.it.network_ready(world_.clock());
    }
    void hear(const on::retrying& e) { world_.silent_until = world_.now + e.after.count(); }
    void hear(const on::stuck&) {
        ++count_["stuck"];
        claim(world_.wanted.how != weather::quiet, "in quiet weather it is not stuck");
        power_cycle();
    }
    void hear(const on::give_up&) {
        ++count_["given up"];
        power_cycle();
    }
    void hear(const on::restarted&) {
        ++count_["restart found"];
        world_.silent_until = 0;
        claim(world_.wanted.how != weather::quiet, "in quiet weather no restart is found");
    }
    template <class Other>
    void hear(const Other&) {}

    void power_cycle() {
        world_.at(world_.now + 1, [this] {
            world_.say("application: power off");
            book_.module_lost(world_.now, 20'000);
            world_.switch_off();
        });
        world_.at(world_.now + 3'000, [this] {
            world_.say("application: power on");
            if (!world_.is_on) world_.switch_on(has_network);
            world_.tell_restarted();
        });
    }

    world& world_;
    ledger& book_;
    counts& count_;
    dice chance_;
    verb pending_ = verb::none;
    qos asked_ = {};
    ledger::outgoing* one_ = nullptr;
    std::string pieces_;
    std::unique_ptr<std::string> kept_;
    unsigned closes_ = 0;
    bool is_last_ = false;
    bool is_opened_ = false;
    bool is_to_be_open_ = false;
    bool is_closing_ = false;
    bool needs_network_ = false;
};

}  // namespace atmqtt::pair
