// at/text.hpp: text that may still hold the escapes of the wire.                                       [2.3.6]
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/text.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

using namespace atmqtt;

namespace {

std::string walked(const text& any) {
    std::string bytes;
    for (const char byte : any) bytes += byte;
    return bytes;
}

/// A text as it is parsed.
constexpr text from_wire(std::string_view command) { return parse<unsubscribe>(command)->topic; }

struct row {
    std::string_view wire;
    std::string_view plain;
};

constexpr row escaped[] = {
    {R"(AT+MQTTUNSUB="")", ""},
    {R"(AT+MQTTUNSUB="abc")", "abc"},
    {R"(AT+MQTTUNSUB="\"")", R"(")"},
    {R"(AT+MQTTUNSUB="a\"b")", R"(a"b)"},
    {R"(AT+MQTTUNSUB="\"\"")", R"("")"},
    {R"(AT+MQTTUNSUB="\"{\"a\":[1]}\"")", R"("{"a":[1]}")"},
    {R"(AT+MQTTUNSUB="a\b")", R"(a\b)"},       // any other backslash is itself
    {R"(AT+MQTTUNSUB="a\\b")", R"(a\\b)"},     // two of them as well
    {R"(AT+MQTTUNSUB="a\\\"b")", R"(a\\"b)"},  // and the last before a quote is the escape
    {R"(AT+MQTTUNSUB="\r\n\0D")", R"(\r\n\0D)"},
};

std::string_view raw_of(std::string_view wire) { return first(rest(wire, 14), wire.size() - 15); }

}  // namespace

TEST_CASE("text is made of a literal, a view or a string, and views their bytes") {
    const std::string owned = "dev/gsm/u";
    const text made[] = {"dev/gsm/u", std::string_view{owned}, owned};
    for (const text& one : made) {
        CHECK(one.raw() == "dev/gsm/u");
        CHECK(one.size() == 9);
        CHECK_FALSE(one.empty());
        CHECK_FALSE(one.is_escaped());
    }
    CHECK(made[2].raw().data() == owned.data());
    CHECK(text{}.empty());
    CHECK(text{}.size() == 0);
    CHECK(walked(text{}).empty());
}

TEST_CASE("plain text holds no escapes: a backslash before a quote is a byte of it") {
    const text plain = R"(a\"b)";
    CHECK(plain.size() == 4);
    CHECK(walked(plain) == R"(a\"b)");
}

TEST_CASE("AT-02: text from the wire is seen unescaped, and its raw bytes are kept") {
    for (const auto& row : escaped) {
        CAPTURE(row.wire);
        const text made = from_wire(row.wire);
        CHECK(made.raw() == raw_of(row.wire));
        CHECK(made.size() == row.plain.size());
        CHECK(made.empty() == row.plain.empty());
        CHECK(made.is_escaped() == (raw_of(row.wire) != row.plain));
        CHECK(walked(made) == row.plain);
    }
}

TEST_CASE("the bytes of a text are walked by the algorithms of the standard library") {
    for (const auto& row : escaped) {
        CAPTURE(row.wire);
        const text made = from_wire(row.wire);
        CHECK(std::string{made.begin(), made.end()} == row.plain);
        CHECK(std::distance(made.begin(), made.end()) == static_cast<std::ptrdiff_t>(row.plain.size()));
        CHECK(std::equal(made.begin(), made.end(), row.plain.begin(), row.plain.end()));
    }
    const text two = from_wire(R"(AT+MQTTUNSUB="\"b")");
    auto at = two.begin();
    CHECK(*at++ == '"');
    CHECK(*at == 'b');
    CHECK(++at == two.end());
}

TEST_CASE("two texts are equal when their unescaped bytes are") {
    for (const auto& row : escaped) {
        CAPTURE(row.wire);
        const text made = from_wire(row.wire);
        CHECK(made == text{row.plain});
        CHECK(text{row.plain} == made);
        CHECK(made == from_wire(row.wire));
        const std::string longer = std::string{row.plain} + "x";
        CHECK(made != text{longer});
        CHECK(text{longer} != made);
        if (made.is_escaped()) CHECK(made != text{made.raw()});
    }
    CHECK(from_wire(R"(AT+MQTTUNSUB="a\"b")") != text{R"(a"c)"});
    CHECK(text{"ab"} != text{"a"});
    CHECK(text{std::string_view{"a\0b", 3}} != text{"a"});
}

TEST_CASE("a text ends at the first quote without a backslash before it, wherever they stand") {
    constexpr std::string_view bytes = R"(a\")";
    for (unsigned way = 0; way != 6561; ++way) {  // 3 to the 8th
        std::string eight;
        for (unsigned left = way; eight.size() != 8; left /= 3) eight += bytes[left % 3];
        for (std::size_t shift = 0; shift != 9; ++shift) {
            const std::string wire = R"(AT+MQTTUNSUB="\")" + std::string(shift, 'a') + eight + R"(a")";
            std::size_t end = 16;
            while (wire[end] != '"' || wire[end - 1] == '\\') ++end;
            const auto parsed = parse<unsubscribe>(first(wire, end + 1));
            REQUIRE(parsed);
            REQUIRE(parsed->topic.is_escaped());
            REQUIRE(parsed->topic.raw() == wire.substr(14, end - 14));
            REQUIRE(parse<unsubscribe>(first(wire, end)).why().code == errc::unterminated);
            // And where more follows.
            const std::string topic = wire.substr(14, end - 14);
            const std::string command = R"(AT+MQTTPUB=")" + topic + R"(",2,1,0,"0123456789")";
            const auto followed = parse<publish>(command);
            REQUIRE(followed);
            REQUIRE(followed->topic.raw() == topic);
        }
    }
}

TEST_CASE("copy_to gives the unescaped bytes, and fails in less room without writing past it") {
    constexpr char guard = '\x55';
    for (const auto& row : escaped) {
        CAPTURE(row.wire);
        for (std::size_t size = 0; size <= row.plain.size() + 1; ++size) {
            std::string out(32, guard);
            const auto copied = from_wire(row.wire).copy_to({out.data(), size});
            CHECK(out.substr(size) == std::string(32 - size, guard));
            if (size < row.plain.size()) {
                CHECK(copied.why().code == errc::no_space);
            } else {
                CHECK(static_cast<bool>(copied));
                CHECK(*copied == row.plain);
                CHECK(copied->data() == out.data());
            }
        }
    }
}

TEST_CASE("copy_to drops the escapes wherever they stand, in exactly the room that it needs and in no less") {
    for (std::size_t size = 0; size != 24; ++size) {
        for (std::size_t one = 0; one <= size; ++one) {
            for (std::size_t two = one; two <= size; ++two) {
                std::string plain(size, 'a');
                plain.insert(two, "\"");
                plain.insert(one, "\"");
                std::string wire = plain;
                for (std::size_t at = wire.size(); at-- != 0;)
                    if (wire[at] == '"') wire.insert(at, "\\");
                const text any = text::from_wire(wire, true);
                std::string out(plain.size() + 1, '.');
                const auto copied = any.copy_to({out.data(), plain.size()});
                REQUIRE(copied);
                REQUIRE(*copied == plain);
                REQUIRE(out.back() == '.');
                REQUIRE(any.copy_to({out.data(), plain.size() - 1}).why().code == errc::no_space);
                std::string roomy(wire.size(), '.');
                const auto with_room = any.copy_to({roomy.data(), roomy.size()});
                REQUIRE(with_room);
                REQUIRE(*with_room == plain);
                const auto in_place = any.copy_to({wire.data(), wire.size()});
                REQUIRE(in_place);
                REQUIRE(*in_place == plain);
            }
        }
    }
}

TEST_CASE("copy_to drops the escapes of a text where it stands, or behind there, however far the bytes move") {
    for (std::size_t quotes = 0; quotes != 40; ++quotes) {
        for (const std::string_view tail :
             {"", "b", "bcdefgh", "bcdefghijklmnopqrstuvwxyz", "bcdefghi\"jklmnopqrst\"uvwxyz"}) {
            const std::string plain = std::string(quotes, '"') + std::string(tail);
            std::string wire;
            for (const char byte : plain) wire += byte == '"' ? R"(\")" : std::string(1, byte);
            for (std::size_t ahead = 0; ahead != 10; ++ahead) {
                std::string held = std::string(ahead, '.') + wire;
                const text any = text::from_wire(std::string_view{held}.substr(ahead), true);
                const auto copied = any.copy_to({held.data(), held.size()});
                REQUIRE(copied);
                REQUIRE(*copied == plain);
            }
        }
    }
}

TEST_CASE("copy_to leaves the quotes of plain text as they are, wherever they stand") {
    constexpr std::string_view bytes = R"(a\""bcdefgh""ijklmn"\)";
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        std::string out(size, '.');
        const auto copied = text{first(bytes, size)}.copy_to({out.data(), size});
        REQUIRE(copied);
        REQUIRE(*copied == first(bytes, size));
    }
}

TEST_CASE("text works in the compiler, and is not made of a null or a number by accident") {
    static_assert(from_wire(R"(AT+MQTTUNSUB="\"a\"")") == text{R"("a")"});
    static_assert(from_wire(R"(AT+MQTTUNSUB="\"a\"")").size() == 3);
    static_assert([] {
        char out[3] = {};
        return *from_wire(R"(AT+MQTTUNSUB="\"a\"")").copy_to(out) == R"("a")";
    }());
    static_assert(!std::is_convertible_v<int, text>);
    static_assert(!std::is_convertible_v<char, text>);
    CHECK(from_wire(R"(AT+MQTTUNSUB="\"")") == text{"\""});
}

TEST_CASE("a curly quote is three bytes of UTF-8, and no other character that looks like it in part") {
    CHECK(detail::is_curly_quote("\xE2\x80\x9C"));
    CHECK(detail::is_curly_quote("\xE2\x80\x9D and more"));
    for (const std::string_view other :
         {"\xE1\x80\x9C", "\xE2\x81\x9C", "\xE2\x80\x9B", "\xE2\x80\x9E", "\xE2\x80", "\xE2", ""})
        CHECK_FALSE(detail::is_curly_quote(other));
}

TEST_CASE("a text ends where it ends: what stands behind it makes no escape of its last byte") {
    const std::string_view bytes = R"(a\"b\")";
    CHECK(walked(text::from_wire(first(bytes, 5), true)) == R"(a"b\)");
}
