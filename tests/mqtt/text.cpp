// mqtt/text.hpp: which bytes are a string, a topic name, a topic filter, and which filter matches which name.
// SPDX-License-Identifier: MIT
#include <atmqtt/mqtt/text.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

using namespace atmqtt;

namespace {

// --- strings ---

constexpr std::string_view well_formed[] = {
    "",
    "plain",
    "\x01",
    "\x7F",
    "\xC2\x80",          // U+0080, the first of two bytes
    "\xDF\xBF",          // U+07FF, the last
    "\xE0\xA0\x80",      // U+0800, the first of three
    "\xED\x9F\xBF",      // U+D7FF, before the surrogates
    "\xEE\x80\x80",      // U+E000, behind them
    "\xEF\xBB\xBF",      // U+FEFF
    "\xEF\xBF\xBF",      // U+FFFF, the last of three
    "\xF0\x90\x80\x80",  // U+10000, the first of four
    "\xF4\x8F\xBF\xBF",  // U+10FFFF, the last of all
    "gr\xC3\xBC\xC3\x9F",
};

constexpr std::string_view ill_formed[] = {
    {"\0", 1},   // U+0000
    {"a\0", 2},  // at the end
    {"\0a", 2},  // and in front
    "\x80",      // continuation bytes alone
    "\xBF",
    "a\x80",
    "\xC2\x80\x80",      // one too many
    "\xC0\x80",          // U+0000 in two bytes
    "\xC1\xBF",          // U+007F in two
    "\xE0\x80\x80",      // U+0000 in three
    "\xE0\x9F\xBF",      // U+07FF in three
    "\xF0\x80\x80\x80",  // U+0000 in four
    "\xF0\x8F\xBF\xBF",  // U+FFFF in four
    "\xED\xA0\x80",      // U+D800, the first surrogate
    "\xED\xAD\xBF",
    "\xED\xAE\x80",
    "\xED\xBF\xBF",              // U+DFFF, the last
    "\xED\xA0\x81\xED\xB0\x80",  // U+10400 in two surrogates
    "\xF4\x90\x80\x80",          // U+110000
    "\xF5\x80\x80\x80",
    "\xF8\x88\x80\x80\x80",      // five bytes
    "\xFC\x84\x80\x80\x80\x80",  // six
    "\xFE",
    "\xFF",
    "\xC2",  // cut short, at the end
    "\xE0\xA0",
    "\xE0",
    "\xF0\x90\x80",
    "\xF0\x90",
    "\xF0",
    "\xC2/",  // and by what follows
    "\xE0\xA0/",
    "\xF0\x90\x80/",
    "\xC2\xC2\x80",
    "\xE0\xA0\xE0\xA0\x80",
};

/// One by one in the compiler, where reading past an end does not compile.
template <std::size_t Count>
constexpr bool all_are(bool expected, const std::string_view (&rows)[Count], code_points allowed) {
    for (const std::string_view row : rows) {
        if (is_mqtt_string(row, allowed) != expected) return false;
    }
    return true;
}

static_assert(all_are(true, well_formed, code_points::any));
static_assert(all_are(false, ill_formed, code_points::any));
static_assert(all_are(false, ill_formed, code_points::no_control));

/// A code point in `count` bytes, whether it needs so many or not.
std::string in_bytes(std::uint32_t point, unsigned count) {
    if (count == 1) return std::string(1, static_cast<char>(point));
    std::string bytes;
    for (unsigned left = count - 1; left != 0; --left) {
        bytes.insert(bytes.begin(), static_cast<char>(0x80 | (point & 0x3F)));
        point >>= 6;
    }
    const unsigned mark = count == 2 ? 0xC0 : count == 3 ? 0xE0 : 0xF0;
    bytes.insert(bytes.begin(), static_cast<char>(mark | point));
    return bytes;
}

unsigned least_count(std::uint32_t point) { return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4; }

/// Whether the bytes are one code point, by ranges of bytes, as the Unicode Standard's table of them has it.
bool is_one_code_point(const std::vector<unsigned>& bytes) {
    const auto within = [&bytes](std::size_t at, unsigned least, unsigned last) {
        return bytes[at] >= least && bytes[at] <= last;
    };
    const unsigned lead = bytes[0];
    if (bytes.size() == 1) return lead < 0x80;
    if (bytes.size() == 2) return within(0, 0xC2, 0xDF) && within(1, 0x80, 0xBF);
    if (bytes.size() == 3) {
        const unsigned least = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned last = lead == 0xED ? 0x9F : 0xBF;
        return within(0, 0xE0, 0xEF) && within(1, least, last) && within(2, 0x80, 0xBF);
    }
    const unsigned least = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned last = lead == 0xF4 ? 0x8F : 0xBF;
    return within(0, 0xF0, 0xF4) && within(1, least, last) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF);
}

// --- topics ---

constexpr std::string_view names[] = {
    "a", "/", "//", "/a", "a/", "a//b", " ", "a b", "$", "$SYS/load", "a\\b", "\"", "plant/hall 3/\xC3\xBC",
};

/// Filters that are no names.
constexpr std::string_view filters[] = {
    "#", "+", "/#", "/+", "+/", "+/+", "+/#", "a/#", "a/+", "+/a", "a/+/b", "a/+/#", "//+//#", "$SYS/#", "+/\xC3\xBC/#",
};

/// Neither.
constexpr std::string_view no_topics[] = {
    "",      "##",   "#/",   "#/a",  "#+",   "+#",   "++",   "+a",     "a+",     "a#",   "#a",   "/a#", "a/#/",
    "a/#/b", "a/b#", "fo+o", "fo#o", "foo#", "foo+", "+foo", "a/+b/c", "a/b+/c", "a/++", "a/+#", "/+a", "#/#",
};

static_assert([] {
    for (const std::string_view name : names)
        if (!is_topic_name(name) || !is_topic_filter(name)) return false;
    for (const std::string_view filter : filters)
        if (is_topic_name(filter) || !is_topic_filter(filter)) return false;
    for (const std::string_view neither : no_topics)
        if (is_topic_name(neither) || is_topic_filter(neither)) return false;
    return true;
}());

struct matching {
    std::string_view filter;
    std::string_view name;
    bool matches;
};

constexpr matching table[] = {
    {"foo/#", "foo", true},
    {"foo/#", "foo/", true},
    {"foo/#", "foo/bar", true},
    {"foo/#", "foo/bar/baz", true},
    {"foo/#", "food", false},
    {"foo/#", "food/bar", false},
    {"foo/#", "fo", false},
    {"foo/#", "/foo", false},
    {"foo//#", "foo", false},
    {"foo//#", "foo/", true},
    {"/#", "/", true},
    {"/#", "/a", true},
    {"/#", "a", false},
    {"#", "a", true},
    {"#", "/", true},
    {"#", "a/b/c", true},
    {"+/#", "a", true},
    {"+/#", "a/b/c", true},
    {"+/#", "/", true},
    {"+/+", "/finance", true},
    {"/+", "/finance", true},
    {"+", "/finance", false},
    {"+", "finance", true},
    {"+", "a/", false},
    {"+/", "a/", true},
    {"+/", "a", false},
    {"a/+", "a", false},
    {"a/+", "a/", true},
    {"a/+", "a/b", true},
    {"a/+", "a/b/", false},
    {"a/+", "a/b/c", false},
    {"a/+/c", "a/b/c", true},
    {"a/+/c", "a//c", true},
    {"a/+/c", "a/b/d", false},
    {"a/+/c", "a/b/c/d", false},
    {"a/+/#", "a/b", true},
    {"a/+/#", "a", false},
    {"+/b", "a/b", true},
    {"+/b", "a/bb", false},
    {"+/+/+", "//", true},
    {"+/+", "//", false},
    {"a", "a", true},
    {"a", "A", false},  // 4.7.3-4: nothing is made alike
    {"a", "a/", false},
    {"a/", "a", false},
    {"a", "/a", false},
    {"a//b", "a/b", false},
    {"a b", "a b", true},
    {"\xC3\xBC", "u\xCC\x88", false},          // one letter in two spellings of Unicode
    {"\xEF\xBB\xBFt", "t", false},             // 1.5.3-3: U+FEFF is a character
    {"\xEF\xBB\xBFt", "\xEF\xBB\xBFt", true},  //
    {"#", "$SYS", false},                      // 4.7.2-1: no wildcard in front matches a `$`
    {"#", "$SYS/load", false},                 //
    {"#", "$", false},                         //
    {"+", "$SYS", false},                      //
    {"+/load", "$SYS/load", false},            //
    {"+/#", "$SYS/load", false},               //
    {"$SYS/#", "$SYS/load", true},             //
    {"$SYS/#", "$SYS", true},                  //
    {"$SYS/+", "$SYS/load", true},             //
    {"$SYS/load", "$SYS/load", true},          //
    {"a/+", "a/$SYS", true},                   // elsewhere `$` is a character
    {"#", "a/$SYS", true},                     //
    {"/#", "/$SYS", true},
};

static_assert([] {
    for (const matching& row : table)
        if (topic_matches(row.filter, row.name) != row.matches) return false;
    return true;
}());

std::vector<std::string> levels_of(std::string_view topic) {
    std::vector<std::string> levels(1);
    for (const char byte : topic) {
        if (byte == '/')
            levels.emplace_back();
        else
            levels.back() += byte;
    }
    return levels;
}

/// The rules of MQTT 4.7 once more, by levels.
bool matches_by_levels(std::string_view filter, std::string_view name) {
    const auto wanted = levels_of(filter);
    const auto found = levels_of(name);
    if ((filter[0] == '#' || filter[0] == '+') && name[0] == '$') return false;
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (wanted[at] == "#") return true;
        if (at == found.size() || (wanted[at] != "+" && wanted[at] != found[at]))
            return at == found.size() && wanted[at] == "#";
    }
    return wanted.size() == found.size();
}

/// All strings of 1 to `longest` characters of an alphabet.
std::vector<std::string> all_strings(std::string_view alphabet, std::size_t longest) {
    std::vector<std::string> made{""};
    for (std::size_t at = 0; at < made.size(); ++at) {
        if (made[at].size() == longest) continue;
        for (const char letter : alphabet) made.push_back(made[at] + letter);
    }
    made.erase(made.begin());
    return made;
}

std::string repeated(std::string_view part, std::size_t count) {
    std::string whole;
    for (; count != 0; --count) whole += part;
    return whole;
}

}  // namespace

TEST_CASE("BI-16: what is no well-formed UTF-8 is no string, and neither is what holds U+0000") {
    for (const std::string_view bytes : well_formed) {
        CAPTURE(std::string(bytes));
        CHECK(is_mqtt_string(bytes));
        CHECK(is_mqtt_string("a" + std::string(bytes) + "b"));
    }
    for (const std::string_view bytes : ill_formed) {
        CAPTURE(std::string(bytes));
        CHECK_FALSE(is_mqtt_string(bytes));
        CHECK_FALSE(is_mqtt_string(bytes, code_points::no_control));
        CHECK_FALSE(is_mqtt_string("a" + std::string(bytes) + "b"));
        CHECK_FALSE(is_topic_name("t/" + std::string(bytes)));
        CHECK_FALSE(is_topic_filter(std::string(bytes) + "/+"));
    }
}

TEST_CASE("BI-15, BI-16: a byte is judged alike wherever it stands, in a topic of any length") {
    std::size_t wrong = 0;
    for (unsigned byte = 0; byte != 256; ++byte) {
        const bool may_stand = byte != 0 && byte < 0x80 && byte != '+' && byte != '#';
        const bool is_control = byte < 0x20 || byte == 0x7F;
        for (std::size_t size = 1; size != 34; ++size) {
            std::string topic(size, 'a');
            for (std::size_t at = 0; at != size; ++at) {
                topic[at] = static_cast<char>(byte);
                if (is_topic_name(topic) != may_stand) ++wrong;
                if (is_topic_name(topic, code_points::no_control) != (may_stand && !is_control)) ++wrong;
                topic[at] = 'a';
            }
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("BI-16: every code point but U+0000 and the surrogates is taken, in its shortest form and in no other") {
    std::size_t wrong = 0;
    for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
        const bool may_stand = point != 0 && (point < 0xD800 || point > 0xDFFF);
        if (is_mqtt_string(in_bytes(point, least_count(point))) != may_stand) ++wrong;
        for (unsigned count = least_count(point) + 1; count <= 4; ++count)
            if (is_mqtt_string(in_bytes(point, count))) ++wrong;
    }
    for (std::uint32_t point = 0x110000; point <= 0x1FFFFF; point += 0x100)
        if (is_mqtt_string(in_bytes(point, 4))) ++wrong;
    CHECK(wrong == 0);
}

TEST_CASE("BI-16: all pairs of bytes, and longer ones of the bytes where the rules change, are judged as Unicode's "
          "table does") {
    std::size_t wrong = 0;
    const auto judge = [&wrong](const std::vector<unsigned>& bytes) {
        // One by one from the front, as a whole is well-formed if it can be cut into code points.
        std::vector<bool> reached(bytes.size() + 1);
        reached[0] = true;
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            for (std::size_t end = at + 1; end <= bytes.size() && reached[at]; ++end) {
                const std::vector<unsigned> part(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                                 bytes.begin() + static_cast<std::ptrdiff_t>(end));
                if (part.size() <= 4 && part[0] != 0 && is_one_code_point(part)) reached[end] = true;
            }
        }
        std::string text;
        for (const unsigned byte : bytes) text += static_cast<char>(byte);
        if (is_mqtt_string(text) != reached.back()) ++wrong;
    };
    for (unsigned one = 0; one < 256; ++one) {
        judge({one});
        for (unsigned two = 0; two < 256; ++two) judge({one, two});
    }
    constexpr unsigned corners[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
                                    0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    for (const unsigned one : corners) {
        for (const unsigned two : corners) {
            for (const unsigned three : corners) {
                judge({one, two, three});
                for (const unsigned four : {0x00U, 0x41U, 0x80U, 0xBFU, 0xC2U, 0xFFU}) judge({one, two, three, four});
            }
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("a byte is judged alike wherever it stands in a text of any length") {
    for (std::size_t size = 1; size != 26; ++size) {
        for (std::size_t place = 0; place != size; ++place) {
            for (unsigned byte = 0; byte != 256; ++byte) {
                for (const char others : {',', 'a', '~'}) {
                    std::string text(size, others);
                    text[place] = static_cast<char>(byte);
                    const bool is_text = byte != 0 && byte < 0x80;
                    const bool is_name = is_text && byte != '+' && byte != '#';
                    const bool is_right = is_mqtt_string(text) == is_text && is_topic_name(text) == is_name;
                    if (!is_right) CAPTURE(text);
                    if (!is_right) FAIL("judged otherwise");
                }
            }
        }
    }
}

TEST_CASE("two bytes beside each other are judged alike, looked at eight at a time or one by one") {
    std::size_t wrong = 0;
    for (unsigned both = 0; both != 0x10000; ++both) {
        const char pair[] = {static_cast<char>(both >> 8), static_cast<char>(both)};
        for (const std::size_t place : {0U, 3U, 7U, 9U}) {
            std::string text(11, 'a');
            text.replace(place, 2, pair, 2);
            const bool expected = detail::fault_of(text, detail::text_role::topic_name) == errc::none;
            if (is_topic_name(text) != expected) ++wrong;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("BI-17: control characters and noncharacters are taken by default and refused by the strict option, and only "
          "they") {
    std::size_t wrong = 0;
    for (std::uint32_t point = 1; point <= 0x10FFFF; ++point) {
        if (point >= 0xD800 && point <= 0xDFFF) continue;
        const bool is_control = point <= 0x1F || (point >= 0x7F && point <= 0x9F);
        const bool is_noncharacter = (point >= 0xFDD0 && point <= 0xFDEF) || point % 0x10000 >= 0xFFFE;
        const std::string bytes = in_bytes(point, least_count(point));
        if (!is_mqtt_string(bytes)) ++wrong;
        if (is_mqtt_string(bytes, code_points::no_control) == (is_control || is_noncharacter)) ++wrong;
    }
    CHECK(wrong == 0);
    for (const std::string_view topic : {"a\x01", "\x1F", "a/\x7F", "\xC2\x85", "\xEF\xBF\xBF", "\xEF\xB7\x90"}) {
        CAPTURE(std::string(topic));
        CHECK(is_topic_name(topic));
        CHECK(is_topic_filter(topic));
        CHECK_FALSE(is_topic_name(topic, code_points::no_control));
        CHECK_FALSE(is_topic_filter(topic, code_points::no_control));
    }
    CHECK(is_topic_name("a/\xC2\xA0", code_points::no_control));
}

TEST_CASE("BI-16: a first byte of more than four bytes begins nothing, whatever follows") {
    for (int lead = 0xF8; lead <= 0xFF; ++lead) {
        for (const char more : {'\x80', '\x83', '\xBF'}) {
            for (std::size_t count = 0; count != 14; ++count) {
                for (std::size_t odd = 0; odd <= count; ++odd) {
                    std::string text(1, static_cast<char>(lead));
                    text += std::string(count, more);
                    if (odd != 0) text[odd] = '\x83';
                    CAPTURE(lead);
                    CHECK(!atmqtt::is_mqtt_string(text));
                    CHECK(!atmqtt::is_topic_name(text));
                }
            }
        }
    }
}

TEST_CASE("BI-18: U+FEFF is a character wherever it stands, and the strict option does not mind it") {
    for (const std::string_view topic : {"\xEF\xBB\xBF", "\xEF\xBB\xBFt", "t\xEF\xBB\xBF", "t/\xEF\xBB\xBF/t"}) {
        CHECK(is_topic_name(topic));
        CHECK(is_topic_filter(topic));
        CHECK(is_topic_name(topic, code_points::no_control));
        CHECK(topic_matches(topic, topic));
        CHECK_FALSE(topic_matches(topic, "t"));
    }
}

TEST_CASE("BI-14: an empty string is a string, but neither a topic name nor a filter") {
    static_assert(is_mqtt_string("") && !is_topic_name("") && !is_topic_filter(""));
    CHECK(is_mqtt_string({}));
    CHECK_FALSE(is_topic_name({}));
    CHECK_FALSE(is_topic_filter({}));
}

TEST_CASE("BI-15, BI-43: a name has no wildcard; a filter has them only alone in a level, # only in the last") {
    for (const std::string_view name : names) {
        CAPTURE(std::string(name));
        CHECK(is_topic_name(name));
        CHECK(is_topic_filter(name));
    }
    for (const std::string_view filter : filters) {
        CAPTURE(std::string(filter));
        CHECK_FALSE(is_topic_name(filter));
        CHECK(is_topic_filter(filter));
        CHECK(is_mqtt_string(filter));
    }
    for (const std::string_view neither : no_topics) {
        CAPTURE(std::string(neither));
        CHECK_FALSE(is_topic_name(neither));
        CHECK_FALSE(is_topic_filter(neither));
        CHECK(is_mqtt_string(neither));
    }
}

TEST_CASE("BI-15: all short strings of wildcards, separators and a letter are judged by their levels") {
    std::size_t wrong = 0;
    for (const std::string& topic : all_strings("a/+#", 6)) {
        const auto levels = levels_of(topic);
        bool is_filter = true;
        for (std::size_t at = 0; at < levels.size(); ++at) {
            const bool is_bare = levels[at].find_first_of("+#") == std::string::npos;
            const bool is_last = at + 1 == levels.size();
            if (!is_bare && levels[at] != "+" && !(levels[at] == "#" && is_last)) is_filter = false;
        }
        const bool is_name = topic.find_first_of("+#") == std::string::npos;
        if (is_topic_filter(topic) != is_filter || is_topic_name(topic) != is_name) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("BI-43: which filter matches which name") {
    for (const matching& row : table) {
        CAPTURE(std::string(row.filter));
        CAPTURE(std::string(row.name));
        REQUIRE(is_topic_filter(row.filter));
        REQUIRE(is_topic_name(row.name));
        CHECK(topic_matches(row.filter, row.name) == row.matches);
    }
}

TEST_CASE("BI-43: all short filters match all short names as the rules say, level by level") {
    const auto every_name = all_strings("ab/$", 4);
    std::size_t wrong = 0;
    std::size_t matched = 0;
    for (const std::string& filter : all_strings("a/+#$", 5)) {
        if (!is_topic_filter(filter)) continue;
        for (const std::string& name : every_name) {
            const bool found = topic_matches(filter, name);
            if (found != matches_by_levels(filter, name)) ++wrong;
            if (found) ++matched;
        }
    }
    CHECK(wrong == 0);
    CHECK(matched > 1000);
}

TEST_CASE("topic_matches may be asked of anything") {
    std::size_t wrong = 0;
    const auto anything = all_strings("a/+#", 4);
    for (const std::string& filter : anything) {
        if (topic_matches(filter, {}) && filter.find_first_of("+#") == std::string::npos) ++wrong;
        for (const std::string& name : anything)
            if (filter == name && filter.find_first_of("+#") == std::string::npos && !topic_matches(filter, name))
                ++wrong;
    }
    CHECK(wrong == 0);
    CHECK(topic_matches({}, {}));
    CHECK_FALSE(topic_matches({}, "a"));
}

TEST_CASE("BI-42: 65000 separators and 200 levels are walked without recursion, once") {
    const std::string slashes(65000, '/');
    CHECK(is_topic_name(slashes));
    CHECK(is_topic_filter(slashes));
    CHECK(topic_matches(slashes, slashes));
    CHECK_FALSE(topic_matches(slashes, first(slashes, 64999)));
    CHECK_FALSE(topic_matches(first(slashes, 64999), slashes));
    CHECK(topic_matches(slashes + "#", slashes));
    CHECK(topic_matches(slashes + "#", slashes + "a/b"));

    const std::string wild = repeated("+/", 32500);
    REQUIRE(is_topic_filter(wild));
    CHECK(topic_matches(wild, first(slashes, 32500)));
    CHECK(topic_matches(wild, repeated("a/", 32500)));
    CHECK_FALSE(topic_matches(wild, slashes));
    CHECK_FALSE(topic_matches(wild, std::string(65000, 'a')));

    for (const std::string_view level : {"a/", "+/"}) {
        const std::string filter = repeated(level, 199) + "+";
        REQUIRE(is_topic_filter(filter));
        CHECK(topic_matches(filter, repeated("a/", 199) + "b"));
        CHECK_FALSE(topic_matches(filter, repeated("a/", 199) + "b/"));
        CHECK_FALSE(topic_matches(filter, repeated("a/", 198) + "b"));
        CHECK(topic_matches(repeated(level, 199) + "#", repeated("a/", 198) + "a"));
    }
}

TEST_CASE("a string, a name and a filter have at most 65535 bytes") {
    const std::string longest(65535, 'a');
    CHECK(is_mqtt_string(longest));
    CHECK(is_topic_name(longest));
    CHECK(is_topic_filter(longest));
    const std::string longer = longest + "a";
    CHECK_FALSE(is_mqtt_string(longer));
    CHECK_FALSE(is_topic_name(longer));
    CHECK_FALSE(is_topic_filter(longer));
    const std::string of_three = repeated("\xE2\x82\xAC", 21845);
    REQUIRE(of_three.size() == 65535);
    CHECK(is_mqtt_string(of_three));  // bytes are counted, not characters
    CHECK_FALSE(is_mqtt_string(of_three + "\xE2\x82\xAC"));
    CHECK(is_topic_filter(std::string(65533, 'a') + "/#"));
    CHECK_FALSE(is_topic_filter(std::string(65534, 'a') + "/#"));
}
