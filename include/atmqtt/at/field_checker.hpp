// The walker that checks. See fields.hpp for what its calls mean.
// SPDX-License-Identifier: MIT
#pragma once

#include "types.hpp"

#include <cstddef>
#include <cstdint>

namespace atmqtt {

/// Checks whether the parameters of a command are within their ranges, limits and conditions. What bytes a text holds is not looked
/// at: some cannot stand in a line.
class field_checker {
public:
    template <class Text>
    constexpr bool text(param, const Text& from, std::size_t limit) {
        return from.size() <= limit;
    }
    template <class Text>
    constexpr bool escaped(param, const Text& from, std::size_t limit) {
        return from.size() <= limit;
    }
    template <class Number>
    constexpr bool number(param, const Number&) {
        return true;
    }
    template <class Number>
    constexpr bool positive(param, const Number& from) {
        return from != 0;
    }
    template <class Choice>
    constexpr bool choice(param, const Choice& from, Choice last) {
        return from <= last;
    }
    constexpr bool flag(param, bool) { return true; }
    constexpr bool ends(bool from) { return from; }
    constexpr bool check(bool holds, param) { return holds; }
};

}  // namespace atmqtt
