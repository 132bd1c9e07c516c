// SPDX-License-Identifier: MIT
#include "publisher.hpp"

#include <atmqtt/core/match.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace host_tool {

namespace {

constexpr unsigned most_refusals = 5;  // in a row: a module may be busy for a while

std::string problem_with(const std::string& name) { return "cannot read " + name + ": " + std::strerror(errno); }

// One byte more than a message may have shows that it is too long.
std::string all_of(std::istream& from, const std::string& name) {
    std::string all(atmqtt::limits::message + 1, ' ');
    if (!from) throw std::runtime_error(problem_with(name));
    from.read(all.data(), static_cast<std::streamsize>(all.size()));
    if (from.bad()) throw std::runtime_error(problem_with(name));
    all.resize(static_cast<std::size_t>(from.gcount()));
    if (all.size() <= atmqtt::limits::message) return all;
    throw std::runtime_error(name + " is too long: a message has at most " + std::to_string(atmqtt::limits::message) +
                             " bytes");
}
std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return all_of(file, path);
}

constexpr const char* input_name = "standard input";

// That there is none is more often a mistake than a message, which would delete a retained one.
std::string content_of_input() {
    std::string all = all_of(std::cin, input_name);
    if (all.empty()) throw std::runtime_error("standard input is empty: -n publishes an empty message");
    return all;
}

}  // namespace

publisher::publisher(driver& through, const options& chosen)
    : through_(through),
      chosen_(chosen),
      again_(chosen.times - 1),
      input_(through.io(), atmqtt::limits::message),
      pause_(through.io()),
      shows_progress_(chosen.from == source::lines && ::isatty(2) == 1) {}

void publisher::start() {
    switch (chosen_.from) {
        case source::argument: waiting_.push_back(chosen_.message); break;
        case source::nothing: waiting_.emplace_back(); break;
        case source::input: waiting_.push_back(content_of_input()); break;
        case source::file: waiting_.push_back(content_of(chosen_.file)); break;
        case source::lines:
            input_.start([this](std::string line) { add(std::move(line)); },
                         [this](const std::string& problem) { finish_input(problem); });
            break;
    }
    has_all_ = chosen_.from != source::lines;
    through_.start(
        false, [this](const driver::event& found) { hear(found); }, [this] { go_on(); });
}

void publisher::add(std::string message) {
    waiting_.push_back(std::move(message));
    go_on();
}
void publisher::finish_input(const std::string& problem) {
    has_all_ = true;
    has_lost_input_ = !problem.empty();
    if (has_lost_input_) complain(problem);
    go_on();
}

void publisher::hear(const driver::event& found) {
    atmqtt::match(
        found, [this](const atmqtt::on::done& d) { hear_done(d); },
        [this](const atmqtt::on::opened&) { refusals_ = 0; }, [](const auto&) {});
}

void publisher::hear_done(const atmqtt::from_chat::done& ended) {
    using atmqtt::verdict;
    const bool is_sent = ended.acknowledged() || ended.how == verdict::accepted;
    is_under_way_ = false;
    if (!is_sent && is_kept(ended)) return;
    refusals_ = 0;
    if (!is_sent) ++doubtful_;
    ++published_;
    if (again_ != 0) {
        --again_;
        return pause();
    }
    waiting_.pop_front();
    input_.be_through_with_one();
}

bool publisher::is_kept(const atmqtt::from_chat::done& ended) {
    if (!through_.is_ending()) return is_sent_again(ended);
    is_under_way_ = ended.how != atmqtt::verdict::refused;  // and it will never be known how that ended
    return true;
}
// A message that may have been delivered is sent again only where twice is allowed.
bool publisher::is_sent_again(const atmqtt::from_chat::done& ended) {
    const bool is_refused = ended.how == atmqtt::verdict::refused;
    const bool is_again = is_refused || chosen_.level == atmqtt::qos::at_least_once;
    if (is_refused && (ended.code == atmqtt::cme::bad_parameter || ++refusals_ == most_refusals))
        through_.fail(failed, "the module refuses the message (" + in_words(ended) + "): look at -t");
    else if (is_again)
        complain("a message was not acknowledged (" + in_words(ended) + "): it is sent again");
    return is_again;
}

void publisher::pause() {
    is_pausing_ = true;
    pause_.expires_after(chosen_.between);
    pause_.async_wait([this](const asio::error_code&) {
        is_pausing_ = false;
        go_on();
    });
}

void publisher::go_on() {
    if (is_under_way_ || is_pausing_ || through_.is_ending()) return;
    if (!waiting_.empty()) {
        is_under_way_ = through_.publish(chosen_.topics.front(), waiting_.front());
        if (is_under_way_) show_progress(false);
    } else if (has_all_) {
        through_.end(done);
    }
}

int publisher::result() {
    show_progress(true);
    if (doubtful_ != 0)
        complain(std::to_string(doubtful_) + " of " + std::to_string(published_) +
                 " messages: it is not known whether the broker has them");
    const bool is_whole = !tell_left() && doubtful_ == 0 && !has_lost_input_;
    return through_.code() == done && !is_whole ? failed : through_.code();
}
bool publisher::tell_left() {
    const std::uint64_t count = chosen_.from == source::lines ? input_.held() : waiting_.size() + again_;
    const bool is_told = through_.code() != done && chosen_.from != source::lines;  // why it is not published
    if (count != 0 && !is_told)
        complain("not published: " + std::to_string(count) + (count == 1 ? " message" : " messages") +
                 (is_under_way_ ? ", but the first of them may have been" : "") +
                 (has_all_ ? "" : "; what was not read yet is not counted"));
    return count != 0;
}

void publisher::show_progress(bool is_last) const {
    if (shows_progress_) std::fprintf(stderr, "\r%zu published%s", published_, is_last ? "\n" : "");
}

}  // namespace host_tool
