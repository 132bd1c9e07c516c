// The URLs of mosquitto's -L.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace host_tool {

/// mqtt://[USER[:PASS]@]HOST[:PORT]/TOPIC. There is no `@` in a host nor a topic: what is behind one may be the rest of a password.
struct url {
    std::string_view user, passwd, host, port, topic;
    bool has_user = false, has_passwd = false, has_port = false;
};

// As much of `from` as stands in front of `end`, which goes with it. False, and nothing, where there is none.
inline bool take_until(std::string_view& from, char end, std::string_view& to) {
    const std::size_t place = from.find(end);
    if (place == std::string_view::npos) return false;
    to = from.substr(0, place);
    from.remove_prefix(place + 1);
    return true;
}
/// Nothing where it is not of that form.
inline std::optional<url> parse_url(std::string_view words) {
    constexpr std::string_view scheme = "mqtt://";
    url made;
    if (words.substr(0, scheme.size()) != scheme) return std::nullopt;
    words.remove_prefix(scheme.size());
    std::string_view server;
    if (!take_until(words, '/', server) || words.empty()) return std::nullopt;
    made.topic = words;
    made.has_user = take_until(server, '@', made.user);
    std::string_view name;
    made.has_passwd = take_until(made.user, ':', name);
    if (made.has_passwd) made.passwd = std::exchange(made.user, name);
    made.has_port = take_until(server, ':', made.host);
    (made.has_port ? made.port : made.host) = server;
    const bool may_be_secret = (std::string(made.host) + std::string(made.topic)).find('@') != std::string::npos;
    if (made.host.empty() || may_be_secret) return std::nullopt;
    return made;
}

}  // namespace host_tool
