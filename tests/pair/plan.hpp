// What a seed decides before anything happens.
// SPDX-License-Identifier: MIT
#pragma once

#include "dice.hpp"
#include "wire.hpp"

#include <atmqtt/host/host.hpp>
#include <atmqtt/modem/modem.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace atmqtt::pair {

enum class weather : std::uint8_t {
    quiet,   // no fault but what a UART does: everything must work
    faulty,  // anything but bytes that are lost
    lossy,   // that as well: AT has no checksum, and only what holds for any input is promised
};

struct plan {
    plan(std::uint64_t seed, std::string_view* script);
    plan(const plan&) = delete;  // its settings view its strings
    plan& operator=(const plan&) = delete;

    weather how;
    moment span;             ///< in which things happen; then all is well
    std::uint32_t start;     ///< of the clock
    bool says_boot;          ///< the module prints a line when it starts
    std::size_t rx_size;     ///< of the host
    bool is_ready_at_first;  ///< the module is on when the host opens
    std::string password = "s3cr3t,pass&word=%2F";
    std::string id;
    std::string filters[3];
    atmqtt::subscribe subscriptions[3];
    atmqtt::settings settings;
    atmqtt::host_options host;
    atmqtt::modem_options modem;

    static constexpr std::string_view boot_line = "*ATREADY: 1";
    /// Within which the pair is open again, and a message acknowledged, once all is well: the host notices, which may take a check; or
    /// the module is at its tries; the last of its failures is waited for, and perhaps one more; and what is under way then ends.
    moment bound() const {
        const moment limits = host.check.count() + host.patience.count() + 2 * moment{host.longest_wait.count()};
        return limits + 3 * (moment{settings.timeout} * 1000 + 2'000) + host.talk.open.count() + 60'000;
    }
};

inline plan::plan(std::uint64_t seed, std::string_view* script) {
    dice chance(seed ^ 0x5eed, script);
    how = seed % 8 == 0 ? weather::quiet : seed % 4 == 3 ? weather::lossy : weather::faulty;
    span = chance.between(3'600'000, 6 * 3'600'000);
    const auto back = chance.between(0, static_cast<std::uint32_t>(span));
    const std::uint32_t starts[] = {0, static_cast<std::uint32_t>(chance.next()), 0x80000000U - back, 0U - back};
    start = chance.pick(starts);
    says_boot = chance.percent(50);
    const std::size_t sizes[] = {2048, 2048, 2048, 400};
    rx_size = chance.pick(sizes);
    host.talk.reading.pieces = chance.percent(50);
    is_ready_at_first = chance.percent(80);
    const bool is_sdk = chance.percent(50);
    modem.how = is_sdk ? spelling::sdk : spelling::manual;
    id = "card-" + std::to_string(seed);

    const qos levels[] = {qos::at_most_once, qos::at_least_once, qos::exactly_once};
    const char* const tails[] = {"/#", "/+", "/+/x/#"};
    settings.subscription_count = chance.between(0, 3);
    for (unsigned at = 0; at != 3; ++at) {
        filters[at] = "s" + std::to_string(at) + (!is_sdk && chance.percent(30) ? "/OK,a b" : "") + chance.pick(tails);
        subscriptions[at] = {std::string_view(filters[at]), chance.pick(levels)};
    }
    settings.subscriptions = subscriptions;
    settings.server.host = "broker.example";
    settings.server.id = std::string_view(id);
    settings.server.user = "user";
    settings.server.passwd = std::string_view(password);
    settings.server.clean = chance.percent(40);
    settings.server.short_form = chance.percent(30);
    const std::uint16_t keep_alives[] = {0, 3, 20, 60, 300};
    settings.server.keep_alive = chance.pick(keep_alives);
    const std::uint16_t timeouts[] = {1, 3, 10, 30};
    settings.timeout = chance.pick(timeouts);
    settings.recon = chance.percent(75);
    settings.rsp_echo = chance.percent(50);
    if (chance.percent(20)) {
        settings.greeting.will_flag = true;
        settings.greeting.will_qos = chance.pick(levels);
        settings.greeting.will_topic = "will";
        settings.greeting.will_mesg = "a \"last\" word";
    }

    const std::uint32_t waits[] = {1'000, 10'000, 60'000, 300'000};
    host.longest_wait = millis{chance.pick(waits)};
    host.seed = static_cast<std::uint32_t>(chance.next());
    host.failures = static_cast<std::uint8_t>(chance.percent(60) ? 0 : chance.between(1, 12));
    host.check = millis{chance.between(10'000, 120'000)};
    if (says_boot && chance.percent(50)) host.boot_line = boot_line;
}

}  // namespace atmqtt::pair
