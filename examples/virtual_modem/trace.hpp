// Both sides of the module in words, on standard error; passwords masked.
// SPDX-License-Identifier: MIT
#pragma once

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
    static void take(std::string& held, std::string_view bytes, const char* way);

    std::string from_broker_;  // packets that are not whole yet
    std::string to_broker_;
};

}  // namespace virtual_modem
