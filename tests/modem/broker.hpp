// A broker's side of one persistent session, in memory: what it was given, what it still sends, from connection to connection.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/modem/packet_reader.hpp>
#include <atmqtt/mqtt/codec.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atmqtt::testing {

/// Takes packets, answers them as MQTT demands, and sends messages of its own. One at a time: the test decides which of them
/// arrive.
class broker {
public:
    /// Messages taken over, each once, by payload.
    const std::vector<std::string>& taken() const { return taken_; }
    /// What it has to say, oldest first: a packet each.
    std::vector<std::string>& says() { return says_; }
    bool has_session() const { return has_session_; }
    /// Whether something is still unanswered, either way.
    bool is_idle() const { return outgoing_.empty() && incoming_.empty(); }

    /// The connection is gone, and what was on its way with it.
    void cut() { says_.clear(); }
    void forget() {
        has_session_ = false;
        outgoing_.clear();
        incoming_.clear();
    }

    /// Sends a message of its own.
    void publish(qos level, std::string payload) {
        outgoing_.push_back({++last_id_, level, std::move(payload), false});
        say(outgoing_.back(), false);
    }

    /// A packet has arrived.
    void take(std::string_view bytes) {
        const auto m = mqtt::decode(bytes);
        if (!m) std::abort();  // the session encodes: it never gets here
        match(*m, [this](const auto& one) { take_one(one); });
    }

private:
    struct message {
        packet_id id;
        qos level;
        std::string payload;
        bool is_released;  // PUBREC came
    };

    void take_one(const mqtt::connect& m) {
        if (m.clean) forget();
        say(mqtt::connack{has_session_ && !m.clean, connect_code::accepted});
        has_session_ = !m.clean;
        for (const message& one : outgoing_) {
            if (one.is_released)
                say(mqtt::pubrel{one.id});
            else
                say(one, true);
        }
    }
    void take_one(const mqtt::publish& m) {
        if (m.level == qos::exactly_once) {
            if (!holds(m.id)) taken_.emplace_back(m.payload);
            if (!holds(m.id)) incoming_.push_back(m.id);
            return say(mqtt::pubrec{m.id});
        }
        taken_.emplace_back(m.payload);
        if (m.level == qos::at_least_once) say(mqtt::puback{m.id});
    }
    void take_one(const mqtt::pubrel& m) {
        for (std::size_t at = 0; at != incoming_.size(); ++at) {
            if (incoming_[at] != m.id) continue;
            incoming_.erase(incoming_.begin() + static_cast<std::ptrdiff_t>(at));
            break;
        }
        say(mqtt::pubcomp{m.id});
    }
    void take_one(const mqtt::puback& m) { end(m.id); }
    void take_one(const mqtt::pubcomp& m) { end(m.id); }
    void take_one(const mqtt::pubrec& m) {
        for (message& one : outgoing_)
            if (one.id == m.id) one.is_released = true;
        say(mqtt::pubrel{m.id});
    }
    void take_one(const mqtt::subscribe& m) {
        const char granted = static_cast<char>(m.level);
        say(mqtt::suback{m.id, {&granted, 1}});
    }
    void take_one(const mqtt::unsubscribe& m) { say(mqtt::unsuback{m.id}); }
    void take_one(const mqtt::pingreq&) { say(mqtt::pingresp{}); }
    template <class Other>
    void take_one(const Other&) {}

    bool holds(packet_id id) const {
        for (const packet_id one : incoming_)
            if (one == id) return true;
        return false;
    }
    void end(packet_id id) {
        for (std::size_t at = 0; at != outgoing_.size(); ++at) {
            if (outgoing_[at].id != id) continue;
            outgoing_.erase(outgoing_.begin() + static_cast<std::ptrdiff_t>(at));
            return;
        }
    }
    void say(const message& m, bool dup) {
        say(mqtt::publish{"t", m.payload, m.id, dup && m.level != qos::at_most_once, m.level, false});
    }
    template <class Packet>
    void say(const Packet& m) {
        char out[2048];
        const auto encoded = mqtt::encode(m, out);
        if (!encoded) std::abort();
        says_.emplace_back(*encoded);
    }

    std::vector<std::string> taken_;
    std::vector<std::string> says_;
    std::vector<message> outgoing_;
    std::vector<packet_id> incoming_;  // QoS 2, PUBREL is due
    packet_id last_id_ = 0;
    bool has_session_ = false;
};

}  // namespace atmqtt::testing
