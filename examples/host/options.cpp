// SPDX-License-Identifier: MIT
#include "options.hpp"

#include "../command_line.hpp"
#include "../words.hpp"
#include "line_input.hpp"
#include "url.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/types.hpp>
#include <atmqtt/mqtt/text.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace host_tool {

namespace {

constexpr unsigned most_seconds = 100U * 365 * 24 * 3600;
constexpr std::size_t longest_pid = 10;            // digits
constexpr std::size_t longest_passwd_line = 4096;  // bytes, of which fewer are taken

/// What is looked at once all is there.
struct raw {
    std::string passwd_variable, passwd_file;
    std::string id_prefix;
    std::string format;
    int level = 0, will_level = 0;
    unsigned seconds = 0;
    double between = 0;  // seconds
    bool no_line_feeds = false;
};

namespace limits = atmqtt::limits;
using command_line::decimal;

// What is asked of a word. None of these shows the word itself, for it may be a password.
CLI::Validator at_most(std::size_t most) {
    return {[most](const std::string& word) {
                if (word.size() <= most) return std::string();
                return std::to_string(word.size()) + " bytes, and " + std::to_string(most) + " is the most";
            },
            ""};
}
CLI::Validator not_empty() {
    return {[](const std::string& word) { return word.empty() ? std::string("an empty word") : std::string(); }, ""};
}
CLI::Validator writable() {
    return {[](const std::string& word) {
                char line[atmqtt::max_size<atmqtt::subscribe>()];
                const auto written = atmqtt::format(atmqtt::subscribe{word}, line);
                return written.why().code == atmqtt::errc::forbidden_byte
                           ? words::quoted(word) + " has a byte that no AT command can carry in a topic: a quote, a "
                                                   "backslash or a control character"
                           : std::string();
            },
            ""};
}
CLI::Validator topic_name() {
    return {[](const std::string& word) {
                return atmqtt::is_topic_name(word)
                           ? std::string()
                           : "'" + word + "' cannot be published to: it is empty, no UTF-8, or has a wildcard";
            },
            ""};
}
CLI::Validator topic_filter() {
    return {[](const std::string& word) {
                return atmqtt::is_topic_filter(word)
                           ? std::string()
                           : "'" + word +
                                 "' cannot be subscribed to: it is empty, no UTF-8, or has a wildcard out of place";
            },
            ""};
}

CLI::Validator readable_format() {
    return {[](const std::string& word) {
                try {
                    (void)message_format(word);
                    return std::string();
                } catch (const std::invalid_argument& wrong) {
                    return std::string(wrong.what());
                }
            },
            ""};
}
// The parser of options takes `inf` and `-1` for seconds.
CLI::Validator seconds() {
    return {[](std::string& word) {
                double value = 0;
                const char* const end = word.data() + word.size();
                const auto read = std::from_chars(word.data(), end, value, std::chars_format::fixed);
                const bool is_time = read.ec == std::errc{} && read.ptr == end && value >= 0 && value <= most_seconds;
                return is_time ? std::string() : "not seconds, as 2 or 0.5, up to " + std::to_string(most_seconds);
            },
            ""};
}

void add_device(CLI::App& app, options& to) {
    app.set_help_flag("--help", "print this, and end");
    app.add_option("--device", to.device, "serial device of the module, or the pty of atmqtt-modem")
        ->required()
        ->option_text("DEV");
    app.add_option("--baud", to.baud, "bits a second (115200)")->transform(decimal(1, UINT32_MAX))->option_text("RATE");
    app.add_flag("--trace", to.traces, "show what goes over the wire on standard error, passwords masked");
}

void add(CLI::App& app, const char* option, std::string_view word) {
    CLI::Option& to = *app.get_option(option);
    if (to.count() != 0) throw CLI::ValidationError(std::string("-L has it already: leave out ") + option);
    to.add_result(std::string(word));
}
// What is in it is looked at as if it had been given by the others, which are read behind it. It may hold a password, and is not
// shown.
void take_url(CLI::App& app, const std::string& words) {
    const auto parts = parse_url(words);
    if (!parts)
        throw CLI::ValidationError("-L: it is not of the form mqtt://[USER[:PASS]@]HOST[:PORT]/TOPIC, where neither "
                                   "has a / nor an @; for TLS, -h and --encrypt are needed");
    add(app, "--host", parts->host);
    if (parts->has_port) add(app, "--port", parts->port);
    if (parts->has_user) add(app, "--username", parts->user);
    if (parts->has_passwd) add(app, "--pw", parts->passwd);
    app.get_option("--topic")->add_result(std::string(parts->topic));
}
void add_url(CLI::App& app) {
    app.add_option_function<std::string>(
           "-L,--url", [&app](const std::string& words) { take_url(app, words); },
           "broker, user, password and topic, which other programs see: mqtt://[USER[:PASS]@]HOST[:PORT]/TOPIC")
        ->option_text("URL");
}

void add_broker(CLI::App& app, options& to, raw& from) {
    const auto levels = decimal(0, 2);
    add_url(app);
    app.add_option("-h,--host", to.host, "broker: address or name")->check(at_most(limits::word))->option_text("HOST");
    app.add_option("-p,--port", to.port, "its port (1883)")->transform(decimal(1, 65535))->option_text("PORT");
    auto* const id = app.add_option("-i,--id", to.id, "client identifier (atmqtt-<pid>)");
    id->check(at_most(limits::word))->option_text("ID");
    app.add_option("-I,--id-prefix", from.id_prefix, "what stands in it in front of <pid>")
        ->excludes(id)
        ->check(at_most(limits::word - longest_pid))
        ->option_text("PREFIX");
    app.add_option("-u,--username", to.user, "user name")->check(at_most(limits::word))->option_text("USER");
    auto* const passwd =
        app.add_option("-P,--pw", to.passwd, "password; other programs see it: better one of the next two");
    passwd->option_text("PASS");
    auto* const variable =
        app.add_option("--pw-env", from.passwd_variable, "environment variable that holds the password");
    variable->excludes(passwd)->option_text("NAME");
    app.add_option("--pw-file", from.passwd_file, "file whose first line is the password")
        ->excludes(passwd)
        ->excludes(variable)
        ->option_text("FILE");
    app.add_option("-k,--keepalive", to.keep_alive, "seconds between pings; 0: none (60)")
        ->transform(decimal(0, 65535))
        ->option_text("SECONDS");
    app.add_flag("-c,--disable-clean-session", to.keeps_session, "the broker keeps the session");
    app.add_option("-t,--topic", to.topics, "topic")
        ->allow_extra_args(false)  // or '[a]' would be read as a list, and each word behind it as a topic
        ->check(at_most(limits::topic) & writable())
        ->option_text("TOPIC");
    app.add_option("-q,--qos", from.level, "quality of service: 0, 1 or 2 (0)")->transform(levels)->option_text("QOS");
    app.add_option("--will-topic", to.will_topic, "where the broker publishes the will")
        ->check(topic_name() & at_most(limits::topic) & writable())
        ->option_text("TOPIC");
    app.add_option("--will-payload", to.will_payload, "the will")->check(at_most(limits::will))->option_text("MSG");
    app.add_option("--will-qos", from.will_level, "its quality of service (0)")->transform(levels)->option_text("QOS");
    app.add_flag("--will-retain", to.will_retain, "the broker keeps the will");
    app.add_option("--encrypt", to.version, "TLS, with this version of the platform's token")
        ->check(not_empty())
        ->option_text("VERSION");
}

void add_publish(CLI::App& app, options& to, raw& from) {
    add_device(app, to);
    add_broker(app, to, from);
    app.get_option("--topic")->check(topic_name());
    auto* what = app.add_option_group("The message", "one of these");
    what->add_option("-m,--message", to.message, "the message")->check(at_most(limits::message))->option_text("MSG");
    what->add_option("-f,--file", to.file, "the content of a file")->check(CLI::ExistingFile)->option_text("FILE");
    what->add_flag("-s,--stdin-file", "all of standard input");
    what->add_flag("-l,--stdin-line", "each line of standard input");
    what->add_flag("-n,--null-message", "an empty message");
    what->require_option(1);
    app.add_flag("-r,--retain", to.retain, "the broker keeps the message");
    app.add_option("--repeat", to.times, "publish it so many times (1)")
        ->transform(decimal(1, UINT32_MAX))
        ->excludes("--stdin-line")
        ->option_text("COUNT");
    app.add_option("--repeat-delay", from.between, "wait so long between them, as 2 or 0.5 (0)")
        ->transform(seconds())
        ->option_text("SECONDS");
    app.footer("SIGINT, SIGTERM and SIGHUP disconnect and end it, with 1 where not all was published; the second of "
               "them ends it\n"
               "at once. While there is no connection, messages wait.");
}

void add_subscribe(CLI::App& app, options& to, raw& from) {
    add_device(app, to);
    add_broker(app, to, from);
    app.get_option("--topic")->description("topic; give it again for more")->check(topic_filter());
    app.add_flag("-v,--verbose", to.shows_topics, "print the topic before each message");
    app.add_option("-F", from.format, "print each message so: see below")
        ->check(readable_format())
        ->option_text("FORMAT");
    app.add_flag("-N", from.no_line_feeds, "print no line feed behind it");
    auto* const skips = app.add_flag("-R", to.skips_retained, "print no message that the broker had kept");
    app.add_flag("--retained-only", to.only_retained, "print those only, and end with the first that is none")
        ->excludes(skips);
    app.add_option("-T,--filter-out", to.filtered_out, "print no message of these topics; give it again for more")
        ->allow_extra_args(false)
        ->check(topic_filter())
        ->option_text("TOPIC");
    app.add_flag("-E", to.ends_subscribed, "end once it is subscribed");
    app.add_option("-C", to.count, "end after so many messages; what comes behind them, and is acknowledged, is lost")
        ->transform(decimal(1, UINT64_MAX))
        ->option_text("COUNT");
    app.add_option("-W", from.seconds, "end after so long, and a second at most to disconnect, with exit code 27")
        ->transform(decimal(1, most_seconds))
        ->option_text("SECONDS");
    app.footer(
        "FORMAT is text in which these stand for:\n"
        "  %t topic   %p payload   %x %X payload in hexadecimal   %l its length   %q QoS   %r 1 if the broker had kept "
        "it\n"
        "  %m packet identifier   %j all of this as JSON   %J the same, where a payload may be JSON itself\n"
        "  %I date and time   %U seconds since 1970   @N nanoseconds   @Y and the like what `date +%Y` prints\n"
        "  %% @@ a % and an @   \\\\ \\0 \\a \\e \\n \\r \\t \\v as in C\n\n"
        "SIGINT, SIGTERM and SIGHUP disconnect and end it with 0; the second of them ends it at once. Where "
        "nobody reads\n"
        "its output any more it ends with 1, and says nothing.");
}

source source_of(const CLI::App& app) {
    if (app.count("--file") != 0) return source::file;
    if (app.count("--stdin-file") != 0) return source::input;
    if (app.count("--stdin-line") != 0) return source::lines;
    return app.count("--null-message") != 0 ? source::nothing : source::argument;
}

std::string passwd_of_variable(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) throw CLI::ValidationError("--pw-env: " + name + " is not set");
    return value;
}
std::string passwd_of_file(const std::string& path) {
    std::ifstream file(path);
    std::string passwd;
    if (!read_line(file, passwd, longest_passwd_line)) throw CLI::ValidationError("--pw-file: cannot read " + path);
    if (!passwd.empty() && passwd.back() == '\r') passwd.pop_back();
    return passwd;
}

void take_passwd(const CLI::App& app, const raw& from, options& to) {
    to.has_user = app.count("--username") != 0;
    to.has_passwd = app.count("--pw") + app.count("--pw-env") + app.count("--pw-file") != 0;
    if (app.count("--pw-env") != 0) to.passwd = passwd_of_variable(from.passwd_variable);
    if (app.count("--pw-file") != 0) to.passwd = passwd_of_file(from.passwd_file);
    if (to.passwd.size() > limits::word)
        throw CLI::ValidationError("the password has " + std::to_string(to.passwd.size()) + " bytes, and " +
                                   std::to_string(limits::word) + " is the most");
    if (to.has_passwd && !to.has_user) throw CLI::ValidationError("a password needs a user name: give -u as well");
}

// By itself or in a URL.
void require(const CLI::App& app, const char* option) {
    if (app.count(option) == 0) throw CLI::ValidationError(option + std::string(" is required"));
}

void take_broker(const CLI::App& app, const raw& from, options& to) {
    require(app, "--host");
    require(app, "--topic");
    take_passwd(app, from, to);
    to.encrypts = app.count("--encrypt") != 0;
    if (to.keeps_session && to.id.empty())
        throw CLI::ValidationError("-c needs -i: the session that the broker keeps is that of a client identifier");
    if (to.will_topic.empty() && (!to.will_payload.empty() || to.will_retain || from.will_level != 0))
        throw CLI::ValidationError("a will needs --will-topic");
}

void take_publish(const CLI::App& app, const raw& from, options& to) {
    to.what = task::publish;
    to.from = source_of(app);
    take_broker(app, from, to);
    to.between = std::chrono::milliseconds(std::llround(from.between * 1000));
    if (to.topics.size() != 1) throw CLI::ValidationError("-t: one topic is published to at a time");
}
void take_subscribe(const CLI::App& app, const raw& from, options& to) {
    to.what = task::subscribe;
    take_broker(app, from, to);
    if (app.count("-F") != 0) to.format.emplace(from.format);
    to.limit = std::chrono::seconds(from.seconds);
    to.adds_line_feeds = !from.no_line_feeds;
}
void take_levels(const raw& from, options& to) {
    to.level = static_cast<atmqtt::qos>(from.level);
    to.will_level = static_cast<atmqtt::qos>(from.will_level);
}
std::string made_id(const raw& from) {
    return (from.id_prefix.empty() ? "atmqtt-" : from.id_prefix) + std::to_string(::getpid());
}

// A word in the place of a subcommand is shown; of others that are not expected, only options are.
void parse(CLI::App& app, int count, const char* const* words) {
    try {
        app.parse(count, words);
    } catch (const CLI::ExtrasError&) {
        const bool is_none = app.get_subcommands().empty() && words[1][0] != '-';
        throw CLI::ValidationError(is_none ? words::quoted(words[1]) + " is none of pub, sub and at"
                                           : command_line::unexpected(app.remaining(true)));
    }
    if (app.get_subcommands().empty()) throw CLI::ValidationError("one of pub, sub and at is required");
}

}  // namespace

std::optional<options> parse_options(int count, char** words, int& status) {
    CLI::App app{"Publishes and subscribes through an ML302 module."};
    app.name("atmqtt");
    app.set_help_flag("--help", "print this, and end");
    app.require_subcommand(0, 1);  // with 1, a word that is none would not be named
    app.failure_message([](const CLI::App*, const CLI::Error& wrong) {
        return "atmqtt: " + ::words::harmless(wrong.what()) + "; --help shows what there is\n";
    });
    options to;
    raw from;
    auto* const pub = app.add_subcommand("pub", "publish messages");
    auto* const sub = app.add_subcommand("sub", "subscribe, and print messages");
    auto* const at = app.add_subcommand("at", "a console: type AT commands");
    add_publish(*pub, to, from);
    add_subscribe(*sub, to, from);
    add_device(*at, to);
    try {
        parse(app, count, words);
        if (pub->parsed()) take_publish(*pub, from, to);
        if (sub->parsed()) take_subscribe(*sub, from, to);
    } catch (const CLI::ParseError& end) {
        status = app.exit(end) == 0 ? 0 : 1;
        return std::nullopt;
    }
    take_levels(from, to);
    if (to.id.empty()) to.id = made_id(from);
    return to;
}

}  // namespace host_tool
