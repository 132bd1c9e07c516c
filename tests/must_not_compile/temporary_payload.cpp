// EXPECT: deleted
// A payload that is borrowed is not taken from who gives it away.
// SPDX-License-Identifier: MIT
#include <atmqtt/host/host.hpp>

#include <string>

char from_module[1100], to_module[1100];
atmqtt::host at_uart{atmqtt::host_options{}, from_module, to_module};

std::string reading() { return "21"; }

int main() {
#ifdef CONTROL
    const std::string payload = reading();
    return at_uart.publish("t", payload, atmqtt::qos::at_most_once, false) ? 0 : 1;
#else
    return at_uart.publish("t", reading(), atmqtt::qos::at_most_once, false) ? 0 : 1;
#endif
}
