// atmqtt-modem: a virtual ML302, on a pty, on standard input and output, or at a socket, that talks to a real broker.
// SPDX-License-Identifier: MIT
#include "../standard_streams.hpp"
#include "card.hpp"
#include "log.hpp"
#include "options.hpp"
#include "port.hpp"

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <csignal>
#include <exception>
#include <string>

namespace {

using virtual_modem::milliseconds;

// Disconnects; where that takes too long, it ends all the same.
void leave(asio::io_context& io, asio::steady_timer& limit, virtual_modem::card& card) {
    limit.expires_after(milliseconds(2000));
    limit.async_wait([&io](const asio::error_code& stopped) {
        if (!stopped) io.stop();
    });
    card.leave();
}

// As by nohup.
bool is_ignored(int one) {
    struct sigaction how {};
    ::sigaction(one, nullptr, &how);
    return how.sa_handler == SIG_IGN;
}

int run(const virtual_modem::options& chosen) {
    asio::io_context io;
    asio::signal_set signals(io, SIGTERM, SIGINT);
    if (!is_ignored(SIGHUP)) signals.add(SIGHUP);
    asio::steady_timer limit(io);
    std::signal(SIGPIPE, SIG_IGN);
    const auto host = virtual_modem::make_port(io, chosen);
    int status = 0;
    virtual_modem::card card(
        io, chosen, *host, [&io] { io.stop(); },
        [&](const std::string& why) {
            virtual_modem::log(why);
            status = 1;
            leave(io, limit, card);
        });
    signals.async_wait([&](const asio::error_code& why, int) {
        if (!why) leave(io, limit, card);
    });
    card.start();
    io.run();
    return status;
}

}  // namespace

int main(int count, char** words) {
    int status = 0;
    keep_standard_streams();
    const auto chosen = virtual_modem::parse_options(count, words, status);
    if (!chosen) return status;
    try {
        return run(*chosen);
    } catch (const std::exception& wrong) {
        virtual_modem::log(wrong.what());
        return 1;
    }
}
