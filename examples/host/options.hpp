// What atmqtt is told by its command line.
// SPDX-License-Identifier: MIT
#pragma once

#include "message_format.hpp"

#include <atmqtt/mqtt/types.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace host_tool {

/// How the program ends.
enum exit_code : int { done = 0, failed = 1, refused = 5, timed_out = 27 };

/// For a module that does not answer.
constexpr std::chrono::seconds patience_for_an_answer{6};

enum class task : std::uint8_t { publish, subscribe, console };
/// Where messages to publish come from.
enum class source : std::uint8_t { argument, file, input, lines, nothing };

struct options {
    task what = task::console;
    std::string device;
    unsigned baud = 115200;
    bool traces = false;

    std::string host;
    std::uint16_t port = 1883;
    std::string id;
    std::string user;
    std::string passwd;
    bool has_user = false;
    bool has_passwd = false;
    std::uint16_t keep_alive = 60;  // seconds
    bool keeps_session = false;
    std::string will_topic;
    std::string will_payload;
    atmqtt::qos will_level = atmqtt::qos::at_most_once;
    bool will_retain = false;
    std::string version;  // of the platform's token
    bool encrypts = false;

    std::vector<std::string> topics;
    atmqtt::qos level = atmqtt::qos::at_most_once;

    source from = source::argument;
    std::string message;
    std::string file;
    bool retain = false;
    std::uint64_t times = 1;  // that the message is published
    std::chrono::milliseconds between{};

    bool shows_topics = false;
    bool adds_line_feeds = true;
    std::optional<message_format> format;
    bool skips_retained = false;
    bool only_retained = false;
    bool ends_subscribed = false;
    std::vector<std::string> filtered_out;
    std::uint64_t count = 0;  // of messages after which it ends; 0: never
    std::chrono::seconds limit{};
};

/// Nothing where there is nothing to run: the help was shown, or what is wrong; `status` is the exit code then.
std::optional<options> parse_options(int count, char** words, int& status);

}  // namespace host_tool
