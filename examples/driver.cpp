// What the README shows of a host: a driver. Its clock, its UART and the module behind are those of driver_uart.hpp.
// SPDX-License-Identifier: MIT
#include "driver_uart.hpp"

#include <atmqtt.hpp>

#include <cstdio>

namespace {

char rx[2048], tx[1100];  // one line or message of the module; one command: the only memory it uses
atmqtt::host module_at_uart{atmqtt::host_options{}, rx, tx};
bool is_running = true, is_to_publish = false;

void hear(const atmqtt::host::event& found) {
    namespace on = atmqtt::on;
    atmqtt::match(
        found, [](const on::opened&) { led(is_to_publish = true); },
        [](const on::closed& c) {
            led(is_to_publish = false);
            is_running = c.why != on::cause::asked;  // else it is opened again, or `give_up` follows
        },
        [](const on::message& m) {
            if (!m.mismatch) std::printf("%zu bytes\n", m.what.payload.size());  // else it is not whole, or holds more
        },
        [](const on::done& d) {
            std::puts(d.acknowledged() ? "acknowledged" : "not acknowledged");
            module_at_uart.close(now());
        },
        [](const on::restarted&) { led(is_to_publish = false); },
        [](const auto&) {});  // a real one looks at `reconnecting`, `stuck`, `give_up` and `network_needed` too
}

// Once the module is open and takes a command. False if it cannot be.
bool publish() {
    if (!is_to_publish || !module_at_uart.is_ready()) return true;
    is_to_publish = false;
    return bool{module_at_uart.publish("dev/gsm/u", "21, \"OK\"\r\n", atmqtt::qos::exactly_once, false)};
}

// As much as the UART has room for.
void write() {
    std::size_t taken = 0;
    do {
        taken = uart_write(module_at_uart.transmit());
        module_at_uart.transmitted(taken, now());
    } while (taken != 0);
}

}  // namespace

int main() {
    static constexpr atmqtt::subscribe topics[] = {{"dev/gsm/+", atmqtt::qos::at_least_once}};  // in flash
    atmqtt::settings server;  // it and what it views are borrowed until `closed` comes as asked
    server.server.host = "broker.example";
    server.server.id = "card-7";
    server.server.user = "card";  // for a broker that wants neither: greeting.usr_flag = greeting.pwd_flag = false
    server.server.passwd = "secret";
    server.subscriptions = topics;
    server.subscription_count = 1;
    if (!module_at_uart.open(server, now())) return 1;
    while (is_running) {
        auto input = uart_read();
        while (const auto event = module_at_uart.receive(input, now())) hear(*event);
        while (const auto event = module_at_uart.tick(now())) hear(*event);
        if (!publish()) return 1;
        write();
        if (!sleep_at_most(module_at_uart.wait(now()))) return 1;  // or until the UART has bytes, or room again
    }
    return 0;
}
