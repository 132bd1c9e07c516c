// The commands by which a host brings a module up, one after the other, and by which it looks whether all is well.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/commands.hpp"
#include "../mqtt/codec.hpp"
#include "chat.hpp"
#include "host_events.hpp"
#include "meaning.hpp"

#include <cstddef>
#include <cstdint>

namespace atmqtt::detail {

/// One command.
enum class rung : std::uint8_t {
    attention,
    echo_off,
    error_codes,
    disconnect,
    forget,
    configure,
    timeout,
    reconnect,
    open,
    pings,
    subscribe,      ///< once for each subscription
    state,          ///< a check, and after a SUB that may have lost the link
    configuration,  ///< a check
};

constexpr rung behind(rung one) { return static_cast<rung>(static_cast<std::uint8_t>(one) + 1); }

/// Sends it; `subscribed`: which subscription is next.
template <class Event>
result<nothing> send(basic_chat<Event>& to, rung one, const settings& wanted, std::size_t subscribed) {
    switch (one) {
        case rung::attention: return to.send(raw_command{"AT"sv});
        case rung::echo_off: return to.send(raw_command{"ATE0"sv});
        case rung::error_codes: return to.send(raw_command{"AT+CMEE=1"sv});
        case rung::disconnect: return to.send(disconnect{});
        case rung::forget: return to.send(delete_configuration{});
        case rung::configure: return to.send(wanted.server);
        case rung::timeout: return to.send(set_timeout{wanted.timeout});
        case rung::reconnect: return to.send(set_reconnect{wanted.recon});
        case rung::open: return to.send(wanted.greeting);
        case rung::pings: return to.send(set_ping_echo{wanted.rsp_echo});
        case rung::subscribe: return to.send(wanted.subscriptions[subscribed]);
        case rung::state: return to.send(query_state{});
        case rung::configuration: break;
    }
    return to.send(query_configuration{});
}

/// OPEN has failed, and a module that reconnects will try again by itself.                            [2.3.9]
constexpr bool is_tried_again(const from_chat::done& d) {
    return d.how == verdict::no_ack || d.code == cme::connect_failed || d.code == cme::connect_timeout;
}
/// OPEN has failed so that nothing is tried any more. An error without a code may be any.                [2.3.2, 2.3.9]
constexpr bool is_over(cme code) {
    return code == cme::no_network || code == cme::bad_parameter || code == cme::bad_credentials;
}
/// Why it is not open, once CFG or OPEN has failed.                                                     [2.3.1, 2.3.2]
constexpr on::cause cause_of(const from_chat::done& d) {
    if (d.how != verdict::refused) return on::cause::unknown;
    return d.code == cme::bad_credentials ? on::cause::bad_credentials : on::cause::refused;
}
/// SUB has failed, perhaps because the link is lost, or is being dropped for it.                               [2.3.10]
constexpr bool may_lose_link(const from_chat::done& d) {
    return d.how == verdict::no_ack || d.code == cme::socket_failed || d.code == cme::suback_malformed;
}
/// After a command of the user that ended so the link may be gone, though no alarm has said so.
constexpr bool is_doubtful(const from_chat::done& d) {
    return d.how == verdict::no_ack || d.how == verdict::no_answer || d.how == verdict::unknown ||
           d.code == cme::publish_failed || d.code == cme::socket_failed;
}
/// After one that ended so the link is there: a module that is not connected does none of these.
constexpr bool shows_link(const from_chat::done& d) {
    const bool is_of_link = d.what == verb::publish || d.what == verb::subscribe || d.what == verb::unsubscribe;
    return is_of_link && (d.acknowledged() || d.how == verdict::accepted);
}

/// Whether a module could be told all of the settings: else why not. `space` is written over.
inline error fault_of(const settings& wanted, buffer space) {
    const auto server = format(wanted.server, space);
    if (!server) return server.why();
    const auto greeting = format(wanted.greeting, space);
    if (!greeting) return greeting.why();
    if (wanted.timeout == 0) return {errc::out_of_range, param::timeout};
    if (wanted.greeting.will_flag && wanted.greeting.will_topic.empty()) return {errc::inconsistent, param::will_topic};
    for (std::size_t at = 0; at != wanted.subscription_count; ++at) {
        const auto one = format(wanted.subscriptions[at], space);
        if (!one) return one.why();
    }
    return {};
}

/// Bytes of the CONNECT that comes of them, as MQTT 3.1.1 has it.
inline std::size_t greeting_size(const settings& wanted) {
    mqtt::connect m;
    m.id = wanted.server.id.raw();
    m.has_will = wanted.greeting.will_flag;
    m.will_topic = wanted.greeting.will_topic.raw();
    m.will_message = wanted.greeting.will_mesg.raw();
    m.has_user = wanted.greeting.usr_flag;
    m.user = wanted.server.user.raw();
    m.has_passwd = wanted.greeting.pwd_flag;
    m.passwd = wanted.server.passwd.raw();
    return mqtt::encoded_size(m);
}

}  // namespace atmqtt::detail
