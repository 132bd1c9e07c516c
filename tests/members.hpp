// Every member of a message or a packet, for the tests and the fuzz targets: messages themselves have no operator==.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/at/commands.hpp>
#include <atmqtt/at/lines.hpp>
#include <atmqtt/mqtt/packets.hpp>

#include <tuple>
#include <type_traits>

namespace atmqtt::testing {

template <class Message, class... Others>
inline constexpr bool is_one_of = (std::is_same_v<Message, Others> || ...);

/// Every member of a message or a packet. The bindings count them: a new member does not compile before it is compared too.
template <class Self>
constexpr auto members([[maybe_unused]] Self& m) {
    using Message = std::remove_const_t<Self>;
    if constexpr (std::is_empty_v<Message>) {
        return std::tuple<>{};
    } else if constexpr (is_one_of<Message, unsubscribe, set_ping_echo, set_reconnect, set_timeout, open_is, state_is,
                                   disc_is, ping_echo_is, reconnect_alarm, timeout_is, timeout_alarm, pingrsp,
                                   mqtt::puback, mqtt::pubrec, mqtt::pubrel, mqtt::pubcomp, mqtt::unsuback>) {
        auto& [a] = m;
        return std::tie(a);
    } else if constexpr (is_one_of<Message, subscribe, unsuback, puback, pubrec, pubcomp, pubrel, reconnect_is,
                                   mqtt::connack, mqtt::suback>) {
        auto& [a, b] = m;
        return std::tie(a, b);
    } else if constexpr (is_one_of<Message, suback, cme_error, subscription, mqtt::unsubscribe>) {
        auto& [a, b, c] = m;
        return std::tie(a, b, c);
    } else if constexpr (is_one_of<Message, mqtt::subscribe>) {
        auto& [a, b, c, d] = m;
        return std::tie(a, b, c, d);
    } else if constexpr (is_one_of<Message, publish, publish_counted>) {
        auto& [a, b, c, d, e] = m;
        return std::tie(a, b, c, d, e);
    } else if constexpr (is_one_of<Message, message_header, mqtt::publish>) {
        auto& [a, b, c, d, e, f] = m;
        return std::tie(a, b, c, d, e, f);
    } else if constexpr (is_one_of<Message, open, message>) {
        auto& [a, b, c, d, e, f, g] = m;
        return std::tie(a, b, c, d, e, f, g);
    } else if constexpr (is_one_of<Message, configuration_is>) {
        auto& [a, b, c, d, e, f, g, h, i] = m;
        return std::tie(a, b, c, d, e, f, g, h, i);
    } else if constexpr (is_one_of<Message, mqtt::connect>) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, n] = m;
        return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, n);
    } else {
        static_assert(std::is_same_v<Message, configure>);
        auto& [a, b, c, d, e, f, g, h, i, j] = m;
        return std::tie(a, b, c, d, e, f, g, h, i, j);
    }
}

}  // namespace atmqtt::testing
