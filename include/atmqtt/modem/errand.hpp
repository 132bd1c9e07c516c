// The command that a modem has under way, and what it needs of it until it is done.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/text.hpp"
#include "../at/types.hpp"
#include "../core/buffer.hpp"
#include "../mqtt/packets.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::detail {

/// What is under way.
enum class task : std::uint8_t {
    none,
    open,
    subscribe,
    unsubscribe,
    count,  ///< counted data are awaited: no task for the broker yet
    publish,
    list,
    disconnect,
};

/// A task, and a topic with a payload behind it in memory that the caller lends: that of the command line, of which no more is
/// needed then.
class errand {
public:
    task what = task::none;
    qos level = qos::at_most_once;  ///< of a message
    bool retain = false;            ///< of a message

    explicit errand(buffer lent) : lent_(lent) {}
    /// Goes on in memory of the same size, into which the caller has copied that of the one before.
    void rebind(buffer lent) { lent_ = lent; }

    /// Whether the broker's answer ends it.
    bool is_request() const { return what == task::subscribe || what == task::unsubscribe || what == task::publish; }

    /// Whether there is room for a topic, of what an answer can name, and so many bytes.
    bool has_room(const text& topic, std::size_t payload) const {
        const std::size_t size = topic.size();
        return size <= limits::topic && size <= lent_.size() && payload <= lent_.size() - size;
    }
    /// Copies a topic to the front, unescaped, and gives it; it may stand further behind in the same memory. Where there is no room it
    /// is empty, which is no topic.
    std::string_view keep(const text& topic) {
        topic_size_ = payload_size_ = 0;
        topic_size_ = copy(topic);
        return kept_topic();
    }
    /// Copies a payload behind it, unescaped. There must be room, as for a piece.
    void keep_payload(const text& payload) { payload_size_ = copy(payload); }
    /// Copies a piece of a payload behind what is there.
    void append(std::string_view piece) {
        detail::copy(lent_.data() + topic_size_ + payload_size_, piece);
        payload_size_ += piece.size();
    }
    std::string_view kept_topic() const { return {lent_.data(), topic_size_}; }
    std::string_view kept_payload() const { return {lent_.data() + topic_size_, payload_size_}; }
    mqtt::publish message() const { return {kept_topic(), kept_payload(), 0, false, level, retain}; }

private:
    std::size_t copy(const text& from) {
        const auto copied = from.copy_to({lent_.data() + topic_size_, lent_.size() - topic_size_});
        return copied ? copied->size() : 0;
    }

    buffer lent_;
    std::size_t topic_size_ = 0;
    std::size_t payload_size_ = 0;
};

}  // namespace atmqtt::detail
