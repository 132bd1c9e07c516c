// Both sides of the module in words, on standard error; passwords masked.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace virtual_modem {

/// Prints what it is given, one line each.
class trace {
public:
    /// A command line of the host, with or without its line end.
    static void command(std::string_view bytes);
    /// Counted data of the host.
    static void data(std::string_view bytes);
    /// A line for the host, with its line ends, a message with its payload.
    static void answer(std::string_view bytes);

    /// A new connection begins.
    void connected();
    /// Bytes of the broker, and for it, in any pieces.
    void from_broker(std::string_view bytes) { take(from_broker_, bytes, "broker ->"); }
    void to_broker(std::string_view bytes) { take(to_broker_, bytes, "broker <-"); }

private:
    struct way {
        std::string held;         // a packet that is not whole yet
        std::size_t to_skip = 0;  // bytes of one that was too large to be held
    };
    static void take(way& of, std::string_view bytes, const char* arrow);

    way from_broker_;
    way to_broker_;
};

}  // namespace virtual_modem
