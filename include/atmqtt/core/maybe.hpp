// An event that may not come.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <utility>
#include <variant>

namespace atmqtt::detail {

/// Stands for an event that there is not: nobody asks for its value.
template <class Event>
struct absent {
    operator Event() const {  // NOLINT(google-explicit-constructor): an optional of it becomes one of Event
#if defined(__GNUC__)
        __builtin_unreachable();
#else
        return {};
#endif
    }
};

/// Nothing yet. `std::optional<Event> out;` is a constant to GCC, and it writes all of a constant: up to 150 instructions for
/// an event on a Cortex-M0+. Made of another optional, it is one byte.
template <class Event>
[[gnu::always_inline]] inline std::optional<Event> nothing_yet() {
    std::optional<absent<Event>> none;
    return std::optional<Event>{none};
}

/// Makes it a `One` that is to be filled in. What is made first and then moved lies on the stack meanwhile: 64 bytes for a line,
/// in each of three calls above each other.
template <class One, class Event>
One& begin(std::optional<Event>& out) {
    out.emplace(std::in_place_type<One>);
    return *std::get_if<One>(&*out);
}

}  // namespace atmqtt::detail
