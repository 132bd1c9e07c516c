// EXPECT: deleted
// A text is a view: no string is assigned to it that is gone behind the line.
// SPDX-License-Identifier: MIT
#include <atmqtt/host/host.hpp>

#include <string>

std::string load() { return "broker.example"; }

int main() {
    atmqtt::settings server;
#ifdef CONTROL
    const std::string host = load();
    server.server.host = host;
#else
    server.server.host = load();
#endif
    return server.server.host.empty() ? 1 : 0;
}
