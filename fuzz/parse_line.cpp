// parse_line on any text: views inside, columns inside, one struct alone agrees with all, the canonical form is a fixpoint.
// SPDX-License-Identifier: MIT
#include "oracles.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/describe.hpp>
#include <atmqtt/at/subscriptions.hpp>

namespace {

using namespace oracle;

/// `parse<Message>` must give what `parse_line` gave, or fail where that gave something else.
template <class Message>
void demand_agrees(const result<line>& all, std::string_view text, const tolerances& may) {
    const auto alone = parse<Message>(text, may);
    const Message* const same = all ? std::get_if<Message>(&*all) : nullptr;
    demand(static_cast<bool>(alone) == (same != nullptr), "a line asked for alone is read if it is read among all");
    if (same != nullptr) demand(listed(*alone) == listed(*same), "a line asked for alone is the same as among all");
}
template <class... Messages>
void demand_all_agree(const result<std::variant<Messages...>>& all, std::string_view text, const tolerances& may) {
    (demand_agrees<Messages>(all, text, may), ...);
}

void demand_described(const line& m, std::size_t room) {
    const memory out{room};
    for (const char byte : describe(m, out.lent()))
        demand(byte >= ' ' && byte <= '~', "a description is one line of printable ASCII");
}

/// What was read may hold what is never written: then `format` says so. Else its text is canonical.
void demand_fixpoint(const line& m, spelling how, std::size_t smaller) {
    const auto text = formatted_in_any_room(m, smaller, how);
    if (!text) return;
    demand(begins_with(*text, "\r\n") && ends_with(*text, "\r\n"), "a line stands between line ends");
    const auto again = parse_line(*text);
    demand(again && listed(*again) == listed(m), "parse(format(m)) == m");
    const auto text_again = formatted(*again, text->size(), how);
    demand(text_again && *text_again == *text, "the canonical form is a fixpoint");
}

/// An item of the list of subscriptions: whatever it is, it is a topic, and if it can be written it is read again.
void demand_item(const memory& input, std::size_t smaller) {
    const subscription item = parse_subscription(input.view());
    demand(input.holds(item.topic.raw()), "what is viewed lies in the bytes that were given, or lent");
    const auto text = formatted_in_any_room(item, smaller);
    if (!text) return;
    const subscription again = parse_subscription(*text);
    demand(again.topic == item.topic && again.has_level == item.has_level &&
               (!item.has_level || again.level == item.level),
           "parse(format(item)) == item");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    source from{data, size};
    const tolerances may = draw_tolerances(from);
    const std::size_t smaller = from.pair();
    const memory input{from.rest()};

    demand_item(input, smaller);
    const auto read = parse_line(input.view(), may);
    demand_all_agree(read, input.view(), may);
    if (!read) {
        demand(read.why().column <= input.view().size(), "the column of an error is in the line");
        return 0;
    }
    demand_views_in(input, *read);
    demand_described(*read, smaller % 256);
    const message* const received = std::get_if<message>(&*read);
    if (received != nullptr) {
        const bool exact = received->payload.size() == received->length;
        demand(exact || may.wrong_length, "a payload has its declared length, unless that is tolerated");
    }
    demand_fixpoint(*read, spelling::manual, smaller);
    demand_fixpoint(*read, spelling::sdk, smaller);
    return 0;
}
