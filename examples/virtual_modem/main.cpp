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

namespace {

using virtual_modem::milliseconds;

// SIGTERM and SIGINT disconnect; where that takes too long, they end it all the same.
void end_on_signal(asio::io_context& io, asio::signal_set& signals, asio::steady_timer& limit,
                   virtual_modem::card& card) {
    signals.async_wait([&](const asio::error_code& why, int) {
        if (why) return;
        limit.expires_after(milliseconds(2000));
        limit.async_wait([&io](const asio::error_code& stopped) {
            if (!stopped) io.stop();
        });
        card.leave();
    });
}

int run(const virtual_modem::options& chosen) {
    asio::io_context io;
    asio::signal_set signals(io, SIGTERM, SIGINT);
    asio::steady_timer limit(io);
    std::signal(SIGPIPE, SIG_IGN);
    const auto host = virtual_modem::make_port(io, chosen);
    virtual_modem::card card(io, chosen, *host, [&io] { io.stop(); });
    end_on_signal(io, signals, limit, card);
    card.start();
    io.run();
    return 0;
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
