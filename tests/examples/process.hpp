// A child process behind three pipes, or with its output on a terminal. Nothing sleeps; whatever waits has a deadline.
// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern char** environ;

namespace process {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif
#else
inline constexpr bool is_sanitized = false;
#endif

/// Longer than anything here may take; a test that waits this long has failed.
inline constexpr std::chrono::seconds patience{60};

struct too_late : std::runtime_error {
    too_late() : std::runtime_error("the program did not answer in time") {}
};

class deadline {
public:
    explicit deadline(std::chrono::milliseconds from_now = patience)
        : at_(std::chrono::steady_clock::now() + from_now) {}
    /// Milliseconds for poll(); throws `too_late` once they are over.
    int left() const {
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(at_ - std::chrono::steady_clock::now()).count();
        if (rest <= 0) throw too_late{};
        return static_cast<int>(rest);
    }

private:
    std::chrono::steady_clock::time_point at_;
};

/// A file descriptor that closes itself.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int number) : number_(number) {
        if (number < 0) throw std::runtime_error("cannot open a descriptor");
    }
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() { close(); }

    void close() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }
    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }

private:
    int number_ = -1;
};

struct pipe_ends {
    descriptor reader;
    descriptor writer;
};
inline pipe_ends make_pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
    return {descriptor{ends[0]}, descriptor{ends[1]}};
}
/// The same two ends, of a terminal that passes output through unchanged.
inline pipe_ends make_terminal() {
    descriptor master{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    char name[128] = {};
    if (::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0 ||
        ::ptsname_r(master.get(), name, sizeof name) != 0)
        throw std::runtime_error("cannot make a terminal");
    descriptor terminal{::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)};
    termios mode = {};
    ::tcgetattr(terminal.get(), &mode);
    ::cfmakeraw(&mode);
    ::tcsetattr(terminal.get(), TCSANOW, &mode);
    return {std::move(master), std::move(terminal)};
}

enum class output { to_pipe, to_terminal };

class child {
public:
    using sink = std::function<void(std::string_view)>;

    explicit child(const std::vector<std::string>& arguments, output where = output::to_pipe) {
        pipe_ends in = make_pipe();
        pipe_ends out = where == output::to_pipe ? make_pipe() : make_terminal();
        pipe_ends err = make_pipe();
        start(arguments, in.reader.get(), out.writer.get(), err.writer.get());
        in_ = std::move(in.writer);
        taken_ = std::move(in.reader);  // kept, to see how much the child has left unread
        out_ = std::move(out.reader);
        err_ = std::move(err.reader);
        ::fcntl(in_.get(), F_SETFL, O_NONBLOCK);
    }
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

    /// Output goes to `to` and is not kept.
    void divert(sink to) { sink_ = std::move(to); }

    /// Writes all of it, reading what comes back meanwhile. A child that has closed its input is written no more.
    void write(std::string_view bytes, const deadline& until = deadline{}) {
        while (!bytes.empty() && in_.is_open()) {
            poll_all(POLLOUT, until.left());
            const auto count = ::write(in_.get(), bytes.data(), bytes.size());
            if (count > 0)
                bytes.remove_prefix(static_cast<std::size_t>(count));
            else if (errno != EAGAIN && errno != EINTR)
                in_.close();
        }
    }
    /// Writes all of it, and waits until the child has read it: what is written next is another read of the child.
    void write_apart(std::string_view bytes, const deadline& until = deadline{}) {
        write(bytes, until);
        for (;;) {
            int unread = 0;
            ::ioctl(taken_.get(), FIONREAD, &unread);
            if (unread == 0) return;
            until.left();
            poll_all(0, 0);
            ::sched_yield();
        }
    }
    void end_input() {
        in_.close();
        taken_.close();
    }

    /// The next line of output, without its LF; nothing if the output ends before.
    std::optional<std::string> line(const deadline& until = deadline{}) {
        for (;;) {
            if (const auto end = kept_.find('\n', told_); end != kept_.npos) {
                std::string found = kept_.substr(told_, end - told_);
                told_ = end + 1;
                return found;
            }
            if (!out_.is_open()) return std::nullopt;
            poll_all(0, until.left());
        }
    }
    /// Goes away as a reader, and lets the child's end be noticed by `write`.
    void close_output() {
        out_.close();
        taken_.close();
    }

    /// Reads to the end and waits for the exit. The exit code, or minus the signal.
    int finish(const deadline& until = deadline{}) {
        end_input();
        while (out_.is_open() || err_.is_open()) poll_all(0, until.left());
        int status = 0;
        for (;;) {
            const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
            if (ended == pid_) break;
            until.left();
            ::sched_yield();
        }
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

    const std::string& out() const { return kept_; }
    const std::string& err() const { return complaints_; }

private:
    void start(const std::vector<std::string>& arguments, int in, int out, int err) {
        ::signal(SIGPIPE, SIG_IGN);  // for us; the child gets it as usual
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t usual;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
        ::sigemptyset(&usual);
        ::sigaddset(&usual, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&attributes, &usual);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
        ::posix_spawn_file_actions_adddup2(&actions, in, 0);
        ::posix_spawn_file_actions_adddup2(&actions, out, 1);
        ::posix_spawn_file_actions_adddup2(&actions, err, 2);

        std::vector<std::string> words = arguments;
        std::vector<char*> argv;
        for (auto& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        std::vector<std::string> settings = {"TERM=xterm-256color"};  // the same for all, and no NO_COLOR
        for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"})
            if (const char* value = std::getenv(name)) settings.push_back(std::string{name} + "=" + value);
        std::vector<char*> envp;
        for (auto& setting : settings) envp.push_back(setting.data());
        envp.push_back(nullptr);

        const int failed = ::posix_spawn(&pid_, argv[0], &actions, &attributes, argv.data(), envp.data());
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
        if (failed != 0) throw std::runtime_error("cannot start " + arguments[0]);
    }

    // Waits at most `milliseconds` until something can be read, or written where asked for, and reads it.
    void poll_all(short writing, int milliseconds) {
        pollfd ways[] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}, {writing != 0 ? in_.get() : -1, writing, 0}};
        if (::poll(ways, 3, milliseconds) <= 0) return;
        if (ways[0].revents != 0) read(out_, [this](std::string_view bytes) { keep(bytes); });
        if (ways[1].revents != 0) read(err_, [this](std::string_view bytes) { complaints_ += bytes; });
    }
    template <class Use>
    static void read(descriptor& from, Use use) {
        char bytes[65536];
        const auto count = ::read(from.get(), bytes, sizeof bytes);
        if (count > 0)
            use(std::string_view{bytes, static_cast<std::size_t>(count)});
        else if (count == 0 || (errno != EAGAIN && errno != EINTR))
            from.close();  // a terminal ends with EIO
    }
    void keep(std::string_view bytes) {
        if (sink_)
            sink_(bytes);
        else
            kept_ += bytes;
    }

    pid_t pid_ = -1;
    descriptor in_;
    descriptor taken_;
    descriptor out_;
    descriptor err_;
    sink sink_;
    std::string kept_;
    std::string complaints_;
    std::size_t told_ = 0;
};

struct outcome {
    int status = 0;
    std::string out;
    std::string err;
};

/// Runs it from beginning to end on this input.
inline outcome run(const std::vector<std::string>& arguments, std::string_view input = {},
                   output where = output::to_pipe) {
    const deadline until;
    child one{arguments, where};
    one.write(input, until);
    const int status = one.finish(until);
    return {status, one.out(), one.err()};
}

}  // namespace process
