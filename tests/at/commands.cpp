// at/commands.hpp: every command form as a row that is run both ways, and what is refused at reading.  [2.1, 2.3, 3.3]
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <set>
#include <string>
#include <string_view>

using namespace rows;

namespace {

struct row {
    command m;
    std::string_view wire;
};

/// Values differ from member to member, so that no two can change places.
const row table[] = {
    // 2.3.1: 9 parameters, and 7
    {configure{"183.230.40.39", 6002, "532337966", 60, "246883", "VACC79esEWuVK5j73b3cqWzrD7U=", false},
     R"(AT+MQTTCFG="183.230.40.39",6002,"532337966",60,"246883","VACC79esEWuVK5j73b3cqWzrD7U=",0,"",0)"},
    {configure{"host", 8883, "id", 0, "user", "passwd", true, false, "2018-10-31", true},
     R"(AT+MQTTCFG="host",8883,"id",0,"user","passwd",1,"2018-10-31",1)"},
    {configure{"host", 1, "id", 65535, "user", "passwd", true, false, "any", false},
     R"(AT+MQTTCFG="host",1,"id",65535,"user","passwd",1,"any",0)"},
    {configure{"h", 65535, "", 1, "", "", false}, R"(AT+MQTTCFG="h",65535,"",1,"","",0,"",0)"},
    {configure{"183.230.40.39", 6002, "4069959", 10, "75829", "IIOu0oFUg1guk20ornTK1uzAcnM=", true, true},
     R"(AT+MQTTCFG="183.230.40.39",6002,"4069959",10,"75829","IIOu0oFUg1guk20ornTK1uzAcnM=",1)"},
    {configure{"h", 1883, "a,b|c=d", 60, "u;v", "version=2018-10-31&res=a%2Fb&sign=x%3D,1", false, true},
     R"(AT+MQTTCFG="h",1883,"a,b|c=d",60,"u;v","version=2018-10-31&res=a%2Fb&sign=x%3D,1",0)"},  // field-notes 4
    {query_configuration{}, "AT+MQTTCFG?"},
    // 2.3.2
    {open{}, R"(AT+MQTTOPEN=1,1,0,0,0,"","")"},
    {open{true, true, true, true, qos::at_least_once, "mywill", "001bye"},
     R"(AT+MQTTOPEN=1,1,1,1,1,"mywill","001bye")"},
    {open{true, false, false, false, qos::at_most_once, "", ""}, R"(AT+MQTTOPEN=1,0,0,0,0,"","")"},
    {open{false, true, false, false, qos::at_most_once, "", ""}, R"(AT+MQTTOPEN=0,1,0,0,0,"","")"},
    {open{false, false, true, false, qos::exactly_once, "t", ""}, R"(AT+MQTTOPEN=0,0,1,0,2,"t","")"},
    {open{false, false, false, true, qos::at_most_once, "", "m"}, R"(AT+MQTTOPEN=0,0,0,1,0,"","m")"},
    {open{false, false, true, false, qos::at_most_once, "t", R"({"gone":1})"},
     R"(AT+MQTTOPEN=0,0,1,0,0,"t","{\"gone\":1}")"},
    // 2.3.3
    {query_state{}, "AT+MQTTSTAT?"},
    // 2.3.4
    {subscribe{"dev/gsm/u", qos::exactly_once}, R"(AT+MQTTSUB="dev/gsm/u",2)"},
    {subscribe{"pyr", qos::at_least_once}, R"(AT+MQTTSUB="pyr",1)"},
    {subscribe{"+/a/#", qos::at_most_once}, R"(AT+MQTTSUB="+/a/#",0)"},
    {query_subscriptions{}, "AT+MQTTSUB?"},
    // 2.3.5
    {unsubscribe{"test"}, R"(AT+MQTTUNSUB="test")"},
    {unsubscribe{"a,b;c"}, R"(AT+MQTTUNSUB="a,b;c")"},
    // 2.3.6: the message itself
    {publish{"dev/gsm/u", qos::exactly_once, false, false, "update message"},
     R"(AT+MQTTPUB="dev/gsm/u",2,0,0,"update message")"},
    {publish{"t", qos::at_most_once, true, false, "kept"}, R"(AT+MQTTPUB="t",0,1,0,"kept")"},
    {publish{"t", qos::at_least_once, false, true, "again"}, R"(AT+MQTTPUB="t",1,0,1,"again")"},
    {publish{"t", qos::at_most_once, false, false, R"({"a":"b,c;d"})"}, R"(AT+MQTTPUB="t",0,0,0,"{\"a\":\"b,c;d\"}")"},
    {publish{"t", qos::at_most_once, false, false, R"(")"}, R"(AT+MQTTPUB="t",0,0,0,"\"")"},
    {publish{"t", qos::at_most_once, false, false, R"("")"}, R"(AT+MQTTPUB="t",0,0,0,"\"\"")"},
    {publish{"t", qos::at_most_once, false, false, " "}, R"(AT+MQTTPUB="t",0,0,0," ")"},
    {publish{"\xC3\xA9", qos::at_most_once, false, false, "\x01\x7F\xFF"},
     "AT+MQTTPUB=\"\xC3\xA9\",0,0,0,\"\x01\x7F\xFF\""},
    // 2.3.6: its length
    {publish_counted{"t", qos::at_most_once, false, false, 0}, R"(AT+MQTTPUB="t",0,0,0,0)"},
    {publish_counted{"t", qos::exactly_once, true, false, 23}, R"(AT+MQTTPUB="t",2,1,0,23)"},
    {publish_counted{"t", qos::at_least_once, false, true, 1024}, R"(AT+MQTTPUB="t",1,0,1,1024)"},
    {publish_counted{"t", qos::at_least_once, false, false, 4294967295}, R"(AT+MQTTPUB="t",1,0,0,4294967295)"},
    // 2.3.7
    {disconnect{}, "AT+MQTTDISC"},
    // 2.3.8
    {set_ping_echo{true}, "AT+MQTTPING=1"},
    {set_ping_echo{false}, "AT+MQTTPING=0"},
    {query_ping_echo{}, "AT+MQTTPING?"},
    // 2.3.9
    {set_reconnect{true}, "AT+MQTTREC=1"},
    {set_reconnect{false}, "AT+MQTTREC=0"},
    {query_reconnect{}, "AT+MQTTREC?"},
    // 2.3.10
    {set_timeout{}, "AT+MQTTTO=10"},  // "by default 10 s"
    {set_timeout{1}, "AT+MQTTTO=1"},
    {set_timeout{65535}, "AT+MQTTTO=65535"},
    {query_timeout{}, "AT+MQTTTO?"},
    // 3.3
    {delete_configuration{}, "AT+MQTTDEL"},
};

constexpr auto parse_usual = [](std::string_view wire) { return parse_command(wire); };

}  // namespace

TEST_CASE("every command is formatted as the manual has it, and parsed again as the same") {
    std::set<std::size_t> kinds;
    for (const auto& [m, wire] : table) {
        check_both_ways(m, wire);
        kinds.insert(m.index());
    }
    CHECK(kinds.size() == std::variant_size_v<command>);
}

TEST_CASE("the canonical form of every command is read without any tolerance") {
    for (const auto& row : table) {
        CAPTURE(row.wire);
        check_reads(parse_command(row.wire, tolerances::none()), row.m);
        check_reads(parse_command(row.wire, tolerances::all()), row.m);
    }
}

TEST_CASE("a command fits its length exactly, and in any less room it fails without a byte past the end") {
    for (const auto& row : table) {
        CAPTURE(row.wire);
        CHECK(respects_every_size(row.m, std::string{row.wire} + "\r"));
    }
}

TEST_CASE("a command is read with CR, with CR LF, with LF and without a line end") {
    for (const auto& row : table) {
        for (const std::string_view end : {"", "\r", "\r\n", "\n"}) {
            CAPTURE(row.wire);
            check_reads(parse_command(std::string{row.wire}.append(end)), row.m);
        }
    }
}

TEST_CASE("AT-04: a message of digits in quotes is a message, and the same digits without quotes are a length") {
    check_both_ways(publish{"t", qos::at_least_once, false, false, "1890"}, R"(AT+MQTTPUB="t",1,0,0,"1890")");
    check_both_ways(publish_counted{"t", qos::at_least_once, false, false, 1890}, R"(AT+MQTTPUB="t",1,0,0,1890)");
    check_both_ways(publish{"t", qos::at_most_once, false, false, "0"}, R"(AT+MQTTPUB="t",0,0,0,"0")");
}

TEST_CASE("AT-04: an empty message is an empty message, not the length 0") {
    check_both_ways(publish{"t", qos::at_most_once, false, false, ""}, R"(AT+MQTTPUB="t",0,0,0,"")");
    check_both_ways(publish_counted{"t", qos::at_most_once, false, false, 0}, R"(AT+MQTTPUB="t",0,0,0,0)");
}

TEST_CASE("AT-04: blanks before a length are none of it, and commas in quotes are none before it") {
    tolerances may = usual_tolerances;
    may.curly_quotes = true;
    const command counted = publish_counted{"1,0,0,0", qos::at_least_once, false, false, 5};
    const command literal = publish{"1,0,0,0", qos::at_least_once, false, false, "5"};
    for (const std::string_view topic : {R"("1,0,0,0")", "“1,0,0,0”"}) {
        for (const char* const blanks : {"", " ", "   "}) {
            const std::string wire = "AT+MQTTPUB=" + std::string(topic) + ",1,0,0," + blanks;
            CAPTURE(wire);
            check_reads(parse_command(wire + "5", may), counted);
            check_reads(parse_command(wire + R"("5")", may), literal);
            CHECK(parse_command(wire, may).why().code == errc::missing);
        }
    }
    CHECK(parse_command("AT+MQTTPUB=“1,1,0,0,5", may).why().code == errc::unterminated);
}

TEST_CASE("AT-02: quotes are read in any quoted text of a command") {  // wire.md 5
    const text quoted = R"(a"b)";
    check_reads(parse_command(R"(AT+MQTTSUB="a\"b",1)"), command{subscribe{quoted, qos::at_least_once}});
    check_reads(parse_command(R"(AT+MQTTUNSUB="a\"b")"), command{unsubscribe{quoted}});
    check_reads(parse_command(R"(AT+MQTTOPEN=1,1,1,0,0,"a\"b","a\"b")"),
                command{open{true, true, true, false, qos::at_most_once, quoted, quoted}});
    check_reads(parse_command(R"(AT+MQTTPUB="a\"b",0,0,0,5)"),
                command{publish_counted{quoted, qos::at_most_once, false, false, 5}});
    check_reads(parse_command(R"(AT+MQTTCFG="a\"b",1,"a\"b",0,"a\"b","a\"b",1)"),
                command{configure{quoted, 1, quoted, 0, quoted, quoted, true, true}});
}

TEST_CASE("AT-02: a comma, semicolon, quote or backslash in quotes never ends the text") {
    check_reads(parse_command(R"(AT+MQTTPUB="t",0,0,0,"a\",1;AT+MQTTDEL")"),
                command{publish{"t", qos::at_most_once, false, false, R"(a",1;AT+MQTTDEL)"}});
    check_reads(parse_command(R"(AT+MQTTPUB="t",0,0,0,"C:\dir\r")"),
                command{publish{"t", qos::at_most_once, false, false, R"(C:\dir\r)"}});
    // A backslash right before the closing quote makes it a byte of the text, as the real engine has it (field-notes 3).
    CHECK(shown(parse_command(R"(AT+MQTTPUB="t",0,0,0,"a\")").why()) ==
          shown({errc::unterminated, param::message, 21}));
    CHECK(shown(parse_command(R"(AT+MQTTSUB="a\",1)").why()) == shown({errc::unterminated, param::topic, 11}));
}

TEST_CASE("AT-41: too few parameters, told by the one that is missing") {
    const refusal refused[] = {
        {"AT+MQTTCFG=", errc::missing, param::host, 11},
        {R"(AT+MQTTCFG="h")", errc::missing, param::port, 14},
        {R"(AT+MQTTCFG="h",)", errc::missing, param::port, 15},
        {R"(AT+MQTTCFG="h",1)", errc::missing, param::id, 16},
        {R"(AT+MQTTCFG="h",1,"i")", errc::missing, param::keep_alive, 20},
        {R"(AT+MQTTCFG="h",1,"i",6)", errc::missing, param::user, 22},
        {R"(AT+MQTTCFG="h",1,"i",6,"u")", errc::missing, param::passwd, 26},
        {R"(AT+MQTTCFG="h",1,"i",6,"u","p")", errc::missing, param::clean, 30},
        {R"(AT+MQTTCFG="h",1,"i",6,"u","p",1,)", errc::missing, param::version, 33},
        {"AT+MQTTOPEN=", errc::missing, param::usr_flag, 12},
        {"AT+MQTTOPEN=1", errc::missing, param::pwd_flag, 13},
        {"AT+MQTTOPEN=1,1", errc::missing, param::will_flag, 15},
        {"AT+MQTTOPEN=1,1,0", errc::missing, param::will_retain, 17},
        {"AT+MQTTOPEN=1,1,0,0", errc::missing, param::will_qos, 19},
        {"AT+MQTTOPEN=1,1,0,0,0", errc::missing, param::will_topic, 21},
        {R"(AT+MQTTOPEN=1,1,0,0,0,"")", errc::missing, param::will_mesg, 24},
        {"AT+MQTTSUB=", errc::missing, param::topic, 11},
        {R"(AT+MQTTSUB="a")", errc::missing, param::qos, 14},
        {R"(AT+MQTTSUB="a",)", errc::missing, param::qos, 15},
        {"AT+MQTTUNSUB=", errc::missing, param::topic, 13},
        {"AT+MQTTPUB=", errc::missing, param::topic, 11},
        {R"(AT+MQTTPUB="t")", errc::missing, param::qos, 14},
        {R"(AT+MQTTPUB="t",0)", errc::missing, param::retain, 16},
        {R"(AT+MQTTPUB="t",0,0)", errc::missing, param::dup, 18},
        {"AT+MQTTPING=", errc::missing, param::rsp_echo, 12},
        {"AT+MQTTREC=", errc::missing, param::recon, 11},
        {"AT+MQTTTO=", errc::missing, param::timeout, 10},
    };
    check_refused(parse_usual, refused);
    // Whether a message or a length is missing cannot be told.
    CHECK(parse_command(R"(AT+MQTTPUB="t",0,0,0)").why().code == errc::missing);
    CHECK(parse_command(R"(AT+MQTTPUB="t",0,0,0,)").why().code == errc::missing);
}

TEST_CASE("AT-41: more parameters than the manual has are surplus, from the comma before them") {
    const refusal refused[] = {
        {R"(AT+MQTTCFG="h",1,"i",6,"u","p",1,"v",0,1)", errc::surplus, param::none, 38},
        {R"(AT+MQTTOPEN=1,1,0,0,0,"","",0)", errc::surplus, param::none, 27},
        {R"(AT+MQTTSUB="t",0,0)", errc::surplus, param::none, 16},  // field-notes 4: a sister module's
        {R"(AT+MQTTSUB="t",0,)", errc::surplus, param::none, 16},
        {R"(AT+MQTTUNSUB="t",0)", errc::surplus, param::none, 16},  // field-notes 4
        {"AT+MQTTPING=1,1", errc::surplus, param::none, 13},
        {"AT+MQTTREC=1,1", errc::surplus, param::none, 12},
        {"AT+MQTTTO=10,1", errc::surplus, param::none, 12},
    };
    check_refused(parse_usual, refused);
    CHECK_FALSE(parse_command(R"(AT+MQTTPUB="t",0,0,0,"m",1)"));
    CHECK_FALSE(parse_command(R"(AT+MQTTPUB="t",0,0,0,"m","n")"));
    CHECK_FALSE(parse_command(R"(AT+MQTTPUB="t",0,0,0,2,"ab")"));  // a length and a message
    CHECK_FALSE(parse_command(R"(AT+MQTTPUB="t",0,0,0,2,0)"));
}

TEST_CASE("AT-41: a parameter of the wrong type is refused where it stands") {
    const refusal refused[] = {
        {"AT+MQTTCFG=h,1", errc::not_quoted, param::host, 11},
        {"AT+MQTTPUB=\xE2\x82\xAC,0,0,0,\"x\"", errc::not_quoted, param::topic,
         11},  // a euro sign begins as curly quotes do
        {R"(AT+MQTTCFG="h","1")", errc::not_a_number, param::port, 15},
        {R"(AT+MQTTCFG="h",1,2)", errc::not_quoted, param::id, 17},
        {R"(AT+MQTTCFG="h",1,"i",x)", errc::not_a_number, param::keep_alive, 21},
        {R"(AT+MQTTCFG="h",1,"i",6,,"p",1)", errc::not_quoted, param::user, 23},
        {R"(AT+MQTTCFG="h",1,"i",6,"u","p","1")", errc::not_a_number, param::clean, 31},
        {R"(AT+MQTTCFG="h",1,"i",6,"u","p",1,0,0)", errc::not_quoted, param::version, 33},
        {R"(AT+MQTTOPEN="1",1,0,0,0,"","")", errc::not_a_number, param::usr_flag, 12},
        {"AT+MQTTOPEN=1,1,0,0,0,0,0", errc::not_quoted, param::will_topic, 22},
        {R"(AT+MQTTOPEN=1,1,0,0,0,"",0)", errc::not_quoted, param::will_mesg, 25},
        {"AT+MQTTSUB=a,1", errc::not_quoted, param::topic, 11},
        {"AT+MQTTSUB='a',1", errc::not_quoted, param::topic, 11},
        {R"(AT+MQTTSUB="a","1")", errc::not_a_number, param::qos, 15},
        {"AT+MQTTUNSUB=test", errc::not_quoted, param::topic, 13},
        {R"(AT+MQTTPUB="t",0,0,0,abc)", errc::not_quoted, param::message, 21},
        {"AT+MQTTPING=on", errc::not_a_number, param::rsp_echo, 12},
        {"AT+MQTTREC=,", errc::not_a_number, param::recon, 11},
        {"AT+MQTTTO=\"10\"", errc::not_a_number, param::timeout, 10},
    };
    check_refused(parse_usual, refused);
}

TEST_CASE("AT-41: a number past its range is refused where it stands") {
    const refusal refused[] = {
        {R"(AT+MQTTCFG="h",0,"i",6,"u","p",1)", errc::out_of_range, param::port, 15},
        {R"(AT+MQTTCFG="h",65536,"i",6,"u","p",1)", errc::out_of_range, param::port, 15},
        {R"(AT+MQTTCFG="h",1,"i",65536,"u","p",1)", errc::out_of_range, param::keep_alive, 21},
        {R"(AT+MQTTCFG="h",1,"i",6,"u","p",2)", errc::out_of_range, param::clean, 31},
        {R"(AT+MQTTCFG="h",1,"i",6,"u","p",1,"v",2)", errc::out_of_range, param::encrypt, 37},
        {R"(AT+MQTTOPEN=2,1,0,0,0,"","")", errc::out_of_range, param::usr_flag, 12},
        {R"(AT+MQTTOPEN=1,2,0,0,0,"","")", errc::out_of_range, param::pwd_flag, 14},
        {R"(AT+MQTTOPEN=1,1,2,0,0,"","")", errc::out_of_range, param::will_flag, 16},
        {R"(AT+MQTTOPEN=1,1,0,2,0,"","")", errc::out_of_range, param::will_retain, 18},
        {R"(AT+MQTTOPEN=1,1,0,0,3,"","")", errc::out_of_range, param::will_qos, 20},
        {R"(AT+MQTTSUB="a",3)", errc::out_of_range, param::qos, 15},
        {R"(AT+MQTTSUB="a",128)", errc::out_of_range, param::qos, 15},
        {R"(AT+MQTTPUB="t",3,0,0,"m")", errc::out_of_range, param::qos, 15},
        {R"(AT+MQTTPUB="t",0,2,0,"m")", errc::out_of_range, param::retain, 17},
        {R"(AT+MQTTPUB="t",0,0,2,5)", errc::out_of_range, param::dup, 19},
        {R"(AT+MQTTPUB="t",0,0,0,4294967296)", errc::out_of_range, param::length, 21},
        {"AT+MQTTPING=2", errc::out_of_range, param::rsp_echo, 12},
        {"AT+MQTTREC=2", errc::out_of_range, param::recon, 11},
        {"AT+MQTTTO=0", errc::out_of_range, param::timeout, 10},
        {"AT+MQTTTO=65536", errc::out_of_range, param::timeout, 10},
    };
    check_refused(parse_usual, refused);
}

TEST_CASE("AT-41: a quote that is never closed is told where it opens") {
    const refusal refused[] = {
        {R"(AT+MQTTCFG="h,1,"i",6,"u","p",1)", errc::unexpected, param::port, 17},  // closed by the next one
        {R"(AT+MQTTCFG="h,1)", errc::unterminated, param::host, 11},
        {R"(AT+MQTTOPEN=1,1,0,0,0,"","a)", errc::unterminated, param::will_mesg, 25},
        {R"(AT+MQTTSUB="a,1)", errc::unterminated, param::topic, 11},
        {R"(AT+MQTTSUB=")", errc::unterminated, param::topic, 11},
        {R"(AT+MQTTUNSUB="test)", errc::unterminated, param::topic, 13},
        {R"(AT+MQTTPUB="t",0,0,0,"m)", errc::unterminated, param::message, 21},
    };
    check_refused(parse_usual, refused);
}

TEST_CASE("AT-41: bytes between a parameter and its comma, or before the end, are unexpected") {
    const refusal refused[] = {
        {R"(AT+MQTTSUB="a"b,1)", errc::unexpected, param::qos, 14},
        {R"(AT+MQTTSUB="a"1)", errc::unexpected, param::qos, 14},
        {R"(AT+MQTTSUB="a",1x)", errc::unexpected, param::none, 16},
        {R"(AT+MQTTSUB="a",1.5)", errc::unexpected, param::none, 16},
        {R"(AT+MQTTPUB="t",0,0,0,"say "hi"")", errc::unexpected, param::none, 27},  // quotes not escaped
        {R"(AT+MQTTUNSUB="t"")", errc::unexpected, param::none, 16},
        {"AT+MQTTSTAT?x", errc::unexpected, param::none, 12},
        {"AT+MQTTCFG?1", errc::unexpected, param::none, 11},
        {"AT+MQTTPING=1 1", errc::unexpected, param::none, 14},
        {"AT+MQTTTO=10s", errc::unexpected, param::none, 12},
    };
    check_refused(parse_usual, refused);
}

TEST_CASE("a second command behind a semicolon is told from garbage, a semicolon in quotes is text") {  // field-notes 3
    const refusal refused[] = {
        {"AT+MQTTDISC;+MQTTDEL", errc::chained, param::none, 11},
        {"AT+MQTTSTAT?;+MQTTDEL", errc::chained, param::none, 12},
        {"AT+MQTTPING=1;+MQTTREC=1", errc::chained, param::none, 13},
        {R"(AT+MQTTSUB="a",1;)", errc::chained, param::none, 16},
        {R"(AT+MQTTSUB="a;b",1;+MQTTSUB="c",1)", errc::chained, param::none, 18},
        {R"(AT+MQTTPUB="t",0,0,0,"m";+MQTTSTAT?)", errc::chained, param::none, 24},
        {R"(AT+MQTTPUB="t",0,0,0,"m";+MQTTPING=1)", errc::chained, param::none, 24},
        {R"(AT+MQTTPUB="t",0,0,0,5;+MQTTSTAT?)", errc::chained, param::none, 22},
        {R"(AT+MQTTPUB="t",0,0,0,5;+MQTTPING=1)", errc::chained, param::none, 22},
    };
    check_refused(parse_usual, refused);
}

TEST_CASE("AT-06: 7 and 9 parameters of CFG are read, every other number is refused") {  // 2.3.1
    const std::string_view all[] = {R"("h")", "1", R"("i")", "6", R"("u")", R"("p")", "1", R"("v")", "0", "0"};
    std::string wire = "AT+MQTTCFG=";
    for (std::size_t count = 1; count <= 10; ++count) {
        wire.append(count == 1 ? "" : ",").append(all[count - 1]);
        CAPTURE(wire);
        CHECK(static_cast<bool>(parse_command(wire)) == (count == 7 || count == 9));
    }
    CHECK(shown(parse_command(R"(AT+MQTTCFG="h",1,"i",6,"u","p",1,"v")").why()) ==
          shown({errc::missing, param::encrypt, 36}));
}

TEST_CASE("AT-06: encryption without a version is refused at both ends") {  // 2.3.1
    const auto read = parse_command(R"(AT+MQTTCFG="h",1,"i",6,"u","p",1,"",1)");
    CHECK(shown(read.why()) == shown({errc::inconsistent, param::version, 37}));
    CHECK(written(configure{"h", 1, "i", 6, "u", "p", true, false, "", true}) ==
          shown({errc::inconsistent, param::version, 37}));
}

TEST_CASE("AT-06: what the form with 7 parameters cannot say is refused, not dropped") {
    // The host would believe that it is encrypted.
    for (const bool encrypt : {true, false}) {
        char out[max_size<configure>()];
        const auto done = format(configure{"h", 1, "i", 6, "u", "p", true, true, encrypt ? "" : "v", encrypt}, out);
        CHECK(done.why().code == errc::inconsistent);
    }
}
