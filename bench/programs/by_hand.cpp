// Formats one command and parses three lines as is done today: by snprintf and sscanf.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <cstdio>

void program() {
    const int size = std::snprintf(sent, sizeof sent, "AT+MQTTSUB=\"%s\",%d\r", received, received[0]);
    if (size > 0) uart_write(sent, static_cast<std::size_t>(size));

    uart_read();
    unsigned numbers[5];
    char topic[513];
    int offset = 0;
    if (std::sscanf(received, "+MQTTSUBACK: %u,%u,%512s", &numbers[0], &numbers[1], topic) == 3 ||
        std::sscanf(received, "+MQTTPUBACK: %u,%u", &numbers[0], &numbers[1]) == 2 ||
        std::sscanf(received, "+MQTTPUBLISH: %u,%u,%u,%u,\"%512[^\"]\",%u,%n", &numbers[0], &numbers[1], &numbers[2],
                    &numbers[3], topic, &numbers[4], &offset) == 6)
        uart_write(numbers, sizeof numbers);
}
