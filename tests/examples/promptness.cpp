// An object is there as soon as its last byte is, with the input still open.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>

using namespace decode;

namespace {

/// The next object, or an empty one if none comes.
json next_object(process::child& one) {
    try {
        const process::deadline until{std::chrono::seconds{5}};
        return object_in(one.line(until).value_or("{}"));
    } catch (const process::too_late&) {
        return json::object();
    }
}

/// Writes one message and reads its object, before anything else is written.
json object_of(process::child& one, std::string_view bytes) {
    one.write(bytes);
    return next_object(one);
}

}  // namespace

TEST_CASE("the object of a message is printed before the next byte is needed") {
    process::child one{as_json("modem")};
    CHECK(object_of(one, "\r\n")["kind"] == "blank");
    CHECK(object_of(one, "+MQTTSTAT: 1\r\n")["stat"] == 1);
    CHECK(object_of(one, "> ")["kind"] == "prompt");
    CHECK(object_of(one, "\r\n")["kind"] == "blank");
    CHECK(object_of(one, "+MQTTPUBLISH: 0,0,0,0,\"t\",4,\r\n\r\n\r\n")["mesg"] == "\r\n\r\n");
    CHECK(object_of(one, "+MQTTPUBLISH:0,0,0,0,t,0,\r\n")["mesg"] == "");
    CHECK(object_of(one, "OK\n")["name"] == "OK");
    CHECK(object_of(one, "\n")["kind"] == "blank");
    CHECK(object_of(one, "+CME ERROR: 605\r\n")["err"] == 605);
    CHECK(object_of(one, "text\r\n")["text"] == "text");
    CHECK(object_of(one, "+MQTTSTAT: x\r\n")["kind"] == "malformed");
    CHECK(object_of(one, std::string(5000, 'a') + "\r\n")["kind"] == "overlong");
    CHECK(one.finish() == 0);
}

TEST_CASE("AT-21: a length that nobody prints keeps nothing back") {
    process::child one{as_json("modem")};
    const json object = object_of(one, "+MQTTPUBLISH:0,0,0,0,a,4294967295,1,x\r\n");
    CHECK(object["mesg"] == "1,x");
    CHECK(object["mismatch"] == true);
    CHECK(object_of(one, "OK\r\n")["name"] == "OK");
    CHECK(one.finish() == 0);
}

TEST_CASE("a command's object is printed before the next byte is needed, but for an LF behind its CR") {
    process::child one{as_json("host")};
    CHECK(object_of(one, "AT+MQTTSTAT?\r\n")["op"] == "query");
    CHECK(object_of(one, "AT\n")["text"] == "AT");
    one.write("AT+MQTTPUB=\"t\",0,0,0,5\r");
    CHECK(object_of(one, "h")["length"] == 5);
    CHECK(object_of(one, "ello")["data"] == "hello");
    CHECK(object_of(one, "AT+MQTTPUB=\"t\",0,0,0,1\r\n")["length"] == 1);
    CHECK(object_of(one, "\n")["data"] == "\n");
    CHECK(object_of(one, "AT+MQTTDISC=1\r\n")["kind"] == "malformed");
    CHECK(one.finish() == 0);
}

TEST_CASE("a line ended by CR alone waits for one byte more, and no longer") {
    for (const auto* from : {"modem", "host"}) {
        process::child one{as_json(from)};
        one.write("AT\r");
        const json first = object_of(one, "A");
        CHECK(first["text"] == "AT");
        CHECK(first["size"] == 3);
        one.write("T\r");
        CHECK(object_of(one, "\r")["text"] == "AT");
        CHECK(object_of(one, "x")["kind"] == "blank");
        CHECK(one.finish() == 0);
    }
}

TEST_CASE("plain lines, too, are printed before the next byte is needed") {
    process::child one{with({})};
    one.write("+MQTTSTAT: 1\r\n");
    CHECK(one.line().value_or("").find("MQTTSTAT") != std::string::npos);
    one.write("+MQTTDISC: OK\r\n");
    CHECK(one.line().value_or("").find("MQTTDISC") != std::string::npos);
    CHECK(one.finish() == 0);
}

namespace {

class temporary_folder {
public:
    temporary_folder() : path_((std::filesystem::temp_directory_path() / "atmqtt-decode-XXXXXX").string()) {
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace

TEST_CASE("a FIFO given as FILE is read while it is open") {
    const temporary_folder folder;
    const std::string path = folder.path() + "/fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    process::descriptor fifo{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
    process::child one{as_json("modem", {path})};
    for (int stat = 0; stat < 5; ++stat) {
        const std::string line = "+MQTTSTAT: " + std::to_string(stat) + "\r\n";
        REQUIRE(::write(fifo.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()));
        CHECK(next_object(one).value("stat", -1) == stat);
    }
    fifo.close();
    CHECK(one.finish() == 0);
}

namespace {

bool is_ended_by_cr_alone(const capture& sample, const json& object) {
    const std::string_view bytes = bytes_of(sample, object);
    return object["kind"] != "data" && bytes.back() == '\r';
}
bool is_prompt_without_blank(const json& object) { return object["kind"] == "prompt" && object["size"] == 1; }

// The first byte that tells where the object ends; its own last one, as a rule.
std::size_t known_at(const capture& sample, const json& object) {
    if (is_ended_by_cr_alone(sample, object) || is_prompt_without_blank(object)) return end_of(object) + 1;
    if (object.contains("mismatch")) return std::max(end_of(object), end_of_count(object) + 2);
    const std::string_view bytes = bytes_of(sample, object);
    const bool has_open_topic = object["kind"] == "malformed" && object["name"] == "MQTTPUBLISH" &&
                                std::count(bytes.begin(), bytes.end(), '"') % 2 == 1;
    return has_open_topic ? sample.bytes.size() + 1 : end_of(object);
}

}  // namespace

TEST_CASE("of every capture each object is printed as soon as it is complete") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        process::child one{as_json(sample.from)};
        std::size_t written = 0;
        for (const auto& object : sample.golden) {
            CAPTURE(object);
            const std::size_t known = known_at(sample, object);
            if (known > sample.bytes.size() || object["kind"] == "partial") break;
            if (known > written) one.write(std::string_view{sample.bytes}.substr(written, known - written));
            written = std::max(written, known);
            json found = next_object(one);
            REQUIRE_FALSE(found.empty());
            CHECK(found["at"] == object["at"]);
            CHECK(found["size"] == object["size"]);
            CHECK(found["kind"] == object["kind"]);
        }
        CHECK(one.finish() == 0);
    }
}
