// Who sees what a modem and its broker send each other, and answers as a true broker would.
// SPDX-License-Identifier: MIT
#pragma once

#include "oracles.hpp"
#include "uart_witness.hpp"

#include <atmqtt/modem/packet_reader.hpp>
#include <atmqtt/mqtt/codec.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace oracle {

/// Knows the packets of one modem's connections, one after the other.
class socket_witness {
public:
    /// Without a `host` it does not look at what was asked.
    socket_witness(const uart_witness* host, protocol_level protocol) : host_(host), protocol_(protocol) {}

    std::deque<std::string> answers;  ///< what a true broker would say next, in order

    /// Whether a socket was asked for, and not closed since.
    bool is_asked_for() const { return is_asked_for_; }
    /// Whether the integrator has said that it is up.
    bool is_up() const { return is_up_; }
    packet_id id() const { return id_; }

    void ask() {
        demand(!is_asked_for_, "one socket at a time");
        is_asked_for_ = true;
    }
    void close() {
        demand(is_asked_for_, "a socket that is closed was asked for");
        is_asked_for_ = is_up_ = has_said_hello_ = has_said_goodbye_ = false;
        socket_.reset();
        broker_.reset();
        answers.clear();
    }
    void connect() { is_up_ = is_asked_for_; }

    /// The socket has taken these.
    void pass(std::string_view bytes) {
        demand(bytes.empty() || is_up_, "nothing is sent before the socket is up");
        for (auto what = socket_.read(bytes); what != found::nothing; what = socket_.read(bytes)) {
            demand(what == found::packet, "what is sent are packets");
            const auto m = mqtt::decode(socket_.first_byte(), socket_.body());
            demand(bool{m}, "what is sent are packets that MQTT allows");
            match(*m, [this](const auto& one) { pass_one(one); });
        }
    }
    /// The modem has taken these: the message that came last, as its line shows it; nothing if another packet did.
    std::optional<std::string> hear(std::string_view bytes) {
        std::optional<std::string> message;
        for (auto what = broker_.read(bytes); what != found::nothing; what = broker_.read(bytes)) {
            message.reset();
            if (what == found::malformed) return message;
            const auto m = mqtt::decode<mqtt::publish>(broker_.first_byte(), broker_.body());
            if (m) message = shown(*m);
        }
        return message;
    }

private:
    using found = packet_reader::found;

    static std::string shown(const mqtt::publish& m) {
        const auto length = static_cast<std::uint32_t>(m.payload.size());
        return listed(atmqtt::message{m.dup, m.level, m.retain, m.id, m.topic, length, m.payload});
    }
    template <class Packet>
    void answer_with(const Packet& m) {
        char out[64];
        const auto bytes = mqtt::encode(m, out);
        demand(bool{bytes}, "a true broker can answer");
        answers.emplace_back(*bytes);
    }
    void check_turn() const {
        demand(has_said_hello_, "CONNECT is the first packet");
        demand(!has_said_goodbye_, "DISCONNECT is the last packet");
    }
    // One command at a time: whatever is sent for the host is for the one that is under way.
    void check_wish(const std::string& wish) const {
        check_turn();
        if (host_ == nullptr) return;
        demand(host_->pending() != nullptr && wish_of(*host_->pending()) == wish,
               "what is sent is what the host has asked for");
    }

    void pass_one(const mqtt::connect& m) {
        demand(!has_said_hello_, "CONNECT is sent once in a connection");
        has_said_hello_ = true;
        has_keep_alive_ = m.keep_alive != 0;
        if (host_ != nullptr) check_greeting(m);
        const bool is_resumed = has_session_ && !m.clean;
        has_session_ = !m.clean;
        answer_with(mqtt::connack{is_resumed && m.protocol != protocol_level::v3_1, connect_code::accepted});
    }
    void check_greeting(const mqtt::connect& m) const {
        demand(host_->configured() && host_->opened(), "what is opened was configured");
        const auto& server = *host_->configured()->as<configure>();
        const auto& greeting = *host_->opened()->as<open>();
        demand(m.protocol == protocol_ && m.keep_alive == server.keep_alive && m.clean == server.clean &&
                   m.id == copy_of(server.id),
               "CONNECT is what was configured");
        demand(m.has_user == greeting.usr_flag && m.has_passwd == greeting.pwd_flag && m.has_will == greeting.will_flag,
               "CONNECT has what OPEN says");
        demand(!m.has_user || m.user == copy_of(server.user), "a user name is sent as it was given");
        demand(!m.has_passwd || m.passwd == copy_of(server.passwd), "a password is sent as it was given");
        if (!m.has_will) return;
        demand(m.will_topic == copy_of(greeting.will_topic) && m.will_message == copy_of(greeting.will_mesg) &&
                   m.will_qos == greeting.will_qos && m.will_retain == greeting.will_retain,
               "a will is sent as it was given");
    }
    void pass_one(const mqtt::publish& m) {
        check_wish("publish " + in_words(m.topic) + in_words(m.payload) + in_words(m.level) + in_words(m.retain));
        id_ = m.id;
        if (m.level == qos::at_least_once) answer_with(mqtt::puback{m.id});
        if (m.level == qos::exactly_once) answer_with(mqtt::pubrec{m.id});
    }
    void pass_one(const mqtt::subscribe& m) {
        check_wish("subscribe " + in_words(m.filter) + in_words(m.level));
        demand(m.more.empty(), "one topic was asked for");
        id_ = m.id;
        const char granted = static_cast<char>(m.level);
        answer_with(mqtt::suback{m.id, {&granted, 1}});
    }
    void pass_one(const mqtt::unsubscribe& m) {
        check_wish("unsubscribe " + in_words(m.filter));
        demand(m.more.empty(), "one topic was asked for");
        id_ = m.id;
        answer_with(mqtt::unsuback{m.id});
    }
    void pass_one(const mqtt::pubrel& m) {
        check_turn();
        answer_with(mqtt::pubcomp{m.id});
    }
    void pass_one(const mqtt::pubrec& m) {
        check_turn();
        answer_with(mqtt::pubrel{m.id});
    }
    void pass_one(const mqtt::puback&) { check_turn(); }
    void pass_one(const mqtt::pubcomp&) { check_turn(); }
    void pass_one(const mqtt::pingreq&) {
        check_turn();
        demand(has_keep_alive_, "where there is no keep alive there is no ping");
        answer_with(mqtt::pingresp{});
    }
    void pass_one(const mqtt::disconnect&) {
        check_turn();
        has_said_goodbye_ = true;
    }
    template <class Other>
    void pass_one(const Other&) {
        demand(false, "what is sent are packets of a client");
    }

    const uart_witness* host_;
    protocol_level protocol_;
    char socket_memory_[4096] = {};
    char broker_memory_[4096] = {};
    packet_reader socket_{socket_memory_};
    packet_reader broker_{broker_memory_};
    packet_id id_ = 1;
    bool is_asked_for_ = false;
    bool is_up_ = false;
    bool has_said_hello_ = false;
    bool has_said_goodbye_ = false;
    bool has_keep_alive_ = false;
    bool has_session_ = false;  // the broker
};

}  // namespace oracle
