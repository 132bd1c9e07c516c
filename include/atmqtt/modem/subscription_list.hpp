// The topics that a host has subscribed to.                                                           [2.3.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../mqtt/types.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace atmqtt {

/// Topic filters with the QoS granted, in the order of their subscription, in memory that the caller lends.
class subscription_list {
public:
    /// One of them. A view of the lent memory, until the list changes.
    struct entry {
        std::string_view topic = {};
        qos level = qos::at_most_once;
        bool is_granted = true;  ///< that the broker has said so
    };
    /// Bytes that an entry needs beside its topic.
    static constexpr std::size_t overhead = 3;

    /// At most 65535 bytes are used.
    explicit subscription_list(buffer lent) : lent_(lent.data(), lent.size() < 65535 ? lent.size() : 65535) {}
    /// Goes on in memory of the same size, into which the caller has copied that of the one before.
    void rebind(buffer lent) { lent_ = {lent.data(), lent_.size()}; }

    void clear() { used_ = 0; }
    bool has(std::string_view topic) const { return find(topic) != used_; }
    /// Removes it where it is in doubt; true if it is there for sure.
    bool settle(std::string_view topic) {
        const std::size_t at = find(topic);
        if (at == used_) return false;
        const bool is_sure = (level_at(at) & doubtful) == 0;
        if (!is_sure) erase(at);
        return is_sure;
    }
    bool has_room_for(std::string_view topic) const {
        return lent_.size() - used_ >= overhead && lent_.size() - used_ - overhead >= topic.size();
    }
    /// Adds one that is not there. False if there is no room.
    bool add(std::string_view topic, qos granted) { return add(topic, static_cast<char>(granted)); }
    /// Adds one of which it is not known whether the broker has it: it is in doubt, and not granted.
    bool add_unknown(std::string_view topic) { return add(topic, doubtful | unknown); }
    /// Whether the broker still has it is not known: it may be subscribed to, and unsubscribed from.
    void doubt(std::string_view topic) {
        const std::size_t at = find(topic);
        if (at != used_) lent_.data()[at + 2] |= doubtful;
    }
    /// The same of all.
    void doubt_all() {
        for (std::size_t at = 0; at != used_; at = behind(at)) lent_.data()[at + 2] |= doubtful;
    }
    void remove(std::string_view topic) {
        const std::size_t at = find(topic);
        if (at != used_) erase(at);
    }

    /// Walks over the list: `at` is 0 for the first, then what `behind` gives, and `end` behind the last.
    std::size_t end() const { return used_; }
    entry operator[](std::size_t at) const {
        const char level = level_at(at);
        return {{lent_.data() + at + overhead, size_at(at)}, static_cast<qos>(level & 3), (level & unknown) == 0};
    }
    std::size_t behind(std::size_t at) const { return at + overhead + size_at(at); }

private:
    static constexpr char doubtful = 0x40;  // beside its QoS
    static constexpr char unknown = 0x20;   // there was none

    bool add(std::string_view topic, char level) {
        if (!has_room_for(topic)) return false;
        char* const to = lent_.data() + used_;
        to[0] = static_cast<char>(topic.size() >> 8);
        to[1] = static_cast<char>(topic.size() & 0xFF);
        to[2] = level;
        detail::copy(to + overhead, topic);
        used_ = static_cast<std::uint16_t>(used_ + overhead + topic.size());
        return true;
    }
    char level_at(std::size_t at) const { return lent_.data()[at + 2]; }
    void erase(std::size_t at) {
        const std::size_t next = behind(at);
        std::memmove(lent_.data() + at, lent_.data() + next, used_ - next);
        used_ = static_cast<std::uint16_t>(used_ - (next - at));
    }
    std::size_t size_at(std::size_t at) const {
        return static_cast<std::size_t>(static_cast<unsigned char>(lent_.data()[at])) << 8 |
               static_cast<unsigned char>(lent_.data()[at + 1]);
    }
    std::size_t find(std::string_view topic) const {
        std::size_t at = 0;
        while (at != used_ && (*this)[at].topic != topic) at = behind(at);
        return at;
    }

    buffer lent_;
    std::uint16_t used_ = 0;
};

}  // namespace atmqtt
