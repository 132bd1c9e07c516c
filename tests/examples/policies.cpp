// Where a payload ends by either policy, and how long a line may be.                          [wire.md 5, issue 2]
// SPDX-License-Identifier: MIT
#include "captures.hpp"

using namespace decode;

namespace {

struct row {
    std::string bytes;
    std::vector<json> line_end;
    std::vector<json> counted;
};

json message(std::size_t at, std::size_t size, std::size_t length, const std::string& payload) {
    return {{"at", at},      {"size", size}, {"kind", "line"}, {"name", "MQTTPUBLISH"}, {"dup", 0},       {"qos", 0},
            {"retained", 0}, {"packId", 0},  {"topic", "t"},   {"msg_len", length},     {"mesg", payload}};
}
json wrong(std::size_t at, std::size_t size, std::size_t length, const std::string& payload) {
    json flagged = message(at, size, length, payload);
    flagged["mismatch"] = true;
    return flagged;
}
json state(std::size_t at) { return {{"at", at}, {"size", 14}, {"kind", "line"}, {"name", "MQTTSTAT"}, {"stat", 1}}; }
json ok(std::size_t at) { return {{"at", at}, {"size", 4}, {"kind", "final"}, {"name", "OK"}}; }
json blank(std::size_t at) { return {{"at", at}, {"size", 2}, {"kind", "blank"}}; }

std::string head(std::size_t length) {
    return "+MQTTPUBLISH: 0,0,0,0,\"t\"," + std::to_string(length) + ",";
}  // 28, one digit
const std::string connected = "+MQTTSTAT: 1\r\n";

const row rows[] = {
    {head(3) + "abc\r\n" + connected, {message(0, 33, 3, "abc"), state(33)}, {message(0, 33, 3, "abc"), state(33)}},
    {head(4) + "\r\n\r\n\r\n" + connected,
     {message(0, 34, 4, "\r\n\r\n"), state(34)},
     {message(0, 34, 4, "\r\n\r\n"), state(34)}},
    // fewer declared than printed
    {head(3) + "abcdef\r\n" + connected, {wrong(0, 36, 3, "abcdef"), state(36)}, {wrong(0, 36, 3, "abc"), state(36)}},
    {head(0) + "abc\r\n" + connected, {wrong(0, 33, 0, "abc"), state(33)}, {wrong(0, 33, 0, ""), state(33)}},
    {head(1) + "a\rb\nc\r\n",
     {wrong(0, 35, 1, "a\rb\nc")},
     {wrong(0, 32, 1, "a"), {{"at", 32}, {"size", 3}, {"kind", "text"}, {"text", "c"}}}},
    // the count takes in the line end
    {head(5) + "abc\r\n" + connected, {wrong(0, 33, 5, "abc"), state(33)}, {wrong(0, 33, 5, "abc"), state(33)}},
    {head(5) + "abc\r\n", {wrong(0, 33, 5, "abc")}, {wrong(0, 33, 5, "abc")}},
    {head(5) + "abc\r\n\r\n" + connected,
     {message(0, 35, 5, "abc\r\n"), state(35)},
     {message(0, 35, 5, "abc\r\n"), state(35)}},
    {head(9) + "abc\r\nOK\r\n" + connected,
     {wrong(0, 33, 9, "abc"), ok(33), state(37)},
     {wrong(0, 37, 9, "abc\r\nOK"), state(37)}},
    // the count takes in the CR, or a part of the next line
    {head(4) + "abc\r\n" + connected, {wrong(0, 33, 4, "abc"), state(33)}, {wrong(0, 33, 4, "abc\r"), state(33)}},
    {head(9) + "abc\r\n" + connected + "OK\r\n",
     {wrong(0, 33, 9, "abc"), state(33), ok(47)},
     {wrong(0, 47, 9, "abc\r\n+MQT"), ok(47)}},
    // the input ends inside the count
    {head(9) + "abc", {wrong(0, 31, 9, "abc")}, {wrong(0, 31, 9, "abc")}},
    {head(9) + "abc\r\n\r\n", {wrong(0, 33, 9, "abc"), blank(33)}, {wrong(0, 35, 9, "abc\r\n\r\n")}},
    {head(9), {wrong(0, 28, 9, "")}, {wrong(0, 28, 9, "")}},
    // the input ends behind it
    {head(3) + "abc", {message(0, 31, 3, "abc")}, {message(0, 31, 3, "abc")}},
    {head(3) + "abcdef", {wrong(0, 34, 3, "abcdef")}, {wrong(0, 34, 3, "abc")}},
};

}  // namespace

TEST_CASE("AT-21: where msg_len and the bytes printed disagree, each policy ends the payload as written") {
    for (const row& one : rows) {
        CAPTURE(one.bytes);
        compare(decoded(as_objects("modem", "line_end"), one.bytes), one.line_end);
        compare(decoded(as_objects("modem", "counted"), one.bytes), one.counted);
    }
}

TEST_CASE("the policy is line_end unless told otherwise") {
    for (const row& one : rows) {
        CAPTURE(one.bytes);
        compare(decoded(as_json("modem"), one.bytes), one.line_end);
    }
}

TEST_CASE("AT-20: a payload of the right length is opaque by either policy") {
    for (const auto& sample : captures()) {
        if (sample.name != "hostile.modem") continue;
        compare(decoded(as_objects("modem", "counted"), sample.bytes), sample.golden);
        compare(decoded(as_objects("modem", "line_end"), sample.bytes), sample.golden);
    }
}

TEST_CASE("AT-21: by policy line_end an absurd length hides no line, by policy counted it hides all") {
    for (const std::size_t length : {999999999u, 4294967295u}) {
        const std::string bytes = head(length) + "abc\r\n" + connected;
        const std::size_t size = bytes.size();
        compare(decoded(as_json("modem", {"--policy", "line_end"}), bytes),
                {wrong(0, size - 14, length, "abc"), state(size - 14)});
        compare(decoded(as_json("modem", {"--policy", "counted"}), bytes),
                {wrong(0, size, length, "abc\r\n" + connected)});
    }
}

TEST_CASE("AT-27: a line of 4096 bytes is read, one byte more is overlong, and the next line is read") {
    for (const std::string from : {"modem", "host"}) {
        const std::string kind = from == "modem" ? "text" : "other";
        for (const std::string line_end : {"\r\n", "\r", "\n"}) {
            CAPTURE(from);
            const std::size_t end = line_end.size();
            const std::string longest(4096, 'a');
            auto objects = decoded(as_objects(from), longest + line_end + "x" + line_end);
            REQUIRE(objects.size() == 2);
            CHECK(objects[0]["kind"] == kind);
            CHECK(objects[0]["size"] == 4096 + end);
            CHECK(objects[0]["text"] == longest);

            objects = decoded(as_objects(from), longest + "a" + line_end + "x" + line_end);
            REQUIRE(objects.size() == 2);
            CHECK(objects[0] == json{{"at", 0}, {"size", 4097 + end}, {"kind", "overlong"}});
            CHECK(objects[1]["text"] == "x");
        }
        const auto unfinished = decoded(as_objects(from), std::string(4097, 'a'));
        CHECK(unfinished.size() == 1);
        CHECK(unfinished[0]["kind"] == "overlong");
    }
}

TEST_CASE("a payload does not count towards the length of its line") {
    for (const std::size_t length : {4096u, 4097u, 100000u}) {
        const std::string payload(length, 'p');
        const std::string start = head(length);
        const std::size_t size = start.size() + length + 2;
        compare(decoded(as_objects("modem"), start + payload + "\r\n" + connected),
                {message(0, size, length, payload), state(size)});
        compare(decoded(as_objects("modem"), head(7) + payload + "\r\n" + connected),
                {wrong(0, 28 + length + 2, 7, payload), state(28 + length + 2)});

        const std::string command = "AT+MQTTPUB=\"t\",0,0,0," + std::to_string(length) + "\r";
        const auto objects = decoded(as_objects("host"), command + payload + "AT\r");
        REQUIRE(objects.size() == 3);
        CHECK(objects[0]["length"] == length);
        CHECK(objects[1] == json{{"at", command.size()}, {"size", length}, {"kind", "data"}, {"data", payload}});
        CHECK(objects[2]["text"] == "AT");
    }
}

TEST_CASE("a header longer than 4096 bytes is one overlong line") {
    for (const auto* quote : {"", "\""}) {
        const std::string line = "+MQTTPUBLISH: 0,0,0,0,"s + quote + std::string(4100, 't') + quote + ",3,abc\r\n";
        const auto objects = decoded(as_objects("modem"), line + connected);
        REQUIRE(objects.size() == 2);
        CHECK(objects[0] == json{{"at", 0}, {"size", line.size()}, {"kind", "overlong"}});
        CHECK(objects[1] == state(line.size()));
    }
}

TEST_CASE("a CR or an LF ends the last line of the input like any other") {
    for (const std::string line :
         {"+MQTTSTAT: 1", "+MQTTSTAT: x", "OK", "text", "+MQTTPUBLISH: 0,0,0,0,\"t", "+MQTTPUBLISH: 0"}) {
        for (const std::string line_end : {"\r", "\n", "\r\n"}) {
            CAPTURE(line);
            const auto objects = decoded(as_objects("modem"), line + line_end);
            const auto followed = decoded(as_objects("modem"), line + line_end + "OK\r\n");
            REQUIRE(objects.size() == 1);
            REQUIRE(followed.size() == 2);
            CHECK(objects[0]["kind"] != "partial");
            CHECK(objects[0] == followed[0]);
        }
    }
}

TEST_CASE("a malformed line is named by its head alone") {
    for (const std::string line :
         {"AT+MQTTSTAT x", "AT+MQTTSTAT\"x\"", "AT+MQTTSUB \"a\",1", "AT+MQTTDISC now", "AT+MQTTCFG \"h\",1"}) {
        CAPTURE(line);
        const auto objects = decoded(as_objects("host"), line + "\r");
        REQUIRE(objects.size() == 1);
        const std::string name = objects[0].value("name", "");
        const bool is_head = objects[0]["kind"] == "other" || name == line.substr(3, name.size());
        CHECK(is_head);
        CHECK(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == name.npos);
    }
}
