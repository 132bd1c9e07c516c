// Who knows what a modem was asked, and reads what each of its calls has written to the host: what is promised is a demand on that.
// SPDX-License-Identifier: MIT
#pragma once

#include "oracles.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/subscriptions.hpp>
#include <atmqtt/host/line_reader.hpp>
#include <atmqtt/modem/plain_commands.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oracle {

/// The password in every CFG of a script. It is in nothing else, unless the script puts it there.
constexpr std::string_view password = "s3cr!t~";

inline std::string copy_of(const text& from) {
    std::string out;
    for (const char byte : from) out += byte;
    return out;
}

/// A command, with its bytes.
class asked_command {
public:
    explicit asked_command(std::string_view line) : line_(line), what_(parse_command(line_.view())) {}

    template <class Command>
    const Command* as() const {
        return what_ ? std::get_if<Command>(&*what_) : nullptr;
    }
    bool is_known() const { return bool{what_}; }
    detail::plain_command plain() const {
        return is_known() ? detail::plain_command::unknown : detail::parse_plain(line_.view());
    }
    std::string_view line() const { return line_.view(); }
    std::string data;  ///< that came counted

private:
    memory line_;
    result<command> what_;
};

/// One in words: what MQTT shows of PUB, SUB and UNSUB.
inline std::string wish_of(const asked_command& asked) {
    const auto message = [](const auto& m, const std::string& payload) {
        return "publish " + in_words(m.topic) + in_words(std::string_view{payload}) + in_words(m.level) +
               in_words(m.retain);
    };
    if (const auto* const m = asked.as<publish>()) return message(*m, copy_of(m->message));
    if (const auto* const m = asked.as<publish_counted>()) return message(*m, asked.data);
    if (const auto* const m = asked.as<subscribe>()) return "subscribe " + in_words(m->topic) + in_words(m->level);
    if (const auto* const m = asked.as<unsubscribe>()) return "unsubscribe " + in_words(m->topic);
    return {};
}

/// Knows one modem's commands and answers.
class uart_witness {
public:
    uart_witness(spelling how, std::string_view identity) : how_(how), identity_(identity) {}

    /// Whether a command has not had its final result.
    bool is_pending() const { return pending_.has_value(); }
    const asked_command* pending() const { return pending_ ? &*pending_ : nullptr; }
    /// The last CFG and OPEN that were taken, and whether there are any.
    const std::optional<asked_command>& configured() const { return configured_; }
    const std::optional<asked_command>& opened() const { return opened_; }
    bool echoes() const { return echoes_; }

    // --- what the host sends ---

    /// A command was taken, and is to be answered.
    void ask(std::string_view line) {
        demand(!pending_, "a command is taken once the one before has its final result");
        pending_.emplace(line);
        const auto* const m = pending_->as<configure>();
        const bool is_secret =
            m != nullptr && copy_of(m->passwd) == password && line.find(password) == line.rfind(password);
        if (!is_secret) publish_secret(line);
    }
    /// A line was too long, and is answered all the same.
    void ask_overlong() { ask("overlong"); }
    /// OPEN was not refused at once: a socket is to be connected.
    void note_opening() { opened_.emplace(pending_->line()); }
    void add_data(std::string_view piece) { pending_->data += piece; }
    /// Somebody else may have said the password aloud.
    void publish_secret(std::string_view bytes) {
        heard_ = heard_.substr(heard_.size() - std::min(heard_.size(), password.size())) + std::string{bytes};
        is_secret_ = is_secret_ && heard_.find(password) == heard_.npos;
    }

    // --- what comes from the broker ---

    /// The packet that came last is a message, or not.
    void hear(std::optional<std::string> message) { message_ = std::move(message); }
    /// CONNACK was told: the subscriptions go on, or not.
    void greet(bool is_resumed) {
        if (!is_resumed) subscriptions_.clear();
    }

    // --- what a call has written ---

    /// All of it, but for the echo. `is_under_way`: after the call, as the modem says.
    void read(std::string_view written, bool is_under_way) {
        demand(!is_secret_ || written.find(password) == written.npos, "a password is never written");
        split(written);
        for (std::size_t at = 0; at != lines_.size(); ++at) read_line(at);
        find_final(is_under_way);
    }
    /// Nothing of it waits to be told.
    void demand_at_rest(bool is_under_way) const {
        demand(is_pending() == is_under_way, "a command that is not under way has had its final result");
    }
    void demand_no_secret(std::string_view bytes) const {
        demand(!is_secret_ || bytes.find(password) == bytes.npos, "a password is in no event");
    }

private:
    struct one_line {
        std::string text;
        std::optional<line> what = {};  // views text
        bool is_item = false;
        bool is_malformed = false;
        std::string message = {};
    };

    // Lines and messages, whole, and a prompt at most at the end.
    void split(std::string_view written) {
        lines_.clear();
        has_prompt_ = ends_with(written, prompt);
        if (has_prompt_) written.remove_suffix(prompt.size());
        memory lent{written.size() + 4};
        line_reader reader{lent.lent()};
        std::string_view input = written;
        std::size_t ends = 0;
        const auto take = [&](const from_modem::event& found) {
            if (std::holds_alternative<from_modem::blank>(found)) return void(++ends);
            const auto* const text = std::get_if<from_modem::line>(&found);
            const auto* const message = std::get_if<from_modem::message>(&found);
            demand(text != nullptr || message != nullptr, "what is written are lines");
            demand(message == nullptr || !message->mismatch, "a message is as long as it says");
            lines_.push_back(text != nullptr ? one_line{std::string{text->text}} : one_line{});
            if (message != nullptr) lines_.back().message = listed(message->what);
        };
        while (const auto found = reader.receive(input, {})) take(*found);
        while (const auto found = reader.finish()) take(*found);
        demand(ends == lines_.size(), "each line stands between line ends of its own");
        demand(written.empty() || (begins_with(written, "\r\n") && ends_with(written, "\r\n")),
               "a line is written with both its line ends");
        for (one_line& one : lines_) {
            if (!one.message.empty()) continue;
            const auto read = parse_line(one.text);
            if (read) one.what = *read;
            one.is_malformed = !read && read.why().code != errc::unknown_head;
        }
    }

    void read_line(std::size_t at) {
        one_line& one = lines_[at];
        if (!one.message.empty()) {
            demand(message_ == one.message, "a message is told as it came");
            message_.reset();
            return;
        }
        if (is_listing_ && is_item(one.text)) {
            one.is_item = true;
            return;
        }
        demand(!one.is_malformed, "a line that has a name has its form");
        if (!one.what) return demand_text(one.text);
        if (std::holds_alternative<subscriptions_are>(*one.what)) {
            demand(pending_ && pending_->as<query_subscriptions>() != nullptr, "a list is shown if asked for");
            is_listing_ = true;
            listed_ = 0;
        }
        if (!is_listing_ || !std::holds_alternative<ok>(*one.what)) return;
        demand(listed_ >= subscriptions_.size(), "a list is shown to its end");
        is_listing_ = false;
    }
    bool is_item(std::string_view text) {
        if (listed_ >= subscriptions_.size()) return false;
        const auto& [topic, level] = subscriptions_[listed_];
        char out[1200];
        const auto expected = format(subscription{topic, how_ == spelling::manual, level}, out);
        demand(bool{expected}, "a topic that was subscribed to can be shown");
        if (first(rest(*expected, 2), expected->size() - 4) != text) return false;
        ++listed_;
        return true;
    }
    void demand_text(std::string_view text) const {
        demand(pending_.has_value(), "text is the answer to a command");
        const auto what = pending_->plain();
        if (what == detail::plain_command::identify) return demand(text == identity_, "ATI shows who it is");
        demand(what == detail::plain_command::query_errors && text.size() == 8 && begins_with(text, "+CMEE: ") &&
                   text[7] == static_cast<char>('0' + errors_),
               "a line of the modem is known");
    }

    // --- final results ---

    void find_final(bool is_under_way) {
        std::size_t finals = 0;  // OK and ERROR
        std::size_t codes = 0;
        std::size_t unasked = 0;  // codes that may be
        std::size_t place = 0;
        for (std::size_t at = 0; at != lines_.size(); ++at) {
            const one_line& one = lines_[at];
            if (one.is_item || !one.what) continue;
            if (const auto* const e = std::get_if<cme_error>(&*one.what)) {
                ++codes;
                unasked += may_be_unasked(*e) ? 1U : 0U;
            }
            const bool is_plain =
                std::holds_alternative<ok>(*one.what) || std::holds_alternative<plain_error>(*one.what);
            if (!is_plain) continue;
            ++finals;
            place = at;
        }
        demand(codes == 0 || errors_ != 0, "without codes none is said, asked or unasked");
        const bool ends = pending_ && !is_under_way;
        demand(finals <= (ends ? 1U : 0U), "a command has one final result, and nothing else has any");
        if (has_prompt_) demand(pending_ && is_under_way, "a prompt is for counted data");
        demand(codes - unasked <= (ends && finals == 0 ? 1U : 0U),
               "a code that nobody has asked for is of a packet or a message");
        if (!ends || finals + codes == 0) return;
        demand(finals != 0 || codes <= 2, "a command has one final result");
        const bool is_done = finals != 0 && std::holds_alternative<ok>(*lines_[place].what);
        if (is_done) demand_carrier(place);
        is_listing_ = false;
        const asked_command ended = std::exchange(pending_, std::nullopt).value_or(asked_command{""});
        if (is_done) note_done(ended, place);
    }
    static bool may_be_unasked(const cme_error& e) {
        constexpr cme codes[] = {cme::suback_malformed,   cme::publish_failed,    cme::publish_malformed,
                                 cme::pubrec_malformed,   cme::pubcomp_malformed, cme::puback_malformed,
                                 cme::unsuback_malformed, cme::pubrel_malformed};
        return std::any_of(std::begin(codes), std::end(codes), [&e](cme code) {
            return e.form == error_form::number ? e.code == code : e.words == text_of(code);
        });
    }
    // The line that answers stands beside OK, on its side.
    void demand_carrier(std::size_t place) const {
        if (!has_carrier(*pending_)) return;
        const bool is_before = how_ == spelling::manual;
        const bool is_there = is_before ? place != 0 : place + 1 != lines_.size();
        demand(is_there, "OK comes with the line that answers");
        const one_line& one = lines_[is_before ? place - 1 : place + 1];
        demand(one.what && is_carrier(*pending_, *one.what), "OK comes with the line that answers");
    }
    static bool has_carrier(const asked_command& asked) {
        if (const auto* const m = asked.as<publish>()) return m->level != qos::at_most_once;
        if (const auto* const m = asked.as<publish_counted>()) return m->level != qos::at_most_once;
        return asked.as<open>() != nullptr || asked.as<subscribe>() != nullptr || asked.as<unsubscribe>() != nullptr ||
               asked.as<disconnect>() != nullptr || asked.as<query_configuration>() != nullptr ||
               asked.as<query_state>() != nullptr || asked.as<query_ping_echo>() != nullptr ||
               asked.as<query_reconnect>() != nullptr || asked.as<query_timeout>() != nullptr;
    }
    static bool is_ack_of(qos level, const line& m) {
        return level == qos::at_least_once ? std::holds_alternative<puback>(m) : std::holds_alternative<pubcomp>(m);
    }
    static bool is_carrier(const asked_command& asked, const line& m) {
        const auto* const added = std::get_if<suback>(&m);
        const auto* const removed = std::get_if<unsuback>(&m);
        if (const auto* const p = asked.as<publish>()) return is_ack_of(p->level, m);
        if (const auto* const p = asked.as<publish_counted>()) return is_ack_of(p->level, m);
        if (const auto* const s = asked.as<subscribe>()) return added != nullptr && added->topic == s->topic;
        if (const auto* const u = asked.as<unsubscribe>()) return removed != nullptr && removed->topic == u->topic;
        if (asked.as<open>() != nullptr) return std::holds_alternative<open_is>(m);
        if (asked.as<disconnect>() != nullptr) return std::holds_alternative<disc_is>(m);
        if (asked.as<query_state>() != nullptr) return std::holds_alternative<state_is>(m);
        if (asked.as<query_ping_echo>() != nullptr) return std::holds_alternative<ping_echo_is>(m);
        if (asked.as<query_reconnect>() != nullptr) return std::holds_alternative<reconnect_is>(m);
        if (asked.as<query_timeout>() != nullptr) return std::holds_alternative<timeout_is>(m);
        return std::holds_alternative<configuration_is>(m) || std::holds_alternative<no_configuration>(m);
    }

    // --- what follows of a command that was done ---

    void note_done(const asked_command& ended, std::size_t place) {
        switch (ended.plain()) {
            case detail::plain_command::echo_off: echoes_ = false; break;
            case detail::plain_command::echo_on: echoes_ = true; break;
            case detail::plain_command::errors_plain: errors_ = 0; break;
            case detail::plain_command::errors_number: errors_ = 1; break;
            case detail::plain_command::errors_words: errors_ = 2; break;
            default: break;
        }
        if (ended.as<subscribe>() != nullptr) {
            const one_line& one = lines_[how_ == spelling::manual ? place - 1 : place + 1];
            const auto& ack = std::get<suback>(*one.what);
            if (ack.code != suback_refused) subscriptions_.emplace_back(copy_of(ack.topic), static_cast<qos>(ack.code));
        }
        if (const auto* const m = ended.as<unsubscribe>()) {
            const std::string topic = copy_of(m->topic);
            for (std::size_t at = 0; at != subscriptions_.size(); ++at) {
                if (subscriptions_[at].first != topic) continue;
                subscriptions_.erase(subscriptions_.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            }
        }
        if (const auto* const m = ended.as<configure>()) {
            const auto* const old = configured_ ? configured_->as<configure>() : nullptr;
            const bool is_same = old != nullptr && old->host == m->host && old->port == m->port && old->id == m->id;
            if (!is_same) subscriptions_.clear();
            configured_.emplace(ended.line());
        }
        if (ended.as<delete_configuration>() != nullptr) {
            subscriptions_.clear();
            configured_.reset();
        }
    }

    spelling how_;
    std::string_view identity_;
    std::optional<asked_command> pending_;
    std::optional<asked_command> configured_;
    std::optional<asked_command> opened_;
    std::vector<std::pair<std::string, qos>> subscriptions_;
    std::vector<one_line> lines_;  // of the last call
    std::optional<std::string> message_;
    std::string heard_;
    std::size_t listed_ = 0;
    unsigned errors_ = 1;  // AT+CMEE
    bool echoes_ = true;
    bool is_listing_ = false;
    bool has_prompt_ = false;
    bool is_secret_ = true;
};

}  // namespace oracle
