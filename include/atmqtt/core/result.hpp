// What a call gives back when it can fail: a value, or whose mistake it was and where.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace atmqtt {

/// Why a call failed, and what the caller can do about it.
enum class errc : std::uint8_t {
    none,             ///< it did not fail
    no_space,         ///< the lent buffer is too small: lend max_size<T>() bytes
    unknown_head,     ///< no message of the set asked for begins like this: treat the line as text
    unknown_form,     ///< the command exists, but not with this `=`, `?` or bare end: see the manual's entry
    chained,          ///< a `;` follows outside quotes: split the line, one command a call
    missing,          ///< the line ends before this parameter: give it
    surplus,          ///< more parameters follow than the manual has: drop what stands at the column
    unexpected,       ///< another byte is due here: a comma, or the end
    not_a_number,     ///< digits are due, without sign or leading zeros
    out_of_range,     ///< the number or choice is outside the parameter's range: see the member's comment
    not_quoted,       ///< a text in straight quotes is due
    unterminated,     ///< a closing quote is missing
    too_long,         ///< the text has more bytes than its limit: shorten it
    forbidden_byte,   ///< a byte that may not stand on the line: publish it counted, or remove it
    unknown_word,     ///< a word other than those of the manual (`OK`, `FAIL`)
    length_mismatch,  ///< msg_len and the bytes that are there disagree
    inconsistent,     ///< the parameters contradict each other: see the message's comment
};

/// The name of a parameter; the values are those of the format at hand (`at/types.hpp` names the manual's).
enum class param : std::uint8_t;

/// A failure: what, in which parameter, and where.
struct error {
    errc code = errc::none;
    param field = {};        ///< zero when it concerns the line as a whole
    std::size_t column = 0;  ///< bytes from the start of the line, from 0, the head included
};

/// A value, or the reason why there is none.
///
/// Test it before use: what `*` and `->` give of a failed result means nothing, though reading it is harmless.
template <class Value>
class [[nodiscard]] result {
public:
    constexpr result(const Value& value) : value_(value) {}  // NOLINT(google-explicit-constructor): return value;
    constexpr result(error why) : why_(why) {}               // NOLINT(google-explicit-constructor): return why;
    /// A value made in place from `parts`.
    template <class... Parts>
    constexpr explicit result(std::in_place_t, Parts&&... parts) : value_(std::forward<Parts>(parts)...) {}

    /// Whether there is a value.
    constexpr explicit operator bool() const { return why_.code == errc::none; }
    constexpr const Value& operator*() const { return value_; }
    constexpr Value& operator*() { return value_; }
    constexpr const Value* operator->() const { return &value_; }

    /// What failed; code `none` when nothing did.
    constexpr error why() const { return why_; }
    /// Makes it a failure.
    constexpr void fail(error why) { why_ = why; }

private:
    Value value_ = {};
    error why_ = {};
};

}  // namespace atmqtt
