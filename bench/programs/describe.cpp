// Words for logs, of every command and every line.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

namespace {

void say(std::string_view words) { uart_write(words.data(), words.size()); }

}  // namespace

void program() {
    say(atmqtt::describe(lent<atmqtt::command>(), sent));
    say(atmqtt::describe(lent<atmqtt::line>(), sent));
}
