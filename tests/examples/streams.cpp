// Long streams and random ones: nothing crashes, hangs or gets lost, in either direction and by either policy.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

#include <algorithm>
#include <random>

using namespace decode;

namespace {

const way ways[] = {as_objects("modem", "line_end"), as_objects("modem", "counted"), as_objects("host", "line_end"),
                    as_objects("host", "counted")};

using generator = std::mt19937;  // its numbers are the same everywhere; those of the distributions are not
std::size_t below(generator& random, std::size_t count) { return random() % count; }

std::string random_bytes(generator& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() & 0xFF);
    return bytes;
}

const std::string fragments[] = {
    "\r",
    "\n",
    "\r\n",
    "\r\n",
    "\r\n",
    "\r\r\n",
    ">",
    "> ",
    "\r\n> ",
    ",",
    ",",
    ",",
    "\"",
    "\"",
    "\\\"",
    "\\",
    ":",
    ";",
    "=",
    "?",
    " ",
    "\0"s,
    "\b",
    "\x1A",
    "\xFF",
    "\xE2\x80\x9D",
    "\xE2\x80",
    "0",
    "1",
    "2",
    "3",
    "7",
    "007",
    "-1",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "999999999",
    "OK",
    "OK\r\n",
    "ERROR\r\n",
    "+CME ERROR",
    "+CME ERROR: 605\r\n",
    "+",
    "AT",
    "AT+",
    "at+mqtt",
    "+MQTTOPEN: OK\r\n",
    "+MQTTSTAT: 1",
    "+MQTTSUBACK: 1,2,",
    "+MQTT UNSUBACK:8,\"t\"\r\n",
    "+MQTTSUB:",
    "+MQTTTO:5\r\n",
    "+MQTTREC: 1,0\r\n",
    "+MQTTCFG: \"h\",1,\"i\",6,\"u\",\"***\",1",
    "+MQTTCFG:\"(null)\"\r\n",
    "+MQTTPINGRSP: OK\r\n",
    "+MQTTPUBLISH: 0,0,0,0,\"t\",3,abc\r\n",
    "+MQTTPUBLISH: 0,0,0,0,\"t\",9,",
    "+MQTTPUBLISH:0,1,0,1,t,40,",
    "+MQTTPUBLISH: 0,0,0,0,\"",
    "+MQTTPUBLISH: 0,0,0,0,\"t\",5\r\n",
    "+MQTTPUBLISH:",
    "AT+MQTTPUB=\"t\",0,0,0,7\r",
    "AT+MQTTPUB=\"t\",0,0,0,\"m\"\r",
    "AT+MQTTPUB=\"t\",0,0,0,40\r\n",
    "AT+MQTTSTAT?\r",
    "AT+MQTTSUB=\"a\",1\r\n",
    "AT+MQTTCFG=\"h\",1,\"i\",6,\"u\",\"p\",1\r",
    "AT+MQTTDISC\r",
};

std::string random_lines(generator& random, std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) {
        bytes += fragments[below(random, std::size(fragments))];
        if (below(random, 40) == 0) bytes += std::string(below(random, 5000), 'a');
        if (below(random, 20) == 0) bytes += random_bytes(random, below(random, 20));
    }
    return bytes;
}

void check_in_pieces(const way& how, std::string_view bytes, generator& random) {
    std::vector<std::string_view> pieces;
    for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(pieces.back().size()))
        pieces.push_back(rest.substr(0, 1 + below(random, 1 + below(random, 300))));
    const bool is_same = printed(how, pieces) == printed(how, {bytes});
    CHECK(is_same);
}

}  // namespace

TEST_CASE("random lines give valid JSON whose sizes add up, the same in any pieces") {
    generator random{302};
    for (unsigned round = 0; round < 30; ++round) {
        const std::string bytes = random_lines(random, 3000);
        for (const way& one : ways) {
            CAPTURE(round);
            CAPTURE(one.from);
            CAPTURE(one.policy);
            CHECK(!decoded(one, bytes).empty());
            check_in_pieces(one, bytes, random);
        }
    }
}

TEST_CASE("random bytes give valid JSON whose sizes add up, the same in any pieces") {
    generator random{1883};
    for (unsigned round = 0; round < 8; ++round) {
        const std::string bytes = random_bytes(random, 5000);
        for (const way& one : ways) {
            CAPTURE(round);
            CAPTURE(one.from);
            CAPTURE(one.policy);
            CHECK(!decoded(one, bytes).empty());
            check_in_pieces(one, bytes, random);
        }
    }
}

TEST_CASE("a capture in which bytes were changed, lost or doubled gives valid JSON whose sizes add up") {
    generator random{4};
    for (const auto& sample : captures()) {
        for (unsigned round = 0; round < 8; ++round) {
            CAPTURE(sample.name);
            CAPTURE(round);
            std::string bytes = sample.bytes;
            for (unsigned change = 0; change < 1 + bytes.size() / 100; ++change) {
                const std::size_t at = below(random, bytes.size());
                switch (below(random, 3)) {
                    case 0: bytes[at] = static_cast<char>(random() & 0xFF); break;
                    case 1: bytes.erase(at, 1 + below(random, 4)); break;
                    default: bytes.insert(at, bytes.substr(at, 1 + below(random, 8)));
                }
            }
            CHECK(!decoded(as_objects(sample.from), bytes).empty());
        }
    }
}

namespace {

// Ten megabytes where there are few objects, one where each line is one; the sanitized program is ten times slower.
constexpr std::size_t long_enough = process::is_sanitized ? 1'000'000 : 10'000'000;
constexpr std::size_t many_enough = long_enough / 10;

std::string repeated(std::string_view bytes, std::size_t size) {
    std::string all;
    while (all.size() < size) all += bytes;
    return all;
}

/// The objects that came of it.
std::size_t check_stream(const words& arguments, std::string_view bytes) {
    const process::deadline until;
    process::child one{arguments};
    account sizes;
    one.divert([&](std::string_view output) { sizes(output); });
    one.write(bytes, until);
    CHECK(one.finish(until) == 0);
    CHECK(one.err() == "");
    CHECK(sizes.trouble() == "");
    CHECK(sizes.total() == bytes.size());
    return sizes.objects();
}

}  // namespace

TEST_CASE("ten megabytes of random bytes are read to the end, each in one object") {
    generator random{10};
    const std::string bytes = random_bytes(random, long_enough);
    CHECK(check_stream(as_json("modem"), bytes) > bytes.size() / 1000);
    CHECK(check_stream(as_json("host"), bytes) > bytes.size() / 1000);
    CHECK(check_stream(as_json("modem", {"--policy", "counted"}), bytes.substr(0, many_enough)) > many_enough / 1000);
}

TEST_CASE("a line of ten megabytes is one object, and the line behind it is read") {
    for (const std::string from : {"modem", "host"}) {
        CAPTURE(from);
        CHECK(check_stream(as_json(from), std::string(long_enough, 'a')) == 1);
        CHECK(check_stream(as_json(from), std::string(long_enough, '"') + "\r\nOK\r\n") == 2);
        CHECK(check_stream(as_json(from), "AT+MQTTPUB=\"" + std::string(long_enough, 'a') + "\r\nOK\r\n") == 2);
        CHECK(check_stream(as_json(from), "+MQTTPUBLISH: 0,0,0,0,\"" + std::string(long_enough, 'a') + "\r\nOK\r\n") ==
              2);
    }
}

TEST_CASE("each of many line ends is one blank, each of many prompts one prompt") {
    for (const std::string from : {"modem", "host"}) {
        CAPTURE(from);
        CHECK(check_stream(as_json(from), std::string(many_enough / 10, '\n')) == many_enough / 10);
        CHECK(check_stream(as_json(from), std::string(many_enough / 10, '\r')) == many_enough / 10);
    }
    CHECK(check_stream(as_json("modem"), repeated("> \r\n", many_enough / 5)) == 2 * (many_enough / 5 / 4));
}

TEST_CASE("many messages with an absurd length cost no more than their bytes") {
    const std::string absurd = "+MQTTPUBLISH:0,0,0,0,a,4294967295,x\r\n";
    const std::string bytes = repeated(absurd, 2 * many_enough);
    CHECK(check_stream(as_json("modem", {"--policy", "line_end"}), bytes) == bytes.size() / absurd.size());
    CHECK(check_stream(as_json("modem", {"--policy", "counted"}), bytes) == 1);
}

TEST_CASE("many messages whose length is a little too large cost no more than their bytes") {
    const std::string wrong = "+MQTTPUBLISH:0,0,0,0,a,100000,x\r\n";
    const std::string bytes = repeated(wrong, 2 * many_enough);
    CHECK(check_stream(as_json("modem", {"--policy", "line_end"}), bytes) == bytes.size() / wrong.size());
}

TEST_CASE("many messages whose topic has no closing quote cost no more than their bytes") {
    for (const std::string line_end : {"\r\n", "\n", "\r"}) {
        const std::string open = "+MQTTPUBLISH: 0,0,0,0,\"" + line_end;
        const std::string bytes = repeated(open, many_enough);
        CHECK(check_stream(as_json("modem"), bytes) == bytes.size() / open.size());
    }
}

TEST_CASE("ten megabytes of counted data that never end are accounted for") {
    CHECK(check_stream(as_json("host"), repeated("AT+MQTTPUB=\"t\",0,0,0,4294967295\r", long_enough)) == 2);
}

TEST_CASE("a payload of ten megabytes is one object, byte for byte") {
    generator random{7};
    std::string payload = random_bytes(random, long_enough);
    for (char& byte : payload) byte = static_cast<char>(byte & 0x7F);
    const std::string head = "+MQTTPUBLISH: 0,0,0,0,\"t\"," + std::to_string(payload.size()) + ",";
    const auto objects = decoded(as_json("modem"), head + payload + "\r\nOK\r\n");
    REQUIRE(objects.size() == 2);
    const bool is_same = objects[0]["mesg"] == payload;
    CHECK(is_same);
    CHECK(!objects[0].contains("mismatch"));
    CHECK(objects[1]["name"] == "OK");
}
