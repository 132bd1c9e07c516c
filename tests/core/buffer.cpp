// core/buffer.hpp: storage that the caller lends, and slices of text.
// SPDX-License-Identifier: MIT
#include <atmqtt/core/buffer.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace atmqtt;

TEST_CASE("a buffer is an array, or an address and a size, or nothing") {
    char array[12] = {};
    const buffer whole = array;
    CHECK(whole.data() == array);
    CHECK(whole.size() == 12);

    const buffer part{array + 2, 3};
    CHECK(part.data() == array + 2);
    CHECK(part.size() == 3);

    std::array<char, 7> chars = {};
    const buffer all = chars;
    CHECK(all.data() == chars.data());
    CHECK(all.size() == 7);
    std::vector<char> more(5);
    CHECK(buffer{more}.data() == more.data());
    CHECK(buffer{more}.size() == 5);
    static_assert(!std::is_constructible_v<buffer, const std::array<char, 7>&>);
    static_assert(!std::is_constructible_v<buffer, std::vector<char>>);  // it would be gone
    static_assert(!std::is_constructible_v<buffer, std::array<int, 7>&>);
    static_assert(!std::is_constructible_v<buffer, std::string_view&>);
    static_assert(std::is_trivially_copyable_v<buffer>);

    CHECK(buffer{}.data() == nullptr);
    CHECK(buffer{}.size() == 0);
}

TEST_CASE("first and rest cut a text in two at any place, and take what there is beyond its end") {
    struct row {
        std::string_view text;
        std::size_t count;
        std::string_view head;
        std::string_view tail;
    };
    const row table[] = {
        {"abc", 0, "", "abc"}, {"abc", 1, "a", "bc"}, {"abc", 2, "ab", "c"},
        {"abc", 3, "abc", ""}, {"abc", 4, "abc", ""}, {"abc", SIZE_MAX, "abc", ""},
        {"", 0, "", ""},       {"", 1, "", ""},       {{}, SIZE_MAX, "", ""},
    };
    for (const auto& row : table) {
        CAPTURE(row.text);
        CAPTURE(row.count);
        CHECK(first(row.text, row.count) == row.head);
        CHECK(rest(row.text, row.count) == row.tail);
    }
}

TEST_CASE("slices view the bytes they were cut from") {
    const std::string_view text = "abcdef";
    CHECK(first(text, 2).data() == text.data());
    CHECK(rest(text, 2).data() == text.data() + 2);
    CHECK(rest(text, 9).data() == text.data() + 6);
}

TEST_CASE("begins_with and ends_with need all of the words, in their place and case") {
    struct row {
        std::string_view text;
        std::string_view words;
        bool begins;
        bool ends;
    };
    const row table[] = {
        {"+MQTTTO:5", "+MQTT", true, false},
        {"+MQTTTO:5", ":5", false, true},
        {"+MQTTTO:5", "+MQTTTO:5", true, true},
        {"+MQTT", "+MQTTTO", false, false},
        {"MQTT+", "+MQTT", false, false},
        {"+mqtt", "+MQTT", false, false},
        {"aba", "a", true, true},
        {"abc", "", true, true},
        {"", "", true, true},
        {"", "a", false, false},
    };
    for (const auto& row : table) {
        CAPTURE(row.text);
        CAPTURE(row.words);
        CHECK(begins_with(row.text, row.words) == row.begins);
        CHECK(ends_with(row.text, row.words) == row.ends);
    }
}

TEST_CASE("a NUL is a byte like any other in a slice") {
    const std::string_view text{"a\0b\0", 4};
    CHECK(first(text, 2) == std::string_view{"a\0", 2});
    CHECK(ends_with(text, std::string_view{"b\0", 2}));
    CHECK_FALSE(begins_with(text, std::string_view{"a\0c", 3}));
}

TEST_CASE("slices are constexpr and cannot throw out of range") {
    static_assert(first("abc", 9) == "abc");
    static_assert(rest("abc", 9).empty());
    static_assert(begins_with("abc", "ab"));
    static_assert(ends_with("abc", "bc"));
    CHECK(rest("abc", 3).empty());
}
