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
#include <utility>

namespace atmqtt::mqtt {

/// Encodes: writes the members as the body of one packet, and the flags into its first byte. Its calls go on behind a failure,
/// and count: the first one is kept.
class byte_writer {
public:
    /// For a packet of not less than `least` bytes behind its fixed header: they decide how much room is left for that. Where it
    /// takes more, the body moves.
    constexpr byte_writer(buffer out, std::size_t least) : byte_writer(out.data(), out.size(), least) {}

    constexpr bool bit_at(unsigned place, bool from) { return bits(place, static_cast<unsigned>(from)); }
    constexpr bool bits(unsigned place, unsigned from) {
        flags_ |= from << place;
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

    constexpr bool protocol(atmqtt::protocol_level of) {
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

    constexpr bool string(param name, const std::string_view& from) {
        text(as(name, text_role::string), from);
        return true;
    }
    constexpr bool topic_name(param name, const std::string_view& from) {
        text(as(name, text_role::topic_name), from);
        return true;
    }
    constexpr bool topic_filter(const std::string_view& from) {
        text(as(field::filter, text_role::topic_filter), from);
        return true;
    }
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
        more(from, have_levels);
        return true;
    }
    constexpr bool payload(const std::string_view& from) {
        // Of one that is too long nothing is written; what it has past the longest length is enough to tell.
        left_out_ = from.size() & ~limits::packet;
        if (left_out_ == 0) put(from);
        return true;
    }
    /// It is part of the packet, and not written here.
    constexpr bool leave_out(const std::string_view& from) {
        left_out_ = is_length(from.size()) ? from.size() : limits::packet + 1;
        return true;
    }

    constexpr bool check(bool holds, param name, errc why = errc::inconsistent) {
        if (!holds) fail(why, name);
        return true;
    }

    /// Writes the fixed header, `first` and the flags in front; gives the packet, or why it cannot be encoded.
    constexpr result<std::string_view> close(unsigned first) {
        const std::size_t length = size_ - body_ + left_out_;
        while (is_length(length) && length >> 7 * (body_ - 1) != 0) widen();
        const std::size_t size = size_;
        size_ = 0;  // nothing is given of what fails, and all of it is wrong from its start
        if (!is_length(length))
            fail(errc::too_long, field::remaining_length);
        else if (size > room_)
            fail(errc::no_space, {});
        if (why_.code == errc::none) {
            put_header(first | flags_, length);
            size_ = size;
        }
        return result<std::string_view>{why_, std::in_place, out_, size_};
    }

private:
    using text_role = atmqtt::detail::text_role;

    // Whether the length of a string holds it, which has 16 bits, and that of a packet, which has 28.
    static constexpr bool is_word(std::size_t size) { return size >> 16 == 0; }
    static constexpr bool is_length(std::size_t size) { return size >> 28 == 0; }

    [[gnu::noinline]] constexpr byte_writer(char* out, std::size_t room, std::size_t least)
        : out_(out), room_(room), body_(detail::header_size(least)), size_(body_) {}

    [[gnu::noinline, gnu::cold]] constexpr void fail(errc code, param name) {
        if (why_.code == errc::none) why_ = {code, name, size_};
    }
    constexpr void put(const std::string_view& bytes) {
        const std::size_t from = size_;
        size_ += bytes.size();
        if (size_ <= room_) atmqtt::detail::copy(out_ + from, bytes);
    }
    constexpr void octet(unsigned byte) {
        if (size_ < room_) out_[size_] = static_cast<char>(byte);
        ++size_;
    }
    constexpr void word(unsigned both) {
        const std::size_t from = size_;
        size_ += 2;
        if (size_ <= room_) put_word(out_ + from, both);
    }
    [[gnu::always_inline]] static constexpr void put_word(char* at, unsigned both) {
        at[0] = static_cast<char>(both >> 8);
        at[1] = static_cast<char>(both);
    }
    constexpr void identifier(packet_id id) {
        check(id != 0, field::packet_id, errc::out_of_range);
        word(id);
    }
    constexpr void bytes(param name, const std::string_view& from) {
        if (!is_word(from.size())) return fail(errc::too_long, name);
        word(static_cast<unsigned>(from.size()));
        put(from);
    }
    // What a text is called and is there for, in one word: two arguments take 8 bytes of stack more in all that call `text`.
    static constexpr unsigned as(param name, text_role role) {
        return static_cast<unsigned>(role) << 8 | static_cast<unsigned>(name);
    }
    // The length is written before it is known to be needed: behind the bytes it would be read once more, an instruction and 4
    // bytes of flash on a Cortex-M0+.
    constexpr void text(unsigned what, const std::string_view& from) {
        const std::size_t begin = size_ + 2;
        const bool fits = is_word(from.size()) && begin + from.size() <= room_;
        if (fits) put_word(out_ + size_, static_cast<unsigned>(from.size()));
        if (!fits || !atmqtt::detail::copy_plain(out_ + begin, from)) return unusual(what, from);
        size_ += 2 + from.size();
    }
    // Not written yet. Cold, and so GCC saves no registers for it: 28 instructions less of 205 for a PUBLISH on x86-64.
    [[gnu::cold]] constexpr void unusual(unsigned what, const std::string_view& from) {
        const auto name = static_cast<param>(what & 0xFF);
        const errc fault = atmqtt::detail::fault_of(from, static_cast<text_role>(what >> 8));
        if (fault != errc::none) return fail(fault, name);
        bytes(name, from);
    }
    constexpr void more(const std::string_view& from, bool have_levels) {
        if (from.empty()) return;
        byte_reader known{from};
        std::string_view unused;
        known.filters(unused, have_levels);
        check(known.is_well(), field::filter, known.why().code);
        put(from);
    }
    constexpr void put_header(unsigned first, std::size_t length) {
        char* at = out_;
        *at++ = static_cast<char>(first);
        for (; length > 127; length >>= 7) *at++ = static_cast<char>(length | 0x80);
        *at = static_cast<char>(length);
    }
    // The fixed header takes a byte more than was left for it: what is behind it moves.
    [[gnu::noinline, gnu::cold]] constexpr void widen() {
        ++body_;
        ++why_.column;
        if (++size_ > room_) return;
        for (std::size_t to = size_; to-- != body_;) out_[to] = out_[to - 1];
    }

    char* out_;
    std::size_t room_;
    std::size_t body_;          // where it begins
    std::size_t size_;          // of what is written, or would be
    std::size_t left_out_ = 0;  // bytes of a payload that belong to it
    unsigned flags_ = 0;
    error why_ = {};
};

}  // namespace atmqtt::mqtt
