// What is parsed and formatted, and what must come out of it: the same for the library and for what is written by hand.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bench {

/// The message of the manual's JSON example, unescaped.                                  [2.3.6]
inline constexpr std::string_view json = R"("{"datastreams":[{"id":"4G","datapoints":[{"value":"1"}]}]}")";

/// At most this much of `json` repeated is published: "dense", a fifth of it are quotes.
inline constexpr std::size_t dense_most = 1024;
/// A literal publish is a line, and the library writes none longer than this, CR included.
inline constexpr std::size_t line_most = 1024;

inline constexpr std::string_view topic = "dev/gsm/u";
inline constexpr std::string_view publish_head = "AT+MQTTPUB=\"dev/gsm/u\",1,0,0,\"";
inline constexpr std::string_view publish_tail = "\"\r";
inline constexpr std::string_view counted = "AT+MQTTPUB=\"dev/gsm/u\",1,0,0,1024\r";

/// What is published as a packet of MQTT. Variables, so that no compiler knows their values.
struct publication {
    std::string_view topic;
    unsigned qos;
    bool dup;
    bool retain;
    std::uint16_t packet_id;
};
inline publication published{topic, 1, false, false, 1};
/// The packet before its payload of 1024 bytes, and before its body.
inline constexpr std::string_view packet_head{"\x32\x8D\x08\0\x09"
                                              "dev/gsm/u"
                                              "\0\x01",
                                              16};
inline constexpr std::size_t packet_header_size = 3;

/// Text with a NUL after it, as sscanf wants it.
template <std::size_t Size>
struct storage {
    alignas(64) char data[Size + 1] = {};  // what a C library does depends on where its text begins
    std::size_t size = 0;

    void add(char byte) { data[size++] = byte; }
    void add(std::string_view bytes) {
        for (const char byte : bytes) add(byte);
    }
    std::string_view view() const { return {data, size}; }
};

template <std::size_t Length>
using urc_storage = storage<Length + 48>;

/// `+MQTTPUBLISH: 0,1,0,1,"dev/gsm/u",<Length>,<bytes>\r\n`.
template <std::size_t Length>
urc_storage<Length> urc() {
    urc_storage<Length> made;
    made.add("+MQTTPUBLISH: 0,1,0,1,\"dev/gsm/u\",");
    for (std::size_t unit = 1000; unit > 0; unit /= 10)
        if (Length >= unit) made.add(static_cast<char>('0' + Length / unit % 10));
    made.add(',');
    for (std::size_t at = 0; at < Length; ++at) made.add(json[at % json.size()]);
    made.add("\r\n");
    return made;
}

inline urc_storage<16> urc_16;
inline urc_storage<128> urc_128;
inline urc_storage<1024> urc_1024;
inline storage<40> suback;
inline storage<8> ok;
inline storage<dense_most> dense;      ///< as much of `json` repeated as fits into a line
inline storage<line_most> dense_line;  ///< the command that publishes it
inline storage<1040> packet;           ///< `packet_head` and 1024 bytes

/// What a parser of one line is given: the URC without its line end.
template <std::size_t Size>
std::string_view line_of(const storage<Size>& urc) {
    return {urc.data, urc.size - 2};
}

template <std::size_t Length>
std::string_view payload_of(const urc_storage<Length>& urc) {
    return {urc.data + urc.size - 2 - Length, Length};
}

inline std::string_view body_of_packet() { return packet.view().substr(packet_header_size); }
inline std::string_view payload_of_packet() { return packet.view().substr(packet_head.size()); }

inline void prepare() {
    urc_16 = urc<16>();
    urc_128 = urc<128>();
    urc_1024 = urc<1024>();
    suback.add("+MQTTSUBACK: 2,2,dev/gsm/u");
    ok.add("OK");
    dense_line.add(publish_head);
    while (dense.size < dense_most) {
        const char byte = json[dense.size % json.size()];
        if (dense_line.size + (byte == '"' ? 2 : 1) + publish_tail.size() > line_most) break;
        if (byte == '"') dense_line.add('\\');
        dense_line.add(byte);
        dense.add(byte);
    }
    dense_line.add(publish_tail);
    packet.add(packet_head);
    packet.add(payload_of<1024>(urc_1024));
}

/// Memory for whoever reads or formats.
alignas(64) inline char rx[1200];
alignas(64) inline char tx[1200];

/// What a measured function found. Numbers begin as 999, which is right nowhere.
struct found {
    unsigned dup = 999;
    unsigned qos = 999;
    unsigned retained = 999;
    unsigned packet_id = 999;
    unsigned code = 999;
    std::size_t length = 999;
    std::string_view topic;
    std::string_view bytes;  ///< a payload, a message without its escapes, or what was formatted
    bool ok = false;         ///< the final result OK
};

inline found got;

inline bool is_publish() {
    return got.dup == 0 && got.qos == 1 && got.retained == 0 && got.packet_id == 1 && got.topic == topic &&
           got.length == got.bytes.size();
}
inline bool is_publish_16() { return is_publish() && got.bytes == payload_of<16>(urc_16); }
inline bool is_publish_128() { return is_publish() && got.bytes == payload_of<128>(urc_128); }
inline bool is_publish_1024() { return is_publish() && got.bytes == payload_of<1024>(urc_1024); }
inline bool is_suback() { return got.packet_id == 2 && got.code == 2 && got.topic == topic; }
inline bool is_ok() { return got.ok; }
inline bool is_dense_line() { return got.bytes == dense_line.view(); }
inline bool is_counted() { return got.bytes == counted; }
/// What was copied lies where an encoder puts it: how memcpy copies depends on that.
inline bool is_copied() {
    return std::string_view{tx + packet_head.size(), payload_of_packet().size()} == payload_of_packet();
}
inline bool is_copied_body() { return std::string_view{rx, body_of_packet().size()} == body_of_packet(); }
inline bool is_packet() { return got.bytes == packet.view(); }
inline bool is_packet_head() { return got.bytes == packet_head; }
inline bool is_packet_publish() { return is_publish() && got.bytes == payload_of_packet(); }
inline bool is_dense_command() {
    return got.topic == topic && got.qos == 1 && got.retained == 0 && got.dup == 0 && got.bytes == dense.view();
}

}  // namespace bench
