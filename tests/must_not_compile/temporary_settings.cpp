// EXPECT: deleted
// Settings that are borrowed are not taken from who gives them away.
// SPDX-License-Identifier: MIT
#include <atmqtt/host/host.hpp>

char from_module[1100], to_module[1100];
atmqtt::host at_uart{atmqtt::host_options{}, from_module, to_module};

int main() {
#ifdef CONTROL
    const atmqtt::settings wanted;
    at_uart.rebind(wanted);
#else
    at_uart.rebind(atmqtt::settings{});
#endif
}
