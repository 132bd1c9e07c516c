// core/window.hpp: which bytes are skimmed, and which are left to be looked at.
// SPDX-License-Identifier: MIT
#include <atmqtt/core/window.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

using namespace atmqtt;

namespace {

struct held_window {
    char bytes[16] = {};
    window held;

    held_window() { held.lend(bytes); }
    /// What is left of the input behind what was skimmed.
    std::string left_of(std::string_view input) {
        (void)held.skim(input);
        return std::string(input);
    }
    std::string text() const { return std::string(held.view(0, held.size())); }
};

}  // namespace

TEST_CASE("nothing is skimmed before it is said what means nothing, nor once all is to be looked at again") {
    held_window w;
    std::string_view input = "abc";
    CHECK_FALSE(w.held.skim(input));
    w.held.quieten(',', 10);
    CHECK(w.held.skim(input));
    CHECK(input.empty());
    CHECK(w.text() == "abc");
    CHECK(w.held.done());
    w.held.listen();
    CHECK(w.left_of("d") == "d");
}

TEST_CASE("it ends at CR, at LF and at the stop, which are left") {
    for (const char stop : {'\r', '\n', ','}) {
        held_window w;
        w.held.quieten(',', 10);
        CHECK(w.left_of(std::string("ab") + stop + "c") == std::string(1, stop) + "c");
        CHECK(w.text() == "ab");
    }
}

TEST_CASE("stops are counted, in one piece or byte by byte, but for the one that ends it") {
    held_window whole;
    whole.held.quieten(',', 16, 3);
    CHECK(whole.left_of("1,2,3,4") == ",4");
    CHECK(whole.held.take_passed() == 2);
    CHECK(whole.held.take_passed() == 0);

    held_window slow;
    slow.held.quieten(',', 16, 3);
    for (const char byte : std::string_view("1,2")) CHECK(slow.left_of({&byte, 1}).empty());
    CHECK(slow.held.take_passed() == 1);
    CHECK(slow.left_of(",3").empty());
    CHECK(slow.held.take_passed() == 1);
    CHECK(slow.left_of(",") == ",");
    CHECK(slow.held.take_passed() == 0);
}

TEST_CASE("it ends where so many are held, and at the end of the buffer") {
    held_window w;
    w.held.quieten(',', 3);
    CHECK(w.left_of("abcd") == "d");
    w.held.quieten(7);
    CHECK(w.left_of("1,\r\n5") == "5");  // whatever they are
    CHECK(w.text() == "abc1,\r\n");
    w.held.quieten(100);
    CHECK(w.left_of(std::string(20, 'x')).size() == 11);
    CHECK(w.held.size() == 16);
}

TEST_CASE("the limit counts from the start of the item") {
    held_window w;
    w.held.quieten(',', 16);
    CHECK(w.left_of("abc").empty());
    CHECK(w.held.end_item() == 3);
    w.held.quieten(',', 2);
    CHECK(w.left_of("defg") == "fg");
    CHECK(w.text() == "de");
}

TEST_CASE("what was not looked at is looked at first") {
    held_window w;
    std::string_view input = "ab";
    CHECK(w.held.take(input));
    w.held.quieten(',', 10);
    CHECK(w.left_of("c") == "c");
}

TEST_CASE("an empty input is nothing to skim, even one without an address") {
    held_window w;
    std::string_view none;
    CHECK_FALSE(w.held.skim(none));
    w.held.quieten(',', 10);
    CHECK(w.held.skim(none));
    w.held.quieten(10);
    CHECK(w.held.skim(none));
    CHECK(w.held.size() == 0);
}

TEST_CASE("skip_to stops at CR, at LF and at what is asked for, and else at the limit or at the end of what is held") {
    for (const char stop : {'\r', '\n', ','}) {
        held_window w;
        std::string_view input = "ab";
        const std::string more = std::string(1, stop) + "cd";
        CHECK(w.held.take(input));
        w.held.skip_to(',', 10);
        CHECK(w.held.done());
        input = more;
        CHECK(w.held.take(input));
        w.held.skip_to(',', 10);
        CHECK(w.held.scan == 2);
        ++w.held.scan;
        w.held.skip_to(',', 4);
        CHECK(w.held.scan == 4);
        w.held.skip_to(',', 3);  // past it
        CHECK(w.held.scan == 4);
    }
}
