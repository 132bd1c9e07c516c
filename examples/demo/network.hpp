// What the demo needs of a network: one connection to a broker, and time that passes.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/core/time.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace demo {

class network {
public:
    struct owner {
        std::function<void()> connected;
        std::function<void()> failed;
        std::function<void()> lost;
        std::function<void(std::string_view)> bytes;
    };

    virtual ~network() = default;
    void tell(owner who) { who_ = std::move(who); }

    virtual atmqtt::instant now() const = 0;
    /// Lets at most so much time pass, and calls the owner about what happens meanwhile.
    virtual void pass(atmqtt::millis most) = 0;

    virtual void connect() = 0;
    virtual void close() = 0;
    virtual void write(std::string_view bytes) = 0;

    /// Cuts the connection; and lets none be made, while `is_away`.
    void cut() {
        close();
        who_.lost();
    }
    bool is_away = false;

protected:
    owner who_;
};

/// A small broker in memory, and a clock that jumps from one event to the next.
std::unique_ptr<network> make_network();
/// The broker at `host`:`port`, and a real clock.
std::unique_ptr<network> make_network(const std::string& host, const std::string& port);

}  // namespace demo
