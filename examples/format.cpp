// The first snippet of the README: commands out, lines in, by plain functions on plain structs.
// SPDX-License-Identifier: MIT
#include <atmqtt.hpp>

#include <cstdio>
#include <string_view>

static void print(std::string_view bytes) { std::printf("%.*s\n", static_cast<int>(bytes.size()), bytes.data()); }

// What is wrong with a line is known to the byte, in the compiler already.
static_assert(atmqtt::parse_command("AT+MQTTSUB=\"a\",3").why().column == 15);

int main() {
    char out[atmqtt::max_size<atmqtt::subscribe>()];  // the size comes from the message's own list of fields
    const auto text = atmqtt::format(atmqtt::subscribe{"dev/gsm/u", atmqtt::qos::exactly_once}, out);
    if (!text) return 1;
    print(*text);  // AT+MQTTSUB="dev/gsm/u",2

    const auto line = atmqtt::parse_line("+MQTTPUBLISH: 0,1,0,7,\"dev/gsm/u\",6,a,\r\nOK");
    if (!line) return 1;
    atmqtt::match(
        *line, [](const atmqtt::message& m) { print(m.payload); },  // a,\r\nOK: six bytes, whatever they are
        [](const auto&) { print("another line"); });

    const auto ack =
        atmqtt::parse<atmqtt::suback, atmqtt::puback>("+MQTTSUBACK: 2,128,dev/gsm/u");  // pay for two lines
    if (!ack) return 1;
    char shown[80];
    atmqtt::match(*ack, [&](const auto& one) { print(atmqtt::describe(one, shown)); });

    const auto wrong = atmqtt::parse_line("+MQTTSTAT: seven");
    if (wrong) return 1;
    std::printf("column %zu: ", wrong.why().column);
    print(atmqtt::text_of(wrong.why().code));  // column 11: not a number
    return 0;
}
