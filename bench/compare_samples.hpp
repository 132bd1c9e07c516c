// The samples of compare.cpp: each length and payload in every form it is parsed from or formatted to, and what must come out.
// SPDX-License-Identifier: MIT
#pragma once

#include "samples.hpp"

#include <array>

namespace bench {

/// Hardly any quotes: 3 %, none in the first 16 bytes. `json`, dense, has 21 %.
inline constexpr std::string_view prose = R"(21.5 degrees and 40 % of humidity in room "4", nobody is there. )";

/// What depends on the length alone, written out: no encoder of ours vouches for another.
struct length {
    std::size_t bytes;
    std::string_view digits;
    std::string_view packet_begin;  ///< the first byte of a packet with such a payload, and its Remaining Length
};
inline constexpr std::array<length, 3> lengths{
    {{16, "16", "\x32\x1D"}, {128, "128", "\x32\x8D\x01"}, {1024, "1024", "\x32\x8D\x08"}}};

/// One payload.
struct sample {
    std::string_view density;
    std::string_view digits;
    std::size_t head_size = 0;  ///< of the URC, to the payload
    storage<1024> payload;
    storage<1072> urc;
    storage<1024> message;    ///< as much of the payload as fits into a line
    storage<line_most> line;  ///< the command that publishes it
    storage<40> counted;      ///< the counted form, of all of the payload
    storage<1040> packet;
};

inline void fill_line(sample& made) {
    made.line.add(publish_head);
    for (const char byte : made.payload.view()) {
        if (made.line.size + (byte == '"' ? 2 : 1) + publish_tail.size() > line_most) break;
        if (byte == '"') made.line.add('\\');
        made.line.add(byte);
        made.message.add(byte);
    }
    made.line.add(publish_tail);
}

inline void fill(sample& made, const length& size, std::string_view density, std::string_view text) {
    made.density = density;
    made.digits = size.digits;
    for (std::size_t at = 0; at < size.bytes; ++at) made.payload.add(text[at % text.size()]);
    made.urc.add("+MQTTPUBLISH: 0,1,0,1,\"dev/gsm/u\",");
    made.urc.add(size.digits);
    made.urc.add(',');
    made.head_size = made.urc.size;
    made.urc.add(made.payload.view());
    made.urc.add("\r\n");
    fill_line(made);
    made.counted.add("AT+MQTTPUB=\"dev/gsm/u\",1,0,0,");
    made.counted.add(size.digits);
    made.counted.add('\r');
    made.packet.add(size.packet_begin);
    made.packet.add(packet_head.substr(packet_header_size));
    made.packet.add(made.payload.view());
}

inline std::array<sample, 2 * lengths.size()> samples;

inline void fill_samples() {
    std::size_t at = 0;
    for (const length& size : lengths) {
        fill(samples[at++], size, "dense", json);
        fill(samples[at++], size, "sparse", prose);
    }
}

/// What a parser of one line is given, and what no parser can do without reading.
inline std::string_view line_of(const sample& of) { return {of.urc.data, of.urc.size - 2}; }
inline std::string_view head_of(const sample& of) { return {of.urc.data, of.head_size}; }
inline std::string_view packet_head_of(const sample& of) { return {of.packet.data, of.packet.size - of.payload.size}; }

inline bool is_publish(const sample& of) { return is_publish() && got.bytes == of.payload.view(); }
inline bool is_line(const sample& of) { return got.bytes == of.line.view(); }
inline bool is_counted(const sample& of) { return got.bytes == of.counted.view(); }
inline bool is_packet(const sample& of) { return got.bytes == of.packet.view(); }
inline bool is_command(const sample& of) {
    return got.topic == topic && got.qos == 1 && got.retained == 0 && got.dup == 0 && got.bytes == of.message.view();
}
inline bool is_suback(const sample&) { return is_suback(); }

}  // namespace bench
