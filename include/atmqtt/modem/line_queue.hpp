// What a modem has written and the host has not taken yet.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::detail {

/// The first line of what a modem writes, with both its line ends; or what is before that: an echo, which may hold line ends of
/// its own.
inline std::string_view first_line(std::string_view bytes) {
    constexpr std::string_view end = "\r\n";
    const std::size_t start = bytes.find(end);
    if (start != 0) return first(bytes, start);
    const std::size_t next = bytes.find(end, end.size());
    if (next == end.size()) return first(bytes, next);  // no line is empty
    return next == std::string_view::npos ? bytes : first(bytes, next + end.size());
}

/// Bytes in memory that the caller lends, and among them one payload that stays where it is, in `rx`. They keep their places until
/// all are taken: what was given by `front` is good until then.
class line_queue {
public:
    line_queue(buffer lent, buffer rx) : lent_(lent), rx_(rx) {}

    /// Goes on in memory of the same sizes, into which the caller has copied that of the one before.
    void rebind(buffer lent, buffer rx) {
        lent_ = lent;
        rx_ = rx;
    }

    bool is_empty() const { return begin_ == end_; }  // behind a payload stands its line end
    /// Whether what is to be taken next is of a payload.
    bool is_at_payload() const { return has_payload() && begin_ == before_payload_; }
    /// Whether it is the line end behind one.
    bool is_behind_payload() const { return before_payload_ != 0 && begin_ == before_payload_ && !has_payload(); }
    /// Whether it is a prompt.
    bool is_at_prompt() const { return has_prompt() && begin_ == before_prompt_; }
    /// Whether there is one that was not taken, or not all of it.
    bool has_prompt() const { return begin_ < behind_prompt_; }
    /// Where the next bytes are to be written; `push` then takes them in.
    buffer space() const { return {lent_.data() + end_, lent_.size() - end_}; }
    void push(std::size_t count) { end_ += count; }
    /// Bytes that fit: what does not is dropped.
    void push(std::string_view bytes) {
        const std::string_view fitting = first(bytes, space().size());
        copy(space().data(), fitting);
        push(fitting.size());
    }
    /// Bytes that are a prompt: no line, and no line end of their own behind them. The one before must have been taken.
    void push_prompt(std::string_view bytes) {
        before_prompt_ = end_;
        push(bytes);
        behind_prompt_ = end_;
    }
    /// Puts a payload behind what is there. The one before must have been taken.
    void push_payload(std::string_view payload) {
        before_payload_ = end_;
        payload_at_ = payload.empty() ? 0 : static_cast<std::size_t>(payload.data() - rx_.data());
        payload_left_ = payload.size();
    }

    /// What is to be taken next, in one piece; empty when there is nothing.
    std::string_view front() const {
        if (is_at_payload()) return {rx_.data() + payload_at_, payload_left_};
        const std::size_t end = has_payload() ? before_payload_ : end_;
        return {lent_.data() + begin_, end - begin_};
    }
    /// So many bytes of that were taken.
    void pop(std::size_t count) {
        const std::size_t most = front().size();
        if (count > most) count = most;
        if (is_at_payload()) {
            payload_at_ += count;
            payload_left_ -= count;
        } else {
            begin_ += count;
        }
        if (is_empty()) begin_ = end_ = behind_prompt_ = before_payload_ = 0;
    }

private:
    bool has_payload() const { return payload_left_ != 0; }

    buffer lent_;
    buffer rx_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t before_prompt_ = 0;   // where the prompt stands
    std::size_t behind_prompt_ = 0;   // and where it ends
    std::size_t before_payload_ = 0;  // where the payload belongs, behind its header; 0: there was none
    std::size_t payload_at_ = 0;      // in rx_
    std::size_t payload_left_ = 0;    // bytes of it
};

}  // namespace atmqtt::detail
