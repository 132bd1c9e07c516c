// A broker for one client, in memory: what it is given, and what it sends back.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/core/match.hpp>
#include <atmqtt/modem/packet_reader.hpp>
#include <atmqtt/mqtt/codec.hpp>
#include <atmqtt/mqtt/text.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

class broker {
public:
    /// A connection begins.
    void connect() { reader_.reset(); }
    /// Takes bytes of the client; gives those for it.
    std::string take(std::string_view bytes) {
        said_.clear();
        while (!bytes.empty()) {
            const auto found = reader_.receive(bytes);
            if (!found) break;
            if (const auto* const packet = std::get_if<atmqtt::from_broker::packet>(&*found)) take_packet(*packet);
        }
        return said_;
    }

private:
    void take_packet(const atmqtt::from_broker::packet& packet) {
        const auto m = atmqtt::mqtt::decode(packet.first, packet.body);
        if (m) atmqtt::match(*m, [this](const auto& one) { answer(one); });
    }
    void answer(const atmqtt::mqtt::connect& m) {
        if (m.clean) filters_.clear();
        say(atmqtt::mqtt::connack{has_session_ && !m.clean, atmqtt::connect_code::accepted});
        has_session_ = !m.clean;
    }
    void answer(const atmqtt::mqtt::subscribe& m) {
        filters_[std::string(m.filter)] = m.level;
        const char granted = static_cast<char>(m.level);
        say(atmqtt::mqtt::suback{m.id, {&granted, 1}});
    }
    void answer(const atmqtt::mqtt::unsubscribe& m) {
        filters_.erase(std::string(m.filter));
        say(atmqtt::mqtt::unsuback{m.id});
    }
    void answer(const atmqtt::mqtt::publish& m) {
        if (m.level == atmqtt::qos::at_least_once) say(atmqtt::mqtt::puback{m.id});
        if (m.level == atmqtt::qos::exactly_once) say(atmqtt::mqtt::pubrec{m.id});
        for (const auto& [filter, granted] : filters_) {
            if (!atmqtt::topic_matches(filter, m.topic)) continue;
            atmqtt::mqtt::publish copy = m;
            copy.level = m.level < granted ? m.level : granted;
            copy.id = copy.level == atmqtt::qos::at_most_once ? atmqtt::packet_id{0} : ++last_id_;
            copy.dup = false;
            say(copy);
        }
    }
    void answer(const atmqtt::mqtt::pubrel& m) { say(atmqtt::mqtt::pubcomp{m.id}); }
    void answer(const atmqtt::mqtt::pubrec& m) { say(atmqtt::mqtt::pubrel{m.id}); }
    void answer(const atmqtt::mqtt::pingreq&) { say(atmqtt::mqtt::pingresp{}); }
    template <class Other>
    void answer(const Other&) {}

    template <class Packet>
    void say(const Packet& m) {
        char out[4096];
        if (const auto bytes = atmqtt::mqtt::encode(m, out)) said_ += *bytes;
    }

    char memory_[4096] = {};
    atmqtt::packet_reader reader_{memory_};
    std::map<std::string, atmqtt::qos> filters_;
    std::string said_;
    atmqtt::packet_id last_id_ = 0;
    bool has_session_ = false;
};

}  // namespace demo
