// SPDX-License-Identifier: MIT
#include "trace.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/describe.hpp>
#include <atmqtt/core/match.hpp>

#include <cstdio>
#include <string>
#include <variant>

namespace host_tool {

namespace {

void print(const char* way, const std::string& what) { std::fprintf(stderr, "%s %s\n", way, what.c_str()); }

template <class Message>
std::string described(const Message& m) {
    std::string shown(64 * 1024, ' ');
    return std::string(describe(m, atmqtt::buffer{shown.data(), shown.size()}));
}

std::string as_text(std::string_view line) {
    const auto secret = atmqtt::secret_in(line);
    if (secret.size == 0) return quoted(line);
    return quoted(line.substr(0, secret.at)) + " ***";
}

}  // namespace

std::string quoted(std::string_view bytes) {
    static const char digits[] = "0123456789ABCDEF";
    std::string shown = "\"";
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        const bool is_plain = value >= ' ' && value < 0x7F && byte != '"' && byte != '\\';
        if (is_plain)
            shown += byte;
        else
            shown += std::string("\\x") + digits[value >> 4] + digits[value & 15];
    }
    return shown + "\"";
}

std::string words_of_line(std::string_view line) {
    const auto m = atmqtt::parse_line(line);
    return m ? described(*m) : as_text(line);
}

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
            [](const atmqtt::from_host::data& d) { print("->", quoted(d.bytes)); }, [](const auto&) {});
    }
}

void trace::print_command(std::string_view line) {
    const auto m = atmqtt::parse_command(line);
    print("->", m ? described(*m) : as_text(line));
    if (!m) return;
    if (const auto* const counted = std::get_if<atmqtt::publish_counted>(&*m)) commands_.expect_data(counted->length);
}

void trace::from_module(std::string_view bytes) {
    while (const auto found = lines_.receive(bytes, {})) {
        atmqtt::match(
            *found, [](const atmqtt::from_modem::line& l) { print("<-", words_of_line(l.text)); },
            [](const atmqtt::from_modem::prompt&) { print("<-", ">"); },
            [](const atmqtt::from_modem::message& m) { print("<-", described(m.what)); },
            [](const atmqtt::from_modem::overlong& o) {
                print("<-", "overlong, " + std::to_string(o.size) + " bytes");
            },
            [](const auto&) {});
    }
}

}  // namespace host_tool
