// SPDX-License-Identifier: MIT
#include "options.hpp"

#include "../command_line.hpp"
#include "../words.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <vector>

namespace virtual_modem {

namespace {

using command_line::decimal;

constexpr unsigned long longest = 24UL * 3600 * 1000;  // ms: what the machines can count is 24 days

// 1..65535; 0 for what is none.
std::uint16_t parse_port(std::string_view words) {
    std::uint16_t port = 0;
    const auto [end, why] = std::from_chars(words.data(), words.data() + words.size(), port);
    return why == std::errc{} && end == words.data() + words.size() ? port : std::uint16_t{0};
}

// HOST:PORT, where HOST may be an IPv6 address in brackets.
std::optional<address> parse_address(const std::string& words) {
    const std::size_t colon = words.rfind(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    const std::uint16_t port = parse_port(std::string_view(words).substr(colon + 1));
    if (port == 0) return std::nullopt;
    const std::string host = words.substr(0, colon);
    const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    return address{is_bracketed ? host.substr(1, host.size() - 2) : host, port};
}

struct raw {
    std::string link, socket, broker, network = "up", spelling = "manual", protocol = "3.1.1";
    unsigned long connect = 8000, ack = 10000, close = 1000;
    std::vector<unsigned long> waits = {4000, 8000, 16000};
    unsigned long delay = 0, late_ok = 0, restart = 0, cut = 0, blackhole = 0;
};

atmqtt::millis millis_of(unsigned long count) { return atmqtt::millis{static_cast<std::uint32_t>(count)}; }

void add_host(CLI::App& app, raw& from) {
    auto* where = app.add_option_group("The host", "where the AT commands come from");
    where->add_option("--pty", from.link, "make a pty, print its path, and link it at LINK")
        ->expected(0, 1)
        ->option_text("LINK");
    where->add_flag("--stdio", "standard input and output are the AT port");
    where->add_option("--listen", from.socket, "wait for hosts at a socket, one after another")
        ->option_text("unix:PATH");
    where->require_option(0, 1);  // with 1, an option that is unknown would not be named
}

void add_module(CLI::App& app, raw& from, options& to) {
    auto* module = app.add_option_group("The module");
    module->add_option("--broker", from.broker, "connect there, whatever AT+MQTTCFG names")->option_text("HOST:PORT");
    module->add_option("--spelling", from.spelling, "how lines are written: manual or sdk")
        ->check(CLI::IsMember({"manual", "sdk"}))
        ->option_text("manual|sdk");
    module->add_option("--protocol", from.protocol, "MQTT 3.1 or 3.1.1")
        ->check(CLI::IsMember({"3.1", "3.1.1"}))
        ->option_text("3.1|3.1.1");
    module->add_option("--network", from.network, "whether the network is activated: up or down")
        ->check(CLI::IsMember({"up", "down"}))
        ->option_text("up|down");
    module->add_option("--cafile", to.cafile, "trust these authorities for TLS, not those of the system")
        ->check(CLI::ExistingFile)
        ->option_text("PEM");
    module->add_flag("--trace", to.traces, "show what goes over both sides on standard error, passwords masked");
}

void add_times(CLI::App& app, raw& from) {
    const auto limit = decimal(0, longest);
    auto* times = app.add_option_group("Times, in milliseconds");
    times->add_option("--connect-ms", from.connect, "from opening to CONNACK (8000)")
        ->transform(limit)
        ->option_text("N");
    times->add_option("--ack-ms", from.ack, "for acknowledgements, until AT+MQTTTO sets it (10000)")
        ->transform(decimal(1, 65'535'000))
        ->option_text("N");
    times->add_option("--reconnect-ms", from.waits, "before each try to reconnect (4000,8000,16000)")
        ->delimiter(',')
        ->expected(3)
        ->transform(limit)
        ->option_text("A,B,C");
}

void add_faults(CLI::App& app, raw& from, fault_options& to) {
    const auto limit = decimal(0, longest);
    auto* faults = app.add_option_group("Faults, for those who write drivers");
    faults->add_option("--seed", to.seed, "of all that is random (1)")
        ->transform(decimal(0, UINT32_MAX))
        ->option_text("N");
    faults->add_option("--delay-ms", from.delay, "all that the host gets comes later")
        ->transform(limit)
        ->option_text("N");
    faults->add_flag("--chop", to.chops, "it comes in small pieces");
    faults->add_flag("--merge", to.merges, "it comes in large pieces");
    faults->add_option("--drop", to.drop, "of 1000 bytes each way so many are lost")
        ->transform(decimal(0, 1000))
        ->option_text("PERMILLE");
    faults->add_option("--late-ok-ms", from.late_ok, "OK comes later than the lines before it")
        ->transform(limit)
        ->option_text("N");
    faults->add_flag("--urc-inside", to.alarm_inside, "an alarm stands before each OK");
    faults->add_option("--restart-after", from.restart, "the module restarts, once, so long after it was open")
        ->transform(limit)
        ->option_text("MS");
    faults->add_option("--cut-after", from.cut, "the broker's link is cut, once, so long after it was open")
        ->transform(limit)
        ->option_text("MS");
    faults
        ->add_option("--blackhole-after", from.blackhole,
                     "nothing gets through any more, once, so long after it was open")
        ->transform(limit)
        ->option_text("MS");
}

// What the parser of options cannot check: each throws where something is wrong.

void take_host(const CLI::App& app, const raw& from, options& to) {
    if (app.count("--stdio") != 0) {
        to.host = host_kind::stdio;
    } else if (app.count("--pty") != 0) {
        to.path = from.link;
    } else if (app.count("--listen") != 0) {
        constexpr std::string_view scheme = "unix:";
        if (from.socket.rfind(scheme, 0) != 0 || from.socket.size() == scheme.size())
            throw CLI::ValidationError("--listen: '" + from.socket + "' is not unix:PATH");
        to.host = host_kind::listen;
        to.path = from.socket.substr(scheme.size());
    } else {
        throw CLI::ValidationError("one of --pty, --stdio and --listen is required");
    }
}

void take_broker(const CLI::App& app, const raw& from, options& to) {
    if (app.count("--broker") == 0) return;
    to.broker = parse_address(from.broker);
    if (!to.broker) throw CLI::ValidationError("--broker: '" + from.broker + "' is not HOST:PORT");
}

void take_module(const raw& from, options& to) {
    if (from.spelling == "sdk") to.modem.how = atmqtt::spelling::sdk;
    if (from.protocol == "3.1") to.modem.protocol = atmqtt::protocol_level::v3_1;
    to.is_network_up = from.network == "up";
    to.modem.limits.connect_limit = millis_of(from.connect);
    to.modem.ack_limit = millis_of(from.ack);
    for (std::size_t at = 0; at != 3; ++at) to.modem.limits.waits[at] = millis_of(from.waits[at]);
    to.faults.delay = milliseconds(from.delay);
    to.faults.late_ok = milliseconds(from.late_ok);
    to.faults.restart_after = milliseconds(from.restart);
    to.faults.cut_after = milliseconds(from.cut);
    to.faults.blackhole_after = milliseconds(from.blackhole);
}

void parse(CLI::App& app, int count, const char* const* words) {
    try {
        app.parse(count, words);
    } catch (const CLI::ExtrasError&) {
        throw CLI::ValidationError(command_line::unexpected(app.remaining()));
    }
}

}  // namespace

std::optional<options> parse_options(int count, char** words, int& status) {
    CLI::App app{"A virtual ML302: obeys the AT commands of MQTT, and talks to a real broker."};
    app.name("atmqtt-modem");
    app.set_help_flag("--help", "print this, and end");
    app.failure_message([](const CLI::App*, const CLI::Error& wrong) {
        return "atmqtt-modem: " + ::words::harmless(wrong.what()) + "; --help shows what there is\n";
    });
    options to;
    raw from;
    add_host(app, from);
    add_module(app, from, to);
    add_times(app, from);
    add_faults(app, from, to.faults);
    try {
        parse(app, count, words);
        take_host(app, from, to);
        take_broker(app, from, to);
        take_module(from, to);
    } catch (const CLI::ParseError& end) {
        status = app.exit(end) == 0 ? 0 : 2;
        return std::nullopt;
    }
    return to;
}

}  // namespace virtual_modem
