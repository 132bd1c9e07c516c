// SPDX-License-Identifier: MIT
#include "network.hpp"

#include <asio/buffer.hpp>
#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include <chrono>
#include <cstdio>
#include <string>

namespace demo {

namespace {

using asio::ip::tcp;

class real_network final : public network {
public:
    real_network(std::string host, std::string port) : host_(std::move(host)), port_(std::move(port)) {}

    atmqtt::instant now() const override {
        const auto passed = std::chrono::steady_clock::now() - begin_;
        const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(passed).count();
        return {static_cast<std::uint32_t>(count)};
    }
    void pass(atmqtt::millis most) override {
        io_.restart();
        io_.run_one_for(std::chrono::milliseconds(most.count()));
    }

    void connect() override {
        auto socket = std::make_shared<tcp::socket>(io_);
        socket_ = socket;
        asio::error_code why;
        const auto found = tcp::resolver(io_).resolve(host_, port_, why);
        if (is_away || why) return asio::post(io_, [this] { who_.failed(); });
        asio::async_connect(*socket, found, [this, socket](const asio::error_code& failed, const tcp::endpoint&) {
            if (socket != socket_) return;
            if (failed) std::fprintf(stderr, "%s:%s: %s\n", host_.c_str(), port_.c_str(), failed.message().c_str());
            if (failed) return who_.failed();
            who_.connected();
            read(socket);
        });
    }
    void close() override {
        asio::error_code unused;
        if (socket_) socket_->shutdown(tcp::socket::shutdown_send, unused);
        if (socket_) socket_->close(unused);
        socket_.reset();
    }
    void write(std::string_view bytes) override {
        asio::error_code unused;  // a failure is seen by `read`
        if (socket_) asio::write(*socket_, asio::buffer(bytes.data(), bytes.size()), unused);
    }

private:
    void read(const std::shared_ptr<tcp::socket>& socket) {
        socket->async_read_some(asio::buffer(chunk_), [this, socket](const asio::error_code& why, std::size_t count) {
            if (socket != socket_) return;
            if (why) return who_.lost();
            who_.bytes({chunk_, count});
            if (socket == socket_) read(socket);
        });
    }

    asio::io_context io_;
    std::string host_;
    std::string port_;
    std::shared_ptr<tcp::socket> socket_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    char chunk_[4096] = {};
};

}  // namespace

std::unique_ptr<network> make_network(const std::string& host, const std::string& port) {
    return std::make_unique<real_network>(host, port);
}

}  // namespace demo
