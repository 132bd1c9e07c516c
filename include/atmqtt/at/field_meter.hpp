// The walker that measures. See fields.hpp for what its calls mean.
// SPDX-License-Identifier: MIT
#pragma once

#include "numbers.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt {

/// Measures: the most bytes that the parameters of one line can take.
class field_meter {
public:
    template <class Text>
    constexpr bool text(param, const Text&, std::size_t limit) {
        return add(limit + 2);
    }
    template <class Text>
    constexpr bool escaped(param, const Text&, std::size_t limit) {
        return add(2 * limit + 2);
    }
    template <class Text>
    constexpr bool topic(param, const Text&) {
        return add(limits::topic + 2);
    }
    template <class Text>
    constexpr bool last_topic(param, const Text&) {
        return add(limits::topic + 2);
    }
    template <class Text>
    constexpr bool bare_topic(param, const Text&) {
        return add(limits::topic);
    }
    constexpr bool hidden(param) { return add(5); }
    template <class Number>
    constexpr bool number(param, const Number&) {
        return add(detail::digits_of(detail::most_of<Number>));
    }
    template <class Number>
    constexpr bool positive(param name, const Number& from) {
        return number(name, from);
    }
    template <class Choice>
    constexpr bool choice(param, const Choice&, Choice) {
        return add(1);
    }
    constexpr bool flag(param, bool) { return add(1); }
    constexpr bool status(param, atmqtt::status) { return add(4); }
    constexpr bool literal(std::string_view bytes) { return add(bytes.size() + 2); }
    constexpr bool payload(param, std::string_view, std::uint32_t) { return add(0); }  // comes on top
    template <class Message>
    constexpr bool error_code(param, const Message&) {
        return add(limits::cme_text + 2);
    }
    constexpr bool ends(bool) { return false; }
    constexpr bool check(bool, param) { return true; }
    constexpr bool alarm_blank(bool) { return true; }
    constexpr bool open_end() {
        size_ += 1;
        return true;
    }

    constexpr std::size_t size() const { return size_; }

private:
    constexpr bool add(std::size_t bytes) {
        size_ += bytes + (size_ == 0 ? 0 : 1);  // and the comma between two
        return true;
    }

    std::size_t size_ = 0;
};

}  // namespace atmqtt
