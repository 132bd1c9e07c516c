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

namespace atmqtt::detail {

/// The halves of an answer as they come, the verdict on them, and the acknowledgements that may still come later.
class reply {
public:
    /// A command is sent.
    void start(verb what) {
        asked_ = {};
        asked_.what = what;
        result_ = {};
        result_.what = what;
        has_final_ = has_carrier_ = has_failed_ = is_tainted_ = false;
    }
    void set_level(qos level) { asked_.level = level; }
    /// What was asked; its topic is the caller's to know.
    const question& asked() const { return asked_; }
    verb what() const { return asked_.what; }
    const from_chat::done& result() const { return result_; }

    bool has_final() const { return has_final_; }
    bool has_carrier() const { return has_carrier_; }
    bool has_any() const { return has_final_ || has_carrier_ || has_failed_; }
    bool is_whole() const { return has_final_ && (has_carrier_ || has_failed_ || !atmqtt::has_carrier(asked_)); }

    // --- what comes ---

    void take_success() { has_final_ = true; }
    void take_failure() { has_failed_ = true; }
    void take_carrier(const line& m) {
        has_carrier_ = true;
        if (const auto* const ack = std::get_if<suback>(&m)) result_.granted = ack->code;
    }
    /// Lines may be hidden in a message whose length is wrong.
    void taint() { is_tainted_ = true; }

    // --- verdicts ---

    /// All that was due has come, or as much as ever will.
    void finish() { conclude(has_any() ? judge() : verdict::no_answer); }
    /// The error that ends a command. Where the acknowledgement is here it says nothing about the message.
    void be_refused(cme code) {
        result_.code = code;
        const bool is_publish = what() == verb::publish;
        const bool may_be_delivered = code == cme::publish_failed || code == cme::socket_failed;
        if (is_publish && has_carrier_) return conclude(verdict::acknowledged);
        conclude(is_publish && may_be_delivered ? verdict::unknown : verdict::refused);
    }
    void conclude(verdict how) {
        result_.how = is_tainted_ && how != verdict::refused ? verdict::unknown : how;
        const bool may_come_late = atmqtt::has_carrier(asked_) && what() == verb::publish && !has_carrier_;
        if (may_come_late && how != verdict::refused && owed(asked_.level) != most) ++owed(asked_.level);
    }

    // --- acknowledgements that come late ---

    /// Whether an older message of this QoS is still owed its acknowledgement: nobody can tell then whose one is.
    bool is_older_owed() const { return owed_[asked_.level == qos::exactly_once ? 1 : 0] != 0; }
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
    /// Nothing will come any more.
    void forget_owed() { owed_[0] = owed_[1] = 0; }

private:
    static constexpr std::uint8_t most = 255;

    verdict judge() const {
        const bool is_refused_by_broker =
            what() == verb::subscribe && has_carrier_ && result_.granted == suback_refused;
        if (has_failed_ || is_refused_by_broker) return verdict::refused;
        if (has_carrier_ || !atmqtt::has_carrier(asked_)) return verdict::acknowledged;
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
    bool has_final_ = false;  // OK
    bool has_carrier_ = false;
    bool has_failed_ = false;
    bool is_tainted_ = false;
    std::uint8_t owed_[2] = {};  // of QoS 1 and 2
};

}  // namespace atmqtt::detail
