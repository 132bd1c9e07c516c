// The rules of topics: names, filters, and which matches which.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() {
    const std::string_view text{received, uart_read()};
    show(atmqtt::is_topic_name(text));
    show(atmqtt::is_topic_filter(text));
    show(atmqtt::topic_matches(text, {received, uart_read()}));
}
