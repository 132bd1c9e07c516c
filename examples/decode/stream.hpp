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
    bool at_once = false;  ///< a command is told at its CR, whether an LF follows or not
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

    /// Items have who sent them, and this time, in front of them.
    void stamp(std::string_view time);

private:
    class machine;
    template <class Decoder>
    class machine_of;

    std::unique_ptr<machine> machine_;
};

/// Decodes a dump of both directions: an item stands where its last byte came.
class dialogue {
public:
    explicit dialogue(const way& how);

    void take(std::string_view dump, std::string& to);
    void finish(std::string& to);

    const socat_dump& dump() const { return dump_; }

private:
    socat_dump dump_;
    stream forth_;
    stream back_;
};

}  // namespace decode
