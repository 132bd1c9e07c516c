// modem/line_queue.hpp: lines, a prompt and a payload in their order, taken in any pieces, in as much memory as there is.
// SPDX-License-Identifier: MIT
#include <atmqtt/modem/line_queue.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <ostream>  // doctest prints std::string_view by it
#include <string>
#include <string_view>

using namespace atmqtt;

namespace {

struct queue_world {
    char lines[16] = {};
    char rx[8] = {'0', '1', '2', '3', '4', '5', '6', '7'};
    detail::line_queue it{lines, rx};

    std::string_view payload(std::size_t at, std::size_t size) const { return {rx + at, size}; }
    /// All that is there, taken `most` bytes at a time, `|` between two pieces.
    std::string taken(std::size_t most) {
        std::string out;
        while (!it.is_empty()) {
            const std::string_view piece = first(it.front(), most);
            out += (out.empty() ? "" : "|") + std::string(piece);
            it.pop(piece.size());
        }
        CHECK(it.front().empty());
        return out;
    }
};

}  // namespace

TEST_CASE("what is pushed is taken in its order, the payload behind what came before it") {
    queue_world w;
    CHECK(w.it.is_empty());
    w.it.push("head,");
    w.it.push_payload(w.payload(2, 3));
    w.it.push("\r\n");
    w.it.push("next");
    CHECK_FALSE(w.it.is_empty());
    queue_world other = w;
    other.it.rebind(other.lines, other.rx);
    CHECK(w.taken(100) == "head,|234|\r\nnext");
    CHECK(other.taken(2) == "he|ad|,|23|4|\r\n|ne|xt");
}

TEST_CASE("once all is taken all of the memory is there again, however often") {
    queue_world w;
    for (int round = 0; round != 5; ++round) {
        CHECK(w.it.space().size() == 16);
        w.it.push("0123456789abcdef+");  // one byte more than there is: it is dropped
        CHECK(w.it.space().size() == 0);
        w.it.pop(15);
        CHECK(w.it.front() == "f");
        CHECK(w.it.space().size() == 0);
        w.it.pop(1);
        CHECK(w.it.is_empty());
    }
}

TEST_CASE("no more is taken than was given, whatever the integrator says") {
    queue_world w;
    w.it.push("head,");
    w.it.push_payload(w.payload(0, 4));
    w.it.push("\r\n");
    w.it.pop(100);
    CHECK(w.it.front() == "0123");
    w.it.pop(100);
    CHECK(w.it.front() == "\r\n");
    w.it.pop(100);
    CHECK(w.it.is_empty());
    w.it.pop(100);
    CHECK(w.it.space().size() == 16);
    w.it.push("x");
    CHECK(w.it.front() == "x");
}

TEST_CASE("where a payload is, and its line end behind it, is known from its first byte to the last") {
    queue_world w;
    w.it.push("h,");
    w.it.push_payload(w.payload(0, 2));
    w.it.push("\r\n");
    const auto at = [&w] { return (w.it.is_at_payload() ? 1 : 0) + (w.it.is_behind_payload() ? 2 : 0); };
    CHECK(at() == 0);
    w.it.pop(1);
    CHECK(at() == 0);
    w.it.pop(1);
    CHECK(at() == 1);
    w.it.pop(1);
    CHECK(at() == 1);
    w.it.pop(1);
    CHECK(at() == 2);
    w.it.pop(1);
    CHECK(at() == 0);
    w.it.pop(1);
    CHECK(at() == 0);

    w.it.push("line");  // the next one has none
    CHECK(at() == 0);
    w.it.push_payload({});  // nor has this
    w.it.push("\r\n");
    w.it.pop(4);
    CHECK(w.taken(100) == "\r\n");
}

TEST_CASE("a prompt is there until its last byte was taken, and its place is known") {
    queue_world w;
    w.it.push("OK");
    CHECK_FALSE(w.it.has_prompt());
    w.it.push_prompt("> ");
    w.it.push("echo");
    CHECK(w.it.has_prompt());
    CHECK_FALSE(w.it.is_at_prompt());
    w.it.pop(2);
    CHECK(w.it.is_at_prompt());
    w.it.pop(1);
    CHECK(w.it.has_prompt());
    w.it.pop(1);
    CHECK_FALSE(w.it.has_prompt());
    CHECK_FALSE(w.it.is_at_prompt());
    CHECK(w.taken(100) == "echo");
    CHECK_FALSE(w.it.has_prompt());
    w.it.push("OK");  // what comes behind all that is none
    CHECK_FALSE(w.it.has_prompt());
    CHECK_FALSE(w.it.is_at_prompt());
}

TEST_CASE("it goes on in other memory, and leaves what it had") {
    queue_world w;
    w.it.push("head,");
    w.it.push_payload(w.payload(1, 6));
    w.it.push("\r\n");
    w.it.pop(3);
    char lines[16] = {};
    char rx[8] = {};
    std::copy(std::begin(w.lines), std::end(w.lines), std::begin(lines));
    std::copy(std::begin(w.rx), std::end(w.rx), std::begin(rx));
    w.it.rebind(lines, rx);
    std::fill(std::begin(w.lines), std::end(w.lines), '#');
    std::fill(std::begin(w.rx), std::end(w.rx), '#');
    w.it.push("next");
    CHECK(w.taken(4) == "d,|1234|56|\r\nne|xt");
    CHECK(std::string(w.lines, sizeof w.lines) == std::string(16, '#'));
}

TEST_CASE("the first line ends behind its CR LF; what stands before one, and is none, ends before it") {
    CHECK(detail::first_line("\r\nOK\r\n\r\nRING\r\n") == "\r\nOK\r\n");
    CHECK(detail::first_line("\r\nOK\r\n") == "\r\nOK\r\n");
    CHECK(detail::first_line("AT\r\r\nOK\r\n") == "AT\r");
    CHECK(detail::first_line("AT\r") == "AT\r");
    CHECK(detail::first_line("\r\n\r\nOK\r\n") == "\r\n");
    CHECK(detail::first_line("\r\n") == "\r\n");
    CHECK(detail::first_line("").empty());
}

TEST_CASE("once all is taken nothing is behind a payload any more") {
    char lines[32], rx[8] = {'x'};
    detail::line_queue it{lines, rx};
    it.push("head,");
    it.push_payload({rx, 1});
    it.push("\r\n");
    while (!it.is_empty()) it.pop(it.front().size());
    it.push("\r\nOK\r\n");
    it.pop(5);
    CHECK_FALSE(it.is_behind_payload());
}
