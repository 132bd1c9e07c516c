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
#include "packet_reader.hpp"
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

    /// What to lend: `rx` holds the body of one packet: messages larger than that are `too_large`. `tx` holds a topic and
    /// `overhead` bytes, and CONNECT; payloads are sent from where they are. `records`: for each QoS 2 message that a broker
    /// has under way at a time one (mosquitto: 20), and two more. At most 65535 bytes of tx and 65535 records are used.
    session(buffer rx, buffer tx, in_flight* records, std::size_t count)
        : reader_(rx), tx_(tx.data(), tx.size() < most_tx ? tx.size() : most_tx), records_(records, count) {}
    template <std::size_t Count>
    session(buffer rx, buffer tx, in_flight (&records)[Count]) : session(rx, tx, records, Count) {}

    /// Bytes of tx that a request needs beside its topic.
    static constexpr std::size_t overhead = limits::fixed_header + 5;

    /// Goes on in memory of the same sizes, into which the caller has copied all that the one before held. Where a request is
    /// under way, its topic and payload are at the new place too.
    void rebind(buffer rx, buffer tx, in_flight* records, std::string_view topic = {}, std::string_view payload = {}) {
        reader_.rebind(rx);
        tx_ = {tx.data(), tx_.size()};
        records_.rebind(records);
        request_.topic = topic;
        request_.payload = payload;
    }

    /// How long an answer may take: PUBACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK, PINGRESP; and the socket, to take the next
    /// bytes. Holds from the next packet on; at first 10 s.                                             [2.3.10]
    void set_ack_timeout(millis limit) { ack_timeout_ = limit; }
    /// Messages with other code points in their topic are a `violation`; at first any is taken.
    void allow(code_points which) { allowed_ = which; }

    // --- the connection ---

    /// The socket is up: sends CONNECT. The text in it is encoded at once, and may go away. A clean session forgets what was
    /// under way.
    /// Fails with `busy` before the last connection was `lost`, and like `mqtt::encode`.
    result<nothing> greet(const mqtt::connect& m, instant now) {
        if (state_ != state::closed) return error{errc::busy};
        const auto encoded = mqtt::encode(m, tx_);
        if (!encoded) return encoded.why();
        if (m.clean) forget();
        reader_.reset();
        seconds_ = m.keep_alive;
        clean_ = m.clean;
        has_session_flag_ = m.protocol != level::v3_1;
        state_ = state::greeting;
        load(cargo::connect, encoded->size(), now);
        return nothing{};
    }

    /// The socket is gone. What can be sent again on the next connection waits for that as long as an answer may take; all else
    /// that is under way is `done` as lost.
    void lost(instant now) {
        state_ = state::closed;
        cargo_ = cargo::none;
        at_ = end_ = 0;
        pings_.stop();
        has_greeted_ = has_left_ = false;
        settle_records();
        if (!is_busy() || request_.stage == progress::finished) return;
        if (clean_ || request_.how != outcome::none || !is_resent()) return finish_later(outcome::lost);
        if (!awaits_ack_) await_ack(now);
        if (!is_released()) request_.stage = progress::queued;
    }

    /// Forgets the session: the next one begins anew. What is under way is `done` as lost.
    void forget() {
        records_.clear();
        if (is_busy() && request_.stage != progress::finished) finish_later(outcome::lost);
    }

    /// Sends DISCONNECT behind what is being sent; nothing is received after that. `left` follows.
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
    /// Fails with `not_open`, `busy`, `no_packet_id`; with `no_space` where the topic does not fit into tx; with
    /// `not_a_topic`, `not_utf8`, `out_of_range`, `too_long`.
    result<packet_id> publish(const mqtt::publish& m, instant now) {
        if (m.level > qos::exactly_once) return error{errc::out_of_range, mqtt::field::qos};
        if (m.payload.size() > limits::packet - limits::mqtt_string - overhead)
            return error{errc::too_long, mqtt::field::payload};
        const bool is_exactly_once = m.level == qos::exactly_once;
        const error fault = fault_of(m.topic, detail::text_role::topic_name, is_exactly_once ? 2 : 0);
        if (fault.code != errc::none) return fault;
        request_ = {m.topic, m.payload, 0, packet_type::publish, m.level, m.retain};
        if (m.level != qos::at_most_once) request_.id = free_id();
        if (is_exactly_once) records_.add(request_.id, in_flight_state::sent);
        refill(now);
        return request_.id;
    }
    /// Subscribes to one filter, and gives the identifier. The filter is borrowed until `done`. Fails like `publish`.
    result<packet_id> subscribe(std::string_view filter, qos asked, instant now) {
        if (asked > qos::exactly_once) return error{errc::out_of_range, mqtt::field::qos};
        return ask(packet_type::subscribe, filter, asked, now);
    }
    /// Unsubscribes from one filter, and gives the identifier. The filter is borrowed until `done`. Fails like `publish`.
    result<packet_id> unsubscribe(std::string_view filter, instant now) {
        return ask(packet_type::unsubscribe, filter, qos::at_most_once, now);
    }

    // --- bytes and time ---

    /// Takes bytes from the front of `input` and gives the next event; nothing once all are taken, or while `is_full`.
    std::optional<event> receive(std::string_view& input, instant now) {
        std::optional<event> out;
        while (!out && is_reading() && !is_full()) {
            const auto found = reader_.receive(input);
            if (!found) return out;
            pings_.heard(now);
            match(
                *found, [&](const from_broker::packet& one) { take(one.first, one.body, out); },
                [&](const from_broker::too_large& one) { take_too_large(one, out); },
                [&](const from_broker::malformed& one) { violate(packet_type{}, one.why, out); });
            refill(now);
        }
        if (!is_reading()) input = {};  // of a connection that has ended
        return out;
    }
    /// Whether nothing is received until more was transmitted: no answer is dropped for want of memory.
    bool is_full() const { return records_.room() == 0; }

    /// What is to be handed to the socket next; empty when there is nothing. Never a copy of a payload.
    std::string_view transmit() const {
        if (at_ != end_) return {tx_.data() + at_, static_cast<std::size_t>(end_ - at_)};
        return cargo_ == cargo::request ? rest(request_.payload, payload_at_) : std::string_view{};
    }
    /// The socket has taken `count` bytes of that, from its front.
    void transmitted(std::size_t count, instant now) {
        if (count == 0 || cargo_ == cargo::none) return;
        stall_ = now + ack_timeout_;
        if (at_ != end_)
            at_ = static_cast<std::uint16_t>(at_ + count);
        else
            payload_at_ += static_cast<std::uint32_t>(count);
        if (!transmit().empty()) return;
        unload(now);
        refill(now);
    }

    /// Gives what has become known between two packets, or has not come in time. A tick too many does nothing.
    std::optional<event> tick(instant now) {
        std::optional<event> out;
        if (take_waiting(out)) return out;
        if (awaits_ack_ && reached(ack_, now)) {
            abandon();
            finish(outcome::no_ack, out);
        } else if (pings_.take_missed(now)) {
            out.emplace(from_session::ping_missed{});
        } else if (cargo_ != cargo::none && reached(stall_, now)) {
            stall_ = now + ack_timeout_;
            out.emplace(from_session::stalled{});
        } else {
            refill(now);  // a ping may be due
        }
        return out;
    }
    /// How long until `tick` has something to do; nothing: until something happens.
    std::optional<millis> wait(instant now) const {
        if (has_waiting()) return millis{0};
        std::optional<millis> shortest = pings_.wait(now, state_ == state::open && cargo_ == cargo::none);
        const auto shorten = [&shortest](millis left) {
            if (!shortest || left < *shortest) shortest = left;
        };
        if (awaits_ack_) shorten(until(ack_, now));
        if (cargo_ != cargo::none) shorten(until(stall_, now));
        return shortest;
    }

    /// Acknowledgements that belonged to nothing, and were ignored; stops at 65535.
    std::uint16_t strays() const { return strays_; }

private:
    friend struct session_probe;  // of the tests

    using outcome = from_session::outcome;
    using maybe = std::optional<event>;
    enum class state : std::uint8_t { closed, greeting, open, leaving, broken };
    enum class cargo : std::uint8_t { none, connect, request, answers, ping, farewell };  // what tx holds
    enum class progress : std::uint8_t { queued, sending, awaiting, finished };

    struct request {
        std::string_view topic = {};
        std::string_view payload = {};
        packet_id id = 0;
        packet_type type = {};  // zero: there is none
        qos level = qos::at_most_once;
        bool retain = false;
        bool is_repeated = false;
        progress stage = progress::queued;
        outcome how = outcome::none;
        std::uint8_t code = 0;
    };

    static constexpr std::size_t most_tx = 65535;

    bool is_busy() const { return request_.type != packet_type{}; }
    bool is_reading() const { return state_ == state::greeting || state_ == state::open; }
    // Whether the request outlives its connection.
    bool is_resent() const { return request_.type == packet_type::publish && request_.level != qos::at_most_once; }
    bool asks(packet_type type, packet_id id) const {
        return request_.type == type && request_.id == id && request_.how == outcome::none;
    }

    // --- requests ---

    error fault_of(std::string_view topic, detail::text_role role, std::size_t records) const {
        if (state_ != state::open) return {errc::not_open};
        if (is_busy()) return {errc::busy};
        if (records_.room() < records) return {errc::no_packet_id};
        const errc fault = detail::fault_of(topic, role, code_points::any);
        if (fault != errc::none) return {fault, mqtt::field::topic};
        if (tx_.size() < overhead || tx_.size() - overhead < topic.size()) return {errc::no_space};
        return {};
    }
    result<packet_id> ask(packet_type type, std::string_view filter, qos asked, instant now) {
        const error fault = fault_of(filter, detail::text_role::topic_filter, 0);
        if (fault.code != errc::none) return fault;
        request_ = {filter, {}, free_id(), type, asked};
        refill(now);
        return request_.id;
    }
    // There are fewer records than identifiers, so that one is free.
    packet_id free_id() {
        do {
            if (++last_id_ == 0) ++last_id_;
        } while (find_own(last_id_) != records_.size());
        return last_id_;
    }
    std::size_t find_own(packet_id id) const {
        return records_.find(id, in_flight_state::sent, in_flight_state::released);
    }
    bool is_released() const {
        return request_.level == qos::exactly_once &&
               records_.find(request_.id, in_flight_state::sent, in_flight_state::sent) == records_.size();
    }

    void await_ack(instant now) {
        ack_ = now + ack_timeout_;
        awaits_ack_ = true;
    }
    // It is not sent again: whether the broker has it is not known. ours: an identifier that the broker may hold for a QoS 2
    // message is let go by PUBREL, so that its next use is no duplicate to it.
    void abandon() {
        const std::size_t at = records_.find(request_.id, in_flight_state::sent, in_flight_state::sent);
        if (at != records_.size()) records_[at].state = in_flight_state::released;
    }
    void finish(outcome how, maybe& out) {
        out.emplace(from_session::done{request_.type, request_.id, how, request_.code});
        request_ = {};
        awaits_ack_ = false;
    }
    void finish_later(outcome how) {
        if (request_.how == outcome::none) request_.how = how;
        request_.stage = progress::finished;
        awaits_ack_ = false;
    }
    // The verdict of a request whose bytes are still being sent waits for that: it borrows them.
    void answer(std::uint8_t code, maybe& out) {
        request_.code = code;
        request_.how = outcome::acknowledged;
        awaits_ack_ = false;
        if (request_.stage != progress::sending) finish(outcome::acknowledged, out);
    }

    bool has_waiting() const {
        return has_greeted_ || has_left_ || (is_busy() && request_.stage == progress::finished);
    }
    bool take_waiting(maybe& out) {
        if (has_greeted_) {
            has_greeted_ = false;
            out.emplace(from_session::greeted{});
        } else if (is_busy() && request_.stage == progress::finished) {
            finish(request_.how, out);
        } else if (has_left_) {
            has_left_ = false;
            out.emplace(from_session::left{});
        }
        return out.has_value();
    }

    // --- what is sent ---

    void load(cargo what, std::size_t size, instant now) {
        cargo_ = what;
        at_ = 0;
        end_ = static_cast<std::uint16_t>(size);
        payload_at_ = 0;
        stall_ = now + ack_timeout_;
    }
    // Answers and requests take turns, so that neither waits for ever.
    void refill(instant now) {
        if (cargo_ != cargo::none || (state_ != state::open && state_ != state::leaving)) return;
        if (state_ == state::leaving) return load_farewell(now);
        const bool is_turn_of_answers = was_request_ && load_answers(now);
        if (is_turn_of_answers || load_ping(now) || load_request(now)) return;
        load_answers(now);
    }
    bool load_answers(instant now) {
        std::size_t size = 0;
        std::size_t kept = 0;
        for (std::size_t at = 0; at != records_.size(); ++at) {
            in_flight one = records_[at];
            const bool fits = tx_.size() - size >= answer_size;
            if (owes_answer(one.state) && fits && !write_answer(one, size)) continue;
            records_[kept++] = one;
        }
        records_.keep(kept);
        if (size == 0) return false;
        load(cargo::answers, size, now);
        return true;
    }
    // False if its identifier is free then.
    bool write_answer(in_flight& one, std::size_t& size) {
        const auto was = one.state;
        const auto type = was == in_flight_state::owes_puback    ? packet_type::puback
                          : was == in_flight_state::owes_pubrec  ? packet_type::pubrec
                          : was == in_flight_state::owes_pubcomp ? packet_type::pubcomp
                                                                 : packet_type::pubrel;
        (void)mqtt::encode_acknowledgement(type, one.id, {tx_.data() + size, answer_size});
        size += answer_size;
        if (was == in_flight_state::owes_pubrec) one.state = in_flight_state::received;
        if (was == in_flight_state::owes_pubrel) one.state = in_flight_state::released;
        return one.state != was;
    }
    bool load_ping(instant now) {
        if (state_ != state::open || !pings_.is_due(now)) return false;
        pings_.expect();
        const auto encoded = mqtt::encode(mqtt::pingreq{}, tx_);
        load(cargo::ping, encoded->size(), now);
        return true;
    }
    bool load_request(instant now) {
        if (!is_busy() || request_.stage != progress::queued) return false;
        const auto encoded = encode_request();
        request_.stage = progress::sending;
        request_.is_repeated = true;
        awaits_ack_ = false;
        load(cargo::request, encoded->size(), now);
        return true;
    }
    result<std::string_view> encode_request() {
        const request& r = request_;
        switch (r.type) {
            case packet_type::subscribe: return mqtt::encode(mqtt::subscribe{r.id, r.topic, r.level, {}}, tx_);
            case packet_type::unsubscribe: return mqtt::encode(mqtt::unsubscribe{r.id, r.topic, {}}, tx_);
            default: break;
        }
        const bool dup = r.is_repeated && r.level != qos::at_most_once;
        return mqtt::encode_head({r.topic, r.payload, r.id, dup, r.level, r.retain}, tx_);
    }
    void load_farewell(instant now) {
        const auto encoded = mqtt::encode(mqtt::disconnect{}, tx_);
        load(cargo::farewell, encoded->size(), now);
    }

    // All of it was handed out: now the time for its answer begins.
    void unload(instant now) {
        const cargo what = cargo_;
        cargo_ = cargo::none;
        was_request_ = what == cargo::request;
        if (what == cargo::ping) return pings_.ping_sent(now, ack_timeout_);
        pings_.sent(now);
        switch (what) {
            case cargo::connect: has_greeted_ = true; return;
            case cargo::request: return unload_request(now);
            case cargo::answers:
                if (is_busy() && request_.stage == progress::awaiting && !awaits_ack_) await_ack(now);  // PUBREL
                return;
            case cargo::farewell:
                has_left_ = true;
                state_ = state::broken;
                return;
            case cargo::ping:
            case cargo::none: return;
        }
    }
    void unload_request(instant now) {
        if (request_.type == packet_type::publish && request_.level == qos::at_most_once)
            return finish_later(outcome::handed_over);
        if (request_.how != outcome::none) return finish_later(request_.how);
        request_.stage = progress::awaiting;
        await_ack(now);
    }

    // --- what comes ---

    void take(std::uint8_t first, std::string_view body, maybe& out) {
        const packet_type type = mqtt::type_of(first);
        const bool is_due = (type == packet_type::connack) == (state_ == state::greeting);
        if (!is_due) return violate(type, {errc::wrong_packet, mqtt::field::type}, out);
        switch (type) {
            case packet_type::connack: return take_connack(first, body, out);
            case packet_type::publish: return take_publish(first, body, out);
            case packet_type::suback: return take_suback(first, body, out);
            case packet_type::pingresp: return take_pingresp(first, body, out);
            case packet_type::puback:
            case packet_type::pubrec:
            case packet_type::pubrel:
            case packet_type::pubcomp:
            case packet_type::unsuback: return take_acknowledgement(first, body, out);
            default: return violate(type, {errc::wrong_packet, mqtt::field::type}, out);
        }
    }
    void violate(packet_type type, error why, maybe& out) {
        state_ = state::broken;
        out.emplace(from_session::violation{type, why});
    }
    void stray() {
        if (strays_ != 65535) ++strays_;
    }

    void take_connack(std::uint8_t first, std::string_view body, maybe& out) {
        const auto m = mqtt::decode<mqtt::connack>(first, body);
        if (!m) return violate(packet_type::connack, m.why(), out);
        if (m->session_present && clean_)
            return violate(packet_type::connack, {errc::inconsistent, mqtt::field::session_present, 2}, out);
        if (m->code != connect_code::accepted) {
            state_ = state::broken;
            out.emplace(from_session::refused{m->code});
            return;
        }
        // ours: CONNACK of MQTT 3.1 cannot say it, and a session that was asked for is taken to be there.
        const bool is_resumed = m->session_present || (!has_session_flag_ && !clean_);
        state_ = state::open;
        pings_.start(seconds_);
        if (is_resumed)
            resend_pubrel();
        else
            forget();
        out.emplace(from_session::accepted{is_resumed});
    }
    void resend_pubrel() {
        for (std::size_t at = 0; at != records_.size(); ++at)
            if (records_[at].state == in_flight_state::released) records_[at].state = in_flight_state::owes_pubrel;
    }
    // What a lost connection leaves of the answers that were owed: the broker asks again for those that are its own.
    void settle_records() {
        std::size_t kept = 0;
        for (std::size_t at = 0; at != records_.size(); ++at) {
            in_flight one = records_[at];
            if (one.state == in_flight_state::owes_pubrec) one.state = in_flight_state::received;
            if (one.state == in_flight_state::owes_pubrel) one.state = in_flight_state::released;
            if (!owes_answer(one.state)) records_[kept++] = one;
        }
        records_.keep(kept);
    }

    void take_publish(std::uint8_t first, std::string_view body, maybe& out) {
        const auto m = mqtt::decode<mqtt::publish>(first, body, allowed_);
        if (!m) return violate(packet_type::publish, m.why(), out);
        if (is_new(*m, out)) out.emplace(from_session::message{*m});
    }
    // ours: a message that is too large is answered like any other, or the broker would send it for ever; one whose identifier
    // is not in what the buffer holds cannot be.
    void take_too_large(const from_broker::too_large& one, maybe& out) {
        const packet_type type = mqtt::type_of(one.first);
        const auto m = mqtt::decode<mqtt::publish>(one.first, one.begin, allowed_);
        const bool is_cut = m.why().code == errc::missing;
        if (state_ != state::open || (!m && !is_cut)) {
            const error why = m ? error{errc::wrong_packet, mqtt::field::type} : m.why();
            return violate(type, why, out);
        }
        if (is_cut || is_new(*m, out)) out.emplace(from_session::too_large{is_cut ? mqtt::publish{} : *m, one.length});
    }
    // Notes what is to be answered. Not new is a QoS 2 message whose PUBREL has not come yet.
    bool is_new(const mqtt::publish& m, maybe& out) {
        if (m.level == qos::at_most_once) return true;
        if (m.level == qos::at_least_once) {
            records_.add(m.id, in_flight_state::owes_puback);
            return true;
        }
        const std::size_t at = records_.find(m.id, in_flight_state::owes_pubrec, in_flight_state::received);
        if (at != records_.size()) {
            records_.put_last(at, in_flight_state::owes_pubrec);
            return false;
        }
        if (records_.room() < 2) {  // the last one is for what is answered at once
            violate(packet_type::publish, {errc::no_packet_id, mqtt::field::packet_id}, out);
            return false;
        }
        records_.add(m.id, in_flight_state::owes_pubrec);
        return true;
    }

    void take_acknowledgement(std::uint8_t first, std::string_view body, maybe& out) {
        const packet_type type = mqtt::type_of(first);
        const auto m = mqtt::decode_acknowledgement(first, body);
        if (!m) return violate(type, m.why(), out);
        switch (type) {
            case packet_type::pubrec: return take_pubrec(m->id, out);
            case packet_type::pubrel: return take_pubrel(m->id, out);
            case packet_type::pubcomp: return take_pubcomp(m->id, out);
            case packet_type::puback:
                if (asks(packet_type::publish, m->id) && request_.level == qos::at_least_once) return answer(0, out);
                break;
            default:
                if (asks(packet_type::unsubscribe, m->id)) return answer(0, out);
                break;
        }
        stray();
    }
    void take_pubrec(packet_id id, maybe& out) {
        const std::size_t at = find_own(id);
        if (at != records_.size()) {
            const bool is_first = records_[at].state == in_flight_state::sent;
            records_.put_last(at, in_flight_state::owes_pubrel);
            if (!is_first) return;
            awaits_ack_ = false;  // until PUBREL is handed out
            out.emplace(from_session::received{id});
        } else if (asks(packet_type::publish, id)) {
            stray();  // for a QoS 1 message: its PUBACK is still due
        } else {
            records_.add(id, in_flight_state::owes_stray);
            stray();
        }
    }
    void take_pubrel(packet_id id, maybe& out) {
        const std::size_t at = records_.find(id, in_flight_state::owes_pubrec, in_flight_state::received);
        if (at != records_.size()) {
            records_.put_last(at, in_flight_state::owes_pubcomp);
            out.emplace(from_session::released{id});
        } else {
            records_.add(id, in_flight_state::owes_pubcomp);
            stray();
        }
    }
    void take_pubcomp(packet_id id, maybe& out) {
        const std::size_t at = records_.find(id, in_flight_state::released, in_flight_state::released);
        if (at == records_.size()) return stray();
        records_.remove(at);
        if (asks(packet_type::publish, id)) return answer(0, out);
        out.emplace(from_session::late{id});
    }
    void take_suback(std::uint8_t first, std::string_view body, maybe& out) {
        const auto m = mqtt::decode<mqtt::suback>(first, body);
        if (!m) return violate(packet_type::suback, m.why(), out);
        if (!asks(packet_type::subscribe, m->id)) return stray();
        if (m->codes.size() != 1)
            return violate(packet_type::suback, {errc::surplus, mqtt::field::return_code, 5}, out);
        answer(static_cast<std::uint8_t>(m->codes.front()), out);
    }
    void take_pingresp(std::uint8_t first, std::string_view body, maybe& out) {
        const auto m = mqtt::decode<mqtt::pingresp>(first, body);
        if (!m) return violate(packet_type::pingresp, m.why(), out);
        if (!pings_.answered()) return stray();
        out.emplace(from_session::ping_answered{});
    }

    static constexpr std::size_t answer_size = 4;

    packet_reader reader_;
    buffer tx_;
    in_flight_list records_;
    keep_alive pings_;
    request request_;
    std::uint32_t payload_at_ = 0;  // bytes of the payload handed out
    std::uint16_t at_ = 0;          // bytes of tx handed out
    std::uint16_t end_ = 0;
    instant ack_ = {};
    instant stall_ = {};
    millis ack_timeout_{10'000};
    std::uint16_t seconds_ = 0;  // of keep alive
    packet_id last_id_ = 0;
    std::uint16_t strays_ = 0;
    state state_ = state::closed;
    cargo cargo_ = cargo::none;
    code_points allowed_ = code_points::any;
    bool clean_ = true;
    bool has_session_flag_ = true;
    bool awaits_ack_ = false;
    bool was_request_ = false;
    bool has_greeted_ = false;
    bool has_left_ = false;
};

}  // namespace atmqtt
