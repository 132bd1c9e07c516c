// What atmqtt-modem is told by its command line.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/modem/modem_events.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace virtual_modem {

using milliseconds = std::chrono::milliseconds;

/// Where the host of the AT commands is.
enum class host_kind : std::uint8_t { pty, stdio, listen };

struct address {
    std::string host;
    std::uint16_t port = 0;
};

/// What goes wrong, for those who write drivers. Zero is: it does not.
struct fault_options {
    std::uint32_t seed = 1;
    milliseconds delay{};
    bool chops = false;
    bool merges = false;
    unsigned drop = 0;  ///< bytes in 1000, each way
    milliseconds late_ok{};
    bool alarm_inside = false;
    milliseconds restart_after{};  ///< this and the next two once, so long after the connection was first open
    milliseconds cut_after{};
    milliseconds blackhole_after{};
};

struct options {
    host_kind host = host_kind::pty;
    std::string path;               ///< the link to the pty, if any; or the socket to listen at
    std::optional<address> broker;  ///< instead of what AT+MQTTCFG names
    atmqtt::modem_options modem;
    bool is_network_up = true;
    std::string cafile;
    bool traces = false;
    fault_options faults;
};

/// Nothing where there is nothing to run: the help was shown, or what is wrong; `status` is the exit code then.
std::optional<options> parse_options(int count, char** words, int& status);

}  // namespace virtual_modem
