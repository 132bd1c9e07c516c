// Bytes of one direction of a serial line -> items, one for every stretch of the input.
// SPDX-License-Identifier: MIT
#pragma once

#include "item.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace decode {

inline constexpr std::size_t longest_line = 4096;
inline constexpr std::uint32_t longest_payload = 16 * 1024 * 1024;  // ours: by line_end, no count past it is believed
inline constexpr std::size_t most_memory = 64 * 1024 * 1024;        // ours: no payload is so long

/// Decodes what a modem sent.
class from_modem {
public:
    explicit from_modem(atmqtt::length_policy policy)
        : memory_(64 * 1024), reader_({memory_.data(), memory_.size()}, options(policy)) {}

    template <class Sink>
    void take(std::string_view bytes, Sink&& sink) {
        make_room(bytes.size());
        while (const auto found = reader_.receive(bytes, atmqtt::instant{})) sink(item_of(*found));
    }
    template <class Sink>
    void finish(Sink&& sink) {
        while (const auto found = reader_.finish()) sink(item_of(*found));
    }

private:
    static atmqtt::line_reader_options options(atmqtt::length_policy policy) {
        atmqtt::line_reader_options chosen;
        chosen.policy = policy;
        chosen.any_prompt = true;
        chosen.line_limit = longest_line;
        chosen.payload_limit =
            policy == atmqtt::length_policy::counted ? UINT32_MAX : longest_payload;  // see make_room
        chosen.may = atmqtt::tolerances::all();
        return chosen;
    }

    void make_room(std::size_t count) {
        if (memory_.size() - reader_.held() > count || memory_.size() > most_memory) return;
        std::vector<char> larger(2 * (memory_.size() + count));
        std::copy_n(memory_.begin(), reader_.used(), larger.begin());
        memory_.swap(larger);
        reader_.rebind({memory_.data(), memory_.size()});
    }

    item item_of(const atmqtt::from_modem::event& found) {
        return atmqtt::match(
            found,                                                                  //
            [this](const atmqtt::from_modem::line& l) { return item_of_line(l); },  //
            [](const atmqtt::from_modem::prompt& p) {
                return item{p.size, "prompt"};
            },
            [](const atmqtt::from_modem::message& m) { return item_of_message(m); },
            [](const atmqtt::from_modem::piece& p) {
                return item{p.size, "overlong"};
            },  // not asked for
            [](const atmqtt::from_modem::too_large& t) {
                return item{t.size, "overlong"};
            },  // what would take more than most_memory
            [](const atmqtt::from_modem::overlong& o) {
                return item{o.size, "overlong"};
            },
            [](const atmqtt::from_modem::blank& b) {
                return item{b.size, "blank"};
            },
            [](const atmqtt::from_modem::partial& p) { return as_text(masked_line(p.text), p.size, "partial"); });
    }
    static item item_of_message(const atmqtt::from_modem::message& m) {
        if (!m.mismatch) return understood(m.what, m.size, "line");
        // Where the length is wrong, what is printed may be other lines: an echo of a configuration among them.
        const std::string printed = masked_data(m.what.payload);
        atmqtt::message shown = m.what;
        shown.payload = printed;
        item made = understood(shown, m.size, "line");
        made.fields["mismatch"] = true;
        made.description += " (declared and printed length disagree)";
        return made;
    }
    item item_of_line(const atmqtt::from_modem::line& l) {
        const auto read = atmqtt::parse_line(l.text, atmqtt::tolerances::all());
        if (read.why().code == atmqtt::errc::unknown_head)
            return as_text(is_in_list_ ? masked(l.text) : masked_line(l.text), l.size, "text");
        is_in_list_ = read && std::holds_alternative<atmqtt::subscriptions_are>(*read);
        if (!read) return malformed(name_in(*read), l.size, read.why());
        return atmqtt::match(*read, [&](const auto& m) {
            using message = std::decay_t<decltype(m)>;
            constexpr bool ends_command = std::is_same_v<message, atmqtt::ok> ||
                                          std::is_same_v<message, atmqtt::plain_error> ||
                                          std::is_same_v<message, atmqtt::cme_error>;
            return understood(m, l.size, ends_command ? "final" : "line");
        });
    }

    std::vector<char> memory_;
    atmqtt::line_reader reader_;
    bool is_in_list_ =
        false;  // of subscriptions: a text in quotes is one of them, and not what is left of a configuration
};

/// Decodes what a host sent.
class from_host {
public:
    /// `at_once`: a command is given at its CR, and an LF behind that is of the next item; else the LF is waited for.
    explicit from_host(bool at_once)
        : memory_(longest_line), reader_({memory_.data(), memory_.size()}, options(at_once)) {}

    template <class Sink>
    void take(std::string_view bytes, Sink&& sink) {
        while (const auto found = reader_.receive(bytes, atmqtt::instant{})) give(*found, sink);
    }
    template <class Sink>
    void finish(Sink&& sink) {
        while (const auto found = reader_.finish()) give(*found, sink);
    }
    /// The module has said so: it takes all that comes now for data.
    void be_prompted() { reader_.prompted(); }
    /// The module has answered by an error: where no data have come it does not count.
    void be_refused() {
        if (reader_.is_counting() && data_size_ == 0) reader_.reset();
    }

private:
    static atmqtt::command_reader_options options(bool at_once) {
        atmqtt::command_reader_options chosen;
        chosen.pieces = true;
        chosen.is_capture = !at_once;
        chosen.line_limit = longest_line;
        return chosen;
    }

    template <class Sink>
    void give(const atmqtt::from_host::event& found, Sink&& sink) {
        if (const auto made = item_of(found)) sink(*made);
    }

    std::optional<item> item_of(const atmqtt::from_host::event& found) {
        using maybe = std::optional<item>;
        return atmqtt::match(
            found,  //
            [this](const atmqtt::from_host::command& c) { return maybe{item_of_command(c)}; },
            [](const atmqtt::from_host::data& d) {
                return maybe{item{d.size, "data"}};
            },  // they come in pieces
            [this](const atmqtt::from_host::piece& p) {
                data_ += p.bytes;
                data_size_ += p.size;
                return p.last ? maybe{end_of_data("data")} : maybe{};
            },
            [this](const atmqtt::from_host::cut_short& c) {
                data_size_ += c.size;
                return data_size_ != 0 ? maybe{end_of_data("partial")} : maybe{};
            },
            [](const atmqtt::from_host::overlong& o) {
                return maybe{item{o.size, "overlong"}};
            },
            [](const atmqtt::from_host::blank& b) {
                return maybe{item{b.size, "blank"}};
            },
            [this](const atmqtt::from_host::partial& p) {
                return maybe{p.text.empty() ? item{p.size, "blank"} : as_other(p.text, p.size, "partial")};
            });
    }

    // A lone LF, or the end of data, may have cut a configuration in two: then all of the second half is hidden.
    item as_other(std::string_view line, std::size_t size, const char* kind) {
        const bool hidden = after_configuration_;
        after_configuration_ = is_cut_configuration(line);
        return as_text(hidden ? "***" : masked_command(line), size, kind);
    }

    item item_of_command(const atmqtt::from_host::command& c) {
        const auto read = atmqtt::parse_command(c.text, atmqtt::tolerances::all());
        const auto code = read.why().code;
        if (code == atmqtt::errc::unknown_head || code == atmqtt::errc::chained)
            return as_other(c.text, c.size, "other");
        after_configuration_ = !read && is_cut_configuration(c.text);
        if (code == atmqtt::errc::unknown_form)
            return malformed(name_in_head(c.text.substr(0, read.why().column)), c.size, read.why());
        if (!read) return malformed(name_in(*read), c.size, read.why());
        if (const auto* const counted = std::get_if<atmqtt::publish_counted>(&*read))
            reader_.expect_data(counted->length);
        return atmqtt::match(*read, [&](const auto& m) { return understood(m, c.size, "command"); });
    }

    item end_of_data(const char* kind) {
        const char* const field = kind == std::string_view("data") ? "data" : "text";
        const std::string bytes = masked_data(data_);  // what was to be data may be commands, if the modem refused
        after_configuration_ = words::shown_of_data(data_) != data_.size();
        item made{data_size_, kind, {{field, to_json(bytes)}}, shown(bytes)};
        data_.clear();
        data_size_ = 0;
        return made;
    }

    std::vector<char> memory_;
    atmqtt::command_reader reader_;
    std::string data_;
    std::size_t data_size_ = 0;
    bool after_configuration_ = false;
};

}  // namespace decode
