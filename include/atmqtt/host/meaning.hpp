// Answer or alarm: what a line of a module means to a host that has asked for something.              [2.2 - 2.4, 3.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../at/lines.hpp"
#include "../at/types.hpp"
#include "../core/buffer.hpp"
#include "../core/match.hpp"

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>

namespace atmqtt {

/// Which command was sent.
enum class verb : std::uint8_t {
    none,
    configure,
    query_configuration,
    open,
    query_state,
    subscribe,
    query_subscriptions,
    unsubscribe,
    publish,
    disconnect,
    set_ping_echo,
    query_ping_echo,
    set_reconnect,
    query_reconnect,
    set_timeout,
    query_timeout,
    delete_configuration,
    raw,  ///< any other
};

/// Its name in the manual, without AT+MQTT: `SUB`, `SUB?`; `AT` of a raw one.
constexpr std::string_view name_of(verb what) {
    switch (what) {
        case verb::none: return ""sv;
        case verb::configure: return "CFG"sv;
        case verb::query_configuration: return "CFG?"sv;
        case verb::open: return "OPEN"sv;
        case verb::query_state: return "STAT?"sv;
        case verb::subscribe: return "SUB"sv;
        case verb::query_subscriptions: return "SUB?"sv;
        case verb::unsubscribe: return "UNSUB"sv;
        case verb::publish: return "PUB"sv;
        case verb::disconnect: return "DISC"sv;
        case verb::set_ping_echo: return "PING"sv;
        case verb::query_ping_echo: return "PING?"sv;
        case verb::set_reconnect: return "REC"sv;
        case verb::query_reconnect: return "REC?"sv;
        case verb::set_timeout: return "TO"sv;
        case verb::query_timeout: return "TO?"sv;
        case verb::delete_configuration: return "DEL"sv;
        case verb::raw: return "AT"sv;
    }
    return "?"sv;
}

/// The verb of a command's struct.
template <class Command>
constexpr verb verb_of() {
    if constexpr (std::is_same_v<Command, configure>) return verb::configure;
    if constexpr (std::is_same_v<Command, query_configuration>) return verb::query_configuration;
    if constexpr (std::is_same_v<Command, open>) return verb::open;
    if constexpr (std::is_same_v<Command, query_state>) return verb::query_state;
    if constexpr (std::is_same_v<Command, subscribe>) return verb::subscribe;
    if constexpr (std::is_same_v<Command, query_subscriptions>) return verb::query_subscriptions;
    if constexpr (std::is_same_v<Command, unsubscribe>) return verb::unsubscribe;
    if constexpr (std::is_same_v<Command, publish>) return verb::publish;
    if constexpr (std::is_same_v<Command, publish_counted>) return verb::publish;
    if constexpr (std::is_same_v<Command, disconnect>) return verb::disconnect;
    if constexpr (std::is_same_v<Command, set_ping_echo>) return verb::set_ping_echo;
    if constexpr (std::is_same_v<Command, query_ping_echo>) return verb::query_ping_echo;
    if constexpr (std::is_same_v<Command, set_reconnect>) return verb::set_reconnect;
    if constexpr (std::is_same_v<Command, query_reconnect>) return verb::query_reconnect;
    if constexpr (std::is_same_v<Command, set_timeout>) return verb::set_timeout;
    if constexpr (std::is_same_v<Command, query_timeout>) return verb::query_timeout;
    if constexpr (std::is_same_v<Command, delete_configuration>) return verb::delete_configuration;
    return verb::raw;
}

/// What was asked, as far as its answer depends on it.
struct question {
    verb what = verb::none;         ///< none: nothing, or its last byte was not offered yet
    qos level = qos::at_most_once;  ///< of PUB
    std::string_view topic = {};    ///< of SUB and UNSUB
};

/// What a line is.
enum class meaning : std::uint8_t {
    alarm,     ///< nothing that was asked for
    carrier,   ///< what the command is about: with the final result it is done
    failure,   ///< `+MQTTOPEN:FAIL`, and DISC alike: the final result brings the reason
    progress,  ///< PUBREC of the message under way
    success,   ///< the final result: OK
    refusal,   ///< the final result: an error that ends this command
    no_ack,    ///< the broker did not answer this command in time                                   [2.3.10]
    late_ack,  ///< an acknowledgement for something else
};

/// Whether a command has a carrier, without which OK says little.
constexpr bool has_carrier(const question& asked) {
    switch (asked.what) {
        case verb::open:
        case verb::subscribe:
        case verb::unsubscribe:
        case verb::disconnect:
        case verb::query_configuration:
        case verb::query_state:
        case verb::query_subscriptions:
        case verb::query_ping_echo:
        case verb::query_reconnect:
        case verb::query_timeout: return true;
        case verb::publish: return asked.level != qos::at_most_once;
        case verb::none:
        case verb::configure:
        case verb::set_ping_echo:
        case verb::set_reconnect:
        case verb::set_timeout:
        case verb::delete_configuration:
        case verb::raw: break;
    }
    return false;
}

/// Whether an error code ends a command; if not, it is an alarm and the command goes on.              [2.2]
/// ours: a code that the manual does not have ends any.
constexpr bool ends(verb what, cme code) {
    switch (code) {
        case cme::no_network:
        case cme::bad_parameter:
        case cme::socket_failed: return true;
        case cme::already_open:
        case cme::connect_failed:
        case cme::connect_timeout:
        case cme::bad_credentials:
        case cme::reconnect_failed: return what == verb::open;
        case cme::suback_malformed:
        case cme::already_subscribed: return what == verb::subscribe;
        case cme::unsuback_malformed: return what == verb::unsubscribe;
        case cme::publish_failed:
        case cme::pubrec_malformed:
        case cme::pubcomp_malformed:
        case cme::puback_malformed: return what == verb::publish;
        case cme::already_closed: return what == verb::disconnect;
        case cme::unknown_packet:
        case cme::publish_malformed:
        case cme::ack_timeout:
        case cme::closed_by_broker:
        case cme::pubrel_malformed: return false;
    }
    return static_cast<unsigned>(code) != 621;  // ours: it would be the next of the manual's
}

/// What was not acknowledged in time, of a command; zero where nothing of it can be.                 [2.3.10]
constexpr timeout_kind alarm_kind_of(const question& asked) {
    switch (asked.what) {
        case verb::open: return timeout_kind::connect;
        case verb::publish: return asked.level != qos::at_most_once ? timeout_kind::publish : timeout_kind{};
        case verb::subscribe: return timeout_kind::subscribe;
        case verb::unsubscribe: return timeout_kind::unsubscribe;
        default: return {};
    }
}

namespace detail {

/// One overload for each line. See `meaning_of`.
struct meanings {
    const question& asked;

    constexpr meaning carrier_if(bool is_it, meaning otherwise = meaning::alarm) const {
        return is_it ? meaning::carrier : otherwise;
    }
    constexpr meaning outcome_if(bool is_it, status how) const {
        return how == status::ok ? carrier_if(is_it) : is_it ? meaning::failure : meaning::alarm;
    }
    constexpr bool asks(verb what) const { return asked.what == what; }
    constexpr bool publishes(qos level) const { return asks(verb::publish) && asked.level == level; }

    constexpr meaning operator()(const ok&) const { return asks(verb::none) ? meaning::alarm : meaning::success; }
    constexpr meaning operator()(const plain_error&) const {
        return asks(verb::none) ? meaning::alarm : meaning::refusal;
    }
    constexpr meaning operator()(const cme_error& m) const {
        const bool is_end = m.form != error_form::number || ends(asked.what, m.code);
        return is_end && !asks(verb::none) ? meaning::refusal : meaning::alarm;
    }
    constexpr meaning operator()(const open_is& m) const { return outcome_if(asks(verb::open), m.what); }
    constexpr meaning operator()(const suback& m) const {
        return carrier_if(asks(verb::subscribe) && m.topic == text{asked.topic}, meaning::late_ack);
    }
    constexpr meaning operator()(const unsuback& m) const {
        return carrier_if(asks(verb::unsubscribe) && m.topic == text{asked.topic}, meaning::late_ack);
    }
    constexpr meaning operator()(const puback&) const {
        return carrier_if(publishes(qos::at_least_once), meaning::late_ack);
    }
    constexpr meaning operator()(const pubrec&) const {
        return publishes(qos::exactly_once) ? meaning::progress : meaning::alarm;
    }
    constexpr meaning operator()(const pubcomp&) const {
        return carrier_if(publishes(qos::exactly_once), meaning::late_ack);
    }
    constexpr meaning operator()(const disc_is& m) const { return outcome_if(asks(verb::disconnect), m.what); }
    constexpr meaning operator()(const configuration_is&) const { return carrier_if(asks(verb::query_configuration)); }
    constexpr meaning operator()(const no_configuration&) const { return carrier_if(asks(verb::query_configuration)); }
    constexpr meaning operator()(const state_is&) const { return carrier_if(asks(verb::query_state)); }
    constexpr meaning operator()(const subscriptions_are&) const { return carrier_if(asks(verb::query_subscriptions)); }
    constexpr meaning operator()(const ping_echo_is&) const { return carrier_if(asks(verb::query_ping_echo)); }
    constexpr meaning operator()(const reconnect_is&) const { return carrier_if(asks(verb::query_reconnect)); }
    constexpr meaning operator()(const timeout_is& m) const {
        if (asks(verb::query_timeout)) return meaning::carrier;
        const timeout_kind own = alarm_kind_of(asked);
        const bool is_of_own = own != timeout_kind{} && m.value == static_cast<std::uint16_t>(own);
        return is_of_own ? meaning::no_ack : meaning::alarm;
    }
    // Messages, PUBREL, answers to pings: never asked for. ours: nor a `reconnect_alarm`, though one old firmware answers
    // `query_reconnect` like that: an alarm that was taken for an answer would hide a loss.
    template <class Other>
    constexpr meaning operator()(const Other&) const {
        return meaning::alarm;
    }
};

// The answer to `query_timeout`, where it could be an alarm.
constexpr bool is_ambiguous(const line& m) {
    const auto* const found = std::get_if<timeout_is>(&m);
    return found != nullptr && found->value >= 1 && found->value <= 6;
}

}  // namespace detail

/// What a line means while an answer to `asked` is due: a pure function, and the only place where it is decided.
constexpr meaning meaning_of(const question& asked, const line& m) { return match(m, detail::meanings{asked}); }

}  // namespace atmqtt
