// SPDX-License-Identifier: MIT
#include "trace.hpp"

#include "../words.hpp"

#include <atmqtt/core/match.hpp>

#include <cstdio>
#include <string>
#include <utility>
#include <variant>

namespace host_tool {

namespace {

void print(const char* way, const std::string& what) { std::fprintf(stderr, "%s %s\n", way, what.c_str()); }

}  // namespace

atmqtt::command_reader_options trace::command_options() {
    atmqtt::command_reader_options chosen;
    chosen.line_limit = 4096;
    return chosen;
}
atmqtt::line_reader_options trace::line_options() {
    atmqtt::line_reader_options chosen;
    chosen.any_prompt = true;
    return chosen;
}

void trace::to_module(std::string_view bytes) {
    while (const auto found = commands_.receive(bytes, {})) {
        atmqtt::match(
            *found, [this](const atmqtt::from_host::command& c) { print_command(c.text); },
            [this](const atmqtt::from_host::data& d) { print_data(d.bytes); }, [](const auto&) {});
    }
}

void trace::print_command(std::string_view line) {
    const auto m = atmqtt::parse_command(line);
    const bool is_hidden = std::exchange(is_cut_, false) && !m;
    print("->", is_hidden ? "***" : words::of_command(line));
    const auto* const counted = m ? std::get_if<atmqtt::publish_counted>(&*m) : nullptr;
    counted_ = counted != nullptr ? counted->length : 0;
}
void trace::print_data(std::string_view bytes) {
    is_cut_ = words::shown_of_data(bytes) != bytes.size();
    print("->", words::of_data(bytes));
}

// Where it does not come, the command was refused: what follows are lines.
void trace::take_prompt() {
    print("<-", ">");
    const std::uint32_t wanted = std::exchange(counted_, 0);
    if (wanted != 0 && commands_.expect_data(wanted)) commands_.prompted();
}

void trace::from_module(std::string_view bytes) {
    while (const auto found = lines_.receive(bytes, {})) {
        atmqtt::match(
            *found, [](const atmqtt::from_modem::line& l) { print("<-", words::of_line(l.text)); },
            [this](const atmqtt::from_modem::prompt&) { take_prompt(); },
            [](const atmqtt::from_modem::message& m) { print("<-", words::of_message(m.what, m.mismatch)); },
            [](const atmqtt::from_modem::overlong& o) {
                print("<-", "overlong, " + std::to_string(o.size) + " bytes");
            },
            [](const auto&) {});
    }
}

}  // namespace host_tool
