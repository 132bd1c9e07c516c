// What `socat -x` writes of both directions of a line: when how many bytes went which way, and the bytes in hexadecimal.
// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace decode {

/// Reads such a dump, with `-v` or without, in chunks as they come:
///
///   > 2026/11/30 19:48:12.000538015  length=4 from=0 to=3
///    41 54 0d 0a
///
/// What else is in it, socat's own messages for one, is passed over.
class socat_dump {
public:
    /// Calls `sink(is_forth, time, bytes)`: `>` is forth, from the first address of socat to the second.
    template <class Sink>
    void take(std::string_view text, Sink&& sink) {
        for (const char byte : text) {
            if (byte == '\n')
                end_line(sink);
            else if (line_.size() < longest)
                line_ += byte;
        }
    }
    /// The dump is at its end: what has no line end was read already, if one was given for it.
    void finish() {
        lost_ += due_;
        due_ = 0;
    }

    /// How often bytes were announced so far; and how many of them were not there.
    std::size_t blocks() const { return blocks_; }
    std::size_t lost() const { return lost_; }

private:
    static constexpr std::size_t longest = 1024 * 1024;  // characters of a line; socat reads 8 KB at a time

    struct header {
        bool is_forth;
        std::string_view time;
        std::size_t length;
    };

    static std::optional<header> header_in(std::string_view line) {
        constexpr std::string_view before_length = "  length=";
        const std::size_t end = line.find(before_length);
        const bool is_one = end > 2 && end != line.npos && (line[0] == '>' || line[0] == '<') && line[1] == ' ';
        if (!is_one || line.substr(2, end - 2).find_first_not_of("0123456789/:. ") != line.npos) return std::nullopt;
        header found{line[0] == '>', line.substr(2, end - 2), 0};
        const char* const number = line.data() + end + before_length.size();
        if (std::from_chars(number, line.data() + line.size(), found.length).ec != std::errc{}) return std::nullopt;
        return found;
    }
    static int digit(char byte) {
        constexpr std::string_view digits = "0123456789abcdef";
        const std::size_t value = digits.find(byte);
        return value == digits.npos ? -1 : static_cast<int>(value);
    }
    /// The byte that three characters stand for: a blank and two digits.
    static std::optional<char> byte_in(std::string_view three) {
        if (three.size() != 3 || three[0] != ' ' || digit(three[1]) < 0 || digit(three[2]) < 0) return std::nullopt;
        return static_cast<char>(digit(three[1]) << 4 | digit(three[2]));
    }

    template <class Sink>
    void end_line(Sink&& sink) {
        if (const auto found = header_in(line_)) {
            ++blocks_;
            lost_ += due_;
            due_ = found->length;
            is_forth_ = found->is_forth;
            time_ = found->time;
        } else if (const std::string bytes = bytes_in(line_); !bytes.empty()) {
            due_ -= bytes.size();
            sink(is_forth_, std::string_view(time_), std::string_view(bytes));
        }
        line_.clear();
    }
    // No more than are due: `-v` has text behind them.
    std::string bytes_in(std::string_view line) const {
        std::string bytes;
        for (std::size_t at = 0; at < line.size() && bytes.size() != due_; at += 3) {
            const auto byte = byte_in(line.substr(at, 3));
            if (!byte) break;
            bytes += *byte;
        }
        return bytes;
    }

    std::string line_;
    std::string time_;
    std::size_t due_ = 0;  // bytes that were announced and have not come
    std::size_t lost_ = 0;
    std::size_t blocks_ = 0;
    bool is_forth_ = true;
};

}  // namespace decode
