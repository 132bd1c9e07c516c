// The same for the machines: host and chat, and modem.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

extern "C" {

[[gnu::noinline]] auto stack_chat_receive(std::string_view& input, atmqtt::instant now) {
    return lent<atmqtt::chat>().receive(input, now);
}
[[gnu::noinline]] auto stack_chat_tick(atmqtt::instant now) { return lent<atmqtt::chat>().tick(now); }
[[gnu::noinline]] auto stack_chat_send(const atmqtt::subscribe& m) { return lent<atmqtt::chat>().send(m); }

[[gnu::noinline]] auto stack_host_open(const atmqtt::settings& wanted, atmqtt::instant now) {
    return lent<atmqtt::host>().open(wanted, now);
}
[[gnu::noinline]] auto stack_host_publish(std::string_view topic, std::string_view message) {
    return lent<atmqtt::host>().publish(topic, message, atmqtt::qos::exactly_once, false);
}
[[gnu::noinline]] auto stack_host_receive(std::string_view& input, atmqtt::instant now) {
    return lent<atmqtt::host>().receive(input, now);
}
[[gnu::noinline]] auto stack_host_tick(atmqtt::instant now) { return lent<atmqtt::host>().tick(now); }
[[gnu::noinline]] auto stack_host_wait(atmqtt::instant now) { return lent<atmqtt::host>().wait(now); }

[[gnu::noinline]] auto stack_modem_receive(std::string_view& input, atmqtt::instant now) {
    return lent<atmqtt::modem>().receive(input, now);
}
[[gnu::noinline]] auto stack_modem_receive_from_broker(std::string_view& input, atmqtt::instant now) {
    return lent<atmqtt::modem>().receive_from_broker(input, now);
}
[[gnu::noinline]] auto stack_modem_obey(const atmqtt::command& asked, atmqtt::instant now) {
    return lent<atmqtt::modem>().obey(asked, now);
}
[[gnu::noinline]] auto stack_modem_tick(atmqtt::instant now) { return lent<atmqtt::modem>().tick(now); }
[[gnu::noinline]] auto stack_modem_wait(atmqtt::instant now) { return lent<atmqtt::modem>().wait(now); }
}

void program() {}
