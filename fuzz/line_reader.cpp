// line_reader on any bytes at any times; and on streams of known messages, which must come back as they were put in.
// SPDX-License-Identifier: MIT
#include "line_run.hpp"
#include "oracles.hpp"
#include "script.hpp"

#include <atmqtt/host/line_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace oracle;

struct setup {
    line_reader_options options;
    std::size_t lent = 0;
    std::uint32_t clock = 0;
    std::uint32_t seed = 0;
    bool is_built = false;
};

/// The first 10 bytes of an input.
setup draw_setup(source& from) {
    setup drawn;
    const unsigned flags = from.byte();
    drawn.options.policy = (flags & 1) != 0 ? length_policy::line_end : length_policy::counted;
    drawn.options.any_prompt = (flags & 2) != 0;
    drawn.options.pieces = (flags & 4) != 0;
    drawn.is_built = (flags & 8) != 0;
    drawn.options.may = draw_tolerances(from);
    drawn.lent = draw_buffer_size(from);
    const std::size_t limit = from.byte();
    if (limit != 0) drawn.options.line_limit = limit - 1;
    drawn.options.payload_limit = from.byte();
    drawn.options.gap = millis{from.byte() * 4U};
    drawn.options.hold = millis{from.byte()};
    drawn.clock = draw_clock(from);
    drawn.seed = from.byte();
    return drawn;
}

journal run(const setup& with, const script& all, const line_run_options& how, std::size_t lent) {
    return line_run{with.options, lent, with.clock, how}.play(all);
}

/// Invariant 1, and what else must not make a difference. Gives what all runs gave.
journal demand_invariance(const setup& with, const script& all) {
    const journal whole = run(with, all, {}, with.lent);
    line_run_options how;
    how.cut = chunker{chunker::way::single};
    how.spurious_ticks = how.late_ticks = true;
    demand_same(whole, run(with, all, how, with.lent), "byte by byte gives the same events");
    how.cut = chunker{chunker::way::random, with.seed};
    how.spurious_ticks = how.late_ticks = false;
    how.move_house = true;
    demand_same(whole, run(with, all, how, with.lent), "a copy in another buffer gives the same events");
    how.move_house = false;
    how.after_reset = true;
    demand_same(whole, run(with, all, how, with.lent), "a reader that was reset gives the same events");
    return whole;
}

/// With limits of its own a reader gives in a buffer that grows what it gives in a large one.
void demand_growth(setup with, const script& all) {
    if (with.options.payload_limit == 0 || with.lent < 8) return;
    with.options.line_limit = std::min(with.options.line_limit, with.lent - 4);
    const std::size_t large = with.lent + bytes_of(all).size() + 256;
    line_run_options how;
    how.grows_to = large;
    demand_same(run(with, all, {}, large), run(with, all, how, with.lent),
                "a buffer that grows in time gives the same events");
}

// --- streams of known messages ---

/// A script, and what it must come to.
struct known {
    script all;
    journal expected;

    void add(std::string_view bytes, entry found) {
        append(all, bytes);
        found.size = bytes.size();
        expected.push_back(std::move(found));
    }
    void add_line(std::string_view bytes) {
        add("\r\n", {"blank", {}, 0, false});
        add(std::string{bytes} + "\r\n", {"line", std::string{bytes}, 0, false});
    }
};

void add_line(known& to, source& from, std::size_t limit) {
    constexpr std::string_view lines[] = {
        "OK",  "ERROR", "+CME ERROR: 605", "+MQTTPUBACK: 0,5", "+MQTTDISC: OK",   "+MQTTTO:5", "+MQTTSUB:",
        "t,1", ">",     "a > b",           "+MQTTREC: 1,0",    "+MQTTPUBREL: 0,1"};
    const std::string_view drawn = lines[from.byte() % std::size(lines)];
    if (drawn == ">" || drawn.size() > limit) return;
    to.add_line(drawn);
}

/// A message as the modem writes it. In quotes the topic may hold anything but what ends them; bare, nothing that ends it.
void add_message(known& to, source& from, std::size_t room, std::size_t limit, bool quoted,
                 const line_reader_options& options) {
    std::string topic{from.take(from.byte() % 40U)};
    for (char& byte : topic) {
        const bool bad = byte == '"' || byte == '\\' ||
                         (!quoted && (byte == ',' || byte == '\r' || byte == '\n' || byte == ' ' || byte == '\xE2'));
        if (bad) byte = 'q';
    }
    if (!quoted && topic.empty()) topic = "t";
    const std::string payload{from.take(from.byte())};
    const message_header m{from.flag(), static_cast<qos>(from.byte() % 3),         from.flag(), from.pair(),
                           topic,       static_cast<std::uint32_t>(payload.size())};
    const std::string mark = quoted ? "\"" : "";
    const std::string head = (quoted ? "+MQTTPUBLISH: " : "+MQTTPUBLISH:") + std::to_string(int{m.dup}) + "," +
                             std::to_string(static_cast<int>(m.level)) + "," + std::to_string(int{m.retained}) + "," +
                             std::to_string(m.id) + "," + mark + topic + mark + "," + std::to_string(m.length) + ",";
    if (head.size() > limit) return;  // the guarantee is given where the header fits
    to.add("\r\n", {"blank", {}, 0, false});
    const std::string wire = head + payload + "\r\n";
    if (wire.size() <= room)
        to.add(wire, {"message " + listed(m), payload, 0, false});
    else if (options.pieces)
        to.add(wire, {"piece " + listed(m), payload, 0, false});
    else
        to.add(wire, {"too_large " + listed(m), {}, 0, false});
}

void add_prompt(known& to) {
    to.all.push_back({step::kind::first_call, {}, 0});
    to.add("\r\n", {"blank", {}, 0, false});
    to.add("> ", {"prompt", {}, 0, false});
}

/// Invariant 5: whatever topics and payloads hold, exactly what was put in comes back.
void demand_no_forgery(setup with, source& from) {
    with.options.may.bare_topic = with.options.may.head_blanks = with.options.may.field_blanks = true;
    with.options.payload_limit = 0;
    with.lent += 64;
    const std::size_t limit = std::min(with.options.line_limit, with.lent - 2);
    known stream;
    for (unsigned count = 0; count < 16 && !from.empty(); ++count) {
        switch (from.byte() % 5) {
            case 0: add_line(stream, from, limit); break;
            case 1:
            case 2: add_message(stream, from, with.lent, limit, true, with.options); break;
            case 3: add_message(stream, from, with.lent, limit, false, with.options); break;
            case 4: add_prompt(stream); break;
        }
    }
    demand_same(stream.expected, demand_invariance(with, stream.all), "known messages come back, and nothing else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    source from{data, size};
    const setup with = draw_setup(from);
    if (with.is_built) {
        demand_no_forgery(with, from);
        return 0;
    }
    const script all = script_of(from.rest(), 5);
    demand_invariance(with, all);
    demand_growth(with, all);
    return 0;
}
