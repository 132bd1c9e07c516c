// The module's end: obeys a host's commands, over a link and a session with a broker.                [2.1 - 3.4]
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "../core/match.hpp"
#include "../core/result.hpp"
#include "../core/time.hpp"
#include "../link/link.hpp"
#include "answers.hpp"
#include "command_reader.hpp"
#include "connection.hpp"
#include "executor.hpp"
#include "modem_events.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace atmqtt {

/// One module. It has a host on one side and a broker on the other, and owns neither UART nor socket: its integrator carries the
/// bytes, connects and closes the socket when an event says so, and reads the clock.
///
/// After each call, call `tick` until it gives nothing; then hand out what both `transmit`s give, and sleep for at most `wait`.
/// An event is valid until the next call; what a `connect` views lives longer. Where a `receive` leaves bytes in its input they are
/// for later: keep them.
///
/// While the host takes no bytes, nothing is done that it would have to be told: no answer and no alarm is ever lost.
class modem {
public:
    using event = from_card::event;

    explicit modem(const modem_memory& lent, const modem_options& options = {})
        : obeys_(lent, options),
          reader_(lent.command, reader_options(options)),
          refuses_overlong_(options.refuses_overlong) {}

    /// Bytes of `lines` without which nothing is obeyed.
    static constexpr std::size_t least_lines = detail::answers::room + 1;

    /// Goes on in memory of the same sizes, into which the caller has copied all that the one before held.
    void rebind(const modem_memory& lent) {
        queue().rebind(lent.lines, lent.rx);
        reader_.rebind(lent.command);
        obeys_.rebind(lent);
    }

    /// Where the connection stands.                                                                   [2.3.3]
    phase link_phase() const { return at().link.at(); }
    /// Whether a command is under way: the host's further bytes are for later.
    bool is_busy() const { return at().errand.what != task::none && at().errand.what != task::count; }

    // --- the host's side ---

    /// Takes bytes of the host from the front of `input`, as long as no command is under way, and gives the next event. ours: behind
    /// data that came before their prompt was taken nothing is taken until it is.
    std::optional<event> receive(std::string_view& input, instant now) {
        take_notes(now);
        while (!input.empty() && !at().has_news() && is_reading()) {
            const std::string_view offered = first(input, at().answers.echoes ? room() : input.size());
            std::string_view left = offered;
            const auto found = reader_.receive(left, now);
            at().answers.echo(reader_.echo());
            input.remove_prefix(offered.size() - left.size());
            if (found) take(*found, now);
            take_notes(now);
        }
        return at().take_news();
    }
    /// What to write to the host next; empty when there is nothing. It stays until it was `transmitted`.
    std::string_view transmit() const { return at().answers.queue().front(); }
    /// The host has taken `count` bytes of that, from its front: at a UART, once they have left. ours: behind a prompt that was taken
    /// an LF is data, and no part of a CR LF whose CR came before.
    void transmitted(std::size_t count, instant now) {
        const bool was_reading = has_room();
        queue().pop(count);
        if (!was_reading && has_room()) reader_.await_data(now);  // what came meanwhile is still to be read
        if (!is_prompting_ || queue().has_prompt()) return;
        is_prompting_ = false;
        reader_.prompted();
        reader_.await_data(now);
    }

    // --- the host's side, for firmware that has an AT engine of its own ---

    /// Obeys one command. What it views may be gone after the call. ours: one past the ranges and limits of its members is answered
    /// like a line with such a parameter.
    /// Fails with `busy` while the one before is under way, or `lines` have no room for another answer.
    result<nothing> obey(const command& asked, instant now) {
        take_notes(now);
        if (at().errand.what != task::none || !has_room() || queue().has_prompt()) return error{errc::busy};
        obeys_.obey(asked, now);
        return nothing{};
    }
    /// How a failed command is answered, as AT+CMEE sets it: by its number, at first.                  [2.2]
    void set_error_words(error_words which) { at().answers.errors = which; }
    /// Bytes of counted data that the host was asked for, by a prompt, and that are still to come.           [2.3.6]
    std::uint32_t awaited() const { return obeys_.awaited(); }
    /// Counted data, in any pieces; what is more than `awaited` is ignored.
    void data(std::string_view piece, instant now) {
        if (!obeys_.data(piece, now)) is_cut_short_ = true;
    }
    /// They have stopped coming: the command fails.
    void data_cut_short() { is_cut_short_ = at().errand.what == task::count; }
    /// Takes the next line to write to the host, with its line ends; of a message first what is before the payload, then the payload,
    /// then the line end; an echo as it is, though one of line ends alone may come with the line behind it. Empty when there is
    /// nothing. Valid until the next call.
    std::string_view next_line(instant now) {
        std::string_view next = transmit();
        if (queue().is_at_prompt())
            next = first(next, prompt.size());
        else if (queue().is_behind_payload())
            next = first(next, "\r\n"sv.size());
        else if (!queue().is_at_payload())
            next = detail::first_line(next);
        transmitted(next.size(), now);
        return next;
    }

    // --- the broker's side ---

    /// The socket that `from_card::connect` asked for is connected.
    void connected() {
        if (at().link.at() == phase::connecting) is_behind_ = false;  // else it was said once too often
        note(link_event::socket_up);
    }
    /// It could not be connected, or its TLS could not be established.
    void connect_failed() { note(link_event::socket_failed); }
    /// It was closed or reset by the other end. Not before `receive_from_broker` has taken all that came until then: what it has
    /// not taken is lost with the connection.
    void disconnected() { note(link_event::socket_lost); }
    /// The network was activated, as it is at first, or is not any more.                              [2.2]
    void set_network(bool is_up) {
        if (obeys_.is_network_up && !is_up) is_network_lost_ = true;
        obeys_.is_network_up = is_up;
    }

    /// Takes bytes of the broker from the front of `input`, as long as the host takes what comes of them, and gives the next event.
    /// What is left is to be given again; no answer of the broker is late meanwhile. ours: nor does that time count behind it: the answer
    /// may be in the next piece of what has waited in the socket.
    std::optional<event> receive_from_broker(std::string_view& input, instant now) {
        const std::size_t offered = input.size();
        take_notes(now);
        while (!at().has_news() && queue().is_empty()) {
            const auto found = at().session.receive(input, now);
            if (!found) break;
            at().hear(*found, now);
        }
        // What is left is left for the host, for what is told next, or for the socket.
        const bool is_left =
            !input.empty() && (!queue().is_empty() || at().has_news() || !at().session.transmit().empty());
        follow_up(is_left, input.size() != offered, now);
        return at().take_news();
    }
    /// What to hand to the socket next; empty when there is nothing. It stays until it was `transmitted_to_broker`, or `close` is told.
    std::string_view transmit_to_broker() const { return at().session.transmit(); }
    /// The socket has taken `count` bytes of that, from its front.
    void transmitted_to_broker(std::size_t count, instant now) { at().session.transmitted(count, now); }

    // --- time ---

    /// Does what is due, and gives the next event. A tick too many does nothing.
    std::optional<event> tick(instant now) {
        while (!at().has_news() && has_room() && step(now)) {}
        return at().take_news();
    }
    /// How long until `tick` has something to do; nothing: until something happens.
    std::optional<millis> wait(instant now) const {
        if (at().has_news()) return millis{0};
        if (!has_room()) return std::nullopt;
        if (has_notes() || at().errand.what == task::list || at().has_warning()) return millis{0};
        const auto link_wait = may_be_late() ? at().link.wait(now) : std::nullopt;
        return shorter(shorter(link_wait, at().session.wait(now, hears())), data_wait(now));
    }

    /// Leaves the broker as if the host had asked for it, and tells the host so: for an integrator that is to end.
    void leave(instant now) {
        is_leaving_ = true;
        take_notes(now);
    }

private:
    using task = detail::task;

    static command_reader_options reader_options(const modem_options& options) {
        command_reader_options reading;
        reading.pieces = true;
        reading.data_gap = options.data_gap;
        return reading;
    }
    detail::connection& at() { return obeys_.at(); }
    const detail::connection& at() const { return obeys_.at(); }
    detail::line_queue& queue() { return at().answers.queue(); }
    const detail::line_queue& queue() const { return at().answers.queue(); }

    // Bytes that may be written beside what a step writes.
    std::size_t room() const {
        const std::size_t space = queue().space().size();
        return space < least_lines ? 0 : space - detail::answers::room;
    }
    bool has_room() const { return room() != 0; }
    bool is_reading() const { return has_room() && !is_busy() && !is_ahead(); }
    // Whether the host has written its data and has not taken the prompt for them.
    bool is_ahead() const { return queue().has_prompt() && !reader_.is_counting(); }

    // --- steps ---

    // What the integrator says is kept until there is room for what comes of it. Each socket is up, or failed, before it is lost.
    void note(link_event what) {
        if (!at().has_socket()) return;  // it was told to close it
        if (what == link_event::socket_up)
            is_up_ = true;
        else
            end_of_socket_ = what;
    }
    bool has_notes() const { return is_network_lost_ || is_up_ || end_of_socket_ || is_leaving_ || is_cut_short_; }
    bool take_note(instant now) {
        if (!has_notes()) return false;
        if (is_network_lost_) {
            is_network_lost_ = false;
            at().happen(link_event::network_lost, now);
        } else if (is_up_) {
            is_up_ = false;
            at().happen(link_event::socket_up, now);
        } else if (end_of_socket_) {
            const link_event what = *end_of_socket_;
            end_of_socket_.reset();
            at().happen(what, now);
        } else if (is_leaving_) {
            is_leaving_ = false;
            at().happen(link_event::close_asked, now);
        } else {
            is_cut_short_ = false;
            obeys_.data_cut_short();
        }
        if (!at().has_socket()) {
            is_up_ = false;
            end_of_socket_.reset();
        }
        return true;
    }
    void take_notes(instant now) {
        while (!at().has_news() && has_room() && (take_note(now) || at().give_warning())) {}
    }
    // False when there is nothing to do.
    bool step(instant now) {
        if (take_note(now) || go_on_at_once()) return true;
        if (data_wait(now) == millis{0}) {
            (void)reader_.tick(now);
            data_cut_short();
            return true;
        }
        if (may_be_late()) {
            if (const auto due = at().link.tick(now)) {
                at().follow(*due, now);
                return true;
            }
        }
        const auto found = at().session.tick(now, hears());
        if (found) at().hear(*found, now);
        return found.has_value();
    }
    // What has only waited for room. Apart, for a line lies on the stack here.
    [[gnu::noinline]] bool go_on_at_once() {
        if (at().errand.what != task::list) return at().give_warning();
        obeys_.list_next();
        return true;
    }
    // Whether all that has come over this connection was taken. Else nothing is late: it may be there.
    bool hears() const { return !is_behind_ || !at().has_socket() || at().link.at() == phase::connecting; }
    // Something of what the broker has sent is left, or was taken: the time in which it could not be is none in which to answer.
    void follow_up(bool is_left, bool has_taken, instant now) {
        const bool was_behind = is_behind_ && behind_since_ != now;
        if (was_behind && (has_taken || !is_left)) at().put_off(behind_since_, now);
        if (!is_behind_ || has_taken) behind_since_ = now;
        is_behind_ = is_left;
    }
    bool may_be_late() const { return hears() || at().link.at() != phase::awaiting; }
    std::optional<millis> data_wait(instant now) const { return is_prompting_ ? std::nullopt : reader_.wait(now); }

    // --- the host ---

    void take(const from_host::event& found, instant now) {
        match(
            found, [&](const from_host::command& c) { take_line(c.text, now); },
            [&](const from_host::piece& p) { data(p.bytes, now); },
            [&](const from_host::overlong& o) {
                if (refuses_overlong_) at().answers.refuse();
                at().tell(from_card::overlong{o.size});
            },
            [](const from_host::blank&) {}, [](const from_host::data&) {}, [](const from_host::cut_short&) {},
            [](const from_host::partial&) {});
    }
    void take_line(std::string_view text, instant now) {
        obeys_.take_line(text, now);
        if (obeys_.awaited() == 0) return;
        is_prompting_ = true;
        (void)reader_.expect_data(obeys_.awaited());  // nothing has come behind the line, and data are given in pieces
    }

    detail::executor obeys_;
    command_reader reader_;
    bool refuses_overlong_;
    bool is_behind_ = false;        // something of the broker was not taken
    bool is_prompting_ = false;     // the prompt was written, but not taken yet
    bool is_network_lost_ = false;  // to be taken in, as are these
    bool is_up_ = false;
    bool is_leaving_ = false;
    bool is_cut_short_ = false;
    std::optional<link_event> end_of_socket_;
    instant behind_since_ = {};
};

}  // namespace atmqtt
