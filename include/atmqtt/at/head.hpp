// The head of a command or line, up to its `=`, `?`, `:` or end, with its name packed into one number.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/words.hpp"
#include "tolerances.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::detail {

/// What stands behind a name.
enum class head_form : std::uint8_t { nothing, colon, equals, question_mark, other };

constexpr head_form form_of(char byte) {
    switch (byte) {
        case ':': return head_form::colon;
        case '=': return head_form::equals;
        case '?': return head_form::question_mark;
        default: return head_form::other;
    }
}

/// Which words a head begins with.
enum class head_kind : std::uint8_t {
    word,        ///< OK
    plus,        ///< +CME
    line,        ///< +MQTT
    at_command,  ///< AT+MQTT
};

/// A head as it was found.
struct head {
    std::uint64_t name = 0;  ///< its letters behind the kind, a byte each; 0: no head of the manual is like this
    head_kind kind = head_kind::word;
    head_form form = head_form::nothing;
    std::size_t end = 0;  ///< where that stands
};

inline constexpr std::string_view words_of_line = "+MQTT";
inline constexpr std::string_view words_of_command = "AT+MQTT";
inline constexpr std::string_view words_of_ping = "+MQTTPINGRSP";

constexpr char upper(char byte) { return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte; }

/// Behind the blanks from `at` on.
[[gnu::always_inline]] constexpr std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] == ' ') ++at;
    return at;
}

/// Where `words` end in `text` if it begins with them, blanks aside, and the case if `any_case`; else 0.
constexpr std::size_t behind(std::string_view text, std::string_view words, bool any_case = true) {
    std::size_t at = 0;
    for (const char byte : words) {
        at = skip_blanks(text, at);
        if (at == text.size() || (any_case ? upper(text[at]) : text[at]) != byte) return 0;
        ++at;
    }
    return at;
}

/// What stands behind a name that ends at `at`, blanks aside.
constexpr head end_head(std::string_view text, std::size_t at, std::uint64_t name, head_kind kind,
                        const tolerances& may) {
    const std::size_t after = skip_blanks(text, at);
    if (after != at && (after == text.size() ? may.field_blanks : may.head_blanks)) at = after;
    const bool has_form = at != text.size() && !(kind == head_kind::at_command && text[at] == ';');
    return {name, kind, has_form ? form_of(text[at]) : head_form::nothing, at};
}
/// Packs the letters that eight bytes from `at` on begin with, by one look, and gives how many; 0 where it cannot. Saves 63
/// instructions of row 1.
[[gnu::always_inline]] constexpr unsigned pack_eight([[maybe_unused]] std::string_view text,
                                                     [[maybe_unused]] std::size_t at,
                                                     [[maybe_unused]] std::uint64_t& name) {
#if defined(__GNUC__)
    if (by_words && !__builtin_is_constant_evaluated() && at + 8 <= text.size()) {
        const std::uint64_t eight = load_word(text.data() + at);
        const unsigned count = letters_of(eight);
        name = first_of(eight, count);
        return count;
    }
#endif
    return 0;
}
/// Packs up to 8 letters from `at` on, and finds the form. `blanks`: those between letters are skipped.
constexpr head pack_head(std::string_view text, std::size_t at, head_kind kind, bool blanks, const tolerances& may) {
    std::uint64_t name = 0;
    for (at += pack_eight(text, at, name); at < text.size(); ++at) {
        const auto byte = static_cast<signed char>(text[at]);  // beyond ASCII it is negative
        if (byte >= 'A') {
            if (name >> 56 != 0) return {0, kind, head_form::other, at};
            name = name << 8 | static_cast<std::uint64_t>(byte);
        } else if (byte != ' ' || !blanks) {
            break;
        }
    }
    if (kind == head_kind::at_command) name &= each(0x5F);  // in either case; modems write theirs in upper case only
    return end_head(text, at, name, kind, may);
}

inline constexpr head head_of_ping = pack_head("+MQTTPINGRSP:"sv, 5, head_kind::line, false, usual_tolerances);

/// `+MQTT PINGRSP OK`: the head of +MQTTPINGRSP:, with the blank before its status for a colon.
[[gnu::noinline, gnu::cold]] constexpr head ping_heading(std::string_view text) {
    const std::size_t at = behind(text, words_of_ping, false);
    const bool blank = at != 0 && at < text.size() && text[at] == ' ';
    return {blank ? head_of_ping.name : 0, head_of_ping.kind, head_of_ping.form, at};
}

/// The head of a line that is not of MQTT.
[[gnu::always_inline]] constexpr head word_head(std::string_view text, const tolerances& may) {
    const bool plus = !text.empty() && text[0] == '+';
    return pack_head(text, plus ? 1 : 0, plus ? head_kind::plus : head_kind::word, plus, may);
}

/// Whether `text` begins with them: a byte after the other, 48 instructions less than a loop on a Cortex-M0+, but 13 more than words.
[[gnu::always_inline]] constexpr bool has_words_of_line(std::string_view text) {
    if (by_words) return begins_with(text, words_of_line);
    return text.size() >= words_of_line.size() && text[0] == '+' && text[1] == 'M' && text[2] == 'Q' &&
           text[3] == 'T' && text[4] == 'T';
}

/// Where `+MQTT` ends in `text`, blanks behind its sign aside; else 0. No blank stands before that: a line_reader looks at it alone.
[[gnu::always_inline]] constexpr std::size_t behind_words_of_line(std::string_view text) {
    if (has_words_of_line(text)) return words_of_line.size();
    return !text.empty() && text[0] == '+' ? behind(text, words_of_line, false) : 0;
}

/// The head of a line that a modem sends.
constexpr head line_head(std::string_view text, const tolerances& may) {
    const std::size_t at = behind_words_of_line(text);
    const bool is_usual = at == words_of_line.size();
    if (!is_usual && (at == 0 || !may.head_blanks)) return word_head(text, may);  // blanks are in it, or it is another
    head found = pack_head(text, at, head_kind::line, may.head_blanks, may);
    if (found.form != head_form::colon && may.ping_heading) found = ping_heading(text);
    return found;
}

/// The head of a command that a host sends; name 0 for one that is not of MQTT.
constexpr head command_head(std::string_view text, const tolerances& may) {
    const bool is_usual = begins_with(text, words_of_command);
    const std::size_t at = is_usual ? words_of_command.size() : behind(text, words_of_command);
    if (at == 0 || (at != 7 && !may.head_blanks)) return {};
    return pack_head(text, at, head_kind::at_command, may.head_blanks, may);
}

}  // namespace atmqtt::detail
