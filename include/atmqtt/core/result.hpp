// What a call gives back when it can fail: a value, or whose mistake it was and where.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace atmqtt {

/// Why a call failed, and what the caller can do about it.
enum class errc : std::uint8_t {
    none,             ///< it did not fail
    no_space,         ///< the lent buffer is too small: lend max_size<T>() bytes, or encoded_size of a packet
    unknown_head,     ///< no message of the set asked for begins like this: treat the line as text
    unknown_form,     ///< the command exists, but not with this `=`, `?` or bare end: see the manual's entry
    chained,          ///< a `;` follows outside quotes: split the line, one command a call
    missing,          ///< the line, or the packet, ends before this parameter: give it
    surplus,          ///< more follows than the manual, or MQTT, has: drop what stands at the column
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
    bad_length,       ///< a remaining length that MQTT forbids: close the connection
    reserved_bits,    ///< bits that MQTT reserves are not as they must be: close the connection
    wrong_packet,     ///< no packet that is due here: close the connection
    not_utf8,         ///< no well-formed UTF-8, or a U+0000 in it: mend the text; where it came, close the connection
    not_a_topic,   ///< empty, or a wildcard where none may stand: mend the topic; where it came, close the connection
    busy,          ///< the one before is not done: try again after its event
    not_open,      ///< there is no connection: open it
    no_packet_id,  ///< every packet identifier, or record of one, is in flight: try again after an event
};

/// What went wrong, in English.
constexpr std::string_view text_of(errc code) {
    switch (code) {
        case errc::none: return "no error";
        case errc::no_space: return "the lent buffer is too small";
        case errc::unknown_head: return "not a message of this set";
        case errc::unknown_form: return "no such form of this command";
        case errc::chained: return "another command follows a semicolon";
        case errc::missing: return "a parameter is missing";
        case errc::surplus: return "more parameters than there may be";
        case errc::unexpected: return "a comma or the end is due here";
        case errc::not_a_number: return "not a number";
        case errc::out_of_range: return "out of range";
        case errc::not_quoted: return "a quoted text is due";
        case errc::unterminated: return "the closing quote is missing";
        case errc::too_long: return "too long";
        case errc::forbidden_byte: return "a byte that may not stand on the line";
        case errc::unknown_word: return "unknown word";
        case errc::length_mismatch: return "declared and printed length disagree";
        case errc::inconsistent: return "the parameters contradict each other";
        case errc::bad_length: return "a remaining length that MQTT forbids";
        case errc::reserved_bits: return "reserved bits are not as they must be";
        case errc::wrong_packet: return "no packet that is due here";
        case errc::not_utf8: return "not UTF-8";
        case errc::not_a_topic: return "not a topic name or filter";
        case errc::busy: return "the one before is not done";
        case errc::not_open: return "not connected";
        case errc::no_packet_id: return "no packet identifier is free";
    }
    return "";
}

/// The name of a parameter; the values are those of the format at hand (`at/types.hpp` names the manual's, `mqtt/types.hpp`
/// those of MQTT).
enum class param : std::uint8_t;

/// A failure: what, in which parameter, and where.
struct error {
    errc code = errc::none;
    param field = {};        ///< zero when it concerns the line as a whole
    std::size_t column = 0;  ///< bytes from the start of the line or packet, from 0, the head included
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
    constexpr explicit result(std::in_place_t, Parts&&... parts) : value_{std::forward<Parts>(parts)...} {}
    /// A value made in place from `parts`, and what failed so far.
    template <class... Parts>
    constexpr explicit result(const error& why, std::in_place_t, Parts&&... parts)
        : value_{std::forward<Parts>(parts)...}, why_(why) {}

    /// Whether there is a value.
    constexpr explicit operator bool() const { return why_.code == errc::none; }
    constexpr const Value& operator*() const& { return value_; }
    /// Of a result that has no name: a copy, for a reference would outlive it.
    constexpr Value operator*() && { return value_; }
    constexpr Value& operator*() & { return value_; }
    constexpr const Value* operator->() const { return &value_; }

    /// What failed; code `none` when nothing did.
    constexpr error why() const { return why_; }
    /// Makes it a failure.
    constexpr void fail(const error& why) { why_ = why; }
    /// The same, for whoever fills in the value.
    constexpr error& fault() { return why_; }

private:
    Value value_ = {};
    error why_ = {};
};

/// The value of a call that gives nothing but its success: `result<nothing>`.
struct nothing {};

}  // namespace atmqtt
