// What the fuzz targets share: drawing from the input, memory without slack, demands, and messages in words.
// SPDX-License-Identifier: MIT
#pragma once

#include "../tests/members.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/subscriptions.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

namespace oracle {

using namespace atmqtt;

/// Ends the run, telling which promise was broken.
inline void demand(bool holds, const char* promise) {
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

/// The fuzzer's bytes, drawn from the front; zeros once they are used up.
class source {
public:
    source(const std::uint8_t* data, std::size_t size) : left_(reinterpret_cast<const char*>(data), size) {}
    explicit source(std::string_view bytes) : left_(bytes) {}

    bool empty() const { return left_.empty(); }
    std::uint8_t byte() {
        if (left_.empty()) return 0;
        const auto drawn = static_cast<std::uint8_t>(left_.front());
        left_.remove_prefix(1);
        return drawn;
    }
    bool flag() { return (byte() & 1) != 0; }
    std::uint16_t pair() {
        const unsigned high = byte();
        return static_cast<std::uint16_t>(high << 8 | byte());
    }
    std::string_view take(std::size_t count) {
        const std::string_view drawn = first(left_, count);
        left_.remove_prefix(drawn.size());
        return drawn;
    }
    std::string_view rest() { return take(left_.size()); }

private:
    std::string_view left_;
};

/// Memory of its own for exactly so many bytes: one byte past them is found by the address sanitizer.
class memory {
public:
    explicit memory(std::size_t size) : data_(new char[size]), size_(size) { std::memset(data_.get(), '\x5A', size); }
    explicit memory(std::string_view bytes) : memory(bytes.size()) {
        if (!bytes.empty()) std::memcpy(data_.get(), bytes.data(), bytes.size());
    }

    char* data() const { return data_.get(); }
    atmqtt::buffer lent() const { return {data_.get(), size_}; }
    std::string_view view() const { return {data_.get(), size_}; }
    /// Whether `part` lies in it; what is empty lies anywhere.
    bool holds(std::string_view part) const {
        const std::less_equal<> in_order;
        return part.empty() ||
               (in_order(data_.get(), part.data()) && in_order(part.data() + part.size(), data_.get() + size_));
    }

private:
    std::unique_ptr<char[]> data_;
    std::size_t size_;
};

using testing::members;

/// A member in words. With the size before it no value can pose as two.
inline std::string in_words(const text& from) {
    std::string bytes;
    for (const char byte : from) bytes += byte;
    demand(bytes.size() == from.size(), "the size of a text is the number of its unescaped bytes");
    return std::to_string(bytes.size()) + ":" + bytes + " ";
}
inline std::string in_words(std::string_view from) { return in_words(text{from}); }
template <class Number, class = std::enable_if_t<std::is_enum_v<Number> || std::is_integral_v<Number>>>
std::string in_words(Number from) {
    return std::to_string(static_cast<std::uint32_t>(from)) + " ";
}

/// All members of a message in words: equal words mean equal members. Of a variant: which message it is, too.
template <class Message>
std::string listed(const Message& m) {
    return std::apply([](const auto&... one) { return (std::string{} + ... + in_words(one)); }, members(m));
}
template <class... Messages>
std::string listed(const std::variant<Messages...>& m) {
    return std::to_string(m.index()) + " " + std::visit([](const auto& one) { return listed(one); }, m);
}

inline std::string_view view_of(const text& from) { return from.raw(); }
inline std::string_view view_of(std::string_view from) { return from; }
template <class Number, class = std::enable_if_t<std::is_enum_v<Number> || std::is_integral_v<Number>>>
std::string_view view_of(Number) {
    return {};
}

/// Demands that all that a message views lies in `where`.
template <class Message>
void demand_views_in(const memory& where, const Message& m) {
    const auto look = [&where](std::string_view part) {
        demand(where.holds(part), "what is viewed lies in the bytes that were given, or lent");
    };
    std::apply([look](const auto&... one) { (look(view_of(one)), ...); }, members(m));
}
template <class... Messages>
void demand_views_in(const memory& where, const std::variant<Messages...>& m) {
    std::visit([&where](const auto& one) { demand_views_in(where, one); }, m);
}

/// Invariant 5 of a command as it was written: one CR, at its end, and no byte that an AT engine would act on before it.
inline void demand_no_injection(std::string_view command) {
    demand(ends_with(command, "\r"), "a command ends in CR");
    for (const char byte : first(command, command.size() - 1))
        demand(!detail::is_forbidden(byte), "no command holds a forbidden byte before its CR");
}

/// Tolerances, a bit each.
inline tolerances draw_tolerances(source& from) {
    const unsigned bits = from.pair();
    if (bits == 0) return usual_tolerances;
    const auto bit = [bits](unsigned at) { return (bits >> at & 1) != 0; };
    return {bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6), bit(7), bit(8)};
}

/// `format` in memory of exactly `size` bytes: what it wrote, or nothing and why.
template <class Message, class... How>
result<std::string> formatted(const Message& m, std::size_t size, How... how) {
    const memory out{size};
    const auto done = format(m, out.lent(), how...);
    if (!done) return done.why();
    demand(done->data() == out.data() && done->size() <= size, "what was formatted is a view of the front of out");
    return std::string{*done};
}

/// What `format` makes of a message, demanding that it comes out so in exactly that room and in none less.
template <class Message, class... How>
result<std::string> formatted_in_any_room(const Message& m, std::size_t smaller, How... how) {
    auto whole = formatted(m, 4096, how...);
    if (!whole) return whole;
    const auto exact = formatted(m, whole->size(), how...);
    demand(exact && *exact == *whole, "a message is formatted in exactly the room that it takes");
    const auto less = formatted(m, smaller % whole->size(), how...);
    demand(less.why().code == errc::no_space, "in less room it fails with no_space");
    return whole;
}

}  // namespace oracle
