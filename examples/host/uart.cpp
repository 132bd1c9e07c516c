// SPDX-License-Identifier: MIT
#include "uart.hpp"

#include <asio/buffer.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/file.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace host_tool {

namespace {

std::string advice(int why) {
    switch (why) {
        case ENOENT: return ": is the module plugged in? ls /dev/ttyUSB* /dev/ttyACM*";
        case EACCES: return ": may you use it? On Debian the group dialout may";
        default: return "";
    }
}

int opened(const std::string& device) {
    const int file = ::open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) throw std::runtime_error(device + ": " + std::strerror(errno) + advice(errno));
    if (::isatty(file) == 0) {
        ::close(file);
        throw std::runtime_error(device + " is no serial device");
    }
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        ::close(file);
        throw std::runtime_error(device + " is in use by another program: end that first");
    }
    return file;
}

}  // namespace

uart::uart(asio::io_context& io, const std::string& device, unsigned baud) : port_(io), device_(device) {
    const int file = opened(device);
    termios how{};
    ::tcgetattr(file, &how);
    ::cfmakeraw(&how);
    how.c_cflag |= CLOCAL | CREAD;
    ::tcsetattr(file, TCSANOW, &how);
    ::tcflush(file, TCIOFLUSH);
    port_.assign(file);
    asio::error_code why;
    port_.set_option(asio::serial_port::baud_rate(baud), why);
    if (why) throw std::runtime_error(device + " cannot do " + std::to_string(baud) + " baud: choose another --baud");
}

void uart::start(std::function<void(std::string_view)> bytes, std::function<void(std::string_view)> written,
                 std::function<void(const std::string&)> lost) {
    bytes_ = std::move(bytes);
    written_ = std::move(written);
    lost_ = std::move(lost);
    read();
}

void uart::read() {
    port_.async_read_some(asio::buffer(chunk_), [this](const asio::error_code& why, std::size_t count) {
        if (why == asio::error::operation_aborted) return;
        if (why) return lost_(device_ + " is gone: " + why.message());
        bytes_({chunk_, count});
        read();
    });
}

void uart::write(std::string_view bytes) {
    being_written_ = bytes;
    port_.async_write_some(asio::buffer(being_written_), [this](const asio::error_code& why, std::size_t count) {
        const std::string written = std::exchange(being_written_, {}).substr(0, count);
        if (why == asio::error::operation_aborted) return;
        if (why) return lost_(device_ + " is gone: " + why.message());
        written_(written);
    });
}

}  // namespace host_tool
