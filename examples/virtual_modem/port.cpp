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
#include <filesystem>
#include <functional>
#include <memory>
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
            const bool goes_on = !why && has_host_;
            if (goes_on && from + count != being_written_.size()) return write_some(from + count);
            being_written_.clear();
            if (goes_on) send();
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
    pty_port(asio::io_context& io, std::string link)
        : descriptor_port(io), again_(io), lock_(io), link_(std::move(link)) {
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
            drop_unread();
            log("the host has closed the port");
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
    // A lock that goes away with the program, however that ends: a name without a file, made of the link's own path.
    void claim_link() {
        const auto whole = std::filesystem::weakly_canonical(std::filesystem::absolute(link_).parent_path()) /
                           std::filesystem::path(link_).filename();
        const std::string name =
            std::string(1, '\0') + "atmqtt-modem-" + std::to_string(std::hash<std::string>{}(whole.string()));
        asio::error_code why;
        lock_.open(asio::local::stream_protocol());
        lock_.bind(asio::local::stream_protocol::endpoint(name), why);
        if (why) throw std::runtime_error(link_ + " is that of another atmqtt-modem: choose another name");
    }
    void make_link() {
        claim_link();
        const std::string before = target_of(link_);
        struct stat found {};
        const bool is_there = ::lstat(link_.c_str(), &found) == 0;
        if (is_there && before.rfind("/dev/pts/", 0) != 0)
            throw std::runtime_error(link_ + " is there, and is no link to a pty: remove it, or choose another name");
        if (is_there) ::unlink(link_.c_str());
        if (::symlink(path_.c_str(), link_.c_str()) != 0) fail("cannot link " + link_);
    }

    asio::steady_timer again_;
    asio::local::stream_protocol::socket lock_;
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

/// Standard input and output. Files cannot be waited for, and a terminal is not ours alone, to be made non-blocking: one thread
/// reads, and another writes.
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
        const std::lock_guard lock(desk_->mutex);
        desk_->is_over = true;
        desk_->changed.notify_all();
        if (is_terminal_) ::tcsetattr(0, TCSANOW, &before_);
    }
    stdio_port(const stdio_port&) = delete;
    stdio_port& operator=(const stdio_port&) = delete;

    void start(owner who) override {
        who_ = std::move(who);
        std::thread([this, desk = desk_] { read_all(*this, *desk); }).detach();
        std::thread([this, desk = desk_] { write_all(*this, *desk); }).detach();
    }
    void resume() override {
        if (std::exchange(is_held_, false)) take(std::exchange(held_, {}), ends_);
    }
    void write(std::string_view bytes) override {
        const std::lock_guard lock(desk_->mutex);
        if (desk_->is_broken) return;
        desk_->waiting += bytes;
        desk_->changed.notify_all();
    }
    std::size_t unwritten() const override {
        const std::lock_guard lock(desk_->mutex);
        return desk_->waiting.size() + desk_->being_written;
    }

private:
    /// What its threads share with it. They end with the program, perhaps in a read or a write that does not return: later than
    /// the port, which they do not touch once it `is_over`.
    struct desk {
        std::mutex mutex;
        std::condition_variable changed;
        bool is_over = false;
        bool is_taken = false;   // what was read last
        bool is_broken = false;  // nothing can be written
        std::string waiting;     // to be written
        std::size_t being_written = 0;
    };

    static void read_all(stdio_port& port, desk& desk) {
        for (bool is_end = false; !is_end;) {
            const std::string bytes = read_some();
            std::unique_lock lock(desk.mutex);
            if (desk.is_over) return;
            const std::size_t end = port.is_terminal_ ? bytes.find('\x04') : std::string::npos;  // Ctrl-D
            is_end = bytes.empty() || end != std::string::npos;
            desk.is_taken = false;
            asio::post(port.io_, [&port, is_end, text = bytes.substr(0, end)] { port.take(text, is_end); });
            desk.changed.wait(lock, [&desk] { return desk.is_taken || desk.is_over; });
        }
    }
    static void write_all(stdio_port& port, desk& desk) {
        for (std::unique_lock lock(desk.mutex);;) {
            desk.changed.wait(lock, [&desk] { return !desk.waiting.empty() || desk.is_over; });
            if (desk.is_over) return;
            const std::string bytes = std::exchange(desk.waiting, {});
            desk.being_written = bytes.size();
            lock.unlock();
            const std::string problem = write_some(bytes);
            lock.lock();
            desk.being_written = 0;
            if (desk.is_over) return;
            if (!problem.empty()) return lose(port, desk, problem);
            asio::post(port.io_, [&port] { port.who_.bytes({}); });  // there is room again
        }
    }
    static void lose(stdio_port& port, desk& desk, const std::string& problem) {
        desk.is_broken = true;
        desk.waiting.clear();
        asio::post(port.io_, [&port, problem] { port.who_.lost("cannot write to standard output: " + problem); });
    }
    static std::string read_some() {
        char chunk[4096];
        ssize_t count = -1;
        do count = ::read(0, chunk, sizeof chunk);
        while (count < 0 && errno == EINTR);
        return {chunk, count > 0 ? static_cast<std::size_t>(count) : 0};
    }
    // What is wrong, or nothing.
    static std::string write_some(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::write(1, bytes.data(), bytes.size());
            if (count < 0 && errno != EINTR) return std::strerror(errno);
            if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return {};
    }

    void take(const std::string& bytes, bool is_end) {
        if (!who_.is_ready()) {
            held_ = bytes;
            is_held_ = true;
            ends_ = is_end;
            return;
        }
        who_.bytes(bytes);
        if (is_end) who_.end();
        const std::lock_guard lock(desk_->mutex);
        desk_->is_taken = true;
        desk_->changed.notify_all();
    }

    asio::io_context& io_;
    owner who_;
    termios before_{};
    bool is_terminal_;
    std::string held_;  // what the host has sent, until it is wanted
    bool is_held_ = false;
    bool ends_ = false;  // nothing comes behind it
    std::shared_ptr<desk> desk_ = std::make_shared<desk>();
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
