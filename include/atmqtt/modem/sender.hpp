// What a session sends: its one request, the answers that it owes, pings; and the time for what is awaited.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "../core/time.hpp"
#include "../mqtt/codec.hpp"
#include "in_flight.hpp"
#include "keep_alive.hpp"
#include "outbox.hpp"
#include "request.hpp"
#include "session_events.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace atmqtt {

struct session_probe;  // of the tests

namespace detail {

/// The sending half of a session, which tells it what came. It decides what goes out next, and how a request has ended.
class sender {
public:
    using maybe = std::optional<from_session::event>;

    sender(buffer tx, in_flight* records, std::size_t count) : outbox_(tx), records_(records, count) {}

    /// Bytes of tx that a request needs beside its topic.
    static constexpr std::size_t overhead = limits::fixed_header + 5;

    /// As of the session.
    void rebind(buffer tx, in_flight* records) {
        outbox_.rebind(tx);
        records_.rebind(records);
    }
    /// As of the session.
    void rebind(std::string_view topic, std::string_view payload) {
        request_.topic = topic;
        request_.payload = payload;
    }
    /// As of the session.
    void set_ack_timeout(millis limit) { ack_timeout_ = limit.count() != 0 ? limit : millis{1}; }

    /// As of the session.
    void set_last_id(packet_id id) { last_id_ = id; }

    // --- the connection ---

    /// Sends CONNECT. Fails like `mqtt::encode`.
    result<nothing> greet(const mqtt::connect& m, instant now) {
        const auto encoded = mqtt::encode(m, outbox_.space());
        if (!encoded) return encoded.why();
        if (m.clean) end_session();
        load(outbox::cargo::connect, encoded->size(), now);
        return nothing{};
    }
    /// CONNACK came: what is asked may be sent, and what was under way, if it `is_resumed`, goes on.
    void accept(std::uint16_t keep_alive_seconds, bool is_resumed) {
        turn_ = turn::all;
        pings_.start(keep_alive_seconds);
        if (!is_resumed) return end_session();
        records_.resume();
    }
    /// DISCONNECT is to be the last packet, behind the answers that are owed.
    void leave(instant now) {
        turn_ = turn::disconnect;
        refill(now);
    }
    /// Nothing is sent any more.
    void break_off() {
        turn_ = turn::none;
        outbox_.clear();
    }
    /// The socket is gone.
    void lose(bool is_clean, instant now) {
        break_off();
        carries_acknowledgement_ = false;
        pings_.stop();
        has_greeted_ = has_left_ = false;
        records_.lose_connection();
        if (is_clean) end_session();
        if (!request_.is_open()) return;
        if (!request_.is_kept() || request_.how != outcome::none) return finish_later(outcome::lost);
        if (!awaits_ack_) await_ack(now);
        is_of_before_ = true;
        request_.at = is_to_be_sent() ? request::progress::queued : request::progress::awaiting;
    }
    /// There is no session any more.
    void end_session() {
        records_.clear();
        if (request_.is_open()) finish_later(outcome::lost);
    }

    // --- the request ---

    /// Begins it, and gives its identifier. Fails as the session's calls say.
    result<packet_id> ask(packet_type type, const mqtt::publish& asked, instant now) {
        param name = {};
        const errc fault = fault_of(type, asked, name);
        if (fault == errc::none) begin(type, asked, now);
        return result<packet_id>{error{fault, name}, std::in_place, request_.id};
    }
    /// Whether there are records for a message of this QoS.
    bool has_records_for(qos level) const {
        return level != qos::exactly_once || has_kept_id() || records_.room() >= 2;
    }
    /// Keeps a record for the next QoS 2 message, whatever the broker sends before that is asked for; nothing where there is none.
    void keep_record() {
        if (has_records_for(qos::exactly_once) && !has_kept_id()) kept_id_ = queued_id();
    }
    /// It is not asked for after all.
    void give_record_back() {
        records_.give_up(kept_id_);
        kept_id_ = 0;
    }
    /// Gives up what is not to be sent again. There is no connection.
    void abandon() {
        if (!request_.is_open()) return;
        records_.give_up(request_.id);
        finish_later(outcome::lost);
    }
    /// Whether a message of the broker's was not acknowledged, or not all of that was handed out.
    bool owes_acknowledgements() const { return records_.owes_acknowledgements() || carries_acknowledgement_; }
    /// Whether an answer of this identifier is due to a request of this type; of PUBLISH, one of QoS 1.
    bool expects(packet_type asked, packet_id id) const {
        return request_.expects(asked, id) && !request_.is_exactly_once();
    }
    /// That answer came. The verdict waits until the last byte of the request was handed out: it borrows them.
    void answer(std::uint8_t code, maybe& out) {
        request_.code = code;
        request_.how = outcome::acknowledged;
        awaits_ack_ = false;
        if (request_.at != request::progress::sending) conclude(outcome::acknowledged, out);
    }

    // --- identifiers ---

    /// Whether nothing may be received until more was transmitted: there would be no room for its answer.
    bool is_full() const { return records_.room() == 0 || (records_.room() == 1 && records_.owes_answers()); }

    /// A message came: `again` for a QoS 2 message before its PUBREL, `unknown` where there is no room for another.
    in_flight_list::seen take_publish(const mqtt::publish& m) {
        if (m.level == qos::at_least_once) records_.take_publish(m.id);
        if (m.level != qos::exactly_once) return seen::first;
        const bool is_full = records_.room() < 2;  // the last one is for what is answered at once
        return is_full && !records_.is_received(m.id) ? seen::unknown : records_.take_publish_exactly_once(m.id);
    }
    /// PUBREL came. False for an unknown identifier.
    bool take_pubrel(packet_id id, maybe& out) {
        if (records_.take_pubrel(id) == seen::unknown) return false;
        out.emplace(from_session::released{id});
        return true;
    }
    /// PUBREC came. False for an unknown identifier.
    bool take_pubrec(packet_id id, maybe& out) {
        if (expects(packet_type::publish, id)) return false;  // PUBACK is due
        const seen found = records_.take_pubrec(id);
        if (found != seen::first) return found == seen::again;
        if (request_.is_queued()) request_.at = request::progress::awaiting;  // it need not be sent again
        awaits_ack_ = false;                                                  // until PUBREL is handed out
        out.emplace(from_session::received{id});
        return true;
    }
    /// PUBCOMP came. False for an unknown identifier.
    bool take_pubcomp(packet_id id, maybe& out) {
        const seen found = records_.take_pubcomp(id);
        if (found == seen::unknown) return false;
        if (request_.expects(packet_type::publish, id))
            answer(0, out);
        else
            out.emplace(from_session::late{id, found == seen::first});
        return true;
    }

    // --- pings ---

    /// A packet came, whole.
    void heard(instant now) { pings_.heard(now); }
    /// PINGRESP came. False if none is due.
    bool take_pingresp(maybe& out) {
        if (!pings_.answered()) return false;
        out.emplace(from_session::ping_answered{});
        return true;
    }

    // --- bytes and time ---

    std::string_view transmit() const { return outbox_.transmit(request_.payload); }
    void transmitted(std::size_t count, instant now) {
        const auto whole = outbox_.transmitted(count, request_.payload.size(), now + ack_timeout_);
        if (whole == outbox::cargo::none) return;
        unload(whole, now);
        refill(now);
    }
    /// Loads what is to be sent next. Answers and requests take turns, so that neither waits for ever.
    void refill(instant now) {
        if (turn_ == turn::none || !outbox_.is_empty()) return;
        if (turn_ == turn::disconnect) return load_farewell(now);
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
    /// Tells what has become known without a packet; true if there is any.
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
    /// Tells what is late, or sends a ping that is due. Unless it `hears`, no answer is late.
    void tick(instant now, bool hears, maybe& out) {
        if (may_be_late(hears) && reached(ack_due_, now)) {
            records_.give_up(request_.id);
            conclude(is_of_before_ ? outcome::expired : outcome::no_ack, out);
        } else if (hears && pings_.take_missed(now)) {
            out.emplace(from_session::ping_missed{});
        } else if (!outbox_.is_empty() && reached(outbox_.deadline(), now)) {
            outbox_.set_deadline(now + ack_timeout_);
            out.emplace(from_session::stalled{});
        } else {
            refill(now);
        }
    }
    /// As of the session.
    void put_off(instant since, instant now) {
        ack_due_ = atmqtt::put_off(ack_due_, since, now, ack_timeout_);
        pings_.put_off(since, now, ack_timeout_);
    }
    std::optional<millis> wait(instant now, bool hears) const {
        if (has_greeted_ || has_left_ || request_.is_finished()) return millis{0};
        millis shortest = (millis::max)();
        pings_.shorten(shortest, now, turn_ == turn::all && outbox_.is_empty(), hears);
        if (may_be_late(hears)) shorten(shortest, ack_due_, now);
        if (!outbox_.is_empty()) shorten(shortest, outbox_.deadline(), now);
        if (shortest == (millis::max)()) return std::nullopt;
        return shortest;
    }

private:
    friend struct atmqtt::session_probe;  // of the tests

    using outcome = from_session::outcome;
    using seen = in_flight_list::seen;
    enum class turn : std::uint8_t { none, all, disconnect };  // what may be loaded

    errc fault_of(packet_type type, const mqtt::publish& asked, param& name) const {
        if (turn_ != turn::all) return errc::not_open;
        if (!request_.is_none()) return errc::busy;
        if (type == packet_type::publish && !has_records_for(asked.level)) return errc::no_packet_id;
        name = mqtt::field::qos;
        if (asked.level > qos::exactly_once) return errc::out_of_range;
        name = type == packet_type::publish ? mqtt::field::topic : mqtt::field::filter;
        return fault_of(asked.topic, name);
    }
    errc fault_of(std::string_view topic, param& name) const {
        const auto role = name == mqtt::field::topic ? text_role::topic_name : text_role::topic_filter;
        const errc fault = atmqtt::detail::fault_of(topic, role);
        if (fault != errc::none) return fault;
        name = {};
        const std::size_t room = outbox_.space().size() - overhead;  // it has held a CONNECT
        return room < topic.size() ? errc::no_space : errc::none;
    }
    void begin(packet_type type, const mqtt::publish& asked, instant now) {
        static_cast<mqtt::publish&>(request_) = asked;
        request_.type = type;
        request_.at = request::progress::queued;
        request_.id = request_.is_unanswered() ? packet_id{0} : take_id();
        refill(now);
    }
    // Mostly 0, and then no walk over the records.
    bool has_kept_id() const { return kept_id_ != 0 && records_.is_to_be_sent(kept_id_); }
    packet_id take_id() {
        if (!request_.is_exactly_once()) return free_id();
        const packet_id id = has_kept_id() ? kept_id_ : queued_id();
        kept_id_ = 0;
        return id;
    }
    packet_id queued_id() {
        const packet_id id = free_id();
        records_.queue_publish(id);
        return id;
    }
    // There are more identifiers than records: one is free.
    packet_id free_id() {
        do {
            if (++last_id_ == 0) ++last_id_;
        } while (records_.is_own(last_id_));
        return last_id_;
    }
    // Not once PUBREC has come for it.
    bool is_to_be_sent() const { return !request_.is_exactly_once() || records_.is_to_be_sent(request_.id); }

    bool may_be_late(bool hears) const {
        return awaits_ack_ && hears && request_.at != request::progress::sending;  // its bytes stay where they are
    }
    void await_ack(instant now) {
        ack_due_ = now + ack_timeout_;
        awaits_ack_ = true;
        is_of_before_ = false;
    }
    void conclude(outcome how, maybe& out) {
        out.emplace(from_session::done{request_.type, request_.id, how, request_.code});
        request_ = {};
        awaits_ack_ = carries_pubrel_ = false;
    }
    void finish_later(outcome how) {
        request_.finish(how);
        awaits_ack_ = false;
    }

    [[gnu::noinline]] void load(outbox::cargo what, std::size_t size, instant now) {
        outbox_.load(what, size, now + ack_timeout_);
    }
    // What mqtt::encode_signal writes; where CONNECT had room, it has.
    void load_signal(outbox::cargo what, packet_type type, instant now) {
        char* const out = outbox_.space().data();
        out[0] = static_cast<char>(mqtt::detail::first_byte_of(type));
        out[1] = 0;
        load(what, 2, now);
    }
    void load_farewell(instant now) {
        if (!load_answers(now)) load_signal(outbox::cargo::disconnect, packet_type::disconnect, now);
    }
    bool load_answers(instant now) {
        // A PUBREL that is sent once more does not put off the end of its time.
        const bool is_owed = request_.is_awaiting() && !awaits_ack_;
        carries_acknowledgement_ = records_.owes_acknowledgements();
        const std::size_t size = records_.write_answers(outbox_.space());
        if (size == 0) return false;
        carries_pubrel_ = is_owed && !records_.owes_pubrel(request_.id);
        load(outbox::cargo::answers, size, now);
        return true;
    }
    [[gnu::noinline]] void load_request(instant now) {
        load(outbox::cargo::request, request_.encode(outbox_.space()), now);
        records_.send_publish(request_.id);
        request_.at = request::progress::sending;
        request_.was_offered = true;
    }

    // All of it was handed out: now the time for its answer begins.
    void unload(outbox::cargo what, instant now) {
        was_request_ = what == outbox::cargo::request;
        if (what == outbox::cargo::ping) return pings_.ping_sent(now, ack_timeout_);
        pings_.sent(now);
        if (what == outbox::cargo::request) return unload_request(now);
        if (what == outbox::cargo::answers) {
            carries_acknowledgement_ = false;
            if (carries_pubrel_) await_ack(now);
        } else if (what == outbox::cargo::connect) {
            has_greeted_ = true;
        } else {
            has_left_ = true;
            turn_ = turn::none;
        }
    }
    void unload_request(instant now) {
        if (request_.is_unanswered()) return finish_later(outcome::handed_over);
        if (request_.how != outcome::none) return finish_later(request_.how);
        request_.at = request::progress::awaiting;
        // ours: sent once more it has what is left of its time, or a broker that drops the link at each would keep it for ever. And
        // once PUBREC is here the time of PUBREL is yet to begin.
        if (is_to_be_sent() && !awaits_ack_) await_ack(now);
    }

    // Small ones first: a byte far from the start of an object costs a Cortex-M0+ an instruction more each time.
    turn turn_ = turn::none;
    bool awaits_ack_ = false;
    bool is_of_before_ = false;             // that time began before this connection
    bool was_request_ = false;              // what was sent last
    bool carries_pubrel_ = false;           // the request's, among the answers that are being handed out
    bool carries_acknowledgement_ = false;  // of a message of the broker's, among them or lost with them
    bool has_greeted_ = false;
    bool has_left_ = false;
    packet_id last_id_ = 0;
    request request_;
    outbox outbox_;
    keep_alive pings_;
    in_flight_list records_;
    instant ack_due_ = {};
    millis ack_timeout_{10'000};
    packet_id kept_id_ = 0;  // of the record that is kept for a message; none once the session has ended
};

}  // namespace detail

}  // namespace atmqtt
