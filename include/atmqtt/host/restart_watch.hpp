// Whether a module has started anew, though nobody has said so.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/lines.hpp"

#include <string_view>
#include <variant>

namespace atmqtt::detail {

/// Finds it by what the module sends: a known line, an echo where there was none, a configuration that is gone.
class restart_watch {
public:
    /// `boot_line`: what it prints when it starts; empty where that is not known. Borrowed.
    explicit restart_watch(std::string_view boot_line) : boot_line_(boot_line) {}

    /// It is brought up: nothing is known of it yet.
    void begin() { is_silent_ = keeps_echo_ = false; }
    bool is_seen_by(std::string_view text) const { return !boot_line_.empty() && are_same(text, boot_line_); }
    /// An echo came. ours: once a command had none, another one's means that ATE0 was forgotten; but where one had one before
    /// that, this one may have been missed.
    bool is_seen_by_echo() {
        has_echo_ = true;
        return is_silent_ && !keeps_echo_;
    }
    /// A command has ended; `is_answered`: behind ATE0, and by an answer.
    void end_command(bool is_answered) {
        if (is_answered) (has_echo_ ? keeps_echo_ : is_silent_) = true;
        has_echo_ = false;
    }
    /// CFG? is asked.
    void look_for_configuration() { is_unconfigured_ = false; }
    void hear_answer(const line& m) {
        if (std::holds_alternative<no_configuration>(m)) is_unconfigured_ = true;
    }
    bool is_unconfigured() const { return is_unconfigured_; }

private:
    std::string_view boot_line_;
    bool has_echo_ = false;   // of the command under way
    bool is_silent_ = false;  // ATE0 has worked
    bool keeps_echo_ = false;
    bool is_unconfigured_ = false;
};

}  // namespace atmqtt::detail
