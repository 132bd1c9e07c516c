// Dumps of both directions, as socat writes them.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

using namespace decode;

namespace {

/// A password, in two blocks; an answer in the middle of a block; a payload with a prompt's sign and a line end in it.
constexpr auto dump = R"(2026/11/30 19:51:33 socat[7] N opening character device "/dev/ttyUSB0" for reading and writing
> 2026/11/30 19:51:33.000953012  length=35 from=0 to=34
 41 54 2b 4d 51 54 54 43 46 47 3d 22 62 22 2c 31 38 38 33 2c 22 69 22 2c 36 30 2c 22 75 22 2c 22 78 79 7a
> 2026/11/30 19:51:33.000973012  length=6 from=35 to=40
 7a 79 22 2c 31 0d
< 2026/11/30 19:51:33.001000000  length=8 from=0 to=7
 0d 0a 4f 4b 0d 0a 0d 0a
> 2026/11/30 19:51:34.000001000  length=25 from=41 to=65
 0a 41 54 2b 4d 51 54 54 50 55 42 3d 22 74 22 2c 31 2c 30 2c 30 2c 33 0d 3e
< 2026/11/30 19:51:34.000002000  length=4 from=8 to=11
 0d 0a 3e 20
> 2026/11/30 19:51:34.000003000  length=2 from=66 to=67
 0d 0a
)"sv;

/// The same with -v.
constexpr auto verbose = R"(> 2026/11/30 19:51:33.000953012  length=35 from=0 to=34
 41 54 2b 4d 51 54 54 43 46 47 3d 22 62 22 2c 31  AT+MQTTCFG="b",1
 38 38 33 2c 22 69 22 2c 36 30 2c 22 75 22 2c 22  883,"i",60,"u","
 78 79 7a                                         xyz
--
> 2026/11/30 19:51:33.000973012  length=6 from=35 to=40
 7a 79 22 2c 31 0d                                zy",1.
--
< 2026/11/30 19:51:33.001000000  length=8 from=0 to=7
 0d 0a                                            ..
 4f 4b 0d 0a                                      OK..
 0d 0a                                            ..
--
> 2026/11/30 19:51:34.000001000  length=25 from=41 to=65
 0a                                               .
 41 54 2b 4d 51 54 54 50 55 42 3d 22 74 22 2c 31  AT+MQTTPUB="t",1
 2c 30 2c 30 2c 33 0d 3e                          ,0,0,3.>
--
< 2026/11/30 19:51:34.000002000  length=4 from=8 to=11
 0d 0a                                            ..
 3e 20                                            > 
--
> 2026/11/30 19:51:34.000003000  length=2 from=66 to=67
 0d 0a                                            ..
)"sv;

constexpr auto told =
    R"(19:51:33.000973  ->         0     41  command    MQTTCFG set host="b" port=1883 id="i" keepAlive=60 user="u" passwd=*** clean=1
19:51:33.001000  <-         2      4  final      OK
19:51:34.000001  ->        41     24  command    MQTTPUB set topic="t" qos=1 retain=0 dup=0 length=3
19:51:34.000002  <-        10      2  prompt     
19:51:34.000003  ->        65      3  data       ">\r\n"
)"sv;

process::outcome run(const words& options, std::string_view input) {
    words all{"--socat"};
    all.insert(all.end(), options.begin(), options.end());
    return process::run(with(all), std::string(input));
}

}  // namespace

TEST_CASE("a dump of both directions is told in its order, with the time at which the last byte of each item came") {
    for (const auto text : {dump, verbose}) {
        const auto result = run({}, text);
        CHECK(result.status == 0);
        CHECK(result.err == "");
        CHECK(result.out == told);
    }
}

TEST_CASE("it is the same in any pieces") {
    way how;
    how.from = "host";
    for (const auto text : {dump, verbose}) {
        for (const std::size_t size : {std::size_t{1}, std::size_t{7}, text.size()}) {
            dialogue decoder{how};
            std::string printed;
            for (std::size_t at = 0; at < text.size(); at += size) decoder.take(text.substr(at, size), printed);
            decoder.finish(printed);
            CHECK(printed == told);
            CHECK(decoder.dump().blocks() == 6);
            CHECK(decoder.dump().lost() == 0);
        }
    }
}

TEST_CASE("as JSON each item has who sent it, and when") {
    const auto objects = objects_of(run({"--json"}, dump).out);
    REQUIRE(objects.size() == 8);  // three blank lines as well
    CHECK(objects[0]["time"] == "2026/11/30 19:51:33.000973012");
    CHECK(objects[0]["from"] == "host");
    CHECK(objects[0]["passwd"] == "***");
    CHECK(
        objects[1] ==
        json{{"time", "2026/11/30 19:51:33.001000000"}, {"from", "modem"}, {"at", 0}, {"size", 2}, {"kind", "blank"}});
    CHECK(objects[7]["data"] == ">\r\n");
}

TEST_CASE("--from says who is at socat's first address") {
    const auto result =
        run({"--from", "modem"}, "> 2026/11/30 19:51:33.000953  length=6 from=0 to=5\n 0d 0a 4f 4b 0d 0a\n");
    CHECK(result.out == "19:51:33.000953  <-         2      4  final      OK\n");
}

TEST_CASE("what is no dump is told, and so are bytes that are missing in one; what is there is decoded") {
    for (const auto text : {""sv, "OK\r\n"sv, "> now  length=4\n 4f 4b 0d 0a\n"sv, "\0\xFF 41\n"sv}) {
        const auto none = run({}, text);
        CHECK(none.status == 2);
        CHECK(none.out == "");
        CHECK(none.err == "atmqtt-decode: standard input is no dump: socat -x writes one on its standard error\n");
    }
    const auto cut = run({}, "< 2026/11/30 19:51:33.000953  length=8 from=0 to=7\n 4f 4b 0d 0a 4\n< 2026/11/30 "
                             "19:51:33.1  length=4\n 4f 4b 0d 0a");
    CHECK(cut.status == 2);
    CHECK(cut.out ==
          "19:51:33.000953  <-         0      4  final      OK\n19:51:33.1  <-         4      4  final      OK\n");
    CHECK(cut.err == "atmqtt-decode: standard input: 4 bytes that it announces are not in it\n");
}

namespace {

std::string block(char way, std::string_view bytes) {
    std::string made = std::string(1, way) + " 2026/11/30 00:00:00.000000000  length=" + std::to_string(bytes.size()) +
                       " from=0 to=0\n";
    for (const char byte : bytes) {
        const auto code = static_cast<unsigned char>(byte);
        made += {' ', "0123456789abcdef"[code >> 4], "0123456789abcdef"[code & 15]};
    }
    return made + "\n";
}
/// Without the times and places.
std::string in_short(const std::string& printed) {
    std::string made;
    for (const auto line : lines_of(printed))
        made += std::string(line.substr(17, 2)) + std::string(line.substr(36)) + "\n";
    return made;
}

}  // namespace

TEST_CASE("what the module says tells whether what the host sends is data") {
    const std::string asks = block('>', "AT+MQTTPUB=\"t\",0,0,0,3\r\n");
    const std::string prompted = run({}, asks + block('<', "\r\n> ") + block('>', "\nab") + block('>', "AT\r")).out;
    CHECK(in_short(prompted) ==
          "->  command    MQTTPUB set topic=\"t\" qos=0 retain=0 dup=0 length=3\n<-  prompt     \n"
          "->  data       \"\\nab\"\n->  other      \"AT\"\n");
    const std::string refused = run({}, asks + block('<', "\r\nERROR\r\n") + block('>', "AT\rATI\r")).out;
    CHECK(in_short(refused) == "->  command    MQTTPUB set topic=\"t\" qos=0 retain=0 dup=0 length=3\n"
                               "<-  final      ERROR\n->  other      \"AT\"\n->  other      \"ATI\"\n");
}

TEST_CASE("an LF behind the last command is no message") {
    CHECK(in_short(run({}, block('>', "ATE0\r\n")).out) == "->  other      \"ATE0\"\n");
}

TEST_CASE("a block of a length that is none is no block") {
    for (const char* const length : {"-5", "99999999999999999999999", "x", ""}) {
        const auto result =
            run({}, "> 2026/11/30 00:00:00.0  length=" + std::string(length) + " from=0 to=0\n 41 54 0d\n");
        CHECK(result.status == 2);
        CHECK(result.out == "");
    }
}
