// What a driver does today, beside the library's rows: plain C of the usual kind, its results checked alike. It is not
// safe in the library's sense: payloads with CR LF, escapes in topics and other spellings are not its business.
// SPDX-License-Identifier: MIT
#pragma once

#include "samples.hpp"

#include <cstdio>
#include <cstdlib>

namespace bench::by_hand {

alignas(64) inline char topic_copy[513];

/// Row 1 by sscanf.
inline void publish_sscanf(std::string_view input) {
    unsigned length = 0;
    int offset = 0;
    if (std::sscanf(input.data(), "+MQTTPUBLISH: %u,%u,%u,%u,\"%512[^\"]\",%u,%n", &got.dup, &got.qos, &got.retained,
                    &got.packet_id, topic_copy, &length, &offset) != 6 ||
        offset == 0)
        return;
    const std::size_t begin = static_cast<std::size_t>(offset);
    if (begin + length > input.size()) return;
    got.length = length;
    got.topic = topic_copy;
    got.bytes = {input.data() + begin, length};
}

/// A number up to `most` and the comma after it; the byte behind that, or null.
inline const char* number(const char* at, unsigned long most, unsigned& value) {
    char* end = nullptr;
    const unsigned long read = std::strtoul(at, &end, 10);
    if (end == at || *end != ',' || read > most) return nullptr;
    value = static_cast<unsigned>(read);
    return end + 1;
}

/// Row 1 by strtoul and strchr, the ranges checked.
inline void publish_strtol(std::string_view input) {
    const char* at = input.data();
    if (std::strncmp(at, "+MQTTPUBLISH: ", 14) != 0) return;
    at += 14;
    if ((at = number(at, 1, got.dup)) == nullptr) return;
    if ((at = number(at, 2, got.qos)) == nullptr) return;
    if ((at = number(at, 1, got.retained)) == nullptr) return;
    if ((at = number(at, 65535, got.packet_id)) == nullptr) return;
    if (*at++ != '"') return;
    const char* const quote = std::strchr(at, '"');
    if (quote == nullptr || quote[1] != ',') return;
    got.topic = {at, static_cast<std::size_t>(quote - at)};
    unsigned length = 0;
    if ((at = number(quote + 2, 65535, length)) == nullptr) return;
    if (static_cast<std::size_t>(at - input.data()) + length > input.size()) return;
    got.length = length;
    got.bytes = {at, length};
}

/// Rows 2 and 3: bytes into a line buffer until LF, then sscanf.
struct line_buffer {
    std::size_t used = 0;

    void push(std::string_view chunk) {
        for (const char byte : chunk) {
            if (used < sizeof rx - 1) rx[used++] = byte;
            if (byte != '\n') continue;
            rx[used] = '\0';
            publish_sscanf({rx, used});
            used = 0;
        }
    }
};

inline void stream(std::string_view input, std::size_t chunk) {
    line_buffer reader;
    for (std::size_t at = 0; at < input.size(); at += chunk)
        reader.push({input.data() + at, input.size() - at < chunk ? input.size() - at : chunk});
}
inline void stream_64(std::string_view input) { stream(input, 64); }
inline void stream_1(std::string_view input) { stream(input, 1); }

/// Copies a message into rx with a backslash before each quote; false where it has no room.
inline bool escape(std::string_view message) {
    std::size_t used = 0;
    for (const char byte : message) {
        if (used + 3 > sizeof rx) return false;
        if (byte == '"') rx[used++] = '\\';
        rx[used++] = byte;
    }
    rx[used] = '\0';
    return true;
}
/// Keeps what snprintf has written into tx, if it was all.
inline void keep_formatted(int size) {
    if (size > 0 && static_cast<std::size_t>(size) < sizeof tx) got.bytes = {tx, static_cast<std::size_t>(size)};
}

/// Row 4: a loop that escapes, then snprintf.
inline void format_literal(std::string_view message) {
    if (!escape(message)) return;
    keep_formatted(std::snprintf(tx, sizeof tx, "AT+MQTTPUB=\"%s\",%d,%d,%d,\"%s\"\r", "dev/gsm/u", 1, 0, 0, rx));
}

/// Row 5 by snprintf.
inline void format_counted(std::string_view message) {
    keep_formatted(std::snprintf(tx, sizeof tx, "AT+MQTTPUB=\"%s\",%d,%d,%d,%u\r", "dev/gsm/u", 1, 0, 0,
                                 static_cast<unsigned>(message.size())));
}

/// Row 6: sscanf up to the message, then a loop that drops the escapes.
inline void parse_command(std::string_view input) {
    int offset = 0;
    if (std::sscanf(input.data(), "AT+MQTTPUB=\"%512[^\"]\",%u,%u,%u,\"%n", topic_copy, &got.qos, &got.retained,
                    &got.dup, &offset) != 4 ||
        offset == 0)
        return;
    std::size_t used = 0;
    for (std::size_t at = static_cast<std::size_t>(offset); at < input.size(); ++at) {
        char byte = input[at];
        if (byte == '"') {
            if (at + 1 < input.size() && input[at + 1] == '\r') {
                got.topic = topic_copy;
                got.bytes = {tx, used};
            }
            return;
        }
        if (byte == '\\' && at + 1 < input.size() && input[at + 1] == '"') byte = input[++at];
        if (used == sizeof tx) return;
        tx[used++] = byte;
    }
}

/// Row 7 by sscanf.
inline void suback_sscanf(std::string_view input) {
    if (std::sscanf(input.data(), "+MQTTSUBACK: %u,%u,%512s", &got.packet_id, &got.code, topic_copy) == 3)
        got.topic = topic_copy;
}

/// Row 7 by strncmp and strtoul, behind the heads that come before it in a driver's chain.
inline void suback_strncmp(std::string_view input) {
    const char* at = input.data();
    if (std::strncmp(at, "OK", 2) == 0 || std::strncmp(at, "ERROR", 5) == 0 || std::strncmp(at, "+CME ERROR:", 11) == 0)
        return;
    if (std::strncmp(at, "+MQTTSUBACK: ", 13) != 0) return;
    at += 13;
    if ((at = number(at, 65535, got.packet_id)) == nullptr) return;
    if ((at = number(at, 255, got.code)) == nullptr) return;
    got.topic = {at, static_cast<std::size_t>(input.data() + input.size() - at)};
}

/// Row 8: what no encoder can be without.
inline void copy(std::string_view message) { std::memcpy(tx + packet_head.size(), message.data(), message.size()); }
/// Row 9: what no reader of a stream can be without.
inline void copy_body(std::string_view body) { std::memcpy(rx, body.data(), body.size()); }

inline char* put_number(char* at, std::size_t value) {
    *at++ = static_cast<char>(value >> 8);
    *at++ = static_cast<char>(value & 0xFF);
    return at;
}

/// Row 8 by shifts and memcpy; nobody looks at the topic.
inline void encode_publish(std::string_view message) {
    const std::string_view name = published.topic;
    std::size_t left = 2 + name.size() + (published.qos != 0 ? 2 : 0) + message.size();
    if (left > sizeof tx - 5) return;
    char* at = tx;
    *at++ = static_cast<char>(0x30 | (published.dup ? 8 : 0) | published.qos << 1 | (published.retain ? 1 : 0));
    do {
        const std::size_t seven = left % 128;
        left /= 128;
        *at++ = static_cast<char>(left != 0 ? seven | 128 : seven);
    } while (left != 0);
    at = put_number(at, name.size());
    std::memcpy(at, name.data(), name.size());
    at += name.size();
    if (published.qos != 0) at = put_number(at, published.packet_id);
    std::memcpy(at, message.data(), message.size());
    at += message.size();
    got.bytes = {tx, static_cast<std::size_t>(at - tx)};
}

inline unsigned number(const char* at) {
    return static_cast<unsigned>(static_cast<unsigned char>(at[0]) << 8 | static_cast<unsigned char>(at[1]));
}

/// Row 9 by shifts, the lengths checked; nobody looks at the topic.
inline void take_packet(unsigned first, std::string_view body) {
    const char* at = body.data();
    const char* const end = at + body.size();
    if (first >> 4 != 3 || end - at < 2) return;
    got.dup = first >> 3 & 1;
    got.qos = first >> 1 & 3;
    got.retained = first & 1;
    const unsigned size = number(at);
    at += 2;
    if (end - at < static_cast<std::ptrdiff_t>(size)) return;
    got.topic = {at, size};
    at += size;
    if (got.qos != 0) {
        if (end - at < 2) return;
        got.packet_id = number(at);
        at += 2;
    }
    got.length = static_cast<std::size_t>(end - at);
    got.bytes = {at, got.length};
}
inline void decode_body(std::string_view body) { take_packet(static_cast<unsigned char>(packet.data[0]), body); }

/// The same behind the fixed header.
inline void decode_bytes(std::string_view bytes) {
    std::size_t length = 0;
    std::size_t at = 1;
    for (unsigned shift = 0;; shift += 7) {
        if (at == bytes.size() || shift > 21) return;
        const auto byte = static_cast<unsigned char>(bytes[at++]);
        length |= (byte & 127U) << shift;
        if ((byte & 128) == 0) break;
    }
    if (bytes.size() - at < length) return;
    take_packet(static_cast<unsigned char>(bytes[0]), {bytes.data() + at, length});
}

/// `OK` by strcmp.
inline void final_strcmp(std::string_view input) {
    if (std::strcmp(input.data(), "OK") == 0) got.ok = true;
}

}  // namespace bench::by_hand
