// The walker that encodes.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "byte_reader.hpp"
#include "layout.hpp"
#include "text.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::mqtt {

/// Encodes: writes the members as the body of one packet, and the flags into its first byte. Its calls go on behind a failure,
/// and count: the first one is kept.
class byte_writer {
public:
    /// How a PUBLISH ends: with its payload, or without it where the caller sends that from where it is.
    enum class tail : std::uint8_t { copied, left_out };

    /// `expected` bytes of payload decide how much room is left for the fixed header: where it takes more, the body moves.
    constexpr byte_writer(buffer out, std::size_t expected) : byte_writer(out.data(), out.size(), expected) {}

    constexpr bool bit(unsigned place, bool from) {
        flags_ |= static_cast<unsigned>(from) << place;
        return true;
    }
    constexpr bool level(unsigned place, qos from) {
        flags_ |= static_cast<unsigned>(from) << place;
        return check(from <= qos::exactly_once, field::qos, errc::out_of_range);
    }
    constexpr bool next_flags() { return true; }
    constexpr bool reserved_flags(unsigned) {
        octet(flags_);
        flags_ = 0;
        return true;
    }

    constexpr bool protocol(atmqtt::level of) {
        put(detail::greeting_of(of));
        return true;
    }
    constexpr bool number(param, std::uint16_t from) {
        word(from);
        return true;
    }
    constexpr bool id(packet_id from) {
        identifier(from);
        return true;
    }
    template <class Choice>
    constexpr bool choice(param name, Choice from, Choice last) {
        check(from <= last, name, errc::out_of_range);
        octet(static_cast<unsigned>(from));
        return true;
    }

    constexpr bool string(param name, const std::string_view& from) { return topic_name(name, from); }
    constexpr bool topic_name(param name, const std::string_view& from) {
        text(name, from);
        return true;
    }
    constexpr bool topic_filter(const std::string_view& from) { return topic_name(field::filter, from); }
    constexpr bool binary(param name, const std::string_view& from) {
        bytes(name, from);
        return true;
    }

    constexpr bool codes(const std::string_view& from) {
        check(!from.empty(), field::return_code, errc::missing);
        for (const char code : from) check(detail::is_suback_code(code), field::return_code, errc::out_of_range);
        put(from);
        return true;
    }
    constexpr bool filters(const std::string_view& from, bool have_levels) {
        if (!from.empty()) more(from, have_levels);
        return true;
    }
    constexpr bool payload(const std::string_view& from) {
        payload_ = from.size();
        return true;
    }

    constexpr bool check(bool holds, param name, errc why = errc::inconsistent) {
        if (!holds) fail(why, name);
        return true;
    }

    /// Writes the fixed header; gives the packet, or why it cannot be encoded. A payload that is `copied` belongs to it, and is
    /// to be written by whoever asks: it lies at the end.
    constexpr result<std::string_view> end(packet_type type, tail how) {
        const std::size_t length = size_ - body_ + payload_;
        const std::size_t header = detail::header_size(length);
        error why = why_;
        if (why.code != errc::none) {
            why.column += header;
        } else if (payload_ > limits::packet || length > limits::packet) {
            why = {errc::too_long, field::remaining_length};
        } else {
            move_to(header);
            if (how == tail::copied) size_ += payload_;
            if (size_ <= room_) {
                write_header(type, length);
                return std::string_view{out_, size_};
            }
            why = {errc::no_space};
        }
        return why;
    }

private:
    [[gnu::noinline]] constexpr byte_writer(char* out, std::size_t room, std::size_t expected)
        : out_(out), room_(room), body_(expected > 127 ? 3 : 2), size_(body_) {}

    [[gnu::noinline, gnu::cold]] constexpr void fail(errc code, param name) {
        if (why_.code == errc::none) why_ = {code, name, size_ - body_};
    }
    constexpr void octet(unsigned byte) {
        if (size_ < room_) out_[size_] = static_cast<char>(byte);
        ++size_;
    }
    constexpr void word(unsigned both) {
        const std::size_t from = size_;
        size_ += 2;
        if (size_ > room_) return;
        out_[from] = static_cast<char>(both >> 8);
        out_[from + 1] = static_cast<char>(both);
    }
    constexpr void identifier(packet_id id) {
        check(id != 0, field::packet_id, errc::out_of_range);
        word(id);
    }
    constexpr void put(const std::string_view& bytes) {
        const std::size_t from = size_;
        size_ += bytes.size();
        if (size_ <= room_) atmqtt::detail::copy(out_ + from, bytes);
    }
    constexpr void bytes(param name, const std::string_view& from) {
        if (from.size() > limits::mqtt_string) return fail(errc::too_long, name);
        word(static_cast<unsigned>(from.size()));
        put(from);
    }
    constexpr void text(param name, const std::string_view& from) {
        if (!atmqtt::detail::are_plain(from.data(), from.data() + from.size())) {
            const errc fault = atmqtt::detail::fault_of(from, detail::role_of(name), code_points::any);
            if (fault != errc::none) return fail(fault, name);
        }
        bytes(name, from);
    }
    constexpr void more(const std::string_view& from, bool have_levels) {
        byte_reader known{from};
        std::string_view unused;
        known.filters(unused, have_levels);
        const errc fault = known.end().code;
        check(fault == errc::none, field::filter, fault);
        put(from);
    }
    // Makes room for a fixed header of so many bytes.
    constexpr void move_to(std::size_t header) {
        const std::size_t end = header + size_ - body_;
        if (header != body_ && end <= room_)
            for (std::size_t to = end; to-- != header;) out_[to] = out_[to - header + body_];
        size_ = end;
    }

    constexpr void write_header(packet_type type, std::size_t length) const {
        char* at = out_;
        *at++ = static_cast<char>(detail::first_byte_of(type) | flags_);
        for (; length > 127; length >>= 7) *at++ = static_cast<char>(length | 0x80);
        *at = static_cast<char>(length);
    }

    char* out_;
    std::size_t room_;
    std::size_t body_;  // where it begins
    std::size_t size_;  // of what is written, or would be
    std::size_t payload_ = 0;
    unsigned flags_ = 0;
    error why_ = {};  // its column counts from the body
};

}  // namespace atmqtt::mqtt
