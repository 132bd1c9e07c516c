// A capture as the program prints it: bytes in, lines out.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace decode {

/// How items are printed.
enum class form { plain, coloured, as_json };

/// How a capture is read: the options of the program.
struct way {
    std::string from = "modem";
    std::string policy = "line_end";
    form shape = form::plain;
};

/// Decodes one capture. What it prints is appended to `to`: each item with the bytes that end it.
class stream {
public:
    explicit stream(const way& how);
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream();

    void take(std::string_view bytes, std::string& to);
    /// The input is at its end: what is held is printed too.
    void finish(std::string& to);

private:
    class machine;
    template <class Decoder>
    class machine_of;

    std::unique_ptr<machine> machine_;
};

}  // namespace decode
