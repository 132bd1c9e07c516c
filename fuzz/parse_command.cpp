// parse_command on any text: views inside, columns inside, one struct alone agrees with all, the canonical form is a fixpoint.
// SPDX-License-Identifier: MIT
#include "oracles.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/describe.hpp>

namespace {

using namespace oracle;

/// `parse<Message>` must give what `parse_command` gave, or fail where that gave something else.
template <class Message>
void demand_agrees(const result<command>& all, std::string_view text, const tolerances& may) {
    const auto alone = parse<Message>(text, may);
    const Message* const same = all ? std::get_if<Message>(&*all) : nullptr;
    demand(static_cast<bool>(alone) == (same != nullptr), "a command asked for alone is read if it is read among all");
    if (same != nullptr) demand(listed(*alone) == listed(*same), "a command asked for alone is the same as among all");
}
template <class... Messages>
void demand_all_agree(const result<std::variant<Messages...>>& all, std::string_view text, const tolerances& may) {
    (demand_agrees<Messages>(all, text, may), ...);
}

void demand_described(const command& m, std::size_t room) {
    const memory out{room};
    for (const char byte : describe(m, out.lent()))
        demand(byte >= ' ' && byte <= '~', "a description is one line of printable ASCII");
    const configure* const with_password = std::get_if<configure>(&m);
    if (with_password == nullptr) return;
    configure other = *with_password;
    other.passwd = "*";
    const memory out_of_other{room};
    demand(describe(*with_password, out.lent()) == describe(other, out_of_other.lent()),
           "a description tells nothing of a password");
}

/// What was read may hold what is never written: then `format` says so. Else its text is canonical.
void demand_fixpoint(const command& m, std::size_t smaller) {
    const auto text = formatted_in_any_room(m, smaller);
    if (!text) return;
    demand(text->size() <= limits::line, "a command is at most 1024 bytes with its CR");
    demand_no_injection(*text);
    const auto again = parse_command(*text, tolerances::none());
    demand(again && listed(*again) == listed(m), "parse(format(m)) == m");
    const auto text_again = formatted(*again, limits::line);
    demand(text_again && *text_again == *text, "the canonical form is a fixpoint");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    source from{data, size};
    const tolerances may = draw_tolerances(from);
    const std::size_t smaller = from.pair();
    const memory input{from.rest()};

    const auto read = parse_command(input.view(), may);
    demand_all_agree(read, input.view(), may);
    if (!read) {
        demand(read.why().column <= input.view().size(), "the column of an error is in the line");
        return 0;
    }
    demand_views_in(input, *read);
    demand_described(*read, smaller % 256);
    demand_fixpoint(*read, smaller);
    return 0;
}
