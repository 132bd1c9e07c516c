// Parses every line, and formats nothing.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() { show(atmqtt::parse_line({received, uart_read()})); }
