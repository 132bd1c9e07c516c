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
        end_ = static_cast<std::uint16_t>(size);
        payload_at_ = 0;
        deadline_ = deadline;
    }
    void clear() { what_ = cargo::none; }
    bool is_empty() const { return what_ == cargo::none; }
    cargo what() const { return what_; }

    /// What to hand out next; `payload` belongs to a request.
    std::string_view transmit(std::string_view payload) const {
        if (is_empty()) return {};
        if (at_ != end_) return {lent_.data() + at_, static_cast<std::size_t>(end_ - at_)};
        return what_ == cargo::request ? rest(payload, payload_at_) : std::string_view{};
    }
    /// So many bytes of that were taken; the next one is to be taken by `deadline`. Gives what is whole then, and is empty.
    cargo transmitted(std::size_t count, std::size_t payload, instant deadline) {
        const std::size_t most_now = left(payload);
        if (count > most_now) count = most_now;
        if (count == 0) return cargo::none;
        if (at_ != end_)
            at_ = static_cast<std::uint16_t>(at_ + count);
        else
            payload_at_ += count;
        deadline_ = deadline;
        if (left(payload) != 0) return cargo::none;
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

    // Bytes that `transmit` gives.
    std::size_t left(std::size_t payload) const {
        if (is_empty()) return 0;
        if (at_ != end_) return static_cast<std::size_t>(end_ - at_);
        return what_ == cargo::request ? payload - payload_at_ : 0;
    }

    cargo what_ = cargo::none;
    std::uint16_t at_ = 0;  // bytes of lent_ taken
    std::uint16_t end_ = 0;
    std::size_t payload_at_ = 0;  // bytes of the payload taken
    instant deadline_ = {};
    buffer lent_;
};

}  // namespace detail

}  // namespace atmqtt
