// Bytes from a broker -> MQTT packets, by any chunking, in memory that the caller lends.            (MQTT 2.2)
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "../core/result.hpp"
#include "../mqtt/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <variant>

namespace atmqtt {

/// What comes from a broker. In each, `size` counts the bytes of input that the event covers: every byte is in exactly one
/// event, in order. Views are valid until the next call of the reader.
namespace from_broker {

/// One packet. `mqtt::decode` says which it is, and whether it is one.
struct packet {
    std::uint8_t first = 0;  ///< type and flags
    std::string_view body = {};
    std::size_t size = 0;
};

/// A packet whose body is larger than the buffer. It was skipped, but for its beginning.
struct too_large {
    std::uint8_t first = 0;
    std::uint32_t length = 0;     ///< bytes of the body
    std::string_view begin = {};  ///< of the body: as much as the buffer holds
    std::size_t size = 0;
};

/// A remaining length that MQTT forbids. Where the next packet begins cannot be told any more: until `reset` all further bytes
/// are `malformed` too.
struct malformed {
    error why = {};
    std::size_t size = 0;
};

using event = std::variant<packet, too_large, malformed>;

/// The bytes of input that an event covers.
constexpr std::size_t size_of(const event& found) {
    return match(found, [](const auto& one) { return one.size; });
}

}  // namespace from_broker

/// Splits what a broker sends into events of `from_broker`.
///
/// Call `receive` with what has come until it gives nothing. The buffer holds the body of one packet; a length is compared with
/// its size, and never becomes memory. Whether a packet comes whole depends on its length and the buffer alone.
class packet_reader {
public:
    using event = from_broker::event;

    explicit packet_reader(buffer lent) : lent_(lent) {}

    /// Goes on in another buffer of the same size, into which the caller has copied the first `used` bytes of the one before.
    void rebind(buffer lent) { lent_ = lent; }
    std::size_t used() const { return came_ < lent_.size() ? came_ : lent_.size(); }

    /// Forgets what is held: another connection begins.
    void reset() {
        length_ = {};
        state_ = state::first;
        came_ = 0;
    }

    /// Takes bytes from the front of `input` and gives the next event; nothing once all are taken.
    std::optional<event> receive(std::string_view& input) {
        const std::size_t came = (state_ == state::length ? header_size() : 0) + input.size();
        switch (read(input)) {
            case found::packet: return from_broker::packet{first_, body(), header_size() + came_};
            case found::too_large: return from_broker::too_large{first_, came_, body(), header_size() + came_};
            case found::malformed: return from_broker::malformed{why(), came};
            case found::nothing: break;
        }
        return std::nullopt;
    }

    /// What `read` found.
    enum class found : std::uint8_t { nothing, packet, too_large, malformed };

    /// The same in two steps, for those who need no event: takes bytes and tells what is there, to be asked for by the calls
    /// below until the next `read`.
    found read(std::string_view& input) {
        if (state_ == state::broken && input.empty()) return found::nothing;
        while (!input.empty() && state_ < state::body) take_header(input);
        if (state_ == state::body) return take_body(input);
        if (state_ != state::broken) return found::nothing;
        input = {};
        return found::malformed;
    }
    std::uint8_t first_byte() const { return first_; }
    /// The body, or as much of it as the buffer holds.
    std::string_view body() const { return {lent_.data(), used()}; }
    /// Bytes of the whole body.
    std::uint32_t length() const { return length_.value(); }
    /// Of what is malformed.
    error why() const { return {errc::bad_length, mqtt::field::remaining_length, length_.count()}; }

private:
    enum class state : std::uint8_t { first, length, body, broken };

    // Once it is whole.
    std::size_t header_size() const { return 1 + length_.count(); }

    void take_header(std::string_view& input) {
        const auto byte = static_cast<std::uint8_t>(input.front());
        input.remove_prefix(1);
        if (state_ == state::first) {
            reset();
            first_ = byte;
            state_ = state::length;
            return;
        }
        switch (length_.take(byte)) {
            case mqtt::length_reader::state::more: return;
            case mqtt::length_reader::state::done: state_ = state::body; return;
            case mqtt::length_reader::state::malformed: state_ = state::broken; return;
        }
    }
    found take_body(std::string_view& input) {
        const std::string_view came = first(input, length() - came_);
        const std::string_view kept = first(came, lent_.size() - used());
        if (!kept.empty()) std::memcpy(lent_.data() + used(), kept.data(), kept.size());
        came_ += static_cast<std::uint32_t>(came.size());
        input.remove_prefix(came.size());
        if (came_ != length()) return found::nothing;
        state_ = state::first;
        return came_ > lent_.size() ? found::too_large : found::packet;
    }

    state state_ = state::first;
    std::uint8_t first_ = 0;
    mqtt::length_reader length_ = {};
    std::uint32_t came_ = 0;  // bytes of the body
    buffer lent_;
};

}  // namespace atmqtt
