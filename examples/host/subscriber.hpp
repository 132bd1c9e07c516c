// atmqtt sub: prints the messages that come.
// SPDX-License-Identifier: MIT
#pragma once

#include "driver.hpp"
#include "options.hpp"

#include <asio/steady_timer.hpp>

#include <cstdint>
#include <string_view>

namespace host_tool {

class subscriber {
public:
    subscriber(driver& through, const options& chosen);
    void start();

private:
    void print(const atmqtt::message& m);

    driver& through_;
    options chosen_;
    asio::steady_timer limit_;
    std::uint64_t printed_ = 0;
};

}  // namespace host_tool
