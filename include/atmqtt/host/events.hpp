// What a line_reader gives, and how it is told to read.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/lines.hpp"
#include "../at/tolerances.hpp"
#include "../core/match.hpp"
#include "../core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace atmqtt {

/// What comes from a modem. In each, `size` counts the bytes of input that the event covers, line ends included: every byte
/// is in exactly one event, in order. Views are valid until the next call of the reader.
namespace from_modem {

/// One line without its line end, which may be CR LF, CR or LF. `parse_line` says whether it has a form of its own.
struct line {
    std::string_view text = {};
    std::size_t size = 0;
};

/// The prompt for counted data; a blank behind it belongs to it.                                  [2.3.6]
struct prompt {
    std::size_t size = 0;
};

/// A message with its whole payload.                                                              [2.4.1]
struct message {
    atmqtt::message what = {};  ///< `length` as declared
    bool mismatch = false;      ///< the declared length is not that of the bytes printed
    std::size_t size = 0;
};

/// A part of the payload of a message that is larger than the buffer. Its header's bytes count with the first part.
struct piece {
    message_header header = {};
    std::size_t offset = 0;       ///< of `bytes` in the payload
    std::string_view bytes = {};  ///< empty in the last
    bool last = false;
    bool mismatch = false;  ///< in the last: as in `message`; bytes that end in CR LF took in the line's end
    std::size_t size = 0;
};

/// A message larger than the buffer, skipped by its count.
struct too_large {
    message_header header = {};
    bool mismatch = false;  ///< as in `message`
    std::size_t size = 0;
};

/// A line longer than the buffer, or than `line_limit`.
struct overlong {
    std::size_t size = 0;
};

/// A line end with nothing before it.
struct blank {
    std::size_t size = 0;
};

/// What is left at the end of the input, without a line end.
struct partial {
    std::string_view text = {};
    std::size_t size = 0;
};

using event = std::variant<line, prompt, message, piece, too_large, overlong, blank, partial>;

/// Whether an event is a message whose declared length is not that of the bytes printed, or the last piece of one.
constexpr bool has_mismatch(const event& found) {
    if (const auto* const m = std::get_if<message>(&found)) return m->mismatch;
    if (const auto* const p = std::get_if<piece>(&found)) return p->mismatch;
    const auto* const t = std::get_if<too_large>(&found);
    return t != nullptr && t->mismatch;
}

/// The bytes of input that an event covers.
constexpr std::size_t size_of(const event& found) {
    return match(found, [](const auto& one) { return one.size; });
}

}  // namespace from_modem

/// Where a payload ends when its declared length is not that of the bytes printed: no CR LF stands behind the count.
enum class length_policy : std::uint8_t {
    /// Where the count ends. If the counted bytes end in CR LF, that is not part of the payload; if not, the bytes up to the
    /// next LF are dropped. No byte inside the count is ever read as a line. Cost: a publisher who can make the firmware
    /// print less than it declares hides the lines behind it.
    counted,
    /// At the first CR LF behind its start; the rest is read as lines. Cost: that publisher can forge lines. It is meant for
    /// captures; a message that is not held whole is counted all the same, but for one past `payload_limit`, where that is set and no
    /// `pieces` are given: such a count is not believed.
    line_end,
};

/// How a line_reader reads.
struct line_reader_options {
    length_policy policy = length_policy::counted;
    bool any_prompt = false;            ///< a `>` at the start of a line is a prompt even when none is due
    bool pieces = false;                ///< a message larger than the buffer comes in parts, not as one `too_large`
    millis gap{500};                    ///< silence that ends a payload cut short; ours
    millis hold{20};                    ///< silence after which a CR is a whole line end, and `>` a whole prompt; ours
    std::size_t line_limit = SIZE_MAX;  ///< bytes of a line without its end; never more than the buffer's size less 2
    /// Bytes of a payload that is held whole; 0: what the buffer has room for besides header and CR LF. A caller who sets it
    /// swaps in a larger buffer by `rebind` in time; if not, the message ends as `too_large`.
    std::uint32_t payload_limit = 0;
    tolerances may = {};
};

}  // namespace atmqtt
