// at/head.hpp: how commands and lines are told apart by what they begin with.
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <string>
#include <string_view>

using namespace rows;

TEST_CASE("AT-40: a command is read in upper, lower and mixed case, and its texts keep theirs") {  // wire.md 1
    check_reads(parse_command("at+mqttstat?"), command{query_state{}});
    check_reads(parse_command("At+MqttStat?"), command{query_state{}});
    check_reads(parse_command("AT+mqttSUB=\"Dev/u\",2"), command{subscribe{"Dev/u", qos::exactly_once}});
    check_reads(parse_command("at+MQTTdisc"), command{disconnect{}});
    check_reads(parse_command("aT+mqttpub=\"T\",0,0,0,5"),
                command{publish_counted{"T", qos::at_most_once, false, false, 5}});
}

TEST_CASE("AT-40: blanks anywhere in the head of a command are skipped") {  // wire.md 1; the boxes of 2.3.2-2.3.9
    for (const std::string_view wire : {"AT+ MQTTSTAT?", "AT +MQTTSTAT?", "A T+MQTTSTAT?", "AT+M QTTSTAT?",
                                        "AT+MQTT STAT?", "AT+MQTTST AT?", "AT+MQTTSTAT ?", "AT  +  MQTT  STAT  ?"}) {
        CAPTURE(wire);
        check_reads(parse_command(wire), command{query_state{}});
    }
}

TEST_CASE("blanks anywhere in the head of a line are skipped") {  // 2.3.5, 2.3.9, 2.4.1
    for (const std::string_view wire : {"+MQTT PUBREL: 0,1", "+ MQTTPUBREL: 0,1", "+ MQTT PUBREL: 0,1",
                                        "+MQTTPUB REL: 0,1", "+MQTTPUBREL : 0,1", "+M QTTPUBREL:0,1"}) {
        CAPTURE(wire);
        check_reads(parse_line(wire), line{pubrel{false, 1}});
    }
}

TEST_CASE("what is no command of MQTT is told from a form that the command does not have") {
    const refusal table[] = {
        {"", errc::unknown_head, param::none, 0},
        {"A", errc::unknown_head, param::none, 0},
        {"AT", errc::unknown_head, param::none, 0},
        {"ATE0", errc::unknown_head, param::none, 0},
        {"AT+CMEE=1", errc::unknown_head, param::none, 0},
        {"AT+CREG?", errc::unknown_head, param::none, 0},
        {"AT+MQTT", errc::unknown_head, param::none, 0},
        {"AT+MQTT=", errc::unknown_head, param::none, 0},
        {"AT+MQTTX", errc::unknown_head, param::none, 0},
        {"AT+MQTTSUBX=\"a\",1", errc::unknown_head, param::none, 0},
        {"AT+MQTTSU=\"a\",1", errc::unknown_head, param::none, 0},
        {"AT+MQTTSUBACK=1", errc::unknown_head, param::none, 0},
        {"AT+MQTTCONN=0,\"host\",1883,\"id\"", errc::unknown_head, param::none, 0},  // field-notes 4: another language
        {"AT+MQTTUNSUBSCRIBE=\"a\"", errc::unknown_head, param::none, 0},
        {"XAT+MQTTSTAT?", errc::unknown_head, param::none, 0},
        {"A{+MQTTSTAT?", errc::unknown_head, param::none, 0},
        {"+MQTTSTAT?", errc::unknown_head, param::none, 0},
        {"+MQTTSTAT: 1", errc::unknown_head, param::none, 0},
        {"MQTTSTAT?", errc::unknown_head, param::none, 0},
        {"//AT+MQTTSTAT?", errc::unknown_head, param::none, 0},
        {"AT+MQTTSTAT", errc::unknown_form, param::none, 11},
        {"AT+MQTTSTAT\r", errc::unknown_form, param::none, 11},
        {"AT+MQTTSTAT=1", errc::unknown_form, param::none, 11},
        {"AT+MQTTCFG", errc::unknown_form, param::none, 10},
        {"AT+MQTTOPEN?", errc::unknown_form, param::none, 11},
        {"AT+MQTTOPEN", errc::unknown_form, param::none, 11},
        {"AT+MQTTSUB", errc::unknown_form, param::none, 10},
        {"AT+MQTTSUB:\"a\",1", errc::unknown_form, param::none, 10},
        {"AT+MQTTUNSUB?", errc::unknown_form, param::none, 12},
        {"AT+MQTTPUB?", errc::unknown_form, param::none, 10},
        {"AT+MQTTDISC?", errc::unknown_form, param::none, 11},
        {"AT+MQTTDISC=1", errc::unknown_form, param::none, 11},
        {"AT+MQTTPING", errc::unknown_form, param::none, 11},
        {"AT+MQTTREC", errc::unknown_form, param::none, 10},
        {"AT+MQTTTO", errc::unknown_form, param::none, 9},
        {"AT+MQTTDEL?", errc::unknown_form, param::none, 10},
        {"AT+MQTTDEL=1", errc::unknown_form, param::none, 10},
    };
    check_refused([](std::string_view wire) { return parse_command(wire); }, table);
}

TEST_CASE("AT-28: what is no line of the manual is text, not malformed") {
    for (const std::string_view wire : {
             "",
             " ",
             ":",
             ",,,,",
             "+",
             "+:",
             "=",
             "O",
             "OKAY",
             "ok",
             "OK:",
             "OK?",
             "OK 1",
             "O K",
             "NOT OK",
             "ERRORS",
             "ERROR:",
             "Error",
             "+OK",
             "+ERROR",
             "CME ERROR: 605",
             "+CMS ERROR: 500",
             "+CME: 605",
             "+CME ERRORS: 605",
             "+cme error: 605",
             "+MQTT",
             "+MQTT:",
             "+MQTTFOO: 1",
             "+MQTTSTAT",
             "+MQTTSTAT 1",
             "+MQTTSTAT=1",
             "+MQTTOPEN",
             "+MQTTPINGRSP",
             "+MQTT PINGRSP",
             "+MQTTPUBLISHED: 1",
             "+MQTTUNSUBACKS:8,a",
             "+mqttstat: 1",
             "MQTTSTAT: 1",
             " +MQTTSTATE: 1",
             "AT+MQTTSTAT?",
             "AT",
             "> ",
             "+CREG: 1",
             "*ATREADY: 1",
             "REBOOT_",
             "MODULE_READY",
             "+MQTTURC: \"conn\",0,0",
             "dev/gsm/u",
             "\xFF\xFE",
             "\xE2\x80\x9D",
         }) {
        CAPTURE(wire);
        CHECK(shown(parse_line(wire).why()) == shown({errc::unknown_head, param::none, 0}));
    }
}

TEST_CASE("a NUL or a byte above 127 in a head makes it text") {
    const std::string_view lines[] = {
        {"OK\0", 3}, {"\0OK", 3}, {"+MQTT\0STAT: 1", 13}, "+MQTTST\xC1T: 1", "+MQTTSTA\xD4: 1"};
    for (const auto wire : lines) CHECK(parse_line(wire).why().code == errc::unknown_head);
    CHECK(parse_command("AT+MQTTST\xC1T?").why().code == errc::unknown_head);
    CHECK(parse_command({"AT+MQTT\0STAT?", 13}).why().code == errc::unknown_head);
}

TEST_CASE("no head but the manual's is taken for one of them, whatever single letter changes") {
    const std::string_view heads[] = {"OK",        "ERROR",      "+MQTTSTAT:1",  "+MQTTSUB:",       "+MQTTPING:1",
                                      "+MQTTTO:1", "+MQTTREC:1", "+MQTTDISC:OK", "+MQTTPUBREL:0,1", "+MQTTPUBREC:0,1",
                                      "+CME ERROR"};
    unsigned tried = 0;
    for (const auto head : heads) {
        const std::string_view name = first(head, head.find(':'));
        for (std::size_t i = 0; i < name.size(); ++i) {
            for (char letter = 'A'; letter <= 'Z'; ++letter) {
                std::string changed{head};
                changed[i] = letter;
                if (changed == head) continue;
                const bool another = begins_with(changed, "+MQTTPUBREL:") || begins_with(changed, "+MQTTPUBREC:");
                CAPTURE(changed);
                if (parse_line(changed).why().code != (another ? errc::none : errc::unknown_head))
                    FAIL_CHECK("misread");
                ++tried;
            }
        }
    }
    CHECK(tried > 2000);
}

TEST_CASE("a head is known by all of its letters: with others before, behind or between them it is another") {
    for (const std::string_view wire : {"+MQTTXUNSUBACK: 1,t", "+MQTTAAUNSUBACK: 1,t", "+MQTTUNSUBACKX: 1,t",
                                        "+MQTTUNSUBXACK: 1,t", "+MQTTABCDEFGHIPUBACK: 0,1", "XOK", "OKX"}) {
        CAPTURE(wire);
        CHECK(parse_line(wire).why().code == errc::unknown_head);
    }
    CHECK(parse_command("AT+MQTTXXXXXXXXSTAT?").why().code == errc::unknown_head);
    CHECK(parse_command("AT+MQTTXSTAT?").why().code == errc::unknown_head);
}

TEST_CASE("a line with blanks in its head is read as the answer to a ping where that alone is tolerated") {
    tolerances may = tolerances::none();
    may.ping_heading = true;
    CHECK(parse_line("+MQTT PINGRSP OK", may));
    CHECK(parse_line("+MQTT PUBREL: 0,1", may).why().code == errc::unknown_head);
    for (const std::string_view wire : {"+MQTT PINGRSP OK", "+ MQTTPINGRSP OK", "+ MQTTOPEN: OK"}) {
        CAPTURE(wire);
        CHECK(parse_line(wire, tolerances::none()).why().code == errc::unknown_head);
    }
}
