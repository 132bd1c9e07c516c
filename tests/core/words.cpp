// core/words.hpp: eight bytes looked at together, which must give what one by one would.
// SPDX-License-Identifier: MIT
#include <atmqtt/core/words.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace atmqtt;

namespace {

const char* find(char wanted, std::string_view in) { return detail::find(wanted, in.data(), in.data() + in.size()); }

}  // namespace

TEST_CASE("the first of what is looked for is found, in bytes of any number") {
    for (std::size_t size = 0; size != 30; ++size) {
        std::string bytes(size, 'a');
        CHECK(find('"', bytes) == bytes.data() + size);
        for (std::size_t first = 0; first != size; ++first) {
            for (std::size_t other = first; other != size; ++other) {
                std::string marked = bytes;
                marked[first] = marked[other] = '"';
                REQUIRE(find('"', marked) == marked.data() + first);
            }
        }
    }
}

TEST_CASE("it is found whatever stands beside it") {
    std::size_t wrong = 0;
    for (unsigned both = 0; both != 0x10000; ++both) {
        for (std::size_t place = 0; place != 7; ++place) {
            std::string eight(8, 'x');
            eight[place] = static_cast<char>(both >> 8);
            eight[place + 1] = static_cast<char>(both);
            const std::size_t expected = std::min(eight.find('"'), eight.size());
            if (find('"', eight) != eight.data() + expected) ++wrong;
        }
    }
    CHECK(wrong == 0);
}

#if defined(__GNUC__)
TEST_CASE("each byte below a limit is marked, whatever stands beside it, and no other is") {
    std::size_t wrong = 0;
    for (unsigned both = 0; both != 0x10000; ++both) {
        for (std::size_t place = 0; place != 7; ++place) {
            std::uint64_t word = detail::each('x');
            word &= ~(std::uint64_t{0xFFFF} << 8 * place);
            word |= std::uint64_t{both} << 8 * place;
            const bool low = (both & 0xFF) < '#', high = both >> 8 < '#';
            const std::uint64_t marked = detail::mark_below(word, '#');
            if (marked != ((low ? 0xFF : 0) | std::uint64_t{high ? 0xFFU : 0U} << 8) << 8 * place) ++wrong;
            if (marked != 0 && detail::before(marked) != (low ? place : place + 1)) ++wrong;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("each byte is marked that is wanted, and no other is") {
    std::size_t wrong = 0;
    for (unsigned both = 0; both != 0x10000; ++both) {
        for (std::size_t place = 0; place != 7; ++place) {
            std::uint64_t word = detail::each('"');
            word &= ~(std::uint64_t{0xFFFF} << 8 * place);
            word |= std::uint64_t{both} << 8 * place;
            std::uint64_t expected = 0;
            for (std::size_t at = 0; at != 8; ++at)
                if (static_cast<char>(word >> 8 * at) == '"') expected |= std::uint64_t{0xFF} << 8 * at;
            if (detail::mark(word, '"') != expected) ++wrong;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("letters are counted up to the first byte that is none, and packed as they are one by one") {
    std::size_t wrong = 0;
    for (unsigned both = 0; both != 0x10000; ++both) {
        for (std::size_t place = 0; place != 7; ++place) {
            std::string eight = "PUBLISHX";
            eight[place] = static_cast<char>(both >> 8);
            eight[place + 1] = static_cast<char>(both);
            std::uint64_t word = 0;  // as a target with the first byte lowest loads it
            for (std::size_t at = 8; at-- != 0;) word = word << 8 | static_cast<unsigned char>(eight[at]);
            unsigned count = 0;
            std::uint64_t name = 0;
            for (; count != 8 && static_cast<signed char>(eight[count]) >= 'A'; ++count)
                name = name << 8 | static_cast<unsigned char>(eight[count]);
            if (detail::letters_of(word) != count || detail::first_of(word, count) != name) ++wrong;
        }
    }
    CHECK(wrong == 0);
}
#endif

TEST_CASE("in the compiler it is looked for byte by byte") {
    constexpr std::string_view bytes = "0123456789,abcdefgh";
    static_assert(*detail::find(',', bytes.data(), bytes.data() + bytes.size()) == ',');
    static_assert(detail::find('?', bytes.data(), bytes.data() + bytes.size()) == bytes.data() + bytes.size());
    CHECK(find('?', bytes) == bytes.data() + bytes.size());
}
