// Bytes from a modem -> lines, prompts and messages, by any chunking, in memory that the caller lends.   [2.2 - 2.4]
//
// A payload is counted, never searched: whatever it holds, it is not read as a line, nor is a topic in quotes, as long as the header
// before it is no longer than a line may be. One that is longer is an overlong line, and what is behind its line end is lines: a chat
// does not trust what answers a command then.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../core/buffer.hpp"
#include "../core/maybe.hpp"
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
    /// Bytes of the buffer, from its front, that are to be copied for `rebind`.
    std::size_t used() const { return held_.used(); }
    /// Bytes of the buffer that are in no event yet. One with room for so many and the next input cuts nothing.
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
        auto found = detail::nothing_yet<event>();
        if (!input.empty()) last_ = now;
        if (!held_.skim(input)) read(input, found);
        return found;
    }

    /// Ends by silence what waits for bytes that do not come. Without effect before its time.
    std::optional<event> tick(instant now) {
        auto found = detail::nothing_yet<event>();
        held_.listen();
        step(found);
        while (!found && patience() && reached(last_ + *patience(), now)) stop_waiting(found);
        return found;
    }

    /// How long until `tick` has something to do; nothing: until bytes come.
    std::optional<millis> wait(instant now) const {
        const auto silence = patience();
        if (!silence) return std::nullopt;
        return until(last_ + *silence, now);
    }

    /// The end of the input: gives what is left, an event a call.
    std::optional<event> finish() {
        auto found = detail::nothing_yet<event>();
        held_.listen();
        step(found);
        while (!found && patience()) stop_waiting(found);
        if (!found && state_ == state::overlong) tell(from_modem::overlong{}, found);
        if (!found && held_.size() != 0) {
            held_.scan = held_.size();
            tell(from_modem::partial{held_.view(0, held_.size())}, found);
        }
        return found;
    }

private:
    enum class state : std::uint8_t {
        start,         // of a line
        head,          // before a colon
        body,          // of a line that counts nothing
        message,       // see message_
        after_cr,      // of a line: an LF may belong to it
        after_prompt,  // a blank may belong to it
        overlong,
        overlong_cr,
    };
    static constexpr std::size_t least_buffer = 4;
    static constexpr std::size_t longest_head = 32;  // with blanks in it

    const line_reader_options& options() const { return message_.options(); }

    void read(std::string_view& input, std::optional<event>& out) {
        held_.listen();
        do step(out);
        while (!out && take(input, out));
        if (!out) quieten();
    }
    // Leaves to the window what the state at hand has no question about.
    void quieten() {
        if (state_ == state::body)
            held_.quieten('\n', limit_);
        else if (state_ == state::head)
            held_.quieten(':', head_limit());
        else if (state_ == state::message)
            message_.quieten(held_, limit_);
    }
    // Takes what there is room for; false when there is no more.
    bool take(std::string_view& input, std::optional<event>& out) {
        if (input.empty()) return false;
        if (held_.capacity() < least_buffer) {
            out.emplace(from_modem::overlong{input.size()});
            input.remove_prefix(input.size());
        } else if (!held_.take(input)) {
            message_.stop_holding(held_);  // all else is bounded by limit_
        }
        return !out;
    }

    // Looks at the bytes ahead, until more are needed.
    void step(std::optional<event>& out) {
        while (!out && !held_.done() && look(out)) {}
    }
    // False where more are needed; else it gets on.
    bool look(std::optional<event>& out) {
        switch (state_) {
            case state::start: look_at_start(); break;
            case state::head: look_for_colon(); break;
            case state::body: look_for_end(out); break;
            case state::message: return look_at_message(out);
            case state::after_cr: look_for_lf(out); break;
            case state::after_prompt: end_prompt(out); break;
            case state::overlong: look_for_end_of_overlong(out); break;
            case state::overlong_cr: look_for_lf_of_overlong(out); break;
        }
        return true;
    }
    bool look_at_message(std::optional<event>& out) {
        const bool gets_on = message_.look(held_, limit_, out);
        leave_message(out);
        return gets_on;
    }
    // Once it has ended, or is none.
    void leave_message(const std::optional<event>& out) {
        if (message_.declined()) {
            held_.scan = 0;
            state_ = state::body;
        } else if (message_.ended() && !out) {
            start_item();
        }
    }
    template <class Event>
    void tell(Event found, std::optional<event>& out) {
        found.size = held_.end_item();
        out.emplace(found);
        start_item();
    }
    void start_item() {
        state_ = state::start;
        fresh_ = true;
    }

    void look_at_start() {
        const char byte = held_[0];
        const bool is_prompt = byte == '>' && fresh_ && (due_ || options().any_prompt);
        state_ = is_prompt ? state::after_prompt : byte == '+' ? state::head : state::body;
        if (is_prompt) ++held_.scan;
    }
    void end_prompt(std::optional<event>& out) {
        if (begins_with(held_.ahead(), " "sv)) ++held_.scan;
        due_ = false;
        tell(from_modem::prompt{}, out);
        fresh_ = false;  // what follows on its line is not the start of one
    }

    std::size_t head_limit() const { return longest_head < limit_ ? longest_head : limit_; }
    void look_for_colon() {
        held_.skip_to(':', head_limit());
        if (held_.done()) return;
        if (held_[held_.scan] == ':')
            end_head();
        else
            state_ = state::body;
    }
    void end_head() {
        const auto head = detail::line_head(held_.view(0, held_.scan + 1), options().may);
        state_ = detail::is_head_of<message>(head) ? state::message : state::body;
        message_.start(held_);
    }

    void look_for_end(std::optional<event>& out) {
        held_.skip_to('\n', limit_);
        if (held_.done()) return;
        if (is_line_end(held_[held_.scan]))
            end_line(out);
        else
            state_ = state::overlong;
    }
    void end_line(std::optional<event>& out) {
        text_size_ = held_.scan++;
        if (held_[text_size_] == '\n')
            tell_line(out);
        else
            state_ = state::after_cr;
    }
    void look_for_lf(std::optional<event>& out) {
        if (begins_with(held_.ahead(), "\n"sv)) ++held_.scan;
        tell_line(out);
    }
    void tell_line(std::optional<event>& out) {
        if (text_size_ == 0)
            tell(from_modem::blank{}, out);
        else
            tell(from_modem::line{held_.view(0, text_size_)}, out);
    }

    void look_for_end_of_overlong(std::optional<event>& out) {
        while (!held_.done() && !is_line_end(held_[held_.scan])) ++held_.scan;
        held_.forget_scanned();
        if (held_.done()) return;
        ++held_.scan;
        if (held_[0] == '\n')
            tell(from_modem::overlong{}, out);
        else
            state_ = state::overlong_cr;
    }
    void look_for_lf_of_overlong(std::optional<event>& out) {
        if (begins_with(held_.ahead(), "\n"sv)) ++held_.scan;
        tell(from_modem::overlong{}, out);
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
    void stop_waiting(std::optional<event>& out) {
        if (state_ == state::after_cr) return tell_line(out);
        if (state_ == state::after_prompt) return end_prompt(out);
        if (state_ == state::overlong_cr) return tell(from_modem::overlong{}, out);
        message_.stop_waiting(held_, out);
        leave_message(out);
        step(out);
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
