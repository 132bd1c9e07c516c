// The packet identifiers of a session that are in use, and what is owed for each.              (MQTT 2.3.1, 4.3, 4.4, 4.6)
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../mqtt/codec.hpp"
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
    queued,        ///< our QoS 2 message is to be sent
    sent,          ///< it is on its way: PUBREC is due
    owes_pubrel,   ///< PUBREC came, perhaps once more
    released,      ///< PUBREL was sent: PUBCOMP is due, and the message is never sent again
    owes_stray,    ///< PUBREC came for an identifier that is not known: PUBREL, and then it is forgotten
};

/// One identifier in use: four bytes of what the caller lends.
struct in_flight {
    packet_id id = 0;
    in_flight_state state = {};
};

/// The identifiers in use, in the order in which they are to be answered (MQTT 4.6.0-2..4).
///
/// There must be `room` for whatever adds one. Each call is linear in their number.
class in_flight_list {
public:
    /// What a packet with an identifier is.
    enum class seen : std::uint8_t { first, again, unknown };

    /// At most 65534 of what is lent are used: one identifier is always free.
    in_flight_list(in_flight* lent, std::size_t count)
        : lent_(lent), capacity_(static_cast<std::uint16_t>(count < most ? count : most)) {}

    /// Goes on in another array, into which the caller has copied the first `size` of the one before.
    void rebind(in_flight* lent) { lent_ = lent; }

    std::size_t size() const { return size_; }
    std::size_t room() const { return capacity_ - size_; }
    const in_flight& operator[](std::size_t at) const { return lent_[at]; }

    // --- what the broker sends ---

    /// A QoS 1 message.
    void take_publish(packet_id id) { add(id, in_flight_state::owes_puback); }
    /// A QoS 2 message; `again` until its PUBREL.
    seen take_publish_exactly_once(packet_id id) {
        return move_on(id, in_flight_state::owes_pubrec, in_flight_state::received, in_flight_state::owes_pubrec);
    }
    /// Whether a QoS 2 message would be `again`.
    bool is_received(packet_id id) const {
        return find(id, in_flight_state::owes_pubrec, in_flight_state::received) != size_;
    }
    /// PUBREL; `unknown` is answered too.
    seen take_pubrel(packet_id id) {
        const seen found =
            move_on(id, in_flight_state::owes_pubrec, in_flight_state::received, in_flight_state::owes_pubcomp);
        return found == seen::again ? seen::first : seen::unknown;
    }
    /// PUBREC; `unknown` is answered too. But not where a message with its identifier waits to be sent: behind that message PUBREL
    /// would release it.
    seen take_pubrec(packet_id id) {
        const std::size_t at = find(id, in_flight_state::queued, in_flight_state::released);
        if (at == size_) add(id, in_flight_state::owes_stray);
        if (lent_[at].state == in_flight_state::queued || lent_[at].state == in_flight_state::owes_stray)
            return seen::unknown;
        const seen found = lent_[at].state == in_flight_state::sent ? seen::first : seen::again;
        put_last(at, in_flight_state::owes_pubrel);
        return found;
    }
    /// PUBCOMP; `unknown` before PUBREL was sent.
    seen take_pubcomp(packet_id id) {
        const std::size_t at = find(id, in_flight_state::released, in_flight_state::released);
        if (at == size_) return seen::unknown;
        remove(at);
        return seen::first;
    }

    // --- what we send ---

    /// Our QoS 2 message waits to be sent.
    void queue_publish(packet_id id) { add(id, in_flight_state::queued); }
    /// It is about to be sent, or once more.
    void send_publish(packet_id id) { change(id, in_flight_state::queued, in_flight_state::sent); }
    /// Whether the identifier is one of ours.
    bool is_own(packet_id id) const { return find(id, in_flight_state::queued, in_flight_state::owes_stray) != size_; }
    /// Whether PUBREC has not come for our message: on the next connection it is to be sent.
    bool is_to_be_sent(packet_id id) const { return find(id, in_flight_state::queued, in_flight_state::sent) != size_; }
    /// Whether PUBREL for our message is to be sent.
    bool owes_pubrel(packet_id id) const {
        return find(id, in_flight_state::owes_pubrel, in_flight_state::owes_pubrel) != size_;
    }
    /// Our message is not sent again, whether the broker has it or not. ours: PUBREL lets its identifier go on the next
    /// connection, or the broker would take the next message that has it for a copy of this one.
    void give_up(packet_id id) {
        change(id, in_flight_state::sent, in_flight_state::released);
        const std::size_t at = find(id, in_flight_state::queued, in_flight_state::queued);
        if (at != size_) remove(at);
    }
    /// Whether an answer is to be sent.
    bool owes_answers() const {
        std::size_t at = 0;
        while (at != size_ && !owes_answer(lent_[at])) ++at;
        return at != size_;
    }
    /// Writes as many of the answers that are owed as fit into `out`; gives their bytes.
    std::size_t write_answers(buffer out) {
        std::size_t used = 0;
        std::uint16_t kept = 0;
        for (std::uint16_t at = 0; at != size_; ++at) {
            in_flight one = lent_[at];
            const bool is_written = owes_answer(one) && out.size() - used >= answer_size;
            if (is_written) {
                (void)mqtt::encode_acknowledgement(answer_to(one.state), one.id, {out.data() + used, answer_size});
                used += answer_size;
            }
            if (!is_written || settle(one)) lent_[kept++] = one;
        }
        size_ = kept;
        return used;
    }

    // --- the connection ---

    /// What was owed is not sent any more: the broker will ask again for what it still wants.
    void lose_connection() {
        std::uint16_t kept = 0;
        for (std::uint16_t at = 0; at != size_; ++at) {
            in_flight one = lent_[at];
            if (!owes_answer(one) || settle(one)) lent_[kept++] = one;
        }
        size_ = kept;
    }
    /// The session goes on: every PUBREL without PUBCOMP is sent again.
    void resume() {
        for (std::uint16_t at = 0; at != size_; ++at)
            if (lent_[at].state == in_flight_state::released) lent_[at].state = in_flight_state::owes_pubrel;
    }
    /// There is no session any more.
    void clear() { size_ = 0; }

    /// Bytes of an answer.
    static constexpr std::size_t answer_size = 4;

private:
    friend struct session_probe;  // of the tests

    static constexpr std::size_t most = 65534;

    static constexpr bool owes_answer(const in_flight& one) {
        return one.state != in_flight_state::received && one.state != in_flight_state::queued &&
               one.state != in_flight_state::sent && one.state != in_flight_state::released;
    }
    static constexpr packet_type answer_to(in_flight_state state) {
        switch (state) {
            case in_flight_state::owes_puback: return packet_type::puback;
            case in_flight_state::owes_pubrec: return packet_type::pubrec;
            case in_flight_state::owes_pubcomp: return packet_type::pubcomp;
            default: return packet_type::pubrel;
        }
    }
    // The answer is sent, or never will be. PUBREC and PUBREL are followed by something; what else there is, is done.
    static constexpr bool settle(in_flight& one) {
        const bool is_pubrec = one.state == in_flight_state::owes_pubrec;
        const bool is_pubrel = one.state == in_flight_state::owes_pubrel;
        one.state = is_pubrec ? in_flight_state::received : in_flight_state::released;
        return is_pubrec || is_pubrel;
    }

    std::size_t find(packet_id id, in_flight_state from, in_flight_state to) const {
        std::size_t at = 0;
        while (at != size_ && (lent_[at].id != id || lent_[at].state < from || lent_[at].state > to)) ++at;
        return at;
    }
    void change(packet_id id, in_flight_state from, in_flight_state to) {
        const std::size_t at = find(id, from, from);
        if (at != size_) lent_[at].state = to;
    }

    void add(packet_id id, in_flight_state state) { lent_[size_++] = {id, state}; }
    void remove(std::size_t at) {
        --size_;
        for (; at != size_; ++at) lent_[at] = lent_[at + 1];
    }
    // What is to be answered once more is answered behind the others.
    void put_last(std::size_t at, in_flight_state state) {
        const packet_id id = lent_[at].id;
        remove(at);
        add(id, state);
    }
    seen move_on(packet_id id, in_flight_state from, in_flight_state to, in_flight_state next) {
        const std::size_t at = find(id, from, to);
        const seen found = at == size_ ? seen::first : seen::again;
        if (found == seen::first)
            add(id, next);
        else
            put_last(at, next);
        return found;
    }
    in_flight* lent_;
    std::uint16_t capacity_;
    std::uint16_t size_ = 0;
};

}  // namespace atmqtt
