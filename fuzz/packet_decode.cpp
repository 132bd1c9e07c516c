// What a broker sends, and packets of any members: split however it comes, decoded, encoded to the same bytes.
// SPDX-License-Identifier: MIT
#include "oracles.hpp"
#include "script.hpp"

#include <atmqtt/modem/packet_reader.hpp>
#include <atmqtt/mqtt/codec.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace {

using namespace oracle;

struct setup {
    std::size_t lent = 0;
    std::uint32_t seed = 0;
    std::size_t smaller = 0;
};

/// The first 4 bytes of an input.
setup draw_setup(source& from) {
    setup drawn;
    drawn.lent = draw_buffer_size(from);
    drawn.seed = from.byte();
    drawn.smaller = from.pair();
    return drawn;
}

// --- encoding ---

/// `encode` in memory of exactly `size` bytes: what it wrote, or nothing and why.
template <class Packet>
result<std::string> encoded(const Packet& m, std::size_t size) {
    const memory out{size};
    const auto done = mqtt::encode(m, out.lent());
    if (!done) return done.why();
    demand(done->data() == out.data() && done->size() <= size, "what was encoded is a view of the front of out");
    return std::string{*done};
}

/// Demands that a packet comes out so in exactly that room, and in none less.
template <class Packet>
void demand_encodes(const Packet& m, std::string_view bytes, std::size_t smaller) {
    demand(mqtt::encoded_size(m) == bytes.size(), "encoded_size is the size of what is encoded");
    const auto exact = encoded(m, bytes.size());
    demand(exact && *exact == bytes, "a packet is encoded in exactly the room that it takes");
    const std::size_t every = std::min<std::size_t>(bytes.size(), 40);
    for (std::size_t size = 0; size < every; ++size)
        demand(encoded(m, size).why().code == errc::no_space, "in less room it fails with no_space");
    demand(encoded(m, smaller % bytes.size()).why().code == errc::no_space, "in less room it fails with no_space");
}
void demand_head(const mqtt::publish& m, std::string_view bytes) {
    const memory out{bytes.size() - m.payload.size()};
    const auto head = mqtt::encode_head(m, out.lent());
    demand(head && *head == first(bytes, bytes.size() - m.payload.size()), "the head and the payload are the whole");
    if (out.view().empty()) return;
    const memory less{out.view().size() - 1};
    demand(mqtt::encode_head(m, less.lent()).why().code == errc::no_space, "in less room it fails with no_space");
}

// --- decoding ---

/// `decode<Packet>` must give what `decode` gave, or fail where that gave something else.
template <class Packet>
void demand_agrees(const result<mqtt::packet>& all, std::uint8_t first_byte, std::string_view body) {
    const auto alone = mqtt::decode<Packet>(first_byte, body);
    const Packet* const same = all ? std::get_if<Packet>(&*all) : nullptr;
    demand(static_cast<bool>(alone) == (same != nullptr), "a packet asked for alone is read if it is read among all");
    if (same != nullptr) demand(listed(*alone) == listed(*same), "a packet asked for alone is the same as among all");
}
template <class... Packets>
void demand_all_agree(const result<std::variant<Packets...>>& all, std::uint8_t first_byte, std::string_view body) {
    (demand_agrees<Packets>(all, first_byte, body), ...);
}

template <class Packet>
constexpr bool is_acknowledgement =
    testing::is_one_of<Packet, mqtt::puback, mqtt::pubrec, mqtt::pubrel, mqtt::pubcomp, mqtt::unsuback>;

template <class Packet>
void demand_acknowledgement([[maybe_unused]] const Packet& m, [[maybe_unused]] std::string_view bytes) {
    if constexpr (is_acknowledgement<Packet>) {
        const auto read = mqtt::decode_acknowledgement(static_cast<std::uint8_t>(bytes[0]), rest(bytes, 2));
        demand(read && read->id == m.id, "an acknowledgement is decoded whatever its type");
        const memory out{4};
        const auto done = mqtt::encode_acknowledgement(Packet::type, m.id, out.lent());
        demand(done && *done == bytes, "an acknowledgement is encoded whatever its type");
    }
}

/// Every filter of a request is one, and the last is followed by none.
template <class Request>
void demand_filters(Request m) {
    for (bool more = true; more;) {
        demand(is_topic_filter(m.filter), "what is asked for is a topic filter");
        const std::size_t left = m.more.size();
        more = mqtt::next_filter(m);
        demand(more == (left != 0) && (!more || m.more.size() < left), "next_filter goes through all filters");
    }
}

void demand_meaning(const mqtt::subscribe& m) { demand_filters(m); }
void demand_meaning(const mqtt::unsubscribe& m) { demand_filters(m); }
void demand_meaning(const mqtt::publish& m) {
    demand(is_topic_name(m.topic), "a message is published to a topic name");
    demand(topic_matches(m.topic, m.topic), "a topic name matches itself");
    demand(m.topic.front() == '$' || topic_matches("#", m.topic), "# matches what begins with no $");
    demand((m.id != 0) == (m.level != qos::at_most_once), "an identifier is there if QoS asks for one");
    static_cast<void>(topic_matches(m.payload, m.topic));  // asking is harmless
}
template <class Packet>
void demand_meaning(const Packet&) {}

/// One packet as it came.
void demand_packet(std::string_view whole, std::string_view body, const setup& with) {
    const memory bytes{body};
    const auto first_byte = static_cast<std::uint8_t>(whole[0]);
    const auto read = mqtt::decode(first_byte, bytes.view());
    demand_all_agree(read, first_byte, bytes.view());
    const memory all{whole};
    const auto read_whole = mqtt::decode(all.view());
    demand(static_cast<bool>(read_whole) == static_cast<bool>(read),
           "a packet is read whole as it is read by its body");
    if (!read) {
        demand(read.why().column <= whole.size(), "the column of an error is in the packet");
        demand(read.why().column == read_whole.why().column && read.why().code == read_whole.why().code &&
                   read.why().field == read_whole.why().field,
               "it is refused for the same reason at the same column");
        return;
    }
    demand(listed(*read) == listed(*read_whole), "a packet read whole is the same as read by its body");
    demand_views_in(bytes, *read);
    std::visit(
        [&](const auto& m) {
            demand_encodes(m, whole, with.smaller);
            demand_acknowledgement(m, whole);
            demand_meaning(m);
        },
        *read);
    if (const auto* const m = std::get_if<mqtt::publish>(&*read)) demand_head(*m, whole);
}

// --- the stream ---

/// How one run differs from another that must give the same.
struct run_options {
    chunker cut{chunker::way::whole};
    bool in_two_steps = false;  ///< by `read`, without events
    bool move_house = false;    ///< now and then go on as a copy in another buffer
    bool after_reset = false;   ///< read something else first
    bool look_inside = false;   ///< decode what is found
};

class packet_run {
public:
    packet_run(const setup& with, const run_options& how)
        : with_(with), how_(how), lent_(with.lent), reader_(lent_.lent()) {}

    journal play(std::string_view stream) {
        if (how_.after_reset) {
            feed(first(stream, stream.size() / 2));
            reader_.reset();
            demand(reader_.used() == 0, "nothing is held after a reset");
            came_ = 0;
        }
        stream_ = stream;
        is_counted_ = true;
        feed(stream);
        demand(covered_ == size_of_events(stream), "the sizes of the events add up to what is whole");
        return found_;
    }

private:
    void feed(std::string_view bytes) {
        while (!bytes.empty()) {
            if (how_.move_house && how_.cut.coin()) move();
            const memory chunk{first(bytes, how_.cut.next(bytes.size()))};
            bytes.remove_prefix(chunk.view().size());
            std::string_view input = chunk.view();
            for (bool more = true; more;) {
                more = how_.in_two_steps ? read(input) : receive(input);
                demand(chunk.holds(input), "input is advanced within itself");
            }
            demand(input.empty(), "receive gives nothing only once all was taken");
            demand(reader_.used() <= with_.lent, "no more is held than was lent");
        }
    }

    bool receive(std::string_view& input) {
        const auto found = reader_.receive(input);
        if (found && is_counted_) see(*found);
        return found.has_value();
    }
    /// The same without an event of the reader's: the size of what was found is counted here.
    bool read(std::string_view& input) {
        const std::size_t before = input.size();
        const auto what = reader_.read(input);
        came_ += before - input.size();
        if (what == packet_reader::found::nothing) return false;
        const std::size_t size = std::exchange(came_, 0);
        if (!is_counted_) return true;
        if (what == packet_reader::found::packet)
            see(from_broker::packet{reader_.first_byte(), reader_.body(), size});
        else if (what == packet_reader::found::too_large)
            see(from_broker::too_large{reader_.first_byte(), reader_.length(), reader_.body(), size});
        else
            see(from_broker::malformed{reader_.why(), size});
        return true;
    }

    void move() {
        memory next{lent_.view().size()};
        std::copy_n(lent_.data(), reader_.used(), next.data());
        packet_reader copy = reader_;
        copy.rebind(next.lent());
        reader_ = copy;
        lent_ = std::move(next);
    }

    // --- the framing once more, by arithmetic ---

    struct frame {
        std::size_t header = 0;  ///< 0: there is no whole length
        std::size_t length = 0;
        bool is_malformed = false;
    };
    static frame frame_of(std::string_view bytes) {
        frame found;
        std::size_t weight = 1;
        for (std::size_t at = 1; at < bytes.size(); ++at, weight *= 128) {
            const auto byte = static_cast<std::uint8_t>(bytes[at]);
            found.length += byte % 128 * weight;
            found.is_malformed = byte >= 128 ? at == 4 : byte == 0 && at > 1;
            if (byte < 128 || at == 4) {
                found.header = at + 1;
                break;
            }
        }
        return found;
    }
    /// How many bytes are in events: all but those of a packet that is not whole.
    static std::size_t size_of_events(std::string_view bytes) {
        std::size_t at = 0;
        while (true) {
            const frame next = frame_of(rest(bytes, at));
            if (next.header == 0) return at;
            if (next.is_malformed) return bytes.size();
            if (bytes.size() - at - next.header < next.length) return at;
            at += next.header + next.length;
        }
    }

    // --- what events must hold ---

    void see(const from_broker::event& found) {
        const std::size_t size = from_broker::size_of(found);
        demand(size != 0, "an event covers bytes");
        demand(size <= stream_.size() - covered_, "no event covers bytes that have not come");
        region_ = first(rest(stream_, covered_), size);
        covered_ += size;
        match(found, [this](const auto& one) { see_one(one); });
    }

    void see_one(const from_broker::packet& one) {
        const frame wanted = frame_of(region_);
        demand(!broken_ && wanted.header != 0 && !wanted.is_malformed, "a packet has a length");
        demand(lent_.holds(one.body), "a body lies in the lent buffer");
        demand(one.first == static_cast<std::uint8_t>(region_[0]), "a packet's first byte is what was sent");
        demand(rest(region_, wanted.header) == one.body && one.body.size() == wanted.length, "a body is what was sent");
        demand(one.body.size() <= with_.lent, "a body is given whole only if it fits");
        if (how_.look_inside) demand_packet(region_, one.body, with_);
        add("packet " + std::to_string(one.first), one.body, one.size);
    }
    void see_one(const from_broker::too_large& one) {
        const frame wanted = frame_of(region_);
        demand(!broken_ && wanted.header != 0 && !wanted.is_malformed, "a packet has a length");
        demand(lent_.holds(one.begin), "the beginning of a body lies in the lent buffer");
        demand(one.first == static_cast<std::uint8_t>(region_[0]), "a packet's first byte is what was sent");
        demand(one.length == wanted.length && region_.size() == wanted.header + wanted.length,
               "what is too large is skipped by its length");
        demand(one.length > with_.lent, "a body is too large only if it does not fit");
        demand(first(rest(region_, wanted.header), with_.lent) == one.begin,
               "the beginning of a body is what was sent, as much as fits");
        add("too_large " + std::to_string(one.first), one.begin, one.size);
    }
    void see_one(const from_broker::malformed& one) {
        if (!broken_) {
            const frame wanted = frame_of(region_);
            demand(wanted.is_malformed, "what is malformed has a length that MQTT forbids");
            demand(one.why.column == wanted.header - 1, "it is malformed at the byte that makes it so");
        }
        broken_ = true;
        demand(one.why.code == errc::bad_length, "a reader refuses nothing but lengths");
        note(found_, {"malformed", {}, one.size, true});
    }

    void add(std::string words, std::string_view bytes, std::size_t size) {
        note(found_, {std::move(words), std::string{bytes}, size, false});
    }

    setup with_;
    run_options how_;
    memory lent_;
    packet_reader reader_;
    std::string_view stream_;
    std::string_view region_;
    journal found_;
    std::size_t covered_ = 0;
    std::size_t came_ = 0;  ///< bytes taken since the last find, read in two steps
    bool is_counted_ = false;
    bool broken_ = false;
};

void demand_stream(std::string_view stream, const setup& with) {
    run_options how;
    how.look_inside = true;
    const journal whole = packet_run{with, how}.play(stream);
    how.look_inside = false;
    how.cut = chunker{chunker::way::single};
    demand_same(whole, packet_run{with, how}.play(stream), "byte by byte gives the same packets");
    how.cut = chunker{chunker::way::random, with.seed};
    how.move_house = true;
    demand_same(whole, packet_run{with, how}.play(stream), "a copy in another buffer gives the same packets");
    how.in_two_steps = true;
    demand_same(whole, packet_run{with, how}.play(stream), "reading in two steps gives the same packets");
    how = {};
    how.after_reset = true;
    demand_same(whole, packet_run{with, how}.play(stream), "a reader that was reset gives the same packets");
}

// --- packets of any members ---

/// Members drawn from the input. Strings are short mostly, now and then around their limit.
class drawing {
public:
    explicit drawing(source& from) : from_(from) {}

    template <class Packet>
    Packet packet() {
        Packet drawn;
        draw_all(members(drawn));
        return drawn;
    }

private:
    template <class... Members>
    void draw_all(const std::tuple<Members&...>& all) {
        std::apply([this](auto&... one) { (this->draw(one), ...); }, all);
    }
    static void draw_all(const std::tuple<>&) {}

    void draw(bool& to) { to = from_.flag(); }
    void draw(std::uint16_t& to) { to = from_.pair(); }
    void draw(qos& to) { to = static_cast<qos>(from_.byte() % 4); }                    // one of them is none
    void draw(connect_code& to) { to = static_cast<connect_code>(from_.byte() % 8); }  // two of them are none
    void draw(protocol_level& to) { to = from_.flag() ? protocol_level::v3_1 : protocol_level::v3_1_1; }
    void draw(std::string_view& to) {
        const std::uint8_t count = from_.byte();
        if (count < 252) {
            to = from_.take(count % 32);
            return;
        }
        constexpr std::size_t corners[] = {127, 128, 65535, 65536};
        filled_.emplace_back(corners[count - 252], static_cast<char>(from_.byte()));
        to = filled_.back();
    }

    source& from_;
    std::deque<std::string> filled_;
};

/// What is not sent cannot come back.
void forget_unsent(mqtt::connect& m) {
    if (!m.has_will) m.will_topic = m.will_message = {};
    if (!m.has_user) m.user = {};
    if (!m.has_passwd) m.passwd = {};
}
void forget_unsent(mqtt::publish& m) {
    if (m.level == qos::at_most_once) m.id = 0;
}
template <class Packet>
void forget_unsent(Packet&) {}

template <class Packet>
void demand_round_trip(drawing& from, const setup& with) {
    const auto m = from.packet<Packet>();
    Packet sent = m;
    forget_unsent(sent);
    const std::size_t room = mqtt::encoded_size(m);
    const auto bytes = encoded(m, room);
    const auto bytes_of_sent = encoded(sent, mqtt::encoded_size(sent));
    demand(bytes.why().code == bytes_of_sent.why().code && *bytes == *bytes_of_sent,
           "what is not sent changes nothing");
    if (!bytes) {
        demand(room == 0 || bytes.why().code != errc::no_space, "encoded_size is room enough");
        return;
    }
    demand_encodes(m, *bytes, with.smaller);
    const memory wire{*bytes};
    const auto read = mqtt::decode(wire.view());
    demand(static_cast<bool>(read), "what was encoded is decoded");
    demand(listed(*read) == listed(mqtt::packet{sent}), "decode(encode(m)) == m, member by member");
    if (wire.view().size() > 4096) return;  // byte by byte takes long
    setup whole = with;
    whole.lent = wire.view().size();
    demand_stream(wire.view(), whole);
}

template <class Variant>
struct every;
template <class... Packets>
struct every<std::variant<Packets...>> {
    static void demand_one(std::size_t which, drawing& from, const setup& with) {
        std::size_t at = 0;
        ((at++ == which % sizeof...(Packets) ? demand_round_trip<Packets>(from, with) : void()), ...);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    source from{data, size};
    const setup with = draw_setup(from);
    const std::string_view stream = from.rest();
    demand_stream(stream, with);

    // The same bytes once more, as the members of a packet.
    source again{stream};
    const std::uint8_t which = again.byte();
    drawing members_of{again};
    every<mqtt::packet>::demand_one(which, members_of, with);
    return 0;
}
