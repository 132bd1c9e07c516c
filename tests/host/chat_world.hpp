// A chat, the memory it was lent, a clock that the test moves, and the module's end of the wire: bytes in, events in words.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/host/chat.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <ostream>  // doctest prints std::string_view by it
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace chat_world {

using namespace atmqtt;

using words = std::vector<std::string>;

// --- events in words ---

/// Bytes as they are where they can be printed, the others as \xHH.
inline std::string printable(std::string_view bytes) {
    std::string out;
    for (const char byte : bytes) {
        char code[8] = {byte};
        if (byte < ' ' || byte > '~') std::snprintf(code, sizeof code, "\\x%02X", static_cast<unsigned>(byte & 0xFF));
        out += code;
    }
    return out;
}
inline std::string in_quotes(std::string_view bytes) { return "\"" + printable(bytes) + "\""; }
inline std::string printable(const text& from) {
    std::string out;
    for (const char byte : from) out += byte;
    return printable(std::string_view{out});
}
inline std::string number(std::size_t value) { return std::to_string(value); }

inline std::string word_of(verb what) {
    constexpr const char* names[] = {"none", "CFG",  "CFG?",  "OPEN", "STAT?", "SUB", "SUB?", "UNSUB", "PUB",
                                     "DISC", "PING", "PING?", "REC",  "REC?",  "TO",  "TO?",  "DEL",   "raw"};
    return names[static_cast<std::size_t>(what)];
}
inline std::string word_of(verdict how) {
    constexpr const char* names[] = {"acknowledged", "accepted", "refused", "no_ack", "no_answer", "unknown"};
    return names[static_cast<std::size_t>(how)];
}
/// As the manual writes it, line ends left out.
inline std::string words_of(const line& m) {
    std::vector<char> out(4096);
    const auto written = format(m, {out.data(), out.size()});
    if (!written) return "a line that cannot be written";
    return printable(rest(first(*written, written->size() - 2), 2));
}
template <class Header>
std::string words_of_header(const Header& m) {
    std::string out = "q" + number(static_cast<std::size_t>(m.level)) + (m.dup ? " dup" : "");
    if (m.retained) out += " retained";
    return out + " #" + number(m.id) + " " + printable(m.topic);
}
inline std::string flag(bool is_set, const char* name) { return is_set ? name : ""; }

/// One overload for each event.
struct speaker {
    std::string operator()(const from_chat::done& e) const {
        std::string out = word_of(e.what) + " " + word_of(e.how);
        if (e.code != cme{}) out += " " + number(static_cast<std::size_t>(e.code));
        if (e.granted != suback_refused || (e.what == verb::subscribe && e.how == verdict::refused && e.code == cme{}))
            out += ", granted " + number(e.granted);
        return out;
    }
    std::string operator()(const from_chat::message& e) const {
        return "message " + words_of_header(e.what) + " " + in_quotes(e.what.payload) + flag(e.mismatch, " mismatch");
    }
    std::string operator()(const from_chat::alarm& e) const { return "alarm " + words_of(e.what); }
    std::string operator()(const from_chat::answer& e) const {
        return "answer " + words_of(e.what) + flag(e.is_ambiguous, " ambiguous");
    }
    std::string operator()(const from_chat::item& e) const {
        std::string level;
        if (e.what.has_level) level = "," + number(static_cast<std::size_t>(e.what.level));
        return "item " + printable(e.what.topic) + level;
    }
    std::string operator()(const from_chat::text_line& e) const {
        const std::string bytes = e.text.empty() ? number(e.size) + " bytes" : in_quotes(e.text);
        return (e.is_answer ? "answer " : "text ") + bytes;
    }
    std::string operator()(const from_chat::late_ack& e) const {
        return "late " + words_of(e.what) + flag(e.is_of_last, " of the last");
    }
    std::string operator()(const from_chat::echo&) const { return "echo"; }
    std::string operator()(const from_chat::piece& e) const {
        return "piece " + words_of_header(e.header) + " at " + number(e.offset) + " " + in_quotes(e.bytes) +
               flag(e.last, " last") + flag(e.mismatch, " mismatch");
    }
    std::string operator()(const from_chat::too_large& e) const {
        return "too large " + words_of_header(e.header) + " " + number(e.header.length) + flag(e.mismatch, " mismatch");
    }
    std::string operator()(const from_chat::malformed& e) const {
        const std::string bytes = e.text.empty() ? number(e.size) + " bytes" : in_quotes(e.text);
        return "malformed " + bytes + ": " + std::string(text_of(e.why.code)) + " at " + number(e.why.column);
    }
    std::string operator()(const from_chat::overlong& e) const { return "overlong " + number(e.size); }
    std::string operator()(const from_chat::stuck&) const { return "stuck"; }
};
inline std::string words_of(const from_chat::event& found) { return match(found, speaker{}); }

// --- the world ---

inline std::string crlf(std::string_view line) { return "\r\n" + std::string(line) + "\r\n"; }

class world {
public:
    explicit world(std::uint32_t clock = 1'000'000, const chat_options& options = {}, std::size_t rx = 1100,
                   std::size_t tx = 1024)
        : rx_(std::make_unique<std::vector<char>>(rx)),
          tx_(std::make_unique<std::vector<char>>(tx)),
          it(lend(*rx_), lend(*tx_), options),
          now{clock} {}

    /// The module prints these bytes.
    void hear(std::string_view bytes) {
        const std::vector<char> chunk(bytes.begin(), bytes.end());  // exactly so many, for the address sanitizer
        std::string_view input{chunk.data(), chunk.size()};
        while (const auto found = it.receive(input, now)) note(*found);
        CHECK(input.empty());
        tick();
    }
    /// The module prints these lines, an empty one before each.
    template <class... Lines>
    void says(const Lines&... lines) {
        (hear(crlf(lines)), ...);
    }
    /// Time passes, in steps as `wait` names them, and with it what is due happens.
    void pass(millis span) {
        while (span.count() != 0) {
            const auto due = it.wait(now);
            const millis stride = due && due->count() != 0 && *due < span ? *due : span;
            now = now + stride;
            span -= stride;
            tick();
        }
    }
    void pass(std::uint32_t ms) { pass(millis{ms}); }
    void tick() {
        while (const auto found = it.tick(now)) note(*found);
        const auto due = it.wait(now);
        CHECK((!due || due->count() != 0));
    }

    /// What is to be written, at most `most` bytes of it, which are taken.
    std::string take(std::size_t most = SIZE_MAX) {
        const std::string out{first(it.transmit(), most)};
        it.transmitted(out.size(), now);
        tick();
        return out;
    }
    /// Sends a command, which must be handed out as `line` and CR, once the pause is over.
    template <class Command>
    void sends(const Command& m, std::string_view line) {
        REQUIRE(it.send(m));
        hands_out(std::string(line) + "\r");
    }
    void sends_message(const publish& m, std::string_view payload, std::string_view line) {
        REQUIRE(it.send_message(m, payload));
        hands_out(std::string(line) + "\r");
    }
    void hands_out(std::string_view bytes) {
        if (it.transmit().empty()) pass(20);
        CHECK(take() == bytes);
        CHECK(it.transmit().empty());
    }

    /// What was told since the last call.
    words told() { return std::exchange(told_, {}); }
    /// All that was told, every byte that an event showed.
    const std::string& shown() const { return shown_; }

    /// Moves all memory elsewhere; what was there before is written over.
    void move(std::string_view payload = {}) {
        auto rx = std::make_unique<std::vector<char>>(*rx_);
        auto tx = std::make_unique<std::vector<char>>(*tx_);
        rx_->assign(rx_->size(), '#');
        tx_->assign(tx_->size(), '#');
        std::swap(rx, rx_);
        std::swap(tx, tx_);
        it.rebind(lend(*rx_), lend(*tx_), payload);
    }

private:
    std::unique_ptr<std::vector<char>> rx_;
    std::unique_ptr<std::vector<char>> tx_;
    words told_;
    std::string shown_;

    static buffer lend(std::vector<char>& bytes) { return {bytes.data(), bytes.size()}; }
    void note(const from_chat::event& found) {
        told_.push_back(words_of(found));
        shown_ += told_.back() + "\n";
    }

public:
    chat it;
    instant now;
};

/// Readings of the clock from which 2^31 and 2^32 lie before, in and behind each limit.
inline std::vector<std::uint32_t> clocks() {
    std::vector<std::uint32_t> all{1'000'000};
    for (const std::uint32_t wrap : {0x80000000U, 0U})
        for (const std::uint32_t before : {0U, 1U, 10U, 150U, 1'000U, 1'500U, 3'000U, 11'000U, 30'000U, 50'000U})
            all.push_back(wrap - before);
    return all;
}

// --- what the tests send ---

inline const subscribe sub{"t", qos::at_least_once};
inline constexpr const char* sub_line = "AT+MQTTSUB=\"t\",1";
inline const unsubscribe unsub{"t"};
inline constexpr const char* unsub_line = "AT+MQTTUNSUB=\"t\"";
inline constexpr const char* disc_line = "AT+MQTTDISC";
inline constexpr const char* open_line = "AT+MQTTOPEN=1,1,0,0,0,\"\",\"\"";
inline publish pub(qos level) { return {"t", level, false, false, "a"}; }
inline std::string pub_line(qos level) {
    return "AT+MQTTPUB=\"t\"," + number(static_cast<std::size_t>(level)) + ",0,0,\"a\"";
}
inline constexpr qos q0 = qos::at_most_once;
inline constexpr qos q1 = qos::at_least_once;
inline constexpr qos q2 = qos::exactly_once;
inline const std::string newline_payload = "a\r\nb";  // which cannot stand in a command
inline constexpr const char* counted_line = "AT+MQTTPUB=\"t\",1,0,0,4";

/// Puts a command to a world of each clock, and gives the world to the test.
template <class Test>
inline void at_each_clock(Test test) {
    for (const std::uint32_t clock : clocks()) {
        CAPTURE(clock);
        world w{clock};
        test(w);
    }
}

/// Nothing is told until `span` has passed, to the millisecond; then `told` is.
inline void tells_after(world& w, std::uint32_t span, const words& told) {
    w.pass(span - 1);
    CHECK(w.told() == words{});
    w.pass(1);
    CHECK(w.told() == told);
}
/// A counted publish whose line is out.
inline void sends_counted(world& w, qos level = q1) {
    std::string at = counted_line;
    at[15] = static_cast<char>('0' + static_cast<int>(level));
    w.sends_message({"t", level, false, false, {}}, newline_payload, at);
}
/// One whose payload is out, too.
inline void pays_counted(world& w, qos level = q1) {
    sends_counted(w, level);
    w.hear("\r\n> ");
    CHECK(w.take() == newline_payload);
}

}  // namespace chat_world
