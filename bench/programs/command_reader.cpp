// The modem's side: reads a stream of commands and counted data, without naming any command.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() {
    atmqtt::command_reader reader{sent};
    std::string_view input{received, uart_read()};
    const auto now = lent<atmqtt::instant>();
    while (const auto event = reader.receive(input, now)) show(event);
    show(reader.expect_data(lent<std::uint32_t>()));
    reader.prompted();
    reader.await_data(now);
    while (const auto event = reader.tick(now)) show(event);
    show(reader.wait(now));
}
