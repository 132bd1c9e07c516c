// SPDX-License-Identifier: MIT
#include "card.hpp"

#include "log.hpp"

#include <atmqtt/core/match.hpp>

#include <algorithm>
#include <utility>

namespace virtual_modem {

namespace {

constexpr std::size_t most_unwritten = 64 * 1024;  // a host that does not read is waited for
constexpr milliseconds time_for_lf{5};

}  // namespace

card::card(asio::io_context& io, const options& chosen, port& host, std::function<void()> ended,
           std::function<void(const std::string&)> lost)
    : io_(io),
      chosen_(chosen),
      host_(host),
      out_(io, chosen.faults, [this](std::string_view bytes) { write_to_host(bytes); }),
      modem_(made_modem()),
      timer_(io),
      plans_{asio::steady_timer(io), asio::steady_timer(io), asio::steady_timer(io)},
      ended_(std::move(ended)),
      lost_(std::move(lost)) {
    modem_.set_network(chosen_.is_network_up);
}

atmqtt::modem card::made_modem() {
    memory& m = *memory_;
    return atmqtt::modem({m.command, m.lines, m.profile, m.subscriptions, m.rx, m.tx, m.records, std::size(m.records)},
                         chosen_.modem);
}

atmqtt::instant card::now() const {
    const auto passed = std::chrono::duration_cast<milliseconds>(clock::now() - begin_);
    return {static_cast<std::uint32_t>(passed.count())};
}

void card::start() {
    host_.start({[this] { return is_ready(); }, [this](std::string_view bytes) { take_from_host(bytes); },
                 [this] { finish(); }, lost_});
    pump();
}

void card::take_from_host(std::string_view bytes) {
    from_host_ += out_.thinned(bytes);
    pump();
}

// Of what comes late, too, something may be waiting for its end.
void card::write_to_host(std::string_view bytes) {
    host_.write(bytes);
    pump();
}

void card::take_from_broker(std::string_view bytes) {
    is_read_ = false;
    if (is_blackholed_) return;
    if (chosen_.traces) trace_.from_broker(bytes);
    from_broker_ += bytes;
    pump();
}

// --- what there is to do ---

void card::pump() {
    if (is_pumping_) return;  // from within: it goes on by itself
    is_pumping_ = true;
    while (advance()) {}
    is_pumping_ = false;
    set_timer();
    if (is_ready()) host_.resume();
    end_if_done();
}

// What is to be written goes first, so that everything is seen in the order in which it comes about.
bool card::advance() {
    if (tick() || drain_lines() || drain_packets()) return true;
    const bool has_heard = feed_broker_bytes();
    return feed_modem() || has_heard;
}

bool card::tick() {
    const auto found = modem_.tick(now());
    if (found) handle(*found);
    return found.has_value();
}

bool card::feed_modem() {
    if (from_host_.empty() || modem_.is_busy()) return false;
    const std::uint32_t awaited = modem_.awaited();
    const bool is_data = awaited != 0;
    std::string given = from_host_.substr(0, is_data ? awaited : size_of_line());
    if (!is_data && chosen_.host == host_kind::stdio) adapt_line(given);
    std::string_view left = given;
    const auto found = modem_.receive(left, now());
    const std::string_view taken = std::string_view(given).substr(0, given.size() - left.size());
    note_taken(taken, is_data);
    from_host_.erase(0, taken.size());
    if (found) handle(*found);
    return !taken.empty() || found.has_value();
}

// A line at a time: what is behind it may be counted data. An LF behind its CR is no data.
std::size_t card::size_of_line() const {
    const std::size_t end = from_host_.find_first_of(chosen_.host == host_kind::stdio ? "\r\n" : "\r");
    if (end == std::string::npos) return from_host_.size();
    return end + (from_host_.compare(end, 2, "\r\n") == 0 ? 2 : 1);
}

// People and pipes end lines by LF alone, and delete by DEL.
void card::adapt_line(std::string& line) const {
    const bool is_of_cr = line == "\n" ? has_cr_ : line.size() > 1 && line[line.size() - 2] == '\r';
    if (line.back() == '\n' && !is_of_cr) line.back() = '\r';
    std::replace(line.begin(), line.end(), '\x7F', '\b');
}

void card::note_taken(std::string_view bytes, bool is_data) {
    if (bytes.empty()) return;
    has_cr_ = !is_data && from_host_[bytes.size() - 1] == '\r';
    if (is_data)
        note_data(bytes);
    else
        note_line(bytes);
}
void card::note_data(std::string_view bytes) const {
    if (chosen_.traces) trace::data(bytes);
}
// What comes is no more than a line, up to its end. Of one that is too long for the module no more is kept.
void card::note_line(std::string_view bytes) {
    line_ += bytes.substr(0, sizeof memory_->command - std::min(line_.size(), sizeof memory_->command));
    if (bytes.find('\r') == std::string_view::npos) return;
    line_came_ = clock::now();
    if (chosen_.traces) trace::command(line_);
    line_.clear();
}

bool card::feed_broker_bytes() {
    std::string_view left = from_broker_;
    const std::size_t before = left.size();
    const auto found = modem_.receive_from_broker(left, now());
    from_broker_.erase(0, before - left.size());
    if (found) handle(*found);
    if (from_broker_.empty() && socket_ && is_connected_ && !is_read_ && !is_blackholed_) {
        is_read_ = true;
        socket_->read();
    }
    return left.size() != before || found.has_value();
}

bool card::drain_lines() {
    if (host_.unwritten() + out_.held() > most_unwritten || is_prompt_early()) return false;
    const std::string_view next = modem_.next_line(now());
    if (next.empty()) return false;
    const auto whole = said_.add(next);
    if (whole && chosen_.traces) trace::answer(*whole);
    if (whole == "\r\nOK\r\n")
        put_ok(next);
    else
        out_.put(next);
    return true;
}

// On a UART a prompt takes so long that an LF behind the CR of its command comes first; here that would be taken for data.
bool card::is_prompt_early() const {
    return clock::now() < line_came_ + time_for_lf && modem_.transmit() == atmqtt::prompt;
}

void card::put_ok(std::string_view line) {
    if (chosen_.faults.alarm_inside) {
        char alarm[atmqtt::max_size<atmqtt::pingrsp>()];
        if (const auto written = format(atmqtt::pingrsp{}, alarm, chosen_.modem.how)) out_.put(*written);
    }
    out_.put_ok(line);
}

bool card::drain_packets() {
    if (being_written_ != 0) return false;
    const std::string_view next = modem_.transmit_to_broker();
    if (next.empty()) return false;
    if (is_blackholed_ || !socket_) {
        modem_.transmitted_to_broker(next.size(), now());
        return true;
    }
    being_written_ = next.size();
    socket_->write(std::string(next));
    return false;
}

void card::set_timer() {
    const auto wait = modem_.wait(now());
    if (is_prompt_early())
        timer_.expires_at(line_came_ + time_for_lf);
    else if (wait)
        timer_.expires_after(milliseconds(wait->count()));
    else
        return (void)timer_.cancel();
    timer_.async_wait([this](const asio::error_code& why) {
        if (!why) pump();
    });
}

// --- the broker ---

void card::handle(const atmqtt::modem::event& found) {
    namespace it = atmqtt::from_card;
    atmqtt::match(
        found, [this](const it::connect& c) { connect(c); }, [this](const it::close&) { drop_socket(); },
        [this](const it::greeted& g) {
            if (g.code == atmqtt::connect_code::accepted)
                plan_faults();
            else
                log("the broker refuses: CONNACK code " + std::to_string(static_cast<unsigned>(g.code)));
        },
        [](const it::dropped& d) {
            log("a message that the host cannot be shown was dropped, " + std::to_string(d.length) +
                " bytes: " + std::string(text_of(d.why)));
        },
        [](const it::violation& v) {
            log("the broker breaks MQTT in " + std::string(name_of(v.type)) + ": " + std::string(text_of(v.why.code)) +
                " at byte " + std::to_string(v.why.column));
        },
        [](const it::overlong& o) {
            log("a command of " + std::to_string(o.size) + " bytes was dropped: at most 1024 with its CR");
        });
}

void card::connect(const atmqtt::from_card::connect& wanted) {
    const address peer = chosen_.broker ? *chosen_.broker : address{std::string(wanted.host), wanted.port};
    from_broker_.clear();
    being_written_ = 0;
    is_read_ = is_blackholed_ = is_connected_ = false;
    trace_.connected();
    socket_ = std::make_shared<broker_socket>(io_, peer, wanted.encrypt, chosen_.cafile);
    socket_->connect({[this] {
                          is_connected_ = true;
                          modem_.connected();
                          pump();
                      },
                      [this](const std::string& why) {
                          log(why);
                          modem_.connect_failed();
                          pump();
                      },
                      [this](const std::string& why) {
                          log(why);
                          modem_.disconnected();
                          pump();
                      },
                      [this](std::string_view bytes) { take_from_broker(bytes); },
                      [this](std::size_t count) {
                          being_written_ = 0;
                          if (chosen_.traces) trace_.to_broker(modem_.transmit_to_broker().substr(0, count));
                          modem_.transmitted_to_broker(count, now());
                          pump();
                      }});
}

void card::drop_socket() {
    if (socket_) socket_->close();
    socket_.reset();
    from_broker_.clear();
    being_written_ = 0;
    is_connected_ = is_blackholed_ = false;
}

// --- faults ---

void card::plan_faults() {
    if (has_planned_) return;
    has_planned_ = true;
    const fault_options& faults = chosen_.faults;
    if (faults.restart_after.count() != 0) plan(faults.restart_after, [this] { restart(); });
    if (faults.cut_after.count() != 0)
        plan(faults.cut_after, [this] {
            if (!socket_) return;
            log("fault: the link is cut");
            socket_->reset();
            modem_.disconnected();
        });
    if (faults.blackhole_after.count() != 0)
        plan(faults.blackhole_after, [this] {
            log("fault: nothing gets through any more");
            is_blackholed_ = true;
        });
}

void card::plan(milliseconds after, std::function<void()> what) {
    asio::steady_timer& timer = plans_[planned_++];
    timer.expires_after(after);
    timer.async_wait([this, what = std::move(what)](const asio::error_code& why) {
        if (why) return;
        what();
        pump();
    });
}

void card::restart() {
    log("fault: the module restarts");
    if (socket_) socket_->reset();
    socket_.reset();
    from_host_.clear();
    from_broker_.clear();
    line_.clear();
    said_.clear();
    being_written_ = 0;
    is_connected_ = is_blackholed_ = false;
    modem_ = made_modem();
    modem_.set_network(chosen_.is_network_up);
}

// --- the end ---

void card::leave() {
    if (ending_ == ending::left) return;
    ending_ = ending::leaving;
    modem_.leave(now());
    pump();
}

// The host's input has ended: what it has asked for is done first.
void card::finish() {
    if (ending_ != ending::none) return;
    ending_ = ending::finishing;
    pump();
}

// All of it was obeyed; what it ended in may lack its line end, or its data.
void card::end_input() {
    if (modem_.awaited() == 0 && line_.empty()) return leave();
    if (modem_.awaited() == 0)
        from_host_ = '\r';
    else if (!std::exchange(has_cut_data_, true))
        modem_.data_cut_short();
    else
        return;  // the host is to read before more can be said
    pump();
}

bool card::is_over() const {
    const bool is_closed = modem_.link_phase() == atmqtt::phase::closed && !socket_;
    return is_closed && modem_.transmit().empty() && out_.is_empty() && host_.unwritten() == 0;
}

void card::end_if_done() {
    if (ending_ == ending::finishing && from_host_.empty() && !modem_.is_busy()) return end_input();
    if (ending_ != ending::leaving || !is_over()) return;
    ending_ = ending::left;
    ended_();
}

}  // namespace virtual_modem
