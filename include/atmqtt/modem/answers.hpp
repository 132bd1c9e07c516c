// What a modem says to its host, in the spelling and with the error codes that were asked for.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/codec.hpp"
#include "../at/lines.hpp"
#include "../at/subscriptions.hpp"
#include "../at/types.hpp"
#include "../core/buffer.hpp"
#include "../mqtt/packets.hpp"
#include "line_queue.hpp"
#include "modem_events.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::detail {

/// Writes lines into a queue. Room is looked at before a step is begun: see `room`.
class answers {
public:
    answers(buffer lent, buffer rx, spelling how) : queue_(lent, rx), how_(how) {}

    line_queue& queue() { return queue_; }
    const line_queue& queue() const { return queue_; }

    /// The most bytes that one step writes, of what is not a message: an answer with the longest parameters, and OK.
    static constexpr std::size_t room = [] {
        constexpr std::size_t sizes[] = {max_size<suback>(), max_size<unsuback>(), max_size<configuration_is>()};
        std::size_t most = 0;
        for (const std::size_t size : sizes) most = size > most ? size : most;
        return most + max_size<ok>();
    }();

    error_words errors = error_words::number;
    bool echoes = true;
    bool shows_pings = true;

    /// A line. False if it cannot be written.
    template <class Line>
    bool say(const Line& m) {
        field_writer io = writer();
        const bool is_whole = write(io, m);
        return push(io, is_whole);
    }
    bool say(const subscription& item) {
        return push(format(subscription{item.topic, how_ == spelling::manual, item.level}, queue_.space()));
    }
    /// Whether a line can be written. Nothing is said yet.
    template <class Line>
    bool can_say(const Line& m) const {
        return bool{format(m, queue_.space(), how_)};
    }
    /// A line that is not of MQTT.
    void say(std::string_view words) {
        queue_.push("\r\n"sv);
        queue_.push(words);
        queue_.push("\r\n"sv);
    }
    void echo(std::string_view bytes) {
        if (echoes) queue_.push(bytes);
    }
    void show_prompt() { queue_.push_prompt(prompt); }

    /// OK.
    void done() { say(ok{}); }
    /// A line and OK, in the order of the spelling. It must be one that can be written.
    template <class Line>
    void done(const Line& m) {
        field_writer io = writer_of_done();
        const bool is_whole = write(io, m);
        end_done(io, is_whole);
    }
    /// ERROR.
    void refuse() { say(plain_error{}); }
    /// An error code, or ERROR.
    void refuse(cme code) {
        if (errors == error_words::plain)
            refuse();
        else
            say_code(code);
    }
    /// As CFG and DISC are refused: by the manual they know ERROR only.                        [2.3.1, 2.3.7]
    void refuse_by_spelling(cme code) {
        if (how_ == spelling::manual)
            refuse();
        else
            refuse(code);
    }
    /// OPEN has failed.
    void refuse_open(cme code) {
        if (how_ == spelling::sdk) (void)say(open_is{status::fail});
        refuse(code);
    }
    /// An error code that nobody has asked for. ours: it is left out where it is not a number, and so would be taken for an answer.
    void warn(cme code) {
        if (errors == error_words::number) say_code(code);
    }

    /// A message, whose payload stays where it is until it was taken; or why it cannot be written.
    errc show(const mqtt::publish& m) {
        constexpr std::string_view end = "\r\n";
        const auto length = static_cast<std::uint32_t>(m.payload.size());
        const message_header header{m.dup, m.level, m.retain, m.id, m.topic, length};
        const buffer space = queue_.space();
        const std::size_t room_of_header = space.size() < end.size() ? 0 : space.size() - end.size();
        const auto written = format(header, {space.data(), room_of_header}, how_);
        if (!written) return written.why().code;
        queue_.push(written->size());
        queue_.push_payload(m.payload);
        queue_.push(end);
        return errc::none;
    }

private:
    field_writer writer() const { return line_writer(queue_.space(), how_); }
    field_writer writer_of_done() {
        if (how_ == spelling::sdk) done();
        return writer();
    }
    void end_done(field_writer& io, bool is_whole) {
        (void)push(io, is_whole);
        if (how_ == spelling::manual) done();
    }
    bool push(field_writer& io, bool is_whole) { return push(end_line(io, is_whole)); }
    bool push(const result<std::string_view>& written) {
        if (written) queue_.push(written->size());
        return bool{written};
    }
    void say_code(cme code) {
        const bool in_words = errors == error_words::words;
        (void)say(cme_error{in_words ? error_form::words : error_form::number, code, in_words ? text_of(code) : ""});
    }

    line_queue queue_;
    spelling how_;
};

}  // namespace atmqtt::detail
