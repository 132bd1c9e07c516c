// The packet that is being handed to the socket.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt {

struct session_probe;  // of the tests

namespace detail {

/// One packet at a time, or some answers: its bytes in memory that the caller lends, and behind them a payload that stays where
/// it is.
class outbox {
public:
    enum class cargo : std::uint8_t { none, connect, request, answers, ping, disconnect };

    /// At most 65535 bytes of what is lent are used.
    explicit outbox(buffer lent) : lent_(lent.data(), lent.size() < most ? lent.size() : most) {}

    /// Goes on in memory of the same size, into which the caller has copied that of the one before.
    void rebind(buffer lent) { lent_ = {lent.data(), lent_.size()}; }

    /// Where to encode what comes next. It must be `is_empty`.
    buffer space() const { return lent_; }
    /// The first `size` bytes of `space` are to be handed out; the first of them is to be taken by `deadline`.
    void load(cargo what, std::size_t size, instant deadline) {
        what_ = what;
        at_ = 0;
        end_ = static_cast<std::uint32_t>(size);
        deadline_ = deadline;
    }
    void clear() { what_ = cargo::none; }
    bool is_empty() const { return what_ == cargo::none; }

    /// What to hand out next; `payload` belongs to a request.
    std::string_view transmit(std::string_view payload) const {
        if (is_empty()) return {};
        if (at_ < end_) return {lent_.data() + at_, end_ - at_};
        return rest(payload, at_ - end_);  // of a request: all else is whole by then
    }
    /// So many bytes of that were taken; the next one is to be taken by `deadline`. Gives what is whole then, and is empty.
    cargo transmitted(std::size_t count, std::size_t payload, instant deadline) {
        if (is_empty()) return cargo::none;
        const std::size_t all = what_ == cargo::request ? end_ + payload : end_;
        const std::size_t most_now = (at_ < end_ ? end_ : all) - at_;
        if (count > most_now) count = most_now;
        if (count == 0) return cargo::none;
        at_ += static_cast<std::uint32_t>(count);
        deadline_ = deadline;
        if (at_ != all) return cargo::none;
        const cargo whole = what_;
        clear();
        return whole;
    }

    /// Until when the next byte is to be taken. Only if it is not empty.
    instant deadline() const { return deadline_; }
    void set_deadline(instant deadline) { deadline_ = deadline; }

private:
    friend struct atmqtt::session_probe;  // of the tests

    static constexpr std::size_t most = 65535;

    cargo what_ = cargo::none;
    std::uint32_t at_ = 0;   // bytes taken, of lent_ and then of the payload
    std::uint32_t end_ = 0;  // of those in lent_
    instant deadline_ = {};
    buffer lent_;
};

}  // namespace detail

}  // namespace atmqtt
