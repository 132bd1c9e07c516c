// SPDX-License-Identifier: MIT
#include "port.hpp"

#include "log.hpp"

#include <asio/buffer.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <termios.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace virtual_modem {

namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

/// Reads and writes one file descriptor, as long as it lasts.
class descriptor_port : public port {
public:
    explicit descriptor_port(asio::io_context& io) : file_(io) {}

    void start(owner who) override {
        who_ = std::move(who);
        read();
    }
    void resume() override { read(); }
    void write(std::string_view bytes) override {
        if (!has_host_) return;
        waiting_ += bytes;
        send();
    }
    std::size_t unwritten() const override { return waiting_.size() + being_written_.size(); }

protected:
    /// The other end has gone.
    virtual void lose() = 0;

    void use(int file) {
        file_.assign(file);
        has_host_ = true;
    }
    /// Everything of the host that was there is gone.
    void drop() {
        asio::error_code unused;
        has_host_ = false;
        waiting_.clear();
        file_.cancel(unused);
    }
    bool has_host() const { return has_host_; }
    void find_host() { has_host_ = true; }
    asio::posix::stream_descriptor& file() { return file_; }
    void read() {
        if (is_reading_ || !file_.is_open() || !who_.is_ready || !who_.is_ready()) return;
        is_reading_ = true;
        file_.async_read_some(asio::buffer(chunk_), [this](const asio::error_code& why, std::size_t count) {
            is_reading_ = false;
            if (why == asio::error::operation_aborted) return;
            if (why) return lose();
            find_host();
            who_.bytes({chunk_, count});
            read();
        });
    }

private:
    void send() {
        if (!being_written_.empty() || waiting_.empty()) return;
        being_written_.swap(waiting_);
        write_some(0);
    }
    void write_some(std::size_t from) {
        const auto left = asio::buffer(being_written_.data() + from, being_written_.size() - from);
        file_.async_write_some(left, [this, from](const asio::error_code& why, std::size_t count) {
            if (!why && from + count != being_written_.size()) return write_some(from + count);
            being_written_.clear();
            if (!why) send();
            if (who_.is_ready) who_.bytes({});  // there is room again
        });
    }

    asio::posix::stream_descriptor file_;
    owner who_;
    std::string waiting_;
    std::string being_written_;
    bool is_reading_ = false;
    bool has_host_ = false;
    char chunk_[4096] = {};
};

/// A pseudo terminal. It outlives its hosts: each opens and closes it at will.
class pty_port final : public descriptor_port {
public:
    pty_port(asio::io_context& io, std::string link) : descriptor_port(io), again_(io), link_(std::move(link)) {
        const int file = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (file < 0 || ::grantpt(file) != 0 || ::unlockpt(file) != 0) fail("cannot make a pty");
        use(file);
        drop();
        const char* const name = ::ptsname(file);
        path_ = name != nullptr ? name : "";
        make_raw();
        if (!link_.empty()) make_link();
        std::printf("%s\n", link_.empty() ? path_.c_str() : link_.c_str());
        std::fflush(stdout);
    }
    ~pty_port() override {
        if (!link_.empty() && target_of(link_) == path_) ::unlink(link_.c_str());
    }
    pty_port(const pty_port&) = delete;
    pty_port& operator=(const pty_port&) = delete;

private:
    // Nobody has it open: look again soon.
    void lose() override {
        const bool has_left = has_host();
        drop();
        if (has_left) {
            log("the host has closed the port");
            drop_unread();
        }
        again_.expires_after(milliseconds(20));
        again_.async_wait([this](const asio::error_code& why) {
            if (why) return;
            if (!is_in_use()) return lose();
            find_host();
            read();
        });
    }
    // Whether somebody has it open, or has left something to read.
    bool is_in_use() {
        pollfd master{file().native_handle(), POLLIN, 0};
        return ::poll(&master, 1, 0) >= 0 && ((master.revents & POLLIN) != 0 || (master.revents & POLLHUP) == 0);
    }
    // What the host that left has not read is not for the next. Flushed here, at the other end: nothing of a host that
    // opens it this moment is lost.
    void drop_unread() {
        const int other = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (other < 0) return;
        ::tcflush(other, TCIFLUSH);
        ::close(other);
    }

    // As a UART is: every byte as it comes. It holds for all who open it later.
    void make_raw() {
        const int other = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
        termios how{};
        if (other < 0 || ::tcgetattr(other, &how) != 0) fail("cannot open " + path_);
        ::cfmakeraw(&how);
        ::tcsetattr(other, TCSANOW, &how);
        ::close(other);
    }
    static std::string target_of(const std::string& link) {
        char target[256];
        const ssize_t size = ::readlink(link.c_str(), target, sizeof target);
        return size < 0 ? std::string() : std::string(target, static_cast<std::size_t>(size));
    }
    void make_link() {
        const std::string before = target_of(link_);
        struct stat found {};
        const bool is_there = ::lstat(link_.c_str(), &found) == 0;
        if (is_there && before.rfind("/dev/pts/", 0) != 0)
            throw std::runtime_error(link_ + " is there, and is no link to a pty: remove it, or choose another name");
        if (is_there) ::unlink(link_.c_str());
        if (::symlink(path_.c_str(), link_.c_str()) != 0) fail("cannot link " + link_);
    }

    asio::steady_timer again_;
    std::string link_;
    std::string path_;
};

/// A socket that hosts connect to, one after another.
class listening_port final : public descriptor_port {
public:
    listening_port(asio::io_context& io, std::string path)
        : descriptor_port(io), io_(io), acceptor_(io), path_(std::move(path)) {
        const asio::local::stream_protocol::endpoint here(path_);
        asio::error_code why;
        remove_stale(here);
        acceptor_.open(here.protocol());
        acceptor_.bind(here, why);
        if (why) throw std::runtime_error("cannot listen at " + path_ + ": " + why.message());
        acceptor_.listen();
        accept();
    }
    ~listening_port() override { ::unlink(path_.c_str()); }
    listening_port(const listening_port&) = delete;
    listening_port& operator=(const listening_port&) = delete;

private:
    void remove_stale(const asio::local::stream_protocol::endpoint& here) const {
        struct stat found {};
        if (::lstat(path_.c_str(), &found) != 0) return;
        asio::local::stream_protocol::socket other(io_);
        asio::error_code why;
        if (S_ISSOCK(found.st_mode)) other.connect(here, why);
        if (!S_ISSOCK(found.st_mode) || !why) throw std::runtime_error(path_ + " is in use: choose another path");
        ::unlink(path_.c_str());
    }
    void accept() {
        acceptor_.async_accept([this](const asio::error_code& why, asio::local::stream_protocol::socket peer) {
            if (why) return;
            use(peer.release());
            read();
        });
    }
    void lose() override {
        log("the host has left");
        drop();
        asio::error_code unused;
        file().close(unused);
        accept();
    }

    asio::io_context& io_;
    asio::local::stream_protocol::acceptor acceptor_;
    std::string path_;
};

/// Standard input and output, which may be files: those cannot be waited for, so that a thread reads.
class stdio_port final : public port {
public:
    explicit stdio_port(asio::io_context& io)
        : io_(io), is_terminal_(::isatty(0) == 1 && ::tcgetattr(0, &before_) == 0) {
        if (!is_terminal_) return;
        termios how = before_;
        how.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        how.c_iflag &= ~static_cast<tcflag_t>(ICRNL);
        how.c_cc[VMIN] = 1;
        how.c_cc[VTIME] = 0;
        ::tcsetattr(0, TCSANOW, &how);
    }
    ~stdio_port() override {
        if (is_terminal_) ::tcsetattr(0, TCSANOW, &before_);
    }
    stdio_port(const stdio_port&) = delete;
    stdio_port& operator=(const stdio_port&) = delete;

    void start(owner who) override {
        who_ = std::move(who);
        std::thread([this] { read_all(); }).detach();  // it ends with the program, perhaps while it waits for input
    }
    void resume() override {
        if (held_.empty()) return;
        take(std::exchange(held_, {}));
    }
    void write(std::string_view bytes) override {
        while (!bytes.empty()) {
            const ssize_t count = ::write(1, bytes.data(), bytes.size());
            if (count < 0 && errno != EINTR) return;
            if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    std::size_t unwritten() const override { return 0; }

private:
    void read_all() {
        char chunk[4096];
        for (;;) {
            const ssize_t count = ::read(0, chunk, sizeof chunk);
            if (count < 0 && errno == EINTR) continue;
            const std::string bytes(chunk, count > 0 ? static_cast<std::size_t>(count) : 0);
            const std::size_t end = is_terminal_ ? bytes.find('\x04') : std::string::npos;  // Ctrl-D
            hand_over(bytes.substr(0, end));
            if (bytes.empty() || end != std::string::npos) break;
        }
        asio::post(io_, [this] { who_.end(); });
    }
    // Waits until the bytes were taken.
    void hand_over(std::string bytes) {
        std::unique_lock lock(mutex_);
        is_taken_ = false;
        asio::post(io_, [this, bytes = std::move(bytes)]() mutable { take(std::move(bytes)); });
        taken_.wait(lock, [this] { return is_taken_; });
    }
    void take(std::string bytes) {
        if (!who_.is_ready() && !bytes.empty()) {
            held_ = std::move(bytes);
            return;
        }
        who_.bytes(bytes);
        const std::lock_guard lock(mutex_);
        is_taken_ = true;
        taken_.notify_one();
    }

    asio::io_context& io_;
    owner who_;
    termios before_{};
    bool is_terminal_;
    std::string held_;
    std::mutex mutex_;
    std::condition_variable taken_;
    bool is_taken_ = false;
};

}  // namespace

std::unique_ptr<port> make_port(asio::io_context& io, const options& chosen) {
    switch (chosen.host) {
        case host_kind::pty: return std::make_unique<pty_port>(io, chosen.path);
        case host_kind::listen: return std::make_unique<listening_port>(io, chosen.path);
        case host_kind::stdio: break;
    }
    return std::make_unique<stdio_port>(io);
}

}  // namespace virtual_modem
