// A second reader of what the host reads: every byte is in one event, and no message is withheld.
// SPDX-License-Identifier: MIT
#pragma once

#include "ledger.hpp"

#include <atmqtt/host/host.hpp>
#include <atmqtt/host/line_reader.hpp>

#include <cstdint>
#include <string_view>
#include <variant>

namespace atmqtt::pair {

class witness {
public:
    void receive(std::string_view input, instant now) {
        fed_ += input.size();
        while (const auto found = reader_.receive(input, now)) note(*found);
    }
    void tick(instant now) {
        while (const auto found = reader_.tick(now)) note(*found);
    }
    /// What the host has told.
    void hear(const host::event& found) {
        const auto* const piece = std::get_if<on::piece>(&found);
        const bool is_large = std::holds_alternative<on::too_large>(found) || (piece != nullptr && piece->last);
        if (is_large || std::holds_alternative<on::message>(found)) ++told_;
    }
    /// The host begins anew, or all has come.
    void finish(bool is_lossy) {
        claim(is_lossy || told_ == messages_, "each message that was read is told");
        while (const auto found = reader_.finish()) note(*found);
        claim(bytes_ == fed_, "every byte is in one event of the reader");
        reader_.reset();
        told_ = messages_ = 0;
    }

private:
    static line_reader_options options() {
        line_reader_options out;
        out.any_prompt = true;
        return out;
    }
    void note(const line_reader::event& found) {
        bytes_ += from_modem::size_of(found);
        if (std::holds_alternative<from_modem::message>(found)) ++messages_;
    }

    char memory_[2048] = {};
    line_reader reader_{{memory_, sizeof memory_}, options()};
    std::uint64_t fed_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t messages_ = 0;
    std::uint64_t told_ = 0;
};

}  // namespace atmqtt::pair
