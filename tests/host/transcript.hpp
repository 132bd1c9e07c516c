// Transcripts of a line_reader: rows of bytes and the event they are to become, run by every way to split them.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/host/line_reader.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ostream>  // doctest prints std::string_view by it
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace transcript {

namespace from_modem = atmqtt::from_modem;
using atmqtt::instant;
using atmqtt::length_policy;
using atmqtt::line_reader;
using atmqtt::line_reader_options;
using atmqtt::match;
using atmqtt::millis;
using atmqtt::tolerances;

// --- events in words ---

/// Bytes in quotes, those that do not print as \xHH.
inline std::string quoted(std::string_view bytes) {
    std::string words = "\"";
    for (const char byte : bytes) {
        char code[8] = {byte};
        if (byte < ' ' || byte > '~') std::snprintf(code, sizeof code, "\\x%02X", static_cast<unsigned>(byte & 0xFF));
        words += code;
    }
    return words + "\"";
}

inline const std::string prompt = "prompt";
inline const std::string overlong = "overlong";
inline const std::string blank = "blank";
inline std::string line(std::string_view text) { return "line " + quoted(text); }
inline std::string partial(std::string_view text) { return "partial " + quoted(text); }

/// A header in words. `flags` are dup, qos, retained and packId as on the wire.
inline std::string header(std::string_view flags, std::string_view topic, std::uint32_t length) {
    return std::string{flags} + " " + quoted(topic) + " " + std::to_string(length);
}
inline std::string message(std::string_view flags, std::string_view topic, std::string_view payload) {
    return "message " + header(flags, topic, static_cast<std::uint32_t>(payload.size())) + " " + quoted(payload);
}
inline std::string mismatch(std::string_view flags, std::string_view topic, std::uint32_t length,
                            std::string_view payload) {
    return "message " + header(flags, topic, length) + " " + quoted(payload) + " mismatch";
}
inline std::string too_large(std::string_view flags, std::string_view topic, std::uint32_t length) {
    return "too_large " + header(flags, topic, length);
}
/// All pieces of one message, joined.
inline std::string pieces(std::string_view flags, std::string_view topic, std::uint32_t length,
                          std::string_view payload) {
    return "pieces " + header(flags, topic, length) + " " + quoted(payload);
}

// --- what is read ---

struct seen {
    std::string words;
    std::string bytes;
    std::size_t size = 0;
    bool goes_on = false;  ///< more of the same follows

    std::string shown() const {
        return words + (bytes.empty() && words.rfind("pieces", 0) != 0 ? "" : " " + quoted(bytes)) +
               (goes_on ? " unfinished" : "");
    }
};

template <class Header>
std::string words_of(const Header& m) {
    std::string topic;
    for (const char byte : m.topic) topic += byte;
    const std::string flags = std::to_string(int{m.dup}) + "," + std::to_string(static_cast<int>(m.level)) + "," +
                              std::to_string(int{m.retained}) + "," + std::to_string(m.id);
    return header(flags, topic, m.length);
}
inline seen words_of_event(const from_modem::event& found) {
    const auto flag = [](bool mismatch) { return mismatch ? " mismatch" : ""; };
    const std::size_t size = from_modem::size_of(found);
    return match(
        found,
        [size](const from_modem::line& e) {
            return seen{line(e.text), {}, size};
        },
        [size](const from_modem::prompt&) {
            return seen{prompt, {}, size};
        },
        [=](const from_modem::message& e) {
            return seen{"message " + words_of(e.what) + " " + quoted(e.what.payload) + flag(e.mismatch), {}, size};
        },
        [=](const from_modem::piece& e) {
            return seen{"pieces " + words_of(e.header) + flag(e.mismatch), std::string{e.bytes}, size, !e.last};
        },
        [=](const from_modem::too_large& e) {
            return seen{"too_large " + words_of(e.header) + flag(e.mismatch), {}, size};
        },
        [size](const from_modem::overlong&) {
            return seen{overlong, {}, size};
        },
        [size](const from_modem::blank&) {
            return seen{blank, {}, size};
        },
        [size](const from_modem::partial& e) {
            return seen{partial(e.text), {}, size};
        });
}

/// Every event of a run; adjacent pieces are joined.
class journal {
public:
    void add(const from_modem::event& found) {
        const auto* const piece = std::get_if<from_modem::piece>(&found);
        seen now = words_of_event(found);
        total_ += now.size;
        if (piece != nullptr && !all_.empty() && all_.back().goes_on) {
            CHECK(piece->offset == all_.back().bytes.size());
            now.bytes = all_.back().bytes + now.bytes;
            now.size += all_.back().size;
            all_.pop_back();
        }
        all_.push_back(now);
    }
    std::size_t total() const { return total_; }
    std::vector<std::string> shown() const {
        std::vector<std::string> words;
        for (const seen& one : all_) words.push_back(one.shown() + ", " + std::to_string(one.size) + " bytes");
        return words;
    }

private:
    std::vector<seen> all_;
    std::size_t total_ = 0;
};

// --- scripts ---

/// Bytes that come at one time and the event that they become, with the rows before that have none; or a pause; or a call.
struct row {
    std::string bytes;
    std::string event;
    std::uint32_t pause = 0;  ///< ms of silence, with ticks in it
    bool expects_prompt = false;
};

inline row silence(std::uint32_t span) { return {{}, {}, span, false}; }
inline row prompt_due() { return {{}, {}, 0, true}; }

struct script {
    std::size_t buffer;
    line_reader_options options;
    std::vector<row> rows;
};

/// What the rows expect. The size of an event is that of its bytes.
inline std::vector<std::string> expected(const script& all) {
    std::vector<std::string> words;
    std::size_t size = 0;
    for (const row& one : all.rows) {
        size += one.bytes.size();
        if (one.event.empty()) continue;
        words.push_back(one.event + ", " + std::to_string(size) + " bytes");
        size = 0;
    }
    CHECK(size == 0);  // a row without an event is followed by one
    return words;
}

inline std::size_t bytes_in(const script& all) {
    std::size_t size = 0;
    for (const row& one : all.rows) size += one.bytes.size();
    return size;
}

/// Where the bytes are split: nowhere, everywhere, or before byte `at`.
struct split {
    enum class way { nowhere, everywhere, at };
    way how = way::nowhere;
    std::size_t at = 0;

    bool before(std::size_t index) const { return how == way::everywhere || (how == way::at && index == at); }
};

/// A run of a reader, with what holds after every call.
class run {
public:
    run(const script& all, std::uint32_t clock)
        : memory_(all.buffer), reader_({memory_.data(), memory_.size()}, all.options), now_{clock} {}

    std::vector<std::string> play(const script& all, split where) {
        std::string pending;
        for (const row& one : all.rows) {
            if (one.bytes.empty()) flush(pending);
            if (one.expects_prompt) reader_.expect_prompt();
            if (one.pause != 0) pause(one.pause);
            for (const char byte : one.bytes) {
                if (where.before(taken_)) flush(pending);
                pending += byte;
                ++taken_;
            }
        }
        flush(pending);
        while (const auto found = reader_.finish()) found_.add(*found);
        CHECK(found_.total() == taken_);
        return found_.shown();
    }

private:
    void flush(std::string& pending) {
        const std::vector<char> chunk(pending.begin(), pending.end());  // exactly so many, for the address sanitizer
        pending.clear();
        std::string_view input{chunk.data(), chunk.size()};
        while (const auto found = reader_.receive(input, now_)) found_.add(*found);
        CHECK(input.empty());
        tick();
    }
    void tick() {
        while (const auto found = reader_.tick(now_)) found_.add(*found);
        const auto due = reader_.wait(now_);
        CHECK((!due || due->count() != 0));
    }
    void pause(std::uint32_t span) {
        for (auto left = millis{span}; left.count() != 0;) {
            const auto due = reader_.wait(now_);
            const millis stride = due && *due < left ? *due : left;
            now_ = now_ + stride;
            left -= stride;
            tick();
        }
    }

    std::vector<char> memory_;
    line_reader reader_;
    instant now_;
    journal found_;
    std::size_t taken_ = 0;
};

inline std::vector<std::string> played(const script& all, split where, std::uint32_t clock = 0) {
    return run{all, clock}.play(all, where);
}

/// Runs a script whole, byte by byte, at every split point, and across both wraps of the clock; each must give the same.
inline void check(const script& all) {
    const std::vector<std::string> events = expected(all);
    CHECK(played(all, {}) == events);
    CHECK(played(all, {split::way::everywhere}) == events);
    for (std::size_t at = 1; at < bytes_in(all); ++at) {
        CAPTURE(at);
        CHECK(played(all, {split::way::at, at}) == events);
    }
    for (const std::uint32_t wrap : {0x80000000U, 0U}) {
        for (const std::uint32_t before : {1U, 10U, 400U, 600U}) {
            CAPTURE(wrap);
            CAPTURE(before);
            CHECK(played(all, {}, wrap - before) == events);
            CHECK(played(all, {split::way::everywhere}, wrap - before) == events);
        }
    }
}
inline void check(const std::vector<script>& many) {
    std::size_t number = 0;
    for (const script& one : many) {
        CAPTURE(number);
        check(one);
        ++number;
    }
}

}  // namespace transcript
