// What a modem is like and is lent in one run, and what it tells, in words.
// SPDX-License-Identifier: MIT
#pragma once

#include "oracles.hpp"
#include "script.hpp"

#include <atmqtt/modem/modem.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oracle {

/// What a modem is like and is lent, in one run.
struct modem_setup {
    modem_options options;
    bool obeys = false;  ///< commands are handed over, not bytes
    bool serves = false;
    bool is_held = false;  ///< UART and socket take nothing but what the script says
    std::size_t command = 0;
    std::size_t lines = 0;
    std::size_t profile = 0;
    std::size_t subscriptions = 0;
    std::size_t rx = 0;
    std::size_t tx = 0;
    std::size_t records = 0;
    std::size_t uart_sip = 0;  ///< bytes that the UART takes at once
    std::size_t socket_sip = 0;
    std::uint32_t clock = 0;
    std::uint32_t seed = 0;
    std::string_view script;
};

/// How one run differs from another that must give the same.
struct modem_run_options {
    chunker cut{chunker::way::whole};
    bool is_strict = false;   ///< byte by byte: each call is looked at
    bool move_house = false;  ///< now and then go on as a copy in other memory
    std::uint32_t clock = 0;
};

/// All that a modem is lent, each in a block of its own.
struct lent_memory {
    memory command, lines, profile, subscriptions, rx, tx;
    std::vector<in_flight> records;

    explicit lent_memory(const modem_setup& with)
        : command(with.command),
          lines(with.lines),
          profile(with.profile),
          subscriptions(with.subscriptions),
          rx(with.rx),
          tx(with.tx),
          records(with.records) {}
    lent_memory(const lent_memory& other)
        : command(other.command.view()),
          lines(other.lines.view()),
          profile(other.profile.view()),
          subscriptions(other.subscriptions.view()),
          rx(other.rx.view()),
          tx(other.tx.view()),
          records(other.records) {}
    lent_memory(lent_memory&&) = default;
    lent_memory& operator=(const lent_memory&) = delete;
    lent_memory& operator=(lent_memory&&) = default;
    ~lent_memory() = default;

    modem_memory lent() {
        return {command.lent(), lines.lent(), profile.lent(), subscriptions.lent(),
                rx.lent(),      tx.lent(),    records.data(), records.size()};
    }
    void scorch() {
        for (const memory* const one : {&command, &lines, &profile, &subscriptions, &rx, &tx})
            std::fill_n(one->data(), one->view().size(), '\xA5');
        std::fill(records.begin(), records.end(), in_flight{});
    }
};

inline std::string told(const from_card::connect& e) {
    return "connect " + in_words(e.host) + in_words(e.port) + in_words(e.encrypt) + in_words(e.version);
}
inline std::string told(const from_card::close&) { return "close"; }
inline std::string told(const from_card::greeted& e) { return "greeted " + in_words(e.code) + in_words(e.is_resumed); }
inline std::string told(const from_card::dropped& e) {
    return "dropped " + in_words(e.id) + in_words(e.length) + in_words(e.why);
}
inline std::string told(const from_card::violation& e) {
    return "violation " + in_words(e.type) + in_words(e.why.code) + in_words(static_cast<std::uint8_t>(e.why.field)) +
           in_words(e.why.column);
}
inline std::string told(const from_card::overlong& e) { return "overlong " + std::to_string(e.size); }

}  // namespace oracle
