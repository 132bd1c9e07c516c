// The module's socket to a broker: TCP, or TLS over it.
// SPDX-License-Identifier: MIT
#pragma once

#include "options.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace virtual_modem {

/// One connection, from dialling to its end. Once it was closed it tells nothing any more.
class broker_socket : public std::enable_shared_from_this<broker_socket> {
public:
    struct owner {
        std::function<void()> connected;
        std::function<void(const std::string& why)> failed;  ///< before it was connected
        std::function<void(const std::string& why)> lost;    ///< afterwards
        std::function<void(std::string_view)> bytes;         ///< `read` then asks for more
        std::function<void(std::size_t)> written;
    };

    /// `cafile`: trusted instead of the system's authorities; empty: those.
    broker_socket(asio::io_context& io, address peer, bool encrypts, const std::string& cafile);

    void connect(owner who);
    void read();
    /// One call at a time: the next once these were `written`. The bytes stay where they are until then, or `close`.
    void write(std::string bytes);
    void close();
    /// Ends it as a failing network does: what was not sent is lost.
    void reset();

private:
    using error_code = asio::error_code;

    asio::ip::tcp::resolver::results_type loopback() const;
    void dial(const asio::ip::tcp::resolver::results_type& found);
    void shake_hands();
    bool expects_peer();
    void drop();
    void fail(const error_code& why);
    void lose(const error_code& why);
    std::string words_of(const error_code& why);

    asio::ip::tcp::resolver resolver_;
    asio::ssl::context context_;
    asio::ssl::stream<asio::ip::tcp::socket> stream_;
    address peer_;
    bool encrypts_;
    std::string cafile_;
    owner who_;
    bool is_open_ = false;
    std::string being_written_;
    char chunk_[16 * 1024] = {};
};

}  // namespace virtual_modem
