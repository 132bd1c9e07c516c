// One function for each call of AT whose stack is shown. What they return is the caller's: its size is in the table of objects.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

namespace {

using text_result = atmqtt::result<std::string_view>;

}  // namespace

extern "C" {

[[gnu::noinline]] text_result stack_format_subscribe(const atmqtt::subscribe& m) { return atmqtt::format(m, sent); }
[[gnu::noinline]] text_result stack_format_any_command(const atmqtt::command& m) { return atmqtt::format(m, sent); }
[[gnu::noinline]] text_result stack_format_any_line(const atmqtt::line& m) { return atmqtt::format(m, sent); }
[[gnu::noinline]] atmqtt::result<atmqtt::suback> stack_parse_suback(std::string_view text) {
    return atmqtt::parse<atmqtt::suback>(text);
}
[[gnu::noinline]] atmqtt::result<atmqtt::line> stack_parse_line(std::string_view text) {
    return atmqtt::parse_line(text);
}
[[gnu::noinline]] atmqtt::result<atmqtt::command> stack_parse_command(std::string_view text) {
    return atmqtt::parse_command(text);
}
[[gnu::noinline]] auto stack_line_reader_receive(std::string_view& input) {
    return lent<atmqtt::line_reader>().receive(input, atmqtt::instant{});
}
[[gnu::noinline]] auto stack_command_reader_receive(std::string_view& input) {
    return lent<atmqtt::command_reader>().receive(input, atmqtt::instant{});
}
}

void program() {}
