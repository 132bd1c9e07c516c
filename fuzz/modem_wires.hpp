// A modem between its two wires: what goes over them, in which pieces, and what each of its calls does, looked at.
// SPDX-License-Identifier: MIT
#pragma once

#include "modem_setup.hpp"
#include "oracles.hpp"
#include "script.hpp"
#include "socket_witness.hpp"
#include "uart_witness.hpp"

#include <atmqtt/modem/command_reader.hpp>
#include <atmqtt/modem/modem.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oracle {

inline constexpr std::uint32_t most_time = 1U << 30;    // in one script
inline constexpr std::uint32_t long_time = 70'000'000;  // longer than any limit that a script can set

/// One modem, in one run. Whatever is called, `pump` then does all that can be done at that time.
class modem_wires {
public:
    modem_wires(const modem_setup& with, const modem_run_options& how)
        : with_(with),
          how_(how),
          lent_(with),
          modem_(lent_.lent(), with.options),
          engine_memory_(with.obeys ? 1100 : with.command),
          engine_(engine_memory_.lent(), reading(with)),
          host_side_(with.options.how, with.options.identity),
          broker_side_(how.is_strict ? &host_side_ : nullptr, with.options.protocol),
          now_{how.clock},
          uart_is_open_(!with.is_held),
          socket_is_open_(!with.is_held),
          serves_(with.serves) {}

    journal& found() { return found_; }
    /// Bytes that came from both ends.
    std::size_t spent() const { return spent_; }
    /// The identifier of the last packet of the host's that has one.
    packet_id id() const { return broker_side_.id(); }

    // --- what happens ---

    /// The host writes.
    void write(std::string_view bytes) {
        spent_ += bytes.size();
        host_ += bytes;
    }
    /// The broker writes, if there is one.
    void come(std::string_view bytes) {
        if (!broker_side_.is_up()) return;
        spent_ += bytes.size();
        broker_ += bytes;
    }
    /// The broker says what a true one says next; or says it `twice`.
    void answer(bool twice = false) {
        if (broker_side_.answers.empty()) return;
        come(broker_side_.answers.front());
        if (!twice) broker_side_.answers.pop_front();
    }
    void connect() {
        modem_.connected();
        broker_side_.connect();
    }
    void connect_failed() { modem_.connect_failed(); }
    void disconnect() { modem_.disconnected(); }
    void set_network(bool is_up) { modem_.set_network(is_up); }
    void leave() {
        modem_.leave(now_);
        see_call({});
    }
    /// The firmware gives up waiting for data, as it does in time.
    void cut_short() {
        if (!with_.obeys) return;
        modem_.data_cut_short();
        if (engine_.is_counting()) engine_.reset();
        is_prompting_ = false;
    }
    /// Which wires take all that there is, and whether the broker answers.
    void switch_wires(bool uart_is_open, bool socket_is_open, bool serves) {
        uart_is_open_ = uart_is_open;
        socket_is_open_ = socket_is_open;
        serves_ = serves;
    }

    bool take_from_uart(std::size_t most) {
        const std::string_view bytes = with_.obeys && !queue_.empty() ? modem_.next_line(now_) : modem_.transmit();
        demand(bytes.empty() == queue_.empty() && begins_with(queue_, bytes),
               "what was written stays until it is taken");
        const std::string taken{with_.obeys ? bytes : first(bytes, most)};
        if (with_.obeys) see_line(taken);
        if (!with_.obeys) modem_.transmitted(taken.size(), now_);
        if (taken.empty()) return false;
        queue_.erase(0, taken.size());
        see_call({});
        const bool is_taken = queue_.find(prompt) == std::string::npos;  // what is behind it may wait on
        if (is_taken && std::exchange(is_prompting_, false)) {
            engine_.prompted();
            engine_.await_data(now_);
        }
        uart_ += taken;
        return true;
    }
    bool take_from_socket(std::size_t most) {
        const std::string bytes{first(modem_.transmit_to_broker(), most)};
        modem_.transmitted_to_broker(bytes.size(), now_);
        broker_side_.pass(bytes);
        socket_ += bytes;
        see_call({});
        return !bytes.empty();
    }

    // --- time ---

    void pass_time(std::uint32_t span) {
        if (span > most_time - spent_time_) return;
        now_ = now_ + millis{span};
        spent_time_ += span;
    }
    void pass_wait() {
        pump();
        const auto due = modem_.wait(now_);
        if (!due || due->count() == 0 || due->count() > most_time - spent_time_) return;
        pass_time(due->count() - 1);
        demand(modem_.wait(now_) == millis{1}, "a wait is as long as it was said to be");
        demand_idle();
        pass_time(1);
    }

    /// Until nothing moves any more, in an order that matters to nobody but the comparison.
    void pump() {
        for (int left = 40000;; --left) {
            demand(left != 0, "what is to be done comes to an end");
            bool moves = tick_all();
            moves = offer_host() || moves;
            moves = offer_broker() || moves;
            if (uart_is_open_) moves = take_from_uart(with_.uart_sip) || moves;
            if (socket_is_open_) moves = take_from_socket(with_.socket_sip) || moves;
            if (serves_ && broker_.empty() && !broker_side_.answers.empty()) {
                answer();
                moves = true;
            }
            if (!moves) return;
        }
    }
    /// Writes down all that is seen from outside.
    void look() {
        demand_idle();
        const bool lies = lent_.lines.holds(modem_.transmit()) || lent_.rx.holds(modem_.transmit());
        const std::string_view packet = modem_.transmit_to_broker();
        demand(lies && (lent_.tx.holds(packet) || lent_.command.holds(packet)),
               "what is to be sent lies in what was lent");
        if (how_.is_strict && queue_.empty() && is_answering()) host_side_.demand_at_rest(is_under_way());
        const auto due = modem_.wait(now_);
        const std::string words = (due ? "wait " + in_words(due->count()) : "wait") + " phase " +
                                  in_words(modem_.link_phase()) + in_words(modem_.is_busy()) +
                                  in_words(modem_.awaited());
        found_.push_back({words,
                          "to host: " + std::exchange(uart_, {}) + " waiting: " + queue_ +
                              " to broker: " + std::exchange(socket_, {}) + " waiting: " + std::string{packet},
                          host_.size() + (waiting_ ? 1 : 0), false});
    }

    // --- the end: wires that take everything, no broker, and time ---

    void come_to_an_end() {
        uart_is_open_ = socket_is_open_ = true;
        serves_ = false;
        settle();
        write("\r");  // what was begun is a command, or none
        settle();
        if (!is_answering())
            return demand(host_.empty() || !modem_.is_busy(), "without room for answers nothing is begun");
        if (with_.obeys) waiting_ = "AT+MQTTSTAT?";
        if (with_.command < 2) return;
        uart_.clear();
        if (with_.obeys)
            demand(obey(), "after enough time a command is taken");
        else
            write("AT\r");
        pump();
        const bool is_answered =
            ends_with(uart_, "\r\nOK\r\n") || (with_.obeys && uart_.find("\r\nOK\r\n") != uart_.npos);
        demand(is_answered && host_.empty(), "after enough time a command is answered");
        look();
    }

    // --- memory ---

    /// Goes on as a copy in other memory; the old one is overwritten, and gone.
    void move() {
        if (!how_.move_house || !how_.cut.coin()) return;
        lent_memory next{lent_};
        modem copy = modem_;
        copy.rebind(next.lent());
        lent_.scorch();
        modem_ = copy;
        lent_ = std::move(next);
    }

private:
    static command_reader_options reading(const modem_setup& with) {
        command_reader_options options;
        options.pieces = true;
        options.data_gap = with.options.data_gap;
        return options;
    }

    // --- what is offered ---

    bool offer_host() {
        bool moves = waiting_.has_value();
        if (waiting_ && !obey()) return false;
        for (std::size_t taken = 1; taken != 0 && !waiting_ && !host_.empty(); moves = moves || taken != 0) {
            move();
            const memory chunk{first(host_, how_.cut.next(host_.size()))};
            taken = with_.obeys ? hand_over(chunk) : offer_host(chunk);
            host_.erase(0, taken);
            tick_all();
        }
        return moves;
    }
    std::size_t offer_host(const memory& chunk) {
        std::string_view input = chunk.view();
        for (bool more = true; more;) {
            const std::string_view before = input;
            const auto found = modem_.receive(input, now_);
            demand(chunk.holds(input) && ends_with(before, input), "input is advanced within itself");
            const std::string_view taken = first(before, before.size() - input.size());
            const bool may_read = !modem_.is_busy() && is_answering() && queue_.empty();
            demand(!taken.empty() || before.empty() || found || !may_read, "bytes of the host are taken");
            see_host(taken);
            see(found);
            more = found.has_value();
        }
        return chunk.view().size() - input.size();
    }
    // As firmware with an AT engine of its own.
    std::size_t hand_over(const memory& chunk) {
        std::string_view input = chunk.view();
        while (!waiting_) {
            const auto found = engine_.receive(input, now_);
            if (!found) break;
            if (const auto* const line = std::get_if<from_host::command>(&*found)) {
                if (parse_command(line->text)) waiting_ = std::string{line->text};
                if (waiting_ && !obey()) break;
            } else if (const auto* const piece = std::get_if<from_host::piece>(&*found)) {
                if (how_.is_strict && host_side_.is_pending()) host_side_.add_data(piece->bytes);
                modem_.data(piece->bytes, now_);
                see_call({});
                tick_all();
            }
        }
        return chunk.view().size() - input.size();
    }
    bool obey() {
        const memory line{*waiting_};
        const auto asked = parse_command(line.view());
        const phase before = modem_.link_phase();
        const auto done = modem_.obey(*asked, now_);
        demand(done || modem_.is_busy() || modem_.awaited() != 0 || !is_answering() || !queue_.empty(),
               "it is busy with a command, or with what is written");
        if (!done) return false;
        waiting_.reset();
        if (how_.is_strict) ask(line.view(), before);
        see_call({});
        if (modem_.awaited() != 0) {
            demand(engine_.expect_data(modem_.awaited()), "counted data are awaited at once");
            is_prompting_ = true;
        }
        tick_all();
        return true;
    }
    bool offer_broker() {
        bool moves = false;
        for (std::size_t taken = 1; taken != 0 && !broker_.empty(); moves = moves || taken != 0) {
            move();
            const memory chunk{first(broker_, how_.cut.next(broker_.size()))};
            std::string_view input = chunk.view();
            const auto found = modem_.receive_from_broker(input, now_);
            demand(chunk.holds(input) && ends_with(chunk.view(), input), "input is advanced within itself");
            taken = chunk.view().size() - input.size();
            const bool is_free = queue_.empty() && with_.records > 2 && modem_.transmit_to_broker().empty();
            demand(taken != 0 || found || !is_free, "bytes of the broker are taken");
            if (how_.is_strict) host_side_.publish_secret(first(broker_, taken));
            broker_.erase(0, taken);
            if (how_.is_strict) host_side_.hear(broker_side_.hear(first(chunk.view(), taken)));
            see(found);
            see_call({});
            tick_all();
            if (found && taken == 0) taken = 1;  // it has told something: go on
        }
        return moves;
    }

    // --- what each call has done ---

    /// What `next_line` gives: a line, the prompt, or a part of a message.
    void see_line(std::string_view taken) {
        if (taken.empty()) return;
        if (message_parts_ != 0) return void(--message_parts_);
        if (taken == prompt) return;
        const bool is_message = begins_with(taken, "\r\n+MQTTPUBLISH:");
        if (is_message && !ends_with(taken, "\r\n")) message_parts_ = 2;
        const bool is_line =
            begins_with(taken, "\r\n") && taken.size() > 4 && taken.find("\r\n", 2) == taken.size() - 2;
        demand(is_message || is_line, "a line is given whole, and alone");
        demand(with_.options.how == spelling::sdk || taken != "\r\n> \r\n", "a prompt is given alone");
    }
    bool is_answering() const { return with_.lines >= modem::least_lines; }
    bool is_under_way() const { return modem_.is_busy() || modem_.awaited() != 0; }

    /// What waits for the host, taken from a copy: what was there before must be as it was. Gives what is new.
    std::string look_at_queue() const {
        std::string written;
        std::string_view before = queue_;
        modem copy = modem_;
        for (auto next = copy.transmit(); !next.empty(); next = copy.transmit()) {
            const std::string_view same = first(next, before.size());
            demand(first(before, same.size()) == same, "what was written stays as it is until it is taken");
            before.remove_prefix(same.size());
            written += rest(next, same.size());
            copy.transmitted(next.size(), now_);
        }
        demand(before.empty(), "what was written stays until it is taken");
        return written;
    }
    void see_call(std::string_view echo) {
        const std::string written = look_at_queue();
        if (how_.is_strict) {
            demand(begins_with(written, echo), "an echo is what was taken, and comes first");
            host_side_.read(rest(written, echo.size()), is_under_way());
        }
        queue_ += written;
        demand(is_answering() || queue_.empty(), "without room for an answer nothing is written");
    }
    /// A byte of the host was taken, or none.
    void see_host(std::string_view taken) {
        const phase before = phase_;
        phase_ = modem_.link_phase();
        if (!how_.is_strict || taken.empty()) return see_call({});
        const bool echoes = host_side_.echoes();
        const auto found = engine_.receive(taken, now_);
        const std::string echo{echoes ? engine_.echo() : std::string_view{}};
        if (!found) return see_call(echo);
        if (const auto* const line = std::get_if<from_host::command>(&*found)) {
            ask(line->text, before);
            if (modem_.awaited() != 0) {
                demand(engine_.expect_data(modem_.awaited()), "counted data are awaited at once");
                is_prompting_ = true;
            }
        } else if (const auto* const piece = std::get_if<from_host::piece>(&*found)) {
            host_side_.add_data(piece->bytes);
        } else if (std::holds_alternative<from_host::overlong>(*found) && with_.options.refuses_overlong) {
            host_side_.ask_overlong();
        }
        see_call(echo);
    }
    void ask(std::string_view line, phase before) {
        host_side_.ask(line);
        const bool is_opening = before == phase::closed && modem_.link_phase() == phase::connecting;
        if (is_opening) host_side_.note_opening();
    }
    void see(const std::optional<modem::event>& found) {
        phase_ = modem_.link_phase();
        if (!found) return;
        found_.push_back({match(*found, [](const auto& one) { return told(one); }), {}, 0, false});
        if (how_.is_strict) host_side_.demand_no_secret(found_.back().words);
        if (const auto* const e = std::get_if<from_card::connect>(&*found)) {
            demand(lent_.profile.holds(e->host) && lent_.profile.holds(e->version),
                   "what is told lies in what was lent");
            broker_side_.ask();
        }
        if (const auto* const e = std::get_if<from_card::greeted>(&*found)) {
            if (how_.is_strict && e->code == connect_code::accepted) host_side_.greet(e->is_resumed);
        }
        if (std::holds_alternative<from_card::violation>(*found)) is_violated_ = true;
        if (!std::holds_alternative<from_card::close>(*found)) return;
        is_violated_ = false;
        broker_side_.close();
        broker_.clear();
    }

    // --- time ---

    bool tick() {
        if (with_.obeys && engine_.is_counting() && !is_prompting_ && engine_.tick(now_)) modem_.data_cut_short();
        const auto found = modem_.tick(now_);
        demand(found || modem_.wait(now_) != millis{0},
               "once a tick gave nothing, there is something to wait for, or nothing");
        demand(found || !is_violated_, "who breaks the rules of MQTT loses the connection");
        see(found);
        see_call({});
        if (!with_.obeys && engine_.is_counting() && !is_prompting_ && modem_.awaited() == 0)
            demand(engine_.tick(now_).has_value(), "data are given up in time, and only then");
        return found.has_value();
    }
    bool tick_all() {
        const std::size_t before = queue_.size() + modem_.transmit_to_broker().size();
        bool moves = false;
        for (int left = 40; tick(); --left) {
            demand(left != 0, "ticks come to an end");
            moves = true;
        }
        return moves || before != queue_.size() + modem_.transmit_to_broker().size();
    }
    void demand_idle() {
        if (modem_.wait(now_) == millis{0}) return;
        const std::string bytes{modem_.transmit_to_broker()};
        demand(!modem_.tick(now_), "a tick before its time tells nothing");
        demand(look_at_queue().empty() && modem_.transmit_to_broker() == bytes, "a tick before its time does nothing");
    }

    void settle() {
        pump();
        for (int left = 300; is_under_way() || waiting_ || (is_answering() && !host_.empty()); --left) {
            if (left == 0 || !is_answering()) break;
            now_ = now_ + millis{long_time};
            pump();
        }
        look();
        if (!is_answering()) return;
        demand(!is_under_way() && host_.empty() && !waiting_, "after enough time no command is under way");
        demand(!how_.is_strict || !host_side_.is_pending(), "each command has its final result");
    }

    modem_setup with_;
    modem_run_options how_;
    lent_memory lent_;
    modem modem_;
    memory engine_memory_;
    command_reader engine_;  // of the firmware; or reads along, byte by byte
    uart_witness host_side_;
    socket_witness broker_side_;
    instant now_;
    std::string host_;    // it has sent that, and the modem has not taken it
    std::string broker_;  // so has the broker
    std::string queue_;   // the modem has written that, and the host has not taken it
    std::string uart_;    // taken since the last look
    std::string socket_;
    std::optional<std::string> waiting_;  // a command that is to be handed over
    journal found_;
    phase phase_ = phase::closed;
    bool is_violated_ = false;    // and not told to close yet
    unsigned message_parts_ = 0;  // of a message, still to come line by line
    std::size_t spent_ = 0;       // bytes of both
    std::uint32_t spent_time_ = 0;
    bool uart_is_open_;
    bool socket_is_open_;
    bool serves_;
    bool is_prompting_ = false;
};

}  // namespace oracle
