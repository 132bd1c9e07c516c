// One direction of a line: bytes arrive in their order, cut and joined anyhow, later than they were sent.
// SPDX-License-Identifier: MIT
#pragma once

#include "dice.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace atmqtt::pair {

/// Milliseconds since the start of a run; they do not wrap.
using moment = std::uint64_t;

class wire {
public:
    explicit wire(std::uint64_t seed) : chance_(seed) {}

    /// How many of a million bytes are lost.
    std::uint32_t lost = 0;
    std::uint64_t bytes_lost = 0;
    std::uint64_t chunks = 0;

    /// Of which connection the bytes are, where there can be several.
    void send(std::string_view bytes, moment now, int connection = 0) {
        while (!bytes.empty()) {
            std::size_t size = chance_.percent(60) ? bytes.size() : chance_.between(1, 12);
            if (size > bytes.size()) size = bytes.size();
            std::string chunk(bytes.substr(0, size));
            bytes.remove_prefix(size);
            if (lost != 0) lose_some(chunk);
            const moment due = now + (chance_.percent(70) ? 0 : chance_.between(1, 5));
            if (due > last_) last_ = due;
            under_way_.push_back({last_, connection, std::move(chunk)});
        }
    }
    /// What is sent from now on, or all that is under way too, arrives this much later.
    void hold_next(moment now, moment span) {
        if (last_ < now) last_ = now;
        last_ += span;
    }
    void hold_all(moment now, moment span) {
        hold_next(now, 0);
        for (parcel& one : under_way_) one.due = (one.due < now ? now : one.due) + span;
        last_ += span;
    }
    std::optional<moment> due() const {
        if (under_way_.empty()) return std::nullopt;
        return under_way_.front().due;
    }
    std::size_t backlog() const {
        std::size_t bytes = 0;
        for (const parcel& one : under_way_) bytes += one.bytes.size();
        return bytes;
    }
    /// What has arrived, in one piece or not; empty if nothing has.
    std::string take(moment now, int* connection = nullptr) {
        std::string out;
        while (!under_way_.empty() && under_way_.front().due <= now) {
            const parcel& next = under_way_.front();
            if (connection != nullptr) {
                if (!out.empty() && *connection != next.connection) break;
                *connection = next.connection;
            }
            out += next.bytes;
            under_way_.pop_front();
            if (!out.empty() && chance_.percent(50)) break;
        }
        if (!out.empty()) ++chunks;
        return out;
    }
    /// What is under way never arrives.
    void clear() { under_way_.clear(); }
    void clear(int connection) {
        std::deque<parcel> rest;
        for (parcel& one : under_way_)
            if (one.connection != connection) rest.push_back(std::move(one));
        under_way_.swap(rest);
    }

private:
    struct parcel {
        moment due;
        int connection;
        std::string bytes;
    };
    void lose_some(std::string& chunk) {
        std::string kept;
        for (const char byte : chunk) {
            if (chance_.between(1, 1'000'000) > lost)
                kept += byte;
            else
                ++bytes_lost;
        }
        chunk.swap(kept);
    }

    dice chance_;
    std::deque<parcel> under_way_;
    moment last_ = 0;
};

}  // namespace atmqtt::pair
