// MQTT in flight: what was sent and not answered, in both directions, from one connection to the next.
//                                                                                 (MQTT 3.1.2.4, 4.3, 4.4, 4.6)
// It knows nothing of AT or of sockets: it takes the bytes of a broker and gives those for it. Whether a connection that is
// lost is tried again is the link's.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/maybe.hpp"
#include "../core/result.hpp"
#include "../core/time.hpp"
#include "../mqtt/codec.hpp"
#include "packet_reader.hpp"
#include "sender.hpp"
#include "session_events.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace atmqtt {

/// One session of MQTT 3.1 or 3.1.1, over one connection after another.
///
/// When the socket is up, `greet`; when it is gone, `lost`. In between hand out what `transmit` gives and say `transmitted`,
/// `receive` what comes, and call `tick` until it gives nothing once `wait` has passed. One request is under way at a time:
/// until its `done` event has come, others fail with `busy`, and what it was given stays where it is.
///
/// An event views the lent buffer, and is valid until the next call of `receive`: other calls leave it as it is. When an event
/// says that the connection cannot go on, close the socket and say `lost`.
class session {
public:
    using event = from_session::event;

    /// What to lend. `rx` holds the body of one packet: messages larger than that are `too_large`. `tx` holds a topic and
    /// `overhead` bytes, and CONNECT; payloads are sent from where they are. `records`: one for each QoS 2 message that a
    /// broker has under way at a time, one for each of ours that was given up and whose PUBCOMP is still due, and two more:
    /// mosquitto says 20, and was seen with 134. Past them the connection is lost. At most 65535 bytes of tx and 65534 records
    /// are used.
    /// With less than 3 bytes of rx, or no record, it never gets as far as a subscription.
    session(buffer rx, buffer tx, in_flight* records, std::size_t count) : reader_(rx), sender_(tx, records, count) {}
    template <std::size_t Count>
    session(buffer rx, buffer tx, in_flight (&records)[Count]) : session(rx, tx, records, Count) {}

    /// Bytes of tx that a request needs beside its topic.
    static constexpr std::size_t overhead = detail::sender::overhead;

    /// Goes on in memory of the same sizes, into which the caller has copied all that the one before held. Topic and payload of a request
    /// under way stay where they are.
    void rebind(buffer rx, buffer tx, in_flight* records) {
        reader_.rebind(rx);
        sender_.rebind(tx, records);
    }
    /// The same, where these are at a new place too.
    void rebind(buffer rx, buffer tx, in_flight* records, std::string_view topic, std::string_view payload) {
        rebind(rx, tx, records);
        sender_.rebind(topic, payload);
    }

    /// How long the broker may take for PUBACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK and PINGRESP, and the socket for the next
    /// byte. Holds from the next packet on; at first 10 s; ours: 0 is as 1 ms.                         [2.3.10]
    void set_ack_timeout(millis limit) { sender_.set_ack_timeout(limit); }
    /// The identifiers of packets go on behind this one; at first behind 0. Before the first connection only: what a session that the
    /// broker has kept from an earlier life may still have in use is not known here.
    void set_last_id(packet_id id) { sender_.set_last_id(id); }
    /// Messages with other code points in their topic are a `violation`; at first any is taken.
    void allow(code_points which) { allowed_ = which; }

    // --- the connection ---

    /// The socket is up: sends CONNECT. Its strings are copied into tx. A clean session forgets what was under way; for another
    /// client identifier or broker, `forget` first.
    /// Fails with `busy` before the last connection was `lost`, and like `mqtt::encode`.
    result<nothing> greet(const mqtt::connect& m, instant now) {
        if (state_ != state::closed) return error{errc::busy};
        const auto sent = sender_.greet(m, now);
        if (!sent) return sent;
        reader_.reset();
        keep_alive_ = m.keep_alive;
        is_clean_ = m.clean;
        protocol_ = m.protocol;
        state_ = state::greeting;
        return sent;
    }

    /// The socket is gone. What can be sent again on the next connection waits for that as long as an answer may take; all
    /// else that is under way is `done` as lost.
    void lost(instant now) {
        state_ = state::closed;
        sender_.lose(is_clean_, now);
    }

    /// Forgets the session: the next one begins anew. What is under way is `done` as lost.
    /// Fails with `busy` before the connection was `lost`.
    result<nothing> forget() {
        if (state_ != state::closed) return error{errc::busy};
        sender_.end_session();
        return nothing{};
    }

    /// Gives up the request that waits for the next connection: it is `done` as lost. All else of the session goes on.
    /// Fails with `busy` before the connection was `lost`.
    result<nothing> abandon() {
        if (state_ != state::closed) return error{errc::busy};
        sender_.abandon();
        return nothing{};
    }

    /// Sends DISCONNECT behind what is being sent and the answers that are owed; nothing is received any more. `left` follows.
    /// Fails with `not_open`.
    result<nothing> leave(instant now) {
        if (state_ != state::open) return error{errc::not_open};
        state_ = state::broken;
        sender_.leave(now);
        return nothing{};
    }

    // --- requests ---

    /// Sends a message; `id` and `dup` of it do not count. Gives its identifier, 0 for QoS 0. Topic and payload are borrowed
    /// until `done`.
    /// Fails with `not_open`, `busy`, `no_packet_id`; `no_space` where the topic does not fit into tx; `not_a_topic`,
    /// `not_utf8`, `out_of_range`; `too_long` where the payload leaves no room in a packet for the longest topic.
    result<packet_id> publish(const mqtt::publish& m, instant now) {
        if (m.payload.size() > limits::packet - limits::mqtt_string - overhead)
            return error{errc::too_long, mqtt::field::payload};
        return sender_.ask(packet_type::publish, m, now);
    }
    /// Whether there are records for another message of this QoS.
    bool can_publish(qos asked) const { return sender_.has_records_for(asked); }
    /// Keeps a record for a QoS 2 message that is to be published next, whatever comes before; nothing where there is none:
    /// `can_publish` says so.
    void keep_record() { sender_.keep_record(); }
    /// It is not published after all.
    void give_record_back() { sender_.give_record_back(); }
    /// Subscribes to one filter, and gives the identifier. The filter is borrowed until `done`. Fails like `publish`.
    result<packet_id> subscribe(std::string_view filter, qos asked, instant now) {
        return sender_.ask(packet_type::subscribe, {filter, {}, 0, false, asked}, now);
    }
    /// Unsubscribes from one filter, and gives the identifier. The filter is borrowed until `done`. Fails like `publish`.
    result<packet_id> unsubscribe(std::string_view filter, instant now) {
        return sender_.ask(packet_type::unsubscribe, {filter}, now);
    }

    // --- bytes and time ---

    /// Takes bytes from the front of `input` and gives the next event; nothing once all are taken, or while `is_full`.
    std::optional<event> receive(std::string_view& input, instant now) {
        auto out = detail::nothing_yet<event>();
        (void)sender_.take_waiting(out);
        while (!out && is_reading() && !is_full()) {
            const auto found = reader_.read(input);
            if (found == packet_reader::found::nothing) break;
            sender_.heard(now);
            take(found, out);
            sender_.refill(now);
        }
        if (!is_reading()) input = {};  // it belongs to a connection that has ended
        return out;
    }
    /// Whether nothing is received until more was transmitted: no answer is dropped for want of memory.
    bool is_full() const { return sender_.is_full(); }

    /// Whether acknowledgements for the broker's messages are still to be handed out.
    bool owes_acknowledgements() const { return sender_.owes_acknowledgements(); }

    /// What to hand to the socket next; empty when there is nothing. It stays until it was `transmitted`, or the connection is `lost`.
    std::string_view transmit() const { return sender_.transmit(); }
    /// The socket has taken `count` bytes of that, from its front.
    void transmitted(std::size_t count, instant now) { sender_.transmitted(count, now); }

    /// Gives what has become known, or has not come in time; sends a ping when one is due. A tick too many does nothing.
    /// `hears`: whether all that has come of the broker was received; while it was not, none of its answers is late.
    std::optional<event> tick(instant now, bool hears = true) {
        auto out = detail::nothing_yet<event>();
        if (!sender_.take_waiting(out)) sender_.tick(now, hears, out);
        return out;
    }
    /// From then until now nothing of the broker was received, though it may be there: its answers are late so much later, but no
    /// later than those to what is sent now.
    void put_off(instant since, instant now) { sender_.put_off(since, now); }
    /// How long until `tick` has something to do; nothing: until something happens.
    std::optional<millis> wait(instant now, bool hears = true) const { return sender_.wait(now, hears); }

    /// Acknowledgements that belonged to nothing; stops at 65535.
    std::uint16_t strays() const { return strays_; }

private:
    friend struct session_probe;  // of the tests

    using maybe = std::optional<event>;
    enum class state : std::uint8_t {
        closed,
        greeting,
        open,
        broken,  // nothing is received until the socket is closed
    };

    bool is_reading() const { return state_ == state::greeting || state_ == state::open; }

    void take(packet_reader::found what, maybe& out) {
        const packet_type type = mqtt::type_of(reader_.first_byte());
        const bool is_due = (type == packet_type::connack) == (state_ == state::greeting);
        const bool is_too_large = what == packet_reader::found::too_large;
        const bool is_malformed = what == packet_reader::found::malformed;
        mqtt::byte_reader io{first_byte(), type, reader_.body()};
        io.count(reader_.length());
        if (!is_due && !is_malformed)
            io.refuse(errc::wrong_packet, mqtt::field::type, 0);
        else if (is_malformed || (is_too_large && type != packet_type::publish))
            io.refuse(errc::bad_length, mqtt::field::remaining_length, is_malformed ? reader_.why().column : 1);
        const bool is_known = take(type, is_too_large, io, out);
        if (io.is_well()) return count_stray(is_known);
        break_off();
        out.emplace(from_session::violation{type, io.why()});
    }
    // False where it belongs to nothing; what is not well is told by `io`.
    bool take(packet_type type, bool is_too_large, mqtt::byte_reader& io, maybe& out) {
        switch (type) {
            case packet_type::connack: take_connack(io, out); return true;
            case packet_type::publish: take_publish(is_too_large, io, out); return true;
            case packet_type::suback: return take_suback(io, out);
            case packet_type::pingresp: return take_pingresp(io, out);
            default: return take_acknowledgement(type, io, out);
        }
    }
    // MQTT 3.1 marks a PUBREL that is sent once more as one (2.1), which 3.1.1 forbids.
    std::uint8_t first_byte() const {
        const std::uint8_t first = reader_.first_byte();
        const bool may_be_marked = protocol_ == protocol_level::v3_1 && mqtt::type_of(first) == packet_type::pubrel;
        return may_be_marked ? first & 0xF7 : first;
    }
    void break_off() {
        state_ = state::broken;
        sender_.break_off();
    }
    void count_stray(bool is_known) {
        if (!is_known && strays_ != 65535) ++strays_;
    }

    void take_connack(mqtt::byte_reader& io, maybe& out) {
        mqtt::connack m;
        io.all_of(m);
        io.check(mqtt::detail::not_both(m.session_present, is_clean_), mqtt::field::session_present);
        if (!io.is_well()) return;
        if (m.code != connect_code::accepted) {
            break_off();
            out.emplace(from_session::refused{m.code});
            return;
        }
        // ours: CONNACK of MQTT 3.1 cannot say it, and a session that was asked for is taken to be there.
        const bool is_resumed = protocol_ == protocol_level::v3_1 ? !is_clean_ : m.session_present;
        state_ = state::open;
        sender_.accept(keep_alive_, is_resumed);
        out.emplace(from_session::accepted{is_resumed});
    }

    // ours: a message that is too large is answered like any other, or the broker would send it for ever. One whose topic and
    // identifier are not in what the buffer holds cannot be.
    void take_publish(bool is_too_large, mqtt::byte_reader& io, maybe& out) {
        mqtt::publish& m = begin_message(is_too_large, out);
        io.all_of(m);
        if (io.is_well() || is_too_large) judge_topic(m.topic, io);
        if (!io.is_well()) {
            if (!is_too_large || !may_be_cut(io.why())) return out.reset();
            io.refuse(errc::none, {}, 0);
            begin_message(true, out);
            return;
        }
        const auto seen = sender_.take_publish(m);
        if (seen == in_flight_list::seen::first) return;
        out.reset();
        if (seen == in_flight_list::seen::unknown) io.refuse(errc::no_packet_id, mqtt::field::packet_id, 0);
    }
    void judge_topic(std::string_view topic, mqtt::byte_reader& io) const {
        if (allowed_ == code_points::any || !detail::has_discouraged(topic)) return;
        io.refuse(errc::forbidden_byte, mqtt::field::topic, mqtt::detail::header_size(reader_.length()));
    }
    // A message with nothing in it yet.
    [[gnu::noinline]] mqtt::publish& begin_message(bool is_too_large, maybe& out) const {
        if (!is_too_large) return detail::begin<from_session::message>(out).what;
        auto& one = detail::begin<from_session::too_large>(out);
        one.length = reader_.length();
        return one.what;
    }

    // Whether what is missing of a message may be in the bytes that the buffer did not hold.
    bool may_be_cut(const error& why) const {
        if (why.code != errc::missing) return false;
        const std::string_view body = reader_.body();  // of more than one byte: there was room for a CONNACK
        const std::size_t topic = static_cast<unsigned char>(body[0]) * 256U + static_cast<unsigned char>(body[1]);
        const bool has_id = (reader_.first_byte() & 6) != 0;
        return 2 + topic + (has_id ? 2 : 0) <= reader_.length();
    }

    bool take_acknowledgement(packet_type type, mqtt::byte_reader& io, maybe& out) {
        mqtt::puback m;
        if (!mqtt::is_acknowledgement(type)) io.fail(errc::wrong_packet, mqtt::field::type);
        io.all_of(m);
        return io.is_well() && is_known(type, m.id, out);
    }
    bool is_known(packet_type type, packet_id id, maybe& out) {
        if (type == packet_type::pubrel) return sender_.take_pubrel(id, out);
        if (type == packet_type::pubrec) return sender_.take_pubrec(id, out);
        if (type == packet_type::pubcomp) return sender_.take_pubcomp(id, out);
        const bool is_expected =
            sender_.expects(type == packet_type::puback ? packet_type::publish : packet_type::unsubscribe, id);
        if (is_expected) sender_.answer(0, out);
        return is_expected;
    }
    bool take_suback(mqtt::byte_reader& io, maybe& out) {
        mqtt::suback m;
        io.all_of(m);
        if (!io.is_well() || !sender_.expects(packet_type::subscribe, m.id)) return false;
        if (m.codes.size() != 1)
            io.refuse(errc::surplus, mqtt::field::return_code, 5);
        else
            sender_.answer(static_cast<std::uint8_t>(m.codes.front()), out);
        return true;
    }
    bool take_pingresp(mqtt::byte_reader& io, maybe& out) {
        mqtt::pingresp m;
        io.all_of(m);
        return io.is_well() && sender_.take_pingresp(out);
    }

    state state_ = state::closed;
    protocol_level protocol_ = protocol_level::v3_1_1;
    code_points allowed_ = code_points::any;
    bool is_clean_ = true;
    std::uint16_t keep_alive_ = 0;  // seconds
    std::uint16_t strays_ = 0;
    packet_reader reader_;  // small ones first: see `sender`
    detail::sender sender_;
};

}  // namespace atmqtt
