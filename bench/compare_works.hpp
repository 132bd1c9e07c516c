// What compare.cpp runs beyond workloads.hpp and baselines.hpp: streams cut anywhere, formatting of what no compiler knows,
// more of what is written by hand, and the limits.
// SPDX-License-Identifier: MIT
#pragma once

#include "baselines.hpp"
#include "workloads.hpp"

namespace bench {

/// How a stream is cut. A variable, so that no compiler knows it.
inline std::size_t chunk_size = 1;

namespace library {

/// Rows 2 and 3.
inline void stream_chunks(std::string_view input) { stream(input, chunk_size); }

/// Row 4: of `published` all but its packet identifier, which no command has.
inline void format_published(std::string_view message) {
    const auto level = static_cast<atmqtt::qos>(published.qos);
    const auto line =
        atmqtt::format(atmqtt::publish{published.topic, level, published.retain, published.dup, message}, tx);
    if (line) got.bytes = *line;
}

/// Row 5.
inline void format_published_counted(std::string_view message) {
    const auto level = static_cast<atmqtt::qos>(published.qos);
    const auto size = static_cast<std::uint32_t>(message.size());
    const auto line =
        atmqtt::format(atmqtt::publish_counted{published.topic, level, published.retain, published.dup, size}, tx);
    if (line) got.bytes = *line;
}

}  // namespace library

namespace by_hand {

/// Rows 2 and 3: into a line buffer until LF, then sscanf.
inline void stream_sscanf(std::string_view input) { stream(input, chunk_size); }

/// The same, then strtoul.
inline void stream_strtol(std::string_view input) {
    std::size_t used = 0;
    for (std::size_t at = 0; at < input.size(); at += chunk_size) {
        const std::size_t end = input.size() - at < chunk_size ? input.size() : at + chunk_size;
        for (std::size_t next = at; next < end; ++next) {
            if (used < sizeof rx - 1) rx[used++] = input[next];
            if (input[next] != '\n') continue;
            rx[used] = '\0';
            publish_strtol({rx, used});
            used = 0;
        }
    }
}

/// Row 4: a loop that escapes, then snprintf.
inline void format_loop_snprintf(std::string_view message) {
    if (!escape(message)) return;
    keep_formatted(std::snprintf(tx, sizeof tx, "AT+MQTTPUB=\"%s\",%u,%d,%d,\"%s\"\r", published.topic.data(),
                                 published.qos, published.retain, published.dup, rx));
}

/// What is written behind the head of a command, as far as there is room.
struct output {
    char* at;

    bool add(const char* from, std::size_t size) {
        if (static_cast<std::size_t>(tx + sizeof tx - at) < size) return false;
        std::memcpy(at, from, size);
        at += size;
        return true;
    }
};

/// Row 4: snprintf up to the message, then what lies between two quotes in one copy.
inline void format_memchr_memcpy(std::string_view message) {
    const int size = std::snprintf(tx, sizeof tx, "AT+MQTTPUB=\"%s\",%u,%d,%d,\"", published.topic.data(),
                                   published.qos, published.retain, published.dup);
    if (size < 0 || static_cast<std::size_t>(size) >= sizeof tx) return;
    output to{tx + size};
    const char* from = message.data();
    std::size_t left = message.size();
    while (const void* const found = std::memchr(from, '"', left)) {
        const auto before = static_cast<std::size_t>(static_cast<const char*>(found) - from);
        if (!to.add(from, before) || !to.add("\\\"", 2)) return;
        from += before + 1;
        left -= before + 1;
    }
    if (to.add(from, left) && to.add("\"\r", 2)) got.bytes = {tx, static_cast<std::size_t>(to.at - tx)};
}

/// Row 5 by snprintf.
inline void format_counted_snprintf(std::string_view message) {
    keep_formatted(std::snprintf(tx, sizeof tx, "AT+MQTTPUB=\"%s\",%u,%d,%d,%u\r", published.topic.data(),
                                 published.qos, published.retain, published.dup,
                                 static_cast<unsigned>(message.size())));
}

/// What stands before the message of row 6, by strncmp, strchr and strtoul; the message's first byte, or null.
inline const char* command_head(const char* at) {
    if (std::strncmp(at, "AT+MQTTPUB=\"", 12) != 0) return nullptr;
    at += 12;
    const char* const quote = std::strchr(at, '"');
    if (quote == nullptr || quote[1] != ',') return nullptr;
    got.topic = {at, static_cast<std::size_t>(quote - at)};
    if ((at = number(quote + 2, 2, got.qos)) == nullptr) return nullptr;
    if ((at = number(at, 1, got.retained)) == nullptr) return nullptr;
    if ((at = number(at, 1, got.dup)) == nullptr) return nullptr;
    return *at == '"' ? at + 1 : nullptr;
}

/// Row 6: what lies between two quotes in one copy.
inline void command_memchr_memcpy(std::string_view input) {
    const char* from = command_head(input.data());
    if (from == nullptr || input.size() > sizeof tx) return;
    const char* const end = input.data() + input.size();
    char* to = tx;
    while (const void* const found = std::memchr(from, '"', static_cast<std::size_t>(end - from))) {
        const char* const quote = static_cast<const char*>(found);
        const bool escaped = quote[-1] == '\\';  // there is a byte: the head ends with a quote
        const auto before = static_cast<std::size_t>(quote - from) - (escaped ? 1 : 0);
        std::memcpy(to, from, before);
        to += before;
        if (!escaped) {
            if (end - quote == 2 && quote[1] == '\r') got.bytes = {tx, static_cast<std::size_t>(to - tx)};
            return;
        }
        *to++ = '"';
        from = quote + 1;
    }
}

/// Row 9 from a stream: into a buffer, then by shifts.
inline void decode_copied(std::string_view bytes) {
    if (bytes.size() > sizeof rx) return;
    std::memcpy(rx, bytes.data(), bytes.size());
    decode_bytes({rx, bytes.size()});
}

}  // namespace by_hand

/// What the bytes alone cost, in one piece.
namespace limit {

/// How many bytes there are up to an LF, or in all.
inline void scan(std::string_view input) {
    const char* const lf = static_cast<const char*>(std::memchr(input.data(), '\n', input.size()));
    got.length = lf == nullptr ? input.size() : static_cast<std::size_t>(lf - input.data()) + 1;
}

inline void copy(std::string_view input) {
    std::memcpy(rx, input.data(), input.size());
    got.bytes = {rx, input.size()};
}

/// A call: it is in every figure.
inline void nothing(std::string_view) {}

}  // namespace limit

}  // namespace bench
