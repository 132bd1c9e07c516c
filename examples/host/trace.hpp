// What goes over the wire, in words on standard error; passwords masked.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/host/line_reader.hpp>
#include <atmqtt/modem/command_reader.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace host_tool {

/// Takes what goes each way, in any pieces, and prints what it was.
class trace {
public:
    void to_module(std::string_view bytes);
    void from_module(std::string_view bytes);

private:
    struct memory {
        char commands[64 * 1024];
        char lines[256 * 1024];
    };
    static atmqtt::command_reader_options command_options();
    static atmqtt::line_reader_options line_options();
    void print_command(std::string_view line);
    void print_data(std::string_view bytes);
    void take_prompt();

    std::unique_ptr<memory> memory_ = std::make_unique<memory>();
    atmqtt::command_reader commands_{memory_->commands, command_options()};
    atmqtt::line_reader lines_{memory_->lines, line_options()};
    std::uint32_t counted_ = 0;  // bytes that the prompt is to come for
    bool is_cut_ = false;        // the next line may be the rest of a configuration
};

}  // namespace host_tool
