// What the module writes, on its way to the host: as it is, or as faults make it.
// SPDX-License-Identifier: MIT
#pragma once

#include "options.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace virtual_modem {

class uart_out {
public:
    using sink = std::function<void(std::string_view)>;

    uart_out(asio::io_context& io, const fault_options& faults, sink to)
        : io_(io), timer_(io), faults_(faults), random_(faults.seed), to_(std::move(to)) {}

    /// A line, with its line ends, or a part of one.
    void put(std::string_view bytes) { schedule(std::string(bytes), faults_.delay); }
    /// OK, which may come later than what is put behind it.
    void put_ok(std::string_view bytes) {
        if (faults_.late_ok.count() == 0) return put(bytes);
        held_ += bytes.size();
        late_.emplace_back(io_, faults_.late_ok);
        const auto own = std::prev(late_.end());
        own->async_wait([this, own, line = std::string(bytes)](const asio::error_code& why) {
            if (why) return;
            late_.erase(own);
            held_ -= line.size();
            put(line);
        });
    }
    /// Bytes that were not handed on yet.
    std::size_t held() const { return held_; }
    /// Whether all was handed on.
    bool is_empty() const { return waiting_.empty() && late_.empty(); }
    /// Bytes without those that are lost on the way, in either direction.
    std::string thinned(std::string_view bytes) {
        std::string left;
        for (const char byte : bytes) {
            if (faults_.drop == 0 || pick(0, 999) >= faults_.drop) left += byte;
        }
        return left;
    }

private:
    using clock = std::chrono::steady_clock;
    struct piece {
        clock::time_point due;
        std::string bytes;
    };

    unsigned pick(unsigned from, unsigned to) { return std::uniform_int_distribution<unsigned>(from, to)(random_); }

    void schedule(std::string bytes, milliseconds delay) {
        bytes = thinned(bytes);
        if (is_direct(delay)) return to_(bytes);
        if (faults_.merges && (waiting_.empty() || !faults_.chops)) return merge(std::move(bytes), delay);
        const auto due = clock::now() + delay;
        if (faults_.chops) return chop(bytes, due);
        push({due, std::move(bytes)});
    }
    bool is_direct(milliseconds delay) const {
        return delay.count() == 0 && !faults_.chops && !faults_.merges && waiting_.empty();
    }
    void chop(const std::string& bytes, clock::time_point due) {
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t size = pick(1, 7);
            const auto after = waiting_.empty() ? due : std::max(due, waiting_.back().due);
            push({after + milliseconds(pick(0, 2)), bytes.substr(at, size)});
            at += size;
        }
    }
    // What follows within 30 ms of the first comes with it.
    void merge(std::string bytes, milliseconds delay) {
        if (waiting_.empty()) return push({clock::now() + delay + milliseconds(30), std::move(bytes)});
        held_ += bytes.size();
        waiting_.back().bytes += bytes;
    }
    void push(piece one) {
        held_ += one.bytes.size();
        waiting_.push_back(std::move(one));
        if (waiting_.size() == 1) arm();
    }
    void arm() {
        timer_.expires_at(waiting_.front().due);
        timer_.async_wait([this](const asio::error_code& why) {
            if (why) return;
            const std::string bytes = std::move(waiting_.front().bytes);
            waiting_.pop_front();
            held_ -= bytes.size();
            if (!waiting_.empty()) arm();
            to_(bytes);
        });
    }

    asio::io_context& io_;
    asio::steady_timer timer_;
    fault_options faults_;
    std::mt19937 random_;
    sink to_;
    std::deque<piece> waiting_;
    std::list<asio::steady_timer> late_;
    std::size_t held_ = 0;
};

}  // namespace virtual_modem
