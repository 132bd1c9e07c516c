// Bytes from a host -> command lines and counted data, by any chunking, in memory that the caller lends.   [2.1, 2.3.6]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/types.hpp"
#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "../core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <variant>

namespace atmqtt {

/// What comes from a host. In each, `size` counts the bytes of input that the event covers, ignored ones included: every byte
/// is in exactly one event, in order. Views are valid until the next call of the reader.
namespace from_host {

/// One command line without its CR, after editing. `parse_command` says which it is.
struct command {
    std::string_view text = {};
    std::size_t size = 0;
};

/// The counted data that were expected, whole.                                                    [2.3.6]
struct data {
    std::string_view bytes = {};
    std::size_t size = 0;
};

/// A part of counted data, where they are given as they come. It views the input, not the buffer.
struct piece {
    std::size_t offset = 0;  ///< of `bytes` in the data
    std::string_view bytes = {};
    bool last = false;
    std::size_t size = 0;
};

/// The counted data have stopped coming, or the input has ended before they were whole.
struct cut_short {
    std::string_view bytes = {};  ///< what had come; nothing where it was given in pieces
    std::uint32_t wanted = 0;     ///< bytes that are missing
    std::size_t size = 0;
};

/// A line longer than `line_limit`, 1024 bytes with its CR, or than the buffer. It was dropped.
struct overlong {
    std::size_t size = 0;
};

/// A CR with nothing before it.
struct blank {
    std::size_t size = 0;
};

/// What is left at the end of the input, without a CR.
struct partial {
    std::string_view text = {};
    std::size_t size = 0;
};

using event = std::variant<command, data, piece, cut_short, overlong, blank, partial>;

/// The bytes of input that an event covers.
constexpr std::size_t size_of(const event& found) {
    return match(found, [](const auto& one) { return one.size; });
}

}  // namespace from_host

/// How a command_reader reads.
struct command_reader_options {
    bool pieces = false;      ///< counted data come in parts, as they come; else whole
    bool is_capture = false;  ///< read a recording: a lone LF ends a line too, and an LF behind a CR is waited for
    millis data_gap{10'000};  ///< silence that ends counted data cut short; ours
    std::size_t line_limit = limits::line - 1;  ///< bytes of a line without its CR; never more than the buffer's size
};

/// Splits what a host sends into events of `from_host`. LF is ignored and BACKSPACE edits, as the vendor's AT engine does.
///
/// Call `receive` with what has come until it gives nothing, and `tick` once `wait` has passed. A command is given as soon as
/// its CR is here. Where `expect_data` is called upon it, the bytes behind it are data; an LF right behind the CR is still the
/// command's, until `prompted` is called.
class command_reader {
public:
    using event = from_host::event;

    explicit command_reader(buffer lent, const command_reader_options& options = {}) : options_(options) {
        rebind(lent);
    }

    /// Goes on in another buffer, no smaller, into which the caller has copied what the one before held.
    void rebind(buffer lent) {
        lent_ = lent;
        limit_ = options_.line_limit < lent.size() ? options_.line_limit : lent.size();
    }

    /// Takes the next `count` bytes, at least one, as data. To be called upon the command's event, before the next `receive`.
    /// False, and nothing changes, if that has been missed and more of a line has come, or if the data are to be given whole
    /// and the buffer is too small for them: refuse the command.
    bool expect_data(std::uint32_t count) {
        if (!ended_ && (used_ != 0 || overlong_)) return false;
        if (!options_.pieces && count > lent_.size()) return false;
        wanted_ = count;
        offset_ = 0;
        return true;
    }
    /// The prompt has been handed out: an LF that comes now is data.
    void prompted() { after_cr_ = false; }
    /// Whether data are still to come.
    bool is_counting() const { return wanted_ != 0; }

    /// What an echoing modem sends back: the bytes that the last `receive` took, but for counted data. It views that input.
    std::string_view echo() const { return echo_; }

    /// Forgets what is held: bytes were lost, or the host starts anew.
    void reset() {
        start_item();
        wanted_ = 0;
        after_cr_ = false;
    }

    /// Takes bytes from the front of `input` and gives the next event; nothing once all are taken.
    std::optional<event> receive(std::string_view& input, instant now) {
        const char* const start = input.data();
        const bool counting = is_counting();
        auto found = read(input, now);
        echo_ = {start, counting ? 0 : static_cast<std::size_t>(input.data() - start)};
        return found;
    }

    /// Gives up data that have stopped coming. Without effect before its time.
    std::optional<event> tick(instant now) {
        if (!is_counting() || !reached(last_ + options_.data_gap, now)) return std::nullopt;
        if (ended_) start_item();
        return cut_short();
    }
    /// Starts the wait for data: with the prompt, or whatever else the host is waiting for.
    void await_data(instant now) { last_ = now; }

    /// How long until `tick` has something to do; nothing: until bytes come.
    std::optional<millis> wait(instant now) const {
        if (!is_counting()) return std::nullopt;
        return until(last_ + options_.data_gap, now);
    }

    /// The end of the input: gives what is left, an event a call.
    std::optional<event> finish() {
        if (ended_) start_item();
        if (is_counting()) return cut_short();
        if (held_) return end_line();
        if (taken_ == 0) return std::nullopt;
        if (overlong_) return tell(from_host::overlong{});
        return tell(from_host::partial{text()});
    }

private:
    std::string_view text() const { return {lent_.data(), used_}; }

    void start_item() {
        used_ = taken_ = 0;
        overlong_ = held_ = ended_ = false;
    }
    template <class Event>
    event tell(Event found) {
        found.size = taken_;
        ended_ = true;
        return found;
    }

    std::optional<event> read(std::string_view& input, instant now) {
        if (ended_) start_item();
        while (!input.empty()) {
            last_ = now;
            const bool had_lf = take_lf(input);
            if (held_) return end_line();
            if (had_lf) continue;
            if (is_counting()) return take_counted(input);
            if (ends_line(take(input)) && !wait_for_lf()) return end_line();
        }
        return std::nullopt;
    }
    // The LF behind a CR is the command's.
    bool take_lf(std::string_view& input) {
        const bool is_here = (after_cr_ || held_) && input.front() == '\n';
        if (is_here) take(input);
        after_cr_ = false;
        return is_here;
    }
    char take(std::string_view& input) {
        const char byte = input.front();
        input.remove_prefix(1);
        ++taken_;
        return byte;
    }

    // --- lines ---

    bool ends_line(char byte) {
        switch (byte) {
            case '\r': after_cr_ = true; return true;
            case '\n': return options_.is_capture;
            case '\b': used_ -= used_ != 0 ? 1 : 0; return false;
            default: keep(byte); return false;
        }
    }
    void keep(char byte) {
        if (used_ == limit_)
            overlong_ = true;
        else
            lent_.data()[used_++] = byte;
    }
    bool wait_for_lf() { return held_ = options_.is_capture && after_cr_; }

    event end_line() {
        held_ = false;
        if (overlong_) return tell(from_host::overlong{});
        if (used_ == 0) return tell(from_host::blank{});
        return tell(from_host::command{text()});
    }

    // --- counted data ---

    [[gnu::always_inline]] std::optional<event> take_counted(std::string_view& input) {
        if (options_.pieces) return take_piece(input);
        return take_data(input);
    }
    std::optional<event> take_data(std::string_view& input) {
        const std::string_view came = first(input, wanted_);
        std::memcpy(lent_.data() + used_, came.data(), came.size());
        used_ += came.size();
        count(came.size(), input);
        if (is_counting()) return std::nullopt;
        return tell(from_host::data{text()});
    }
    event take_piece(std::string_view& input) {
        const std::string_view came = first(input, wanted_);
        const std::size_t offset = offset_;
        offset_ += came.size();
        count(came.size(), input);
        return tell(from_host::piece{offset, came, !is_counting()});
    }
    void count(std::size_t came, std::string_view& input) {
        wanted_ -= static_cast<std::uint32_t>(came);
        taken_ += came;
        input.remove_prefix(came);
    }
    event cut_short() {
        const std::uint32_t missing = wanted_;
        wanted_ = 0;
        return tell(from_host::cut_short{text(), missing});
    }

    command_reader_options options_;
    buffer lent_ = {};
    std::size_t limit_ = 0;
    std::size_t used_ = 0;    // bytes held
    std::size_t taken_ = 0;   // bytes of input that the item covers
    std::size_t offset_ = 0;  // bytes of data given in pieces
    std::string_view echo_ = {};
    std::uint32_t wanted_ = 0;  // bytes of data still to come
    instant last_ = {};
    bool after_cr_ = false;  // an LF here is the command's
    bool held_ = false;      // a line is whole, but for that LF
    bool ended_ = false;     // the item was given; its bytes are still viewed
    bool overlong_ = false;
};

}  // namespace atmqtt
