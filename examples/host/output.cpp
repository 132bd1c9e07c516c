// SPDX-License-Identifier: MIT
#include "output.hpp"

#include "options.hpp"

#include <asio/buffer.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace host_tool {

namespace {

constexpr int ending[] = {SIGINT, SIGTERM, SIGHUP};

// A handler has no other way to know. They are set before there is one.
int pipe_end = -1;
std::atomic<unsigned> heard{0};
std::atomic<bool> is_writing{false};

extern "C" void hear_signal(int) {
    const int before = errno;
    const unsigned count = ++heard;
    if (count >= 2 && is_writing) ::_exit(failed);
    if (count >= 2)
        for (const int one : ending) std::signal(one, SIG_DFL);
    (void)!::write(pipe_end, "", 1);
    errno = before;
}

void hear(int one) {
    struct sigaction how {};
    ::sigaction(one, nullptr, &how);
    if (one == SIGHUP && how.sa_handler == SIG_IGN) return;
    how = {};
    how.sa_handler = hear_signal;
    how.sa_flags = SA_RESTART;
    ::sigaction(one, &how, nullptr);
}

}  // namespace

bool write_out(std::string_view bytes) {
    is_writing = true;
    if (heard >= 2) ::_exit(failed);
    for (ssize_t count = 0; !bytes.empty(); bytes.remove_prefix(static_cast<std::size_t>(count))) {
        do count = ::write(1, bytes.data(), bytes.size());
        while (count < 0 && errno == EINTR);
        if (count < 0) break;
    }
    is_writing = false;
    return bytes.empty();
}

signals::signals(asio::io_context& io) : pipe_(io) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
    pipe_.assign(ends[0]);
    pipe_end = ends[1];
    for (const int one : ending) hear(one);
}

void signals::await(std::function<void()> first, std::function<void()> second) {
    pipe_.async_read_some(asio::buffer(&byte_, 1), [this, first = std::move(first), second = std::move(second)](
                                                       const asio::error_code& why, std::size_t) {
        if (why) return;
        first();
        if (second) await(second, {});
    });
}

}  // namespace host_tool
