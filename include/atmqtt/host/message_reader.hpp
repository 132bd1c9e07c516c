// +MQTTPUBLISH within a stream: its header up to the count, its payload by the count.                     [2.4.1]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../core/maybe.hpp"
#include "../core/window.hpp"
#include "events.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace atmqtt {

/// Reads one message out of a window whose item begins with `+MQTTPUBLISH:`. The part of a line_reader that counts.
///
/// A topic in quotes may hold line ends: they end the line only if no header comes of it. Whether a message is held whole,
/// given in pieces or skipped depends on its header and the buffer alone.
class message_reader {
public:
    explicit message_reader(const line_reader_options& options) : options_(options) {}

    const line_reader_options& options() const { return options_; }

    /// Starts anew: the scan stands at the colon of the head.
    void start(window& held) {
        state_ = state::header;
        colon_ = held.scan;
        (void)held.take_passed();  // commas of a header that was cut off
        commas_ = 0;
        quotes_ = quotes::none;
        crossed_ = false;
        offset_ = told_ = given_ = 0;
        tail_[0] = tail_[1] = '\0';
    }

    /// Leaves to the window what the state at hand has no question about.
    void quieten(window& held, std::size_t limit) {
        if (state_ == state::payload) return held.quieten(header_size_ + header_.length - 1);
        if (state_ != state::header) return;
        count_commas(held);
        const std::uint8_t next = commas_ < commas_before_topic ? commas_before_topic : commas_before_payload;
        const int count = quotes_ == quotes::none ? next - commas_ : 1;
        const char stop = stop_of(quotes_);
        if (stop != '\0') held.quieten(stop, limit, static_cast<std::uint8_t>(count));
    }

    /// Looks at the bytes ahead, of which there is at least one. What it finds goes to `out`; or it has `declined`. False where more
    /// are needed.
    bool look(window& held, std::size_t limit, std::optional<from_modem::event>& out) {
        if (given_ != 0) {
            held.forget(given_, true);
            given_ = 0;
            return true;
        }
        switch (state_) {
            case state::header:
                if (finds_header_end(held, limit)) end_header(held, out);
                break;
            case state::header_cr: look_for_lf(held, out); break;
            case state::payload: count(held); break;
            case state::skip: skip(held, out); break;
            case state::after: return look_for_end(held, out);
            case state::seek: return look_for_line_end(held, out);
            case state::drop: look_for_end_of_line(held, out); break;
            case state::declined:
            case state::ended: break;
        }
        return true;
    }

    /// What looked like a message is none: it is to be read as a line, from its start on.
    bool declined() const { return state_ == state::declined; }
    /// The message was given, and so its last piece.
    bool ended() const { return state_ == state::ended; }

    /// Whether silence ends what is being read.
    bool is_waiting() const { return state_ == state::header ? crossed_ : !ended(); }

    /// Ends the message where the bytes end, if `is_waiting`; or it has `declined` then.
    void stop_waiting(window& held, std::optional<from_modem::event>& out) {
        if (state_ == state::header)
            state_ = state::declined;
        else if (state_ == state::header_cr)
            end_without_payload(held, out);
        else
            end_by_silence(held, out);
    }

    /// The window is full: the payload does not fit although a limit was set that promised it, or its end is not in sight.
    void stop_holding(window& held) {
        const std::size_t came = held.size() - header_size_;
        const std::size_t counted = came < header_.length ? came : header_.length;
        left_ = state_ == state::seek ? 0 : header_.length - static_cast<std::uint32_t>(counted);
        holding_ = holding::nothing;
        held.scan = header_size_;
        remember_tail(held.view(header_size_, header_size_ + counted));
        held.forget(state_ == state::seek ? came : counted);  // it holds no CR LF
        state_ = left_ != 0 ? state::skip : state_ == state::seek ? state::drop : state::after;
    }

private:
    using maybe = std::optional<from_modem::event>;
    enum class state : std::uint8_t {
        header,
        header_cr,  // the payload is on the next line: an LF may come before it
        payload,    // held whole
        skip,       // a payload that is not
        after,      // the count: CR LF is due
        seek,       // CR LF, behind a count too short
        drop,       // up to the LF, behind a count too short
        declined,
        ended,
    };
    enum class holding : std::uint8_t { whole, pieces, nothing };
    enum class quotes : std::uint8_t { none, due, half_curly, straight, curly };  // around the topic, up to the scan

    // --- the header ---

    static constexpr std::uint8_t commas_before_topic = 4;
    static constexpr std::uint8_t commas_before_payload = 6;

    void count_commas(window& held) { commas_ = static_cast<std::uint8_t>(commas_ + held.take_passed()); }
    bool finds_header_end(window& held, std::size_t limit) {
        count_commas(held);
        for (; !held.done(); go_on(held, limit)) {
            const bool ends_line = is_line_end(held[held.scan]);
            if (held.scan == limit && (!ends_line || is_quoted())) break;
            const auto seen = look_at_header(held, ends_line);
            if (seen == header_is::whole) return true;
            if (seen == header_is::none) break;
        }
        if (!held.done()) decline();
        return false;
    }
    // On to the next byte that means something, or is too far.
    void go_on(window& held, std::size_t limit) const {
        ++held.scan;
        if (const char stop = stop_of(quotes_); stop != '\0') held.skip_to(stop, limit);
    }
    // What alone means something there, beside line ends; none where each byte may.
    static char stop_of(quotes around) {
        if (around == quotes::none) return ',';
        return around == quotes::straight ? '"' : '\0';
    }
    enum class header_is : std::uint8_t { more, whole, none };
    [[gnu::always_inline]] header_is look_at_header(const window& held, bool ends_line) {
        if (is_quoted()) {
            crossed_ = crossed_ || ends_line;
            if (closes_quotes(held)) quotes_ = quotes::none;
            return header_is::more;
        }
        if (!ends_line) return is_last_comma(held) ? header_is::whole : header_is::more;
        const bool is_payload_next = commas_ == commas_before_payload - 1 && options_.may.next_line_payload;
        return is_payload_next ? header_is::whole : header_is::none;
    }
    bool is_last_comma(const window& held) {
        if (held[held.scan] != ',') {
            if (quotes_ != quotes::none) open_quotes(held);
            return false;
        }
        ++commas_;
        quotes_ = commas_ == commas_before_topic ? quotes::due : quotes::none;
        return commas_ == commas_before_payload;
    }
    void decline() { state_ = state::declined; }

    // The topic, from its first byte on: in quotes, or not.

    bool is_quoted() const { return quotes_ == quotes::straight || quotes_ == quotes::curly; }
    void open_quotes(const window& held) {
        const char byte = held[held.scan];
        if (quotes_ == quotes::half_curly) {
            if (byte != '\x80') open_curly(held);
        } else if (byte == '"') {
            quotes_ = quotes::straight;
        } else if (byte == '\xE2' && options_.may.curly_quotes) {
            quotes_ = quotes::half_curly;
        } else if (byte != ' ' || !options_.may.field_blanks) {
            quotes_ = quotes::none;
        }
    }
    void open_curly(const window& held) { quotes_ = is_curly_at(held) ? quotes::curly : quotes::none; }
    bool closes_quotes(const window& held) const {
        if (quotes_ == quotes::curly) return is_curly_at(held);
        return held[held.scan] == '"' && held[held.scan - 1] != '\\';
    }
    static bool is_curly_at(const window& held) {
        return detail::is_curly_quote(held.view(held.scan - 2, held.scan + 1));
    }

    // Once a message: kept out of the way of each byte.
    [[gnu::noinline]] void end_header(window& held, maybe& out) {
        field_reader io{held.view(0, held.scan), colon_, options_.may};
        if (!message_header::fields(io, header_) || !io.finish()) return decline();
        topic_ = static_cast<std::size_t>(header_.topic.raw().data() - held.data());
        const char end = held[held.scan++];
        if (end == '\r')
            state_ = state::header_cr;
        else if (end == '\n')
            start_next_line(held, out);
        else
            start_payload(held);
    }
    void look_for_lf(window& held, maybe& out) {
        if (held[held.scan] == '\n') ++held.scan;
        start_next_line(held, out);
    }
    void start_next_line(window& held, maybe& out) {
        if (header_.length != 0)
            start_payload(held);
        else
            end_without_payload(held, out);
    }
    void end_without_payload(window& held, maybe& out) {
        header_size_ = held.scan;
        holding_ = holding::whole;
        end_message(held, 0, header_.length != 0, out);
    }

    // The header as it was read, its topic where it is now: buffers may be swapped.
    const message_header& header(const window& held) {
        const std::string_view raw = held.view(topic_, topic_ + header_.topic.raw().size());
        header_.topic = text::from_wire(raw, header_.topic.is_escaped());
        return header_;
    }

    // --- the payload ---

    void start_payload(window& held) {
        header_size_ = held.scan;
        if (held.capacity() < header_size_ + 2) return decline();
        left_ = header_.length;
        holding_ = holding::whole;
        state_ = left_ != 0 ? state::payload : state::after;
        if (fits(held.capacity() - 2 - header_size_)) return;
        if (is_limit_believed()) return (void)(state_ = state::seek);
        holding_ = options_.pieces ? holding::pieces : holding::nothing;
        state_ = state::skip;
    }
    bool fits(std::size_t room) const {
        return header_.length <= (options_.payload_limit != 0 ? options_.payload_limit : room);
    }
    // What is past the limit has a wrong count, then.
    bool is_limit_believed() const {
        return options_.payload_limit != 0 && options_.policy == length_policy::line_end && !options_.pieces;
    }

    void count(window& held) {
        const std::size_t came = held.size() - header_size_;
        const bool full = came >= header_.length;
        held.scan = header_size_ + (full ? header_.length : came);
        if (full) state_ = state::after;
    }

    void skip(window& held, maybe& out) {
        const std::size_t came = held.size() - held.scan;
        const std::size_t some = came < left_ ? came : left_;
        left_ -= static_cast<std::uint32_t>(some);
        remember_tail(held.view(held.scan, held.scan + some));
        if (left_ == 0) state_ = state::after;
        if (holding_ == holding::pieces)
            give_piece(held, some, out);
        else
            held.forget(some);
    }
    void give_piece(const window& held, std::size_t some, maybe& out) {
        auto& found = detail::begin<from_modem::piece>(out);
        found.header = header(held);
        found.offset = offset_;
        found.bytes = held.view(held.scan, held.scan + some);
        found.size = some + header_size_ - told_;
        told_ = header_size_;
        offset_ += some;
        given_ = some;
    }

    bool look_for_end(window& held, maybe& out) {
        const std::string_view next = held.ahead();
        if (are_same(next, "\r"sv)) return false;
        if (begins_with(next, "\r\n"sv)) {
            held.scan += 2;
            end_message(held, header_.length, false, out);
        } else if (holding_ == holding::whole && options_.policy == length_policy::line_end) {
            held.scan = header_size_;
            state_ = state::seek;
        } else if (counted_too_far(held)) {
            end_message(held, header_.length - 2, true, out);
        } else {
            state_ = state::drop;
        }
        return true;
    }
    // Whether the count took in the line end: the text printed was two short.
    bool counted_too_far(const window& held) const {
        if (holding_ != holding::whole) return tail_[0] == '\r' && tail_[1] == '\n';
        return ends_with(held.view(header_size_, header_size_ + header_.length), "\r\n"sv);
    }
    void remember_tail(std::string_view some) {
        if (some.empty()) return;
        tail_[0] = some.size() == 1 ? tail_[1] : some[some.size() - 2];
        tail_[1] = some.back();
    }

    bool look_for_line_end(window& held, maybe& out) {
        for (; held.scan + 1 < held.size(); ++held.scan) {
            if (held[held.scan] == '\r' && held[held.scan + 1] == '\n') {
                end_at_line_end(held, out);
                return true;
            }
        }
        return false;
    }
    void end_at_line_end(window& held, maybe& out) {
        const std::size_t size = held.scan - header_size_;
        held.scan += 2;
        end_message(held, size, true, out);
    }

    void look_for_end_of_line(window& held, maybe& out) {
        const std::string_view next = held.ahead();
        const std::size_t at = index_of(next, "\n"sv);
        const bool is_there = at != next.size();
        held.forget(is_there ? at + 1 : at);
        if (is_there) end_message(held, header_.length, true, out);
    }

    void end_message(window& held, std::size_t size, bool mismatch, maybe& out) {
        const std::size_t kept = holding_ == holding::whole ? size : 0;
        const std::string_view payload = held.view(header_size_, header_size_ + kept);
        const message_header& h = header(held);
        const std::size_t covered = held.end_item() - told_;
        state_ = state::ended;
        if (holding_ == holding::nothing) {
            auto& found = detail::begin<from_modem::too_large>(out);
            found.header = h;
            found.mismatch = mismatch;
            found.size = covered;
        } else if (holding_ == holding::pieces) {
            auto& found = detail::begin<from_modem::piece>(out);
            found.header = h;
            found.offset = offset_;
            found.last = true;
            found.mismatch = mismatch;
            found.size = covered;
        } else {
            auto& found = detail::begin<from_modem::message>(out);
            found.what = {h.dup, h.level, h.retained, h.id, h.topic, h.length, payload};
            found.mismatch = mismatch;
            found.size = covered;
        }
    }

    // No more bytes come: the count is full but for its line end, or it is not.
    void end_by_silence(window& held, maybe& out) {
        const bool full = state_ == state::after && !counted_too_far(held);
        if (full || holding_ != holding::whole || state_ == state::drop) {
            held.scan = held.size();
            return end_message(held, header_.length, !full, out);
        }
        if (state_ == state::after && options_.policy == length_policy::counted) {
            held.scan = header_size_ + header_.length;
            return end_message(held, header_.length - 2, true, out);
        }
        end_at_what_came(held, out);
    }
    // Up to its line end, if that is looked for and here.
    void end_at_what_came(window& held, maybe& out) {
        const std::string_view came = held.view(header_size_, held.size());
        const std::size_t at = options_.policy == length_policy::counted ? came.size() : index_of(came, "\r\n"sv);
        held.scan = header_size_ + at;
        if (at == came.size())
            end_message(held, came.size(), true, out);
        else
            end_at_line_end(held, out);
    }

    line_reader_options options_;
    message_header header_ = {};   // its topic is read through topic_
    std::size_t colon_ = 0;        // where the head ends
    std::size_t topic_ = 0;        // where the topic starts
    std::size_t header_size_ = 0;  // bytes up to the payload
    std::size_t offset_ = 0;       // bytes of the payload given in pieces
    std::size_t told_ = 0;         // bytes of the window that the sizes of pieces have covered
    std::size_t given_ = 0;        // bytes of the last piece, still in the window
    std::uint32_t left_ = 0;       // bytes of the count to skip
    char tail_[2] = {};            // the last bytes of a payload that is not held
    state state_ = state::header;
    holding holding_ = holding::whole;
    std::uint8_t commas_ = 0;
    quotes quotes_ = quotes::none;
    bool crossed_ = false;  // a line end was passed inside the topic
};

}  // namespace atmqtt
