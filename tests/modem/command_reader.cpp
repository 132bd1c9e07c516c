// What a host sends: command lines and counted data, by any chunking.
// SPDX-License-Identifier: MIT
#include <atmqtt.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace atmqtt;

namespace {

/// One event: its kind and its bytes, as text.
std::string told(const from_host::event& found) {
    return match(
        found,  //
        [](const from_host::command& c) { return "command " + std::string(c.text); },
        [](const from_host::data& d) { return "data " + std::string(d.bytes); },
        [](const from_host::piece& p) { return (p.last ? "last " : "piece ") + std::string(p.bytes); },
        [](const from_host::cut_short& c) {
            return "cut short by " + std::to_string(c.wanted) + " " + std::string(c.bytes);
        },
        [](const from_host::overlong&) { return std::string("overlong"); },
        [](const from_host::blank&) { return std::string("blank"); },
        [](const from_host::partial& p) { return "partial " + std::string(p.text); });
}

/// A modem that takes data wherever a counted publish is read.
class listener {
public:
    explicit listener(std::size_t room, const command_reader_options& options = {})
        : memory_(room), reader_({memory_.data(), memory_.size()}, options) {}

    void hear(std::string_view bytes, instant now = {}) {
        while (const auto found = reader_.receive(bytes, now)) add(*found);
        CHECK(bytes.empty());
    }
    void finish() {
        while (const auto found = reader_.finish()) add(*found);
    }
    bool tick(instant now) {
        const auto found = reader_.tick(now);
        if (found) add(*found);
        return found.has_value();
    }

    command_reader& reader() { return reader_; }
    const std::vector<std::string>& events() const { return events_; }
    std::size_t covered() const { return covered_; }

private:
    void add(const from_host::event& found) {
        covered_ += from_host::size_of(found);
        if (std::holds_alternative<from_host::piece>(found) && !events_.empty() &&
            events_.back().rfind("piece ", 0) == 0) {
            const auto& part = std::get<from_host::piece>(found);
            events_.back() += part.bytes;
            if (part.last) events_.back().replace(0, 5, "last");
        } else {
            events_.push_back(told(found));
        }
        const auto* const line = std::get_if<from_host::command>(&found);
        if (line == nullptr) return;
        const auto read = parse<publish_counted>(line->text);
        if (read && read->length != 0 && !reader_.expect_data(read->length)) events_.emplace_back("refused");
    }

    std::vector<char> memory_;
    command_reader reader_;
    std::vector<std::string> events_;
    std::size_t covered_ = 0;
};

/// Whole, byte by byte and at every split point: the same events, which cover every byte.
void check(std::string_view input, const std::vector<std::string>& expected, const command_reader_options& options = {},
           std::size_t room = 1024) {
    CAPTURE(std::string(input.substr(0, 200)));
    for (std::size_t split = 0; split <= input.size() + 1; ++split) {
        CAPTURE(split);
        listener one{room, options};
        if (split <= input.size()) {
            one.hear(input.substr(0, split));
            one.hear(input.substr(split));
        } else {
            for (std::size_t at = 0; at < input.size(); ++at) one.hear(input.substr(at, 1));
        }
        one.finish();
        CHECK(one.events() == expected);
        CHECK(one.covered() == input.size());
    }
}

command_reader_options capture() {
    command_reader_options options;
    options.is_capture = true;
    return options;
}
command_reader_options in_pieces() {
    command_reader_options options;
    options.pieces = true;
    return options;
}

const std::string counted = "AT+MQTTPUB=\"t\",0,0,0,";

}  // namespace

TEST_CASE("AT-40: CR ends a command, LF is ignored, BACKSPACE edits") {
    check("AT\rATE0\r", {"command AT", "command ATE0"});
    check("AT\r\nATE0\r\n", {"command AT", "command ATE0", "partial "});  // the last LF has no CR behind it
    check("A\nT\n\rATI\r", {"command AT", "command ATI"});
    check("AT+MQTTSTAX\bT?\r", {"command AT+MQTTSTAT?"});
    check("\b\bAT\b\b\b\bATI\r", {"command ATI"});
    check("\r\r", {"blank", "blank"});
    check("at+mqttstat?\rA T\r", {"command at+mqttstat?", "command A T"});
    check("AT", {"partial AT"});
}

TEST_CASE("AT-40: a line of 1024 bytes with its CR is read, one byte more is overlong, once, and the next is read") {
    const std::string longest(limits::line - 1, 'a');
    for (const std::size_t split : {std::size_t{0}, std::size_t{1}, std::size_t{1023}, std::size_t{1024}}) {
        listener one{2048};
        const std::string input = longest + "\r" + longest + "b\rATI\r";
        one.hear(std::string_view{input}.substr(0, split));
        one.hear(std::string_view{input}.substr(split));
        CHECK(one.events() == std::vector<std::string>{"command " + longest, "overlong", "command ATI"});
        CHECK(one.covered() == input.size());
    }
    check("abcd\rabcde\rAT\r", {"command abcd", "overlong", "command AT"}, {}, 4);
    check("a\r\rAT", {"overlong", "blank", "overlong"}, {}, 0);
}

TEST_CASE("AT-40: ten megabytes without a CR are one overlong line") {
    listener one{64};
    const std::string chunk(64 * 1024, 'x');
    for (int i = 0; i < 160; ++i) one.hear(chunk);
    CHECK(one.events().empty());
    one.hear("\rAT\r");
    CHECK(one.events() == std::vector<std::string>{"overlong", "command AT"});
    CHECK(one.covered() == 160 * chunk.size() + 4);
}

TEST_CASE("AT-42: counted data are opaque, and what is more than announced is the next command") {
    check(counted + "9\rAT\r\x1A\x1B\n\"\b\rATI\r",
          {"command " + counted + "9", "data AT\r\x1A\x1B\n\"\b\r", "command ATI"});
    check(counted + "2\r\nabATI\r", {"command " + counted + "2", "data ab", "command ATI"});
    check(counted + "3\rabcd\r", {"command " + counted + "3", "last abc", "command d"}, in_pieces());
    std::string every;
    for (int byte = 255; byte >= 0; --byte) every += static_cast<char>(byte);
    check(counted + "256\r" + every, {"command " + counted + "256", "data " + every});
}

TEST_CASE("an LF right behind a command's CR is the command's, until the prompt is out") {
    const std::string line = counted + "2\r";
    listener one{64};
    one.hear(line);
    one.hear("\nab");
    CHECK(one.events() == std::vector<std::string>{"command " + counted + "2", "data ab"});
    listener other{64};
    other.hear(line);
    other.reader().prompted();
    other.hear("\nb");
    CHECK(other.events() == std::vector<std::string>{"command " + counted + "2", "data \nb"});
}

TEST_CASE("AT-42: data that stop coming are given up 10 s after the last byte, and not a millisecond before") {
    for (const std::uint32_t start : {0U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
        CAPTURE(start);
        const instant begin{start};
        listener one{64};
        const std::string line = counted + "5\r";
        one.hear(line, begin);
        one.hear("ab", begin + millis{500});
        CHECK_FALSE(one.tick(begin + millis{10'499}));
        CHECK(one.reader().wait(begin + millis{10'499}) == millis{1});
        CHECK(one.tick(begin + millis{10'500}));
        CHECK_FALSE(one.tick(begin + millis{10'500}));
        CHECK(one.reader().wait(begin + millis{10'500}) == std::nullopt);
        one.hear("ATI\r", begin + millis{10'501});
        CHECK(one.events() == std::vector<std::string>{"command " + counted + "5", "cut short by 3 ab", "command ATI"});
        CHECK(one.covered() == line.size() + 6);
    }
}

TEST_CASE("AT-42: data of which no byte comes are cut short without a byte, and none is counted twice") {
    listener one{64};
    const std::string line = counted + "5\r";
    one.hear(line);
    const auto found = one.reader().tick(instant{10'000});
    REQUIRE(found);
    const auto* const cut = std::get_if<from_host::cut_short>(&*found);
    REQUIRE(cut != nullptr);
    CHECK(cut->bytes.empty());
    CHECK(cut->wanted == 5);
    CHECK(cut->size == 0);
}

TEST_CASE("data that the buffer cannot hold whole are refused before a byte of them is taken") {
    check(counted + "31\rATI\r", {"command " + counted + "31", "refused", "command ATI"}, {}, 30);
    listener one{24};
    one.hear(counted + "24\r" + std::string(24, 'd'));
    CHECK(one.events().back() == "data " + std::string(24, 'd'));
}

TEST_CASE("data are refused once more of a line has come: they would lie behind it in the buffer") {
    char memory[16];
    command_reader reader{memory};
    std::string_view input = "AT\r";
    REQUIRE(reader.receive(input, {}));
    input = "ABCDEFGH";
    CHECK_FALSE(reader.receive(input, {}));
    CHECK_FALSE(reader.expect_data(16));
    CHECK_FALSE(reader.expect_data(1));
    input = "\r";
    const auto found = reader.receive(input, {});
    REQUIRE(found);
    CHECK(told(*found) == "command ABCDEFGH");
    CHECK(reader.expect_data(16));
}

TEST_CASE("a piece says where in the data it stands, of each data anew, and covers what it took") {
    char memory[64] = {};
    command_reader_options options;
    options.pieces = true;
    command_reader reader{memory, options};
    for (int round = 0; round != 2; ++round) {
        std::string_view line = "AT+MQTTPUB=\"t\",0,0,0,6\r";
        REQUIRE(reader.receive(line, {}));
        REQUIRE(reader.expect_data(6));
        std::size_t offset = 0;
        for (const std::string_view sent : {"a", "bc", "def"}) {
            std::string_view input = sent;
            const auto found = reader.receive(input, {});
            REQUIRE(found);
            const auto* const part = std::get_if<from_host::piece>(&*found);
            REQUIRE(part != nullptr);
            CHECK(part->offset == offset);
            CHECK(part->bytes == sent);
            CHECK(part->size == sent.size());
            CHECK(part->last == (sent == "def"));
            offset += sent.size();
        }
    }
}

TEST_CASE("AT-43: two commands in one chunk are two, a pause between two letters changes nothing") {
    check("AT+MQTTSTAT?\rAT+MQTTREC?\r", {"command AT+MQTTSTAT?", "command AT+MQTTREC?"});
    listener one{64};
    one.hear("A", instant{0});
    CHECK_FALSE(one.tick(instant{3'600'000}));
    CHECK(one.reader().wait(instant{3'600'000}) == std::nullopt);
    one.hear("T\r", instant{3'600'000});
    CHECK(one.events() == std::vector<std::string>{"command AT"});
}

TEST_CASE("the echo is what was taken, but for counted data") {
    char memory[64];
    command_reader reader{memory};
    const std::string line = counted + "2\r";
    std::string_view input = line;
    REQUIRE(reader.receive(input, {}));
    CHECK(reader.echo() == line);
    REQUIRE(reader.expect_data(2));
    reader.prompted();
    const std::string rest_of_it = "abAT\b\n";
    input = rest_of_it;
    REQUIRE(reader.receive(input, {}));
    CHECK(reader.echo().empty());
    CHECK_FALSE(reader.receive(input, {}));
    CHECK(reader.echo() == "AT\b\n");
}

TEST_CASE("in a capture a lone LF ends a line too, and the LF behind a CR is its own") {
    check("AT\r\nATI\n\n\r\nA\rB\r", {"command AT", "command ATI", "blank", "blank", "command A", "command B"},
          capture());
    check(counted + "2\r\nabATI\r", {"command " + counted + "2", "data ab", "command ATI"}, capture());
    check("AT\r", {"command AT"}, capture());
    listener early{64, capture()};  // who says it of a line that is held
    early.hear("AT\r");
    early.reader().prompted();
    early.hear("\nATI\r\n");
    CHECK(early.events() == std::vector<std::string>{"command AT", "command ATI"});
}

TEST_CASE("reset forgets the line at hand and the data that were due") {
    listener one{64};
    one.hear(counted + "5\rab");
    one.reader().reset();
    CHECK_FALSE(one.reader().is_counting());
    one.hear("ATI\r");
    CHECK(one.events().back() == "command ATI");
}

TEST_CASE("a copy with its own buffer goes on by itself") {
    char memory[32];
    command_reader reader{memory};
    std::string_view input = "AT+MQTT";
    CHECK_FALSE(reader.receive(input, {}));
    char other_memory[32];
    for (std::size_t i = 0; i < sizeof memory; ++i) other_memory[i] = memory[i];
    command_reader other = reader;
    other.rebind(other_memory);
    input = "STAT?\r";
    const auto first_event = reader.receive(input, {});
    input = "REC?\r";
    const auto second_event = other.receive(input, {});
    REQUIRE(first_event);
    REQUIRE(second_event);
    CHECK(told(*first_event) == "command AT+MQTTSTAT?");
    CHECK(told(*second_event) == "command AT+MQTTREC?");
}

TEST_CASE("data cannot be expected in the middle of a line that is too long") {
    char memory[64] = {};
    command_reader reader{memory};
    const std::string endless = std::string(65, 'A') + std::string(64, '\b');  // of which nothing is left
    std::string_view input = endless;
    CHECK_FALSE(reader.receive(input, {}));
    CHECK_FALSE(reader.expect_data(5));
}

TEST_CASE("the input ends while data are awaited: they are cut short") {
    char memory[64] = {};
    command_reader reader{memory};
    REQUIRE(reader.expect_data(5));  // before anything has come
    std::string_view input = "ab";
    CHECK_FALSE(reader.receive(input, {}));
    const auto found = reader.finish();
    REQUIRE(found);
    CHECK(told(*found) == "cut short by 3 ab");
    CHECK_FALSE(reader.finish());
}

TEST_CASE("after a reset an LF belongs to no CR before it") {
    char memory[16];
    command_reader_options options;
    options.is_capture = true;
    command_reader it{memory, options};
    std::string_view input = "AT\r";
    CHECK(!it.receive(input, {}));
    it.reset();
    input = "\n";
    const auto found = it.receive(input, {});
    REQUIRE(found);
    CHECK(std::holds_alternative<from_host::blank>(*found));
    command_reader other{memory};
    input = "AT\r";
    CHECK(other.receive(input, {}));
    other.reset();
    CHECK(other.expect_data(2));
    input = "\na";
    const auto data = other.receive(input, {});
    REQUIRE(data);
    CHECK(std::get<from_host::data>(*data).bytes == "\na");
}

TEST_CASE("data of which none has come: cut short, and no byte of the command is theirs") {
    char memory[32];
    command_reader it{memory};
    std::string_view input = "AT+X\r";
    REQUIRE(it.receive(input, {}));
    REQUIRE(it.expect_data(3));
    const auto found = it.tick({10'000});
    REQUIRE(found);
    const auto& cut = std::get<from_host::cut_short>(*found);
    CHECK(cut.bytes.empty());
    CHECK(cut.wanted == 3);
    CHECK(cut.size == 0);
}
