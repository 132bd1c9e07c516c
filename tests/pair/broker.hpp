// A broker that keeps sessions, as MQTT 3.1.1 has it, and says what becomes of each message.
// SPDX-License-Identifier: MIT
#pragma once

#include "ledger.hpp"

#include <atmqtt/core/match.hpp>
#include <atmqtt/mqtt/codec.hpp>
#include <atmqtt/mqtt/text.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atmqtt::pair {

class broker {
public:
    /// A message was taken over; or was taken for one that it had already, of another `life` of the module.
    std::function<void(const mqtt::publish&, bool is_mistaken)> taken;
    /// PUBLISH was sent to a module of this life; the message was dropped with its session; it is through.
    std::function<void(const std::string& topic, int life)> sent;
    std::function<void(const std::string& topic)> lost;
    std::function<void(const std::string& topic)> ended;
    std::function<void(int socket, std::string_view bytes)> says;

    void accept(int socket, int life) { connections_[socket] = {life, {}, {}}; }
    /// The connection is gone.
    void drop(int socket) {
        const auto it = connections_.find(socket);
        if (it == connections_.end()) return;
        const auto found = sessions_.find(it->second.client);
        if (found != sessions_.end() && found->second.socket == socket) {
            found->second.socket = none;
            if (found->second.is_clean) end(found);
        }
        connections_.erase(it);
    }
    void forget_sessions() {
        while (!sessions_.empty()) end(sessions_.begin());
    }
    /// Bytes have arrived.
    void take(int socket, std::string_view bytes) {
        const auto it = connections_.find(socket);
        if (it == connections_.end()) return;
        it->second.held += bytes;
        while (take_packet(socket)) {}
    }

    /// A message of its own; gives the QoS at which it goes to the one that subscribed to it, nothing if it goes nowhere.
    std::optional<qos> publish(const std::string& topic, const std::string& bytes, qos level) {
        std::optional<qos> out;
        for (auto& [client, one] : sessions_) {
            const auto granted = one.granted(topic);
            if (!granted) continue;
            const qos lower = *granted < level ? *granted : level;
            if (lower == qos::at_most_once) {
                if (one.socket == none) continue;
                say(one.socket, mqtt::publish{topic, bytes, 0, false, lower, false});
                if (sent) sent(topic, connections_[one.socket].life);
            } else {
                one.outgoing.push_back({one.free_id(), lower, topic, bytes});
                send_next(one);
            }
            out = lower;
        }
        return out;
    }
    bool has_subscription(std::string_view filter) const {
        for (const auto& [client, one] : sessions_)
            for (const auto& [known, level] : one.subscriptions)
                if (known == filter) return true;
        return false;
    }
    /// Messages that it has still to see through.
    std::size_t pending() const {
        std::size_t count = 0;
        for (const auto& [client, one] : sessions_) count += one.outgoing.size();
        return count;
    }

private:
    static constexpr int none = -1;
    static constexpr std::size_t window = 3;  // messages under way at a time

    struct connection {
        int life = 0;
        std::string client;
        std::string held;
    };
    struct message {
        packet_id id;
        qos level;
        std::string topic;
        std::string payload;
        bool is_sent = false;
        bool is_released = false;
    };
    struct session {
        int socket = none;
        bool is_clean = true;
        std::vector<std::pair<std::string, qos>> subscriptions = {};
        std::vector<message> outgoing = {};
        std::map<packet_id, int> incoming = {};  // QoS 2, PUBREL is due: of which life
        packet_id last_id = 0;

        std::optional<qos> granted(std::string_view topic) const {
            std::optional<qos> best;
            for (const auto& [filter, level] : subscriptions)
                if (topic_matches(filter, topic) && (!best || *best < level)) best = level;
            return best;
        }
        packet_id free_id() {
            do ++last_id;
            while (last_id == 0 || find(last_id) != nullptr);
            return last_id;
        }
        message* find(packet_id id) {
            for (message& one : outgoing)
                if (one.id == id) return &one;
            return nullptr;
        }
    };
    using sessions = std::map<std::string, session>;

    bool take_packet(int socket) {
        const auto it = connections_.find(socket);
        if (it == connections_.end()) return false;
        std::string& held = it->second.held;
        std::size_t length = 0, at = 1, shift = 0;
        for (;; ++at, shift += 7) {
            if (at >= held.size()) return false;
            length |= static_cast<std::size_t>(held[at] & 127) << shift;
            if ((held[at] & 128) == 0) break;
        }
        const std::size_t whole = at + 1 + length;
        if (held.size() < whole) return false;
        const std::string bytes = held.substr(0, whole);
        held.erase(0, whole);
        const auto m = mqtt::decode(bytes);
        if (!m) throw failure{"a packet that the broker cannot read"};
        match(*m, [&](const auto& one) { take_one(socket, one); });
        return true;
    }
    session* session_of(int socket) {
        const auto found = sessions_.find(connections_[socket].client);
        if (found == sessions_.end() || found->second.socket != socket) return nullptr;
        return &found->second;
    }
    void end(sessions::iterator which) {
        for (const message& one : which->second.outgoing)
            if (lost) lost(one.topic);
        sessions_.erase(which);
    }

    void take_one(int socket, const mqtt::connect& m) {
        std::string client;
        for (const char byte : m.id) client += byte;
        auto found = sessions_.find(client);
        if (found != sessions_.end() && found->second.socket != none) {
            connections_.erase(found->second.socket);  // taken over
            found->second.socket = none;
        }
        if (found != sessions_.end() && (m.clean || found->second.is_clean)) {
            end(found);
            found = sessions_.end();
        }
        const bool is_there = found != sessions_.end();
        session& one = sessions_[client];
        one.socket = socket;
        one.is_clean = m.clean;
        connections_[socket].client = client;
        say(socket, mqtt::connack{is_there, connect_code::accepted});
        for (message& each : one.outgoing) {
            if (each.is_released)
                say(socket, mqtt::pubrel{each.id});
            else if (each.is_sent)
                send(socket, each, true);
        }
        send_next(one);
    }
    void take_one(int socket, const mqtt::publish& m) {
        session* const one = session_of(socket);
        if (m.level != qos::exactly_once) {
            taken(m, false);
            if (one != nullptr && m.level == qos::at_least_once) say(socket, mqtt::puback{m.id});
            return;
        }
        if (one == nullptr) return;
        const int life = connections_[socket].life;
        const auto known = one->incoming.find(m.id);
        if (known == one->incoming.end()) {
            taken(m, false);
            one->incoming[m.id] = life;
        } else if (known->second != life) {
            taken(m, true);
        }
        say(socket, mqtt::pubrec{m.id});
    }
    void take_one(int socket, const mqtt::pubrel& m) {
        if (session* const one = session_of(socket)) one->incoming.erase(m.id);
        say(socket, mqtt::pubcomp{m.id});
    }
    void take_one(int socket, const mqtt::puback& m) { end(socket, m.id); }
    void take_one(int socket, const mqtt::pubcomp& m) { end(socket, m.id); }
    void take_one(int socket, const mqtt::pubrec& m) {
        session* const one = session_of(socket);
        message* const which = one != nullptr ? one->find(m.id) : nullptr;
        if (which != nullptr) which->is_released = true;
        say(socket, mqtt::pubrel{m.id});
    }
    void take_one(int socket, const mqtt::subscribe& m) {
        if (session* const one = session_of(socket)) {
            forget(*one, m.filter);
            one->subscriptions.emplace_back(std::string(m.filter), m.level);
        }
        const char granted = static_cast<char>(m.level);
        say(socket, mqtt::suback{m.id, {&granted, 1}});
    }
    void take_one(int socket, const mqtt::unsubscribe& m) {
        if (session* const one = session_of(socket)) forget(*one, m.filter);
        say(socket, mqtt::unsuback{m.id});
    }
    void take_one(int socket, const mqtt::pingreq&) { say(socket, mqtt::pingresp{}); }
    void take_one(int socket, const mqtt::disconnect&) { drop(socket); }
    template <class Other>
    void take_one(int, const Other&) {
        throw failure{"a packet that only a broker sends"};
    }

    static void forget(session& one, std::string_view filter) {
        std::vector<std::pair<std::string, qos>> rest;
        for (auto& each : one.subscriptions)
            if (each.first != filter) rest.push_back(each);
        one.subscriptions.swap(rest);
    }
    void end(int socket, packet_id id) {
        session* const one = session_of(socket);
        if (one == nullptr) return;
        for (std::size_t at = 0; at != one->outgoing.size(); ++at) {
            if (one->outgoing[at].id != id) continue;
            if (ended) ended(one->outgoing[at].topic);
            one->outgoing.erase(one->outgoing.begin() + static_cast<std::ptrdiff_t>(at));
            break;
        }
        send_next(*one);
    }
    void send_next(session& one) {
        for (std::size_t at = 0; one.socket != none && at != one.outgoing.size() && at != window; ++at) {
            if (!one.outgoing[at].is_sent) send(one.socket, one.outgoing[at], false);
        }
    }
    void send(int socket, message& one, bool dup) {
        one.is_sent = true;
        if (sent) sent(one.topic, connections_[socket].life);
        say(socket, mqtt::publish{one.topic, one.payload, one.id, dup, one.level, false});
    }
    template <class Packet>
    void say(int socket, const Packet& m) {
        char out[4096];
        const auto encoded = mqtt::encode(m, out);
        if (!encoded) throw failure{"a packet that the broker cannot write"};
        says(socket, *encoded);
    }

    std::map<int, connection> connections_;
    sessions sessions_;
};

}  // namespace atmqtt::pair
