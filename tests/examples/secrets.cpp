// The password of a configuration is never shown: in no kind of object, and not in plain output.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

using namespace decode;

namespace {

// No other output holds a tilde, so that one of them is enough to tell.
const std::string secret = "~~~~~~~~";

bool shows_secret(const std::string& output) {
    return output.find('~') != output.npos || output.find("7e7e") != output.npos ||
           output.find("7E7E") != output.npos || output.find("u007e") != output.npos;
}

void check_hidden(const std::string& from, const std::string& bytes) {
    for (const form shape : {form::as_json, form::plain}) {
        const std::string output = printed({from, "line_end", shape}, {bytes});
        CHECK(!output.empty());
        for (const auto line : lines_of(output)) {
            const std::string shown{line};
            CAPTURE(shown);
            CHECK_FALSE(shows_secret(shown));
        }
    }
}

template <std::size_t Count>
std::string stream_of(const std::string (&lines)[Count], const std::string& before, const std::string& after) {
    std::string all;
    for (const auto& line : lines) all += before + line + after;
    return all;
}

// Commands, whole and damaged, without a line end.
const std::string commands[] = {
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1)",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1,"v",0)",
    R"(AT+MQTTCFG="h",1,"i",60,"","~~~~~~~~",1)",
    R"(at+mqttcfg="h",1,"i",60,"u","~~~~~~~~",1)",
    R"(AT+ MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1)",
    R"(AT+MQTT CFG = "h",1,"i",60,"u","~~~~~~~~",1)",
    R"(AT+MQTTCFG= "h", 1, "i", 60, "u", "~~~~~~~~", 1)",
    R"(AT+MQTTCFG=”h”,1,”i”,60,”u”,”~~~~~~~~”,1)",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~\"~~~~",1)",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~,~~~~",1)",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~"~~~~",1)",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~\",1)",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1,"v")",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1,"v",0,0)",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",2)",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~")",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~)",
    R"(AT+MQTTCFG="h",1,"i",60,"u",~~~~~~~~,1)",
    R"(AT+MQTTCFG="h",1,"i",60,u,"~~~~~~~~",1)",
    R"(AT+MQTTCFG="h",1,"i",60,"u,"~~~~~~~~",1)",
    R"(AT+MQTTCFG="h",99999,"i",60,"u","~~~~~~~~",1)",
    R"(AT+MQTTCFG=h,1,i,60,u,~~~~~~~~,1)",
    R"(AT+MQTTCFG="h","i",60,"u","~~~~~~~~",1)",
    R"(AT+MQTTCFG="~~~~~~~~")",
    R"(AT+MQTTCFG "h",1,"i",60,"u","~~~~~~~~",1)",
    R"(AT+MQTTCFG:"h",1,"i",60,"u","~~~~~~~~",1)",
    R"(AT+MQTTCFG?"h",1,"i",60,"u","~~~~~~~~",1)",
    R"( AT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1)",
    R"(xxAT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1)",
    "\0AT+MQTTCFG=\"h\",1,\"i\",60,\"u\",\"~~~~~~~~\",1"s,
    "AT+MQTTCFG=\"h\",1,\"i\",60,\"\xFF\",\"~~~~~~~~\",1",
    "AT+MQTTCFG=\"h\",1,\"i\",60,\"u\",\"~~~~\xFF~~~~\",1",
    "\xFF"
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1)",
    R"(AT+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1;+MQTTOPEN=1,1,0,0,0,"","")",
    R"(AT+MQTTDISC;+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1)",
    R"(ATE0;+mqttcfg="h",1,"i",60,"u","~~~~~~~~",1)",
    R"(AT+MQTTSTAT?;+ MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1)",
    R"(AT+MQTTCFG="h",1,"i",60,"u","x",1;+MQTTCFG="h",1,"i",60,"u","~~~~~~~~",1)",
};

// Answers, as a firmware may give them that does not mask by itself.
const std::string answers[] = {
    R"(+MQTTCFG: "h",1,"i",60,"u","~~~~~~~~",0,"",0)", R"(+MQTTCFG:"h",1,"i",60,"u","~~~~~~~~",0)",
    R"(+ MQTTCFG: "h",1,"i",60,"u","~~~~~~~~",0)",     R"(+MQTTCFG: “h”,1,”i”,60,”u”,”~~~~~~~~”,0,””,0)",
    R"(+MQTTCFG: h,1,i,60,u,~~~~~~~~,0,,0)",           R"(+MQTTCFG: "h",1,"i",60,"u","~~~~~~~~",0,"")",
    R"(+MQTTCFG: "h",1,"i",60,"u","~~~~~~~~)",         R"(+MQTTCFG: "h",1,"i",60,"u,"~~~~~~~~",0)",
    R"(+MQTTCFG "h",1,"i",60,"u","~~~~~~~~",0)",       R"(+mqttcfg: "h",1,"i",60,"u","~~~~~~~~",0)",
    R"(xx+MQTTCFG: "h",1,"i",60,"u","~~~~~~~~",0)",    "+MQTTCFG: \"h\",1,\"i\",60,\"\xFF\",\"~~~~~~~~\",0",
};

}  // namespace

TEST_CASE("a password is shown as ***") {
    const auto command = decoded(as_json("host"), commands[0] + "\r");
    REQUIRE(command.size() == 1);
    CHECK(command[0]["passwd"] == "***");
    CHECK(command[0]["user"] == "u");
    const auto answer = decoded(as_json("modem"), answers[0] + "\r\n");
    REQUIRE(answer.size() == 1);
    CHECK(answer[0]["passwd"] == "***");
    CHECK(process::run(with({"--from", "host"}), commands[0] + "\r").out.find("***") != std::string::npos);
    CHECK(process::run(with({}), answers[0] + "\r\n").out.find("***") != std::string::npos);
}

TEST_CASE("an empty password is shown as *** too") {
    const auto command = decoded(as_json("host"), R"(AT+MQTTCFG="h",1,"i",60,"u","",1)"s + "\r");
    REQUIRE(command.size() == 1);
    CHECK(command[0]["passwd"] == "***");
}

TEST_CASE("no command shows its password, however damaged it is") {
    for (const std::string line_end : {"\r", "\r\n", "\n"}) check_hidden("host", stream_of(commands, "", line_end));
}

TEST_CASE("no answer shows a password, however damaged it is") {
    for (const std::string line_end : {"\r", "\r\n", "\n"}) check_hidden("modem", stream_of(answers, "", line_end));
}

TEST_CASE("no echo of a command shows its password") {
    check_hidden("modem", stream_of(commands, "", "\r\r\nOK\r\n"));
    check_hidden("modem", stream_of(commands, "", "\r\n"));
    check_hidden("modem", stream_of(commands, "\r\n> ", "\r\n"));
}

TEST_CASE("a last line without an end does not show its password") {
    for (const auto& command : commands) check_hidden("host", command);
    for (const auto& command : commands) check_hidden("modem", command);
    for (const auto& answer : answers) check_hidden("modem", answer);
}

TEST_CASE("a command typed with BACKSPACE does not show its password") {
    check_hidden("host", "AT+MQTTCFX\bG=\"h\",1,\"i\",60,\"u\",\"~~~~~~~~\",1\r");
    check_hidden("host", "AT+MQTTCFG=\"h\",1,\"i\",60,\"u\",\"~~~~x\b~~~~\",1\r");
    check_hidden("host", "AT+MQTTCFG=\"h\",1,\"i\",60,\"u\",x\b\"~~~~~~~~\",1");
}

TEST_CASE("a command or answer cut at any byte does not show what came of its password") {
    for (const auto& [from, line] :
         {std::pair{"host", commands[0]}, std::pair{"modem", commands[0]}, std::pair{"modem", answers[0]}}) {
        const std::size_t start = line.find('~');
        for (std::size_t size = start + 1; size <= line.size(); ++size) check_hidden(from, line.substr(0, size));
    }
}

TEST_CASE("a command whose name has lost a byte does not show its password") {
    const std::string whole = "MQTTCFG=\"h\",1883,\"id\",60,\"user\",\"~~~~~~~~\",1";
    for (std::size_t lost = 0; lost != 8; ++lost) {
        const std::string line = "AT+" + whole.substr(0, lost) + whole.substr(lost + 1);
        CAPTURE(line);
        check_hidden("host", line + "\r");
        check_hidden("host", line);
        check_hidden("host", "AT+MQTTSTAT?;" + line.substr(2) + "\r");
        check_hidden("modem", line + "\r\r\nOK\r\n");
        check_hidden("modem", "+MQTTPUBLISH: 0,0,0,0,\"t\",7,x" + line + "\r\n");
    }
}

TEST_CASE("a command behind a counted publish that was refused, or is longer or shorter than it says, does not show "
          "its password") {
    const std::string names[] = {"AT+MQTTCFG", "at+mqtcfg"};
    for (const std::string& name : names) {
        const std::string line = name + "=\"h\",1883,\"id\",60,\"user\",\"~~~~~~~~\",1\r";
        for (std::size_t length = 1; length <= line.size() + 8; ++length) {
            CAPTURE(line);
            CAPTURE(length);
            const std::string publish = "AT+MQTTPUB=\"t\",1,0,0," + std::to_string(length) + "\r";
            check_hidden("host", publish + line + "AT+MQTTSTAT?\r");
            check_hidden("host", publish + "hello" + line);
        }
    }
}

TEST_CASE("data that are no commands are shown whole") {
    for (const std::string data : {"{\"at\":\"+\"}", "AT+MQTTDISC\r\n\"x\"", "cat+dog"}) {
        const std::string publish = "AT+MQTTPUB=\"t\",1,0,0," + std::to_string(data.size()) + "\r";
        const auto objects = decoded(as_objects("host"), publish + data);
        REQUIRE(objects.size() == 2);
        CHECK(objects[1]["data"] == data);
    }
}

TEST_CASE("a command or answer of which any byte before the password is lost or another does not show it") {
    for (const auto& [from, line] : {std::pair{"host", commands[0] + "\r"}, std::pair{"modem", answers[0] + "\r\n"}}) {
        std::string all;
        for (std::size_t at = 0; at != line.find('~'); ++at) {
            all += line.substr(0, at) + line.substr(at + 1);
            for (const char byte : {'x', '"', ',', ' ', '+', '='}) {
                all += line;
                all[all.size() - line.size() + at] = byte;
            }
        }
        check_hidden(from, all);
    }
}

TEST_CASE("lines of other names are shown up to a second text in quotes, and items of the list whole") {
    const auto shown = [](const char* from, const std::string& line) {
        return decoded(as_objects(from), line + (from == "host"s ? "\r" : "\r\n")).back()["text"];
    };
    CHECK(shown("host", "AT+CGDCONT=1,\"IP\"") == "AT+CGDCONT=1,\"IP\"");
    CHECK(shown("host", "AT+CGDCONT=1,\"IP\",\"net\"") == "AT+CGDCONT=1,\"IP\"***");
    CHECK(shown("host", "AT+CGACT=1,1") == "AT+CGACT=1,1");
    CHECK(shown("modem", "+CGPADDR: 1,\"10.0.0.1\"") == "+CGPADDR: 1,\"10.0.0.1\"");
    CHECK(shown("modem", "RING, \"RING\"") == "RING***");
    CHECK(shown("modem", "+MQTTSUB:\r\n\"t\",1") == "\"t\",1");
    CHECK(shown("modem", "+MQTTSUB:\r\nOK\r\n\"t\",1") == "***");
}
