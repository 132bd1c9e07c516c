// Messages that are not held whole, where the declared length takes in the line end: the next line is not lost.
// SPDX-License-Identifier: MIT
#include <atmqtt.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace atmqtt;

namespace {

/// The events of a stream that comes in chunks of `size`, the pieces of a message joined.
std::vector<std::string> read(std::string_view input, std::size_t size, std::size_t room, bool pieces) {
    std::vector<char> memory(room);
    line_reader_options options;
    options.pieces = pieces;
    line_reader reader{{memory.data(), memory.size()}, options};
    std::vector<std::string> events;
    std::string payload;
    std::size_t covered = 0;
    const auto add = [&](const from_modem::event& found) {
        covered += from_modem::size_of(found);
        if (const auto* const part = std::get_if<from_modem::piece>(&found)) {
            payload += part->bytes;
            if (part->last) events.push_back((part->mismatch ? "mismatched " : "pieces ") + payload);
        } else if (const auto* const large = std::get_if<from_modem::too_large>(&found)) {
            events.emplace_back(large->mismatch ? "too large, mismatched" : "too large");
        } else if (const auto* const line = std::get_if<from_modem::line>(&found)) {
            events.push_back("line " + std::string(line->text));
        } else {
            events.emplace_back("another");
        }
    };
    for (std::size_t at = 0; at < input.size(); at += size) {
        std::string_view chunk = input.substr(at, size);
        while (const auto found = reader.receive(chunk, {})) add(*found);
    }
    CHECK(covered == input.size());
    return events;
}

}  // namespace

TEST_CASE("AT-21: a count two too large of a message that is not held hides no line behind it") {
    const std::string printed(100, 'x');
    const std::string header = "+MQTTPUBLISH: 0,0,0,0,\"t\",";
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{1000}}) {
        CAPTURE(size);
        const std::string two_too_large = header + "102," + printed + "\r\nOK\r\n";
        CHECK(read(two_too_large, size, 64, false) == std::vector<std::string>{"too large, mismatched", "line OK"});
        CHECK(read(two_too_large, size, 64, true) ==
              std::vector<std::string>{"mismatched " + printed + "\r\n", "line OK"});
        const std::string right = header + "100," + printed + "\r\nOK\r\n";
        CHECK(read(right, size, 64, false) == std::vector<std::string>{"too large", "line OK"});
        CHECK(read(right, size, 64, true) == std::vector<std::string>{"pieces " + printed, "line OK"});
    }
}
