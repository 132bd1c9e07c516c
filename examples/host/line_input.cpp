// SPDX-License-Identifier: MIT
#include "line_input.hpp"

#include <asio/post.hpp>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <thread>
#include <utility>

namespace host_tool {

namespace {

constexpr std::size_t most_held = 1000;  // lines

}  // namespace

bool read_line(std::istream& from, std::string& line, std::size_t most) {
    line.clear();
    char byte = 0;
    while (from.get(byte) && byte != '\n') {
        if (line.size() <= most) line += byte;
    }
    return from.good() || (from.eof() && !line.empty());
}

line_input::~line_input() {
    const std::lock_guard lock(desk_->mutex);
    desk_->is_over = true;
    desk_->changed.notify_all();
}

void line_input::start(std::function<void(std::string)> line, std::function<void(const std::string&)> ended) {
    line_ = std::move(line);
    ended_ = std::move(ended);
    std::thread([this, desk = desk_, most = most_] {
        read(*this, *desk, most);
    }).detach();  // it may wait for ever: it ends with the program
}
void line_input::be_through_with_one() {
    const std::lock_guard lock(desk_->mutex);
    if (desk_->held != 0) --desk_->held;
    desk_->changed.notify_one();
}
std::size_t line_input::held() const {
    const std::lock_guard lock(desk_->mutex);
    return desk_->held;
}

void line_input::read(line_input& to, desk& desk, std::size_t most) {
    for (std::string line; read_line(std::cin, line, most);)
        if (!hand_over(to, desk, std::move(line))) return;
    const std::string problem =
        std::cin.bad() ? std::string("cannot read standard input: ") + std::strerror(errno) : "";
    const std::lock_guard lock(desk.mutex);
    if (!desk.is_over) asio::post(to.io_, [&to, problem] { to.ended_(problem); });
}
bool line_input::hand_over(line_input& to, desk& desk, std::string line) {
    std::unique_lock lock(desk.mutex);
    desk.changed.wait(lock, [&desk] { return desk.held < most_held || desk.is_over; });
    if (desk.is_over) return false;
    ++desk.held;
    asio::post(to.io_, [&to, line = std::move(line)]() mutable { to.line_(std::move(line)); });
    return true;
}

}  // namespace host_tool
