// Events of a host in words: all that they hold, nothing masked.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/host/host.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

namespace atmqtt::testing {

/// Bytes as they are where they can be printed, the others as \xHH.
inline std::string printable(std::string_view bytes) {
    std::string out;
    for (const char byte : bytes) {
        char code[8] = {byte};
        if (byte < ' ' || byte > '~') std::snprintf(code, sizeof code, "\\x%02X", static_cast<unsigned>(byte & 0xFF));
        out += code;
    }
    return out;
}
inline std::string plain(const text& from) {
    std::string out;
    for (const char byte : from) out += byte;
    return out;
}

inline std::string in_words(verb what) {
    static constexpr const char* names[] = {"none", "CFG",  "CFG?",  "OPEN", "STAT?", "SUB", "SUB?", "UNSUB", "PUB",
                                            "DISC", "PING", "PING?", "REC",  "REC?",  "TO",  "TO?",  "DEL",   "raw"};
    return names[static_cast<std::size_t>(what)];
}
inline std::string in_words(verdict how) {
    static constexpr const char* names[] = {"acknowledged", "accepted", "refused", "no_ack", "no_answer", "unknown"};
    return names[static_cast<std::size_t>(how)];
}
inline std::string in_words(on::cause why) {
    static constexpr const char* names[] = {"asked",           "gave_up",   "refused",    "unknown",
                                            "bad_credentials", "no_answer", "impatience", "unstable"};
    return names[static_cast<std::size_t>(why)];
}
inline std::string in_words(const on::done& d) {
    std::string out = in_words(d.what) + " " + in_words(d.how);
    if (d.code != cme{}) out += " " + std::to_string(static_cast<unsigned>(d.code));
    if (d.what == verb::subscribe && d.granted != suback_refused) out += " at " + std::to_string(unsigned{d.granted});
    return out;
}
/// A line as a modem writes it, without its ends.
inline std::string in_words(const line& m) {
    char out[2048];
    const auto written = match(m, [&out](const auto& one) -> result<std::string_view> {
        const auto bytes = format(one, out);
        if (!bytes) return bytes.why();
        return std::string_view{bytes->data(), bytes->size()};
    });
    if (!written) return "a line that cannot be written";
    std::string_view bytes = *written;
    while (!bytes.empty() && (bytes.front() == '\r' || bytes.front() == '\n')) bytes.remove_prefix(1);
    while (!bytes.empty() && (bytes.back() == '\r' || bytes.back() == '\n')) bytes.remove_suffix(1);
    return std::string(bytes);
}
template <class Header>
std::string header_in_words(const Header& m) {
    return plain(m.topic) + " at " + std::to_string(static_cast<int>(m.level)) + " " + std::to_string(m.length);
}

/// One overload for each event.
struct host_words {
    std::string operator()(const on::opened&) const { return "opened"; }
    std::string operator()(const on::closed& e) const { return "closed " + in_words(e.why); }
    std::string operator()(const on::message& e) const {
        return "message " + header_in_words(e.what) + " " + printable(e.what.payload) + (e.mismatch ? " mismatch" : "");
    }
    std::string operator()(const on::done& e) const { return "done " + in_words(e); }
    std::string operator()(const on::alarm& e) const { return "alarm " + in_words(e.what); }
    std::string operator()(const on::reconnecting& e) const { return "reconnecting " + std::to_string(e.number); }
    std::string operator()(const on::retrying& e) const { return "retrying " + std::to_string(e.after.count()); }
    std::string operator()(const on::give_up&) const { return "give_up"; }
    std::string operator()(const on::network_needed&) const { return "network_needed"; }
    std::string operator()(const on::restarted&) const { return "restarted"; }
    std::string operator()(const on::warning& e) const {
        return e.what == on::doubt::keep_alive ? "warning keep_alive" : "warning long_greeting";
    }
    std::string operator()(const on::step& e) const { return "step " + in_words(e.what); }
    std::string operator()(const on::answer& e) const {
        return "answer " + in_words(e.what) + (e.is_ambiguous ? " perhaps" : "");
    }
    std::string operator()(const on::item& e) const { return "item " + plain(e.what.topic); }
    std::string operator()(const on::text_line& e) const {
        return std::string(e.is_answer ? "text of the answer " : "text ") + printable(e.text) +
               (e.text.empty() ? std::to_string(e.size) + " bytes" : "");
    }
    std::string operator()(const on::late_ack& e) const {
        return "late " + in_words(e.what) + (e.is_of_last ? " of the last" : "");
    }
    std::string operator()(const on::piece& e) const { return "piece " + printable(e.bytes); }
    std::string operator()(const on::too_large& e) const { return "too_large " + header_in_words(e.header); }
    std::string operator()(const on::malformed& e) const { return "malformed " + printable(e.text); }
    std::string operator()(const on::overlong& e) const { return "overlong " + std::to_string(e.size); }
    std::string operator()(const on::stuck&) const { return "stuck"; }
};
inline std::string in_words(const host::event& found) { return match(found, host_words{}); }

}  // namespace atmqtt::testing
