// The UART of the virtual module: a pty, standard input and output, or a socket.
// SPDX-License-Identifier: MIT
#pragma once

#include "options.hpp"

#include <asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace virtual_modem {

/// Where the host is.
class port {
public:
    /// What a port asks and tells.
    struct owner {
        std::function<bool()> is_ready;  ///< whether bytes are wanted; else `resume` follows
        std::function<void(std::string_view)> bytes;
        std::function<void()> end;                     ///< no more bytes will ever come
        std::function<void(const std::string&)> lost;  ///< nothing can be written any more, nor to another host: why
    };

    virtual ~port() = default;
    /// Reads from now on.
    virtual void start(owner who) = 0;
    /// Bytes are wanted again.
    virtual void resume() = 0;
    /// Writes behind what is being written. Without a host they are lost, as on a UART.
    virtual void write(std::string_view bytes) = 0;
    /// Bytes that were not written yet.
    virtual std::size_t unwritten() const = 0;
};

/// Throws std::runtime_error, which says what is wrong and what to do.
std::unique_ptr<port> make_port(asio::io_context& io, const options& chosen);

}  // namespace virtual_modem
