// SPDX-License-Identifier: MIT
#include "subscriber.hpp"

#include <atmqtt/core/match.hpp>

#include <cstdio>
#include <string>

namespace host_tool {

subscriber::subscriber(driver& through, const options& chosen)
    : through_(through), chosen_(chosen), limit_(through.io()) {}

void subscriber::start() {
    if (chosen_.limit.count() != 0) {
        limit_.expires_after(chosen_.limit);
        limit_.async_wait([this](const asio::error_code& why) {
            if (!why) through_.end(timed_out);
        });
    }
    through_.start(true, [this](const driver::event& found) {
        atmqtt::match(
            found,
            [this](const atmqtt::on::message& m) {
                if (m.mismatch) complain("the next message is not whole, or not all of it is the message");
                print(m.what);
            },
            [](const auto&) {});
    });
}

void subscriber::print(const atmqtt::message& m) {
    if (chosen_.count != 0 && printed_ == chosen_.count) return;
    if (chosen_.shows_topics) {
        const std::string topic(m.topic.begin(), m.topic.end());
        std::fwrite(topic.data(), 1, topic.size(), stdout);
        std::fputc(' ', stdout);
    }
    std::fwrite(m.payload.data(), 1, m.payload.size(), stdout);
    if (chosen_.adds_line_feeds) std::fputc('\n', stdout);
    if (std::fflush(stdout) != 0) return through_.end(failed);  // nobody reads any more
    if (++printed_ == chosen_.count) through_.end(done);
}

}  // namespace host_tool
