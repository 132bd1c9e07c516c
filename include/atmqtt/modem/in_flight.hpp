// The packet identifiers of a session that are in use, in memory that the caller lends.          (MQTT 2.3.1, 4.3, 4.4)
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../mqtt/types.hpp"

#include <cstddef>
#include <cstdint>

namespace atmqtt {

/// What is still to be done about an identifier. The first four are the broker's, the others our own.
enum class in_flight_state : std::uint8_t {
    owes_puback,   ///< a QoS 1 message came
    owes_pubrec,   ///< a QoS 2 message came, perhaps once more
    received,      ///< PUBREC was sent: the same message is not delivered again before PUBREL comes
    owes_pubcomp,  ///< PUBREL came
    sent,          ///< our QoS 2 message is on its way: PUBREC is due
    owes_pubrel,   ///< PUBREC came, perhaps once more
    released,      ///< PUBREL was sent: PUBCOMP is due, and the message is not sent again
    owes_stray,    ///< PUBREC came for an identifier that is not known: PUBREL, and nothing is expected
};

/// Whether an answer is to be sent.
constexpr bool owes_answer(in_flight_state state) {
    return state != in_flight_state::received && state != in_flight_state::sent && state != in_flight_state::released;
}

/// One identifier in use: four bytes of what the caller lends.
struct in_flight {
    packet_id id = 0;
    in_flight_state state = {};
};

/// Identifiers in use, in the order in which they are to be answered. All that it does is linear in their number.
class in_flight_list {
public:
    /// The first 65535 are used; any type of size will do.
    in_flight_list(in_flight* lent, std::size_t count)
        : lent_(lent), capacity_(static_cast<std::uint16_t>(count < 65535 ? count : 65535)) {}

    void rebind(in_flight* lent) { lent_ = lent; }

    std::size_t size() const { return size_; }
    std::size_t room() const { return capacity_ - size_; }
    in_flight& operator[](std::size_t at) { return lent_[at]; }
    const in_flight& operator[](std::size_t at) const { return lent_[at]; }

    /// The place of an identifier in one of the states `from` to `to`; `size` if there is none.
    std::size_t find(packet_id id, in_flight_state from, in_flight_state to) const {
        std::size_t at = 0;
        while (at != size_ && (lent_[at].id != id || lent_[at].state < from || lent_[at].state > to)) ++at;
        return at;
    }
    /// Puts one behind the others. There must be room.
    void add(packet_id id, in_flight_state state) { lent_[size_++] = {id, state}; }
    void remove(std::size_t at) {
        --size_;
        for (; at != size_; ++at) lent_[at] = lent_[at + 1];
    }
    /// Answers are given in the order of what they answer (MQTT 4.6.0-2..4): what is to be answered again goes to the end.
    void put_last(std::size_t at, in_flight_state state) {
        const packet_id id = lent_[at].id;
        remove(at);
        add(id, state);
    }
    /// Keeps the first `count`.
    void keep(std::size_t count) { size_ = static_cast<std::uint16_t>(count); }
    void clear() { size_ = 0; }

private:
    in_flight* lent_;
    std::uint16_t capacity_;
    std::uint16_t size_ = 0;
};

}  // namespace atmqtt
