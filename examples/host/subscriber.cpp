// SPDX-License-Identifier: MIT
#include "subscriber.hpp"

#include "output.hpp"

#include <atmqtt/core/match.hpp>

#include <cerrno>
#include <cstring>
#include <string>
#include <variant>

namespace host_tool {

namespace {

constexpr std::chrono::seconds patience_past_limit{1};  // -W has waited already

}  // namespace

subscriber::subscriber(driver& through, const options& chosen)
    : through_(through), chosen_(chosen), limit_(through.io()) {}

void subscriber::start() {
    if (chosen_.limit.count() != 0) {
        limit_.expires_after(chosen_.limit);
        limit_.async_wait([this](const asio::error_code& why) {
            if (!why) through_.fail(timed_out, "timed out" + through_.lacking(), patience_past_limit);
        });
    }
    through_.start(true, [this](const driver::event& found) { hear(found); });
}

void subscriber::hear(const driver::event& found) {
    atmqtt::match(
        found, [this](const atmqtt::on::step& s) { hear_step(s.what); },
        [this](const atmqtt::on::message& m) {
            if (!is_own_) return;
            if (m.mismatch) complain("the next message is not whole, or not all of it is the message");
            print(m.what);
        },
        [this](const atmqtt::on::alarm& a) { hear_alarm(a.what); }, [](const auto&) {});
}
// Behind this one the connection is opened. A broker that has kept the session sends its messages before `opened`.
void subscriber::hear_step(const atmqtt::from_chat::done& ended) {
    if (ended.what == atmqtt::verb::set_reconnect && ended.how != atmqtt::verdict::no_answer) is_own_ = true;
}
void subscriber::hear_alarm(const atmqtt::line& m) const {
    if (!is_own_) return;
    const auto* const e = std::get_if<atmqtt::cme_error>(&m);
    if (e == nullptr) return;
    const bool is_lost = e->code == atmqtt::cme::publish_malformed || e->code == atmqtt::cme::pubrel_malformed;
    if (is_lost)
        complain("the module could not show a message (+CME ERROR: " + std::to_string(static_cast<unsigned>(e->code)) +
                 "): it is lost");
}

// As mosquitto_sub does, an empty message too.
std::string subscriber::shown(const atmqtt::message& m) const {
    std::string text;
    const bool shows_nothing = m.payload.empty() && !(chosen_.shows_topics && chosen_.adds_line_feeds);
    if (shows_nothing) return text;
    if (chosen_.shows_topics) text.assign(m.topic.begin(), m.topic.end()) += ' ';
    text += m.payload.empty() ? "(null)" : m.payload;
    if (chosen_.adds_line_feeds) text += '\n';
    return text;
}
void subscriber::print(const atmqtt::message& m) {
    if (chosen_.count != 0 && printed_ == chosen_.count) return (void)++dropped_;
    if (!write_out(shown(m))) return fail_to_write();
    if (++printed_ == chosen_.count) through_.end(done);
}
// That nobody reads any more is no news.
void subscriber::fail_to_write() {
    if (errno == EPIPE) return through_.end(failed);
    through_.fail(failed, std::string("cannot write to standard output: ") + std::strerror(errno));
}

int subscriber::result() const {
    if (dropped_ != 0)
        complain(std::to_string(dropped_) + " more came, were acknowledged by the module, and are not printed (-C)");
    return through_.code();
}

}  // namespace host_tool
