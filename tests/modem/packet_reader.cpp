// modem/packet_reader.hpp: what a broker sends becomes packets, by any chunking, in lent memory of any size.
// SPDX-License-Identifier: MIT
#include "../mqtt/rows.hpp"

#include <atmqtt/modem/packet_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using packet_rows::framed;
using packet_rows::in_hex;
using packet_rows::shown;
using packet_rows::wire;
using namespace atmqtt;

namespace {

/// One event in words, with the bytes of input that it covers.
std::string told(const from_broker::event& found) {
    const auto header = [](std::uint8_t first_byte) { return in_hex(std::string(1, static_cast<char>(first_byte))); };
    return match(
        found,  //
        [&](const from_broker::packet& p) {
            return "packet " + header(p.first) + " [" + in_hex(p.body) + "] " + std::to_string(p.size);
        },
        [&](const from_broker::too_large& t) {
            return "too large " + header(t.first) + " of " + std::to_string(t.length) + " [" + in_hex(t.begin) + "] " +
                   std::to_string(t.size);
        },
        [](const from_broker::malformed&) { return std::string("malformed"); });
}

/// A modem's end of the connection. Its memory has exactly so many bytes, and each chunk has memory of its own.
class listener {
public:
    explicit listener(std::size_t room) : memory_(room, '\x55'), reader_({memory_.data(), memory_.size()}) {}

    void hear(std::string_view bytes) {
        const std::vector<char> chunk(bytes.begin(), bytes.end());
        std::string_view input{chunk.data(), chunk.size()};
        while (const auto found = reader_.receive(input)) add(*found);
        CHECK(input.empty());
    }
    /// The same by the calls that make no event.
    void read(std::string_view bytes) {
        const std::vector<char> chunk(bytes.begin(), bytes.end());
        std::string_view input{chunk.data(), chunk.size()};
        for (std::size_t before = input.size();; before = input.size()) {
            const auto what = reader_.read(input);
            came_ += before - input.size();
            if (what == packet_reader::found::nothing) break;
            const std::size_t size = came_;
            came_ = 0;
            if (what == packet_reader::found::packet)
                add(from_broker::packet{reader_.first_byte(), reader_.body(), size});
            else if (what == packet_reader::found::too_large)
                add(from_broker::too_large{reader_.first_byte(), reader_.length(), reader_.body(), size});
            else
                add(from_broker::malformed{reader_.why(), size});
        }
        CHECK(input.empty());
    }
    /// Goes on as a copy in other memory.
    void move() {
        std::vector<char> other(memory_.size(), '\x33');
        if (reader_.used() != 0) std::memcpy(other.data(), memory_.data(), reader_.used());
        packet_reader copy = reader_;
        copy.rebind({other.data(), other.size()});
        reader_ = copy;
        memory_.swap(other);
    }

    packet_reader& reader() { return reader_; }
    const std::vector<std::string>& events() const { return events_; }
    std::size_t covered() const { return covered_; }
    const std::vector<error>& faults() const { return faults_; }

private:
    void add(const from_broker::event& found) {
        CHECK(from_broker::size_of(found) != 0);
        covered_ += from_broker::size_of(found);
        if (const auto* const bad = std::get_if<from_broker::malformed>(&found)) {
            faults_.push_back(bad->why);
            if (!events_.empty() && events_.back() == "malformed") return;
        }
        events_.push_back(told(found));
    }

    std::vector<char> memory_;
    packet_reader reader_;
    std::vector<std::string> events_;
    std::vector<error> faults_;
    std::size_t covered_ = 0;
    std::size_t came_ = 0;
};

/// Whole, byte by byte, at every split, by both ways to read, and moving between the bytes: the same events, which
/// cover every byte but those `pending`.
void check(std::string_view input, const std::vector<std::string>& expected, std::size_t room = 256,
           std::size_t pending = 0) {
    CAPTURE(in_hex(first(input, 64)));
    CAPTURE(room);
    const auto look = [&](const listener& one) {
        CHECK(one.events() == expected);
        CHECK(one.covered() == input.size() - pending);
    };
    for (std::size_t split = 0; split <= input.size(); ++split) {
        CAPTURE(split);
        listener one{room};
        one.hear(first(input, split));
        one.hear(rest(input, split));
        look(one);
        listener other{room};
        other.read(first(input, split));
        other.move();
        other.read(rest(input, split));
        look(other);
    }
    listener by_byte{room};
    listener moving{room};
    for (std::size_t at = 0; at < input.size(); ++at) {
        by_byte.hear(input.substr(at, 1));
        moving.read(input.substr(at, 1));
        moving.move();
    }
    look(by_byte);
    look(moving);
}

void check_why(std::string_view input, std::size_t column) {
    listener one{16};
    one.hear(input);
    REQUIRE(one.faults().size() == 1);
    CHECK(shown(one.faults()[0]) == shown({errc::bad_length, mqtt::field::remaining_length, column}));
}

}  // namespace

TEST_CASE("BI-08: packets are told apart by their lengths, however they come") {
    check("", {});
    check(wire("D0 00"), {"packet D0 [] 2"});
    check(wire("20 02 0000 D0 00"), {"packet 20 [00 00] 4", "packet D0 [] 2"});
    check(wire("20 02 0100 90 03 0001 00 30 05 0001't' 'hi' 40 02 0001 D0 00"),
          {"packet 20 [01 00] 4", "packet 90 [00 01 00] 5", "packet 30 [00 01 74 68 69] 7", "packet 40 [00 01] 4",
           "packet D0 [] 2"});
    check(wire("D0 00 D0 00 D0 00"), {"packet D0 [] 2", "packet D0 [] 2", "packet D0 [] 2"});
}

TEST_CASE("BI-08: a packet inside a payload is payload") {
    check(wire("30 09 0001't' 30 05 0001't' 00 D0 00"),
          {"packet 30 [00 01 74 30 05 00 01 74 00] 11", "packet D0 [] 2"});
    check(wire("30 07 0001't' D0 00 FF FF"), {"packet 30 [00 01 74 D0 00 FF FF] 9"});
}

TEST_CASE("whatever the first byte, the length decides: what is no packet is for decode to say") {
    for (unsigned first_byte = 0; first_byte < 256; ++first_byte) {
        const std::string byte(1, static_cast<char>(first_byte));
        check(byte + wire("00 D0 00"), {"packet " + in_hex(byte) + " [] 2", "packet D0 [] 2"});
        check(byte + wire("01 FF D0 00"), {"packet " + in_hex(byte) + " [FF] 3", "packet D0 [] 2"});
    }
}

TEST_CASE("a packet that is not whole is no event yet, and its bytes are held") {
    check(wire("30"), {}, 16, 1);
    check(wire("30 80"), {}, 16, 2);
    check(wire("30 05 0001't'"), {}, 16, 5);
    check(wire("D0 00 30 05 0001't' 'h'"), {"packet D0 [] 2"}, 16, 6);
    listener one{16};
    one.hear(wire("30 05 0001"));
    CHECK(one.reader().used() == 2);
    one.hear("tab");
    CHECK(one.events() == std::vector<std::string>{"packet 30 [00 01 74 61 62] 7"});
}

TEST_CASE("lengths of one to four bytes are read, and the header counts in the size") {
    for (const std::size_t length : {0U, 1U, 127U, 128U, 129U, 300U}) {
        const std::string packet = framed(0x30, std::string(length, 'x'));
        listener one{300};
        for (const char byte : packet + packet) one.hear({&byte, 1});
        REQUIRE(one.events().size() == 2);
        CHECK(one.events()[0] == one.events()[1]);
        CHECK(one.covered() == 2 * packet.size());
    }
    for (const std::size_t length : {16'383U, 16'384U, 2'097'151U, 2'097'152U}) {
        const std::string packet = framed(0x30, std::string(length, 'x'));
        std::vector<char> memory(length);
        packet_reader reader{{memory.data(), memory.size()}};
        std::string_view input = packet;
        const auto found = reader.receive(input);
        REQUIRE(found);
        REQUIRE(std::holds_alternative<from_broker::packet>(*found));
        CHECK(std::get<from_broker::packet>(*found).body.size() == length);
        CHECK(from_broker::size_of(*found) == packet.size());
        CHECK(input.empty());
    }
}

TEST_CASE(
    "BI-01, BI-02: a length that MQTT forbids is malformed at the byte that makes it so, and so is all behind it") {
    check(wire("30 80808080"), {"malformed"});
    check(wire("30 8080808001 D0 00"), {"malformed"});
    check(wire("30 FFFFFFFF7F D0 00"), {"malformed"});
    check(wire("D0 8000 D0 00"), {"malformed"});
    check(wire("20 02 0000 D0 808000 D0 00"), {"packet 20 [00 00] 4", "malformed"});
    check(wire("D0 80808000"), {"malformed"});
    check_why(wire("30 8080808001"), 4);
    check_why(wire("D0 8000"), 2);
    check_why(wire("D0 808000 D0 00"), 3);
    check_why(wire("20 02 0000 D0 80808000"), 4);
}

TEST_CASE("BI-01: what is malformed stays so until reset, which begins another connection") {
    listener one{16};
    one.hear(wire("D0 8000"));
    one.hear(wire("D0 00"));
    one.hear("");
    one.hear(wire("20 02 0000"));
    CHECK(one.events() == std::vector<std::string>{"malformed"});
    CHECK(one.faults().size() == 3);
    CHECK(one.covered() == 9);
    one.reader().reset();
    one.hear(wire("20 02 0000"));
    CHECK(one.events() == std::vector<std::string>{"malformed", "packet 20 [00 00] 4"});
}

TEST_CASE("reset forgets a packet at hand, wherever it stands") {
    const std::string packet = framed(0x30, wire("0001't'") + std::string(130, 'x'));
    for (std::size_t size = 0; size < packet.size(); ++size) {
        for (const std::size_t room : {0U, 4U, 256U}) {
            listener one{room};
            one.hear(first(packet, size));
            one.reader().reset();
            CHECK(one.reader().used() == 0);
            one.hear(wire("D0 00"));
            CHECK(one.events() == std::vector<std::string>{"packet D0 [] 2"});
        }
    }
}

TEST_CASE(
    "BI-03: a body larger than the buffer is skipped in step, its beginning is given, and the next packet is read") {
    const std::string input = wire("30 05 0001't' 'hi' D0 00 40 02 000A");
    check(input, {"packet 30 [00 01 74 68 69] 7", "packet D0 [] 2", "packet 40 [00 0A] 4"}, 5);
    check(input, {"too large 30 of 5 [00 01 74 68] 7", "packet D0 [] 2", "packet 40 [00 0A] 4"}, 4);
    check(input, {"too large 30 of 5 [00 01] 7", "packet D0 [] 2", "packet 40 [00 0A] 4"}, 2);
    check(input, {"too large 30 of 5 [00] 7", "packet D0 [] 2", "too large 40 of 2 [00] 4"}, 1);
    check(input, {"too large 30 of 5 [] 7", "packet D0 [] 2", "too large 40 of 2 [] 4"}, 0);
}

TEST_CASE("BI-03: with every size of buffer a body is whole or too large, by its length alone") {
    const std::string body = wire("0003'a/b'") + std::string(20, 'x');
    const std::string packet = framed(0x30, body);
    for (std::size_t room = 0; room <= body.size() + 1; ++room) {
        const std::string size = std::to_string(packet.size());
        const std::string expected = room >= body.size()
                                         ? "packet 30 [" + in_hex(body) + "] " + size
                                         : "too large 30 of 25 [" + in_hex(first(body, room)) + "] " + size;
        check(packet + wire("D0 00"), {expected, "packet D0 [] 2"}, room);
    }
}

TEST_CASE("BI-03, BI-04: a length of 268435455 is counted down, and never becomes memory") {
    constexpr std::size_t longest = 268'435'455;
    listener one{8};
    one.hear(wire("32 FFFFFF7F 0001't' 000A"));
    CHECK(one.reader().used() == 5);
    const std::string chunk(1'000'003, 'x');
    std::string_view input;
    std::size_t left = longest - 5;
    while (left > chunk.size()) {
        input = chunk;
        if (one.reader().receive(input)) break;
        left -= chunk.size();
    }
    CHECK(one.reader().used() == 8);
    CHECK(one.events().empty());
    one.hear(first(chunk, left - 1));
    CHECK(one.events().empty());
    one.hear("x" + wire("D0 00"));
    CHECK(one.events() ==
          std::vector<std::string>{"too large 32 of 268435455 [00 01 74 00 0A 78 78 78] 268435460", "packet D0 [] 2"});
}

TEST_CASE("BI-04: a length far beyond the buffer is no sum: nothing is written behind the lent bytes") {
    char memory[16];
    std::memset(memory, '\x55', sizeof memory);
    packet_reader reader{{memory, 8}};
    const std::string input_bytes = wire("30 FFFFFF7F") + std::string(100, 'x');
    std::string_view input = input_bytes;
    CHECK_FALSE(reader.receive(input));
    CHECK(std::string_view{memory, 8} == "xxxxxxxx");
    CHECK(std::string_view{memory + 8, 8} == std::string(8, '\x55'));
    // And so it is when the bytes come one by one.
    packet_reader other{{memory, 8}};
    for (const char& byte : input_bytes) {
        std::string_view one{&byte, 1};
        CHECK_FALSE(other.receive(one));
    }
    CHECK(std::string_view{memory + 8, 8} == std::string(8, '\x55'));
}

TEST_CASE("a packet that is given lies in the lent memory until the next call") {
    char memory[8];
    packet_reader reader{memory};
    const std::string bytes = wire("30 05 0001't' 'hi' 40 02 000A");
    std::string_view input = bytes;
    const auto found = reader.receive(input);
    REQUIRE(found);
    REQUIRE(std::holds_alternative<from_broker::packet>(*found));
    const auto& packet = std::get<from_broker::packet>(*found);
    CHECK(packet.body.data() == memory);
    CHECK(input.size() == 4);
    const auto read = mqtt::decode<mqtt::publish>(packet.first, packet.body);
    REQUIRE(read);
    CHECK(read->topic == "t");
    CHECK(read->payload == "hi");
    CHECK(read->payload.data() == memory + 3);
}

TEST_CASE("a copy with its own buffer goes on by itself") {
    char memory[16];
    packet_reader reader{memory};
    const std::string begun = wire("30 06 0001't'");
    std::string_view input = begun;
    CHECK_FALSE(reader.receive(input));
    char other_memory[16];
    std::memcpy(other_memory, memory, reader.used());
    packet_reader other = reader;
    other.rebind(other_memory);
    input = "abc";
    const auto one = reader.receive(input);
    input = "xyz";
    const auto two = other.receive(input);
    REQUIRE(one);
    REQUIRE(two);
    CHECK(told(*one) == "packet 30 [00 01 74 61 62 63] 8");
    CHECK(told(*two) == "packet 30 [00 01 74 78 79 7A] 8");
}

TEST_CASE("no memory at all is enough for packets without a body") {
    packet_reader reader{buffer{}};
    const std::string bytes = wire("D0 00 20 02 0000 D0 00");
    std::string_view input = bytes;
    std::vector<std::string> events;
    while (const auto found = reader.receive(input)) events.push_back(told(*found));
    CHECK(events == std::vector<std::string>{"packet D0 [] 2", "too large 20 of 2 [] 4", "packet D0 [] 2"});
}
