// modem/modem.hpp: in what memory it works: each buffer at every small size, a host that takes little or nothing, a copy that goes
// on elsewhere, and firmware that hands it commands instead of bytes.
// SPDX-License-Identifier: MIT
#include "modem_world.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace atmqtt;
using namespace atmqtt::testing;

namespace {

modem_options speaking(spelling how) {
    modem_options options;
    options.how = how;
    return options;
}

/// A life with everything in it, whatever fits; gives all that was written, sent and told. Every command must be answered, if its
/// line fits, and by no more than one result.
std::string live(modem_world& w, bool must_answer = true) {
    w.serves = w.dials = true;
    std::string all;
    const auto ask = [&](std::string_view line) {
        CAPTURE(line);
        const std::string answered = w.ask(line);
        const std::string events = w.events();
        std::size_t results = answered == visible(prompt) ? 1 : 0;
        for (const char* const one : {"\\nOK\\r", "\\nERROR\\r", "\\n+CME ERROR: "}) {
            for (std::size_t at = answered.find(one); at != std::string::npos; at = answered.find(one, at + 1))
                ++results;
        }
        if (must_answer && results != 1) CHECK(events.find("overlong") == 0);
        all += answered + events;
        return answered;
    };
    if (!w.obeys) ask("ATE0");
    ask("AT+MQTTCFG?");
    ask("AT+MQTTCFG=\"host\",1883,\"id\",0,\"user\",\"secret\",0,\"v\",1");
    ask("AT+MQTTCFG?");
    ask("AT+MQTTOPEN=1,1,1,1,2,\"will\",\"bye\"");
    ask("AT+MQTTSUB=\"a/b/c\",2");
    ask("AT+MQTTSUB=\"#\",1");
    ask("AT+MQTTSUB?");
    ask("AT+MQTTPUB=\"t\",2,1,0,\"say \\\"hi\\\"\"");
    for (const char* const count : {"3", "18"}) {
        const bool is_prompted = ask(std::string("AT+MQTTPUB=\"topic\",1,0,0,") + count) == visible(prompt);
        if (is_prompted) all += w.host(std::string(count) == "3" ? "\r\r\r" : "AT+MQTTDISC\rAT\rAT+");
    }
    for (const qos level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        const packet_id id = level == qos::at_most_once ? packet_id{0} : packet_id{9};
        all += w.hear(mqtt::publish{"a/b/c", "payload of 19 bytes", id, false, level, false});
    }
    ask("AT+MQTTUNSUB=\"a/b/c\"");
    ask("AT+MQTTPING?");
    all += w.disconnected() + w.events();
    ask("AT+MQTTSUB?");
    all += w.pass(4'000) + w.pass(28'000) + w.events();
    ask("AT+MQTTREC?");
    ask("AT+MQTTDISC");
    ask("AT+MQTTDEL");
    return all + w.packets();
}

/// The lines in a text, sorted, where their order is nobody's business.
std::vector<std::string> sorted_lines(std::string text) {
    std::vector<std::string> all;
    for (std::size_t end = 0; !text.empty(); text.erase(0, end)) {
        end = std::min(text.find("\\r\\n", 1), text.size());
        if (end != text.size()) end += 4;
        all.push_back(text.substr(0, end));
    }
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

TEST_CASE(
    "each lent buffer at every size from 0 up: nothing beyond it is touched, and every command has its one answer") {
    struct member {
        std::size_t modem_sizes::*which;
        std::size_t from;
        std::size_t most;
    };
    const member members[] = {
        {&modem_sizes::command, 0, 100}, {&modem_sizes::profile, 0, 40}, {&modem_sizes::subscriptions, 0, 20},
        {&modem_sizes::rx, 0, 45},       {&modem_sizes::tx, 0, 80},      {&modem_sizes::records, 1, 6}};
    modem_world ample;
    const std::string whole = live(ample);
    for (const auto& one : members) {
        for (std::size_t size = one.from; size <= one.most; ++size) {
            CAPTURE(one.most);
            CAPTURE(size);
            modem_sizes sizes;
            sizes.*one.which = size;
            modem_world w{{}, sizes};
            const std::string did = live(w);
            if (size == one.most) CHECK(did == whole);
        }
    }
    // Without a record nothing of a broker is read: OPEN comes to its end by its limit.
    modem_sizes sizes;
    sizes.records = 0;
    modem_world w{{}, sizes};
    w.serves = w.dials = true;
    w.ask("ATE0");
    w.ask("AT+MQTTCFG=\"h\",1,\"me\",60,\"u\",\"p\",1");
    CHECK(w.ask(modem_world::open_command).empty());
    CHECK(w.just_at(8'000) == said("+MQTTTO:1|+CME ERROR: 604"));
}

TEST_CASE("with fewer lines than least_lines nothing is obeyed and nothing breaks; with that many all is") {
    modem_world ample;
    const std::string whole = live(ample);
    for (std::size_t size = 0; size != modem::least_lines;
         size += size < 40 || size > modem::least_lines - 20 ? 1 : 37) {
        CAPTURE(size);
        modem_sizes sizes;
        sizes.lines = size;
        modem_world w{{}, sizes};
        CHECK(live(w, false).empty());
    }
    modem_sizes sizes;
    sizes.lines = modem::least_lines;
    modem_world w{{}, sizes};
    CHECK(live(w) == whole);
}

TEST_CASE("a host that takes a byte at a time, when nothing else moves, has the same; by any chunking of what comes") {
    for (const spelling how : {spelling::manual, spelling::sdk}) {
        modem_world fast{speaking(how)};
        const std::string whole = live(fast);
        for (const std::size_t sip : {1U, 2U, 5U}) {
            for (const std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{5}}) {
                CAPTURE(sip);
                CAPTURE(chunk);
                modem_sizes sizes;
                sizes.lines = modem::least_lines;
                modem_world w{speaking(how), sizes};
                w.sip = sip;
                w.chunk = chunk;
                CHECK(live(w) == whole);
            }
        }
    }
}

TEST_CASE(
    "everything at once to a host that takes little: no line is lost or cut by another, each side's order is kept") {
    std::vector<std::string> wanted;
    for (const std::size_t sip : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
        for (const std::size_t size : {modem::least_lines, modem::least_lines + 50, std::size_t{4096}}) {
            modem_sizes sizes;
            sizes.lines = size;
            modem_world w{{}, sizes};
            w.open();
            w.serves = true;
            w.sip = sip;
            std::string commands;
            for (int times = 0; times != 5; ++times) {
                commands += "AT+MQTTSTAT?\rAT+MQTTPUB=\"t\",1,0,0,\"x\"\rAT+MQTTPUB=\"t\",0,0,0,2\r\r\rAT+MQTTCFG?\r";
                w.server.publish(qos::exactly_once, "message " + number(static_cast<std::size_t>(times)));
            }
            const std::string all = w.host(commands);
            if (wanted.empty()) wanted = sorted_lines(all);
            CHECK(sorted_lines(all) == wanted);
            std::size_t at = 0;
            for (const char* const one : {"message 0", "message 1", "message 2", "message 3", "message 4"}) {
                CHECK(all.find(one) > at);
                at = all.find(one);
            }
        }
    }
    CHECK(wanted.size() == 5 * (2 + 2 + 2 + 2 + 2));  // STAT, PUBACK, prompt, CFG, messages; with their OKs and PUBRELs
}

TEST_CASE("while the host takes nothing, nothing is done that it would have to be told; then all of it, in order") {
    modem_sizes sizes;
    sizes.lines = modem::least_lines;
    modem_world w{{}, sizes};
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    w.host_takes = false;
    const std::string topic(500, 't');
    w.hear(mqtt::publish{topic, "x"});  // no room is left behind it
    w.hear(mqtt::publish{"second", "y"});
    w.ask("AT");
    w.disconnected();
    CHECK(w.pass(100'000).empty());
    CHECK(w.events().empty());
    w.host_takes = true;
    CHECK(w.written() == said("+MQTTPUBLISH: 0,0,0,0,\"" + topic + "\",1,x|OK"));
    CHECK(w.events() == "close");
    CHECK(w.pass(4'000) == said("+MQTTREC:0"));
}

TEST_CASE("leave, and data cut short, are told even if the host has taken nothing yet") {
    modem_sizes sizes;
    sizes.lines = modem::least_lines;
    const std::string word(128, 'w');
    modem_world w{{}, sizes};
    w.open("\"" + word + "\",65535,\"" + word + "\",0,\"" + word + "\",\"p\",1,\"" + word + "\",0");
    w.disconnected();
    w.host_takes = false;
    w.ask("AT+MQTTCFG?");
    w.it().leave(w.now);
    CHECK(w.written().empty());
    w.host_takes = true;
    const std::string shown = "\"" + word + "\",65535,\"" + word + "\",0,\"" + word + "\",\"***\",1,\"" + word + "\",0";
    CHECK(w.written() == said("+MQTTCFG: " + shown + "|OK|+MQTTDISC: OK"));

    modem_world other{{}, sizes};
    other.open();
    other.obeys = true;
    CHECK(other.ask("AT+MQTTPUB=\"t\",0,0,0,5") == visible(prompt));
    other.host_takes = false;
    const std::string topic(modem::least_lines - 36, 't');
    other.hear(mqtt::publish{topic, "x"});
    other.it().data_cut_short();
    other.host_takes = true;
    CHECK(other.written() == said("+MQTTPUBLISH: 0,0,0,0,\"" + topic + "\",1,x|+CME ERROR: 608"));
    CHECK(other.ask("AT+MQTTSTAT?") == said("+MQTTSTAT: 1|OK"));
}

TEST_CASE("a copy in other memory goes on as if nothing were, after every single move, whole and byte by byte") {
    for (const spelling how : {spelling::manual, spelling::sdk}) {
        modem_world stays{speaking(how)};
        const std::string whole = live(stays);
        for (const std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
            modem_sizes sizes;
            sizes.lines = modem::least_lines;
            modem_world w{speaking(how), sizes};
            w.moves = true;
            w.chunk = chunk;
            CHECK(live(w) == whole);
        }
    }
}

TEST_CASE("firmware with an AT engine of its own hands over commands and data, and has the same answers, by lines") {
    for (const spelling how : {spelling::manual, spelling::sdk}) {
        modem_world reads{speaking(how)};
        reads.ask("ATE0");
        const std::string whole = live(reads);
        for (const bool moves : {false, true}) {
            modem_world w{speaking(how)};
            w.obeys = true;
            w.moves = moves;
            const std::string did = live(w);
            CHECK(said("OK") + did == whole);  // of ATE0
            for (const auto& line : w.lines_taken()) {
                const bool is_line = line.find("\\r\\n") == 0;
                const bool is_payload = line == "payload of 19 bytes";
                CHECK((is_line || is_payload));
            }
        }
    }
}

TEST_CASE("next_line gives one line at a time, however many wait: a message in three, the prompt alone") {
    modem_world w;
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    w.obeys = true;
    w.host_takes = false;
    w.hear(mqtt::publish{"t", "\r\n\r\n"});
    w.ask("AT+MQTTSTAT?");
    w.ask("AT+MQTTREC?");
    w.host_takes = true;
    CHECK(w.lines_taken() == words{visible("\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",4,"), visible("\r\n\r\n"), visible("\r\n"),
                                   said("+MQTTSTAT: 1"), said("OK"), said("+MQTTREC: 1,0"), said("OK")});
    w.host_takes = false;
    w.hear(mqtt::publish{"t", ""});
    w.ask("AT+MQTTTO?");
    w.host_takes = true;
    CHECK(w.lines_taken() == words{said("+MQTTPUBLISH: 0,0,0,0,\"t\",0,"), said("+MQTTTO: 10"), said("OK")});
    w.host_takes = false;
    w.ask("AT+MQTTPUB=\"t\",0,0,0,3");
    w.disconnected();
    w.pass(4'000);
    w.host_takes = true;
    CHECK(w.lines_taken() == words{visible(prompt), said("+MQTTREC:0")});
}

TEST_CASE("next_line gives each line whole where an echo stands behind a message") {
    modem_world w;
    w.ask("AT+MQTTCFG=\"h\",1,\"me\",0,\"u\",\"p\",1");
    w.ask(modem_world::open_command);
    w.greet(false);
    w.forget();
    w.obeys = true;
    for (const char* const payload : {"x", "\r\n"}) {
        w.host_takes = false;
        w.hear(mqtt::publish{"t", payload});
        std::string_view asked = "AT\r";
        CHECK_FALSE(w.it().receive(asked, w.now).has_value());
        w.host_takes = true;
        const std::string size = number(std::string_view(payload).size());
        CHECK(w.lines_taken() == words{visible("\r\n+MQTTPUBLISH: 0,0,0,0,\"t\"," + size + ","), visible(payload),
                                       visible("\r\n"), visible("AT\r"), said("OK")});
    }
}

TEST_CASE("next_line gives each prompt alone, though the host has written its data before it takes one") {
    const auto takes_pair = [](modem_world& w) {
        return w.it().next_line(w.now) == prompt && w.it().next_line(w.now) == "\r\nOK\r\n" &&
               w.it().next_line(w.now).empty();
    };
    modem_world w;
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    w.ask("ATE0");
    w.host_takes = false;
    CHECK(w.host("AT+MQTTPUB=\"t\",0,0,0,1\rxAT+MQTTPUB=\"t\",0,0,0,1\ry").empty());
    CHECK(w.packets() == "PUBLISH q0 t=x");
    CHECK(takes_pair(w));
    CHECK(w.packets() == "PUBLISH q0 t=y");
    CHECK(takes_pair(w));

    modem_world own;
    own.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    own.host_takes = false;
    REQUIRE(own.it().obey(publish_counted{"t", qos::at_most_once, false, false, 1}, own.now));
    own.it().data("x", own.now);
    CHECK(own.packets() == "PUBLISH q0 t=x");
    CHECK(own.it().obey(publish_counted{"t", qos::at_most_once, false, false, 1}, own.now).why().code == errc::busy);
    CHECK(takes_pair(own));
    CHECK(own.it().obey(publish_counted{"t", qos::at_most_once, false, false, 1}, own.now));
}

TEST_CASE("obey: what no command could say is refused like one that cannot be read") {
    modem_world w;
    w.open();
    const std::string topic(513, 't');
    const std::string long_message(1'025, 'm');
    for (const command& one :
         {command{set_timeout{0}}, command{subscribe{topic, qos::at_most_once}}, command{unsubscribe{topic}},
          command{publish{topic, qos::at_most_once, false, false, "x"}},
          command{publish_counted{topic, qos::at_most_once, false, false, 3}},
          command{publish{"t", qos{3}, false, false, "x"}}, command{publish_counted{"t", qos{3}, false, false, 3}},
          command{publish_counted{"t", qos{3}, false, false, 0}}, command{subscribe{"t", qos{3}}},
          command{publish{"t", qos::at_most_once, false, false, std::string_view{long_message}}}}) {
        CAPTURE(one.index());
        REQUIRE(w.it().obey(one, w.now));
        CHECK(w.written() == said("+CME ERROR: 601"));
    }
    CHECK(w.packets().empty());
}
TEST_CASE("obey: nor is a configuration or a will that no command could say") {
    const std::string long_word(129, 'w');
    const std::string long_will(513, 'w');
    const std::string endless(65537, 'w');  // of whose length 16 bits say 1
    const auto with = [](auto member, auto value) {
        configure m;
        m.host = "h";
        m.id = "me";
        m.*member = value;
        return m;
    };
    configure short_form = with(&configure::version, text{"v"});
    short_form.short_form = true;
    for (const spelling how : {spelling::manual, spelling::sdk}) {
        modem_sizes sizes;
        sizes.profile = 100'000;
        modem_options options;
        options.how = how;
        modem_world w{options, sizes};
        w.ask("ATE0");
        w.forget();
        for (const configure& one :
             {with(&configure::port, std::uint16_t{0}), with(&configure::host, text{long_word}),
              with(&configure::id, text{long_word}), with(&configure::id, text{endless}),
              with(&configure::user, text{long_word}), with(&configure::passwd, text{long_word}),
              with(&configure::version, text{long_word}), with(&configure::encrypt, true), short_form}) {
            REQUIRE(w.it().obey(one, w.now));
            CHECK(w.written() == said(how == spelling::manual ? "ERROR" : "+CME ERROR: 601"));
        }
        REQUIRE(w.it().obey(with(&configure::keep_alive, std::uint16_t{60}), w.now));
        CHECK(w.written() == said("OK"));
        for (const auto member : {&open::will_topic, &open::will_mesg}) {
            open m;
            m.will_flag = true;
            m.will_topic = "t";
            m.*member = text{long_will};
            REQUIRE(w.it().obey(m, w.now));
            CHECK(w.written() == said("+CME ERROR: 601"));
        }
        CHECK(w.events().empty());
    }
}
TEST_CASE("obey: a configuration that no line can show is 601 when it is asked for, and good all the same") {
    for (const char* const host : {"a\"b", "a\\b"}) {
        modem_world w;
        configure m;
        m.host = host;
        m.id = "me";
        CHECK(w.it().obey(m, w.now));
        CHECK(w.written() == said("OK"));
        CHECK(w.it().obey(query_configuration{}, w.now));
        CHECK(w.written() == said("+CME ERROR: 601"));
        CHECK(w.it().obey(open{}, w.now));
        CHECK(w.events() == "connect " + std::string(host) + ":1883");
    }
}

TEST_CASE("obey: while a list is to be shown, a tick has something to do at once") {
    modem_world w;
    w.open();
    w.serves = true;
    w.ask("AT+MQTTSUB=\"a\",1");
    CHECK_FALSE(w.it().wait(w.now) == millis{0});
    CHECK(w.it().obey(query_subscriptions{}, w.now));
    CHECK(w.it().wait(w.now) == millis{0});
    CHECK(w.written() == said("+MQTTSUB:|a,1|OK"));
    CHECK_FALSE(w.it().wait(w.now) == millis{0});
}

TEST_CASE("where the list is full a topic is not supported: 601, and the broker is not asked") {
    modem_sizes sizes;
    sizes.subscriptions = 8;  // "a" and "b", to the last byte
    modem_world w{{}, sizes};
    w.open();
    w.serves = true;
    w.ask("AT+MQTTSUB=\"a\",1");
    w.ask("AT+MQTTSUB=\"b\",1");
    w.forget();
    CHECK(w.ask("AT+MQTTSUB=\"c\",1") == said("+CME ERROR: 601"));
    CHECK(w.packets().empty());
    w.ask("AT+MQTTUNSUB=\"a\"");
    CHECK(w.ask("AT+MQTTSUB=\"c\",1").find("+MQTTSUBACK") != std::string::npos);
}

TEST_CASE("an event that is to be given is due at once") {
    modem_world w;
    configure m;
    m.host = "h";
    m.id = "me";
    REQUIRE(w.it().obey(m, w.now));
    CHECK_FALSE(w.it().wait(w.now));
    REQUIRE(w.it().obey(open{}, w.now));
    CHECK(w.it().wait(w.now) == millis{0});
    CHECK(w.events() == "connect h:1883");
    CHECK(w.it().wait(w.now) != millis{0});
}

TEST_CASE("obey: what the integrator has said before comes before") {
    modem_world w;
    w.ask("ATE0");
    w.ask("AT+MQTTCFG=\"h\",1,\"me\",60,\"u\",\"p\",1");
    w.forget();
    w.it().set_network(false);
    w.it().set_network(true);
    REQUIRE(w.it().obey(open{}, w.now));
    CHECK(w.written().empty());
    CHECK(w.events() == "connect h:1");
}
TEST_CASE("an AT engine of the firmware's own says how errors are answered") {
    modem_world w;
    w.open();
    const std::string_view refused = "AT+MQTTSUB=\"a#\",0";
    w.it().set_error_words(error_words::plain);
    CHECK(w.ask(refused) == said("ERROR"));
    w.it().set_error_words(error_words::number);
    CHECK(w.ask(refused) == said("+CME ERROR: 601"));
    w.it().set_error_words(error_words::words);
    CHECK(w.ask(refused) == said("+CME ERROR: " + std::string(text_of(cme::bad_parameter))));
}
TEST_CASE("identifiers go on behind last_id, around their wrap") {
    modem_options options;
    options.last_id = 65534;
    modem_world w{options};
    w.open();
    w.serves = true;
    for (int i = 0; i != 2; ++i) w.ask("AT+MQTTPUB=\"t\",1,0,0,\"x\"");
    CHECK(w.packets() == "PUBLISH q1 #65535 t=x; PUBLISH q1 #1 t=x");
}
TEST_CASE("ATI answers the first 64 bytes of what it is to say, and OK") {
    modem_options options;
    const std::string identity(900, 'i');
    options.identity = identity;
    modem_sizes sizes;
    sizes.lines = modem::least_lines;
    modem_world w{options, sizes};
    w.ask("ATE0");
    w.forget();
    CHECK(w.ask("ATI") == said(std::string(64, 'i') + "|OK"));
}

TEST_CASE("obey: busy while a command is under way, or data are awaited, or there is no room for an answer") {
    modem_sizes sizes;
    sizes.lines = modem::least_lines;
    modem_world w{{}, sizes};
    w.open();
    CHECK(w.it().obey(subscribe{"a", qos::at_most_once}, w.now));
    CHECK(w.it().obey(query_state{}, w.now).why().code == errc::busy);
    CHECK(w.hear(mqtt::suback{1, {"\0", 1}}) == said("+MQTTSUBACK: 1,0,a|OK"));
    w.host_takes = false;
    CHECK(w.it().obey(query_state{}, w.now));
    CHECK(w.it().obey(query_state{}, w.now).why().code == errc::busy);
    w.host_takes = true;
    CHECK(w.written() == said("+MQTTSTAT: 1|OK"));
    CHECK(w.it().obey(publish_counted{"t", qos::at_most_once, false, false, 3}, w.now));
    CHECK(w.written() == visible(prompt));
    CHECK(w.it().obey(query_state{}, w.now).why().code == errc::busy);
    CHECK(w.it().awaited() == 3);
    w.it().data("ab", w.now);
    CHECK(w.it().awaited() == 1);
    w.it().data("cdef", w.now);  // what is more is ignored
    CHECK(w.written() == said("OK"));
    CHECK(w.packets() == "SUBSCRIBE #1 a q0; PUBLISH q0 t=abc");
    w.it().data("x", w.now);
    w.it().data_cut_short();
    CHECK(w.written().empty());
}

TEST_CASE("a list that is being shown ends where its topics are forgotten meanwhile, tick or no tick") {
    modem_sizes sizes;
    sizes.subscriptions = 8;  // "a" and "b", to the last byte
    modem_world w{{}, sizes};
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",0,\"\",0");
    w.serves = true;
    w.ask("AT+MQTTSUB=\"a\",1");
    w.ask("AT+MQTTSUB=\"b\",1");
    w.serves = false;
    w.disconnected();
    w.pass(4'000);
    w.connected();
    // An integrator that does not tick between the two.
    std::string_view asked = "AT+MQTTSUB?\r";
    CHECK_FALSE(w.it().receive(asked, w.now).has_value());
    w.take_from_uart(SIZE_MAX);
    std::string_view connack{"\x20\x02\x00\x00", 4};
    CHECK(w.it().receive_from_broker(connack, w.now).has_value());
    CHECK(w.written() == said("+MQTTSUB:|+MQTTOPEN: OK|OK"));
}

TEST_CASE("what the integrator says of a socket that it was not asked for yet is about none") {
    modem_world w;
    w.ask("ATE0");
    w.ask("AT+MQTTCFG=\"h\",1,\"me\",60,\"u\",\"p\",1,\"\",0");
    w.forget();
    REQUIRE(w.it().obey(open{}, w.now));
    w.it().connected();
    w.it().connect_failed();
    CHECK(w.events() == "connect h:1");
    CHECK(w.packets().empty());
    SUBCASE("then it is connected") {
        w.connected();
        CHECK(w.packets() == "CONNECT me clean");
    }
}
TEST_CASE("a network that is lost before the socket was asked for: it is asked for, and closed") {
    modem_world w;
    w.ask("ATE0");
    w.ask("AT+MQTTCFG=\"h\",1,\"me\",60,\"u\",\"p\",1,\"\",0");
    w.forget();
    REQUIRE(w.it().obey(open{}, w.now));
    w.it().set_network(false);
    CHECK(w.it().wait(w.now) == millis{0});
    CHECK(w.written() == said("+CME ERROR: 600"));
    CHECK(w.events() == "connect h:1; close");
    CHECK(w.it().link_phase() == phase::closed);
}
TEST_CASE("what the integrator has said is due at once, and goes before the host's next command") {
    modem_world w;
    w.open();
    w.it().disconnected();
    CHECK(w.it().wait(w.now) == millis{0});
    w.it().set_network(false);
    std::string_view input = "AT\r";
    const auto found = w.it().receive(input, w.now);  // the socket is to be closed: that is told first
    REQUIRE(found);
    CHECK(std::holds_alternative<from_card::close>(*found));
    CHECK(input == "AT\r");
}
TEST_CASE("obey: a topic that would end its line is 601") {
    modem_world w;
    w.open();
    for (const char* const topic : {"a\nb", "a\rb", "a\x1A"}) {
        REQUIRE(w.it().obey(subscribe{topic, qos::at_most_once}, w.now));
        CHECK(w.written() == said("+CME ERROR: 601"));
    }
    CHECK(w.packets().empty());
}

TEST_CASE("obey: a topic that the memory of a command cannot hold is 601") {
    modem_sizes sizes;
    sizes.command = 100;
    modem_world w{{}, sizes};
    w.open();
    const std::string topic(101, 't');
    REQUIRE(w.it().obey(subscribe{topic, qos::at_most_once}, w.now));
    CHECK(w.written() == said("+CME ERROR: 601"));
    REQUIRE(w.it().obey(unsubscribe{topic}, w.now));
    CHECK(w.written() == said("+CME ERROR: 601"));
    CHECK(w.packets().empty());
}
TEST_CASE(
    "counted data that cannot be sent any more, and a command in one piece with them: that is answered behind 608") {
    modem_world w;
    w.open();
    w.ask("AT+MQTTPUB=\"t\",1,0,0,5");
    w.disconnected();
    CHECK(w.host("abcdeAT\r") == said("+CME ERROR: 608|OK"));
    CHECK(w.packets().empty());
}

TEST_CASE("the longest CONNECT that two command lines ask for takes 1403 bytes of tx, as the README says") {
    const std::string word(128, 'w');
    const std::string configure = "AT+MQTTCFG=\"h\",1883,\"" + word + "\",60,\"" + word + "\",\"" + word + "\",0";
    const std::string begin = "AT+MQTTOPEN=1,1,1,1,2,\"" + std::string(512, 't') + "\",\"";
    const std::string open = begin + std::string(limits::line - 1 - begin.size() - 1, 'm') + "\"";
    REQUIRE(open.size() + 1 == limits::line);
    for (const std::size_t tx : {1402U, 1403U}) {
        CAPTURE(tx);
        modem_sizes sizes;
        sizes.tx = tx;
        modem_world w{{}, sizes};
        w.serves = w.dials = true;
        w.ask("ATE0");
        CHECK(w.ask(configure) == said("OK"));
        const std::string answer = w.ask(open);
        CHECK((answer.find("+MQTTOPEN: OK") != std::string::npos) == (tx == 1403));
    }
}

TEST_CASE(
    "obey: texts of exactly their limits are obeyed, and a topic that the command's memory does not hold is 601") {
    modem_sizes sizes;
    sizes.command = 1536;
    modem_world w{{}, sizes};
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    const std::string longest(limits::message, 'm');
    REQUIRE(w.it().obey(publish{"t", qos::at_most_once, false, false, longest}, w.now));
    CHECK(w.written() == said("OK"));
    CHECK(w.packets() == "PUBLISH q0 t=" + longest);
    const std::string longer = longest + "m";
    REQUIRE(w.it().obey(publish{"t", qos::at_most_once, false, false, longer}, w.now));
    CHECK(w.written() == said("+CME ERROR: 601"));

    sizes.command = 64;
    modem_world small{{}, sizes};
    small.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    const std::string topic(64, 't');
    for (const std::string& one : {topic + "t", topic}) {
        REQUIRE(small.it().obey(subscribe{one, qos::at_most_once}, small.now));
        CHECK(small.packets() == (one == topic ? "SUBSCRIBE #1 " + topic + " q0" : ""));
        CHECK(small.written() == (one == topic ? "" : said("+CME ERROR: 601")));
    }
}
