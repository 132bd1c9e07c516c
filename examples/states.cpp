// Prints the life of a connection as a Mermaid diagram, as link.hpp has it: the README shows what this prints.
// SPDX-License-Identifier: MIT
#include <atmqtt/link/link.hpp>

#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using atmqtt::link_event;
using atmqtt::phase;

const char* const phases[] = {"closed", "connecting", "greeting", "awaiting", "open", "waiting", "closing"};
const char* const events[] = {"open asked",   "close asked",     "socket up",      "socket failed", "socket lost",
                              "CONNECT sent", "accepted",        "refused",        "bad password",  "too late",
                              "try due",      "ACK timeout",     "3 pings missed", "ping answered", "send failed",
                              "network lost", "DISCONNECT sent", "REC on",         "REC off"};
static_assert(std::size(phases) == atmqtt::phase_count && std::size(events) == atmqtt::link_event_count);

/// What leads from `closed` to each phase.
const std::vector<link_event> ways[] = {
    {},
    {link_event::open_asked},
    {link_event::open_asked, link_event::socket_up},
    {link_event::open_asked, link_event::socket_up, link_event::greeted},
    {link_event::open_asked, link_event::socket_up, link_event::greeted, link_event::accepted},
    {link_event::open_asked, link_event::socket_failed},
    {link_event::open_asked, link_event::socket_up, link_event::greeted, link_event::accepted, link_event::close_asked},
};

/// Where an event leads, with tries to reconnect left or not; `reconnects` tells which it was.
phase after(std::size_t from, std::size_t event, bool reconnects) {
    atmqtt::link_options options;
    options.strikes = 1;
    atmqtt::link link(options);
    for (const link_event one : ways[from]) (void)link.step(one, {});
    if (!reconnects && static_cast<phase>(from) != phase::waiting) (void)link.step(link_event::reconnect_off, {});
    return link.step(static_cast<link_event>(event), {}).to;
}

}  // namespace

int main() {
    std::map<std::pair<std::size_t, std::size_t>, std::string> arrows;
    const auto add = [&arrows](std::size_t from, phase to, std::size_t event, const char* only) {
        if (static_cast<phase>(from) == to) return;
        std::string& words = arrows[{from, static_cast<std::size_t>(to)}];
        if (!words.empty()) words += ", ";
        words += events[event];
        words += only;
    };
    for (std::size_t from = 0; from != atmqtt::phase_count; ++from) {
        for (std::size_t event = 0; event != atmqtt::link_event_count; ++event) {
            const phase with = after(from, event, true);
            const phase without = after(from, event, false);
            add(from, with, event, "");
            if (with != without) add(from, without, event, " *");
        }
    }
    std::puts("stateDiagram-v2\n    [*] --> closed");
    for (const auto& [ends, words] : arrows)
        std::printf("    %s --> %s: %s\n", phases[ends.first], phases[ends.second], words.c_str());
    return 0;
}
