// SPDX-License-Identifier: MIT
#include "driver.hpp"

#include "../words.hpp"

#include <atmqtt/core/match.hpp>

#include <cstdio>
#include <string_view>
#include <utility>
#include <variant>

namespace host_tool {

namespace {

atmqtt::host_options machine_options() {
    atmqtt::host_options chosen;
    chosen.failures = 0;  // a person decides when it is enough
    return chosen;
}

}  // namespace

std::string in_words(atmqtt::cme code) {
    return "+CME ERROR: " + std::to_string(static_cast<unsigned>(code)) + ", " + std::string(text_of(code));
}
std::string in_words(const atmqtt::from_chat::done& ended) {
    if (ended.code == atmqtt::cme{}) return ended.how == atmqtt::verdict::refused ? "ERROR" : "no answer";
    return in_words(ended.code);
}

void complain(const std::string& what) { std::fprintf(stderr, "atmqtt: %s\n", words::harmless(what).c_str()); }

driver::driver(asio::io_context& io, const options& chosen)
    : io_(io),
      chosen_(chosen),
      uart_(io, chosen.device, chosen.baud),
      host_(machine_options(), memory_->rx, memory_->tx),
      timer_(io),
      patience_(io) {
    if (chosen.traces) trace_.emplace();
}

atmqtt::settings driver::settings(bool subscribes) {
    atmqtt::settings made;
    made.server.host = chosen_.host;
    made.server.port = chosen_.port;
    made.server.id = chosen_.id;
    made.server.keep_alive = chosen_.keep_alive;
    made.server.user = chosen_.user;
    made.server.passwd = chosen_.passwd;
    made.server.clean = !chosen_.keeps_session;
    made.server.version = chosen_.version;
    made.server.encrypt = chosen_.encrypts;
    made.greeting.usr_flag = chosen_.has_user;
    made.greeting.pwd_flag = chosen_.has_passwd;
    made.greeting.will_flag = !chosen_.will_topic.empty();
    made.greeting.will_topic = chosen_.will_topic;
    made.greeting.will_mesg = chosen_.will_payload;
    made.greeting.will_qos = chosen_.will_level;
    made.greeting.will_retain = chosen_.will_retain;
    made.rsp_echo = false;
    for (const std::string& topic : chosen_.topics)
        if (subscribes) subscriptions_.push_back({topic, chosen_.level});
    made.subscriptions = subscriptions_.data();
    made.subscription_count = subscriptions_.size();
    return made;
}

void driver::start(bool subscribes, std::function<void(const event&)> on_event, std::function<void()> on_free) {
    on_event_ = std::move(on_event);
    on_free_ = std::move(on_free);
    settings_ = settings(subscribes);
    const auto opening = host_.open(settings_, now());
    if (!opening) {
        const auto why = opening.why();
        return fail(failed, std::string(name_of(why.field)) + ": " + std::string(text_of(why.code)));
    }
    uart_.start([this](std::string_view bytes) { take(bytes); },
                [this](std::string_view bytes) {
                    const machine_clock::work here(clock_);
                    if (trace_) trace_->to_module(bytes);
                    host_.transmitted(bytes.size(), now());
                    pump();
                },
                [this](const std::string& why) { lose_device(why); });
    await_first_answer();
    pump();
}

void driver::await_first_answer() {
    patience_.expires_after(patience_for_an_answer);
    patience_.async_wait([this](const asio::error_code& stopped) {
        if (stopped || has_answered_) return;
        fail(failed, "no answer to AT from " + chosen_.device + ": is the module on, and is --baud " +
                         std::to_string(chosen_.baud) + " right?");
    });
}

bool driver::publish(const std::string& topic, std::string_view payload) {
    const auto sent = host_.publish(topic, payload, chosen_.level, chosen_.retain);
    const auto why = sent.why();
    if (!sent && why.code != atmqtt::errc::busy && why.code != atmqtt::errc::not_open) {
        const std::string_view name = name_of(why.field);
        fail(failed, "cannot publish " + std::to_string(payload.size()) + " bytes to " + topic + ": " +
                         (name.empty() ? "" : std::string(name) + ": ") + std::string(text_of(why.code)) +
                         "; a message has at most " + std::to_string(atmqtt::limits::message) + " bytes");
    }
    pump();
    return bool{sent};
}

void driver::end(int code, std::chrono::seconds patience) {
    if (is_ending_) return;
    is_ending_ = true;
    code_ = code;
    if (!has_answered_) return io_.stop();
    host_.close(now());
    patience_.expires_after(patience);
    patience_.async_wait([this](const asio::error_code& stopped) {
        if (!stopped) io_.stop();
    });
    pump();
}
void driver::fail(int code, const std::string& what, std::chrono::seconds patience) {
    if (is_ending_) return;
    complain(what);
    end(code, patience);
}
std::string driver::lacking() const {
    if (has_opened_) return {};
    return has_answered_ ? ": it was not connected yet" : ": the module has not answered";
}
// There is nobody left to disconnect.
void driver::lose_device(const std::string& why) {
    has_answered_ = false;
    fail(failed, why);
    io_.stop();
}

void driver::take(std::string_view bytes) {
    const machine_clock::work here(clock_);
    if (trace_) trace_->from_module(bytes);
    while (const auto found = host_.receive(bytes, now())) handle(*found);
    pump();
}

void driver::pump() {
    if (is_pumping_) return;  // from within: it goes on by itself
    const machine_clock::work here(clock_);
    is_pumping_ = true;
    while (const auto found = host_.tick(now())) handle(*found);
    if (on_free_ && !is_ending_) on_free_();
    is_pumping_ = false;
    if (!uart_.is_writing()) {
        const std::string_view next = host_.transmit();
        if (!next.empty()) uart_.write(next);
    }
    set_timer();
}

void driver::set_timer() {
    const auto wait = host_.wait(now());
    if (!wait) return (void)timer_.cancel();
    timer_.expires_after(std::chrono::milliseconds(wait->count()));
    timer_.async_wait([this](const asio::error_code& why) {
        if (!why) pump();
    });
}

void driver::handle(const event& found) {
    if (is_ending_)
        handle_ending(found);
    else
        handle_running(found);
    if (on_event_ && !io_.stopped()) on_event_(found);
}
// What comes of the connection now was asked for, or was said before.
void driver::handle_ending(const event& found) {
    const auto* const closed = std::get_if<atmqtt::on::closed>(&found);
    if (closed != nullptr && closed->why == atmqtt::on::cause::asked) io_.stop();
}
void driver::handle_running(const event& found) {
    namespace on = atmqtt::on;
    atmqtt::match(
        found, [this](const on::opened&) { be_open(); }, [this](const on::step& s) { handle_step(s.what); },
        [this](const on::closed& c) { handle_closed(c.why); },
        [this](const on::network_needed&) {
            fail(failed, "the network is not activated (+CME ERROR: 600): look at SIM card, antenna and APN");
        },
        [this](const on::stuck&) {
            fail(failed, "the module has stopped answering in the middle of a message: switch it off and on");
        },
        [this](const on::reconnecting& r) { be_reconnecting(r.number + 1U); },
        [this](const on::alarm& a) {
            if (std::holds_alternative<atmqtt::open_is>(a.what)) subscriptions_refused_ = 0;  // all are asked for anew
        },
        [](const on::restarted&) { complain("the module has started anew; it is brought up again"); },
        [](const on::too_large& t) {
            complain("a message of " + std::to_string(t.header.length) + " bytes is too large, and was skipped");
        },
        [](const auto&) {});
}

void driver::be_open() {
    has_opened_ = true;
    subscriptions_refused_ = 0;
    tries_ = 0;
}
// The first may be found before the module says so.
void driver::be_reconnecting(unsigned tries) {
    if (std::exchange(tries_, tries) != tries)
        complain("the connection is lost; the module reconnects, try " + std::to_string(tries));
}
void driver::handle_step(const atmqtt::from_chat::done& ended) {
    using atmqtt::verdict;
    if (ended.how == verdict::acknowledged || ended.how == verdict::refused) has_answered_ = true;
    if (!ended.acknowledged() && ended.how != verdict::accepted) handle_failed_step(ended);
}
void driver::handle_failed_step(const atmqtt::from_chat::done& ended) {
    using atmqtt::verb;
    using atmqtt::verdict;
    if (ended.what == verb::configure && ended.how == verdict::refused)
        fail(failed, "the module refuses the configuration: look at host, id, user and password");
    else if (ended.what == verb::open && !has_opened_)
        handle_unopened(ended);
    else if (ended.what == verb::subscribe && ended.how == verdict::refused)
        handle_refused_subscription(ended.code);
}
void driver::handle_unopened(const atmqtt::from_chat::done& ended) {
    const std::string why = "(" + in_words(ended) + ")";
    if (ended.code == atmqtt::cme::no_network) return;  // what is told next says so
    if (ended.code == atmqtt::cme::bad_credentials)
        return fail(refused, "the broker refuses user name or password " + why + ": mend them");
    const std::string where = chosen_.host + ":" + std::to_string(chosen_.port);
    fail(failed, "cannot connect to " + where + " " + why + ": look at -h and -p");
}
void driver::handle_refused_subscription(atmqtt::cme code) {
    if (code == atmqtt::cme::already_subscribed) return;
    complain("a subscription is refused: " + (code == atmqtt::cme{} ? "by the broker" : in_words(code)));
    if (++subscriptions_refused_ >= subscriptions_.size())
        fail(failed, "nothing is subscribed to: look at -t, and at what the broker allows");
}

void driver::handle_closed(atmqtt::on::cause why) {
    subscriptions_refused_ = 0;
    using atmqtt::on::cause;
    if (why == cause::bad_credentials)
        return fail(refused, "the broker refuses user name or password now (+CME ERROR: 614)");
    if (why == cause::no_answer) return complain("the module does not answer; it is asked until it does");
    complain("the connection is lost; it is opened again");
}

}  // namespace host_tool
