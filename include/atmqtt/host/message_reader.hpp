// +MQTTPUBLISH within a stream: its header up to the count, its payload by the count.                     [2.4.1]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
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
    void start() {
        state_ = state::header;
        commas_ = 0;
        crossed_ = false;
        offset_ = told_ = given_ = 0;
    }

    /// Looks at the bytes ahead. Gives nothing when it needs more, or has `declined`.
    std::optional<from_modem::event> step(window& held, std::size_t limit) {
        if (given_ != 0) {
            held.forget(given_, true);
            given_ = 0;
        }
        for (;;) {
            if (held.done()) return std::nullopt;
            const state before = state_;
            if (auto found = look(held, limit)) return found;
            if (state_ == before) return std::nullopt;
        }
    }

    /// What looked like a message is none: it is to be read as a line, from its start on.
    bool declined() const { return state_ == state::declined; }

    /// Whether silence ends what is being read.
    bool is_waiting() const { return state_ == state::header ? crossed_ : state_ != state::declined; }

    /// Ends the message where the bytes end, if `is_waiting`. Gives nothing when it has `declined`.
    std::optional<from_modem::event> stop_waiting(window& held) {
        if (state_ == state::header) return go(state::declined);
        if (state_ == state::header_cr) return end_without_payload(held);
        return end_by_silence(held);
    }

    /// The window is full: the payload does not fit although a limit was set that promised it, or its end is not in sight.
    void stop_holding(window& held) {
        const std::size_t came = held.size() - header_size_;
        left_ = came < header_.length ? header_.length - static_cast<std::uint32_t>(came) : 0;
        holding_ = holding::nothing;
        held.scan = header_size_;
        held.forget(came);
        state_ = left_ != 0 ? state::skip : state::drop;
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
    };
    enum class holding : std::uint8_t { whole, pieces, nothing };

    maybe look(window& held, std::size_t limit) {
        switch (state_) {
            case state::header: return look_for_payload(held, limit);
            case state::header_cr: return look_for_lf(held);
            case state::payload: return count(held);
            case state::skip: return skip(held);
            case state::after: return look_for_end(held);
            case state::seek: return look_for_line_end(held);
            case state::drop: return look_for_end_of_line(held);
            case state::declined: return std::nullopt;
        }
        return std::nullopt;
    }
    maybe go(state next) {
        state_ = next;
        return std::nullopt;
    }

    // --- the header ---

    maybe look_for_payload(window& held, std::size_t limit) {
        for (; !held.done(); ++held.scan) {
            const char byte = held[held.scan];
            const bool ends_line = byte == '\r' || byte == '\n';
            if (held.scan == limit && !ends_line) return go(state::declined);
            if (!ends_line && byte != ',') continue;
            if (in_quotes(held)) {
                crossed_ = crossed_ || ends_line;
                continue;
            }
            if (ends_line) return commas_ == 5 && options_.may.next_line_payload ? end_header(held) : go(state::declined);
            if (++commas_ == 4) topic_ = held.scan + 1;
            if (commas_ == 6) return end_header(held);
        }
        return std::nullopt;
    }

    // Whether the scan is inside a quoted topic: behind its opening quote, not right behind its closing one.
    bool in_quotes(const window& held) const {
        if (commas_ != 4) return false;
        std::string_view topic = held.view(topic_, held.scan);
        while (options_.may.field_blanks && begins_with(topic, " ")) topic.remove_prefix(1);
        if (begins_with(topic, "\"")) return topic.size() == 1 || topic.back() != '"' || topic[topic.size() - 2] == '\\';
        const bool curly = options_.may.curly_quotes && detail::is_curly_quote(topic);
        return curly && (topic.size() < 6 || !detail::is_curly_quote(rest(topic, topic.size() - 3)));
    }

    maybe end_header(window& held) {
        const auto read = parse<message_header>(held.view(0, held.scan), options_.may);
        if (!read) return go(state::declined);
        header_ = *read;
        topic_ = static_cast<std::size_t>(read->topic.raw().data() - held.data());
        const char end = held[held.scan++];
        if (end == '\r') return go(state::header_cr);
        return end == '\n' ? start_next_line(held) : start_payload(held);
    }
    maybe look_for_lf(window& held) {
        if (held[held.scan] == '\n') ++held.scan;
        return start_next_line(held);
    }
    maybe start_next_line(window& held) {
        if (header_.length != 0) return start_payload(held);
        return end_without_payload(held);
    }
    maybe end_without_payload(window& held) {
        header_size_ = held.scan;
        holding_ = holding::whole;
        return end_message(held, 0, header_.length != 0);
    }

    // The header as it was read, its topic where it is now: buffers may be swapped.
    message_header header(const window& held) const {
        message_header now = header_;
        const std::string_view raw = held.view(topic_, topic_ + header_.topic.raw().size());
        now.topic = text::from_wire(raw, header_.topic.is_escaped());
        return now;
    }

    // --- the payload ---

    maybe start_payload(window& held) {
        header_size_ = held.scan;
        if (held.capacity() < header_size_ + 2) return go(state::declined);
        left_ = header_.length;
        const std::size_t room = held.capacity() - 2 - header_size_;
        const bool fits = header_.length <= (options_.payload_limit != 0 ? options_.payload_limit : room);
        holding_ = fits ? holding::whole : options_.pieces ? holding::pieces : holding::nothing;
        return go(fits ? state::payload : state::skip);
    }

    maybe count(window& held) {
        const std::size_t came = held.size() - header_size_;
        if (came < header_.length) {
            held.scan = held.size();
            return std::nullopt;
        }
        held.scan = header_size_ + header_.length;
        return go(state::after);
    }

    maybe skip(window& held) {
        const std::size_t came = held.size() - held.scan;
        const std::size_t count = came < left_ ? came : left_;
        left_ -= static_cast<std::uint32_t>(count);
        if (left_ == 0) state_ = state::after;
        if (holding_ == holding::pieces) return give_piece(held, count);
        held.forget(count);
        return std::nullopt;
    }
    maybe give_piece(const window& held, std::size_t count) {
        const std::size_t size = count + header_size_ - told_;
        const from_modem::piece found{header(held), offset_, held.view(held.scan, held.scan + count), false, false, size};
        told_ = header_size_;
        offset_ += count;
        given_ = count;
        return found;
    }

    maybe look_for_end(window& held) {
        const std::string_view next = held.ahead();
        if (next == "\r") return std::nullopt;
        if (begins_with(next, "\r\n")) {
            held.scan += 2;
            return end_message(held, header_.length, false);
        }
        if (holding_ == holding::whole && options_.policy == length_policy::line_end) {
            held.scan = header_size_;
            return go(state::seek);
        }
        if (counted_too_far(held)) return end_message(held, header_.length - 2, true);
        return go(state::drop);
    }
    // Whether the count took in the line end: the text printed was two short.
    bool counted_too_far(const window& held) const {
        return holding_ == holding::whole && ends_with(held.view(header_size_, header_size_ + header_.length), "\r\n");
    }

    maybe look_for_line_end(window& held) {
        for (; held.scan + 1 < held.size(); ++held.scan) {
            if (held[held.scan] == '\r' && held[held.scan + 1] == '\n') return end_at_line_end(held);
        }
        return std::nullopt;
    }
    maybe end_at_line_end(window& held) {
        const std::size_t size = held.scan - header_size_;
        held.scan += 2;
        return end_message(held, size, true);
    }

    maybe look_for_end_of_line(window& held) {
        const std::string_view next = held.ahead();
        const std::size_t at = next.find('\n');
        held.forget(at == next.npos ? next.size() : at + 1);
        if (at == next.npos) return std::nullopt;
        return end_message(held, header_.length, true);
    }

    maybe end_message(window& held, std::size_t size, bool mismatch) {
        const message_header h = header(held);
        const std::string_view payload = held.view(header_size_, header_size_ + (holding_ == holding::whole ? size : 0));
        const std::size_t covered = held.end_item() - told_;
        if (holding_ == holding::nothing) return from_modem::too_large{h, mismatch, covered};
        if (holding_ == holding::pieces) return from_modem::piece{h, offset_, {}, true, mismatch, covered};
        return from_modem::message{{h.dup, h.level, h.retained, h.id, h.topic, h.length, payload}, mismatch, covered};
    }

    // No more bytes come: the count is full but for its line end, or it is not.
    maybe end_by_silence(window& held) {
        const std::string_view came = held.view(header_size_, held.size());
        const bool full = state_ == state::after && !counted_too_far(held);
        if (full || holding_ != holding::whole || state_ == state::drop) {
            held.scan = held.size();
            return end_message(held, header_.length, !full);
        }
        if (state_ == state::after && options_.policy == length_policy::counted) {
            held.scan = header_size_ + header_.length;
            return end_message(held, header_.length - 2, true);
        }
        const std::size_t at = options_.policy == length_policy::counted ? came.npos : came.find("\r\n");
        held.scan = at == came.npos ? held.size() : header_size_ + at;
        return at == came.npos ? end_message(held, came.size(), true) : end_at_line_end(held);
    }

    line_reader_options options_;
    message_header header_ = {};    // its topic is read through topic_
    std::size_t topic_ = 0;         // where the topic starts
    std::size_t header_size_ = 0;   // bytes up to the payload
    std::size_t offset_ = 0;        // bytes of the payload given in pieces
    std::size_t told_ = 0;          // bytes of the window that the sizes of pieces have covered
    std::size_t given_ = 0;         // bytes of the last piece, still in the window
    std::uint32_t left_ = 0;        // bytes of the count to skip
    state state_ = state::header;
    holding holding_ = holding::whole;
    std::uint8_t commas_ = 0;
    bool crossed_ = false;          // a line end was passed inside the topic
};

}  // namespace atmqtt
