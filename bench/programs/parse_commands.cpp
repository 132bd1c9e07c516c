// The modem's side: parses every command, and formats nothing.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() { show(atmqtt::parse_command({received, uart_read()})); }
