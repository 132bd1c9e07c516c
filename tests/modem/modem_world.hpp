// A modem with the memory it was lent, a clock that the test moves, a host's end of the UART and a broker's end of the socket.
// SPDX-License-Identifier: MIT
#pragma once

#include "broker.hpp"
#include "session_world.hpp"

#include <atmqtt/modem/modem.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atmqtt::testing {

/// Bytes so that each can be seen, and no two strings of bytes look alike.
inline std::string visible(std::string_view bytes) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char byte : bytes) {
        const auto code = static_cast<unsigned char>(byte);
        if (byte == '\r')
            out += "\\r";
        else if (byte == '\n')
            out += "\\n";
        else if (code < 0x20 || code > 0x7E || byte == '\\')
            (((out += "\\x") += digits[code >> 4]) += digits[code & 15]);
        else
            out += byte;
    }
    return out;
}
/// Lines, a `|` between two, with CR LF before and behind each.
inline std::string lines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view line = first(text, text.find('|'));
        out.append("\r\n").append(line).append("\r\n");
        text = rest(text, line.size() + 1);
    }
    return out;
}
/// The same, as the world shows what the modem has written.
inline std::string said(std::string_view text) { return visible(lines(text)); }

/// An event of the modem in words.
inline std::string in_words(const modem::event& found) {
    return match(
        found,
        [](const from_card::connect& e) {
            return "connect " + std::string(e.host) + ":" + number(e.port) +
                   (e.encrypt ? " tls " + std::string(e.version) : "");
        },
        [](const from_card::close&) { return std::string("close"); },
        [](const from_card::greeted& e) {
            return "greeted " + number(static_cast<std::size_t>(e.code)) + (e.is_resumed ? " resumed" : "");
        },
        [](const from_card::dropped& e) {
            return "dropped #" + number(e.id) + " " + number(e.length) + ": " + std::string(text_of(e.why));
        },
        [](const from_card::violation& e) { return "violation by " + std::string(name_of(e.type)); },
        [](const from_card::overlong& e) { return "overlong " + number(e.size); });
}

/// How much each of a modem's buffers has.
struct modem_sizes {
    std::size_t command = 1200;
    std::size_t lines = 2048;
    std::size_t profile = profile::most;
    std::size_t subscriptions = 600;
    std::size_t rx = 700;
    std::size_t tx = 2000;
    std::size_t records = 8;
};

/// One modem between the two. Both wires are pumped until nothing moves any more, unless the test holds one of them back.
class modem_world {
public:
    explicit modem_world(const modem_options& options = {}, const modem_sizes& sizes = {}, std::uint32_t start = 0)
        : now{start}, memory_(std::make_unique<memory>(sizes)), modem_(memory_->lent(), options) {}

    instant now;
    std::size_t chunk = SIZE_MAX;  ///< bytes that go over either wire at once
    bool host_takes = true;        ///< what the modem writes
    bool socket_takes = true;      ///< what it hands to the socket
    bool dials = false;            ///< a socket comes up as soon as it is asked for
    bool serves = false;           ///< `server` answers every packet
    bool obeys = false;            ///< the host's bytes come as commands, and what is written is taken as lines
    broker server;

    std::size_t sip = 0;  ///< if not 0: the host takes so many bytes, and only when nothing else can move
    bool moves = false;   ///< goes on in other memory after each move

    modem& it() { return modem_; }

    // --- what the test does ---

    /// The host writes; gives what the modem has written since this was asked last.
    std::string host(std::string_view bytes) {
        host_ += bytes;
        return written();
    }
    /// The host writes a command.
    std::string ask(std::string_view line) { return host(std::string(line) + "\r"); }
    std::string written() {
        settle();
        return visible(std::exchange(written_, {}));
    }
    /// The broker sends a packet, or bytes.
    template <class Packet>
    std::string hear(const Packet& m) {
        char out[2048];
        const auto encoded = mqtt::encode(m, out);
        REQUIRE(encoded);
        return hear_bytes(*encoded);
    }
    std::string hear_bytes(std::string_view bytes) {
        broker_ += bytes;
        return written();
    }
    /// What the broker sent, and was not taken, goes with its socket.
    void drop_broker_bytes() { broker_.clear(); }
    /// The socket is up, failed, or gone.
    std::string connected() { return modem_.connected(), written(); }
    std::string connect_failed() { return modem_.connect_failed(), written(); }
    std::string disconnected() { return modem_.disconnected(), written(); }
    std::string set_network(bool is_up) { return modem_.set_network(is_up), written(); }
    /// Time goes by, and what was due within is done when it was.
    std::string pass(std::uint32_t ms) {
        settle();
        while (const auto wait = modem_.wait(now)) {
            if (wait->count() > ms) break;
            REQUIRE(wait->count() != 0);
            ms -= wait->count();
            now = now + *wait;
            settle();
        }
        now = now + millis{ms};
        return written();
    }
    /// One byte short of nothing happens; then it does.
    std::string just_at(std::uint32_t ms) {
        const std::string before = pass(ms - 1);
        return before.empty() ? pass(1) : "too early: " + before;
    }

    /// A connection that is open, with nothing on it.
    void open(std::string_view configuration = "\"h\",1,\"me\",60,\"u\",\"p\",1,\"\",0") {
        ask("ATE0");
        ask("AT+MQTTCFG=" + std::string(configuration));
        ask(open_command);
        greet(false);
        forget();
    }
    /// What follows a `connect`.
    std::string greet(bool is_resumed) {
        connected();
        return hear(mqtt::connack{is_resumed, connect_code::accepted});
    }
    static constexpr std::string_view open_command = "AT+MQTTOPEN=1,1,0,0,0,\"\",\"\"";

    // --- what it looks at ---

    /// One after the other, `; ` between two.
    std::string events() { return settle(), joined(std::exchange(events_, {})); }
    std::string packets() { return settle(), joined(std::exchange(packets_, {})); }
    /// The same as bytes.
    std::string packet_bytes() { return settle(), visible(std::exchange(packet_bytes_, {})); }
    void forget() {
        written();
        events_.clear();
        packets_.clear();
        packet_bytes_.clear();
    }
    /// The lines that a modem with an AT engine around it was given, one by one.
    words lines_taken() { return settle(), std::exchange(lines_taken_, {}); }
    std::size_t host_bytes_left() const { return host_.size() - host_at_; }

    /// The host takes so many bytes, or fewer; the socket likewise.
    void take_from_uart(std::size_t most) {
        const std::string_view bytes = first(modem_.transmit(), most);
        written_ += bytes;
        modem_.transmitted(bytes.size(), now);
    }
    void take_from_socket(std::size_t most) {
        const std::string_view bytes = first(modem_.transmit_to_broker(), most);
        socket_ += bytes;
        packet_bytes_ += bytes;
        modem_.transmitted_to_broker(bytes.size(), now);
        read_socket();
    }
    void settle() {
        while (step()) {
            if (moves) move_house();
        }
    }
    /// One move of whatever can move; false when nothing can.
    bool step() {
        if (const auto found = modem_.tick(now)) return note(*found), true;
        if (socket_takes && !modem_.transmit_to_broker().empty()) return take_from_socket(chunk), true;
        if (sip == 0 && write_step(chunk)) return true;
        return host_step() || broker_step() || (sip != 0 && write_step(sip));
    }

    /// Goes on as a copy in other memory, the old one overwritten.
    void move_house() {
        auto other = std::make_unique<memory>(*memory_);
        modem copy = modem_;
        copy.rebind(other->lent());
        memory_->scorch();
        memory_.swap(other);
        modem_ = copy;
    }

private:
    struct memory {
        explicit memory(const modem_sizes& sizes)
            : command(sizes.command, 'Z'),
              lines(sizes.lines, 'Z'),
              profile(sizes.profile, 'Z'),
              subscriptions(sizes.subscriptions, 'Z'),
              rx(sizes.rx, 'Z'),
              tx(sizes.tx, 'Z'),
              records(sizes.records) {}
        modem_memory lent() {
            const auto of = [](std::vector<char>& bytes) { return buffer{bytes.data(), bytes.size()}; };
            return {of(command), of(lines), of(profile),    of(subscriptions),
                    of(rx),      of(tx),    records.data(), records.size()};
        }
        void scorch() {
            for (auto* const one : {&command, &lines, &profile, &subscriptions, &rx, &tx})
                one->assign(one->size(), '\x5A');
            records.assign(records.size(), {});
        }
        std::vector<char> command, lines, profile, subscriptions, rx, tx;
        std::vector<in_flight> records;
    };

    static std::string joined(const words& all) {
        std::string out;
        for (const auto& one : all) out += (out.empty() ? "" : "; ") + one;
        return out;
    }

    void note(const modem::event& found) {
        events_.push_back(in_words(found));
        if (std::holds_alternative<from_card::close>(found)) {
            socket_.clear();
            broker_.clear();
            server.cut();
        }
        if (dials && std::holds_alternative<from_card::connect>(found)) modem_.connected();
    }
    bool write_step(std::size_t most) {
        if (!host_takes || modem_.transmit().empty()) return false;
        if (!obeys) return take_from_uart(most), true;
        const std::string line(modem_.next_line(now));
        lines_taken_.push_back(visible(line));
        written_ += line;
        return true;
    }

    bool host_step() {
        const std::string_view pending = rest(host_, host_at_);
        if (pending.empty()) return false;
        std::string_view input = obeys ? pending : first(pending, chunk);
        const std::size_t offered = input.size();
        const bool has_moved = obeys ? obey(input) : receive(input);
        host_at_ += offered - input.size();
        if (host_at_ == host_.size()) host_.clear(), host_at_ = 0;
        return has_moved || offered != input.size();
    }
    bool receive(std::string_view& input) {
        const auto found = modem_.receive(input, now);
        if (found) note(*found);
        return found.has_value();
    }
    // What an AT engine does before it hands over a command, or data: it waits for the whole.
    bool obey(std::string_view& input) {
        if (modem_.awaited() != 0) {
            const std::string_view piece = first(input, modem_.awaited());
            modem_.data(piece, now);
            input.remove_prefix(piece.size());
            return true;
        }
        const std::size_t end = input.find('\r');
        if (end == std::string_view::npos) return false;
        const std::string line(first(input, end));  // gone after the call
        const auto asked = parse_command(line);
        REQUIRE(asked);
        if (!modem_.obey(*asked, now)) return false;
        input.remove_prefix(end + 1);
        return true;
    }
    bool broker_step() {
        if (serves && broker_.empty() && !server.says().empty()) {
            broker_ = server.says().front();
            server.says().erase(server.says().begin());
        }
        if (broker_.empty()) return false;
        std::string_view input = first(broker_, chunk);
        const std::size_t offered = input.size();
        const auto found = modem_.receive_from_broker(input, now);
        broker_.erase(0, offered - input.size());
        if (found) note(*found);
        return found || offered != input.size();
    }
    void read_socket() {
        for (;;) {
            std::vector<char> body(4096);
            packet_reader reader{{body.data(), body.size()}};
            std::string_view left = socket_;
            const auto found = reader.receive(left);
            if (!found) return;
            const std::string bytes = socket_.substr(0, socket_.size() - left.size());
            socket_.erase(0, bytes.size());
            const auto m = mqtt::decode(bytes);
            REQUIRE(m);
            packets_.push_back(match(*m, [](const auto& which) { return testing::in_words(which); }));
            if (serves) server.take(bytes);
        }
    }

    std::unique_ptr<memory> memory_;
    modem modem_;
    std::string host_;  // what it has sent and the modem has not taken, from host_at_ on
    std::size_t host_at_ = 0;
    std::string broker_;   // the same of the broker
    std::string written_;  // by the modem
    std::string socket_;   // what it has sent of a packet that is not whole
    std::string packet_bytes_;
    words events_;
    words packets_;
    words lines_taken_;
};

}  // namespace atmqtt::testing
