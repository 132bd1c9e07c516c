// A capture as the program prints it: bytes in, lines out.
// SPDX-License-Identifier: MIT
#pragma once

#include "socat_dump.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace decode {

/// How items are printed.
enum class form { plain, coloured, as_json };

/// How a capture is read: the options of the program.
struct way {
    std::string from = "modem";  ///< of a dump of both directions: who sent what goes forth
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

/// Decodes a dump of both directions: an item stands where its last byte came, with who has sent it, and when. A command is told at
/// its CR, or the answer would stand before it; an LF behind that is of the next item.
class dialogue {
public:
    explicit dialogue(const way& how);
    dialogue(const dialogue&) = delete;
    dialogue& operator=(const dialogue&) = delete;
    ~dialogue();

    void take(std::string_view dump, std::string& to);
    void finish(std::string& to);

    const socat_dump& dump() const { return dump_; }

private:
    class ends;

    socat_dump dump_;
    bool is_host_forth_;
    std::unique_ptr<ends> ends_;
};

}  // namespace decode
