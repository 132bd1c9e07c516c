// What a person reads: one aligned line a message, colours on a terminal only.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

using namespace decode;

namespace {

std::string plain(const capture& sample, process::output where = process::output::to_pipe) {
    const auto result = process::run(with({"--from", sample.from, sample.path}), {}, where);
    CHECK(result.status == 0);
    CHECK(result.err == "");
    return result.out;
}

std::string plain_of(const std::string& from, const std::string& bytes) {
    return process::run(with({"--from", from}), bytes).out;
}

bool holds(const std::string& output, const std::string& word) { return output.find(word) != output.npos; }

// C0, DEL and, as UTF-8, C1: a terminal may obey any of them.
bool has_control(std::string_view output) {
    for (std::size_t i = 0; i < output.size(); ++i) {
        const auto byte = static_cast<unsigned char>(output[i]);
        const bool is_c1 = byte == 0xC2 && i + 1 < output.size() && static_cast<unsigned char>(output[i + 1]) < 0xA0;
        if ((byte < 0x20 && byte != '\n') || byte == 0x7F || is_c1) return true;
    }
    return false;
}

// Takes ESC [ digits and semicolons m away.
std::string without_colours(const std::string& output) {
    std::string rest = output;
    for (std::size_t at = 0; (at = rest.find("\x1b[", at)) != rest.npos;) {
        const std::size_t end = rest.find_first_not_of("0123456789;", at + 2);
        if (end != rest.npos && rest[end] == 'm')
            rest.erase(at, end + 1 - at);
        else
            at += 2;
    }
    return rest;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    return at == text.npos ? text : text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("each message is one line, whatever bytes are in it") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        const std::string output = plain(sample);
        const auto lines = lines_of(output);
        std::size_t messages = 0;
        for (const auto& object : sample.golden) messages += object["kind"] != "blank" ? 1u : 0u;
        const bool is_one_each = lines.size() == messages || lines.size() == sample.golden.size();
        CHECK(is_one_each);
        for (const auto line : lines) CHECK(!line.empty());
    }
}

TEST_CASE("the lines are aligned: names stand below each other") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        const std::string output = plain(sample);
        std::size_t column = std::string::npos;
        std::size_t object = 0;
        for (const auto line : lines_of(output)) {
            if (lines_of(output).size() < sample.golden.size())
                while (sample.golden[object]["kind"] == "blank") ++object;
            const json& golden = sample.golden[object++];
            if (!golden.contains("name")) continue;
            const std::size_t found = line.find(golden["name"].get<std::string>());
            if (found == line.npos) continue;  // of which the goldens tell
            CAPTURE(std::string{line});
            if (column == std::string::npos) column = found;
            CHECK(found == column);
        }
        const bool has_names = column != std::string::npos;
        CHECK(has_names);
    }
}

TEST_CASE("a pipe gets no escape codes and no control bytes, although a payload holds them") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        CHECK_FALSE(has_control(plain(sample)));
    }
}

TEST_CASE("what a terminal may obey is escaped wherever it stands, and other UTF-8 is not") {
    const std::string bytes = "\u009B2J\x7F\u0080\u00E9";
    for (const std::string& text : {bytes, "+MQTTSTAT: " + bytes, "+MQTTSUBACK: 1,1," + bytes,
                                    "+MQTTPUBLISH: 0,0,0,0,\"" + bytes + "\",10," + bytes,
                                    "AT+MQTTSUB=\"" + bytes + "\",1", "AT+MQTTPUB=\"t\",0,0,0,10\r" + bytes}) {
        CAPTURE(text);
        for (const std::string from : {"modem", "host"})
            for (const std::string end : {"", "\r\n"}) CHECK_FALSE(has_control(plain_of(from, text + end)));
    }
    CHECK(holds(plain_of("modem", bytes + "\r\n"), "\"\\u009b2J\\u007f\\u0080\u00E9\""));
}
TEST_CASE("nor does it stand in JSON, where it is the same string") {
    const std::string bytes = "\u009B2J\x7F\u0080\u00E9";
    for (const std::string& text : {bytes, "+MQTTPUBLISH: 0,0,0,0,\"" + bytes + "\",9," + bytes}) {
        CAPTURE(text);
        const std::string input = text + "\r\n";
        const std::string shown = printed(as_objects("modem"), {input});
        CHECK_FALSE(has_control(shown));
        const json object = object_in(lines_of(shown).front());
        CHECK((object.contains("text") ? object["text"] : object["mesg"]) == bytes);
    }
}

TEST_CASE("a terminal gets the same lines in colours, and no control bytes of a payload") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        const std::string coloured = plain(sample, process::output::to_terminal);
        CHECK(holds(coloured, "\x1b["));
        CHECK(without_colours(coloured) == plain(sample));
        CHECK_FALSE(has_control(without_colours(coloured)));
    }
}

TEST_CASE("--json is the same on a terminal as in a pipe") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        const auto arguments = as_json(sample.from, {sample.path});
        CHECK(process::run(arguments, {}, process::output::to_terminal).out == process::run(arguments).out);
    }
}

TEST_CASE("codes are shown with their meaning") {
    CHECK(holds(plain_of("modem", "+CME ERROR: 614\r\n"), "614"));
    CHECK(holds(plain_of("modem", "+CME ERROR: 614\r\n"), "password"));
    CHECK(holds(plain_of("modem", "+CME ERROR: 600\r\n"), "network"));
    CHECK(holds(plain_of("modem", "+CME ERROR: 606\r\n"), "subscribed"));
    CHECK(holds(plain_of("modem", "+MQTTSTAT: 0\r\n"), "not connected"));
    CHECK(holds(plain_of("modem", "+MQTTSTAT: 1\r\n"), "connected"));
    CHECK(holds(plain_of("modem", "+MQTTTO:5\r\n"), "ping"));
}

TEST_CASE("a code that the manual does not have is shown as a number") {
    CHECK(holds(plain_of("modem", "+CME ERROR: 999\r\n"), "999"));
    CHECK(holds(plain_of("modem", "+MQTTSTAT: 9\r\n"), "9"));
}

TEST_CASE("fields are shown, topics and payloads among them") {
    const std::string message = plain_of("modem", "+MQTTPUBLISH: 0,2,0,77,\"dev/gsm/u\",5,hello\r\n");
    CHECK(holds(message, "77"));
    CHECK(holds(message, "dev/gsm/u"));
    CHECK(holds(message, "hello"));
    const std::string command = plain_of("host", "AT+MQTTSUB=\"dev/gsm/u\",2\r");
    CHECK(holds(command, "MQTTSUB"));
    CHECK(holds(command, "dev/gsm/u"));
    CHECK(holds(plain_of("modem", "some text\r\n"), "some text"));
}

TEST_CASE("what is wrong can be seen in plain output") {
    const std::string good = plain_of("modem", "+MQTTPUBLISH: 0,0,0,0,\"t\",4,abcd\r\n");
    const std::string wrong = plain_of("modem", "+MQTTPUBLISH: 0,0,0,0,\"t\",4,abc\r\n");
    const auto fields = [](const std::string& line) { return line.substr(line.find("MQTTPUBLISH")); };
    CHECK(fields(wrong) != replaced(fields(good), "abcd", "abc"));
    CHECK(holds(plain_of("modem", "+MQTTSTAT: x\r\n"), "malformed"));
    CHECK(holds(plain_of("modem", std::string(5000, 'a') + "\r\n"), "overlong"));
    CHECK(holds(plain_of("modem", "+MQTTST"), "partial"));
}
