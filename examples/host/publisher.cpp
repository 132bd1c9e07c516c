// SPDX-License-Identifier: MIT
#include "publisher.hpp"

#include <atmqtt/core/match.hpp>

#include <asio/post.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>
#include <unistd.h>
#include <utility>

namespace host_tool {

namespace {

constexpr std::size_t most_held = 1000;  // lines
constexpr unsigned most_refusals = 5;    // in a row: a module may be busy for a while

std::string all_of(std::istream& from) { return {std::istreambuf_iterator<char>(from), {}}; }

}  // namespace

publisher::publisher(driver& through, const options& chosen)
    : through_(through), chosen_(chosen), shows_progress_(chosen.from == source::lines && ::isatty(2) == 1) {}

void publisher::start() {
    switch (chosen_.from) {
        case source::argument: waiting_.push_back(chosen_.message); break;
        case source::nothing: waiting_.emplace_back(); break;
        case source::input: waiting_.push_back(all_of(std::cin)); break;
        case source::file: {
            std::ifstream file(chosen_.file, std::ios::binary);
            waiting_.push_back(all_of(file));
            break;
        }
        case source::lines:
            std::thread([this] { read_lines(); }).detach();
            break;  // it may wait for ever: it ends with the program
    }
    has_all_ = chosen_.from != source::lines;
    through_.start(
        false, [this](const driver::event& found) { hear(found); }, [this] { go_on(); });
}

void publisher::read_lines() {
    for (std::string line; std::getline(std::cin, line);) {
        {
            std::unique_lock lock(mutex_);
            has_room_.wait(lock, [this] { return held_ < most_held; });
            ++held_;
        }
        asio::post(through_.io(), [this, line = std::move(line)]() mutable { add(std::move(line)); });
    }
    asio::post(through_.io(), [this] { finish_input(); });
}
void publisher::add(std::string message) {
    waiting_.push_back(std::move(message));
    go_on();
}
void publisher::finish_input() {
    has_all_ = true;
    go_on();
}

void publisher::hear(const driver::event& found) {
    atmqtt::match(
        found, [this](const atmqtt::on::done& d) { hear_done(d); }, [](const auto&) {});
}

void publisher::hear_done(const atmqtt::from_chat::done& ended) {
    using atmqtt::verdict;
    is_under_way_ = false;
    const bool is_sent = ended.acknowledged() || ended.how == verdict::accepted;
    // A message that may have been delivered is sent again only where twice is allowed.
    const bool is_again = !is_sent && (ended.how == verdict::refused || chosen_.level == atmqtt::qos::at_least_once);
    if (ended.how == verdict::refused && (ended.code == atmqtt::cme::bad_parameter || ++refusals_ == most_refusals))
        return through_.fail(failed, "the module refuses the message (" + in_words(ended) + "): look at -t");
    if (is_again) return complain("a message was not acknowledged (" + in_words(ended) + "): it is sent again");
    refusals_ = 0;
    if (!is_sent) ++doubtful_;
    ++published_;
    waiting_.pop_front();
    const std::lock_guard lock(mutex_);
    if (held_ != 0) --held_;
    has_room_.notify_one();
}

void publisher::go_on() {
    if (is_under_way_) return;
    if (!waiting_.empty()) {
        is_under_way_ = through_.publish(chosen_.topics.front(), waiting_.front());
        if (is_under_way_) show_progress(false);
    } else if (has_all_) {
        show_progress(true);
        if (doubtful_ != 0)
            complain(std::to_string(doubtful_) + " of " + std::to_string(published_) +
                     " messages: it is not known whether the broker has them");
        through_.end(doubtful_ == 0 ? done : failed);
    }
}

void publisher::show_progress(bool is_last) const {
    if (shows_progress_) std::fprintf(stderr, "\r%zu published%s", published_, is_last ? "\n" : "");
}

}  // namespace host_tool
