// atmqtt: publishes, subscribes, and types AT commands, through an ML302 module at a serial line.
// SPDX-License-Identifier: MIT
#include "../standard_streams.hpp"
#include "console.hpp"
#include "driver.hpp"
#include "options.hpp"
#include "output.hpp"
#include "publisher.hpp"
#include "subscriber.hpp"

#include <asio/io_context.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <ios>

namespace {

using namespace host_tool;

int run_machine(asio::io_context& io, const options& chosen) {
    driver through(io, chosen);
    publisher pub(through, chosen);
    subscriber sub(through, chosen);
    if (chosen.what == task::publish)
        pub.start();
    else
        sub.start();
    signals ending(io);  // only now: there is nothing to disconnect while standard input is read
    ending.await([&through] { through.end(done); }, [&io] { io.stop(); });
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
