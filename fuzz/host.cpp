// A host whose user, module and clock do anything, in any order: each command has one verdict, what goes out is commands, and time
// and a module that answers bring everything to its end.
// SPDX-License-Identifier: MIT
#include "host_setup.hpp"
#include "host_witness.hpp"
#include "module_lines.hpp"
#include "oracles.hpp"
#include "script.hpp"
#include "true_module.hpp"

#include <atmqtt/host/host.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace oracle;

/// How one run differs from another that must give the same.
struct run_options {
    chunker cut{chunker::way::whole};
    bool move_house = false;  ///< now and then go on as a copy in other memory
    bool spurious_ticks = false;
    std::uint32_t clock = 0;
};

constexpr std::uint32_t most_time = 1U << 30;    // in one script
constexpr std::uint32_t long_time = 70'000'000;  // longer than any timeout that a script can set
constexpr std::string_view extra_finals[] = {"CONNECT", "NO CARRIER"};

class host_run {
public:
    host_run(const host_setup& with, const run_options& how)
        : with_(with),
          how_(how),
          rx_(with.rx),
          tx_(with.tx),
          wanted_(with.wanted),
          host_(with.options, rx_.lent(), tx_.lent()),
          lines_(with.how, with.rx),
          module_(with.how),
          now_{how.clock},
          is_taking_(!with.is_held),
          serves_(with.serves) {
        module_.echoes = with.echoes;
    }

    journal play() {
        source from{with_.script};
        for (int left = 120; left != 0 && !from.empty(); --left) {
            move();
            play_one(from);
            pump();
            look();
        }
        come_to_an_end();
        return std::move(found_);
    }

private:
    // --- the script ---

    // NOLINTNEXTLINE(readability-function-cognitive-complexity): flat
    void play_one(source& from) {
        const std::uint8_t drawn = from.byte();
        switch (drawn % 26) {
            case 0: return say_aloud(from.take(from.byte()));
            case 1: return say_aloud("\r\n" + std::string{from.take(from.byte())} + "\r\n");
            case 2:
            case 3: return come(lines_.draw(from));
            case 4: return come(lines_.draw_message(from));
            case 5: return come(std::string{prompt});
            case 6: return come(module_.next());
            case 7: return come(module_.all());
            case 8: return refuse(from.byte());
            case 9: return come(std::string{seen_.last_command()});
            case 10: return open();
            case 11: return host_.close(now_);
            case 12:
            case 13: return publish(from);
            case 14: return subscribe(from);
            case 15: return unsubscribe(from);
            case 16: return send(from);
            case 17: return host_.network_ready(now_);
            case 18: return restart();
            case 19: return host_.lost(now_);
            case 20: return void(take(from.byte()));
            case 21: return switch_wires(from.byte());
            case 22: return pass_time(draw_time(from));
            case 23: return pass_wait();
            case 24: return jump(draw_time(from));
            default: return module_.lose();
        }
    }
    static std::uint32_t draw_time(source& from) {
        const std::uint32_t drawn = from.byte();
        return drawn < 128 ? drawn * 10 : (drawn - 127) * 1000;
    }
    void switch_wires(unsigned how) {
        is_taking_ = (how & 1) != 0;
        serves_ = (how & 2) != 0;
        module_.echoes = (how & 4) != 0;
    }

    // --- what the user calls ---

    template <class Result>
    void say(const char* call, const Result& done) {
        found_.push_back({call + in_words(done.why().code) + in_words(done.why().field), {}, done.why().column, false});
    }
    void open() {
        const auto done = host_.open(wanted_.view(), now_);
        say("open", done);
        if (done) seen_.open();
    }
    std::string_view draw_topic(source& from) {
        constexpr std::string_view topics[] = {"t", "a/#", "OK", "", "say \"hi\"", "a,1"};
        const std::uint8_t which = from.byte() % 8;
        if (which < 6) return topics[which];
        return from.take(from.byte() % 32U);
    }
    template <class Command>
    std::string line_of(const Command& m) const {
        char out[limits::line];
        const auto done = format(m, {out, std::min(with_.tx, sizeof out)});
        return done ? std::string{*done} : std::string{};
    }
    template <class Call>
    void ask(const char* name, host_witness::wish wanted, Call call) {
        const auto wait = host_.wait(now_);
        const bool was_open = host_.is_open();
        const auto done = call();
        say(name, done);
        if (done) return seen_.ask(std::move(wanted));
        const bool is_same = wait == host_.wait(now_) && was_open == host_.is_open();
        demand(is_same, "what fails changes nothing");
    }
    void publish(source& from) {
        const unsigned how = from.byte();
        const memory topic{draw_topic(from)};
        memory payload{(how & 8) != 0 ? from.take(from.byte() % 64U) : std::string_view{"abc"}};
        if ((how & 16) != 0) payload = memory{std::string_view{"a \\ and\r\nOK\r\n"}};
        if ((how & 32) != 0) payload = memory{std::string_view{std::string(900 + from.byte(), 'p')}};
        const auto level = static_cast<qos>(how & 3);
        const bool retain = (how & 4) != 0;
        host_witness::wish wanted{verb::publish, level, std::string{topic.view()}, {}, {}, {}};
        wanted.line = line_of(atmqtt::publish{topic.view(), level, retain, false, payload.view()});
        if (wanted.line.empty()) {
            const auto length = static_cast<std::uint32_t>(payload.view().size());
            wanted.line = line_of(publish_counted{topic.view(), level, retain, false, length});
            wanted.payload = payload.view();
        }
        ask("publish", std::move(wanted), [&] {
            const auto done = host_.publish(topic.view(), payload.view(), level, retain);
            if (done) payload_ = std::move(payload);
            return done;
        });
    }
    void subscribe(source& from) {
        const unsigned how = from.byte();
        const memory topic{draw_topic(from)};
        const auto level = static_cast<qos>(how & 3);
        host_witness::wish wanted{verb::subscribe, level, std::string{topic.view()}, {}, {}, {}};
        wanted.line = line_of(atmqtt::subscribe{topic.view(), level});
        ask("subscribe", std::move(wanted), [&] { return host_.subscribe(topic.view(), level); });
    }
    void unsubscribe(source& from) {
        const memory topic{draw_topic(from)};
        host_witness::wish wanted{verb::unsubscribe, {}, std::string{topic.view()}, {}, {}, {}};
        wanted.line = line_of(atmqtt::unsubscribe{topic.view()});
        ask("unsubscribe", std::move(wanted), [&] { return host_.unsubscribe(topic.view()); });
    }
    void send(source& from) {
        constexpr std::string_view lines[] = {"AT+CSQ", "ATD", "AT+MQTTSUB?", "AT+CMGS=1\x1A", ""};
        const unsigned how = from.byte();
        const unsigned which = how % 8;
        const memory text{which < 5 ? lines[which] : from.take(from.byte() % 32U)};
        raw_command m{text.view()};
        if ((how & 8) != 0) m.timeout = millis{from.byte() * 100U};
        if ((how & 16) != 0) m.extra_finals = extra_finals;
        if ((how & 16) != 0) m.extra_count = 2;
        host_witness::wish wanted{verb::raw, {}, {}, std::string{text.view()} + "\r", {}, {}};
        if ((how & 16) != 0) wanted.finals = {"CONNECT", "NO CARRIER"};
        seen_.publish_secret(text.view());
        ask("send", std::move(wanted), [&] { return host_.send(m); });
    }
    void restart() {
        module_.restart();
        host_.restarted(now_);
        seen_.restart();
    }

    // --- what the module says ---

    void say_aloud(std::string_view bytes) {
        seen_.publish_secret(bytes);
        come(bytes);
    }
    void refuse(unsigned which) {
        module_.forget();
        come(lines_.said(cme_error{error_form::number, static_cast<cme>(600 + which % 24), {}}));
    }

    // --- bytes ---

    void come(std::string_view bytes) {
        while (!bytes.empty()) {
            move();
            const memory chunk{first(bytes, how_.cut.next(bytes.size()))};
            bytes.remove_prefix(chunk.view().size());
            std::string_view input = chunk.view();
            for (bool more = true; more;) {
                const std::string_view before = input;
                const auto found = host_.receive(input, now_);
                demand(chunk.holds(input) && ends_with(before, input), "input is advanced within itself");
                seen_.hear(first(before, before.size() - input.size()));
                see(found);
                more = found.has_value();
            }
            demand(input.empty(), "receive gives nothing only once all was taken");
        }
    }
    void see(const std::optional<host::event>& found) {
        if (!found) return;
        const entry words = match(*found, host_words{});
        match(*found, host_views{rx_});
        seen_.tell(*found, words);
        note(found_, words);
        // What was borrowed is given back.
        if (std::holds_alternative<on::done>(*found)) payload_ = memory{0};
    }
    bool take(std::size_t most) {
        const std::string_view bytes = host_.transmit();
        if (!bytes.empty()) offered(bytes);
        const std::string taken{first(bytes, most)};
        host_.transmitted(taken.size(), now_);
        if (tx_.holds(bytes)) seen_.take_command(taken.size());
        module_.read(taken);
        sent_ += taken;
        return !taken.empty();
    }
    void offered(std::string_view bytes) {
        if (payload_.holds(bytes)) return seen_.offer_payload(bytes);
        if (!tx_.holds(bytes)) return seen_.offer_probe(bytes);
        seen_.offer_command(bytes);
    }

    /// Until nothing moves any more, at one time.
    void pump() {
        for (int left = 4000;; --left) {
            demand(left != 0, "what is to be done comes to an end");
            bool moves = tick_all();
            moves = take(is_taking_ ? (with_.sip == 0 ? SIZE_MAX : with_.sip) : 0) || moves;
            if (serves_ && module_.has_words()) {
                come(module_.all());
                moves = true;
            }
            if (!moves) return;
        }
    }

    // --- time ---

    bool tick() {
        const auto found = host_.tick(now_);
        demand(found || host_.wait(now_) != millis{0},
               "once a tick gave nothing, there is something to wait for, or nothing");
        see(found);
        return found.has_value();
    }
    bool tick_all() {
        bool moves = false;
        for (int left = 40; tick(); --left) {
            demand(left != 0, "ticks come to an end");
            moves = true;
        }
        if (how_.spurious_ticks) demand_idle();
        return moves;
    }
    void demand_idle() {
        const auto before = host_.wait(now_);
        demand(!host_.tick(now_) && host_.wait(now_) == before, "a tick before its time does nothing");
    }
    void jump(std::uint32_t span) {
        if (span > most_time - spent_) return;
        now_ = now_ + millis{span};
        spent_ += span;
    }
    void pass_wait() {
        pump();
        const auto due = host_.wait(now_);
        if (!due || due->count() == 0 || due->count() > most_time - spent_) return;
        jump(due->count() - 1);
        demand(host_.wait(now_) == millis{1}, "a wait is as long as it was said to be");
        demand_idle();
        jump(1);
    }
    /// What is due is done when it is.
    void pass_time(std::uint32_t span) {
        if (span > most_time - spent_) return;
        for (int left = 60; left != 0; --left) {
            pump();
            const auto due = host_.wait(now_);
            if (!due || due->count() > span) break;
            jump(due->count());
            span -= due->count();
        }
        jump(span);
    }

    // --- what is seen from outside ---

    void look() {
        demand_idle();
        demand(!host_.is_open() || seen_.is_open(), "it is open once that was told");
        const auto due = host_.wait(now_);
        found_.push_back({(due ? "wait " + in_words(due->count()) : "wait") + in_words(host_.is_open()),
                          "sent: " + std::exchange(sent_, {}), 0, false});
    }

    // --- the end: a UART that takes everything, silence, and then a module that answers ---

    void come_to_an_end() {
        is_taking_ = true;
        serves_ = false;
        for (int left = 4; left != 0; --left) {
            pump();
            now_ = now_ + millis{long_time};
        }
        pump();
        look();
        demand(!seen_.has_command(), "each command has its verdict, in time");
        if (with_.rx < 64 || with_.tx < 3) return;  // it cannot read an answer, or ask
        if (seen_.is_stuck()) end_count();
        module_.restart();
        serves_ = true;
        come("\r\n");  // what was begun is a line
        demand(can_ask(), "after any input, and enough time with a module that answers, it takes a command");
        for (int left = 20; seen_.has_command(); --left) {
            demand(left != 0, "a command that is answered has its verdict");
            pump();
            const auto due = host_.wait(now_);
            if (due) now_ = now_ + *due;
        }
        host_.close(now_);
        for (int left = 40; left != 0; --left) {
            pump();
            if (const auto due = host_.wait(now_)) now_ = now_ + *due;
        }
        look();
        demand(!host_.is_open() && !seen_.is_open(), "what is closed is closed");
    }
    /// It is switched off and on, or says that it counts no more.
    void end_count() {
        if (with_.rx % 2 != 0) return restart();
        come("\r\n+CME ERROR: 608\r\n");
        seen_.restart();
    }
    bool can_ask() {
        for (int left = 600; left != 0; --left) {
            pump();
            const auto done = host_.send(raw_command{"AT"});
            if (done) {
                seen_.ask({verb::raw, {}, {}, "AT\r", {}, {}});
                return true;
            }
            if (seen_.is_stuck()) restart();
            const auto due = host_.wait(now_);
            if (due) now_ = now_ + *due;
        }
        return false;
    }

    // --- memory ---

    /// Goes on as a copy in other memory; the old one is overwritten, and gone.
    void move() {
        if (!how_.move_house || !how_.cut.coin()) return;
        memory rx{rx_.view()};
        memory tx{tx_.view()};
        memory payload{payload_.view()};
        host copy = host_;
        copy.rebind(rx.lent(), tx.lent(), payload.view());
        host_ = copy;
        for (const memory* const old : {&rx_, &tx_, &payload_}) std::fill_n(old->data(), old->view().size(), '\xA5');
        rx_ = std::move(rx);
        tx_ = std::move(tx);
        payload_ = std::move(payload);
    }

    host_setup with_;
    run_options how_;
    memory rx_;
    memory tx_;
    memory payload_{0};  // of the message under way
    wanted_settings wanted_;
    host host_;
    module_lines lines_;
    true_module module_;
    host_witness seen_;
    instant now_;
    journal found_;
    std::string sent_;  // since the last look
    std::uint32_t spent_ = 0;
    bool is_taking_;
    bool serves_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    source from{data, size};
    const host_setup with = draw_host_setup(from);

    run_options how;
    how.clock = with.clock;
    const journal whole = host_run{with, how}.play();
    how.cut = chunker{chunker::way::single};
    how.spurious_ticks = true;
    demand_same(whole, host_run{with, how}.play(), "byte by byte gives the same");
    how.cut = chunker{chunker::way::random, with.seed};
    how.spurious_ticks = false;
    how.move_house = true;
    demand_same(whole, host_run{with, how}.play(), "a copy in other memory gives the same");
    how = {};
    how.clock = 1'000'000;  // neither 2^31 nor 2^32 comes from here
    demand_same(whole, host_run{with, how}.play(), "another reading of the clock gives the same");
    return 0;
}
