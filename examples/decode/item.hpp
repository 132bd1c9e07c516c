// One decoded piece of a capture, and the walker that gives its fields the manual's names.
// SPDX-License-Identifier: MIT
#pragma once

#include "../json_bytes.hpp"
#include "../words.hpp"

#include <atmqtt.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

namespace decode {

using json = nlohmann::ordered_json;

/// What one stretch of the input was.
struct item {
    std::size_t size = 0;          ///< bytes of input
    std::string kind;              ///< as in the help
    json fields = {};              ///< by the manual's names; null where there are none
    std::string description = {};  ///< for people
};

/// The first bytes of what cannot all be shown.
inline std::string cut(std::string_view bytes, std::size_t shown) {
    return std::string(bytes.substr(0, shown)) + (shown < bytes.size() ? "***" : "");
}

/// A command that is understood, as text, without the password that it may hold.
inline std::string masked(std::string_view line) {
    const auto secret = atmqtt::secret_in(line);
    if (secret.size == 0) return std::string(line);
    const bool quoted = line[secret.at] == '"' && line[secret.at + secret.size - 1] == '"' && secret.size > 1;
    std::string shown(line.substr(0, secret.at));
    shown += quoted ? "\"***\"" : "***";
    return shown.append(line.substr(secret.at + secret.size));
}

/// What a host sends, and no more of it than may be shown.
inline std::string masked_command(std::string_view line) {
    const auto m = atmqtt::parse_command(line);
    return m ? masked(line) : cut(line, words::shown_of_command(line, m.why()));
}
/// What a module sends, which may be an echo.
inline std::string masked_line(std::string_view line) {
    return words::may_be_command(line) ? masked_command(line) : std::string(line);
}
/// Counted bytes: as they are, but where they are no payload but commands after all.
inline std::string masked_data(std::string_view bytes) { return cut(bytes, words::shown_of_data(bytes)); }

/// Whether a line is AT+MQTTCFG up to its password, or not even so far.
inline bool is_cut_configuration(std::string_view line) {
    const auto secret = atmqtt::secret_in(line);
    return atmqtt::detail::behind_configuration(line) != 0 && secret.at + secret.size >= line.size();
}

/// Bytes for people: printable ASCII and UTF-8 as they are, the rest escaped as JSON does.
inline std::string shown(std::string_view bytes) {
    const json value = to_json(bytes);
    return value.is_string() ? without_controls(value.dump()) : "hex " + value["hex"].get<std::string>();
}

/// Walks over the fields of a message and names them. See at/fields.hpp.
class field_namer {
public:
    explicit field_namer(json& to) : to_(to) {}

    bool text(atmqtt::param name, const atmqtt::text& from, std::size_t) {
        const std::string bytes(from.begin(), from.end());
        return put(name, name == atmqtt::param::passwd ? json("***") : to_json(bytes));
    }
    bool escaped(atmqtt::param name, const atmqtt::text& from, std::size_t limit) { return text(name, from, limit); }
    bool topic(atmqtt::param name, const atmqtt::text& from) { return text(name, from, 0); }
    bool last_topic(atmqtt::param name, const atmqtt::text& from) { return text(name, from, 0); }
    bool bare_topic(atmqtt::param name, const atmqtt::text& from) { return text(name, from, 0); }
    bool hidden(atmqtt::param name) { return put(name, "***"); }
    template <class Number>
    bool number(atmqtt::param name, Number from) {
        return put(name, static_cast<std::uint32_t>(from));
    }
    template <class Number>
    bool positive(atmqtt::param name, Number from) {
        return number(name, from);
    }
    template <class Choice>
    bool choice(atmqtt::param name, Choice from, Choice) {
        return put(name, static_cast<std::uint32_t>(from));
    }
    bool flag(atmqtt::param name, bool from) { return put(name, from ? 1 : 0); }
    bool status(atmqtt::param name, atmqtt::status from) {
        return put(name, from == atmqtt::status::ok ? "OK" : "FAIL");
    }
    bool literal(std::string_view) { return to_["configured"] = false, true; }  // only +MQTTCFG:"(null)" has one
    bool payload(atmqtt::param name, std::string_view from, std::uint32_t) { return put(name, to_json(from)); }
    template <class Message>
    bool error_code(atmqtt::param name, const Message& from) {
        if (from.form == atmqtt::error_form::number) return put(name, static_cast<std::uint32_t>(from.code));
        return from.form == atmqtt::error_form::nothing || put(name, to_json(from.words));
    }
    bool ends(bool from) { return from; }
    bool check(bool, atmqtt::param) { return true; }
    bool alarm_blank(bool) { return true; }
    bool open_end() { return true; }

private:
    bool put(atmqtt::param name, const json& value) {
        to_[std::string(atmqtt::name_of(name))] = value;
        return true;
    }

    json& to_;
};

/// The item for a message that was understood.
template <class Message>
item understood(const Message& m, std::size_t size, std::string_view kind) {
    item made{size, std::string(kind)};
    made.fields["name"] = atmqtt::name_of<Message>();
    if constexpr (atmqtt::detail::is_command<Message>) {
        const char form = Message::head.back();
        made.fields["op"] = form == '=' ? "set" : form == '?' ? "query" : "exec";
    }
    field_namer names{made.fields};
    atmqtt::detail::walk(names, m);
    made.description.resize(4 * size + 256);  // each byte takes four at most
    made.description.resize(atmqtt::describe(m, {made.description.data(), made.description.size()}).size());
    return made;
}

/// The name of whatever `read` was taken for.
template <class Variant>
std::string name_in(const Variant& read) {
    return atmqtt::match(read, [](const auto& m) { return std::string(atmqtt::name_of<std::decay_t<decltype(m)>>()); });
}

/// The name in the head of a command, of which no form fits.
inline std::string name_in_head(std::string_view head) {
    std::string name;
    for (const char byte : head) {
        const bool lower = byte >= 'a' && byte <= 'z';
        if (byte != ' ' && byte != '+') name += lower ? static_cast<char>(byte - 'a' + 'A') : byte;
    }
    return name.substr(2);  // behind AT
}

/// The item for a line of a known name that is not of its form.
inline item malformed(const std::string& name, std::size_t size, const atmqtt::error& why) {
    item made{size, "malformed"};
    std::string reason(atmqtt::text_of(why.code));
    if (why.field != atmqtt::param::none) reason = std::string(atmqtt::name_of(why.field)) + ": " + reason;
    made.description = name + " at column " + std::to_string(why.column) + ": " + reason;
    made.fields = {{"name", name}, {"column", why.column}, {"why", reason}};
    return made;
}

/// The item for a line that is shown as this text.
inline item as_text(const std::string& text, std::size_t size, std::string_view kind) {
    return {size, std::string(kind), {{"text", to_json(text)}}, shown(text)};
}

}  // namespace decode
