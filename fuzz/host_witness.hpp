// Who sees what a host hands out, reads and tells: what is promised is a demand on that.
// SPDX-License-Identifier: MIT
#pragma once

#include "oracles.hpp"
#include "script.hpp"
#include "uart_witness.hpp"

#include <atmqtt/host/host.hpp>
#include <atmqtt/modem/plain_commands.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oracle {

// --- events in words; what chunk invariance lets differ is in `bytes` ---

inline entry told(std::string words) { return {std::move(words), {}, 0, false}; }
inline std::string header_in_words(const message_header& m) { return listed(m); }

struct host_words {
    entry operator()(const on::opened&) const { return told("opened"); }
    entry operator()(const on::closed& e) const { return told("closed " + in_words(e.why)); }
    entry operator()(const on::message& e) const {
        return {"message " + listed(e.what) + in_words(e.mismatch), {}, e.size, false};
    }
    entry operator()(const on::done& e) const {
        return told("done " + in_words(e.what) + in_words(e.how) + in_words(e.code) + in_words(e.granted));
    }
    entry operator()(const on::step& e) const {
        return told("step " + in_words(e.what.what) + in_words(e.what.how) + in_words(e.what.code) +
                    in_words(e.what.granted));
    }
    entry operator()(const on::alarm& e) const { return told("alarm " + listed(e.what)); }
    entry operator()(const on::reconnecting& e) const { return told("reconnecting " + in_words(e.number)); }
    entry operator()(const on::retrying& e) const { return told("retrying " + in_words(e.after.count())); }
    entry operator()(const on::give_up&) const { return told("give_up"); }
    entry operator()(const on::network_needed&) const { return told("network_needed"); }
    entry operator()(const on::restarted&) const { return told("restarted"); }
    entry operator()(const on::warning& e) const { return told("warning " + in_words(e.what)); }
    entry operator()(const on::answer& e) const { return told("answer " + in_words(e.is_ambiguous) + listed(e.what)); }
    entry operator()(const on::item& e) const { return told("item " + listed(e.what)); }
    entry operator()(const on::text_line& e) const {
        return {"text_line " + in_words(e.text) + in_words(e.is_answer), {}, e.size, false};
    }
    entry operator()(const on::late_ack& e) const {
        return told("late_ack " + in_words(e.is_of_last) + listed(e.what));
    }
    entry operator()(const on::piece& e) const {
        const std::string end = e.last ? "end " + in_words(e.mismatch) : std::string{};
        return {"piece " + listed(e.header), std::string{e.bytes} + end, e.size, !e.last};
    }
    entry operator()(const on::too_large& e) const {
        return {"too_large " + listed(e.header) + in_words(e.mismatch), {}, e.size, false};
    }
    entry operator()(const on::malformed& e) const {
        return {"malformed " + in_words(e.text) + in_words(e.why.code) + in_words(e.why.field) + in_words(e.why.column),
                {},
                e.size,
                false};
    }
    entry operator()(const on::overlong& e) const { return {"overlong", {}, e.size, true}; }
    entry operator()(const on::stuck&) const { return told("stuck"); }
};

/// What of an event is viewed.
struct host_views {
    const memory& rx;

    void operator()(const on::message& e) const { demand_views_in(rx, e.what); }
    void operator()(const on::alarm& e) const { demand_views_in(rx, e.what); }
    void operator()(const on::answer& e) const { demand_views_in(rx, e.what); }
    void operator()(const on::late_ack& e) const { demand_views_in(rx, e.what); }
    void operator()(const on::item& e) const { demand_views_in(rx, e.what); }
    void operator()(const on::text_line& e) const { look(e.text); }
    void operator()(const on::malformed& e) const { look(e.text); }
    void operator()(const on::piece& e) const {
        demand_views_in(rx, e.header);
        look(e.bytes);
    }
    void operator()(const on::too_large& e) const { demand_views_in(rx, e.header); }
    template <class Other>
    void operator()(const Other&) const {}

private:
    void look(std::string_view part) const { demand(rx.holds(part), "what an event views lies in what was lent"); }
};

/// Knows one host's commands, and looks at each event.
class host_witness {
public:
    // --- calls of the user ---

    bool has_command() const { return asked_.has_value(); }
    bool is_stuck() const { return is_stuck_; }
    bool is_open() const { return is_open_; }
    /// What was handed out last, with its CR.
    std::string_view last_command() const { return offered_; }

    struct wish {
        verb what = verb::none;
        qos level = qos::at_most_once;
        std::string topic = {};
        std::string line = {};     // with its CR
        std::string payload = {};  // that is counted
        std::vector<std::string> finals = {};
    };
    void ask(wish wanted) {
        demand(!asked_, "one command of the user at a time");
        demand_no_injection(wanted.line);
        asked_ = std::move(wanted);
        left_ = asked_->line.size();
        answers_.clear();
    }
    void open() { wants_reason_ = is_stuck_ = false; }
    void restart() { is_stuck_ = false; }
    /// Bytes that are not what a module sends back may hold the password.
    void publish_secret(std::string_view bytes) {
        said_ = std::string{rest(said_, said_.size() - std::min(said_.size(), password.size()))} + std::string{bytes};
        is_secret_ = is_secret_ && said_.find(password) == said_.npos;
    }

    // --- what is handed out ---

    void offer_command(std::string_view bytes) {
        demand(ends_with(bytes, "\r") && bytes.find('\r') == bytes.size() - 1, "a command has one CR, at its end");
        demand_no_injection(bytes);
        const bool is_rest = !offered_.empty() && bytes == rest(offered_, taken_);
        if (is_rest) return;
        demand(!asked_ || (left_ != 0 && bytes == asked_->line), "a command is handed out as it was asked for");
        if (!asked_) demand_own(bytes);
        offered_ = bytes;
        taken_ = 0;
        was_prompted_ = is_paying_ = false;
        trim();
        left_ = 0;
    }
    void offer_payload(std::string_view bytes) {
        demand(was_prompted_, "no byte of a payload goes before a prompt");
        demand(asked_ && ends_with(asked_->payload, bytes), "a payload is handed out as it was given");
        const auto last = parse<publish_counted>(offered_);
        demand(last && last->length == asked_->payload.size(), "a payload goes behind its command");
        if (!is_paying_) trim();  // what comes while no byte of it is taken yet may be its answer
        is_paying_ = true;
    }
    void offer_probe(std::string_view bytes) {
        demand(ends_with("AT\r", bytes), "what is in no lent memory is a probe");
        offered_ = "AT\r";
        taken_ = offered_.size();
    }
    void take_command(std::size_t count) { taken_ += count; }

    // --- what comes ---

    void hear(std::string_view bytes) {
        heard_ += bytes;
        was_prompted_ = was_prompted_ || bytes.find('>') != bytes.npos;
    }

    void tell(const host::event& found, const entry& words) {
        const bool is_from_stranger =
            std::holds_alternative<on::message>(found) || std::holds_alternative<on::piece>(found);
        demand(is_from_stranger || !is_secret_ || words.words.find(password) == words.words.npos,
               "a password is in no event");
        const bool is_reason =
            std::holds_alternative<on::retrying>(found) || std::holds_alternative<on::give_up>(found);
        demand(is_reason == wants_reason_, "behind closed, unless it was asked for, stands what follows");
        wants_reason_ = false;
        match(found, [this](const auto& one) { tell_one(one); });
    }

private:
    static void demand_own(std::string_view line) {
        const auto read = parse_command(line);
        const bool is_plain = line == "AT\r" || line == "ATE0\r" || line == "AT+CMEE=1\r";
        demand(read || is_plain, "what a host sends by itself are commands");
    }

    void tell_one(const on::answer& e) {
        answers_.push_back(e.what.index());
        note_topic(e.what);
    }
    void tell_one(const on::done& e) {
        demand(asked_.has_value(), "one verdict for each command");
        demand(e.what == asked_->what, "a verdict is on what was asked");
        if (e.acknowledged()) demand_acknowledged(e, *asked_);
        end(e);
        asked_.reset();
    }
    void tell_one(const on::step& e) {
        wish own;
        own.what = e.what.what;
        const auto sent = parse<subscribe>(offered_);
        if (sent) own.topic = copy_of(sent->topic);
        if (e.what.acknowledged()) demand_acknowledged(e.what, own);
        end(e.what);
    }
    void end(const from_chat::done&) {
        answers_.clear();
        topics_.clear();
        trim();
        left_ = 0;
    }
    void tell_one(const on::opened&) { is_open_ = true; }
    void tell_one(const on::closed& e) {
        is_open_ = false;
        wants_reason_ = e.why != on::cause::asked;
    }
    void tell_one(const on::reconnecting&) { is_open_ = false; }
    void tell_one(const on::restarted&) { is_open_ = false; }
    void tell_one(const on::stuck&) { is_stuck_ = true; }
    template <class Other>
    void tell_one(const Other&) {}

    void note_topic(const line& m) {
        if (const auto* const ack = std::get_if<suback>(&m)) topics_.emplace_back(copy_of(ack->topic), ack->code);
        if (const auto* const ack = std::get_if<unsuback>(&m))
            topics_.emplace_back(copy_of(ack->topic), suback_refused);
    }

    // --- acknowledged ---

    template <class Line>
    bool has() const {
        const line sample{Line{}};
        return std::find(answers_.begin(), answers_.end(), sample.index()) != answers_.end();
    }
    bool has_topic(const wish& wanted, std::uint8_t granted) const {
        for (const auto& [topic, code] : topics_)
            if (topic == wanted.topic && code == granted) return true;
        return false;
    }
    bool has_heard(std::string_view words) const { return heard_.find(words) != heard_.npos; }
    void demand_acknowledged(const from_chat::done& d, const wish& wanted) const {
        demand(is_answered(d, wanted), "acknowledged is what the line that acknowledges it has said");
    }
    bool is_answered(const from_chat::done& d, const wish& wanted) const {
        switch (wanted.what) {
            case verb::publish:
                if (wanted.level == qos::at_least_once) return has<puback>() && has_heard("PUBACK");
                if (wanted.level == qos::exactly_once) return has<pubcomp>() && has_heard("PUBCOMP");
                return has_heard("OK");
            case verb::subscribe: return has_topic(wanted, d.granted) && has_heard("SUBACK");
            case verb::unsubscribe: return has_topic(wanted, suback_refused) && has_heard("UNSUBACK");
            case verb::open: return has<open_is>() && has_heard("MQTTOPEN");
            case verb::disconnect: return has<disc_is>() && has_heard("MQTTDISC");
            case verb::query_state: return has<state_is>() && has_heard("MQTTSTAT");
            case verb::query_configuration: return has<configuration_is>() || has<no_configuration>();
            default:
                return has_heard("OK") || std::any_of(wanted.finals.begin(), wanted.finals.end(),
                                                      [this](const auto& one) { return has_heard(one); });
        }
    }
    // What stands in whole lines was told by now; a CR may still wait for its LF.
    void trim() {
        if (heard_.empty() || heard_.back() == '\n') return heard_.clear();
        const std::size_t last = heard_.find_last_not_of('\r');
        const std::size_t end = last == heard_.npos ? heard_.npos : heard_.find_last_of("\r\n", last);
        if (end != heard_.npos) heard_.erase(0, end + 1);
    }

    std::optional<wish> asked_;
    std::size_t left_ = 0;  // bytes of it, before it was offered
    std::string offered_;   // the last command
    std::size_t taken_ = 0;
    std::string heard_;  // since a command was offered, or ended
    std::string said_;
    std::vector<std::size_t> answers_;  // which lines, since a command has ended
    std::vector<std::pair<std::string, std::uint8_t>> topics_;
    bool was_prompted_ = false;
    bool is_paying_ = false;  // the payload was offered
    bool wants_reason_ = false;
    bool is_open_ = false;
    bool is_stuck_ = false;
    bool is_secret_ = true;
};

}  // namespace oracle
