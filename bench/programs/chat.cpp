// Every call of a chat once, with every command that it can send.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

#include <new>
#include <type_traits>

namespace {

struct sender {
    atmqtt::chat& to;

    template <class Command>
    void operator()(const Command& m) const {
        if constexpr (!std::is_same_v<Command, atmqtt::publish_counted>) show(to.send(m));
    }
};

}  // namespace

void program() {
    std::string_view input{received, uart_read()};
    const auto now = lent<atmqtt::instant>();
    auto& chat = *new (received) atmqtt::chat{received, sent, lent<atmqtt::chat_options>()};

    while (const auto event = chat.receive(input, now)) show(event);
    while (const auto event = chat.tick(now)) show(event);
    const std::string_view bytes = chat.transmit();
    uart_write(bytes.data(), bytes.size());
    chat.transmitted(uart_read(), now);
    show(chat.wait(now));

    atmqtt::match(lent<atmqtt::command>(), sender{chat});
    show(chat.send(lent<atmqtt::raw_command>()));
    show(chat.send_message(lent<atmqtt::publish>(), input));
    chat.set_request_timeout(lent<atmqtt::millis>());
    chat.lost(now);
    chat.restarted(now);
}
