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
        has_carrier_ = has_failed_ = is_late_ = is_tainted_ = wants_clean_ = is_cut_off_ = false;
    }
    void set_level(qos level) { asked_.level = level; }
    /// Of CFG: whether sessions will be clean.
    void set_clean(bool is_clean) { wants_clean_ = is_clean; }
    /// What was asked; its topic is the caller's to know.
    const question& asked() const { return asked_; }
    verb what() const { return asked_.what; }
    const from_chat::done& result() const { return result_; }

    bool has_final() const { return final_ != final_is::due; }
    /// The line that it is about, or the one that says that it has failed.
    bool has_outcome() const { return has_carrier_ || has_failed_; }
    bool has_carrier() const { return has_carrier_; }
    /// The broker did not answer.
    bool is_late() const { return is_late_; }
    bool has_any() const { return has_final() || has_outcome() || is_late_; }
    /// Nothing more is due that could change the verdict.
    bool is_over() const {
        if (is_late_ || final_ == final_is::error) return true;
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
        result,  ///< a half of the answer that needs no telling: the verdict will be its
    };
    /// A line, while an answer to `due` may come.
    news hear(const question& due, const line& m) {
        switch (meaning_of(due, m)) {
            case meaning::success: final_ = final_is::ok; return news::result;
            case meaning::refusal: return take_refusal(m);
            case meaning::failure: has_failed_ = true; return news::answer;
            case meaning::carrier: return take_carrier(m);
            case meaning::progress: return is_older_owed() ? news::alarm : news::progress;
            case meaning::no_ack: return take_lateness();
            case meaning::late_ack: return news::late_ack;
            case meaning::alarm: break;
        }
        return news::alarm;
    }
    /// A line before the prompt: only an error means anything, while the prompt `is_due`. OK is tolerated.
    news hear_before_prompt(bool is_due, const line& m) {
        switch (meaning_of(is_due ? asked_ : question{}, m)) {
            case meaning::success: return news::nothing;
            case meaning::refusal: return take_refusal(m);
            case meaning::carrier:
            case meaning::late_ack: return news::late_ack;
            default: return news::alarm;
        }
    }
    /// Lines may be hidden in a message whose length is wrong, or lost.
    void taint() { is_tainted_ = true; }

    // --- verdicts ---

    /// All that was due has come, or as much as ever will. Of a message that was not sent nothing will come late.
    void finish(bool was_sent) { conclude(judge(), was_sent); }
    void conclude(verdict how, bool was_sent) {
        result_.how = how;
        if (how == verdict::refused) return;
        if (is_tainted_) result_.how = verdict::unknown;
        if (what() == verb::configure) is_clean_ = wants_clean_ && result_.how == verdict::acknowledged;
        if (was_sent && may_come_late() && owed(asked_.level) != most) ++owed(asked_.level);
    }

    // --- acknowledgements that come late ---

    /// An acknowledgement that is not of the command under way. True if it can only be of one message.
    bool take_late(const line& m, bool is_another_due) {
        const bool is_puback = std::holds_alternative<puback>(m);
        if (!is_puback && !std::holds_alternative<pubcomp>(m)) return false;
        const qos level = is_puback ? qos::at_least_once : qos::exactly_once;
        std::uint8_t& count = owed(level);
        const bool is_the_only = count == 1 && !(is_another_due && asked_.level == level);
        if (count != 0) --count;
        return is_the_only;
    }
    /// Nothing that was sent on a link comes once it is closed; nor once there is another, if sessions are clean. Nor does the
    /// acknowledgement of a message, if one under way `is_sent`.
    void note_link(const line& m, bool is_sent) {
        const auto* const disc = std::get_if<disc_is>(&m);
        const auto* const open = std::get_if<open_is>(&m);
        const bool is_closed = disc != nullptr && disc->what == status::ok;
        const bool is_another = open != nullptr && open->what == status::ok;
        if (!is_closed && !(is_another && is_clean_)) return;
        forget_owed();
        if (is_sent) is_cut_off_ = true;
    }
    /// Nothing will come any more.
    void forget_owed() { owed_[0] = owed_[1] = 0; }
    /// Nor is it known any more whether sessions are clean.
    void forget_session() { is_clean_ = false; }

private:
    friend struct atmqtt::chat_probe;

    enum class final_is : std::uint8_t { due, ok, error };
    static constexpr std::uint8_t most = 255;

    news take_refusal(const line& m) {
        const auto* const found = std::get_if<cme_error>(&m);
        if (found != nullptr && found->form == error_form::number) result_.code = found->code;
        final_ = final_is::error;
        return news::result;
    }
    news take_carrier(const line& m) {
        if (is_older_owed()) return news::late_ack;
        has_carrier_ = true;
        if (const auto* const ack = std::get_if<suback>(&m)) result_.granted = ack->code;
        return news::answer;
    }
    // What was answered is not late: it is about something else.
    news take_lateness() {
        if (has_outcome()) return news::alarm;
        is_late_ = true;
        return news::result;
    }
    // Whether an older message of this QoS is still owed its acknowledgement: nobody can tell then whose one is.
    bool is_older_owed() const { return is_publish() && owed_[asked_.level == qos::exactly_once ? 1 : 0] != 0; }

    bool is_publish() const { return what() == verb::publish; }
    // Whether the acknowledgement of a message has not come.
    bool is_ack_due() const { return is_publish() && atmqtt::has_carrier(asked_) && !has_carrier_; }
    // Whether it still may, on the link on which the message was sent.
    bool may_come_late() const { return is_ack_due() && !is_cut_off_; }
    verdict judge() const {
        if (is_late_) return verdict::no_ack;
        if (final_ == final_is::error) return judge_error();
        if (has_failed_ || is_refused_by_broker()) return verdict::refused;
        if (has_carrier_) return verdict::acknowledged;
        return has_final() ? judge_ok() : verdict::no_answer;
    }
    bool is_refused_by_broker() const {
        return what() == verb::subscribe && has_carrier_ && result_.granted == suback_refused;
    }
    // Where the acknowledgement is here an error says nothing about the message.
    verdict judge_error() const {
        if (!is_publish()) return verdict::refused;
        if (has_carrier_) return verdict::acknowledged;
        const bool may_be_delivered = result_.code == cme::publish_failed || result_.code == cme::socket_failed;
        return may_be_delivered ? verdict::unknown : verdict::refused;
    }
    // OK alone: all of the answer, or half of it.
    verdict judge_ok() const {
        if (!atmqtt::has_carrier(asked_)) return verdict::acknowledged;
        switch (what()) {
            case verb::subscribe:
            case verb::unsubscribe:
            case verb::publish:
            case verb::disconnect: return verdict::accepted;
            default: return verdict::no_answer;
        }
    }
    std::uint8_t& owed(qos level) { return owed_[level == qos::exactly_once ? 1 : 0]; }

    question asked_ = {};
    from_chat::done result_ = {};
    final_is final_ = final_is::due;
    bool has_carrier_ = false;
    bool has_failed_ = false;
    bool is_late_ = false;
    bool is_tainted_ = false;
    bool wants_clean_ = false;
    bool is_clean_ = false;
    bool is_cut_off_ = false;    // the link on which the command was sent is gone
    std::uint8_t owed_[2] = {};  // of QoS 1 and 2
};

}  // namespace detail

}  // namespace atmqtt
