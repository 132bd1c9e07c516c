// Who sees the packets of a session pass, and hears what it tells: what is promised is a demand on that.
// SPDX-License-Identifier: MIT
#pragma once

#include "oracles.hpp"

#include <atmqtt/modem/packet_reader.hpp>
#include <atmqtt/modem/session.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace oracle {

namespace it = from_session;

/// What a session is lent, and told, in one run.
struct setup {
    std::size_t rx = 0;
    std::size_t tx = 0;
    std::size_t records = 0;
    code_points allowed = code_points::any;
    packet_id last_id = 0;
    std::uint32_t limit = 0;  ///< ms that an answer may take
    std::uint32_t clock = 0;
    std::uint32_t seed = 0;
    std::string_view script;
};

/// Knows the packets that pass and hears what is told, and demands what is promised about that.
class bystander {
public:
    enum class link : std::uint8_t { closed, greeting, open, leaving, broken };

    explicit bystander(const setup& with) : with_(with) {}

    std::uint32_t now = 0;            ///< ms since the start of the script
    std::deque<std::string> answers;  ///< what a true broker would say next, in order

    link state() const { return link_; }
    bool is_reading() const { return link_ == link::greeting || link_ == link::open; }
    bool is_open() const { return link_ == link::open; }
    bool has_request() const { return asked_.has_value(); }
    /// The identifier of the request under way, or of the last one.
    packet_id id() const { return last_id_; }
    std::uint16_t keep_alive() const { return hello_.keep_alive; }

    // --- calls ---

    void limited(std::uint32_t limit) { shortest_ = std::min(shortest_, limit); }

    void greeted(const mqtt::connect& m) {
        demand(link_ == link::closed, "one connection at a time");
        link_ = link::greeting;
        hello_ = m;
        hello_.id = hello_.will_topic = hello_.will_message = hello_.user = hello_.passwd = {};
        hello_words_ = listed(m);
        socket_.reset();
        broker_.reset();
        if (m.clean) end_session();
    }
    void lost() {
        link_ = link::closed;
        has_said_hello_ = has_said_goodbye_ = false;
        owed_.clear();
        owed_pubrec_.clear();
        owed_pubrel_.clear();
        may_pubrec_.clear();
        may_pubrel_.clear();
        answers.clear();
        must_say_greeted_ = must_say_left_ = false;
        pinged_at_.reset();
        pings_ = pongs_ = 0;
        if (asked_) asked_->has_lost_link = true;
        if (hello_.clean) end_session();
    }
    void end_session() {
        mine_.clear();
        delivered_.clear();
        if (asked_) asked_->has_lost_session = true;
    }
    void left() {
        demand(link_ == link::open, "only an open connection is left");
        link_ = link::leaving;
    }

    struct request {
        packet_type type = {};
        std::string topic = {};
        std::string payload = {};
        qos level = qos::at_most_once;
        bool retain = false;
        packet_id id = 0;
        std::uint32_t at = 0;        // ms
        std::uint8_t code = 0;       // of SUBACK
        bool is_received = false;    // PUBREC was told
        bool is_answered = false;    // what acknowledges it has come
        bool has_passed = false;     // all of it, at least once
        bool has_lost_link = false;  // since it was asked
        bool has_lost_session = false;

        bool has_id() const { return type != packet_type::publish || level != qos::at_most_once; }
        bool is_kept() const { return type == packet_type::publish && level != qos::at_most_once; }
    };

    void asked(request wanted, packet_id id) {
        demand(link_ == link::open, "requests are for an open connection");
        demand(!asked_, "one request at a time");
        demand(wanted.has_id() == (id != 0), "an identifier is not 0, and QoS 0 has none");
        demand(id == 0 || !is_in_flight(id), "an identifier in flight is not used again");
        demand(wanted.level <= qos::exactly_once, "no other QoS is asked for");
        demand(wanted.type == packet_type::publish ? is_topic_name(wanted.topic) : is_topic_filter(wanted.topic),
               "topics are those that MQTT allows");
        wanted.id = id;
        wanted.at = now;
        if (id != 0) last_id_ = id;
        asked_ = std::move(wanted);
    }
    void not_asked(errc why) const {
        demand((why == errc::not_open) == !is_open(), "not_open says that no connection is open");
        demand((why == errc::busy) == (is_open() && asked_), "it is busy until the verdict was told, and no longer");
    }

    // --- the socket takes bytes ---

    void pass(std::string_view bytes) {
        for (auto what = socket_.read(bytes); what != found::nothing; what = socket_.read(bytes)) {
            demand(what == found::packet, "what is sent are packets");
            const auto m = mqtt::decode(socket_.first_byte(), socket_.body());
            demand(static_cast<bool>(m), "what is sent are packets that MQTT allows");
            match(*m, [this](const auto& one) { pass_one(one); });
            passed_at_ = now;
            silence_ = 0;
        }
    }

    // --- bytes come, and what is told about them ---

    /// The session has taken these, and may have told something.
    void hear(std::string_view bytes, const std::optional<session::event>& event) {
        const bool breaks =
            event && (std::holds_alternative<it::violation>(*event) || std::holds_alternative<it::refused>(*event));
        heard_ = {};
        for (auto what = broker_.read(bytes); what != found::nothing; what = broker_.read(bytes)) {
            demand(what != found::malformed || breaks, "what is malformed breaks a connection off");
            heard_ = {};
            silence_ = std::max(silence_, now - heard_at_);
            heard_at_ = now;
            if (what != found::malformed) hear_packet();
            // What follows a packet that breaks a connection off is not taken.
            demand(breaks || !heard_.must_tell || (event && bytes.empty()), "what came is told");
        }
        if (event) match(*event, [this](const auto& one) { tell(one); });
    }

    // --- at rest ---

    void demand_all_told() const {
        demand(!asked_, "each request comes to its verdict");
        demand(!must_say_greeted_ && !must_say_left_, "what was sent is told");
    }
    void demand_nothing_owed() const {
        demand(owed_.empty() && owed_pubrec_.empty(), "each answer that is owed is sent");
        demand(owed_pubrel_.empty(), "each PUBREL that is owed is sent");
    }

private:
    using found = packet_reader::found;
    enum class own : std::uint8_t {
        at_least_once,
        early,  // PUBREC has come before all of the message was sent
        sent,
        released,
        perhaps,  // given up before all of the message was sent: a part may have been
    };
    bool has(packet_id id) const { return mine_.count(id) != 0; }
    bool is(packet_id id, own what) const { return has(id) && mine_.at(id) == what; }
    bool is_in_flight(packet_id id) const { return has(id) && !is(id, own::perhaps); }
    bool was_sent(packet_id id) const { return has(id) && mine_.at(id) >= own::early; }

    // --- packets that pass ---

    void check_turn() const {
        demand(has_said_hello_, "CONNECT is the first packet");
        demand(!has_said_goodbye_, "DISCONNECT is the last packet");
    }
    void check_open() const {
        check_turn();
        demand(link_ == link::open || link_ == link::leaving, "only CONNECT is sent before CONNACK");
    }
    template <class Packet>
    void answer_with(const Packet& m) {
        char out[64];
        const auto bytes = mqtt::encode(m, out);
        demand(static_cast<bool>(bytes), "a true broker can answer");
        answers.emplace_back(*bytes);
    }

    void pass_one(const mqtt::connect& m) {
        demand(!has_said_hello_, "CONNECT is sent once in a connection");
        demand(listed(m) == hello_words_, "CONNECT is sent as it was given");
        has_said_hello_ = must_say_greeted_ = true;
        has_session_ = has_session_ && !m.clean;
        answer_with(mqtt::connack{has_session_, connect_code::accepted});
        has_session_ = !m.clean;
    }
    void pass_request(packet_type type, std::string_view topic, packet_id id) {
        check_open();
        demand(asked_ && asked_->type == type && asked_->id == id, "what is sent was asked for, and is not done yet");
        demand(asked_->topic == topic, "a topic is sent as it was given");
        asked_->has_passed = true;
    }
    void pass_one(const mqtt::publish& m) {
        pass_request(packet_type::publish, m.topic, m.id);
        demand(m.payload == asked_->payload && m.level == asked_->level && m.retain == asked_->retain,
               "a message is sent as it was given");
        if (m.level == qos::at_most_once) return;
        demand(!is(m.id, own::released), "after PUBREL a message is not sent again");
        demand(m.dup || !is_in_flight(m.id) || is(m.id, own::early), "a message that was sent before has DUP");
        demand(!m.dup || asked_->has_lost_link, "a message has no DUP the first time");
        const bool is_exactly_once = m.level == qos::exactly_once;
        mine_[m.id] = is_exactly_once ? own::sent : own::at_least_once;
        if (is_exactly_once)
            answer_with(mqtt::pubrec{m.id});
        else
            answer_with(mqtt::puback{m.id});
    }
    void pass_one(const mqtt::subscribe& m) {
        pass_request(packet_type::subscribe, m.filter, m.id);
        demand(m.more.empty() && m.level == asked_->level, "a subscription is sent as it was given");
        const char granted = static_cast<char>(m.level);
        answer_with(mqtt::suback{m.id, {&granted, 1}});
    }
    void pass_one(const mqtt::unsubscribe& m) {
        pass_request(packet_type::unsubscribe, m.filter, m.id);
        demand(m.more.empty(), "one filter was asked for");
        answer_with(mqtt::unsuback{m.id});
    }
    void pass_one(const mqtt::pubrel& m) {
        check_open();
        demand(may_pubrel_.count(m.id) != 0, "PUBREL is sent for a PUBREC, or once more");
        owed_pubrel_.erase(m.id);
        if (is(m.id, own::early) || is(m.id, own::sent)) mine_[m.id] = own::released;
        answer_with(mqtt::pubcomp{m.id});
    }
    void pass_one(const mqtt::puback& m) { pay(packet_type::puback, m.id); }
    void pass_one(const mqtt::pubcomp& m) { pay(packet_type::pubcomp, m.id); }
    void pass_one(const mqtt::pubrec& m) {
        check_open();
        demand(may_pubrec_.count(m.id) != 0, "PUBREC is sent for a message that came");
        owed_pubrec_.erase(m.id);
        answer_with(mqtt::pubrel{m.id});
    }
    void pass_one(const mqtt::pingreq&) {
        check_open();
        const std::uint32_t whole = keep_alive() * 1000U;
        demand(whole != 0, "where there is no keep alive there is no ping");
        if (!pinged_at_) pinged_at_ = now;
        ++pings_;
        const std::uint32_t silence = std::max(silence_, now - heard_at_);
        demand(now - passed_at_ >= whole / 2 || silence >= whole, "no ping comes before its time");
        answer_with(mqtt::pingresp{});
    }
    void pass_one(const mqtt::disconnect&) {
        check_turn();
        demand(link_ == link::leaving, "DISCONNECT is sent when asked for");
        has_said_goodbye_ = must_say_left_ = true;
    }
    template <class Other>
    void pass_one(const Other&) {
        demand(false, "what is sent are packets of a client");
    }
    void pay(packet_type type, packet_id id) {
        check_open();
        const auto at = owed_.find({type, id});
        demand(at != owed_.end(), "an answer is sent for something that came, and once for each");
        owed_.erase(at);
    }

    // --- packets that come ---

    void hear_packet() {
        heard_.type = mqtt::type_of(broker_.first_byte());
        heard_.length = broker_.length();
        const std::uint8_t first_byte = broker_.first_byte();
        const std::string_view body = first(broker_.body(), with_.rx);
        if (heard_.type == packet_type::publish) return hear_publish(first_byte, body);
        if (const auto m = mqtt::decode_acknowledgement(first_byte, body)) return hear_acknowledgement(m->id);
        if (const auto m = mqtt::decode<mqtt::suback>(first_byte, body)) return hear_suback(*m);
        if (const auto m = mqtt::decode<mqtt::connack>(first_byte, body))
            heard_.is_resumed = m->session_present || (hello_.protocol == protocol_level::v3_1 && !hello_.clean);
        heard_.must_tell = heard_.type != packet_type::pingresp;  // one may be spare
    }
    void hear_publish(std::uint8_t first_byte, std::string_view body) {
        heard_.must_tell = true;
        heard_.words = listed(mqtt::publish{});
        const auto m = mqtt::decode<mqtt::publish>(first_byte, body);
        if (!m || !is_topic_name(m->topic, with_.allowed)) return;
        heard_.words = listed(*m);
        heard_.level = m->level;
        heard_.id = m->id;
        if (m->level == qos::at_least_once) owed_.insert({packet_type::puback, m->id});
        if (m->level != qos::exactly_once) return;
        heard_.must_tell = delivered_.count(m->id) == 0;
        owed_pubrec_.insert(m->id);
        may_pubrec_.insert(m->id);
    }
    void hear_acknowledgement(packet_id id) {
        heard_.id = id;
        const bool is_asked = asked_ && asked_->id == id && asked_->has_id();
        const bool is_message = is_asked && asked_->type == packet_type::publish;
        switch (heard_.type) {
            case packet_type::pubrel:
                heard_.must_tell = delivered_.count(id) != 0;
                owed_.insert({packet_type::pubcomp, id});
                owed_pubrec_.erase(id);
                return;
            case packet_type::pubrec:
                may_pubrel_.insert(id);
                if (is(id, own::released)) owed_pubrel_.insert(id);
                return;
            case packet_type::puback:
                if (is_message && asked_->level == qos::at_least_once) asked_->is_answered = true;
                return;
            case packet_type::pubcomp:
                if (is_message && asked_->is_received) asked_->is_answered = true;
                return;
            default:
                if (is_asked && asked_->type == packet_type::unsubscribe) asked_->is_answered = true;
                return;
        }
    }
    void hear_suback(const mqtt::suback& m) {
        if (!asked_ || asked_->type != packet_type::subscribe || asked_->id != m.id || m.codes.size() != 1) return;
        if (!asked_->is_answered) asked_->code = static_cast<std::uint8_t>(m.codes.front());
        asked_->is_answered = true;
    }

    // --- what is told ---

    void tell(const it::greeted&) {
        demand(std::exchange(must_say_greeted_, false), "a greeting is told once it was sent, and once");
    }
    void tell(const it::accepted& e) {
        demand(link_ == link::greeting && heard_.type == packet_type::connack, "CONNACK opens a connection");
        demand(e.is_resumed == heard_.is_resumed, "a session is resumed if the broker still has it");
        link_ = link::open;
        if (!e.is_resumed) return end_session();
        for (const auto& [id, what] : mine_) may_pubrel_.insert(id);
    }
    void tell(const it::refused& e) {
        demand(link_ == link::greeting && e.code != connect_code::accepted, "a refusal is the answer to a greeting");
        link_ = link::broken;
    }
    void tell(const it::message& e) {
        demand(heard_.type == packet_type::publish && listed(e.what) == heard_.words, "a message is told as it came");
        tell_publish();
    }
    void tell(const it::too_large& e) {
        demand(heard_.type == packet_type::publish && listed(e.what) == heard_.words, "a message is told as it came");
        demand(e.length == heard_.length && e.length > with_.rx, "too large is what does not fit");
        tell_publish();
    }
    void tell_publish() {
        if (heard_.level != qos::exactly_once) return;
        demand(delivered_.insert(heard_.id).second, "a QoS 2 message is delivered once before its PUBREL");
    }
    void tell(const it::released& e) {
        demand(heard_.type == packet_type::pubrel && heard_.id == e.id, "a release is PUBREL");
        demand(delivered_.erase(e.id) == 1, "a release is told for a message that was delivered");
    }
    void tell(const it::received& e) {
        demand(heard_.type == packet_type::pubrec && heard_.id == e.id, "PUBREC is told when it comes");
        const bool is_asked = asked_ && asked_->type == packet_type::publish && asked_->id == e.id;
        demand(is_asked || is(e.id, own::sent), "PUBREC is told for a message of ours");
        if (is_asked) asked_->is_received = true;
        if (!has(e.id)) mine_[e.id] = own::early;
        owed_pubrel_.insert(e.id);
    }
    void tell(const it::late& e) {
        demand(heard_.type == packet_type::pubcomp && heard_.id == e.id, "late is PUBCOMP");
        demand(was_sent(e.id), "what is late was released");
        mine_.erase(e.id);
    }
    void tell(const it::ping_answered&) {
        demand(heard_.type == packet_type::pingresp, "a ping is answered by PINGRESP");
        demand(++pongs_ <= pings_ + 1, "no more pings are answered than were sent, or are being sent");
    }
    void tell(const it::ping_missed&) {
        demand(pinged_at_ && now - *pinged_at_ >= shortest_, "a ping is missed after its time");
    }
    void tell(const it::stalled&) { demand(link_ != link::closed, "a socket that is gone does not stall"); }
    void tell(const it::violation&) {
        demand(is_reading(), "what is not received breaks no rule");
        link_ = link::broken;
    }
    void tell(const it::left&) {
        demand(std::exchange(must_say_left_, false), "a farewell is told once it was sent, and once");
        link_ = link::broken;
    }
    void tell(const it::done& e) {
        demand(asked_ && e.request == asked_->type && e.id == asked_->id, "one verdict for each request");
        demand_reason(e, *asked_);
        const bool is_late = e.how == it::outcome::no_ack || e.how == it::outcome::expired;
        const bool is_kept = asked_->level == qos::exactly_once && asked_->is_kept() && is_late;
        if (!is_kept)
            mine_.erase(e.id);
        else
            mine_[e.id] = was_sent(e.id) && !is(e.id, own::perhaps) ? own::released : own::perhaps;
        asked_.reset();
    }
    void demand_reason(const it::done& e, const request& wanted) const {
        switch (e.how) {
            case it::outcome::none: return demand(false, "a verdict says how it ended");
            case it::outcome::acknowledged:
                demand(wanted.is_answered, "acknowledged is what the broker has acknowledged");
                return demand(wanted.type != packet_type::subscribe || e.code == wanted.code,
                              "a code is told as it came");
            case it::outcome::handed_over:
                return demand(!wanted.has_id() && wanted.has_passed, "only QoS 0 is done by being sent");
            case it::outcome::no_ack:
                demand(wanted.has_id(), "QoS 0 has no answer");
                return demand(now - wanted.at >= shortest_, "no answer is late before its time");
            case it::outcome::expired:
                demand(wanted.has_lost_link, "what has expired was under way before this connection");
                return demand(now - wanted.at >= shortest_, "nothing expires before its time");
            case it::outcome::lost:
                return demand(wanted.is_kept() ? wanted.has_lost_session
                                               : wanted.has_lost_link || wanted.has_lost_session,
                              "lost is what was under way at the end");
        }
    }

    struct heard {
        packet_type type = {};
        std::string words = {};
        std::uint32_t length = 0;
        packet_id id = 0;
        qos level = qos::at_most_once;
        bool is_resumed = false;
        bool must_tell = false;
    };

    setup with_;
    link link_ = link::closed;
    mqtt::connect hello_;
    std::string hello_words_;
    std::optional<request> asked_;
    std::map<packet_id, own> mine_;
    std::set<packet_id> delivered_;  // the broker's QoS 2 messages, until PUBREL
    std::multiset<std::pair<packet_type, packet_id>> owed_;
    std::set<packet_id> owed_pubrec_;
    std::set<packet_id> owed_pubrel_;
    std::set<packet_id> may_pubrec_;  // messages that came in this connection
    std::set<packet_id> may_pubrel_;
    char socket_memory_[8192] = {};
    char broker_memory_[8192] = {};
    packet_reader socket_{socket_memory_};
    packet_reader broker_{broker_memory_};
    heard heard_;
    std::uint32_t shortest_ = with_.limit;
    std::uint32_t passed_at_ = 0;
    std::uint32_t heard_at_ = 0;
    std::uint32_t silence_ =
        0;  // the longest that has ended since a packet passed: a ping that was due then passes later
    std::optional<std::uint32_t> pinged_at_;  // first in this connection
    unsigned pings_ = 0;                      // in this connection
    unsigned pongs_ = 0;
    packet_id last_id_ = 1;
    bool has_said_hello_ = false;
    bool has_said_goodbye_ = false;
    bool must_say_greeted_ = false;
    bool must_say_left_ = false;
    bool has_session_ = false;  // the broker
};

}  // namespace oracle
