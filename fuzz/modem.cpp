// A modem whose host, broker, socket and clock do anything, in any order: what it writes is lines and packets, each command has one
// final result, and time alone brings everything to its end.
// SPDX-License-Identifier: MIT
#include "host_lines.hpp"
#include "modem_wires.hpp"
#include "oracles.hpp"
#include "script.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace oracle;

std::size_t draw_sip(unsigned bits) { return bits == 0 ? SIZE_MAX : bits; }

/// The first 11 bytes of an input; the others are the script.
modem_setup draw_setup(source& from) {
    modem_setup drawn;
    const unsigned flags = from.byte();
    drawn.options.how = (flags & 1) != 0 ? spelling::sdk : spelling::manual;
    drawn.options.protocol = (flags & 2) != 0 ? protocol_level::v3_1 : protocol_level::v3_1_1;
    drawn.options.refuses_overlong = (flags & 4) != 0;
    drawn.obeys = (flags & 8) != 0;
    drawn.serves = (flags & 16) != 0;
    drawn.is_held = (flags & 32) != 0;
    if ((flags & 64) != 0) drawn.options.limits.tries = static_cast<std::uint8_t>(flags >> 7);
    if ((flags & 192) == 128) drawn.options.may = tolerances::all();
    drawn.command = draw_buffer_size(from);
    const std::size_t lines = from.byte();
    drawn.lines = lines < 8 ? lines * 100 : modem::least_lines + (lines - 8) * 8 - 8;
    drawn.profile = draw_buffer_size(from);
    drawn.subscriptions = draw_buffer_size(from);
    drawn.rx = draw_buffer_size(from);
    drawn.tx = draw_buffer_size(from);
    drawn.records = from.byte() % 24U;
    const unsigned sips = from.byte();
    drawn.uart_sip = draw_sip(sips & 15);
    drawn.socket_sip = draw_sip(sips >> 4);
    drawn.clock = draw_clock(from);
    drawn.seed = from.byte();
    drawn.script = from.rest();
    return drawn;
}

class modem_run {
public:
    modem_run(const modem_setup& with, const modem_run_options& how)
        : rx_(with.rx), draws_(with.tx < session::overhead ? 0 : with.tx - session::overhead), wires_(with, how) {}

    journal play(source from) {
        for (int left = 150; left != 0 && !from.empty() && wires_.spent() < 6000; --left) {
            wires_.move();
            play_one(from);
            wires_.pump();
            wires_.look();
        }
        wires_.come_to_an_end();
        return std::move(wires_.found());
    }

private:
    // NOLINTNEXTLINE(readability-function-cognitive-complexity): flat
    void play_one(source& from) {
        const std::uint8_t drawn = from.byte();
        switch (drawn % 26) {
            case 0: return wires_.write(from.take(from.byte()));
            case 1: return wires_.write(std::string{from.take(from.byte())} + "\r");
            case 2:
            case 3: return wires_.write(draws_.draw(from) + "\r");
            case 4: return write_counted(from);
            case 5: return wires_.write(draws_.draw(from) + "\r\n" + draws_.draw(from) + "\r");
            case 6: return write_opening(from.byte());
            case 7: return wires_.come(from.take(from.byte()));
            case 8: return come_connack(from.byte());
            case 9:
            case 10: return come_publish(from);
            case 11: return come_acknowledgement(from);
            case 12: return come_suback(from);
            case 13: return wires_.come({"\xD0\x00", 2});
            case 14: return wires_.answer(drawn / 26 == 3);
            case 15: return wires_.connect();
            case 16: return wires_.connect_failed();
            case 17: return wires_.disconnect();
            case 18: return wires_.set_network(from.flag());
            case 19: return wires_.leave();
            case 20: return void(wires_.take_from_uart(from.byte()));
            case 21: return void(wires_.take_from_socket(from.byte()));
            case 22: return switch_wires(from.byte());
            case 23: return wires_.pass_time(draw_time(from));
            case 24: return wires_.pass_wait();
            default: return wires_.cut_short();
        }
    }
    static std::uint32_t draw_time(source& from) {
        const std::uint32_t drawn = from.byte();
        return drawn < 128 ? drawn * 10 : (drawn - 127) * 1000;
    }
    void switch_wires(unsigned how) { wires_.switch_wires((how & 1) != 0, (how & 2) != 0, (how & 4) != 0); }

    void write_counted(source& from) {
        const std::string line = draws_.draw_counted(from);
        const std::size_t size = from.byte();
        const unsigned how = from.byte();
        const std::string_view data = from.take(size);
        const std::size_t length = (how & 3) != 0 ? data.size() : size * 9;  // or more than come
        wires_.write(line + std::to_string(length) + ((how & 4) != 0 ? "\r\n" : "\r"));
        wires_.write(data);
    }
    /// All that an open connection takes, with a true broker.
    void write_opening(unsigned how) {
        constexpr unsigned times[] = {0, 1, 60, 65535};
        wires_.write(host_lines::configuration(times[how & 3], (how & 4) != 0) + "\r" +
                     std::string{host_lines::opening} + "\r");
        wires_.pump();
        wires_.connect();
        wires_.pump();
        wires_.answer();
    }

    // --- the broker ---

    template <class Packet>
    void come_packet(const Packet& m) {
        std::string out(mqtt::encoded_size(m), '\0');
        const auto bytes = mqtt::encode(m, {out.data(), out.size()});
        if (bytes) wires_.come(*bytes);
    }
    void come_connack(std::uint8_t how) {
        const char bytes[] = {0x20, 2, static_cast<char>(how & 1), static_cast<char>(how >> 1 & 7)};
        wires_.come({bytes, sizeof bytes});
    }
    void come_publish(source& from) {
        constexpr std::string_view topics[] = {"t", "a,b", "say \"hi\"", "line\r\nOK"};
        constexpr std::string_view payloads[] = {"abc", "", "\r\nOK\r\n", "\r\n> "};
        const unsigned how = from.byte();
        mqtt::publish m;
        m.level = static_cast<qos>(how % 3);
        m.dup = m.level != qos::at_most_once && (how & 4) != 0;
        m.retain = (how & 8) != 0;
        if (m.level != qos::at_most_once) m.id = static_cast<packet_id>(1 + (how >> 4 & 3));
        const unsigned what = from.byte();
        const std::string filler((rx_ < 8 ? 0 : rx_ - 8) + (what >> 2) % 8U, 'f');
        m.topic = (what & 64) == 0 ? topics[what & 3] : std::string_view{"t"};
        m.payload = (what & 64) == 0 ? payloads[what >> 2 & 3] : std::string_view{filler};
        if ((what & 192) == 192) std::swap(m.topic, m.payload);
        come_packet(m);
    }
    packet_id draw_id(source& from) const {
        const std::uint8_t drawn = from.byte();
        return drawn < 128 ? drawn : static_cast<packet_id>(wires_.id() - (drawn - 128));
    }
    void come_acknowledgement(source& from) {
        constexpr packet_type types[] = {packet_type::puback, packet_type::pubrec, packet_type::pubrel,
                                         packet_type::pubcomp, packet_type::unsuback};
        const std::uint8_t drawn = from.byte();
        const packet_type type = types[drawn % 5];
        const unsigned id = draw_id(from);
        const unsigned flags = (type == packet_type::pubrel ? 2U : 0U) ^ (drawn >= 250 ? 1U : 0U);  // or malformed
        const char bytes[] = {static_cast<char>(static_cast<unsigned>(type) << 4 | flags), 2,
                              static_cast<char>(id >> 8), static_cast<char>(id)};
        wires_.come({bytes, sizeof bytes});
    }
    void come_suback(source& from) {
        const packet_id id = draw_id(from);
        const std::uint8_t how = from.byte();
        constexpr char codes[] = {0, 1, 2, '\x80'};
        come_packet(mqtt::suback{id, first({codes + how % 4, 4U - how % 4}, how < 128 ? 1 : 2)});
    }

    std::size_t rx_;
    host_lines draws_;
    modem_wires wires_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    source from{data, size};
    const modem_setup with = draw_setup(from);

    modem_run_options how;
    how.clock = with.clock;
    const journal whole = modem_run{with, how}.play(source{with.script});
    how.cut = chunker{chunker::way::single};
    how.is_strict = true;
    demand_same(whole, modem_run{with, how}.play(source{with.script}), "byte by byte gives the same");
    how.cut = chunker{chunker::way::random, with.seed};
    how.is_strict = false;
    how.move_house = true;
    demand_same(whole, modem_run{with, how}.play(source{with.script}), "a copy in other memory gives the same");
    how = {};
    how.clock = 1'000'000;  // neither 2^31 nor 2^32 comes from here
    demand_same(whole, modem_run{with, how}.play(source{with.script}), "another reading of the clock gives the same");
    return 0;
}
