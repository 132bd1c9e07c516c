// Every call of a link once.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

#include <new>

void program() {
    const auto now = lent<atmqtt::instant>();
    auto& link = *new (received) atmqtt::link{lent<atmqtt::link_options>()};
    show(link.step(lent<atmqtt::link_event>(), now));
    while (const auto step = link.tick(now)) show(step);
    show(link.wait(now));
    show(link.at());
    show(link.tries());
    show(link.reconnects());
}
