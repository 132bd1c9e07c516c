// SPDX-License-Identifier: MIT
#include "console.hpp"

#include "../words.hpp"
#include "driver.hpp"

#include <atmqtt/core/match.hpp>

#include <editline/readline.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <functional>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <variant>

namespace host_tool {

namespace {

constexpr const char* prompt = "at> ";
constexpr std::size_t longest_line = 64 * 1024;  // no module takes more than 1024 bytes of one

// libedit has one terminal, and calls back without telling whom.
std::function<void(const std::optional<std::string>&)> on_line;
// Nothing was typed since a line was taken: until then libedit still holds that.
bool is_fresh = true;
bool was_fresh = true;  // before the byte at hand
bool has_ended = false;

void take_line(char* line) {
    is_fresh = true;
    const std::optional<std::string> typed = line != nullptr ? std::optional<std::string>(line) : std::nullopt;
    if (typed && !typed->empty()) add_history(line);
    std::free(line);
    if (on_line) on_line(typed);
}

// Reads one character for libedit, which tells nobody of Ctrl-D: on an empty line that ends the input.
int read_character(std::FILE*) {
    std::mbstate_t so_far{};
    for (char byte = 0; ::read(0, &byte, 1) == 1;) {
        wchar_t found = 0;
        const std::size_t size = std::mbrtowc(&found, &byte, 1, &so_far);
        if (size == static_cast<std::size_t>(-2)) continue;  // a part of one
        if (size == static_cast<std::size_t>(-1)) return static_cast<unsigned char>(byte);
        if (found != 4 || !(was_fresh || rl_end == 0)) return static_cast<int>(found);
        break;
    }
    has_ended = true;
    return EOF;
}

}  // namespace

console::console(asio::io_context& io, const options& chosen)
    : io_(io),
      chosen_(chosen),
      uart_(io, chosen.device, chosen.baud),
      chat_(memory_->rx, memory_->tx),
      input_(io, longest_line),
      terminal_(io),
      timer_(io),
      patience_(io),
      is_terminal_(::isatty(0) == 1) {
    if (chosen.traces) trace_.emplace();
}
console::~console() {
    if (is_terminal_) rl_callback_handler_remove();
}

void console::start() {
    uart_.start(
        [this](std::string_view bytes) {
            const machine_clock::work here(clock_);
            has_heard_ = true;
            if (trace_) trace_->from_module(bytes);
            while (const auto found = chat_.receive(bytes, now())) hear(*found);
            pump();
        },
        [this](std::string_view bytes) {
            const machine_clock::work here(clock_);
            if (trace_) trace_->to_module(bytes);
            chat_.transmitted(bytes.size(), now());
            pump();
        },
        [this](const std::string& why) { fail(why); });
    on_line = [this](const std::optional<std::string>& line) { take(line); };
    if (is_terminal_) {
        std::setlocale(LC_CTYPE, "");
        rl_getc_function = read_character;
        rl_callback_handler_install(prompt, take_line);
        terminal_.assign(::dup(0));
        read_terminal();
    } else {
        input_.start([this](const std::string& line) { take(line); },
                     [this](const std::string& problem) { problem.empty() ? take(std::nullopt) : fail(problem); });
    }
}

void console::read_terminal() {
    terminal_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const asio::error_code& why) {
        if (why) return;
        was_fresh = std::exchange(is_fresh, false);
        rl_callback_read_char();
        if (has_ended) take(std::nullopt);
        if (!has_ended_) read_terminal();
    });
}

void console::take(const std::optional<std::string>& line) {
    if (line)
        typed_.push_back(*line);
    else
        has_ended_ = true;
    pump();
}

// One command at a time; at the end of the input, once the last was answered.
void console::go_on() {
    if (chat_.is_ready() && std::exchange(is_silent_, false)) warn("the module answers");
    while (chat_.is_ready() && !typed_.empty()) {
        const std::string line = taken_line();
        if (!counted_.empty() || !line.empty()) send(line);
    }
    if (has_ended_) finish();
}
std::string console::taken_line() {
    std::string line = std::move(typed_.front());
    typed_.pop_front();
    if (!is_terminal_) input_.be_through_with_one();
    return line;
}
void console::finish() {
    if (is_silent_) return await_answer();
    if (typed_.empty() && chat_.is_ready()) io_.stop();
}

// At most for so long since something was asked: there is nobody who could type anything else.
void console::await_answer() {
    patience_.expires_at(sent_ + patience_for_an_answer);
    patience_.async_wait([this](const asio::error_code& stopped) {
        if (stopped || !is_silent_) return;
        fail("the module has not answered" +
             (typed_.empty() ? "" : "; lines that were not sent: " + std::to_string(typed_.size())));
    });
}

void console::send(const std::string& line) {
    if (!counted_.empty()) return send_payload(line);
    const auto m = atmqtt::parse_command(line);
    const auto* const counted = m ? std::get_if<atmqtt::publish_counted>(&*m) : nullptr;
    if (counted != nullptr && counted->length != 0) {
        counted_ = line;
        return say("type the " + std::to_string(counted->length) + " bytes of the message, then return");
    }
    const atmqtt::millis limit{has_heard_ ? 10'000U : 6'000U};  // nobody knows what it is
    const auto sent = m ? send_known(*m) : chat_.send(atmqtt::raw_command{line, limit});
    sent_ = clock::now();
    if (!sent) say("not sent: " + std::string(text_of(sent.why().code)));
}

atmqtt::result<atmqtt::nothing> console::send_known(const atmqtt::command& m) {
    return atmqtt::match(m, [this](const auto& one) -> atmqtt::result<atmqtt::nothing> {
        using kind = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<kind, atmqtt::publish_counted>)
            return chat_.send_message({one.topic, one.level, one.retain, one.dup, {}}, {});  // of no bytes
        else
            return chat_.send(one);
    });
}

void console::send_payload(const std::string& payload) {
    const std::string line = std::exchange(counted_, {});
    const auto m = atmqtt::parse<atmqtt::publish_counted>(line);
    if (payload.size() != m->length)
        return say("not sent: these are " + std::to_string(payload.size()) + " bytes, not " +
                   std::to_string(m->length));
    payload_ = payload;
    const auto sent = chat_.send_message({m->topic, m->level, m->retain, m->dup, {}}, payload_);
    if (!sent) say("not sent: " + std::string(text_of(sent.why().code)));
}

void console::hear(const atmqtt::chat::event& found) {
    namespace it = atmqtt::from_chat;
    atmqtt::match(
        found,
        [this](const it::done& d) {
            std::string code;
            if (d.code != atmqtt::cme{})
                code = ": " + std::to_string(static_cast<unsigned>(d.code)) + " " + std::string(text_of(d.code));
            say(std::string(text_of(d.how)) + code);
            if (d.how == atmqtt::verdict::no_answer) be_silent();
        },
        [this](const it::answer& a) { say(words::described(a.what)); },
        [this](const it::alarm& a) { say("! " + words::described(a.what)); },
        [this](const it::late_ack& a) { say("! late: " + words::described(a.what)); },
        [this](const it::message& m) { say("! " + words::of_message(m.what, m.mismatch)); },
        [this](const it::item& i) {
            say("  " + words::harmless(std::string(i.what.topic.begin(), i.what.topic.end())));
        },
        [this](const it::text_line& t) {
            say(t.text.empty() ? "(a line that may hold a password)" : words::harmless(t.text));
        },
        [this](const it::malformed& m) {
            say("! malformed, " + std::string(text_of(m.why.code)) + ": " + words::quoted(m.text));
        },
        [this](const it::overlong& o) { say("! a line of " + std::to_string(o.size) + " bytes was dropped"); },
        [this](const it::stuck&) {
            say("! the module waits for the rest of a message: switch it off and on");
            is_silent_ = true;
        },
        [](const auto&) {});
}

void console::be_silent() {
    if (std::exchange(is_silent_, true)) return;
    warn("the module does not answer: is it on, and is --baud " + std::to_string(chosen_.baud) +
         " right? It is asked until it does");
}

void console::fail(const std::string& what) {
    if (code_ != done) return;
    complain(what);
    code_ = failed;
    io_.stop();
}

// Above the line that is being typed.
void console::say(const std::string& what) {
    if (is_terminal_) std::fputs("\r\033[K", stdout);
    std::puts(what.c_str());
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
        return fail(std::string("cannot write to standard output: ") + std::strerror(errno));
    if (!is_terminal_) return;
    if (is_fresh)
        std::fputs(prompt, stdout);
    else
        rl_forced_update_display();
    std::fflush(stdout);
}

// At a terminal, both streams are one screen.
void console::warn(const std::string& what) {
    if (is_terminal_)
        say("! " + what);
    else
        complain(what);
}

void console::pump() {
    if (is_pumping_) return;
    const machine_clock::work here(clock_);
    is_pumping_ = true;
    while (const auto found = chat_.tick(now())) hear(*found);
    go_on();
    is_pumping_ = false;
    if (!uart_.is_writing()) {
        const std::string_view next = chat_.transmit();
        if (!next.empty()) uart_.write(next);
    }
    set_timer();
}

void console::set_timer() {
    const auto wait = chat_.wait(now());
    if (!wait) return (void)timer_.cancel();
    timer_.expires_after(std::chrono::milliseconds(wait->count()));
    timer_.async_wait([this](const asio::error_code& why) {
        if (!why) pump();
    });
}

}  // namespace host_tool
