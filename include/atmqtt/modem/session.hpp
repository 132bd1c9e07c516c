// MQTT in flight: what was sent and not answered, in both directions, from one connection to the next.
//                                                                                 (MQTT 3.1.2.4, 4.3, 4.4, 4.6)
// It knows nothing of AT or of sockets: it takes the bytes of a broker and gives those for it. Whether a connection that is
// lost is tried again is the link's.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "../core/result.hpp"
#include "../core/time.hpp"
#include "../mqtt/codec.hpp"
#include "in_flight.hpp"
#include "keep_alive.hpp"
#include "outbox.hpp"
#include "packet_reader.hpp"
#include "request.hpp"
#include "session_events.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace atmqtt {

/// One session of MQTT 3.1 or 3.1.1, over one connection after another.
///
/// When the socket is up, `greet`; when it is gone, `lost`. In between hand out what `transmit` gives and say `transmitted`,
/// `receive` what comes, and call `tick` until it gives nothing once `wait` has passed. One request is under way at a time:
/// until its `done` event has come, others fail with `busy`, and what it was given stays where it is.
///
/// An event views the lent buffer, and is valid until the next call of `receive`. When an event says that the connection cannot
/// go on, close the socket and say `lost`.
class session {
public:
    using event = from_session::event;

    /// What to lend. `rx` holds the body of one packet: messages larger than that are `too_large`. `tx` holds a topic and
    /// `overhead` bytes, and CONNECT; payloads are sent from where they are. `records`: one for each QoS 2 message that a
    /// broker has under way at a time (mosquitto: 20), and two more. At most 65535 of each are used.
    session(buffer rx, buffer tx, in_flight* records, std::size_t count)
        : outbox_(tx), records_(records, count), reader_(rx) {}
    template <std::size_t Count>
    session(buffer rx, buffer tx, in_flight (&records)[Count]) : session(rx, tx, records, Count) {}

    /// Bytes of tx that a request needs beside its topic.
    static constexpr std::size_t overhead = limits::fixed_header + 5;

    /// Goes on in memory of the same sizes, into which the caller has copied all that the one before held. Where a request is
    /// under way, its topic and payload are at the new place too.
    void rebind(buffer rx, buffer tx, in_flight* records, std::string_view topic = {}, std::string_view payload = {}) {
        reader_.rebind(rx);
        outbox_.rebind(tx);
        records_.rebind(records);
        request_.topic = topic;
        request_.payload = payload;
    }

    /// How long the broker may take for PUBACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK and PINGRESP, and the socket for the next
    /// byte. Holds from the next packet on; at first 10 s.                                             [2.3.10]
    void set_ack_timeout(millis limit) { ack_timeout_ = limit; }
    /// Messages with other code points in their topic are a `violation`; at first any is taken.
    void allow(code_points which) { allowed_ = which; }

    // --- the connection ---

    /// The socket is up: sends CONNECT. Its strings are copied into tx. A clean session forgets what was under way; for another
    /// client identifier or broker, `forget` first.
    /// Fails with `busy` before the last connection was `lost`, and like `mqtt::encode`.
    result<nothing> greet(const mqtt::connect& m, instant now) {
        if (state_ != state::closed) return error{errc::busy};
        const auto encoded = mqtt::encode(m, outbox_.space());
        if (!encoded) return encoded.why();
        if (m.clean) end_session();
        reader_.reset();
        seconds_ = m.keep_alive;
        is_clean_ = m.clean;
        level_ = m.protocol;
        state_ = state::greeting;
        load(outbox::cargo::connect, encoded->size(), now);
        pings_.sent(now);  // CONNACK may be here before the socket says that it has taken CONNECT
        return nothing{};
    }

    /// The socket is gone. What can be sent again on the next connection waits for that as long as an answer may take; all
    /// else that is under way is `done` as lost.
    void lost(instant now) {
        state_ = state::closed;
        outbox_.clear();
        pings_.stop();
        has_greeted_ = has_left_ = false;
        records_.lose_connection();
        if (is_clean_) end_session();
        if (!request_.is_open()) return;
        if (!request_.is_kept() || request_.how != outcome::none) return finish_later(outcome::lost);
        if (!awaits_ack_) await_ack(now);
        request_.at = is_to_be_sent() ? request::progress::queued : request::progress::awaiting;
    }

    /// Forgets the session: the next one begins anew. What is under way is `done` as lost.
    /// Fails with `busy` before the connection was `lost`.
    result<nothing> forget() {
        if (state_ != state::closed) return error{errc::busy};
        end_session();
        return nothing{};
    }

    /// Sends DISCONNECT behind what is being sent; nothing is received any more. `left` follows.
    /// Fails with `not_open`.
    result<nothing> leave(instant now) {
        if (state_ != state::open) return error{errc::not_open};
        state_ = state::leaving;
        refill(now);
        return nothing{};
    }

    // --- requests ---

    /// Sends a message; `id` and `dup` of it do not count. Gives its identifier, 0 for QoS 0. Topic and payload are borrowed
    /// until `done`.
    /// Fails with `not_open`, `busy`, `no_packet_id`; `no_space` where the topic does not fit into tx; `not_a_topic`,
    /// `not_utf8`, `out_of_range`, `too_long`.
    result<packet_id> publish(const mqtt::publish& m, instant now) {
        if (m.payload.size() > limits::packet - limits::mqtt_string - overhead)
            return error{errc::too_long, mqtt::field::payload};
        return ask({packet_type::publish, m.level, m.retain, m.topic, m.payload}, now);
    }
    /// Subscribes to one filter, and gives the identifier. The filter is borrowed until `done`. Fails like `publish`.
    result<packet_id> subscribe(std::string_view filter, qos asked, instant now) {
        return ask({packet_type::subscribe, asked, false, filter}, now);
    }
    /// Unsubscribes from one filter, and gives the identifier. The filter is borrowed until `done`. Fails like `publish`.
    result<packet_id> unsubscribe(std::string_view filter, instant now) {
        return ask({packet_type::unsubscribe, qos::at_most_once, false, filter}, now);
    }

    // --- bytes and time ---

    /// Takes bytes from the front of `input` and gives the next event; nothing once all are taken, or while `is_full`.
    std::optional<event> receive(std::string_view& input, instant now) {
        std::optional<event> out;
        (void)take_waiting(out);
        while (!out && is_reading() && !is_full()) {
            const auto found = reader_.read(input);
            if (found == packet_reader::found::nothing) return out;
            pings_.heard(now);
            take(found, out);
            refill(now);
        }
        if (!is_reading()) input = {};  // it belongs to a connection that has ended
        return out;
    }
    /// Whether nothing is received until more was transmitted: no answer is dropped for want of memory.
    bool is_full() const { return records_.room() == 0 || (records_.room() == 1 && records_.owes_answers()); }

    /// What to hand to the socket next; empty when there is nothing.
    std::string_view transmit() const { return outbox_.transmit(request_.payload); }
    /// The socket has taken `count` bytes of that, from its front.
    void transmitted(std::size_t count, instant now) {
        const auto whole = outbox_.transmitted(count, request_.payload, now + ack_timeout_);
        if (whole == outbox::cargo::none) return;
        unload(whole, now);
        refill(now);
    }

    /// Gives what has become known, or has not come in time; sends a ping when one is due. A tick too many does nothing.
    std::optional<event> tick(instant now) {
        std::optional<event> out;
        if (take_waiting(out)) return out;
        if (awaits_ack_ && reached(ack_due_, now)) {
            records_.give_up(request_.id);
            conclude(outcome::no_ack, out);
        } else if (pings_.take_missed(now)) {
            out.emplace(from_session::ping_missed{});
        } else if (!outbox_.is_empty() && reached(outbox_.deadline(), now)) {
            outbox_.set_deadline(now + ack_timeout_);
            out.emplace(from_session::stalled{});
        } else {
            refill(now);
        }
        return out;
    }
    /// How long until `tick` has something to do; nothing: until something happens.
    std::optional<millis> wait(instant now) const {
        if (has_greeted_ || has_left_ || request_.is_finished()) return millis{0};
        std::optional<millis> shortest = pings_.wait(now, state_ == state::open && outbox_.is_empty());
        const auto shorten = [&shortest, now](instant deadline) {
            if (!shortest || until(deadline, now) < *shortest) shortest = until(deadline, now);
        };
        if (awaits_ack_) shorten(ack_due_);
        if (!outbox_.is_empty()) shorten(outbox_.deadline());
        return shortest;
    }

    /// Acknowledgements that belonged to nothing; stops at 65535.
    std::uint16_t strays() const { return strays_; }

private:
    friend struct session_probe;  // of the tests

    using outcome = from_session::outcome;
    using seen = in_flight_list::seen;
    using maybe = std::optional<event>;
    enum class state : std::uint8_t {
        closed,
        greeting,
        open,
        leaving,  // DISCONNECT is the last packet
        broken,   // until the socket is closed
    };

    bool is_reading() const { return state_ == state::greeting || state_ == state::open; }

    // --- requests ---

    result<packet_id> ask(request asked, instant now) {
        const error fault = fault_of(asked);
        if (fault.code != errc::none) return fault;
        if (!asked.is_unanswered()) asked.id = free_id();
        if (asked.is_kept() && asked.level == qos::exactly_once) records_.queue_publish(asked.id);
        request_ = asked;
        refill(now);
        return asked.id;
    }
    error fault_of(const request& asked) const {
        if (state_ != state::open) return {errc::not_open};
        if (!request_.is_none()) return {errc::busy};
        if (asked.level > qos::exactly_once) return {errc::out_of_range, mqtt::field::qos};
        if (asked.level == qos::exactly_once && asked.is_kept() && records_.room() < 2) return {errc::no_packet_id};
        const bool is_name = asked.type == packet_type::publish;
        const auto role = is_name ? detail::text_role::topic_name : detail::text_role::topic_filter;
        const errc fault = detail::fault_of(asked.topic, role, code_points::any);
        if (fault != errc::none) return {fault, mqtt::field::topic};
        const std::size_t space = outbox_.space().size();
        if (space < overhead || space - overhead < asked.topic.size()) return {errc::no_space};
        return {};
    }
    // There are more identifiers than records: one is free.
    packet_id free_id() {
        do {
            if (++last_id_ == 0) ++last_id_;
        } while (records_.is_own(last_id_));
        return last_id_;
    }
    void end_session() {
        records_.clear();
        if (request_.is_open()) finish_later(outcome::lost);
    }
    // Not once PUBREC has come for it.
    bool is_to_be_sent() const { return request_.level != qos::exactly_once || records_.is_to_be_sent(request_.id); }

    void await_ack(instant now) {
        ack_due_ = now + ack_timeout_;
        awaits_ack_ = true;
    }
    void conclude(outcome how, maybe& out) {
        out.emplace(from_session::done{request_.type, request_.id, how, request_.code});
        request_ = {};
        awaits_ack_ = false;
    }
    void finish_later(outcome how) {
        request_.finish(how);
        awaits_ack_ = false;
    }
    // The verdict waits until the last byte of the request was handed out: it borrows them.
    void answer(std::uint8_t code, maybe& out) {
        request_.code = code;
        request_.how = outcome::acknowledged;
        awaits_ack_ = false;
        if (request_.at != request::progress::sending) conclude(outcome::acknowledged, out);
    }

    bool take_waiting(maybe& out) {
        if (has_greeted_) {
            has_greeted_ = false;
            out.emplace(from_session::greeted{});
        } else if (request_.is_finished()) {
            conclude(request_.how, out);
        } else if (has_left_) {
            has_left_ = false;
            out.emplace(from_session::left{});
        }
        return out.has_value();
    }

    // --- what is sent ---

    void load(outbox::cargo what, std::size_t size, instant now) { outbox_.load(what, size, now + ack_timeout_); }

    // Answers and requests take turns, so that neither waits for ever.
    void refill(instant now) {
        if (!outbox_.is_empty()) return;
        if (state_ == state::leaving) return load_signal(outbox::cargo::disconnect, packet_type::disconnect, now);
        if (state_ != state::open) return;
        if (was_request_ && load_answers(now)) return;
        if (pings_.is_due(now)) {
            pings_.expect();
            load_signal(outbox::cargo::ping, packet_type::pingreq, now);
        } else if (request_.is_queued()) {
            load_request(now);
        } else {
            load_answers(now);
        }
    }
    void load_signal(outbox::cargo what, packet_type type, instant now) {
        load(what, mqtt::encode_signal(type, outbox_.space())->size(), now);
    }
    bool load_answers(instant now) {
        const bool is_owed = request_.is_awaiting() && records_.owes_pubrel(request_.id);
        const std::size_t size = records_.write_answers(outbox_.space());
        if (size == 0) return false;
        carries_pubrel_ = is_owed && !records_.owes_pubrel(request_.id);
        if (carries_pubrel_) awaits_ack_ = false;
        load(outbox::cargo::answers, size, now);
        return true;
    }
    void load_request(instant now) {
        load(outbox::cargo::request, request_.encode(outbox_.space()), now);
        records_.send_publish(request_.id);
        request_.at = request::progress::sending;
        request_.was_sent = true;
        awaits_ack_ = false;
    }

    // All of it was handed out: now the time for its answer begins.
    void unload(outbox::cargo what, instant now) {
        was_request_ = what == outbox::cargo::request;
        if (what == outbox::cargo::ping) return pings_.ping_sent(now, ack_timeout_);
        pings_.sent(now);
        switch (what) {
            case outbox::cargo::connect: has_greeted_ = true; return;
            case outbox::cargo::request: return unload_request(now);
            case outbox::cargo::answers:
                if (carries_pubrel_) await_ack(now);
                return;
            case outbox::cargo::disconnect:
                has_left_ = true;
                state_ = state::broken;
                return;
            case outbox::cargo::ping:
            case outbox::cargo::none: return;
        }
    }
    void unload_request(instant now) {
        if (request_.is_unanswered()) return finish_later(outcome::handed_over);
        if (request_.how != outcome::none) return finish_later(request_.how);
        request_.at = request::progress::awaiting;
        await_ack(now);
    }

    // --- what comes ---

    void take(packet_reader::found what, maybe& out) {
        const packet_type type = mqtt::type_of(reader_.first_byte());
        const bool is_due = (type == packet_type::connack) == (state_ == state::greeting);
        if (what == packet_reader::found::malformed) return violate(reader_.why(), out);
        if (!is_due) return violate({errc::wrong_packet, mqtt::field::type}, out);
        if (what == packet_reader::found::too_large && type != packet_type::publish)
            return violate({errc::bad_length, mqtt::field::remaining_length, 1}, out);
        mqtt::byte_reader io{reader_.body(), allowed_};
        const bool is_too_large = what == packet_reader::found::too_large;
        if (!io.start(reader_.first_byte(), type) || !take_body(type, is_too_large, io, out)) violate(io.why(), out);
    }
    // False where io says what is malformed.
    bool take_body(packet_type type, bool is_too_large, mqtt::byte_reader& io, maybe& out) {
        switch (type) {
            case packet_type::connack: return take_connack(io, out);
            case packet_type::publish: return take_publish(is_too_large, io, out);
            case packet_type::suback: return take_suback(io, out);
            case packet_type::pingresp: return take_pingresp(io, out);
            default: return take_acknowledgement(type, io, out);
        }
    }
    void violate(error why, maybe& out) {
        break_off();
        out.emplace(from_session::violation{mqtt::type_of(reader_.first_byte()), why});
    }
    void break_off() {
        state_ = state::broken;
        outbox_.clear();
    }
    void stray() {
        if (strays_ != 65535) ++strays_;
    }

    bool take_connack(mqtt::byte_reader& io, maybe& out) {
        mqtt::connack m;
        if (!io.all_of(m)) return false;
        if (m.session_present && is_clean_) return io.check(false, mqtt::field::session_present);
        if (m.code == connect_code::accepted) {
            accept(m.session_present, out);
        } else {
            break_off();
            out.emplace(from_session::refused{m.code});
        }
        return true;
    }
    void accept(bool is_present, maybe& out) {
        // ours: CONNACK of MQTT 3.1 cannot say it, and a session that was asked for is taken to be there.
        const bool is_resumed = is_present || (level_ == level::v3_1 && !is_clean_);
        state_ = state::open;
        pings_.start(seconds_);
        if (is_resumed)
            records_.resume();
        else
            end_session();
        out.emplace(from_session::accepted{is_resumed});
    }

    // ours: a message that is too large is answered like any other, or the broker would send it for ever. One whose identifier
    // is not in what the buffer holds cannot be.
    bool take_publish(bool is_too_large, mqtt::byte_reader& io, maybe& out) {
        mqtt::publish m;
        const bool is_whole = io.all_of(m);
        if (!is_whole && !(is_too_large && io.why().code == errc::missing)) return false;
        if (is_whole && !is_new(m, out)) return true;
        if (!is_whole) m = {};
        if (is_too_large)
            out.emplace(from_session::too_large{m, reader_.length()});
        else
            out.emplace(from_session::message{m});
        return true;
    }
    // Notes what is to be answered. Not new is a QoS 2 message before its PUBREL.
    bool is_new(const mqtt::publish& m, maybe& out) {
        if (m.level == qos::at_least_once) records_.take_publish(m.id);
        if (m.level != qos::exactly_once) return true;
        if (records_.room() < 2 && !records_.is_received(m.id)) {  // the last one is for what is answered at once
            violate({errc::no_packet_id, mqtt::field::packet_id}, out);
            return false;
        }
        return records_.take_publish_exactly_once(m.id) == seen::first;
    }

    bool take_acknowledgement(packet_type type, mqtt::byte_reader& io, maybe& out) {
        mqtt::puback m;
        if (!mqtt::is_acknowledgement(type)) return io.fail(errc::wrong_packet, mqtt::field::type);
        if (!io.all_of(m)) return false;
        acknowledge(type, m.id, out);
        return true;
    }
    void acknowledge(packet_type type, packet_id id, maybe& out) {
        const bool is_of_qos_1 = request_.expects(packet_type::publish, id) && request_.level == qos::at_least_once;
        if (type == packet_type::pubrel) return take_pubrel(id, out);
        if (type == packet_type::pubcomp) return take_pubcomp(id, out);
        if (type == packet_type::pubrec && !is_of_qos_1) return take_pubrec(id, out);
        if (type == packet_type::puback && is_of_qos_1) return answer(0, out);
        if (type == packet_type::unsuback && request_.expects(packet_type::unsubscribe, id)) return answer(0, out);
        stray();
    }
    void take_pubrel(packet_id id, maybe& out) {
        if (records_.take_pubrel(id) == seen::unknown) return stray();
        out.emplace(from_session::released{id});
    }
    void take_pubrec(packet_id id, maybe& out) {
        const seen found = records_.take_pubrec(id);
        if (found == seen::unknown) return stray();
        if (found == seen::again) return;
        awaits_ack_ = false;  // until PUBREL is handed out
        out.emplace(from_session::received{id});
    }
    void take_pubcomp(packet_id id, maybe& out) {
        if (records_.take_pubcomp(id) == seen::unknown) return stray();
        if (request_.expects(packet_type::publish, id)) return answer(0, out);
        out.emplace(from_session::late{id});
    }
    bool take_suback(mqtt::byte_reader& io, maybe& out) {
        mqtt::suback m;
        if (!io.all_of(m)) return false;
        if (!request_.expects(packet_type::subscribe, m.id))
            stray();
        else if (m.codes.size() != 1)
            violate({errc::surplus, mqtt::field::return_code, 5}, out);
        else
            answer(static_cast<std::uint8_t>(m.codes.front()), out);
        return true;
    }
    bool take_pingresp(mqtt::byte_reader& io, maybe& out) {
        mqtt::pingresp m;
        if (!io.all_of(m)) return false;
        if (pings_.answered())
            out.emplace(from_session::ping_answered{});
        else
            stray();
        return true;
    }

    // Small ones first: a byte far from the start of an object costs a Cortex-M0+ an instruction more each time.
    state state_ = state::closed;
    level level_ = level::v3_1_1;
    code_points allowed_ = code_points::any;
    bool is_clean_ = true;
    bool awaits_ack_ = false;
    bool was_request_ = false;     // what was sent last
    bool carries_pubrel_ = false;  // the request's, among the answers that are being handed out
    bool has_greeted_ = false;
    bool has_left_ = false;
    std::uint16_t seconds_ = 0;  // of keep alive
    packet_id last_id_ = 0;
    std::uint16_t strays_ = 0;
    request request_;
    outbox outbox_;
    keep_alive pings_;
    in_flight_list records_;
    packet_reader reader_;
    instant ack_due_ = {};
    millis ack_timeout_{10'000};
};

}  // namespace atmqtt
