// The serial line to a module.
// SPDX-License-Identifier: MIT
#pragma once

#include <asio/io_context.hpp>
#include <asio/serial_port.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace host_tool {

/// A device that this program alone has open.
class uart {
public:
    /// Throws std::runtime_error, which says what is wrong and what to do.
    uart(asio::io_context& io, const std::string& device, unsigned baud);

    /// `bytes`: what comes; `written`: what was taken, from the front of what is written; `lost`: the device is gone.
    void start(std::function<void(std::string_view)> bytes, std::function<void(std::string_view)> written,
               std::function<void(const std::string&)> lost);
    bool is_writing() const { return !being_written_.empty(); }
    /// One call at a time.
    void write(std::string_view bytes);

private:
    void read();

    asio::serial_port port_;
    std::string device_;
    std::function<void(std::string_view)> bytes_;
    std::function<void(std::string_view)> written_;
    std::function<void(const std::string&)> lost_;
    std::string being_written_;
    char chunk_[4096] = {};
};

}  // namespace host_tool
