// What the tests of packets share: bytes in hexadecimal, comparing packets member by member, and errors in words.
// SPDX-License-Identifier: MIT
#pragma once

#include "../members.hpp"

#include <atmqtt/mqtt/codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <ostream>  // doctest prints std::string_view by it
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace packet_rows {

using namespace atmqtt;
using testing::members;

/// Bytes as a row writes them: pairs of hexadecimal digits, blanks between them at will, and text in single quotes.
inline std::string wire(std::string_view written) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string bytes;
    bool quoted = false;
    for (std::size_t at = 0; at < written.size(); ++at) {
        if (written[at] == '\'') {
            quoted = !quoted;
        } else if (quoted) {
            bytes += written[at];
        } else if (written[at] != ' ') {
            const std::size_t high = digits.find(written[at]);
            const std::size_t low = at + 1 < written.size() ? digits.find(written[++at]) : digits.npos;
            const bool is_byte = high != digits.npos && low != digits.npos;
            REQUIRE_MESSAGE(is_byte, "not a row of bytes: ", std::string{written});
            bytes += static_cast<char>(high << 4 | low);
        }
    }
    return bytes;
}

/// Bytes in hexadecimal, to be read in a failure.
inline std::string in_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string written;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        if (!written.empty()) written += ' ';
        written += digits[value >> 4];
        written += digits[value & 15];
    }
    return written;
}

/// A fixed header in front of a body, the length in as few bytes as it needs (MQTT 2.2.3).
inline std::string framed(unsigned char first_byte, std::string_view body) {
    std::string bytes(1, static_cast<char>(first_byte));
    std::size_t left = body.size();
    do {
        const std::size_t digit = left % 128;
        left /= 128;
        bytes += static_cast<char>(left != 0 ? digit + 128 : digit);
    } while (left != 0);
    return bytes.append(body);
}

/// Where the body begins in the bytes of one packet.
inline std::size_t body_start(std::string_view bytes) {
    std::size_t at = 1;
    while ((static_cast<unsigned char>(bytes[at]) & 0x80) != 0) ++at;
    return at + 1;
}

/// Whether two packets are equal in every member; two variants: of the same type, too.
template <class Packet>
constexpr bool same(const Packet& a, const Packet& b) {
    return members(a) == members(b);
}
template <class... Packets>
bool same(const std::variant<Packets...>& a, const std::variant<Packets...>& b) {
    return a.index() == b.index() &&
           std::visit([&b](const auto& one) { return same(one, std::get<std::decay_t<decltype(one)>>(b)); }, a);
}

/// An error in words, to be compared: what, in which field, at which column.
inline std::string shown(const error& why) {
    if (why.code == errc::none) return "no error";
    std::string words{text_of(why.code)};
    if (!mqtt::name_of(why.field).empty()) words.append(" in ").append(mqtt::name_of(why.field));
    return words.append(" at ").append(std::to_string(why.column));
}

/// The same without the column.
inline std::string told(const error& why) { return shown({why.code, why.field, 0}); }

/// What was read, and that it was read at all.
template <class Read, class Packet>
void check_reads(const Read& read, const Packet& expected) {
    CHECK(shown(read.why()) == shown({}));
    if (read) CHECK(same(*read, expected));
}

/// Runs an encoder with every size of buffer from none to one byte too many. False if it succeeds in too little room,
/// fails for another reason than `no_space`, writes past what it was lent, or writes something else in the end.
template <class Encoder>
bool respects_every_size(Encoder encoder, std::string_view expected) {
    constexpr char guard = '\x55';
    for (std::size_t size = 0; size <= expected.size() + 1; ++size) {
        std::vector<char> out(expected.size() + 16, guard);
        const auto done = encoder(buffer{out.data(), size});
        for (std::size_t at = size; at < out.size(); ++at) {
            if (out[at] != guard) return false;
        }
        if (size < expected.size() && (done || done.why().code != errc::no_space)) return false;
        if (size >= expected.size() && (!done || *done != expected || done->data() != out.data())) return false;
    }
    return true;
}

}  // namespace packet_rows
