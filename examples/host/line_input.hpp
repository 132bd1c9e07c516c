// Lines of standard input, read by a thread of their own.
// SPDX-License-Identifier: MIT
#pragma once

#include <asio/io_context.hpp>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <istream>
#include <memory>
#include <mutex>
#include <string>

namespace host_tool {

/// Reads a line without its LF; of one with more than `most` bytes only so many, and one. False at the end.
bool read_line(std::istream& from, std::string& line, std::size_t most);

/// Gives lines of standard input to the loop, each of its calls from there.
class line_input {
public:
    /// Of a line no more than `most` bytes and one are kept.
    line_input(asio::io_context& io, std::size_t most) : io_(io), most_(most) {}
    ~line_input();
    line_input(const line_input&) = delete;
    line_input& operator=(const line_input&) = delete;

    /// `line`: the next one; `ended`: there is no more, and why no more can be read, or empty.
    void start(std::function<void(std::string)> line, std::function<void(const std::string&)> ended);
    /// Is through with a line: another may be read, if reading was ahead as far as it goes.
    void be_through_with_one();
    /// Lines that were read, and that nobody is through with.
    std::size_t held() const;

private:
    /// What the thread shares with it. That ends with the program, perhaps in a read that does not return: later than this object,
    /// which it does not touch once that `is_over`.
    struct desk {
        std::mutex mutex;
        std::condition_variable changed;
        std::size_t held = 0;  // lines that were read and are not through
        bool is_over = false;
    };

    static void read(line_input& to, desk& desk, std::size_t most);
    /// False where there is nobody any more who would take it.
    static bool hand_over(line_input& to, desk& desk, std::string line);

    asio::io_context& io_;
    std::size_t most_;
    std::function<void(std::string)> line_;
    std::function<void(const std::string&)> ended_;
    std::shared_ptr<desk> desk_ = std::make_shared<desk>();
};

}  // namespace host_tool
