// atmqtt: publishes, subscribes, and types AT commands, through an ML302 module at a serial line.
// SPDX-License-Identifier: MIT
#include "../standard_streams.hpp"
#include "console.hpp"
#include "driver.hpp"
#include "options.hpp"
#include "publisher.hpp"
#include "subscriber.hpp"

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <ios>

namespace {

using namespace host_tool;

// The first ends it in order, the second at once.
void end_on_signal(asio::io_context& io, asio::signal_set& signals, driver& through) {
    signals.async_wait([&](const asio::error_code& why, int) {
        if (why) return;
        signals.async_wait([&io](const asio::error_code&, int) { io.stop(); });
        through.end(done);
    });
}

int run_machine(asio::io_context& io, const options& chosen) {
    driver through(io, chosen);
    publisher pub(through, chosen);
    subscriber sub(through, chosen);
    asio::signal_set signals(io, SIGTERM, SIGINT, SIGHUP);
    end_on_signal(io, signals, through);
    if (chosen.what == task::publish)
        pub.start();
    else
        sub.start();
    io.run();
    return chosen.what == task::publish ? pub.result() : sub.result();
}

int run_console(asio::io_context& io, const options& chosen) {
    console terminal(io, chosen);
    terminal.start();
    io.run();
    return terminal.code();
}

}  // namespace

int main(int count, char** words) {
    int status = 0;
    keep_standard_streams();
    std::ios::sync_with_stdio(false);  // or std::cin would not tell what cannot be read from what has ended
    const auto chosen = parse_options(count, words, status);
    if (!chosen) return status;
    std::signal(SIGPIPE, SIG_IGN);
    try {
        asio::io_context io;
        status = chosen->what == task::console ? run_console(io, *chosen) : run_machine(io, *chosen);
    } catch (const std::exception& wrong) {
        complain(wrong.what());
        status = failed;
    }
    std::fflush(stdout);
    std::_Exit(status);  // a thread may still be waiting for standard input
}
