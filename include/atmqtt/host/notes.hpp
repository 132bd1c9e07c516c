// What a host has still to tell of itself.
// SPDX-License-Identifier: MIT
#pragma once

#include "host_events.hpp"
#include "ladder.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace atmqtt::detail {

/// A few events in their order. They are told before anything else is looked at, so that there are never many.
class notes {
public:
    enum class kind : std::uint8_t {
        opened,
        closed,
        reconnecting,
        retrying,
        give_up,
        network_needed,
        restarted,
        warning,
    };

    bool is_empty() const { return count_ == 0; }
    void add(kind what, std::uint32_t value = 0) {
        if (count_ != most) notes_[count_++] = {what, value};
    }
    void add(on::cause why) { add(kind::closed, static_cast<std::uint32_t>(why)); }
    void add(on::doubt what) { add(kind::warning, static_cast<std::uint32_t>(what)); }
    /// What was to be done about a failure, which is told last, is not to be done.
    void forget_next_try() {
        if (count_ == 0) return;
        const kind last = notes_[count_ - 1].what;
        if (last == kind::retrying || last == kind::give_up) --count_;
    }
    /// What is doubtful about the settings.
    void add_doubts(const settings& wanted) {
        const std::uint16_t keep_alive = wanted.server.keep_alive;
        if (keep_alive != 0 && keep_alive < wanted.timeout) add(on::doubt::keep_alive);
        if (greeting_size(wanted) > longest_greeting) add(on::doubt::long_greeting);
    }

    /// Gives the first; false if there is none.
    bool take(std::optional<on::event>& out) {
        if (count_ == 0) return false;
        tell(notes_[0], out);
        --count_;
        for (std::size_t at = 0; at != count_; ++at) notes_[at] = notes_[at + 1];
        return true;
    }

private:
    struct note {
        kind what = {};
        std::uint32_t value = 0;
    };
    static constexpr std::size_t longest_greeting = 256;
    static constexpr std::size_t most = 6;  // of one event at most two: closed, retrying; of `open` the warnings

    static void tell(const note& one, std::optional<on::event>& out) {
        switch (one.what) {
            case kind::opened: out.emplace(on::opened{}); return;
            case kind::closed: out.emplace(on::closed{static_cast<on::cause>(one.value)}); return;
            case kind::reconnecting: out.emplace(on::reconnecting{static_cast<std::uint16_t>(one.value)}); return;
            case kind::retrying: out.emplace(on::retrying{millis{one.value}}); return;
            case kind::give_up: out.emplace(on::give_up{}); return;
            case kind::network_needed: out.emplace(on::network_needed{}); return;
            case kind::restarted: out.emplace(on::restarted{}); return;
            case kind::warning: out.emplace(on::warning{static_cast<on::doubt>(one.value)}); return;
        }
    }

    note notes_[most] = {};
    std::uint8_t count_ = 0;
};

}  // namespace atmqtt::detail
