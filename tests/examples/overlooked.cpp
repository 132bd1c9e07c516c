// What a mistake in a refactoring would change, and no other test sees.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace {

using namespace std::string_view_literals;

process::outcome decoded(std::vector<std::string> options, std::string_view input) {
    return process::run(decode::with(options), std::string(input));
}

}  // namespace

TEST_CASE("--policy holds for a dump of both directions too") {
    // +MQTTPUBLISH: 0,0,0,0,"t",2,abcd CR LF
    const auto dump =
        "< 2026/11/30 19:51:33.1  length=34 from=0 to=33\n"
        " 2b 4d 51 54 54 50 55 42 4c 49 53 48 3a 20 30 2c 30 2c 30 2c 30 2c 22 74 22 2c 32 2c 61 62 63 64 0d 0a\n"sv;
    const auto by_line_end = decoded({"--socat", "--json"}, dump),
               counted = decoded({"--socat", "--json", "--policy", "counted"}, dump);
    CHECK(by_line_end.out.find("\"mesg\":\"abcd\"") != std::string::npos);
    CHECK(counted.out.find("\"mesg\":\"ab\"") != std::string::npos);
}

TEST_CASE("- is standard input") {
    const auto result = decoded({"-"}, "OK\r\n");
    CHECK(result.status == 0);
    CHECK(result.err == "");
    CHECK(result.out == decoded({}, "OK\r\n").out);
}

TEST_CASE("behind the second half of a configuration lines are shown again") {
    const auto result =
        decoded({"--from", "host"}, "AT+MQTTCFG=\"h\",1883,\"i\",60,\"u\",\"sec\nret\",1\nATI\nAT+CSQ\r\n");
    CHECK(result.out.find("sec") == std::string::npos);
    CHECK(result.out.find("ret") == std::string::npos);
    CHECK(result.out.find("ATI") != std::string::npos);
    CHECK(result.out.find("AT+CSQ") != std::string::npos);
}

TEST_CASE("the second half of a configuration that a line end has cut is hidden") {
    const std::string whole = "AT+MQTTCFG=\"broker\",1883,\"name\",60,\"user\",\"kxkxkx\",1";
    for (std::size_t at = whole.find('=') + 1; at != whole.find("kxkxkx") + 5; ++at) {
        const auto result = decoded({"--from", "host"}, whole.substr(0, at) + "\n" + whole.substr(at) + "\r\n");
        CAPTURE(at);
        CHECK(result.out.find("kx") == std::string::npos);
        CHECK(result.out.find("broker\",") == std::string::npos);
    }
}

TEST_CASE("counted data of which nothing came are no item") {
    const auto result = decoded({"--from", "host"}, "AT+MQTTPUB=\"t\",0,0,0,5\r\n");
    CHECK(result.out.find("command") != std::string::npos);
    CHECK(result.out.find("partial") == std::string::npos);
}

TEST_CASE("what both sides left at the end is told of the first address first") {
    const auto result = decoded({"--socat"}, "< 2026/11/30 19:51:33.1  length=2 from=0 to=1\n 4f 4b\n"
                                             "> 2026/11/30 19:51:33.2  length=2 from=0 to=1\n 41 54\n");
    const auto forth = result.out.find("->"), back = result.out.find("<-");
    REQUIRE(back != std::string::npos);
    CHECK(forth < back);
}

TEST_CASE("what is only printed at the end of the input cannot be written either") {
    const auto all = decode::with({});
    std::vector<std::string> command{"/bin/sh", "-c", "exec \"$0\" >/dev/full"};
    command.insert(command.end(), all.begin(), all.end());
    const auto result = process::run(command, "OK");
    CHECK(result.status == 2);
    CHECK(result.err.find("atmqtt-decode: cannot write: ") == 0);
}

TEST_CASE("in colours OK is green, and ERROR is red") {
    decode::way how;
    how.shape = decode::form::coloured;
    decode::stream decoder{how};
    std::string printed;
    decoder.take("OK\r\nERROR\r\n+CME ERROR: 601\r\n", printed);
    CHECK(printed.find("\033[32mfinal") < printed.find("OK"));
    CHECK(printed.find("\033[31mfinal") < printed.find("ERROR"));
    CHECK(printed.find("\033[32mfinal", printed.find("OK")) == std::string::npos);
}
