// One run of a script through a line_reader, with what every event and every answer of the reader must hold.
// SPDX-License-Identifier: MIT
#pragma once

#include "script.hpp"

#include <atmqtt/host/line_reader.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oracle {

/// How one run differs from another that must give the same.
struct line_run_options {
    chunker cut{chunker::way::whole};
    bool spurious_ticks = false;  ///< tick where nothing is due
    bool late_ticks = false;      ///< tick at the end of a pause only
    bool move_house = false;      ///< now and then go on as a copy in another buffer
    bool after_reset = false;     ///< read something else first
    std::size_t grows_to = 0;     ///< start in a small buffer, and swap in larger ones as it fills; 0: no
};

class line_run {
public:
    line_run(const line_reader_options& options, std::size_t lent, std::uint32_t clock, const line_run_options& how)
        : options_(options), how_(how), lent_(lent), reader_(lent_.lent(), options), now_{clock} {}

    journal play(const script& all) {
        const std::string bytes = bytes_of(all);
        if (how_.after_reset) {
            feed(first(bytes, bytes.size() / 2));
            reader_.reset();
            found_.clear();
            covered_ = 0;
        }
        stream_ = bytes;
        for (const step& one : all) play(one);
        silent_ = true;
        while (auto found = reader_.finish()) see(*found);
        demand(covered_ == stream_.size(), "the sizes of the events add up to the input");
        return found_;
    }

private:
    void play(const step& one) {
        switch (one.what) {
            case step::kind::bytes: return feed(one.bytes);
            case step::kind::pause: return pause(one.pause);
            case step::kind::first_call: return reader_.expect_prompt();
            case step::kind::second_call: return reader_.expect_prompt(false);
        }
    }

    void feed(std::string_view bytes) {
        while (!bytes.empty()) {
            if (how_.grows_to != 0 && reader_.used() == lent_.view().size())
                move(std::min(how_.grows_to, reader_.used() * 2));
            if (how_.move_house && how_.cut.coin()) move(lent_.view().size());
            const memory chunk{first(bytes, how_.grows_to != 0 ? 1 : how_.cut.next(bytes.size()))};
            bytes.remove_prefix(chunk.view().size());
            std::string_view input = chunk.view();
            while (auto found = reader_.receive(input, now_)) {
                demand(chunk.holds(input), "input is advanced within itself");
                see(*found);
            }
            demand(input.empty(), "receive gives nothing only once all was taken");
            if (how_.spurious_ticks && options_.gap.count() != 0 && options_.hold.count() != 0)
                demand(!reader_.tick(now_), "a tick before its time does nothing");
        }
    }

    /// The reader becomes a copy of itself in memory of its own; the old memory is gone.
    void move(std::size_t size) {
        memory next{size};
        std::copy_n(lent_.data(), reader_.used(), next.data());
        line_reader copy = reader_;
        copy.rebind(next.lent());
        reader_ = copy;
        lent_ = std::move(next);
    }

    void pause(std::uint32_t span) {
        silent_ = true;
        tick();
        auto left = millis{span};
        while (!how_.late_ticks) {
            const auto due = reader_.wait(now_);
            if (!due || *due > left) break;
            now_ = now_ + (*due - millis{1});
            demand(!reader_.tick(now_), "a tick before its time does nothing");
            now_ = now_ + millis{1};
            left -= *due;
            const bool has_event = tick();
            // A header that the gap ends may be a line whose LF is still held for.
            const bool is_held = options_.gap < options_.hold && reader_.wait(now_);
            demand(has_event || is_held, "once wait has passed, tick has something to do");
        }
        now_ = now_ + left;
        tick();
        silent_ = false;
    }
    bool tick() {
        bool any = false;
        while (auto found = reader_.tick(now_)) {
            see(*found);
            any = true;
        }
        const auto due = reader_.wait(now_);
        demand(!due || due->count() != 0, "once tick has given nothing, wait is not zero");
        return any;
    }

    // --- what events must hold ---

    bool is_tiny() const { return lent_.view().size() < 4; }
    std::size_t limit() const {
        return std::min(options_.line_limit, is_tiny() ? std::size_t{0} : lent_.view().size() - 2);
    }

    void see(const from_modem::event& found) {
        const std::size_t size = from_modem::size_of(found);
        if (stream_.empty()) return;  // before the reset
        demand(size != 0 || std::holds_alternative<from_modem::piece>(found), "an event covers bytes");
        demand(size <= stream_.size() - covered_, "no event covers bytes that have not come");
        region_ = std::string_view(stream_).substr(covered_, size);
        covered_ += size;
        match(found, [this](const auto& one) { see_one(one); });
    }

    static bool is_line_end(std::string_view bytes) { return bytes == "\r\n" || bytes == "\r" || bytes == "\n"; }
    static bool holds_line_end(std::string_view bytes) { return bytes.find_first_of("\r\n") != bytes.npos; }

    void see_one(const from_modem::line& one) {
        demand(lent_.holds(one.text), "a line lies in the lent buffer");
        demand(!one.text.empty() && !holds_line_end(one.text), "a line holds no line end");
        demand(first(region_, one.text.size()) == one.text, "a line is what was sent");
        demand(is_line_end(rest(region_, one.text.size())), "a line is given with its line end");
        demand(one.text.size() <= limit(), "a line is not longer than its limit");
        add({"line", std::string{one.text}, one.size, false});
    }
    void see_one(const from_modem::prompt& one) {
        demand(region_ == ">" || region_ == "> ", "a prompt is > with or without a blank");
        add({"prompt", {}, one.size, false});
    }
    void see_one(const from_modem::overlong& one) {
        if (!is_tiny()) {
            const std::size_t end = std::min(region_.find_first_of("\r\n"), region_.size());
            demand(end > limit(), "an overlong line is longer than its limit");
            demand(is_line_end(rest(region_, end)) || end == region_.size(), "an overlong line ends at its line end");
        }
        add({"overlong", {}, one.size, is_tiny()});
    }
    void see_one(const from_modem::blank& one) {
        demand(is_line_end(region_), "a blank is one line end");
        add({"blank", {}, one.size, false});
    }
    void see_one(const from_modem::partial& one) {
        demand(lent_.holds(one.text) && region_ == one.text, "what is left is what was sent");
        add({"partial", std::string{one.text}, one.size, false});
    }

    void see_one(const from_modem::message& one) {
        const std::string_view topic = one.what.topic.raw();
        demand(lent_.holds(topic) && lent_.holds(one.what.payload), "a message lies in the lent buffer");
        demand_header(header_of(one.what), true);
        const std::size_t start = payload_start(topic, one.what.payload);
        const bool cut = silent_ || options_.policy == length_policy::line_end;
        demand(cut || region_.size() >= start + one.what.length,
               "no byte inside the count is left to be read as a line");
        demand(one.mismatch || one.what.payload.size() == one.what.length, "a length that disagrees is told");
        add({"message " + listed(header_of(one.what)) + (one.mismatch ? " mismatch" : ""),
             std::string{one.what.payload}, one.size, false});
    }
    void see_one(const from_modem::too_large& one) {
        if (!one.mismatch || options_.policy == length_policy::counted) demand_header(one.header, false);
        demand(silent_ || region_.size() > one.header.length, "what is too large is skipped by its count");
        add({"too_large " + listed(one.header) + (one.mismatch ? " mismatch" : ""), {}, one.size, false});
    }
    void see_one(const from_modem::piece& one) {
        demand(lent_.holds(one.header.topic.raw()) && lent_.holds(one.bytes), "a piece lies in the lent buffer");
        if (given_ == 0 && !one.last) demand_header(one.header, false);
        demand(one.offset == given_, "each piece begins where the one before ended");
        demand(one.last ? one.bytes.empty() : !one.bytes.empty(), "the last piece is empty, and no other");
        demand(one.last || ends_with(region_, one.bytes), "a piece is what was sent");
        given_ = one.last ? 0 : given_ + one.bytes.size();
        demand(given_ <= one.header.length, "the pieces are not more than their count");
        demand(!one.last || one.mismatch || one.offset == one.header.length, "a length that disagrees is told");
        const std::string words = "piece " + listed(one.header);
        add({words, std::string{one.bytes}, one.size, !one.last});
        if (one.last && one.mismatch) found_.back().bytes += " mismatch";
    }

    /// The region begins with that header. It has room if, and only if, it is held whole.
    void demand_header(const message_header& header, bool has_room) {
        demand(lent_.holds(header.topic.raw()), "a topic lies in the lent buffer");
        const std::string expected = listed(header);
        std::size_t end = 0;
        for (;; ++end) {
            end = region_.find_first_of(",\r\n", end);
            demand(end != region_.npos, "the header of a message is what was sent");
            const auto read = parse<message_header>(first(region_, end), options_.may);
            if (read && listed(*read) == expected) break;
        }
        const std::size_t size = end + (begins_with(rest(region_, end), "\r\n") ? 2 : 1);
        const bool fits = size + header.length + 2 <= lent_.view().size();
        demand(options_.payload_limit != 0 || fits == has_room, "a message is held whole if it fits, and only then");
    }
    static message_header header_of(const message& m) { return {m.dup, m.level, m.retained, m.id, m.topic, m.length}; }

    /// Where the payload starts in the region: topic and payload must lie there as they lie in the buffer.
    std::size_t payload_start(std::string_view topic, std::string_view payload) const {
        const auto apart = static_cast<std::size_t>(payload.data() - topic.data());
        for (std::size_t at = region_.find(topic); at != region_.npos; at = region_.find(topic, at + 1)) {
            if (first(rest(region_, at + apart), payload.size()) == payload) return at + apart;
        }
        demand(false, "topic and payload are what was sent");
        return 0;
    }

    void add(entry found) { note(found_, std::move(found)); }

    line_reader_options options_;
    line_run_options how_;
    memory lent_;
    line_reader reader_;
    instant now_;
    std::string stream_;
    std::string_view region_;
    journal found_;
    std::size_t covered_ = 0;
    std::size_t given_ = 0;
    bool silent_ = false;
};

}  // namespace oracle
