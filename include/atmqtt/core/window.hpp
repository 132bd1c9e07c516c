// A window on a stream of bytes, held in memory that the caller lends: the item being read, and what came behind it.
// SPDX-License-Identifier: MIT
#pragma once

#include "buffer.hpp"

#include <cstddef>
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
    bool done() const { return scan == size(); }

    /// Takes from the front of `input` what there is room for; false if there is none.
    bool take(std::string_view& input) {
        if (begin_ == end_) begin_ = end_ = 0;
        if (end_ == capacity() && !make_room()) return false;
        const std::size_t room = capacity() - end_;
        const std::size_t count = input.size() < room ? input.size() : room;
        if (count == 1)  // from a UART: 30 instructions less than by memcpy
            lent_.data()[end_] = input.front();
        else
            std::memcpy(lent_.data() + end_, input.data(), count);
        end_ += count;
        input.remove_prefix(count);
        return true;
    }

    /// Where all that is held was looked at: takes bytes and counts them as looked at, up to a CR, an LF or `stop`, until
    /// `most` are held.
    void take_until(char stop, std::string_view& input, std::size_t most) {
        const std::size_t wanted = most - scan;
        const std::size_t room = capacity() - end_;
        std::size_t count = input.size() < room ? input.size() : room;
        if (count > wanted) count = wanted;
        const char* const from = input.data();
        char* const to = lent_.data() + end_;
        std::size_t taken = 0;
        for (; taken != count; ++taken) {
            const char byte = from[taken];
            if (byte == stop || byte == '\r' || byte == '\n') break;
            to[taken] = byte;
        }
        input.remove_prefix(taken);
        end_ += taken;
        scan += taken;
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
    void clear() { begin_ = end_ = scan = gone_ = 0; }

private:
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
};

}  // namespace atmqtt
