// Parses one line.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() { show(atmqtt::parse<atmqtt::suback>({received, uart_read()})); }
