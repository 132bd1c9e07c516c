// Whole lines out of the pieces in which a modem machine gives them.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/at/lines.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Puts together what `modem::next_line` gives: a line is one piece, a message three.
class module_lines {
public:
    /// `rx` is the memory of the modem in which the payloads of messages lie; it outlives this.
    explicit module_lines(std::string_view rx) : rx_(rx) {}

    /// Takes a piece, which is not empty, and gives the line that it ends, line ends included, or the prompt. Of an echo: nothing.
    std::optional<std::string> add(std::string_view piece) {
        const bool is_echo = line_.empty() && (piece.size() <= 2 || piece.substr(0, 2) != "\r\n");
        if (is_echo) return std::nullopt;
        line_ += piece;
        if (is_payload(piece) || !is_end(piece)) return std::nullopt;
        return std::exchange(line_, {});
    }
    /// What was put together so far is dropped: the modem starts anew.
    void clear() { line_.clear(); }

private:
    bool is_payload(std::string_view piece) const {
        return piece.data() >= rx_.data() && piece.data() < rx_.data() + rx_.size();
    }
    static bool is_end(std::string_view piece) { return piece == atmqtt::prompt || piece.back() == '\n'; }

    std::string_view rx_;
    std::string line_;
};
