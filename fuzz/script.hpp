// A script for a reader: bytes, pauses and calls, coded in the fuzzer's bytes; and the pieces in which the bytes are handed over.
// SPDX-License-Identifier: MIT
#pragma once

#include "oracles.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oracle {

/// One step: bytes; or, where there are none, a call or a pause.
struct step {
    enum class kind : std::uint8_t { bytes, pause, first_call, second_call };
    kind what = kind::bytes;
    std::string bytes;
    std::uint32_t pause = 0;  ///< ms
};

using script = std::vector<step>;

/// Adds bytes to a script; what comes without a pause is one step.
inline void append(script& to, std::string_view bytes) {
    if (bytes.empty()) return;
    if (to.empty() || to.back().what != step::kind::bytes) to.emplace_back();
    to.back().bytes.append(bytes);
}

/// Reads a script. All bytes are themselves but 0xFF: the byte behind it is a pause of so many `unit`s of milliseconds, or
/// 0xFF for a 0xFF, 0xFE for the first call that the target knows, 0xFD for the second.
inline script script_of(std::string_view coded, std::uint32_t unit) {
    script made;
    for (std::size_t at = 0; at < coded.size(); ++at) {
        if (coded[at] != '\xFF' || at + 1 == coded.size()) {
            append(made, {&coded[at], 1});
            continue;
        }
        const auto code = static_cast<std::uint8_t>(coded[++at]);
        if (code == 0xFF)
            append(made, "\xFF");
        else if (code == 0xFE)
            made.push_back({step::kind::first_call, {}, 0});
        else if (code == 0xFD)
            made.push_back({step::kind::second_call, {}, 0});
        else
            made.push_back({step::kind::pause, {}, code * unit});
    }
    return made;
}

/// All bytes of a script, whatever the times.
inline std::string bytes_of(const script& all) {
    std::string bytes;
    for (const step& one : all) bytes += one.bytes;
    return bytes;
}

/// Cuts bytes that come at one time into chunks: all at once, one by one, or as a seed has it.
class chunker {
public:
    enum class way : std::uint8_t { whole, single, random };

    explicit chunker(way how, std::uint32_t seed = 0) : how_(how), seed_(seed) {}

    std::size_t next(std::size_t left) {
        if (how_ == way::whole) return left;
        const std::size_t count = how_ == way::single ? 1 : 1 + (roll() >> 8) % 40;
        return count < left ? count : left;
    }
    /// A coin, thrown by the seed.
    bool coin() { return how_ == way::random && (roll() & 0x400) != 0; }

private:
    std::uint32_t roll() { return seed_ = seed_ * 1664525U + 1013904223U; }

    way how_;
    std::uint32_t seed_;
};

/// One event in words and bytes, such that what chunk invariance lets differ can be joined.
struct entry {
    std::string words;  ///< its kind and all that it says but `bytes`
    std::string bytes;
    std::size_t size = 0;
    bool goes_on = false;  ///< the next entry with the same words is its continuation

    friend bool operator==(const entry& a, const entry& b) {
        return a.words == b.words && a.bytes == b.bytes && a.size == b.size && a.goes_on == b.goes_on;
    }
};

using journal = std::vector<entry>;

/// Notes an event, joining it to the one before where that goes on.
inline void note(journal& to, entry found) {
    if (to.empty() || !to.back().goes_on || to.back().words != found.words) {
        to.push_back(std::move(found));
        return;
    }
    entry& whole = to.back();
    whole.bytes += found.bytes;
    whole.size += found.size;
    whole.goes_on = found.goes_on;
}

/// A clock that stands near its start, its middle or its wrap.
inline std::uint32_t draw_clock(source& from) {
    const std::uint8_t drawn = from.byte();
    constexpr std::uint32_t corners[] = {0, 0x80000000U, 0U - 1, 0x80000000U - 1};
    return corners[drawn % 4] - (drawn / 4) * 16U;
}

/// A size for the buffer: each from 0 to 127, then in steps of 16.
inline std::size_t draw_buffer_size(source& from) {
    const std::size_t drawn = from.byte();
    return drawn < 128 ? drawn : 128 + (drawn - 128) * 16;
}

/// Prints the journals where two runs differ, for whoever looks into a failure.
inline void demand_same(const journal& a, const journal& b, const char* promise) {
    if (a == b) return;
    for (const journal* one : {&a, &b}) {
        std::fprintf(stderr, "--\n");
        for (const entry& found : *one) {
            std::fprintf(stderr, "%s, %zu bytes:", found.words.c_str(), found.size);
            for (const char byte : found.bytes)
                std::fprintf(stderr, byte >= ' ' && byte <= '~' ? "%c" : "\\x%02X", byte & 0xFF);
            std::fprintf(stderr, "\n");
        }
    }
    demand(false, promise);
}

}  // namespace oracle
