// Standard output, and the signals that end the program, also while nobody takes its output.
// SPDX-License-Identifier: MIT
#pragma once

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <functional>
#include <string_view>

namespace host_tool {

/// Writes all of it, whatever signals come meanwhile. Where it cannot be written: false, and `errno` tells why.
bool write_out(std::string_view bytes);

/// SIGINT, SIGTERM, and, unless it is ignored as by nohup, SIGHUP. At the second of them the program ends at once where it waits in
/// `write_out`; the third ends it wherever it is. There is one of these.
class signals {
public:
    /// Throws std::runtime_error where there can be no more files.
    explicit signals(asio::io_context& io);

    /// Calls `first`, and later `second`.
    void await(std::function<void()> first, std::function<void()> second);

private:
    asio::posix::stream_descriptor pipe_;
    char byte_ = 0;
};

}  // namespace host_tool
