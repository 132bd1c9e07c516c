// The one request that a session has under way: PUBLISH, SUBSCRIBE or UNSUBSCRIBE.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "../mqtt/codec.hpp"
#include "session_events.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::detail {

/// What is asked of the broker, how far that has come, and how it ended. It is kept as a PUBLISH, whose topic is the filter of
/// the others; topic and payload are borrowed.
struct request : mqtt::publish {
    using outcome = from_session::outcome;

    /// Where it stands.
    enum class progress : std::uint8_t {
        none,      ///< there is none
        queued,    ///< to be sent, or sent again
        sending,   ///< its bytes are being handed out, and must stay where they are
        awaiting,  ///< an answer is due
        finished,  ///< `how` it ended is to be told
    };

    packet_type type = {};
    bool was_offered = false;  ///< ours: to the socket, which may have taken a part before it was gone: then DUP is due
    progress at = progress::none;
    outcome how = outcome::none;  ///< known as soon as the answer is here, though it may still be `sending`
    std::uint8_t code = 0;        ///< of SUBACK

    bool is_none() const { return at == progress::none; }
    bool is_open() const { return at != progress::none && at != progress::finished; }
    bool is_queued() const { return at == progress::queued; }
    bool is_awaiting() const { return at == progress::awaiting; }
    bool is_finished() const { return at == progress::finished; }

    /// Whether it is over as soon as it is handed out.
    bool is_unanswered() const { return type == packet_type::publish && level == qos::at_most_once; }
    /// Whether it outlives its connection.
    bool is_kept() const { return type == packet_type::publish && level != qos::at_most_once; }
    /// Whether it is a QoS 2 message.
    bool is_exactly_once() const { return type == packet_type::publish && level == qos::exactly_once; }
    /// Whether an answer of this identifier is due to it.
    bool expects(packet_type asked, packet_id which) const {
        return type == asked && id == which && was_offered && how == outcome::none;
    }

    /// It has ended, which is to be told; what was known before stays.
    void finish(outcome with) {
        if (how == outcome::none) how = with;
        at = progress::finished;
    }

    /// Writes it, of PUBLISH all but the payload; gives the bytes. Topic and room were looked at before.
    [[gnu::always_inline]] std::size_t encode(buffer out) {
        writer io{out, payload.size()};
        dup = was_offered;  // but for a message of QoS 1 or 2 nothing is encoded twice
        const by_filter filter{id, topic, level};
        if (type == packet_type::publish)
            (void)mqtt::publish::fields(io, *this);
        else if (type == packet_type::subscribe)
            (void)mqtt::subscribe::fields(io, filter);
        else
            (void)mqtt::unsubscribe::fields(io, filter);
        return io.close(mqtt::detail::first_byte_of(type))->size();
    }

private:
    // What `sender::ask` looked at is not looked at again.
    struct writer : mqtt::byte_writer {
        using byte_writer::byte_writer;
        bool level(unsigned place, qos from) { return bits(place, static_cast<unsigned>(from)); }
        bool id(packet_id from) { return number(mqtt::field::packet_id, from); }
        bool choice(param name, qos from, qos) { return byte_writer::choice(name, from, from); }
        bool topic_name(param name, const std::string_view& from) { return binary(name, from); }
        bool topic_filter(const std::string_view& from) { return binary(mqtt::field::filter, from); }
        bool filters(std::string_view, bool) { return true; }  // it has one filter, and no more behind it
        bool payload(const std::string_view& from) { return leave_out(from); }
        bool check(bool, param) { return true; }
    };
    // The request as SUBSCRIBE and UNSUBSCRIBE name its members.
    struct by_filter {
        const packet_id& id;
        const std::string_view& filter;
        const qos& level;
        std::string_view more = {};
    };
};

}  // namespace atmqtt::detail
