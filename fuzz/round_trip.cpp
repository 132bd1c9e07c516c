// Messages of any content through format and back: what comes out is the message, injects nothing, and is read from a stream.
// SPDX-License-Identifier: MIT
#include "line_run.hpp"
#include "oracles.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/describe.hpp>
#include <atmqtt/at/subscriptions.hpp>
#include <atmqtt/modem/command_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

namespace {

using namespace oracle;

/// Members drawn from the input. Texts are short mostly, now and then around a limit.
class drawing {
public:
    explicit drawing(source& from) : from_(from) {}

    void draw(text& to) { to = bytes(); }
    void draw(std::string_view& to) { to = bytes(); }
    void draw(bool& to) { to = from_.flag(); }
    void draw(status& to) { to = from_.flag() ? status::fail : status::ok; }
    void draw(error_form& to) { to = static_cast<error_form>(from_.byte() % 3); }
    void draw(qos& to) { to = static_cast<qos>(from_.byte() % 4); }  // one of them is none
    template <class Number>
    void draw(Number& to) {
        const std::uint32_t high = from_.pair();
        to = static_cast<Number>(high << 16 | from_.pair());
    }

    /// A message whose every member is drawn.
    template <class Message>
    Message message() {
        Message drawn;
        draw_all(members(drawn));
        if constexpr (std::is_same_v<Message, cme_error>) {  // only one of the two is said
            if (drawn.form != error_form::number) drawn.code = cme_error{}.code;
            if (drawn.form != error_form::words) drawn.words = {};
        }
        return drawn;
    }

private:
    template <class... Members>
    void draw_all(const std::tuple<Members&...>& all) {
        std::apply([this](auto&... one) { (this->draw(one), ...); }, all);
    }
    static void draw_all(const std::tuple<>&) {}

    std::string_view bytes() {
        const std::uint8_t count = from_.byte();
        if (count < 250) return from_.take(count % 64);
        // 250: 128, 251: 129, and so on; filled with what comes next.
        constexpr std::size_t corners[] = {128, 129, 512, 513, 1024, 1025};
        filled_.emplace_back(corners[count - 250], static_cast<char>(from_.byte()));
        return filled_.back();
    }

    source& from_;
    std::deque<std::string> filled_;
};

// --- commands ---

/// The command must come out of a reader as it was, whatever stands before and behind it.
void demand_read_from_stream(std::string_view wire) {
    const memory lent{limits::line};
    command_reader reader{lent.lent()};
    const std::string stream = "AT\r" + std::string{wire} + "AT\r";
    std::string_view input = stream;
    for (const std::string_view expected :
         {std::string_view{"AT"}, first(wire, wire.size() - 1), std::string_view{"AT"}}) {
        const auto found = reader.receive(input, {});
        const auto* const line = found ? std::get_if<from_host::command>(&*found) : nullptr;
        demand(line != nullptr && line->text == expected, "a command is read from a stream as it was written");
    }
    demand(!reader.receive(input, {}) && input.empty(), "a command is one line of a stream");
}

template <class Message>
void demand_command(drawing& from, std::size_t smaller) {
    const auto m = from.message<Message>();
    const auto text = formatted_in_any_room(m, smaller);
    const auto in_max_size = formatted(m, max_size<Message>());
    demand(static_cast<bool>(text) == static_cast<bool>(in_max_size), "max_size is room enough");
    if (!text) return;
    demand(text->size() <= limits::line, "a command is at most 1024 bytes with its CR");
    demand_no_injection(*text);
    const auto alone = parse<Message>(*text, tolerances::none());
    demand(static_cast<bool>(alone), "what was formatted is parsed without any tolerance");
    demand(listed(*alone) == listed(m), "parse(format(m)) == m, member by member");
    const auto among_all = parse_command(*text);
    demand(among_all && listed(*among_all) == listed(command{m}), "it is told from all others");
    const auto bare = parse_command(first(*text, text->size() - 1));
    demand(bare && listed(*bare) == listed(command{m}), "it is parsed without its CR");
    demand_read_from_stream(*text);
}

// --- lines ---

/// The line must come out of a reader as it was, under both policies.
template <class Message>
void demand_read_from_stream(const Message& m, std::string_view wire) {
    for (const length_policy policy : {length_policy::counted, length_policy::line_end}) {
        line_reader_options options;
        options.policy = policy;
        script all;
        append(all, "\r\nOK\r\n");
        append(all, wire);
        append(all, "\r\nOK\r\n");
        const journal found = line_run{options, wire.size() + 64, 0, {}}.play(all);
        demand(found.size() == 6, "a line is one line of a stream");
        demand(found[1].bytes == "OK" && found[5].bytes == "OK", "what stands around a line is read as it was");
        const std::string_view text = first(rest(wire, 2), wire.size() - 4);
        if constexpr (std::is_same_v<Message, message>) {
            const message_header header{m.dup, m.level, m.retained, m.id, m.topic, m.length};
            demand(found[3].words == "message " + listed(header) && found[3].bytes == m.payload,
                   "a message is read from a stream");
        } else {
            demand(found[3].words == "line" && found[3].bytes == text,
                   "a line is read from a stream as it was written");
        }
    }
}

template <class Message>
void demand_line(drawing& from, std::size_t smaller) {
    auto m = from.message<Message>();
    if constexpr (std::is_same_v<Message, message>) m.length = static_cast<std::uint32_t>(m.payload.size());
    for (const spelling how : {spelling::manual, spelling::sdk}) {
        const auto text = formatted_in_any_room(m, smaller, how);
        if (!text) continue;
        const auto alone = parse<Message>(*text);
        demand(static_cast<bool>(alone), "what was formatted is parsed");
        demand(listed(*alone) == listed(m), "parse(format(m)) == m, member by member");
        if constexpr (!std::is_same_v<Message, timeout_alarm>) {  // is parsed as timeout_is, as it says
            const auto among_all = parse_line(*text);
            demand(among_all && listed(*among_all) == listed(line{m}), "it is told from all others");
        }
        demand_read_from_stream(m, *text);
    }
}

/// The header alone: what is to follow its comma is the payload.
void demand_header(drawing& from, std::size_t smaller) {
    const auto m = from.message<message_header>();
    for (const spelling how : {spelling::manual, spelling::sdk}) {
        const auto text = formatted_in_any_room(m, smaller, how);
        if (!text) continue;
        demand(ends_with(*text, ","), "a header ends in its comma");
        const auto read = parse<message_header>(first(*text, text->size() - 1));
        demand(read && listed(*read) == listed(m), "parse(format(header)) == header");
    }
}

void demand_item(drawing& from, std::size_t smaller) {
    const auto m = from.message<subscription>();
    const auto text = formatted_in_any_room(m, smaller);
    if (!text) return;
    const subscription read = parse_subscription(*text);
    demand(read.topic == m.topic && read.has_level == m.has_level && (!m.has_level || read.level == m.level),
           "parse(format(item)) == item");
}

// --- all of them ---

template <class Variant>
struct every;
template <class... Messages>
struct every<std::variant<Messages...>> {
    static void demand_one(std::size_t which, drawing& from, std::size_t smaller) {
        std::size_t at = 0;
        ((at++ == which % sizeof...(Messages) ? demand_it<Messages>(from, smaller) : void()), ...);
    }
    template <class Message>
    static void demand_it(drawing& from, std::size_t smaller) {
        if constexpr (detail::is_command<Message>)
            demand_command<Message>(from, smaller);
        else
            demand_line<Message>(from, smaller);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    source from{data, size};
    const std::uint8_t which = from.byte();
    const std::size_t smaller = from.pair();
    drawing members_of{from};
    switch (which % 8) {
        case 0:
        case 1:
        case 2: every<command>::demand_one(which / 8, members_of, smaller); break;
        case 3:
        case 4: every<line>::demand_one(which / 8, members_of, smaller); break;
        case 5: demand_line<timeout_alarm>(members_of, smaller); break;
        case 6: demand_header(members_of, smaller); break;
        case 7: demand_item(members_of, smaller); break;
    }
    return 0;
}
