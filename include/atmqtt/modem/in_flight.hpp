// The packet identifiers of a session that are in use, and what is owed for each.              (MQTT 2.3.1, 4.3, 4.4, 4.6)
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../mqtt/codec.hpp"
#include "../mqtt/types.hpp"

#include <cstddef>
#include <cstdint>

namespace atmqtt {

/// What is still to be done about an identifier. Those in the middle wait for the broker, or for their turn; the others owe an
/// answer. The first four are the broker's, the others our own.
enum class in_flight_state : std::uint8_t {
    owes_puback,   ///< a QoS 1 message came
    owes_pubcomp,  ///< PUBREL came
    owes_pubrec,   ///< a QoS 2 message came, perhaps once more
    received,      ///< PUBREC was sent: the same message is not delivered again before PUBREL comes
    queued,        ///< our QoS 2 message is to be sent
    sent,          ///< it is on its way: PUBREC is due
    given_up,      ///< PUBREC has not come, and the message is never sent again
    released,      ///< PUBREL was sent: PUBCOMP is due, and the message is never sent again
    owes_release,  ///< PUBREL lets the identifier of one that was given up go
    owes_pubrel,   ///< PUBREC came, perhaps once more
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
    seen take_publish_exactly_once(packet_id id) { return move_on(id, in_flight_state::owes_pubrec); }
    /// Whether a QoS 2 message would be `again`.
    bool is_received(packet_id id) const {
        return find(id, in_flight_state::owes_pubrec, in_flight_state::received) != nullptr;
    }
    /// PUBREL; `unknown` is answered too.
    seen take_pubrel(packet_id id) {
        const seen found = move_on(id, in_flight_state::owes_pubcomp);
        return found == seen::again ? seen::first : seen::unknown;
    }
    /// PUBREC; `unknown` is answered too. But not where a message with its identifier waits to be sent: behind that message PUBREL
    /// would release it.
    seen take_pubrec(packet_id id) {
        in_flight* const one = find(id, in_flight_state::queued, in_flight_state::owes_pubrel);
        if (one == nullptr) add(id, in_flight_state::owes_stray);
        if (one == nullptr || one->state == in_flight_state::queued) return seen::unknown;
        const seen found = one->state == in_flight_state::sent ? seen::first : seen::again;
        put_last(one, in_flight_state::owes_pubrel);
        return found;
    }
    /// PUBCOMP; `unknown` before PUBREL was sent, `again` for a message that was given up: the broker need not have had it.
    seen take_pubcomp(packet_id id) {
        in_flight* const one = find(id, in_flight_state::given_up, in_flight_state::released);
        if (one == nullptr) return seen::unknown;
        const seen found = one->state == in_flight_state::given_up ? seen::again : seen::first;
        remove(one);
        return found;
    }

    // --- what we send ---

    /// Our QoS 2 message waits to be sent.
    void queue_publish(packet_id id) { add(id, in_flight_state::queued); }
    /// It is about to be sent, or once more.
    void send_publish(packet_id id) { change(id, in_flight_state::queued, in_flight_state::sent); }
    /// Whether the identifier is one of ours.
    bool is_own(packet_id id) const {
        return find(id, in_flight_state::queued, in_flight_state::owes_stray) != nullptr;
    }
    /// Whether PUBREC has not come for our message: on the next connection it is to be sent.
    bool is_to_be_sent(packet_id id) const {
        return find(id, in_flight_state::queued, in_flight_state::sent) != nullptr;
    }
    /// Whether PUBREL for our message is to be sent.
    bool owes_pubrel(packet_id id) const {
        return find(id, in_flight_state::owes_pubrel, in_flight_state::owes_pubrel) != nullptr;
    }
    /// Our message is not sent again, whether the broker has it or not. ours: PUBREL lets its identifier go on the next
    /// connection, or the broker would take the next message that has it for a copy of this one.
    void give_up(packet_id id) {
        change(id, in_flight_state::sent, in_flight_state::given_up);
        in_flight* const one = find(id, in_flight_state::queued, in_flight_state::queued);
        if (one != nullptr) remove(one);
    }
    /// Whether an answer is to be sent.
    bool owes_answers() const {
        const in_flight* one = lent_;
        while (one != end() && !owes_answer(one->state)) ++one;
        return one != end();
    }
    /// Whether one to a message of the broker's is.
    bool owes_acknowledgements() const {
        const in_flight* one = lent_;
        while (one != end() && one->state >= in_flight_state::received) ++one;
        return one != end();
    }
    /// Writes as many of the answers that are owed as fit into `out`; gives their bytes.
    std::size_t write_answers(buffer out) { return settle_all(out.data(), out.size()); }

    // --- the connection ---

    /// What was owed is not sent any more: the broker will ask again for what it still wants.
    void lose_connection() { (void)settle_all(nullptr, size_ * answer_size); }
    /// The session goes on: every PUBREL without PUBCOMP is sent again.
    void resume() {
        for (in_flight* one = lent_; one != end(); ++one) {
            if (one->state == in_flight_state::released) one->state = in_flight_state::owes_pubrel;
            if (one->state == in_flight_state::given_up) one->state = in_flight_state::owes_release;
        }
    }
    /// There is no session any more.
    void clear() { size_ = 0; }

    /// Bytes of an answer.
    static constexpr std::size_t answer_size = 4;

private:
    friend struct session_probe;  // of the tests

    static constexpr std::size_t most = 65534;

    static constexpr bool owes_answer(in_flight_state state) {
        return state < in_flight_state::received || state > in_flight_state::released;
    }
    // The first byte of the answer that is owed in a state, and the state once it is sent, or never will be.
    struct answer {
        std::uint8_t first;
        in_flight_state next;
    };
    static constexpr auto done = in_flight_state{0xFF};
    static constexpr std::uint8_t pubrel = mqtt::detail::first_byte_of(packet_type::pubrel);
    static constexpr answer nothing_owed = {0, done};
    static constexpr answer answers[] = {
        {mqtt::detail::first_byte_of(packet_type::puback), done},                       // owes_puback
        {mqtt::detail::first_byte_of(packet_type::pubcomp), done},                      // owes_pubcomp
        {mqtt::detail::first_byte_of(packet_type::pubrec), in_flight_state::received},  // owes_pubrec
        nothing_owed,                                                                   // received
        nothing_owed,                                                                   // queued
        nothing_owed,                                                                   // sent
        nothing_owed,                                                                   // given_up
        nothing_owed,                                                                   // released
        {pubrel, in_flight_state::given_up},                                            // owes_release
        {pubrel, in_flight_state::released},                                            // owes_pubrel
        {pubrel, done},                                                                 // owes_stray
    };
    static constexpr const answer& answer_in(in_flight_state state) { return answers[static_cast<std::size_t>(state)]; }

    // The answers that are owed are written, as many as there is room for; or are they not, to nowhere.
    std::size_t settle_all(char* out, std::size_t room) {
        std::size_t used = 0;
        in_flight* kept = lent_;
        for (const in_flight* one = lent_; one != end(); ++one) {
            const packet_id id = one->id;
            in_flight_state state = one->state;
            if (owes_answer(state) && room - used >= answer_size) {
                const answer& owed = answer_in(state);
                if (out != nullptr) write_answer(owed.first, id, out + used);
                used += answer_size;
                state = owed.next;
                if (state == done) continue;
            }
            kept->id = id;
            kept->state = state;
            ++kept;
        }
        size_ = static_cast<std::uint16_t>(kept - lent_);
        return used;
    }
    // What mqtt::encode_acknowledgement writes, without its 150 bytes of stack.
    static void write_answer(unsigned first, packet_id id, char* out) {
        out[0] = static_cast<char>(first);
        out[1] = 2;
        out[2] = static_cast<char>(id >> 8);
        out[3] = static_cast<char>(id & 0xFF);
    }

    in_flight* end() const { return lent_ + size_; }
    // Nothing where there is none.
    in_flight* find(packet_id id, in_flight_state from, in_flight_state to) const {
        for (in_flight* one = lent_; one != end(); ++one)
            if (one->id == id && one->state >= from && one->state <= to) return one;
        return nullptr;
    }
    void change(packet_id id, in_flight_state from, in_flight_state to) {
        in_flight* const one = find(id, from, from);
        if (one != nullptr) one->state = to;
    }

    void add(packet_id id, in_flight_state state) {
        end()->id = id;
        end()->state = state;
        ++size_;
    }
    void remove(in_flight* one) {
        --size_;
        for (; one != end(); ++one) {
            one->id = one[1].id;
            one->state = one[1].state;
        }
    }
    // What is to be answered once more is answered behind the others.
    void put_last(in_flight* one, in_flight_state state) {
        const packet_id id = one->id;
        remove(one);
        add(id, state);
    }
    // Of a QoS 2 message from the broker.
    seen move_on(packet_id id, in_flight_state next) {
        in_flight* const one = find(id, in_flight_state::owes_pubrec, in_flight_state::received);
        if (one != nullptr) remove(one);
        add(id, next);
        return one == nullptr ? seen::first : seen::again;
    }

    in_flight* lent_;
    std::uint16_t capacity_;
    std::uint16_t size_ = 0;
};

}  // namespace atmqtt
