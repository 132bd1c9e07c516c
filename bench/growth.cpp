// What a call costs against the size of what it is given: bytes of a message, a topic or a line, subscriptions, identifiers in
// flight, bytes that come at once. Each size is twice the one before; scale.py says what may come of it.
// Prints `count ROW/SIZE` for each.
// SPDX-License-Identifier: MIT
#include "harness.hpp"
#include "pair.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bench {
namespace {

namespace mqtt = atmqtt::mqtt;
using atmqtt::qos;

// What the rows share: what a set-up leaves for the run, and what that leaves for the check.
std::size_t size = 0;  ///< which is varied
std::string input;     ///< what is read
std::string expected;  ///< what must come of it
std::size_t events = 0;
std::vector<char> lent, lent_too;
std::vector<atmqtt::in_flight> records;
atmqtt::instant now{1'000};

// They stay where they are, whatever is put into them: how memcpy copies depends on that.
void reserve() {
    constexpr std::size_t most = 400'000;
    input.reserve(most);
    expected.reserve(most);
    lent.reserve(most);
    lent_too.reserve(most);
    records.reserve(most);
}
void clear() {
    input.clear();
    expected.clear();
    events = 0;
    lent.assign(size + 2'048, 'Z');
    lent_too.assign(4 * size + 2'048, 'Z');
}
atmqtt::buffer memory(std::vector<char>& from) { return {from.data(), from.size()}; }
std::string plain(std::size_t bytes) {
    std::string made(bytes, ' ');
    for (std::size_t at = 0; at != bytes; ++at) made[at] = static_cast<char>('a' + at % 26);
    return made;
}
bool is_expected() { return got.bytes == expected; }
bool is_size() { return events == size; }
bool is_true() { return got.ok; }

// --- lines ---

std::string urc(std::string_view name, std::string_view payload) {
    return std::string("+MQTTPUBLISH: 0,1,0,1,\"").append(name).append("\",").append(std::to_string(payload.size())) +
           "," + std::string(payload) + "\r\n";
}
void of_payload() {
    clear();
    expected.append(plain(size));
    input.append(urc(topic, expected));
}
void of_topic() {
    clear();
    expected.append(plain(size));
    input.append(urc(expected, "x"));
}
void of_commas() {
    clear();
    expected.assign(size, ',');
    input.append(urc(expected, "x"));
}
void parse_message(std::string_view) {
    const auto line = atmqtt::parse_line(std::string_view{input}.substr(0, input.size() - 2));
    if (!line) return;
    if (const auto* m = std::get_if<atmqtt::message>(&*line)) {
        got.bytes = m->payload;
        got.topic = m->topic.raw();
    }
}
bool is_topic() { return got.topic == expected; }

void read_lines(std::size_t chunk, atmqtt::buffer room, const atmqtt::line_reader_options& how = {}) {
    atmqtt::line_reader reader{room, how};
    for (std::string_view left = input; !left.empty(); left = atmqtt::rest(left, chunk)) {
        std::string_view piece = atmqtt::first(left, chunk);
        while (const auto event = reader.receive(piece, now)) {
            if (const auto* m = std::get_if<atmqtt::from_modem::message>(&*event)) {
                got.bytes = m->what.payload;
                got.topic = m->what.topic.raw();
                ++events;
            }
            if (const auto* l = std::get_if<atmqtt::from_modem::line>(&*event)) {
                got.bytes = l->text;
                ++events;
            }
            if (const auto* p = std::get_if<atmqtt::from_modem::piece>(&*event)) events += p->bytes.size();
        }
    }
}
void read_whole(std::string_view) { read_lines(input.size(), memory(lent)); }
void read_by_byte(std::string_view) { read_lines(1, memory(lent)); }
void read_pieces(std::string_view) {
    atmqtt::line_reader_options how;
    how.pieces = true;
    read_lines(64, {lent.data(), 256}, how);
}
void of_line() {
    clear();
    expected.append(plain(size));
    input.append(expected + "\r\n");
}
void of_lines() {
    clear();
    for (std::size_t at = 0; at != size; ++at) input += "RING\r\n";
}
void of_messages() {
    clear();
    for (std::size_t at = 0; at != size; ++at) input += urc(topic, "abcdefgh");
}

void format_message(std::string_view) {
    const std::string_view payload{expected};
    const auto length = static_cast<std::uint32_t>(size);
    const auto line =
        atmqtt::format(atmqtt::message{false, qos::at_least_once, false, 1, topic, length, payload}, memory(lent));
    if (line) got.bytes = *line;
}
bool is_message_line() { return got.bytes == "\r\n" + input; }

// --- commands ---

std::string command_of(std::string_view message) {
    return std::string("AT+MQTTPUB=\"dev/gsm/u\",1,0,0,\"").append(message) + "\"\r";
}
void of_command() {
    clear();
    expected.append(plain(size));
    input.append(command_of(expected));
}
void of_quotes() {
    clear();
    expected.assign(size, '"');
    std::string escaped;
    for (std::size_t at = 0; at != size; ++at) escaped += "\\\"";
    input.append(command_of(escaped));
}
void format_command(std::string_view) {
    const auto line = atmqtt::format(atmqtt::publish{topic, qos::at_least_once, false, false, expected}, memory(lent));
    if (line) got.bytes = *line;
}
bool is_command() { return got.bytes == input; }
void parse_command(std::string_view) {
    const auto command = atmqtt::parse_command(input);
    if (!command) return;
    const auto* const m = std::get_if<atmqtt::publish>(&*command);
    if (m == nullptr) return;
    const auto bytes = m->message.copy_to(memory(lent));
    if (bytes) got.bytes = *bytes;
}
void describe_command(std::string_view) {
    got.bytes = atmqtt::describe(atmqtt::command{atmqtt::publish{topic, qos::at_least_once, false, false, expected}},
                                 memory(lent));
}
bool is_described() { return got.bytes.find(expected) != std::string_view::npos; }

void read_commands(std::size_t chunk) {
    atmqtt::command_reader reader{memory(lent)};
    for (std::string_view left = input; !left.empty(); left = atmqtt::rest(left, chunk)) {
        std::string_view piece = atmqtt::first(left, chunk);
        while (const auto event = reader.receive(piece, now)) {
            if (const auto* c = std::get_if<atmqtt::from_host::command>(&*event)) {
                got.bytes = c->text;
                ++events;
            }
        }
    }
}
void read_command_by_byte(std::string_view) { read_commands(1); }
void read_commands_whole(std::string_view) { read_commands(input.size()); }
bool is_command_text() { return got.bytes == std::string_view{input}.substr(0, input.size() - 1); }
void of_commands() {
    clear();
    for (std::size_t at = 0; at != size; ++at) input += "AT+MQTTSTAT?\r";
}
void read_data_by_byte(std::string_view) {
    atmqtt::command_reader reader{memory(lent)};
    if (!reader.expect_data(static_cast<std::uint32_t>(size))) return;
    for (const char& byte : expected) {
        std::string_view piece{&byte, 1};
        while (const auto event = reader.receive(piece, now)) {
            if (const auto* d = std::get_if<atmqtt::from_host::data>(&*event)) got.bytes = d->bytes;
        }
    }
}

// --- MQTT ---

std::string packet_of(std::string_view payload, qos level = qos::at_least_once, atmqtt::packet_id id = 1) {
    const atmqtt::packet_id used = level == qos::at_most_once ? atmqtt::packet_id{0} : id;
    std::string made(payload.size() + 32, ' ');
    const auto bytes =
        mqtt::encode(mqtt::publish{topic, payload, used, false, level, false}, {made.data(), made.size()});
    return bytes ? std::string(*bytes) : std::string();
}
void of_packet() {
    clear();
    expected.append(plain(size));
    input.append(packet_of(expected));
}
void of_packets() {
    clear();
    for (std::size_t at = 0; at != size; ++at) input += packet_of("abcdefgh");
}
void encode_packet(std::string_view) {
    const auto bytes = mqtt::encode(mqtt::publish{topic, expected, 1, false, qos::at_least_once, false}, memory(lent));
    if (bytes) got.bytes = *bytes;
}
bool is_packet_of_size() { return got.bytes == input; }
void decode_packet(std::string_view) {
    const auto any = mqtt::decode(input);
    if (!any) return;
    if (const auto* m = std::get_if<mqtt::publish>(&*any)) got.bytes = m->payload;
}
void read_packets(std::size_t chunk) {
    atmqtt::packet_reader reader{memory(lent)};
    for (std::string_view left = input; !left.empty(); left = atmqtt::rest(left, chunk)) {
        std::string_view piece = atmqtt::first(left, chunk);
        while (const auto event = reader.receive(piece)) {
            if (const auto* p = std::get_if<atmqtt::from_broker::packet>(&*event)) {
                got.bytes = p->body;
                ++events;
            }
        }
    }
}
void read_packets_by_byte(std::string_view) { read_packets(1); }
void read_packets_whole(std::string_view) { read_packets(input.size()); }
bool is_body() {
    return !got.bytes.empty() && got.bytes == std::string_view{input}.substr(input.size() - got.bytes.size());
}

void of_levels() {
    clear();
    for (std::size_t at = 0; at != size; ++at) {
        input += "+/";
        expected += "a/";
    }
}
void of_name() {
    clear();
    expected.append(plain(size));
    input.append(expected);
}
void match_topic(std::string_view) { got.ok = atmqtt::topic_matches(input, expected); }
void check_filter(std::string_view) { got.ok = atmqtt::is_topic_filter(input); }

// --- a session ---

std::optional<atmqtt::session> session;
std::size_t sent = 0, sent_packets = 0;  ///< what it has handed out
std::size_t verdicts = 0, messages = 0, accepted = 0;

void hear(const atmqtt::session::event& what) {
    namespace it = atmqtt::from_session;
    if (std::get_if<it::accepted>(&what) != nullptr) ++accepted;
    if (std::get_if<it::done>(&what) != nullptr) ++verdicts;
    if (std::get_if<it::message>(&what) != nullptr) ++messages;
}
void hand_out() {
    for (auto bytes = session->transmit(); !bytes.empty(); bytes = session->transmit()) {
        sent += bytes.size();
        ++sent_packets;
        session->transmitted(bytes.size(), now);
    }
    while (const auto event = session->tick(now)) hear(*event);
}
void bring_only(std::string_view bytes) {
    while (const auto event = session->receive(bytes, now)) hear(*event);
}
void bring(std::string_view bytes) {
    bring_only(bytes);
    hand_out();
}
void greet(bool clean, std::string_view answer) {
    mqtt::connect m;
    m.id = "card-7";
    m.clean = clean;
    m.keep_alive = 0;
    if (session->greet(m, now)) hand_out();
    bring(answer);
}
constexpr std::string_view accepted_anew{"\x20\x02\0\0", 4};
constexpr std::string_view accepted_again{"\x20\x02\1\0", 4};

void make_session(std::size_t rx, std::size_t tx, std::size_t count) {
    lent.assign(rx, 'Z');
    lent_too.assign(tx, 'Z');
    records.assign(count, {});
    session.emplace(memory(lent), memory(lent_too), records.data(), count);
    greet(false, accepted_anew);
    sent = sent_packets = verdicts = messages = accepted = 0;
}
std::string with_id(unsigned first, std::size_t id) {
    return {static_cast<char>(first), 2, static_cast<char>(id >> 8), static_cast<char>(id & 0xFF)};
}
void session_of_payload() {
    of_packet();
    make_session(size + 64, 64, 4);
}
void session_publishes(std::string_view) {
    if (session->publish({topic, expected, 0, false, qos::at_least_once, false}, now)) hand_out();
    bring({"\x40\x02\0\x01", 4});
}
bool is_published() { return verdicts == 1 && sent == input.size(); }
void session_receives(std::string_view) { bring(input); }
bool is_received() { return messages == 1 && sent == 4; }

// `size` identifiers in flight, and room for one more.
void of_identifiers(std::size_t rx = 64, std::size_t tx = 64) {
    clear();
    make_session(rx, tx, size + 2);
    for (std::size_t id = 1; id <= size; ++id)
        bring(packet_of("x", qos::exactly_once, static_cast<atmqtt::packet_id>(id)));
    sent = messages = 0;
}
void to_receive_another() {
    of_identifiers();
    input.append(packet_of("x", qos::exactly_once, static_cast<atmqtt::packet_id>(size + 1)));
}
void to_receive_again() {
    of_identifiers();
    input.append(packet_of("x", qos::exactly_once, static_cast<atmqtt::packet_id>(size)));
    input[0] = static_cast<char>(input[0] | 8);
}
void to_release_first() {
    of_identifiers();
    input.append(with_id(0x62, 1));
}
void to_release_last() {
    of_identifiers();
    input.append(with_id(0x62, size));
}
void to_publish() {
    of_identifiers();
    input.append(packet_of("x"));
    expected = "x";
}
void to_publish_twice() {
    of_identifiers();
    input.append(with_id(0x50, 1));
}
bool is_received_once() { return messages == 1 && sent == 4; }
bool is_answered() { return messages == 0 && sent == 4; }
void session_publishes_2(std::string_view) {
    if (session->publish({topic, "x", 0, false, qos::exactly_once, false}, now)) hand_out();
    bring(input);
    bring({"\x70\x02\0\x01", 4});
}
bool is_published_2() { return verdicts == 1; }

void session_is_lost(std::string_view) {
    session->lost(now);
    greet(false, accepted_again);
}
bool is_resumed() { return accepted == 1 && messages == 0; }

// As many messages at once, and a socket that takes their answers afterwards: `room` bytes at a time.
void to_take_a_burst(std::size_t room) {
    clear();
    for (std::size_t id = 1; id <= size; ++id)
        input += packet_of("x", qos::at_least_once, static_cast<atmqtt::packet_id>(id));
    make_session(64, room, size + 2);
}
void to_take_a_burst_of_any_size() { to_take_a_burst(4 * size + 64); }
void to_take_a_burst_in_little_room() { to_take_a_burst(64); }
bool is_burst_answered() { return messages == size && sent == 4 * size; }

// Messages that a broker took and never ended: PUBREL is owed for each on the next connection.
void to_resume(std::size_t room) {
    clear();
    make_session(64, room, size + 2);
    for (std::size_t id = 1; id <= size; ++id) {
        if (session->publish({topic, "x", 0, false, qos::exactly_once, false}, now)) hand_out();
        bring(with_id(0x50, id));
        now = now + atmqtt::millis{10'000};
        hand_out();
    }
    expected = verdicts == size ? "given up" : "";
    session->lost(now);
    sent = 0;
}
void to_resume_in_any_room() { to_resume(4 * size + 64); }
void to_resume_in_little_room() { to_resume(64); }
void session_resumes(std::string_view) { greet(false, accepted_again); }
bool is_all_resent() { return expected == "given up" && accepted == 1 && sent >= 4 * size && sent < 4 * size + 64; }

// --- both ends ---

std::unique_ptr<pair> both;
std::vector<atmqtt::subscribe> topics;
std::vector<std::string> names;
atmqtt::settings wanted;

void settle() {
    for (;;) {
        while (both->move(now)) {}
        const auto pause = both->wait(now);
        if (!pause || pause->count() > 1'000) return;
        now = now + *pause;
    }
}
pair_sizes roomy() {
    pair_sizes sizes;
    sizes.host_rx = sizes.lines = sizes.packet = size + 2'048;
    sizes.host_tx = sizes.command = sizes.socket = 2'048;
    sizes.subscriptions = 65'535;
    return sizes;
}
void open_pair(std::string_view) {
    (void)both->host().open(wanted, now);
    settle();
}
bool is_open() { return both->is_open(); }
void make_pair(std::size_t subscribed) {
    clear();
    both.reset();  // so that the next one is at its place: how memcpy copies depends on where
    both = std::make_unique<pair>(roomy());
    names.clear();
    topics.clear();
    for (std::size_t at = 0; at != subscribed; ++at) names.push_back(std::to_string(10'000 + at));
    for (const std::string& name : names) topics.push_back({name, qos::at_least_once});
    wanted.server.host = "h";
    wanted.server.id = "card-7";
    wanted.server.keep_alive = 0;
    wanted.subscriptions = topics.data();
    wanted.subscription_count = topics.size();
}
void pair_to_open() { make_pair(size); }
void pair_of_payload() {
    make_pair(1);
    open_pair({});
    expected.append(plain(size));
    input.append(packet_of(expected));
}
void pair_publishes(std::string_view) {
    (void)both->host().publish(topic, expected, qos::at_least_once, false);
    settle();
}
bool is_published_by_pair() { return both->done() == 1 && both->far().published() == 1; }
void pair_receives(std::string_view) {
    both->bring(input);
    settle();
}
bool is_received_by_pair() { return both->payload() == size && both->far().acknowledged() == 1; }

void pair_of_subscriptions() {
    make_pair(size);
    open_pair({});
    for (int at = 0; at != 100; ++at) pair_publishes({});  // identifiers of three digits, whatever the size
    events = both->done();
}
void pair_subscribes(std::string_view) {
    (void)both->host().subscribe("another", qos::at_least_once);
    settle();
}
void pair_unsubscribes(std::string_view) {
    (void)both->host().unsubscribe("10000");
    settle();
}
bool is_done() { return both->done() == events + 1; }
void pair_lists(std::string_view) {
    (void)both->host().send(atmqtt::raw_command{"AT+MQTTSUB?"});
    settle();
}
bool is_listed() { return is_done() && both->lines() == size; }
void pair_of_message() {
    pair_of_subscriptions();
    input.append(packet_of("x"));
}
bool is_message() { return both->messages() == 1; }

// --- the same bytes in chunks of any size ---

void messages_in_chunks() {
    clear();
    lent.assign(2'048, 'Z');
    expected.append(plain(1'000));
    for (int at = 0; at != 4; ++at) input += urc(topic, expected);
}
void commands_in_chunks() {
    clear();
    lent.assign(2'048, 'Z');
    expected.append(plain(900));
    for (int at = 0; at != 4; ++at) input += command_of(expected);
}
void packets_in_chunks() {
    clear();
    expected.append(plain(1'000));
    for (int at = 0; at != 4; ++at) input += packet_of(expected);
    make_session(2'048, 64, 8);
}
void read_lines_in_chunks(std::string_view) { read_lines(size, memory(lent)); }
void read_commands_in_chunks(std::string_view) { read_commands(size); }
void read_packets_in_chunks(std::string_view) { read_packets(size); }
void session_in_chunks(std::string_view) {
    for (std::string_view left = input; !left.empty(); left = atmqtt::rest(left, size))
        bring(atmqtt::first(left, size));
}
bool are_four() { return events == 4; }
bool are_four_messages() { return messages == 4 && sent == 16; }

struct row {
    const char* name;
    std::size_t from;
    std::size_t to;
    void (*set_up)();
    work run;
    bool (*right)();
};

constexpr row rows[] = {
    {"payload/parse_line", 16, 65536, of_payload, parse_message, is_expected},
    {"payload/format_line", 16, 65536, of_payload, format_message, is_message_line},
    {"payload/format_command", 16, 512, of_command, format_command, is_command},
    {"payload/format_command_quotes", 16, 256, of_quotes, format_command, is_command},
    {"payload/parse_command", 16, 512, of_command, parse_command, is_expected},
    {"payload/parse_command_quotes", 16, 256, of_quotes, parse_command, is_expected},
    {"payload/describe", 16, 512, of_command, describe_command, is_described},
    {"payload/line_reader", 16, 65536, of_payload, read_whole, is_expected},
    {"payload/line_reader_by_byte", 16, 4096, of_payload, read_by_byte, is_expected},
    {"payload/line_reader_pieces", 256, 65536, of_payload, read_pieces, is_size},
    {"payload/command_reader_by_byte", 16, 512, of_command, read_command_by_byte, is_command_text},
    {"payload/counted_data_by_byte", 16, 4096, of_packet, read_data_by_byte, is_expected},
    {"payload/encode", 16, 65536, of_packet, encode_packet, is_packet_of_size},
    {"payload/decode", 16, 65536, of_packet, decode_packet, is_expected},
    {"payload/packet_reader_by_byte", 16, 4096, of_packet, read_packets_by_byte, is_body},
    {"payload/session_publish", 16, 65536, session_of_payload, session_publishes, is_published},
    {"payload/session_receive", 16, 65536, session_of_payload, session_receives, is_received},
    {"payload/host_to_broker", 16, 1024, pair_of_payload, pair_publishes, is_published_by_pair},
    {"payload/broker_to_host", 16, 16384, pair_of_payload, pair_receives, is_received_by_pair},

    {"topic/parse_line", 16, 512, of_topic, parse_message, is_topic},
    {"topic/line_reader_by_byte", 16, 512, of_topic, read_by_byte, is_topic},
    {"topic/line_reader_commas", 16, 512, of_commas, read_by_byte, is_topic},
    {"topic/is_topic_filter", 16, 32768, of_name, check_filter, is_true},
    {"topic/topic_matches", 16, 32768, of_name, match_topic, is_true},
    {"levels/topic_matches", 1, 256, of_levels, match_topic, is_true},

    {"line/line_reader_by_byte", 16, 1024, of_line, read_by_byte, is_expected},
    {"at_once/lines", 1, 1024, of_lines, read_whole, is_size},
    {"at_once/messages", 1, 256, of_messages, read_whole, is_size},
    {"at_once/commands", 1, 1024, of_commands, read_commands_whole, is_size},
    {"at_once/packets", 1, 256, of_packets, read_packets_whole, is_size},

    {"subscriptions/open", 1, 64, pair_to_open, open_pair, is_open},
    {"subscriptions/subscribe", 1, 256, pair_of_subscriptions, pair_subscribes, is_done},
    {"subscriptions/unsubscribe", 1, 256, pair_of_subscriptions, pair_unsubscribes, is_done},
    {"subscriptions/list", 1, 256, pair_of_subscriptions, pair_lists, is_listed},
    {"subscriptions/message", 1, 256, pair_of_message, pair_receives, is_message},

    {"in_flight/receive_another", 1, 2048, to_receive_another, session_receives, is_received_once},
    {"in_flight/receive_again", 1, 2048, to_receive_again, session_receives, is_answered},
    {"in_flight/release_first", 1, 2048, to_release_first, session_receives, is_answered},
    {"in_flight/release_last", 1, 2048, to_release_last, session_receives, is_answered},
    {"in_flight/publish_1", 1, 2048, to_publish, session_publishes, is_published},
    {"in_flight/publish_2", 1, 2048, to_publish_twice, session_publishes_2, is_published_2},
    {"in_flight/lost", 1, 2048, to_publish, session_is_lost, is_resumed},
    {"in_flight/burst", 1, 2048, to_take_a_burst_of_any_size, session_receives, is_burst_answered},
    {"in_flight/burst_in_little_room", 1, 2048, to_take_a_burst_in_little_room, session_receives, is_burst_answered},
    {"in_flight/resume", 1, 512, to_resume_in_any_room, session_resumes, is_all_resent},
    {"in_flight/resume_in_little_room", 1, 512, to_resume_in_little_room, session_resumes, is_all_resent},

    {"chunk/line_reader", 1, 1024, messages_in_chunks, read_lines_in_chunks, are_four},
    {"chunk/command_reader", 1, 1024, commands_in_chunks, read_commands_in_chunks, are_four},
    {"chunk/packet_reader", 1, 1024, packets_in_chunks, read_packets_in_chunks, are_four},
    {"chunk/session_receive", 1, 1024, packets_in_chunks, session_in_chunks, are_four_messages},
};

}  // namespace
}  // namespace bench

void program() {
    using namespace bench;
    reserve();
    begin();
    for (const row& one : rows) {
        for (size = one.from; size <= one.to; size *= 2) {
            const std::string name = std::string(one.name) + "/" + std::to_string(size);
            measure(name.c_str(), one.run, {}, one.right, one.set_up);
        }
    }
}
