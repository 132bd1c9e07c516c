// A window on a stream of bytes, held in memory that the caller lends: the item being read, and what came behind it.
// SPDX-License-Identifier: MIT
#pragma once

#include "buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace atmqtt {

/// The bytes of a stream from the start of the item being read on, in one piece. Positions count from there.
///
/// Bytes stay where they are until `take` or `forget`: views of an item that has ended are good until then.
class window {
public:
    /// How far the item was looked at.
    std::size_t scan = 0;

    /// Goes on in `lent`, into which the caller has copied the first `used` bytes of the buffer before.
    void lend(buffer lent) { lent_ = lent; }
    /// Bytes of the lent buffer.
    std::size_t capacity() const { return lent_.size(); }
    /// Bytes of the lent buffer in use, from its front on.
    std::size_t used() const { return end_; }

    /// Bytes held, from the start of the item on.
    std::size_t size() const { return end_ - begin_; }
    const char* data() const { return lent_.data() + begin_; }
    char operator[](std::size_t at) const { return data()[at]; }
    std::string_view view(std::size_t from, std::size_t to) const { return {data() + from, to - from}; }
    /// What was not looked at yet.
    std::string_view ahead() const { return view(scan, size()); }
    /// Whether all that is held was looked at.
    [[gnu::always_inline]] bool done() const { return scan == size(); }

    /// Takes from the front of `input` what there is room for; false if there is none.
    bool take(std::string_view& input) {
        if (begin_ == end_) begin_ = end_ = 0;
        if (end_ == capacity() && !make_room()) return false;
        const std::size_t room = capacity() - end_;
        const std::size_t count = input.size() < room ? input.size() : room;
        end_ += copy_all(lent_.data() + end_, input.data(), count);
        input.remove_prefix(count);
        return true;
    }

    // A stream that comes byte by byte spends its instructions between the bytes that mean something. What is left to do there
    // is decided once, by `quieten`, and not again for each byte.

    /// From here on no byte means anything but CR, LF and the `count`-th `stop`, until `most` bytes are held: `skim` may take
    /// them. `count` is 1 and more. Where not all that is held was looked at, nothing may be skimmed.
    void quieten(char stop, std::size_t most, std::uint8_t count = 1) {
        quieten_until(most);
        stop_ = stop;
        stops_ = counted_ = count;
    }
    /// No byte means anything until `most` bytes are held.
    void quieten(std::size_t most) {
        quieten_until(most);
        stops_ = counted_ = 0;
    }
    /// Each byte is to be looked at again.
    void listen() { quiet_end_ = 0; }
    /// How many stops were skimmed since `quieten`, or since this was asked last. The one that ends it is never among them.
    std::uint8_t take_passed() {
        const auto passed = static_cast<std::uint8_t>(counted_ - stops_);
        counted_ = stops_;
        return passed;
    }

    /// Takes from the front of `input` what means nothing, and counts it as looked at. Whether that was all of it; false where
    /// nothing may be skimmed, even if `input` is empty.
    bool skim(std::string_view& input) {
        if (end_ >= quiet_end_) return false;
        const std::size_t quiet = quiet_end_ - end_;
        const std::size_t count = input.size() < quiet ? input.size() : quiet;
        char* const to = lent_.data() + end_;
        const std::size_t taken = stops_ == 0 ? copy_all(to, input.data(), count) : copy_quiet(to, input.data(), count);
        end_ += taken;
        scan += taken;
        input.remove_prefix(taken);
        return input.empty();
    }

    /// Drops `count` bytes at `scan`. They belong to the item all the same, unless they were `told`.
    void forget(std::size_t count, bool told = false) {
        char* const hole = lent_.data() + begin_ + scan;
        std::memmove(hole, hole + count, size() - scan - count);
        end_ -= count;
        gone_ += told ? 0 : count;
    }
    /// Drops all of the item that was looked at: cheap, where nothing of it is needed.
    void forget_scanned() {
        gone_ += scan;
        begin_ += scan;
        scan = 0;
    }

    /// Moves `scan` ahead to where a `stop`, CR or LF is held; no further than `most`.
    void skip_to(char stop, std::size_t most) {
        const std::size_t end = most < size() ? most : size();
        const char* const bytes = data();
        std::size_t at = scan;
        while (at < end && !is_stop(bytes[at], stop)) ++at;
        scan = at;
    }

    /// Bytes of the item up to `scan`, those that are gone included.
    std::size_t item_size() const { return gone_ + scan; }
    /// Ends the item at `scan` and gives its size; the next one starts there.
    std::size_t end_item() {
        const std::size_t size = item_size();
        forget_scanned();
        gone_ = 0;
        return size;
    }

    /// Lets go of everything.
    void clear() { begin_ = end_ = scan = gone_ = quiet_end_ = 0; }

private:
    static bool is_stop(char byte, char stop) { return byte == stop || is_line_end(byte); }
    void quieten_until(std::size_t most) {
        const std::size_t room = capacity() - begin_;
        quiet_end_ = done() ? begin_ + (most < room ? most : room) : 0;
    }
    std::size_t copy_quiet(char* to, const char* from, std::size_t count) {
        std::size_t at = 0;
        for (; at != count; ++at) {
            const char byte = from[at];
            if (byte == stop_ && stops_ != 1)
                --stops_;
            else if (is_stop(byte, stop_))
                break;
            to[at] = byte;
        }
        return at;
    }
    static std::size_t copy_all(char* to, const char* from, std::size_t count) {
        if (count == 1)  // from a UART: 30 instructions less than by memcpy
            *to = *from;
        else if (count != 0)  // an empty view may have no address
            std::memcpy(to, from, count);
        return count;
    }
    bool make_room() {
        if (begin_ == 0) return false;
        std::memmove(lent_.data(), data(), size());
        end_ -= begin_;
        begin_ = 0;
        return true;
    }

    buffer lent_ = {};
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t gone_ = 0;
    std::size_t quiet_end_ = 0;  // what comes up to here is for skim
    char stop_ = '\0';
    std::uint8_t stops_ = 0;    // how many are to come, the one that ends it included; 0: no byte is one
    std::uint8_t counted_ = 0;  // how many were, when take_passed was asked last
};

}  // namespace atmqtt
