// What was asked, sent, and has come: what must hold of it, and how much there was.
// SPDX-License-Identifier: MIT
#pragma once

#include "plan.hpp"
#include "wire.hpp"

#include <atmqtt/host/host.hpp>
#include <atmqtt/mqtt/packets.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace atmqtt::pair {

/// A claim that does not hold.
struct failure {
    std::string words;
};
inline void claim(bool holds, const char* words, const std::string& about = {}) {
    if (!holds) throw failure{about.empty() ? std::string(words) : std::string(words) + ": " + about};
}

/// How often things happened.
using counts = std::map<std::string, std::uint64_t>;

class ledger {
public:
    ledger(weather how, counts& count) : how_(how), count_(count) {}

    // --- from the host to the broker ---

    /// A message that is to be sent, and is borrowed.
    struct outgoing {
        std::string topic;
        std::string payload;
        std::unique_ptr<std::string> lent;
        qos level = {};
        unsigned taken = 0;
        bool is_mistaken = false;
        std::optional<verdict> how = std::nullopt;
    };
    outgoing& add(qos level, std::string payload) {
        const std::string topic = "h/" + std::to_string(outgoing_.size());
        auto lent = std::make_unique<std::string>(payload);
        return outgoing_[topic] = outgoing{topic, std::move(payload), std::move(lent), level};
    }
    void forget(const outgoing& which) { outgoing_.erase(std::string(which.topic)); }
    /// The broker has got it.
    void take(const mqtt::publish& m, bool is_mistaken) {
        const auto found = outgoing_.find(std::string(m.topic));
        if (how_ == weather::lossy && found == outgoing_.end()) return;
        claim(found != outgoing_.end(), "the broker gets only what was sent", std::string(m.topic));
        outgoing& one = found->second;
        if (is_mistaken) {
            one.is_mistaken = true;
            ++count_["message taken for one of an earlier life"];
            return;
        }
        ++one.taken;
        ++count_["delivered to the broker at " + level_of(one.level)];
        if (how_ == weather::lossy) return;
        claim(m.payload == one.payload && m.level == one.level, "a payload arrives as it was", one.topic);
        claim(one.level != qos::exactly_once || one.taken == 1, "a QoS 2 message is delivered once", one.topic);
    }
    /// The host's verdict.
    void judge(outgoing& one, verdict how) {
        one.how = how;
        one.lent->assign(one.lent->size(), 'Z');  // whoever reads it from now on sees that
        if (how == verdict::acknowledged) ++count_["acknowledged at " + level_of(one.level)];
        if (how_ == weather::quiet)
            claim(how == verdict::acknowledged, "in quiet weather all is acknowledged", one.topic);
        if (how_ == weather::lossy || how != verdict::acknowledged || one.level == qos::at_most_once) return;
        claim(one.taken != 0 || one.is_mistaken, "what is acknowledged was delivered", one.topic);
    }

    // --- from the broker to the host ---

    /// A message that the broker sends at this level.
    std::string next_topic(std::string_view filter) {
        std::string topic(filter.substr(0, filter.find_first_of("+#")));
        topic += std::to_string(incoming_.size());
        if (filter.find("/x/") != std::string_view::npos) topic += "/x/y";
        incoming_[topic];
        return topic;
    }
    void expect(const std::string& topic, qos level, const std::string& payload) {
        incoming& one = incoming_[topic];
        one.level = level;
        one.payload = payload;
        one.is_due = level != qos::at_most_once || how_ == weather::quiet;
    }
    /// PUBLISH was sent to a module in this life.
    void sent(const std::string& topic, int life, moment now) {
        incoming& one = incoming_[topic];
        if (one.lives.empty()) one.first_sent = now;
        one.lives.insert(life);
        one.last_sent = now;
    }
    void ended(const std::string& topic, moment now) { incoming_[topic].last_sent = now; }
    /// The broker has lost it.
    void lost(const std::string& topic) { incoming_[topic].is_due = false; }
    /// All that the module holds is lost, and what is under way on its UART.
    void module_lost(moment now, moment longest_delay) {
        is_off_ = true;
        off_at_ = now;
        for (auto& [topic, one] : incoming_)
            if (!one.lives.empty() && one.came == 0 && now <= one.last_sent + longest_delay) one.is_due = false;
    }
    /// A message has come to the host: with its payload, unless it was too large.
    template <class Header>
    void come(const Header& m, std::optional<std::string_view> payload, bool mismatch, moment now) {
        std::string topic;
        for (const char byte : m.topic) topic += byte;
        ++count_["message came at " + level_of(m.level)];
        if (how_ == weather::lossy) return;
        const auto found = incoming_.find(topic);
        claim(found != incoming_.end(), "what comes was sent", topic);
        incoming& one = found->second;
        if (mismatch && is_off_ && now <= off_at_ + 1'000) {
            ++count_["message cut off by a restart"];
            return;
        }
        ++one.came;
        claim(!mismatch, "no length is wrong", topic);
        const bool is_same = payload ? *payload == one.payload : m.length == one.payload.size();
        claim(is_same && m.level == one.level, "a message comes as it was sent", topic);
        const bool is_once = one.level != qos::at_least_once && one.lives.size() <= 1;
        claim(!is_once || one.came == 1, "a QoS 2 message comes once", topic);
        if (one.came > 1) ++count_["message came twice"];
    }

    /// At the end, when all that was under way has had its time.
    void settle() const {
        if (how_ == weather::lossy) return;
        for (const auto& [topic, one] : incoming_)
            claim(!one.is_due || one.came != 0, "a message to a subscribed topic comes", topic);
        for (const auto& [topic, one] : outgoing_) {
            claim(one.how.has_value(), "each command has a verdict", topic);
            claim(how_ != weather::quiet || one.taken != 0, "in quiet weather all is delivered", topic);
        }
    }

private:
    struct incoming {
        qos level = {};
        std::string payload;
        bool is_due = false;
        unsigned came = 0;
        std::set<int> lives;  // of the module, in which it was sent
        moment first_sent = 0;
        moment last_sent = 0;
    };
    static std::string level_of(qos level) { return "QoS " + std::to_string(static_cast<int>(level)); }

    weather how_;
    counts& count_;
    bool is_off_ = false;  // the module was switched off, the last time then
    moment off_at_ = 0;
    std::map<std::string, outgoing> outgoing_;
    std::map<std::string, incoming> incoming_;
};

}  // namespace atmqtt::pair
