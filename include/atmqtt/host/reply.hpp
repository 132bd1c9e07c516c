// What has come of the answer to one command, and what that is worth.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../at/lines.hpp"
#include "../at/types.hpp"
#include "chat_events.hpp"
#include "meaning.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace atmqtt {

struct chat_probe;  // of the tests

namespace detail {

/// The halves of an answer as they come, the verdict on them, and the acknowledgements that may still come later.
class reply {
public:
    /// A command is sent.
    void start(verb what) {
        asked_ = {};
        asked_.what = what;
        result_ = {};
        result_.what = what;
        final_ = final_is::due;
        has_carrier_ = has_failed_ = is_late_ = is_tainted_ = wants_clean_ = is_cut_off_ = is_doubtful_ = is_received_ =
            false;
    }
    void set_level(qos level) { asked_.level = level; }
    /// Of CFG: whether sessions will be clean.
    void set_clean(bool is_clean) { wants_clean_ = is_clean; }
    /// What was asked; its topic is the caller's to know.
    const question& asked() const { return asked_; }
    verb what() const { return asked_.what; }
    const from_chat::done& result() const { return result_; }

    bool has_final() const { return final_ != final_is::due; }
    bool has_error() const { return final_ == final_is::error; }
    /// The line that it is about, or the one that says that it has failed.
    bool has_outcome() const { return has_carrier_ || has_failed_; }
    bool has_carrier() const { return has_carrier_; }
    /// The broker did not answer.
    bool is_late() const { return is_late_; }
    bool has_any() const { return has_final() || has_outcome() || is_late_; }
    /// Whether what acknowledged it was taken for an older one's.
    bool is_doubtful() const { return is_doubtful_; }
    /// Whether PUBREC has come: the broker has it, and the time for PUBCOMP has begun.                     [2.3.10]
    bool is_received() const { return is_received_; }
    /// Nothing more is due that could change the verdict.
    bool is_over() const {
        if (is_late_ || has_error()) return true;
        return has_final() && (has_outcome() || !atmqtt::has_carrier(asked_));
    }

    // --- what comes ---

    /// What a line is to whoever waits for the answer.
    enum class news : std::uint8_t {
        nothing,
        alarm,
        answer,
        progress,  ///< part of the answer, but neither half of it
        late_ack,
        older_ack,  ///< the same, though it could as well be that of the command under way
        result,     ///< a half of the answer that needs no telling: the verdict will be its
    };
    /// A line, while an answer to `due` may come.
    news hear(const question& due, const line& m) {
        switch (meaning_of(due, m)) {
            case meaning::success: return take_success();
            case meaning::refusal: return take_refusal(m);
            case meaning::failure: has_failed_ = true; return news::answer;
            case meaning::carrier: return take_carrier(due, m);
            case meaning::progress: return take_progress(due, m);
            case meaning::no_ack: return take_lateness();
            case meaning::late_ack: return news::late_ack;
            case meaning::alarm: break;
        }
        return news::alarm;
    }
    /// A line before the prompt: only an error means anything, once the command `is_out`. OK is tolerated.
    news hear_before_prompt(bool is_out, const line& m) {
        switch (meaning_of(is_out && !is_over() ? asked_ : question{}, m)) {
            case meaning::success: return news::nothing;
            case meaning::refusal: return take_refusal(m);
            case meaning::carrier:
            case meaning::late_ack: return news::late_ack;
            default: return news::alarm;
        }
    }
    /// It was waited for as long as it could take: nothing comes late.
    void cut_off() { is_cut_off_ = true; }
    /// Lines may be hidden in a message whose length is wrong, or lost.
    void taint() { is_tainted_ = true; }

    // --- verdicts ---

    /// All that was due has come, or as much as ever will. Of a message that was not sent nothing will come late. True if its
    /// acknowledgement may.
    bool finish(bool was_sent, std::string_view topic) { return conclude(judge(was_sent), was_sent, topic); }
    bool conclude(verdict how, bool was_sent, std::string_view topic) {
        result_.how = how;
        if (how == verdict::refused && !is_tainted_) return false;
        if (how != verdict::refused && is_tainted_) result_.how = verdict::unknown;
        note_session();
        if (!was_sent || !may_come_late()) return false;
        owe(ack_of(asked_), topic);
        return true;
    }

    // --- acknowledgements that come late ---

    /// An acknowledgement that is not of the command under way, if one `is_due`. True if it can only be of one message.
    bool take_late(const line& m, bool is_due) {
        const ack which = ack_of(m);
        if (!is_topic_owed(m)) return false;
        std::uint8_t& count = owed_[which];
        const bool is_the_only = which < subacks && count == 1 && !(is_due && ack_of(asked_) == which);
        if (count != 0) --count;
        return is_the_only;
    }
    /// Nothing that was sent on a link comes once it is closed; nor once there is another, but for messages of a session that goes
    /// on. Nor does the acknowledgement of a command, if one under way `is_sent`.
    void note_link(const line& m, bool is_sent) {
        const bool is_closed = says_ok<disc_is>(m);
        const bool is_another = says_ok<open_is>(m);
        if (!is_closed && !is_another) return;
        const ack first = is_closed || is_clean_ ? pubacks : subacks;
        for (std::size_t which = first; which != none; ++which) owed_[which] = 0;
        if (is_sent && ack_of(asked_) >= first) is_cut_off_ = true;
    }
    /// Nothing will come any more.
    void forget_owed() {
        for (std::uint8_t& count : owed_) count = 0;
    }
    /// Nor is it known any more whether sessions are clean.
    void forget_session() { is_clean_ = false; }

private:
    friend struct atmqtt::chat_probe;

    enum class final_is : std::uint8_t { due, ok, error };
    // What acknowledges, and so may be owed.
    enum ack : std::uint8_t { pubacks, pubcomps, subacks, unsubacks, none };
    static constexpr std::uint8_t most = 255;

    static ack ack_of(const question& asked) {
        switch (asked.what) {
            case verb::publish:
                if (asked.level == qos::at_most_once) return none;
                return asked.level == qos::at_least_once ? pubacks : pubcomps;
            case verb::subscribe: return subacks;
            case verb::unsubscribe: return unsubacks;
            default: return none;
        }
    }
    // Of a line that acknowledges.
    static ack ack_of(const line& m) {
        if (std::holds_alternative<puback>(m)) return pubacks;
        if (std::holds_alternative<pubcomp>(m)) return pubcomps;
        return std::holds_alternative<suback>(m) ? subacks : unsubacks;
    }

    template <class Line>
    static bool says_ok(const line& m) {
        const auto* const found = std::get_if<Line>(&m);
        return found != nullptr && found->what == status::ok;
    }

    // What is said again puts nothing off: whoever makes a module repeat itself could keep the next command back.
    news take_success() {
        if (has_final()) return news::nothing;
        final_ = final_is::ok;
        return news::result;
    }
    news take_refusal(const line& m) {
        const auto* const found = std::get_if<cme_error>(&m);
        if (found != nullptr && found->form == error_form::number) result_.code = found->code;
        final_ = final_is::error;
        return news::result;
    }
    news take_progress(const question& due, const line& m) {
        says_pubrec_ = true;
        if (is_received_ || is_older_owed(due)) return news::alarm;
        is_received_ = true;
        received_ = std::get_if<pubrec>(&m)->id;  // nothing else is progress
        return news::progress;
    }
    // ours: PUBCOMP of a message that was given up comes on any later connection, for the module goes on releasing it: that of the one
    // under way has the identifier of its PUBREC, and comes behind that where a module says such at all.
    bool is_of_another(const line& m) const {
        const auto* const found = std::get_if<pubcomp>(&m);
        return found != nullptr && (is_received_ ? found->id != received_ : says_pubrec_);
    }
    news take_carrier(const question& due, const line& m) {
        if (is_older_owed(due)) {
            is_doubtful_ = true;
            return news::older_ack;
        }
        if (is_of_another(m)) return news::late_ack;
        has_carrier_ = true;
        if (const auto* const found = std::get_if<suback>(&m)) result_.granted = found->code;
        return news::answer;
    }
    // Whether a line that names a topic could be owed.
    bool is_topic_owed(const line& m) const {
        const auto* const sub = std::get_if<suback>(&m);
        const auto* const unsub = std::get_if<unsuback>(&m);
        const text* const topic = sub != nullptr ? &sub->topic : unsub != nullptr ? &unsub->topic : nullptr;
        return topic == nullptr || (owed_topics_ & bit_of(topic->raw())) != 0;
    }
    // What was answered is not late: it is about something else.
    news take_lateness() {
        if (has_outcome()) return news::alarm;
        is_late_ = true;
        return news::result;
    }
    // Whether one of this kind, and of this topic where it names one, is still owed to an older command: nobody can tell then whose
    // it is.
    bool is_older_owed(const question& due) const {
        const ack which = ack_of(due);
        return owed_[which] != 0 && (which < subacks || (owed_topics_ & bit_of(due.topic)) != 0);
    }
    void owe(ack which, std::string_view topic) {
        if (owed_[subacks] == 0 && owed_[unsubacks] == 0) owed_topics_ = 0;
        if (which >= subacks) owed_topics_ |= bit_of(topic);
        if (owed_[which] != most) ++owed_[which];
    }
    // ours: one of 32 bits, for there is no room for topics. They may share one: then one of them is doubted without need. What was
    // asked about holds no quote: it is compared as it stands on the wire.
    static std::uint32_t bit_of(std::string_view topic) {
        std::uint32_t sum = 0;
        for (const char byte : topic) sum = sum * 33 + static_cast<unsigned char>(byte);
        return std::uint32_t{1} << (sum & 31);
    }
    void note_session() {
        if (what() == verb::configure) is_clean_ = wants_clean_ && result_.how == verdict::acknowledged;
    }
    bool is_publish() const { return what() == verb::publish; }
    // Whether the acknowledgement has not come, as far as can be told, and still may, on the link on which it was asked for.
    bool may_come_late() const {
        return ack_of(asked_) != none && (!has_carrier_ || is_tainted_) && !is_cut_off_ && !is_lost_request();
    }
    // A SUB or UNSUB whose link is gone: the broker may have obeyed, but no acknowledgement comes on the next one.
    bool is_lost_request() const {
        const bool is_request = what() == verb::subscribe || what() == verb::unsubscribe;
        return is_request && result_.code == cme::socket_failed;
    }
    verdict judge(bool was_sent) const {
        if (is_late_) return verdict::no_ack;
        if (has_error()) return judge_error(was_sent);
        if (has_failed_ || is_refused_by_broker()) return verdict::refused;
        if (has_carrier_) return verdict::acknowledged;
        return has_final() ? judge_ok() : verdict::no_answer;
    }
    bool is_refused_by_broker() const {
        return what() == verb::subscribe && has_carrier_ &&
               result_.granted > static_cast<std::uint8_t>(qos::exactly_once);
    }
    // Where the acknowledgement is here an error says nothing about the message.
    verdict judge_error(bool was_sent) const {
        if (is_publish() && has_carrier_) return verdict::acknowledged;
        // ours: a message of whose payload no byte has left, for its prompt had not come, was not delivered.
        if (!was_sent || is_refused_by_broker()) return verdict::refused;
        return may_be_done() ? verdict::unknown : verdict::refused;
    }
    // Whether the broker may have obeyed, for all that the error says. ours: of a PUB 610 to 612 too, for the broker has answered, and
    // any once PUBREC is here; one without a number, or of 0, may be any.
    bool may_be_done() const {
        const cme code = result_.code;
        if (is_publish())
            return is_received_ || code == cme{} || (code >= cme::publish_failed && code <= cme::socket_failed);
        return is_lost_request();
    }
    // OK alone: all of the answer, or half of it. ours: of a query too, whose carrier may be one that cannot be read.
    verdict judge_ok() const {
        if (!atmqtt::has_carrier(asked_)) return verdict::acknowledged;
        return what() == verb::open ? verdict::no_answer : verdict::accepted;
    }

    question asked_ = {};
    from_chat::done result_ = {};
    final_is final_ = final_is::due;
    bool has_carrier_ = false;
    bool has_failed_ = false;
    bool is_late_ = false;
    bool is_tainted_ = false;
    bool wants_clean_ = false;
    bool is_clean_ = false;
    bool is_doubtful_ = false;
    bool is_received_ = false;
    bool says_pubrec_ = false;          // this module does, for all messages
    packet_id received_ = 0;            // the identifier in the PUBREC that has come
    bool is_cut_off_ = false;           // no acknowledgement of it will come any more
    std::uint8_t owed_[none + 1] = {};  // of each kind; of none, none
    std::uint32_t owed_topics_ = 0;     // of those that name one, a bit each
};

}  // namespace detail

}  // namespace atmqtt
