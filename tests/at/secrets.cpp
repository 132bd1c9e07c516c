// What must not be shown of a line: by how it looks without that.
// SPDX-License-Identifier: MIT
#include <atmqtt.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace atmqtt;

namespace {

/// The line with `***` for what must not be shown.
std::string shown(std::string_view line) {
    const span_of_line secret = secret_in(line);
    REQUIRE(secret.at <= line.size());
    REQUIRE(secret.size <= line.size() - secret.at);
    if (secret.size == 0) return std::string(line);
    return std::string(line.substr(0, secret.at)) + "***" + std::string(line.substr(secret.at + secret.size));
}

}  // namespace

TEST_CASE("the password of a configuration, wherever that stands and in whatever case") {
    CHECK(shown(R"(AT+MQTTCFG="h",1883,"i",60,"u","pass",1)") == R"(AT+MQTTCFG="h",1883,"i",60,"u",***,1)");
    CHECK(shown(R"(at+mqttcfg="h",1883,"i",60,"u","pass",1)") == R"(at+mqttcfg="h",1883,"i",60,"u",***,1)");
    CHECK(shown(R"(+MQTTCFG: "h",1883,"i",60,"u","pass",1)") == R"(+MQTTCFG: "h",1883,"i",60,"u",***,1)");
    CHECK(shown(R"(AT;+MQTTCFG="h",1883,"i",60,"u","pass",1)") == R"(AT;+MQTTCFG="h",1883,"i",60,"u",***,1)");
    CHECK(shown(R"(AT+MQTTCFG="h",1883,"i",60,"u","pa\"ss",1)") == R"(AT+MQTTCFG="h",1883,"i",60,"u",***,1)");
    CHECK(shown(R"(AT+MQTTCFG="h",1883,"i",60,"u","a,b",1)") == R"(AT+MQTTCFG="h",1883,"i",60,"u",***,1)");
    CHECK(shown(R"(AT+MQTTCFG="h",1883,"i",60,"u","",1)") == R"(AT+MQTTCFG="h",1883,"i",60,"u",***,1)");
}

TEST_CASE("the password is hidden in what is left of a configuration, too, from the first letter of its name on") {
    CHECK(shown(R"(MQTTCFG="h",1883,"i",60,"u","pass",1)") == R"(MQTTCFG="h",1883,"i",60,"u",***,1)");
    CHECK(shown(R"(XMQTTCFG="h",1883,"i",60,"u","pass",1)") == R"(XMQTTCFG="h",1883,"i",60,"u",***,1)");
}

TEST_CASE("where it ends, or might, all behind it is hidden too") {
    CHECK(shown(R"(AT+MQTTCFG="h",1883,"i",60,"u","pass")") == R"(AT+MQTTCFG="h",1883,"i",60,"u",***)");
    CHECK(shown(R"(AT+MQTTCFG="h",1883,"i",60,"u","pa)") == R"(AT+MQTTCFG="h",1883,"i",60,"u",***)");
    CHECK(shown(R"(AT+MQTTCFG="h",1883,"i",60,"u","pa"ss",1)") == R"(AT+MQTTCFG="h",1883,"i",60,"u",***)");
    CHECK(shown(R"(AT+MQTTCFG="h",1883,"i",60,"u" ,"pass",1)") == R"(AT+MQTTCFG="h",1883,"i",60,"u"***)");
    CHECK(shown(R"(AT+MQTTCFG="h",1883,"i",60,"u",pass,1)") == R"(AT+MQTTCFG="h",1883,"i",60,"u",***)");
}

TEST_CASE("where it cannot be told, all behind the head is hidden") {
    for (const char* const parameters :
         {R"(h,1883,"i",60,"u","pass",1)", R"("h",x,"i",60,"u","pass",1)", R"("h",1883,i,60,"u","pass",1)",
          R"("h",1883,"i",,"u","pass",1)", R"("h",1883,"i",60,u,"pass",1)", R"( "h",1883,"i",60,"u","pass",1)",
          R"("h",1883,"i","pass",1)", R"(AT+MQTTCFG="h",1883,"i",60,"u","pass")", "?"}) {
        CAPTURE(std::string(parameters));
        CHECK(shown("AT+MQTTCFG=" + std::string(parameters)) == "AT+MQTTCFG=***");
    }
    CHECK(shown(R"(AT+MQTTCFG"h",1883,"i",60,"u","pass",1)") == "AT+MQTTCFG***");
    CHECK(shown("AT+MQTTCFG?pass") == "AT+MQTTCFG***");
}

TEST_CASE("a command behind a BACKSPACE") {
    CHECK(shown("AT+MQTTCFH\b=\"h\",1883") == "AT+MQTTCFH***");
    CHECK(shown("\bAT+MQX\bTTCFG=\"h\",1883") == "***");
    CHECK(shown("A\bAT+MQX\bTTCFG=\"h\",1883") == "A***");
}

TEST_CASE("what has no password is shown") {
    for (const char* const line : {"", "OK", "AT", "AT+MQTTCFG", "AT+MQTTCFG ", "AT+MQTTCFG?", "AT+MQTTCFG?;+CSQ",
                                   "AT+MQTTDELCFG", R"(AT+MQTTPUB="t",0,0,0,"m")", "+MQTTCF", "M"}) {
        CAPTURE(std::string(line));
        CHECK(shown(line) == line);
    }
}
