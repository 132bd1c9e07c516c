// The walker that decodes.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/result.hpp"
#include "layout.hpp"
#include "text.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::mqtt {

/// Decodes: fills the members from the body of one packet, which they view. Its calls go on behind a failure, and find
/// nothing there: the first one is kept.
class byte_reader {
public:
    /// `first` is the first byte of the packet: but for the flags of a PUBLISH it must be that of its `type`.
    [[gnu::always_inline]] constexpr byte_reader(std::uint8_t first, packet_type type, std::string_view body)
        : byte_reader(how(first, type), body.data(), body.size()) {}
    /// Looks at filters only.
    constexpr explicit byte_reader(std::string_view filters) : byte_reader(0U, filters.data(), filters.size()) {}

    /// What is held is the beginning of a body of so many bytes.
    constexpr void count(std::size_t length) { length_ = length; }

    [[gnu::always_inline]] constexpr bool bit_at(unsigned place, bool& to) const {
        to = (flags_ >> place & 1) != 0;
        return true;
    }
    [[gnu::always_inline]] constexpr bool level(unsigned place, qos& to) {
        to = static_cast<qos>(flags_ >> place & 3);
        return check(to <= qos::exactly_once, field::qos, errc::out_of_range);
    }
    constexpr bool next_flags() {
        flags_ = octet(field::flags);
        return true;
    }
    constexpr bool reserved_flags(unsigned mask) {
        return check((flags_ & mask) == 0, field::flags, errc::reserved_bits);
    }

    constexpr bool protocol(atmqtt::protocol_level& to) {
        for (const auto one : {protocol_level::v3_1_1, protocol_level::v3_1}) {
            const std::string_view name = detail::greeting_of(one);
            if (!begins_with(left(), name)) continue;
            at_ += name.size();
            to = one;
            return true;
        }
        return fail(errc::unknown_word, field::protocol);
    }

    [[gnu::always_inline]] constexpr bool number(param name, std::uint16_t& to) {
        to = static_cast<std::uint16_t>(word(name));
        return true;
    }
    [[gnu::always_inline]] constexpr bool id(packet_id& to) {
        to = identifier();
        return true;
    }
    template <class Choice>
    [[gnu::always_inline]] constexpr bool choice(param name, Choice& to, Choice last) {
        to = static_cast<Choice>(octet(name));
        return check(to <= last, name, errc::out_of_range);
    }

    [[gnu::always_inline]] constexpr bool string(param name, std::string_view& to) {
        return view(text(name, text_role::string), to);
    }
    [[gnu::always_inline]] constexpr bool topic_name(param name, std::string_view& to) {
        return view(text(name, text_role::topic_name), to);
    }
    [[gnu::always_inline]] constexpr bool topic_filter(std::string_view& to) {
        return view(text(field::filter, text_role::topic_filter), to);
    }
    [[gnu::always_inline]] constexpr bool binary(param name, std::string_view& to) { return view(bytes(name), to); }

    constexpr bool codes(std::string_view& to) {
        to = left();
        do {
            const auto code = static_cast<char>(octet(field::return_code));
            check(detail::is_suback_code(code), field::return_code, errc::out_of_range);
        } while (at_ != end_);
        return true;
    }
    constexpr bool filters(std::string_view& to, bool have_levels) {
        to = left();
        std::string_view filter;
        auto level = qos::at_most_once;
        while (at_ != end_) {
            topic_filter(filter);
            if (have_levels) choice(field::qos, level, qos::exactly_once);
        }
        return true;
    }
    [[gnu::always_inline]] constexpr bool payload(std::string_view& to) {
        to = left();
        at_ = end_;
        return true;
    }

    constexpr bool check(bool holds, param name, errc why = errc::inconsistent) {
        if (!holds) fail_there(why, name);
        return true;
    }

    /// All of it: nothing may be behind it.
    template <class Packet>
    [[gnu::always_inline]] constexpr void all_of(Packet& m) {
        (void)Packet::fields(*this, m);
        end();
    }
    /// The same, and why it is none; code `none` if it is.
    template <class Packet>
    [[gnu::always_inline]] constexpr void all_of(Packet& m, error& why) {
        (void)Packet::fields(*this, m);
        end(why);
    }
    /// Whether nothing has failed so far, and what has.
    constexpr bool is_well() const { return why_.code == errc::none; }
    constexpr const error& why() const { return why_; }
    /// Fails for another reason, whatever has failed before; for `none`: it has not failed.
    constexpr void refuse(errc code, param name, std::size_t column) {
        at_ = end_;
        why_ = {code, name, column};
    }
    /// Fails at the next byte.
    constexpr bool fail(errc code, param name) {
        place_ = at_;
        fail_there(code, name);
        return true;
    }

private:
    using text_role = atmqtt::detail::text_role;

    constexpr void end() {
        if (at_ != end_) fail(errc::surplus, param{});
    }
    constexpr void end(error& why) {
        end();
        why = why_;
    }

    // All in one word, for one copy of the code that tells them apart: the bits in which the first byte differs, and whether it is
    // allowed to.
    static constexpr unsigned takes_flags = 0x100;
    [[gnu::always_inline]] static constexpr unsigned how(unsigned first, packet_type type) {
        return (first ^ detail::first_byte_of(type)) | (type == packet_type::publish ? takes_flags : 0);
    }
    constexpr byte_reader(unsigned how, const char* body, std::size_t size)
        : at_(body), end_(body + size), flags_(how), length_(size), begin_(body) {
        if ((how & 0xF0) != 0)
            fail_there(errc::wrong_packet, field::type);
        else if ((how & 0x0F) != 0 && (how & takes_flags) == 0)
            fail_there(errc::reserved_bits, field::flags);
    }

    constexpr std::string_view left() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

    // At the field that was begun last; in the fixed header if there is none.
    [[gnu::noinline, gnu::cold]] constexpr void fail_there(errc code, param name) {
        at_ = end_;
        if (why_.code != errc::none) return;
        const std::size_t header = detail::header_size(length_);
        why_ = {code, name, place_ == nullptr ? 0 : header + static_cast<std::size_t>(place_ - begin_)};
    }

    // Whether so many bytes are left, for a field that begins here.
    constexpr bool has(std::size_t count, param name) {
        if (static_cast<std::size_t>(end_ - at_) >= count) return true;
        fail_there(errc::missing, name);
        return false;
    }
    constexpr std::uint8_t octet(param name) {
        place_ = at_;
        return has(1, name) ? static_cast<std::uint8_t>(*at_++) : std::uint8_t{0};
    }
    constexpr unsigned word(param name) {
        place_ = at_;
        if (!has(2, name)) return 0;
        at_ += 2;
        return word_at(at_ - 2);
    }
    static constexpr unsigned word_at(const char* at) {
        return static_cast<unsigned char>(at[0]) * 256U + static_cast<unsigned char>(at[1]);
    }
    constexpr packet_id identifier() {
        place_ = at_;
        errc fault = errc::missing;
        if (end_ - at_ >= 2) {
            const auto id = static_cast<packet_id>(word_at(at_));
            at_ += 2;
            if (id != 0) return id;
            fault = errc::out_of_range;
        }
        fail_there(fault, field::packet_id);
        return 0;
    }
    // Takes bytes behind their number, if all of them are there: `at_` is behind them then.
    [[gnu::always_inline]] constexpr errc take_bytes(std::size_t& size) {
        place_ = at_;
        const auto left = static_cast<std::size_t>(end_ - at_);
        if (left < 2) return errc::missing;
        size = word_at(at_);
        if (left - 2 < size) return errc::missing;
        at_ += 2 + size;
        return errc::none;
    }
    // Gives how many there are; 0 where they are none.
    constexpr std::size_t bytes(param name) {
        std::size_t size = 0;
        const errc fault = take_bytes(size);
        if (fault == errc::none) return size;
        fail_there(fault, name);
        return 0;
    }
    constexpr std::size_t text(param name, text_role role) {
        std::size_t size = 0;
        errc fault = take_bytes(size);
        if (fault == errc::none && !atmqtt::detail::are_plain(at_ - size, at_))
            fault = atmqtt::detail::fault_of({at_ - size, size}, role);
        if (fault == errc::none) return size;
        fail_there(fault, name);
        return 0;
    }
    [[gnu::always_inline]] constexpr bool view(std::size_t size, std::string_view& to) const {
        to = {at_ - size, size};
        return true;
    }

    const char* at_;
    const char* place_ = nullptr;  // where the field that was begun last is
    const char* end_;
    unsigned flags_;  // those at hand
    std::size_t length_;
    error why_ = {};
    const char* begin_;
};

}  // namespace atmqtt::mqtt
