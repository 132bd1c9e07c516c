// Messages in a stream: opaque payloads and topics, both length policies, silence, swapped buffers.
// SPDX-License-Identifier: MIT
#include <atmqtt.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace atmqtt;
using std::string_literals::operator""s;

namespace {

std::string told(const from_modem::event& found) {
    const auto flag = [](bool mismatch) { return std::string(mismatch ? " mismatch" : ""); };
    return match(
        found,  //
        [](const from_modem::line& l) { return "line " + std::string(l.text); },
        [](const from_modem::prompt&) { return std::string("prompt"); },
        [&](const from_modem::message& m) {
            return "message " + std::string(m.what.topic.raw()) + " " + std::string(m.what.payload) + flag(m.mismatch);
        },
        [&](const from_modem::piece& p) {
            return "piece at " + std::to_string(p.offset) + " " + std::string(p.bytes) + flag(p.mismatch);
        },
        [&](const from_modem::too_large& t) {
            return "too large " + std::to_string(t.header.length) + flag(t.mismatch);
        },
        [](const from_modem::overlong&) { return std::string("overlong"); },
        [](const from_modem::blank&) { return std::string("blank"); },
        [](const from_modem::partial& p) { return "partial " + std::string(p.text); });
}

/// A reader with its memory, and what it gave.
class listener {
public:
    explicit listener(const line_reader_options& options = {}, std::size_t room = 256)
        : memory_(room), reader_({memory_.data(), memory_.size()}, options) {}

    void hear(std::string_view bytes, instant now = {}) {
        while (const auto found = reader_.receive(bytes, now)) add(*found);
    }
    bool tick(instant now) {
        const auto found = reader_.tick(now);
        if (found) add(*found);
        return found.has_value();
    }
    void finish() {
        while (const auto found = reader_.finish()) add(*found);
    }
    /// Swaps in a buffer of `room` bytes.
    void grow(std::size_t room) {
        std::vector<char> larger(room);
        std::copy_n(memory_.begin(), reader_.used(), larger.begin());
        memory_.swap(larger);
        reader_.rebind({memory_.data(), memory_.size()});
    }
    line_reader& reader() { return reader_; }
    const std::vector<std::string>& events() const { return events_; }
    std::size_t covered() const { return covered_; }

private:
    void add(const from_modem::event& found) {
        covered_ += from_modem::size_of(found);
        events_.push_back(told(found));
    }

    std::vector<char> memory_;
    line_reader reader_;
    std::vector<std::string> events_;
    std::size_t covered_ = 0;
};

using events = std::vector<std::string>;

/// At every split point the same events, which cover every byte.
void check(std::string_view input, const events& expected, const line_reader_options& options = {}) {
    CAPTURE(std::string(input));
    for (std::size_t split = 0; split <= input.size(); ++split) {
        CAPTURE(split);
        listener one{options};
        one.hear(input.substr(0, split));
        one.hear(input.substr(split));
        one.finish();
        CHECK(one.events() == expected);
        CHECK(one.covered() == input.size());
    }
}

line_reader_options by_line_end() {
    line_reader_options options;
    options.policy = length_policy::line_end;
    return options;
}

const std::string header = "+MQTTPUBLISH: 0,0,0,0,\"t\",";

}  // namespace

TEST_CASE("AT-20: nothing in a payload or in a quoted topic is a line, a prompt or a message") {
    for (const std::string bytes :
         {"\r\nOK\r\n", "\r\n+CME ERROR: 605\r\n", "\r\n> ", "\r\n+MQTTPUBLISH: 0,0,0,0,\"x\",1,y\r\n"}) {
        for (const auto& options : {line_reader_options{}, by_line_end()}) {
            check(header + std::to_string(bytes.size()) + "," + bytes + "\r\nOK\r\n", {"message t " + bytes, "line OK"},
                  options);
        }
    }
    for (const std::string topic : {"a\r\nOK\r\nb", "\r\n> ", "a,b,c,d,e,f", "\r\n+CME ERROR: 605\r\n,"}) {
        check("+MQTTPUBLISH: 0,0,0,0,\"" + topic + "\",3,abc\r\nOK\r\n", {"message " + topic + " abc", "line OK"});
    }
}

TEST_CASE("AT-20: nor is it where a header before it was cut off, byte by byte") {
    listener one{{}};
    for (const char byte : std::string_view("+MQTTPUBLISH: 0,1,0")) one.hear({&byte, 1});
    one.reader().reset();
    one.hear("+MQTTPUBLISH: 0,1,0,1,\"a\r\nOK\r\nb\",5,hello\r\n");
    CHECK(one.events() == events{"message a\r\nOK\r\nb hello"});
}

TEST_CASE("AT-28: a topic whose quote is never closed is a line after all, and so are those behind it") {
    check("+MQTTPUBLISH: 0,0,0,0,\"t,3,abc\r\nOK\r\n+MQTTSTAT: 1\r\n",
          {"line +MQTTPUBLISH: 0,0,0,0,\"t,3,abc", "line OK", "line +MQTTSTAT: 1"});
    check("+MQTTPUBLISH: 0,0,0,0,\"t\"x,3,abc\r\nOK\r\n", {"line +MQTTPUBLISH: 0,0,0,0,\"t\"x,3,abc", "line OK"});
    listener one;  // silence tells it too
    one.hear("+MQTTPUBLISH: 0,0,0,0,\"t,3,abc\r\nOK\r\n");
    CHECK(one.events().empty());
    CHECK_FALSE(one.tick(instant{499}));
    CHECK(one.tick(instant{500}));
    CHECK(one.tick(instant{500}));
    CHECK_FALSE(one.tick(instant{500}));
    CHECK(one.events() == events{"line +MQTTPUBLISH: 0,0,0,0,\"t,3,abc", "line OK"});
}

TEST_CASE("AT-28: silence ends a topic whose quote is never closed though more than a line end has come of it") {
    listener one;
    one.hear("+MQTTPUBLISH: 0,0,0,0,\"t\r\nabc");
    CHECK(one.reader().wait({}) == millis{500});
    CHECK(one.tick(instant{500}));
    CHECK_FALSE(one.tick(instant{500}));
    one.hear("de\r\n", instant{500});
    CHECK(one.events() == events{"line +MQTTPUBLISH: 0,0,0,0,\"t", "line abcde"});
}

TEST_CASE("AT-21: the policy line_end takes CR LF alone as the end: a CR, or an LF, is a byte of the payload") {
    check(header + "3,ab\ndefg\r\nOK\r\n", {"message t ab\ndefg mismatch", "line OK"}, by_line_end());
    check(header + "3,ab\rdefg\r\nOK\r\n", {"message t ab\rdefg mismatch", "line OK"}, by_line_end());
    check(header + "3,abc\n\rd\r\r\nOK\r\n", {"message t abc\n\rd\r mismatch", "line OK"}, by_line_end());
}
TEST_CASE(
    "AT-21: by the line end a count past the limit is not believed: nothing is waited for but the end of the line") {
    line_reader_options options = by_line_end();
    options.payload_limit = 50;
    check(header + "50," + std::string(50, 'x') + "\r\nOK\r\n", {"message t " + std::string(50, 'x'), "line OK"},
          options);
    check(header + "51,ab\nd\re\r\nOK\r\n", {"message t ab\nd\re mismatch", "line OK"}, options);
    check(header + "4294967295,x\r\nOK\r\n", {"message t x mismatch", "line OK"}, options);
    for (const std::size_t size : {200U, 700U, 3'000U}) {  // past the buffer as well: its line is dropped then
        listener full{options};
        full.hear(header + "99999999," + std::string(size, 'x') + "\r\nOK\r\n");
        CHECK(full.events().size() == 2);
        CHECK(full.events().back() == "line OK");
    }
    listener one{options};
    one.hear(header + "4294967295,x\r\n");
    CHECK(one.events() == events{"message t x mismatch"});  // at once
    options.pieces = true;
    listener pieces{options};  // what was given of them cannot be taken back: they are counted
    pieces.hear(header + "99,ab\r\nOK\r\n");
    REQUIRE(pieces.tick(instant{500}));
    CHECK(pieces.covered() == header.size() + 11);
    CHECK(std::count(pieces.events().begin(), pieces.events().end(), "line OK") == 0);
}

TEST_CASE("to ask a reader for more, with no byte, does not put off the end of a silence") {
    listener one;
    one.hear(header + "10,abc", instant{0});
    one.hear("", instant{400});
    CHECK(one.reader().wait(instant{400}) == millis{100});
    CHECK(one.tick(instant{500}));
    CHECK(one.events() == events{"message t abc mismatch"});
}

TEST_CASE("AT-21: silence behind a message that is not held, whose count took in its line end, covers all that came") {
    for (const bool pieces : {false, true}) {
        line_reader_options options;
        options.pieces = pieces;
        for (const std::string& input :
             {header + "1000," + std::string(998, 'x') + "\r\n", header + "1000," + std::string(900, 'x')}) {
            listener one{options};
            one.hear(input);
            CHECK(one.tick(instant{500}));
            CHECK_FALSE(one.tick(instant{1'000}));
            CHECK(atmqtt::ends_with(one.events().back(), " mismatch"));
            CHECK(one.covered() == input.size());
            one.hear("OK\r\n", instant{1'000});
            CHECK(one.events().back() == "line OK");
        }
    }
}

TEST_CASE("AT-21: by the line end too, a message that is not held ends behind its count, and what follows is dropped") {
    for (const bool pieces : {false, true}) {
        line_reader_options options = by_line_end();
        options.pieces = pieces;
        const std::string input = header + "300," + std::string(300, 'x') + "\nyy\nOK\r\n";
        listener one{options};
        one.hear(input);
        CHECK(one.events().back() == "line OK");
        CHECK(one.covered() == input.size());
        CHECK(atmqtt::ends_with(one.events()[one.events().size() - 3], " mismatch"));
        CHECK(one.events()[one.events().size() - 2] == "line yy");
    }
}

TEST_CASE("AT-23: the first comma ends a bare topic, and what follows it is the length") {
    check("+MQTTPUBLISH:0,1,0,1,pyr,3,abc\r\nOK\r\n", {"message pyr abc", "line OK"});
    // the cost that is documented: whoever names the topic sets the length
    check("+MQTTPUBLISH:0,1,0,1,a,9,x,3,abc\r\n\r\nOK\r\n", {"message a x,3,abc\r\n", "line OK"});
}

TEST_CASE("AT-21: the policy counted believes the count, and drops to the next LF where it is too small") {
    check(header + "14,abc\"xxxx\"abc\r\nOK\r\n", {"message t abc\"xxxx\"abc mismatch", "line OK"});
    check(header + "3,abcdef\r\nOK\r\n", {"message t abc mismatch", "line OK"});
    // the cost that is documented: the lines behind a count too large are hidden
    check(header + "9,abc\r\nOK\r\nERROR\r\n", {"message t abc\r\nOK mismatch", "line ERROR"});
    check(header + "0,\r\nOK\r\n", {"message t ", "line OK"});
}

TEST_CASE("AT-21: the policy line_end believes the first line end, whatever the count") {
    check(header + "14,abc\"xxxx\"abc\r\nOK\r\n", {"message t abc\"xxxx\"abc mismatch", "line OK"}, by_line_end());
    check(header + "3,abcdef\r\nOK\r\n", {"message t abcdef mismatch", "line OK"}, by_line_end());
    check(header + "999999999,abc\r\nOK\r\n", {"too large 999999999 mismatch"}, by_line_end());
    line_reader_options held = by_line_end();
    held.payload_limit = UINT32_MAX;
    check(header + "999999999,abc\r\nOK\r\n", {"message t abc mismatch", "line OK"}, held);
    // the cost that is documented: with a count too large, a payload can forge a line
    check(header + "99,abc\r\n+MQTTDISC: OK\r\nx\r\n", {"message t abc mismatch", "line +MQTTDISC: OK", "line x"},
          by_line_end());
}

TEST_CASE("AT-21: silence of 500 ms inside a count gives what has come, across the wraps of the clock") {
    for (const std::uint32_t start : {0U, 0x7FFFFF00U, 0xFFFFFF00U}) {
        CAPTURE(start);
        const instant begin{start};
        listener one;
        one.hear(header + "10,abc", begin);
        one.hear("de", begin + millis{400});
        CHECK(one.reader().wait(begin + millis{899}) == millis{1});
        CHECK_FALSE(one.tick(begin + millis{899}));
        CHECK(one.tick(begin + millis{900}));
        CHECK_FALSE(one.tick(begin + millis{900}));
        CHECK(one.reader().wait(begin + millis{900}) == std::nullopt);
        one.hear("OK\r\n", begin + millis{901});
        CHECK(one.events() == events{"message t abcde mismatch", "line OK"});
    }
}

TEST_CASE("a message larger than the buffer is skipped in step, or given in pieces that follow each other") {
    const std::string large(1000, 'x');
    const std::string input = header + "1000," + large + "\r\nOK\r\n";
    listener skipped;
    skipped.hear(input);
    CHECK(skipped.events() == events{"too large 1000", "line OK"});
    CHECK(skipped.covered() == input.size());
    line_reader_options options;
    options.pieces = true;
    listener parts{options};
    parts.hear(input);
    CHECK(parts.covered() == input.size());
    std::size_t offset = 0;
    for (const std::string& found : parts.events()) {
        if (found == "line OK") continue;
        const std::string place = "piece at " + std::to_string(offset) + " ";
        CHECK(found.substr(0, place.size()) == place);
        offset += found.size() - place.size();
    }
    CHECK(offset == large.size());
    CHECK(parts.events().back() == "line OK");
}

TEST_CASE("with a payload_limit and a buffer that grows in time, a message is held whole") {
    line_reader_options options;
    options.payload_limit = 5000;
    listener one{options, 64};
    const std::string large(5000, 'y');
    const std::string input = header + "5000," + large + "\r\nOK\r\n";
    std::size_t room = 64;
    for (std::size_t at = 0; at < input.size(); at += 50) {
        if (one.reader().held() + 50 > room) one.grow(room *= 2);
        one.hear(std::string_view{input}.substr(at, 50));
    }
    CHECK(one.events() == events{"message t " + large, "line OK"});
    listener small{options, 64};  // and if it does not grow, the message is given up, in step
    small.hear(input);
    CHECK(small.events() == events{"too large 5000", "line OK"});
}

TEST_CASE("a copy with a copy of the buffer goes on by itself, in the middle of a payload too") {
    char memory[128] = {};
    line_reader reader{memory};
    const std::string start = header + "6,abc";
    std::string_view input = start;
    CHECK_FALSE(reader.receive(input, {}));
    char other_memory[128] = {};
    std::copy(std::begin(memory), std::end(memory), std::begin(other_memory));
    line_reader other = reader;
    other.rebind(other_memory);
    input = "def\r\n";
    const auto mine = reader.receive(input, {});
    input = "xyz\r\n";
    const auto others = other.receive(input, {});
    REQUIRE(mine);
    REQUIRE(others);
    CHECK(told(*mine) == "message t abcdef");
    CHECK(told(*others) == "message t abcxyz");
}

TEST_CASE("AT-24: payloads on the next line, and topics in curly quotes, where they are tolerated") {
    line_reader_options options;
    options.may = tolerances::all();
    check("+MQTTPUBLISH: 0,0,0,1,\"t\",3\r\nabc\r\nOK\r\n", {"message t abc", "line OK"}, options);
    check("+MQTTPUBLISH: 0,0,0,1,\"t\",0\r\nOK\r\n", {"message t ", "line OK"}, options);
    check("+MQTTPUBLISH: 0,0,0,1,\xE2\x80\x9D"
          "a,b\xE2\x80\x9D,3,abc\r\nOK\r\n",
          {"message a,b abc", "line OK"}, options);
    check("+MQTTPUBLISH: 0,0,0,1,\"t\",3\r\nabc\r\n", {"line +MQTTPUBLISH: 0,0,0,1,\"t\",3", "line abc"});
}
TEST_CASE("AT-24: a payload on the next line, where the line ends in LF or CR, or nothing follows") {
    line_reader_options options;
    options.may = tolerances::all();
    const std::string three = "+MQTTPUBLISH: 0,0,0,1,\"t\",3";
    const std::string none = "+MQTTPUBLISH: 0,0,0,1,\"t\",0";
    check(three + "\nabc\r\nOK\r\n", {"message t abc", "line OK"}, options);
    check(three + "\rabc\r\nOK\r\n", {"message t abc", "line OK"}, options);
    check(none + "\nOK\r\n", {"message t ", "line OK"}, options);
    check(none + "\r", {"message t "}, options);
    check(three + "\r", {"message t  mismatch"}, options);
}

TEST_CASE("AT-24, AT-27: a header as long as a line may be, its payload on the next line") {
    line_reader_options options;
    options.may = tolerances::all();
    const std::string line = "+MQTTPUBLISH: 0,0,0,1,\"t\",3";
    for (std::size_t room = line.size() + 2; room != line.size() + 9; ++room) {
        CAPTURE(room);
        listener one{options, room};
        one.hear(line + "\r\nabc\r\nOK\r\n");
        if (room < line.size() + 4)  // no room for a line end behind the next one
            CHECK(one.events() == events{"line " + line, "line abc", "line OK"});
        else
            CHECK(one.events() == events{room < line.size() + 7 ? "too large 3" : "message t abc", "line OK"});
    }
}

TEST_CASE("AT-20: an escaped quote does not end a topic, nor does what looks like a quote of the document") {
    check("+MQTTPUBLISH: 0,0,0,0,\"a\\\",9,b\",3,abc\r\nOK\r\n", {"message a\\\",9,b abc", "line OK"});
    line_reader_options all;
    all.may = tolerances::all();
    for (const auto& options : {line_reader_options{}, all}) {
        check("+MQTTPUBLISH: 0,0,0,0,\xE2\x82\xAC/t,3,abc\r\nOK\r\n", {"message \xE2\x82\xAC/t abc", "line OK"},
              options);
    }
}

TEST_CASE("AT-24: a blank before the topic belongs to a bare one where blanks are not tolerated") {
    line_reader_options options;
    options.may.field_blanks = false;
    check("+MQTTPUBLISH: 0,0,0,0, \"t\",3,abc\r\nOK\r\n", {"message  \"t\" abc", "line OK"}, options);
    check("+MQTTPUBLISH: 0,0,0,0, \"t\",3,abc\r\nOK\r\n", {"message t abc", "line OK"});
}

TEST_CASE("AT-28: a length that something else follows is no header") {
    check("+MQTTPUBLISH: 0,0,0,0,\"t\",3;4,abc\r\nOK\r\n", {"line +MQTTPUBLISH: 0,0,0,0,\"t\",3;4,abc", "line OK"});
}

TEST_CASE("AT-21: the input ends behind a count that is full") {
    check(header + "3,abcdef", {"message t abc mismatch"});
    check(header + "5,abc\r\n", {"message t abc mismatch"});
    check(header + "5,abc\r\n", {"message t abc mismatch"}, by_line_end());
    check(header + "5,ab\rde\r\n", {"message t ab\rde"}, by_line_end());
    check(header + "3,ab\rdefg\r\nOK\r\n", {"message t ab\rdefg mismatch", "line OK"}, by_line_end());
}

TEST_CASE("AT-21: a line end that is not in sight when the buffer is full") {
    listener one{by_line_end(), 64};
    one.hear(header + "3," + std::string(100, 'x') + "\r\nOK\r\n");
    CHECK(one.events() == events{"too large 3 mismatch", "line OK"});
    listener none{by_line_end(), 64};
    none.hear(header + "0," + std::string(100, 'x') + "\r\nOK\r\n");
    CHECK(none.events() == events{"too large 0 mismatch", "line OK"});
}

TEST_CASE("AT-27: a header that leaves no room for a payload is a line that is too long") {
    const std::string input = header + "3,abc\r\nOK\r\n";
    for (std::size_t room = 8; room != header.size() + 8; ++room) {
        CAPTURE(room);
        listener one{{}, room};
        one.hear(input);
        const bool fits = room >= header.size() + 2 + 2;  // "3,", and CR LF
        CHECK(one.events().size() == 2);
        CHECK(one.events().back() == "line OK");
        CHECK((one.events().front() == "overlong") == !fits);
        CHECK(one.covered() == input.size());
    }
}

TEST_CASE("AT-21: where the buffer is full with the count, nothing but the payload is given up, and no line is lost") {
    line_reader_options options;
    options.payload_limit = 8;
    const std::string right = header + "8,abcdefgh\r\nOK\r\n";
    const std::string two_too_large = header + "8,abcdef\r\nOK\r\n+MQTTSTAT: 1\r\n";
    for (std::size_t room = header.size() + 4; room != header.size() + 14; ++room) {
        CAPTURE(room);
        for (const std::size_t chunk : {std::size_t{1}, std::size_t{3}, std::size_t{100}}) {
            CAPTURE(chunk);
            listener one{options, room}, other{options, room};
            for (std::size_t at = 0; at < right.size(); at += chunk)
                one.hear(std::string_view{right}.substr(at, chunk));
            const bool fits = room >= header.size() + 12;
            CHECK(one.events() == events{fits ? "message t abcdefgh" : "too large 8", "line OK"});
            for (std::size_t at = 0; at < two_too_large.size(); at += chunk)
                other.hear(std::string_view{two_too_large}.substr(at, chunk));
            const events& found = other.events();
            CHECK(std::find(found.begin(), found.end(), "line OK") != found.end());
            CHECK(found.back() == "line +MQTTSTAT: 1");
        }
    }
}

TEST_CASE("AT-21: silence ends a message of nothing, too, and that is no mismatch") {
    for (const std::string_view empty : {"0,", "0,\r"}) {
        listener one;
        one.hear(header + std::string(empty));
        CHECK(one.tick({500}));
        CHECK(one.events() == events{"message t "});
    }
}

TEST_CASE("AT-28: a quote opens a topic in a message alone: any other line ends where it ends") {
    for (const std::string& line :
         {"+CGREG: 0,0,0,0,\"a"s, "+MQTTPUBREL: 0,0,0,0,\"a"s, "AT+MQTTPUBLISH: 0,0,0,0,\"a"s}) {
        listener one;
        one.hear(line + "\r\nOK\r\n");
        CHECK(one.events() == events{"line " + line, "line OK"});
    }
    line_reader_options options;
    options.may.field_blanks = false;  // a blank begins a bare topic, and no quote behind it opens another
    listener strict{options};
    strict.hear("+MQTTPUBLISH: 0,0,0,0, \"a\r\nOK\r\n");
    CHECK(strict.events() == events{"line +MQTTPUBLISH: 0,0,0,0, \"a", "line OK"});
}

TEST_CASE(
    "AT-27: a payload that fits with its line end to the last byte is held whole, one that is a byte longer is not") {
    const std::string fits = header + "5,abcde\r\n";
    listener one{{}, fits.size()}, other{{}, fits.size()};
    one.hear(fits + "OK\r\n");
    CHECK(one.events() == events{"message t abcde", "line OK"});
    other.hear(header + "6,abcdef\r\nOK\r\n");
    CHECK(other.events() == events{"too large 6", "line OK"});
}

TEST_CASE("AT-21: the end of a message that was not held says nothing about the next one's") {
    const std::string first = header + "9,xxxxxxxx\r\r\n";
    listener one{{}, header.size() + 4};  // "1,", and CR LF
    one.hear(first + header + "1,\nabc\r\nOK\r\n");
    CHECK(one.events() == events{"too large 9", "too large 1 mismatch", "line OK"});
}

TEST_CASE("AT-21: a count too small of a message that is not held, though it ends behind a CR") {
    listener one{{}, header.size() + 4};
    one.hear(header + "9,xxxxxxx\rxmore\r\nOK\r\n");
    CHECK(one.events() == events{"too large 9 mismatch", "line OK"});
}

TEST_CASE("each piece has the header of its message") {
    line_reader_options options;
    options.pieces = true;
    char memory[64] = {};
    line_reader reader{memory, options};
    const std::string bytes = "+MQTTPUBLISH: 1,2,1,77,\"topic\",200," + std::string(200, 'x') + "\r\n";
    std::string_view input = bytes;
    std::size_t pieces = 0;
    while (const auto found = reader.receive(input, {})) {
        const auto* const one = std::get_if<from_modem::piece>(&*found);
        REQUIRE(one != nullptr);
        ++pieces;
        CHECK(one->header.topic == text{"topic"});
        CHECK(one->header.id == 77);
        CHECK(one->header.level == qos::exactly_once);
        CHECK((one->header.dup && one->header.retained));
        CHECK(one->header.length == 200);
    }
    CHECK(pieces > 2);
}

TEST_CASE("a topic with a line end, and the next message's header in two pieces: silence does not end that") {
    char memory[64];
    line_reader it{memory};
    std::string_view input = "+MQTTPUBLISH: 0,0,0,0,\"a\r\nb\",1,x\r\n";
    CHECK(it.receive(input, {}));
    input = "+MQTTPUBLISH: 0,0,0,0,\"t\",";
    CHECK(!it.receive(input, {}));
    CHECK(!it.wait({}));
    CHECK(!it.tick({10'000}));
    input = "1,x\r\n";
    const auto found = it.receive(input, {10'000});
    REQUIRE(found);
    CHECK(std::holds_alternative<from_modem::message>(*found));
}

TEST_CASE("two messages in pieces one behind the other: every byte is in one event") {
    char memory[64];
    line_reader_options options;
    options.pieces = true;
    line_reader it{memory, options};
    const std::string one = "+MQTTPUBLISH: 0,0,0,0,\"t\",100," + std::string(100, 'x') + "\r\n";
    for (int round = 0; round != 3; ++round) {
        std::string_view input = one;
        std::size_t covered = 0;
        while (const auto found = it.receive(input, {})) covered += from_modem::size_of(*found);
        CHECK(covered == one.size());
    }
}

TEST_CASE("behind a message that was skipped, one without a payload on its next line is whole") {
    char memory[64];
    line_reader_options options;
    options.may.next_line_payload = true;
    line_reader it{memory, options};
    const std::string large = "+MQTTPUBLISH: 0,0,0,0,\"t\",100," + std::string(100, 'x') + "\r\n";
    std::string_view input = large;
    auto found = it.receive(input, {});
    REQUIRE(found);
    CHECK(std::holds_alternative<from_modem::too_large>(*found));
    input = "+MQTTPUBLISH: 0,0,0,0,\"t\",0\r\n";
    while ((found = it.receive(input, {})) && std::holds_alternative<from_modem::blank>(*found)) {}
    REQUIRE(found);
    CHECK(std::holds_alternative<from_modem::message>(*found));
}

TEST_CASE("policy line_end: behind a message that could not be held an LF alone ends nothing, so that none forges a "
          "line by it") {
    char memory[40];
    line_reader_options options;
    options.policy = length_policy::line_end;
    line_reader it{memory, options};
    std::string_view input = "+MQTTPUBLISH: 0,0,0,0,\"t\",3,abcde\n+MQTTDISC: OK           \r\nOK\r\n";
    std::string lines;
    while (const auto found = it.receive(input, {}))
        if (const auto* const one = std::get_if<from_modem::line>(&*found)) lines.append(one->text) += "|";
    CHECK(lines == "OK|");
}

TEST_CASE("a message whose line end is cut by silence behind its CR covers that: it is no blank line") {
    listener one;
    const std::string input = header + "3,abc\r";
    one.hear(input);
    REQUIRE(one.tick(instant{500}));
    CHECK(one.events() == events{"message t abc"});
    CHECK(one.covered() == input.size());
    one.hear("OK\r\n", instant{600});
    CHECK(one.events() == events{"message t abc", "line OK"});
}
