// SPDX-License-Identifier: MIT
#include "subscriber.hpp"

#include "output.hpp"

#include <atmqtt/core/match.hpp>
#include <atmqtt/mqtt/text.hpp>

#include <algorithm>
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
            if (is_wanted(m.what)) print(m.what);
        },
        [this](const atmqtt::on::opened&) {
            if (chosen_.ends_subscribed) through_.end(done);
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

// The messages that a broker has kept come first.
bool subscriber::is_wanted(const atmqtt::message& m) {
    if (chosen_.only_retained && !m.retained) through_.end(done);
    if (m.retained ? chosen_.skips_retained : chosen_.only_retained) return false;
    if (chosen_.only_retained && through_.is_ending()) return false;
    const std::string topic = topic_of(m);
    return std::none_of(chosen_.filtered_out.begin(), chosen_.filtered_out.end(),
                        [&topic](const std::string& filter) { return atmqtt::topic_matches(filter, topic); });
}

// As mosquitto_sub does, an empty message too.
std::string subscriber::shown(const atmqtt::message& m) const {
    const std::string line_feed = chosen_.adds_line_feeds ? "\n" : "";
    if (chosen_.format) return chosen_.format->text(m) + line_feed;
    if (m.payload.empty()) return chosen_.shows_topics && !line_feed.empty() ? topic_of(m) + " (null)\n" : "";
    return (chosen_.shows_topics ? topic_of(m) + ' ' : "").append(m.payload) + line_feed;
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
