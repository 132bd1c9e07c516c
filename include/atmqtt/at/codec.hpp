// The calls: format, parse, max_size.                                                        [2.2 - 2.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "../core/result.hpp"
#include "commands.hpp"
#include "fields.hpp"
#include "head.hpp"
#include "lines.hpp"
#include "tolerances.hpp"

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace atmqtt {

namespace detail {

template <class Message, class = void>
inline constexpr bool has_fields = false;
template <class Message>
inline constexpr bool has_fields<Message, std::void_t<decltype(Message::template fields<field_meter, const Message>)>> =
    true;

template <class Message, class = void>
inline constexpr bool has_fits = false;
template <class Message>
inline constexpr bool has_fits<Message, std::void_t<decltype(Message::fits)>> = true;

template <class Message, class Head, class = void>
inline constexpr bool has_head = false;
template <class Message, class Head>
inline constexpr bool has_head<Message, Head, std::enable_if_t<std::is_same_v<decltype(Message::head), const Head>>> =
    true;
template <class... Messages, class Head>
inline constexpr bool has_head<std::variant<Messages...>, Head> = (has_head<Messages, Head> && ...);

template <class Message>
inline constexpr bool is_command = has_head<Message, std::string_view>;
template <class Message>
inline constexpr bool is_line = has_head<Message, spelled>;

/// Walks over the fields of a message, if it has any.
template <class Io, class Message>
constexpr bool walk(Io& io, Message& m) {
    if constexpr (has_fields<std::remove_const_t<Message>>) {
        return Message::fields(io, m);
    } else {
        return true;
    }
}

/// Whether a line could say a command, but for bytes that no line may hold, and for its length as a whole.
constexpr bool is_within_limits(const command& m) {
    return match(m, [](const auto& one) {
        field_checker io;
        return walk(io, one);
    });
}

template <class Message>
constexpr std::string_view head_of(spelling how) {
    if constexpr (is_command<Message>) {
        return Message::head;
    } else {
        return how == spelling::manual ? Message::head.manual : Message::head.sdk;
    }
}

template <class Message, spelling How = spelling::manual>
inline constexpr head own_head = is_command<Message> ? command_head(head_of<Message>(How), usual_tolerances)
                                                     : line_head(head_of<Message>(How), usual_tolerances);

/// The second head that a message may have: its name in the other spelling; or, of an error, with the colon that comes with
/// what follows.
template <class Message>
inline constexpr head other_head =
    std::is_same_v<Message, cme_error> ? head{own_head<Message>.name, own_head<Message>.kind, head_form::colon, 0}
                                       : own_head<Message, spelling::sdk>;

/// A head that a message may have, and the place of that message among others.
struct known_head {
    std::uint32_t last_letters =
        0;  // of its name: all but a few differ here, which is one comparison on a 32-bit target
    std::uint32_t first_letters = 0;
    head_kind kind = {};
    head_form form = {};
    std::uint8_t place = 0;

    constexpr known_head() = default;
    constexpr known_head(const head& one, std::size_t at)
        : last_letters(static_cast<std::uint32_t>(one.name)),
          first_letters(static_cast<std::uint32_t>(one.name >> 32)),
          kind(one.kind),
          form(one.form),
          place(static_cast<std::uint8_t>(at)) {}

    constexpr bool has_name_of(const head& found) const {
        return last_letters == static_cast<std::uint32_t>(found.name) && first_letters == found.name >> 32;
    }
    constexpr bool is(const head& found) const {
        return has_name_of(found) && kind == found.kind && form == found.form;
    }
};

/// All heads of `Messages`, in their order.
template <class... Messages>
class known_heads {
public:
    constexpr known_heads() {
        std::size_t place = 0;
        known_head* at = heads_;
        ((at = add<Messages>(at, place++)), ...);
    }
    constexpr const known_head* begin() const { return heads_; }
    constexpr const known_head* end() const { return heads_ + count; }

private:
    template <class Message>
    static constexpr bool has_other =
        other_head<Message>.name != own_head<Message>.name || other_head<Message>.form != own_head<Message>.form;
    static constexpr std::size_t count = ((has_other<Messages> ? 2 : 1) + ...);

    template <class Message>
    static constexpr known_head* add(known_head* at, std::size_t place) {
        *at++ = {own_head<Message>, place};
        if (has_other<Message>) *at++ = {other_head<Message>, place};
        return at;
    }

    known_head heads_[count];
};
template <class... Messages>
inline constexpr known_heads<Messages...> heads_of{};

constexpr const known_head* find(const known_head* at, const known_head* end, const head& found) {
    while (at != end && !at->is(found)) ++at;
    return at;
}
/// Whether a head found is that of `Message`, in whatever spelling.
template <class Message>
constexpr bool is_head_of(const head& found) {
    return find(heads_of<Message>.begin(), heads_of<Message>.end(), found) != heads_of<Message>.end();
}
/// Whether a head found is the name of one of `Messages`, whatever its form.
template <class... Messages>
constexpr bool is_name_of(const head& found) {
    const known_head* at = heads_of<Messages...>.begin();
    while (at != heads_of<Messages...>.end() && !at->has_name_of(found)) ++at;
    return at != heads_of<Messages...>.end();
}

template <class Message>
constexpr bool fits(std::string_view line) {
    if constexpr (has_fits<Message>) {
        return Message::fits(line);
    } else {
        return true;
    }
}

constexpr std::string_view without_line_end(std::string_view text) {
    std::size_t size = text.size();
    if (size != 0 && text[size - 1] == '\n') --size;
    if (size != 0 && text[size - 1] == '\r') --size;
    return {text.data(), size};
}

template <class... Messages>
struct parsed {
    using type = std::variant<Messages...>;
    template <class Message>
    static constexpr std::in_place_type_t<Message> place{};
    template <class Message>
    static constexpr Message& inside(type& value) {
        return *std::get_if<Message>(&value);
    }
};
template <class Only>
struct parsed<Only> {
    using type = Only;
    template <class Message>
    static constexpr Message place{};
    template <class Message>
    static constexpr Message& inside(type& value) {
        return value;
    }
};

template <class Parsed, class Message>
constexpr result<typename Parsed::type> read_as(field_reader& io) {
    result<typename Parsed::type> read{io.why(), std::in_place, Parsed::template place<Message>};
    if constexpr (!has_fields<Message>) io.no_fields();
    (void)walk(io, Parsed::template inside<Message>(*read));
    return read;
}

/// The place among `Messages` of the one that a line is; their number if it is none of them.
template <class... Messages>
constexpr std::size_t place_of(const head& found, std::string_view line) {
    constexpr std::size_t count = sizeof...(Messages);
    const auto fits_at = [line](auto place) {
        return fits<std::tuple_element_t<place, std::tuple<Messages...>>>(line);
    };
    const known_head* at = heads_of<Messages...>.begin();
    const known_head* const end = heads_of<Messages...>.end();
    for (; (at = find(at, end, found)) != end; ++at) {
        if (at_place<count>(at->place, fits_at, [] { return false; })) return at->place;
    }
    return count;
}

/// Whether `message` has that place among `Messages`.
template <class... Messages>
constexpr bool is_message_at(std::size_t place) {
    std::size_t at = 0;
    bool is_it = false;
    ((is_it = is_it || (std::is_same_v<Messages, message> && at == place), ++at), ...);
    return is_it;
}

template <class Message>
constexpr std::size_t longest_line(const Message& m) {
    field_meter io;
    walk(io, m);
    const std::size_t manual = head_of<Message>(spelling::manual).size();
    const std::size_t sdk = head_of<Message>(spelling::sdk).size();
    const std::size_t ends = is_command<Message> ? 1 : std::is_same_v<Message, message_header> ? 2 : 4;  // CR, CR LF
    const std::size_t size = (manual > sdk ? manual : sdk) + io.size() + ends;
    return is_command<Message> && size > limits::line ? limits::line : size;
}

template <class Variant>
inline constexpr std::size_t longest_of = longest_line(Variant{});
template <class... Messages>
inline constexpr std::size_t longest_of<std::variant<Messages...>> = [] {
    std::size_t most = 0;
    ((most = longest_of<Messages> > most ? longest_of<Messages> : most), ...);
    return most;
}();

constexpr bool put_head(field_writer& io, const std::string_view& head) { return io.put(head); }
constexpr bool put_head(field_writer& io, const spelled& head) {
    return io.put(io.how() == spelling::manual ? head.manual : head.sdk);
}
/// Writes the head and the fields.
template <class Message>
constexpr bool write(field_writer& io, const Message& m) {
    return put_head(io, Message::head) && walk(io, m);
}

// What is the same for every message is outside of the templates: one copy in flash.

constexpr field_writer command_writer(buffer out) {
    return {{out.data(), out.size() < limits::line ? out.size() : limits::line}, spelling::manual};
}
constexpr result<std::string_view> end_command(field_writer& io, bool is_whole, buffer out) {
    if (is_whole && io.put('\r')) return io.written();
    error why = io.why();
    if (why.code == errc::no_space && out.size() >= limits::line) why.code = errc::too_long;
    return why;
}

constexpr field_writer line_writer(buffer out, spelling how) {
    field_writer io{out, how};
    (void)io.put("\r\n"sv);
    return io;
}
constexpr result<std::string_view> end_line(field_writer& io, bool is_whole, std::string_view end = "\r\n"sv) {
    if (is_whole && io.put(end)) return io.written();
    error why = io.why();
    why.column -= why.column < 2 ? why.column : 2;  // the line starts behind its CR LF
    return why;
}

}  // namespace detail

/// The most bytes that `format` writes for a message, or for any of a variant: what to lend to it. Never above 1024. Of a
/// `message` its payload, and what its topic has beyond 512 bytes, come on top.
template <class Message>
constexpr std::size_t max_size() {
    return detail::longest_of<Message>;
}

/// Writes a command with its CR into `out` and gives what was written, a view of `out`.
///
/// Fails without harm, though `out` may hold a part by then: `no_space`; `too_long` where a text is past its limit, or the
/// line past 1024 bytes; `forbidden_byte`, `out_of_range`, `inconsistent` as the member's comments say. The column is where
/// the field, or the byte, would have stood.
template <class Command, std::enable_if_t<detail::is_command<Command>, int> = 0>
constexpr result<std::string_view> format(const Command& m, buffer out) {
    field_writer io = detail::command_writer(out);
    return detail::end_command(io, detail::write(io, m), out);
}
constexpr result<std::string_view> format(const command& m, buffer out) {
    field_writer io = detail::command_writer(out);
    const bool is_whole = match(m, [&io](const auto& one) { return detail::write(io, one); });
    return detail::end_command(io, is_whole, out);
}

/// Writes a line, CR LF before and behind it, into `out` and gives what was written, a view of `out`. A `message_header`
/// ends in its comma: the payload and CR LF are to follow.
///
/// Fails like the other, and with `length_mismatch` where a message's length is not that of its payload.
template <class Line, std::enable_if_t<detail::is_line<Line>, int> = 0>
constexpr result<std::string_view> format(const Line& m, buffer out, spelling how = spelling::manual) {
    field_writer io = detail::line_writer(out, how);
    return detail::end_line(io, detail::write(io, m), std::is_same_v<Line, message_header> ? ""sv : "\r\n"sv);
}
constexpr result<std::string_view> format(const line& m, buffer out, spelling how = spelling::manual) {
    field_writer io = detail::line_writer(out, how);
    const bool is_whole = match(m, [&io](const auto& one) { return detail::write(io, one); });
    return detail::end_line(io, is_whole);
}

namespace detail {

/// What is no command, but has the name of one: tells what is wrong behind that.
template <class... Commands, class Result>
[[gnu::always_inline]] constexpr void tell_what_follows(const head& found, std::string_view trimmed, Result& read) {
    if (read.why().code != errc::unknown_head || !is_name_of<Commands...>(found)) return;
    const bool more = begins_with(rest(trimmed, found.end), ";"sv);
    read.fail({more ? errc::chained : errc::unknown_form, param::none, found.end});
}

}  // namespace detail

/// Parses one line as one of `Messages`, and costs no more than those: a variant of them, or the message itself if there is
/// but one. The line may come with the line ends that `format` writes. What is parsed views `text`.
///
/// Fails with `unknown_head` for a line of another kind, else with what is wrong and where. The variant holds the message that the
/// line was taken for then, as far as it was read; with `unknown_form` it was taken for none.
template <class... Messages>
constexpr auto parse(std::string_view text, const tolerances& may = usual_tolerances) {
    static_assert((detail::is_command<Messages> && ...) || (detail::is_line<Messages> && ...),
                  "parse: commands and lines are not parsed together");
    constexpr bool commands = (detail::is_command<Messages> && ...);
    if (!commands && begins_with(text, "\r\n"sv)) text = rest(text, 2);
    const std::string_view trimmed = detail::without_line_end(text);
    const detail::head found = commands ? detail::command_head(trimmed, may) : detail::line_head(trimmed, may);
    const std::size_t place = detail::place_of<Messages...>(found, trimmed);
    // The line end of a message is told from its payload by the count.
    field_reader io{detail::is_message_at<Messages...>(place) ? text : trimmed, found.end, may};
    using parsed = detail::parsed<Messages...>;
    auto read = detail::at_place<sizeof...(Messages)>(
        place,
        [&io](auto at) { return detail::read_as<parsed, std::tuple_element_t<at, std::tuple<Messages...>>>(io); },
        [] { return result<typename parsed::type>{error{errc::unknown_head}}; });
    if (read && !io.finish()) read.fail(io.why());
    if constexpr (commands) detail::tell_what_follows<Messages...>(found, trimmed, read);
    return read;
}

namespace detail {

template <class Variant>
struct parser_of;
template <class... Messages>
struct parser_of<std::variant<Messages...>> {
    static constexpr result<std::variant<Messages...>> parse(std::string_view text, const tolerances& may) {
        return atmqtt::parse<Messages...>(text, may);
    }
};

}  // namespace detail

/// Parses one line of a modem, like `parse` for all of them. `unknown_head` means text: an echo, an item of a list, the
/// answer to a command that is not of MQTT.
///
/// A `timeout_is` may be an answer or an alarm, and so may, of one old firmware, a `reconnect_alarm`: only who asked can tell.
constexpr result<line> parse_line(std::string_view text, const tolerances& may = usual_tolerances) {
    return detail::parser_of<line>::parse(text, may);
}

/// Parses one command of a host, with or without its CR, like `parse` for all of them. `unknown_head` means a command that
/// is not of MQTT, `chained` a second one behind a `;`.
constexpr result<command> parse_command(std::string_view text, const tolerances& may = usual_tolerances) {
    return detail::parser_of<command>::parse(text, may);
}

}  // namespace atmqtt
