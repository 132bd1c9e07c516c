// command_reader on any bytes at any times, with counted data asked for: every byte told once, lines edited, data opaque.
// SPDX-License-Identifier: MIT
#include "oracles.hpp"
#include "script.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/modem/command_reader.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace oracle;

struct setup {
    command_reader_options options;
    std::size_t lent = 0;
    std::uint32_t clock = 0;
    std::uint32_t seed = 0;
    std::uint32_t every_line = 0;  ///< bytes of data asked for behind a line that is no counted publish; 0: none
    bool prompts_at_once = false;
};

/// The first 6 bytes of an input.
setup draw_setup(source& from) {
    setup drawn;
    const unsigned flags = from.byte();
    drawn.options.pieces = (flags & 1) != 0;
    drawn.options.is_capture = (flags & 2) != 0;
    drawn.prompts_at_once = (flags & 4) != 0;
    if ((flags & 8) != 0) drawn.every_line = 1 + (flags >> 4);
    drawn.lent = draw_buffer_size(from);
    const std::size_t limit = from.byte();
    if (limit != 0) drawn.options.line_limit = limit - 1;
    const std::uint32_t gap = from.byte();
    if (gap != 0) drawn.options.data_gap = millis{gap * 100};
    drawn.clock = draw_clock(from);
    drawn.seed = from.byte();
    return drawn;
}

struct run_options {
    chunker cut{chunker::way::whole};
    bool spurious_ticks = false;
    bool move_house = false;   ///< now and then go on as a copy in another buffer
    bool after_reset = false;  ///< read something else first
};

class command_run {
public:
    command_run(const setup& with, const run_options& how)
        : with_(with), how_(how), lent_(with.lent), reader_(lent_.lent(), with.options), now_{with.clock} {}

    journal play(const script& all) {
        const std::string bytes = bytes_of(all);
        if (how_.after_reset) {
            feed(first(bytes, bytes.size() / 2));
            reader_.reset();
            found_.clear();
            echoed_.clear();
            covered_ = wanted_ = given_ = 0;
        }
        stream_ = bytes;
        for (const step& one : all) play(one);
        while (auto found = reader_.finish()) see(*found);
        demand(covered_ == stream_.size(), "the sizes of the events add up to the input");
        demand(!reader_.is_counting(), "nothing is counted once the input has ended");
        found_.push_back({"echo", echoed_, 0, false});
        return found_;
    }

private:
    void play(const step& one) {
        switch (one.what) {
            case step::kind::bytes: return feed(one.bytes);
            case step::kind::pause: return pause(one.pause);
            case step::kind::first_call: return reader_.prompted();
            case step::kind::second_call: return reader_.await_data(now_);
        }
    }

    void feed(std::string_view bytes) {
        while (!bytes.empty()) {
            if (how_.move_house && how_.cut.coin()) move();
            const memory chunk{first(bytes, how_.cut.next(bytes.size()))};
            bytes.remove_prefix(chunk.view().size());
            std::string_view input = chunk.view();
            chunk_ = &chunk;
            for (bool more = true; more;) {
                const std::size_t before = input.size();
                const auto found = reader_.receive(input, now_);
                demand(chunk.holds(input), "input is advanced within itself");
                demand(chunk.holds(reader_.echo()) && reader_.echo().size() <= before - input.size(),
                       "an echo views what was taken");
                echoed_ += reader_.echo();
                more = found.has_value();
                if (found) see(*found);
            }
            demand(input.empty(), "receive gives nothing only once all was taken");
            chunk_ = nullptr;
            if (how_.spurious_ticks) demand(!reader_.tick(now_), "a tick before its time does nothing");
        }
    }

    void move() {
        memory next{lent_.view()};
        command_reader copy = reader_;
        copy.rebind(next.lent());
        reader_ = copy;
        lent_ = std::move(next);
    }

    void pause(std::uint32_t span) {
        auto left = millis{span};
        const auto due = reader_.wait(now_);
        demand(due.has_value() == reader_.is_counting(), "only data are waited for");
        if (due && *due <= left) {
            if (due->count() != 0) {
                now_ = now_ + (*due - millis{1});
                demand(!reader_.tick(now_), "a tick before its time does nothing");
                now_ = now_ + millis{1};
            }
            left -= *due;
            const auto found = reader_.tick(now_);
            demand(found && std::holds_alternative<from_host::cut_short>(*found),
                   "data that stop coming are given up in time");
            if (found) see(*found);
            demand(!reader_.is_counting(), "data that were given up are not counted");
        }
        now_ = now_ + left;
        demand(!reader_.tick(now_), "once data were given up, tick has nothing to do");
    }

    // --- what events must hold ---

    std::size_t limit() const { return std::min(with_.options.line_limit, with_.lent); }

    void see(const from_host::event& found) {
        const std::size_t size = from_host::size_of(found);
        if (stream_.empty()) {  // before the reset
            if (std::holds_alternative<from_host::command>(found)) static_cast<void>(reader_.expect_data(3));
            return;
        }
        demand(size <= stream_.size() - covered_, "no event covers bytes that have not come");
        region_ = std::string_view(stream_).substr(covered_, size);
        covered_ += size;
        match(found, [this](const auto& one) { see_one(one); });
    }

    /// What editing makes of the bytes that an event covers, and how long it was at its longest.
    struct edited {
        std::string text;
        std::size_t longest = 0;
        std::size_t ends = 0;  ///< line ends in it
    };
    edited edit() const {
        edited made;
        for (std::size_t at = 0; at < region_.size(); ++at) {
            const char byte = region_[at];
            const bool pair = byte == '\r' && with_.options.is_capture && begins_with(rest(region_, at), "\r\n");
            if (byte == '\r' || (byte == '\n' && with_.options.is_capture)) ++made.ends;
            if (pair) ++at;
            if (byte == '\r' || byte == '\n') continue;
            if (byte != '\b')
                made.text += byte;
            else if (!made.text.empty())
                made.text.pop_back();
            made.longest = std::max(made.longest, made.text.size());
        }
        return made;
    }

    void see_one(const from_host::command& one) {
        const edited line = edit();
        demand(lent_.holds(one.text), "a command lies in the lent buffer");
        demand(line.text == one.text && !one.text.empty(), "a command is what was sent, edited");
        demand(line.ends == 1 && line.longest <= limit(), "a command is one line within its limit");
        demand(one.text.find_first_of("\r\n\b") == one.text.npos, "a command holds no byte that edits");
        add({"command", std::string{one.text}, one.size, false});
        ask_for_data(one.text);
    }
    void ask_for_data(std::string_view text) {
        const auto counted = parse<publish_counted>(text);
        const std::uint32_t count = counted ? counted->length : with_.every_line;
        if (count == 0) return;
        const bool taken = reader_.expect_data(count);
        demand(taken == (with_.options.pieces || count <= with_.lent),
               "data are refused if they do not fit, and only then");
        if (!taken) return;
        demand(reader_.is_counting(), "data that were asked for are counted");
        wanted_ = count;
        given_ = 0;
        if (with_.prompts_at_once) reader_.prompted();
    }

    void see_one(const from_host::data& one) {
        demand(lent_.holds(one.bytes), "data lie in the lent buffer");
        demand(one.bytes.size() == wanted_ && wanted_ != 0 && !with_.options.pieces,
               "data are as many as were asked for");
        demand_data(one.bytes);
        add({"data", std::string{one.bytes}, one.size, false});
    }
    void see_one(const from_host::piece& one) {
        demand(chunk_ != nullptr && chunk_->holds(one.bytes) && !one.bytes.empty(), "a piece views the input");
        demand(one.offset == given_, "each piece begins where the one before ended");
        given_ += one.bytes.size();
        demand(one.last == (given_ == wanted_) && with_.options.pieces,
               "the last piece is the one that fills the count");
        demand_data(one.bytes);
        add({"piece", std::string{one.bytes}, one.size, !one.last});
    }
    void see_one(const from_host::cut_short& one) {
        demand(lent_.holds(one.bytes), "what had come lies in the lent buffer");
        const std::size_t came = with_.options.pieces ? given_ : one.bytes.size();
        demand(one.wanted != 0 && came + one.wanted == wanted_, "what had come and what is missing add up");
        demand(!with_.options.pieces || one.bytes.empty(), "what was given in pieces is not given twice");
        demand_data(one.bytes);
        add({"cut_short " + std::to_string(one.wanted), std::string{one.bytes}, one.size, false});
    }
    /// Data are the bytes of the region as they are; an LF that is the command's may stand before them.
    void demand_data(std::string_view bytes) {
        const bool lf = region_.size() == bytes.size() + 1 && region_.front() == '\n';
        demand(ends_with(region_, bytes) && (lf || region_.size() == bytes.size()), "data are what was sent");
    }

    void see_one(const from_host::overlong& one) {
        demand(edit().longest > limit(), "an overlong line is longer than its limit");
        add({"overlong", {}, one.size, false});
    }
    void see_one(const from_host::blank& one) {
        const edited line = edit();
        demand(line.text.empty() && line.ends == 1, "a blank is a line with nothing in it");
        add({"blank", {}, one.size, false});
    }
    void see_one(const from_host::partial& one) {
        const edited line = edit();
        demand(lent_.holds(one.text) && line.text == one.text && line.ends == 0,
               "what is left is what was sent, edited");
        add({"partial", std::string{one.text}, one.size, false});
    }

    void add(entry found) { note(found_, std::move(found)); }

    setup with_;
    run_options how_;
    memory lent_;
    command_reader reader_;
    instant now_;
    std::string stream_;
    std::string_view region_;
    journal found_;
    std::string echoed_;
    const memory* chunk_ = nullptr;
    std::size_t covered_ = 0;
    std::size_t wanted_ = 0;  ///< bytes of data asked for
    std::size_t given_ = 0;   ///< of those, given in pieces
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    source from{data, size};
    const setup with = draw_setup(from);
    const script all = script_of(from.rest(), 100);

    const journal whole = command_run{with, {}}.play(all);
    run_options how;
    how.cut = chunker{chunker::way::single};
    how.spurious_ticks = true;
    demand_same(whole, command_run{with, how}.play(all), "byte by byte gives the same events and the same echo");
    how.cut = chunker{chunker::way::random, with.seed};
    how.spurious_ticks = false;
    how.move_house = true;
    demand_same(whole, command_run{with, how}.play(all), "a copy in another buffer gives the same events");
    how.move_house = false;
    how.after_reset = true;
    demand_same(whole, command_run{with, how}.play(all), "a reader that was reset gives the same events");
    return 0;
}
