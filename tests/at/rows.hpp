// What the tests of at/ share: comparing messages member by member, showing errors, and running a row both ways.
// SPDX-License-Identifier: MIT
#pragma once

#include "../members.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/subscriptions.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <initializer_list>
#include <ostream>  // doctest prints std::string_view by it
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace rows {

using namespace atmqtt;

/// The bytes that an AT engine may act on, AT-01.
inline constexpr std::string_view forbidden{"\r\n\0\x1A\x1B\b", 6};

using testing::members;

/// Whether two messages are equal in every member; two variants: of the same kind, too.
template <class Message>
constexpr bool same(const Message& a, const Message& b) {
    return members(a) == members(b);
}
template <class... Messages>
bool same(const std::variant<Messages...>& a, const std::variant<Messages...>& b) {
    return a.index() == b.index() &&
           std::visit([&b](const auto& one) { return same(one, std::get<std::decay_t<decltype(one)>>(b)); }, a);
}

/// An error in words, to be compared: what, in which parameter, at which column.
inline std::string shown(const error& why) {
    if (why.code == errc::none) return "no error";
    std::string words{text_of(why.code)};
    if (why.field != param::none) words.append(" in ").append(name_of(why.field));
    return words.append(" at ").append(std::to_string(why.column));
}

/// What `format` makes of a message; an error in words where it fails.
template <class Message, class... How>
std::string written(const Message& m, How... how) {
    std::vector<char> out(70000);
    const auto done = format(m, {out.data(), out.size()}, how...);
    return done ? std::string{*done} : shown(done.why());
}

/// What was read, and that it was read at all.
template <class Read, class Message>
void check_reads(const Read& read, const Message& expected) {
    CHECK(shown(read.why()) == shown({}));
    if (read) CHECK(same(*read, expected));
}

/// A command and its text, both ways; the text without its CR.
inline void check_both_ways(const command& m, std::string_view wire) {
    CAPTURE(wire);
    const std::string line = std::string{wire} + "\r";
    CHECK(written(m) == line);
    check_reads(parse_command(wire), m);
    check_reads(parse_command(line), m);
}

/// A line and its text in one spelling, both ways; the text without the line ends around it.
inline void check_both_ways(const line& m, std::string_view wire, spelling how) {
    CAPTURE(wire);
    const std::string whole = "\r\n" + std::string{wire} + "\r\n";
    CHECK(written(m, how) == whole);
    check_reads(parse_line(wire), m);
    check_reads(parse_line(whole), m);
}

/// A text that cannot be parsed, and why not.
struct refusal {
    std::string_view wire;
    errc code;
    param field;
    std::size_t column;
};

/// Runs every refusal through a parser.
template <class Parser, class Table>
void check_refused(Parser parser, const Table& table) {
    for (const refusal& row : table) {
        CAPTURE(row.wire);
        CHECK(shown(parser(row.wire).why()) == shown({row.code, row.field, row.column}));
    }
}

/// Runs `format` with every size of buffer from none to one byte too many. False if it succeeds in too little room, fails for
/// another reason than `no_space`, writes past what it was lent, or writes something else in the end.
template <class Message, class... How>
bool respects_every_size(const Message& m, std::string_view wire, How... how) {
    constexpr char guard = '\x55';
    for (std::size_t size = 0; size <= wire.size() + 1; ++size) {
        std::vector<char> out(wire.size() + 16, guard);
        const auto done = format(m, {out.data(), size}, how...);
        for (std::size_t i = size; i < out.size(); ++i) {
            if (out[i] != guard) return false;
        }
        if (size < wire.size() && (done || done.why().code != errc::no_space)) return false;
        if (size >= wire.size() && (!done || *done != wire || done->data() != out.data())) return false;
    }
    return true;
}

}  // namespace rows
