// A session, the memory it was lent, a clock that the test moves, and a broker's end of the wire: packets in words.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/modem/session.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atmqtt::testing {

using words = std::vector<std::string>;

inline std::string number(std::size_t value) { return std::to_string(value); }
inline std::string in_words(qos level) { return "q" + number(static_cast<std::size_t>(level)); }

/// "PUBLISH q1 #7 t=abc", with " dup" and " retain" behind it.
inline std::string in_words(const mqtt::publish& m) {
    std::string told = "PUBLISH " + in_words(m.level);
    if (m.level != qos::at_most_once) told += " #" + number(m.id);
    told += " " + std::string(m.topic) + "=" + std::string(m.payload);
    return told + (m.dup ? " dup" : "") + (m.retain ? " retain" : "");
}
template <packet_type Type>
std::string in_words(const mqtt::acknowledgement<Type>& m) {
    return std::string(name_of(Type)) + " #" + number(m.id);
}
template <packet_type Type>
std::string in_words(const mqtt::signal<Type>&) {
    return std::string(name_of(Type));
}
inline std::string in_words(const mqtt::connect& m) {
    return std::string("CONNECT ") + std::string(m.id) + (m.clean ? " clean" : "");
}
inline std::string in_words(const mqtt::connack& m) { return "CONNACK " + number(static_cast<std::size_t>(m.code)); }
inline std::string in_words(const mqtt::subscribe& m) {
    return "SUBSCRIBE #" + number(m.id) + " " + std::string(m.filter) + " " + in_words(m.level);
}
inline std::string in_words(const mqtt::unsubscribe& m) {
    return "UNSUBSCRIBE #" + number(m.id) + " " + std::string(m.filter);
}
inline std::string in_words(const mqtt::suback& m) { return "SUBACK #" + number(m.id); }

inline std::string in_words(from_session::outcome how) {
    switch (how) {
        case from_session::outcome::none: return "none";
        case from_session::outcome::acknowledged: return "acknowledged";
        case from_session::outcome::handed_over: return "handed over";
        case from_session::outcome::no_ack: return "no ack";
        case from_session::outcome::expired: return "expired";
        case from_session::outcome::lost: return "lost";
    }
    return "?";
}

/// An event in words.
inline std::string in_words(const session::event& found) {
    namespace it = from_session;
    return match(
        found,  //
        [](const it::greeted&) { return std::string("greeted"); },
        [](const it::accepted& e) { return std::string(e.is_resumed ? "accepted, resumed" : "accepted"); },
        [](const it::refused& e) { return "refused " + number(static_cast<std::size_t>(e.code)); },
        [](const it::message& e) { return "message " + in_words(e.what); },
        [](const it::released& e) { return "released #" + number(e.id); },
        [](const it::too_large& e) { return "too large " + number(e.length) + " " + in_words(e.what); },
        [](const it::received& e) { return "received #" + number(e.id); },
        [](const it::done& e) {
            const bool has_code = e.request == packet_type::subscribe && e.how == it::outcome::acknowledged;
            return std::string(name_of(e.request)) + " #" + number(e.id) + " " + in_words(e.how) +
                   (has_code ? " " + number(e.code) : "");
        },
        [](const it::late& e) { return "late #" + number(e.id) + (e.is_delivered ? "" : " perhaps"); },
        [](const it::ping_answered&) { return std::string("ping answered"); },
        [](const it::ping_missed&) { return std::string("ping missed"); },
        [](const it::stalled&) { return std::string("stalled"); },
        [](const it::violation& e) {
            return "violation by " + std::string(name_of(e.type)) + ": " + std::string(text_of(e.why.code)) + ", " +
                   std::string(mqtt::name_of(e.why.field));
        },
        [](const it::left&) { return std::string("left"); });
}

/// One session with so much memory, and a broker that says what the test tells it to.
class world {
public:
    explicit world(std::size_t rx = 600, std::size_t tx = 600, std::size_t records = 8)
        : rx_(rx, '\x5A'),
          tx_(tx, '\x5A'),
          records_(records),
          session_(lent(rx_), lent(tx_), records_.data(), records) {}

    session& it() { return session_; }
    instant now;

    /// What the session has handed to the socket since this was asked last, packet by packet.
    words sent() {
        pump();
        return std::exchange(sent_, {});
    }
    /// What it has told since this was asked last.
    words told() {
        tick();
        return std::exchange(told_, {});
    }

    /// The socket takes all, or at most so many bytes.
    void pump(std::size_t most = SIZE_MAX) {
        while (most != 0) {
            const std::string_view bytes = first(session_.transmit(), most);
            if (bytes.empty()) return;
            socket_ += bytes;
            most -= bytes.size();
            session_.transmitted(bytes.size(), now);
            read_socket();
        }
    }
    void tick() {
        while (const auto found = session_.tick(now)) told_.push_back(in_words(*found));
    }
    void pass(std::uint32_t ms) { now = now + millis{ms}; }

    /// The broker sends a packet, or bytes; gives what was not taken.
    template <class Packet>
    std::size_t hear(const Packet& m) {
        char out[70000];
        const auto encoded = mqtt::encode(m, out);
        REQUIRE(encoded);
        return hear_bytes(*encoded);
    }
    std::size_t hear_bytes(std::string_view bytes) {
        while (const auto found = session_.receive(bytes, now)) told_.push_back(in_words(*found));
        return bytes.size();
    }

    /// CONNECT and CONNACK: what both said is forgotten.
    void open(bool clean = true, bool present = false, std::uint16_t keep_alive = 0,
              protocol_level protocol = protocol_level::v3_1_1) {
        mqtt::connect m;
        m.protocol = protocol;
        m.clean = clean;
        m.id = "me";
        m.keep_alive = keep_alive;
        REQUIRE(session_.greet(m, now));
        pump();
        tick();
        hear(mqtt::connack{present, connect_code::accepted});
        sent_.clear();
        told_.clear();
    }
    /// The socket is gone; what it had taken in part is gone too.
    void cut() {
        session_.lost(now);
        socket_.clear();
    }

    /// Goes on as a copy in other memory, the old one overwritten.
    void move_house(std::string_view topic = {}, std::string_view payload = {}) {
        auto rx = rx_;
        auto tx = tx_;
        auto records = records_;
        session copy = session_;
        copy.rebind(lent(rx), lent(tx), records.data(), topic, payload);
        rx_.assign(rx_.size(), '\x5A');
        tx_.assign(tx_.size(), '\x5A');
        records_.assign(records_.size(), {});
        rx_.swap(rx);
        tx_.swap(tx);
        records_.swap(records);
        session_ = copy;
        session_.rebind(lent(rx_), lent(tx_), records_.data(), topic, payload);
    }

private:
    static buffer lent(std::vector<char>& memory) { return {memory.data(), memory.size()}; }

    void read_socket() {
        for (;;) {
            std::vector<char> body(70000);
            packet_reader reader{lent(body)};
            std::string_view left = socket_;
            const auto found = reader.receive(left);
            if (!found) return;
            const auto* const one = std::get_if<from_broker::packet>(&*found);
            REQUIRE(one != nullptr);
            const auto m = mqtt::decode(one->first, one->body);
            REQUIRE(m);
            sent_.push_back(match(*m, [](const auto& which) { return in_words(which); }));
            socket_.erase(0, socket_.size() - left.size());
        }
    }

    std::vector<char> rx_;
    std::vector<char> tx_;
    std::vector<in_flight> records_;
    session session_;
    std::string socket_;
    words sent_;
    words told_;
};

inline mqtt::publish message_of(qos level, packet_id id, std::string_view payload = "abc", bool dup = false) {
    return {"t", payload, level == qos::at_most_once ? packet_id{0} : id, dup, level, false};
}

}  // namespace atmqtt::testing
