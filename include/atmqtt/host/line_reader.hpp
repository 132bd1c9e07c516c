// Bytes from a modem -> lines, prompts and messages, by any chunking, in memory that the caller lends.   [2.2 - 2.4]
//
// A payload is counted, never searched: whatever it holds, it is not read as a line. Nor is a topic in quotes, as long as its
// header fits the buffer.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../core/buffer.hpp"
#include "../core/time.hpp"
#include "../core/window.hpp"
#include "events.hpp"
#include "message_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace atmqtt {

/// Splits what a modem sends into events of `from_modem`.
///
/// Call `receive` with what has come until it gives nothing, and `tick` until it gives nothing once `wait` has passed. What an
/// event views lives in the lent buffer, and is valid until the next call. A buffer of less than 4 bytes holds nothing: then
/// all is `overlong`.
class line_reader {
public:
    using event = from_modem::event;

    explicit line_reader(buffer lent, const line_reader_options& options = {}) : message_(options) { rebind(lent); }

    /// Goes on in another buffer, no smaller, into which the caller has copied the first `used` bytes of the one before.
    void rebind(buffer lent) {
        held_.lend(lent);
        const std::size_t most = lent.size() < least_buffer ? 0 : lent.size() - 2;
        limit_ = options().line_limit < most ? options().line_limit : most;
    }
    std::size_t used() const { return held_.used(); }
    /// Bytes that are still wanted: with as much room again as the next input is long, nothing is cut for want of it.
    std::size_t held() const { return held_.size(); }

    /// Tells that a prompt is due: until it has come, a `>` at the start of a line is one.
    void expect_prompt(bool due = true) { due_ = due; }

    /// Forgets what is held: bytes were lost, or the modem starts anew.
    void reset() {
        held_.clear();
        state_ = state::start;
        due_ = false;
        fresh_ = true;
    }

    /// Takes bytes from the front of `input` and gives the next event; nothing once all are taken and looked at.
    std::optional<event> receive(std::string_view& input, instant now) {
        for (;;) {
            if (auto found = step()) return found;
            if (input.empty()) return std::nullopt;
            last_ = now;
            if (held_.capacity() < least_buffer) return swallow(input);
            if (!held_.take(input)) message_.stop_holding(held_);  // all else is bounded by limit_
        }
    }

    /// Ends by silence what waits for bytes that do not come. Without effect before its time.
    std::optional<event> tick(instant now) {
        if (auto found = step()) return found;
        const auto silence = patience();
        if (!silence || !reached(last_ + *silence, now)) return std::nullopt;
        return stop_waiting();
    }

    /// How long until `tick` has something to do; nothing: until bytes come.
    std::optional<millis> wait(instant now) const {
        const auto silence = patience();
        if (!silence) return std::nullopt;
        return until(last_ + *silence, now);
    }

    /// The end of the input: gives what is left, an event a call.
    std::optional<event> finish() {
        if (auto found = step()) return found;
        if (patience()) {
            if (auto found = stop_waiting()) return found;
        }
        if (state_ == state::overlong) return emit(from_modem::overlong{});
        if (held_.size() == 0) return std::nullopt;
        held_.scan = held_.size();
        return emit(from_modem::partial{held_.view(0, held_.size())});
    }

private:
    enum class state : std::uint8_t {
        start,     // of a line
        head,      // before a colon
        body,      // of a line that counts nothing
        message,   // see message_
        after_cr,  // of a line: an LF may belong to it
        after_prompt,  // a blank may belong to it
        overlong,
        overlong_cr,
    };
    static constexpr std::size_t least_buffer = 4;
    static constexpr std::size_t longest_head = 32;  // with blanks in it

    const line_reader_options& options() const { return message_.options(); }

    // Looks at the bytes ahead, for as long as that leads from one state to another. Gives nothing when it needs more.
    std::optional<event> step() {
        for (;;) {
            if (state_ == state::message) {
                if (auto found = message_.step(held_, limit_)) return end_message(*found);
                if (!message_.declined()) return std::nullopt;
                held_.scan = 0;
                state_ = state::body;
            }
            if (held_.done()) return std::nullopt;
            const state before = state_;
            if (auto found = look()) return found;
            if (state_ == before) return std::nullopt;
        }
    }
    std::optional<event> look() {
        switch (state_) {
            case state::start: return look_at_start();
            case state::head: return look_for_colon();
            case state::body: return look_for_end();
            case state::message: break;
            case state::after_cr: return look_for_lf();
            case state::after_prompt: return end_prompt();
            case state::overlong: return look_for_end_of_overlong();
            case state::overlong_cr: return look_for_lf_of_overlong();
        }
        return std::nullopt;
    }
    std::optional<event> go(state next) {
        state_ = next;
        return std::nullopt;
    }
    template <class Event>
    event emit(Event found) {
        found.size = held_.end_item();
        state_ = state::start;
        fresh_ = true;
        return found;
    }
    static std::optional<event> swallow(std::string_view& input) {
        const from_modem::overlong found{input.size()};
        input.remove_prefix(input.size());
        return found;
    }

    static bool is_line_end(char byte) { return byte == '\r' || byte == '\n'; }

    std::optional<event> look_at_start() {
        const char byte = held_[0];
        if (byte == '>' && fresh_ && (due_ || options().any_prompt)) {
            ++held_.scan;
            return go(state::after_prompt);
        }
        return go(byte == '+' ? state::head : state::body);
    }

    std::optional<event> end_prompt() {
        if (begins_with(held_.ahead(), " ")) ++held_.scan;
        due_ = false;
        const event found = emit(from_modem::prompt{});
        fresh_ = false;  // what follows on its line is not the start of one
        return found;
    }

    std::optional<event> look_for_colon() {
        for (; !held_.done(); ++held_.scan) {
            const char byte = held_[held_.scan];
            if (byte == ':') return is_message() ? start_message() : go(state::body);
            if (is_line_end(byte) || held_.scan == longest_head || held_.scan == limit_) return go(state::body);
        }
        return std::nullopt;
    }
    bool is_message() const {
        return detail::is_head_of<message>(detail::line_head(held_.view(0, held_.scan + 1), options().may));
    }

    std::optional<event> start_message() {
        message_.start();
        return go(state::message);
    }
    event end_message(const event& found) {
        const auto* const part = std::get_if<from_modem::piece>(&found);
        if (part == nullptr || part->last) {
            state_ = state::start;
            fresh_ = true;
        }
        return found;
    }

    std::optional<event> look_for_end() {
        for (; !held_.done(); ++held_.scan) {
            if (is_line_end(held_[held_.scan])) return end_line();
            if (held_.scan == limit_) return go(state::overlong);
        }
        return std::nullopt;
    }
    std::optional<event> end_line() {
        text_size_ = held_.scan++;
        return held_[text_size_] == '\n' ? emit_line() : go(state::after_cr);
    }
    std::optional<event> look_for_lf() {
        if (begins_with(held_.ahead(), "\n")) ++held_.scan;
        return emit_line();
    }
    event emit_line() {
        if (text_size_ == 0) return emit(from_modem::blank{});
        return emit(from_modem::line{held_.view(0, text_size_)});
    }

    std::optional<event> look_for_end_of_overlong() {
        while (!held_.done() && !is_line_end(held_[held_.scan])) ++held_.scan;
        held_.forget_scanned();
        if (held_.done()) return std::nullopt;
        ++held_.scan;
        return held_[0] == '\n' ? emit(from_modem::overlong{}) : go(state::overlong_cr);
    }
    std::optional<event> look_for_lf_of_overlong() {
        if (begins_with(held_.ahead(), "\n")) ++held_.scan;
        return emit(from_modem::overlong{});
    }

    // How long bytes may stay away before tick acts; nothing where that means nothing.
    std::optional<millis> patience() const {
        switch (state_) {
            case state::start:
            case state::head:
            case state::body:
            case state::overlong: return std::nullopt;
            case state::message: return message_.is_waiting() ? std::optional{options().gap} : std::nullopt;
            case state::after_cr:
            case state::after_prompt:
            case state::overlong_cr: return options().hold;
        }
        return std::nullopt;
    }
    std::optional<event> stop_waiting() {
        if (state_ == state::after_cr) return emit_line();
        if (state_ == state::after_prompt) return end_prompt();
        if (state_ == state::overlong_cr) return emit(from_modem::overlong{});
        if (auto found = message_.stop_waiting(held_)) return end_message(*found);
        return step();  // it was none
    }

    window held_;
    message_reader message_;
    std::size_t limit_ = 0;
    std::size_t text_size_ = 0;
    instant last_ = {};
    state state_ = state::start;
    bool due_ = false;
    bool fresh_ = true;
};

}  // namespace atmqtt
